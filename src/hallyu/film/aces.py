"""The ACES pipeline by OpenColorIO, and other tools' reading of our grades: OpenColorIO's and ffmpeg's.

Scene light is float32 ACEScg: linear, wide primaries (AP1), 0.18 a grey card, highlights far above 1. The ACES 1.3
configuration is built into OpenColorIO, so nothing is downloaded.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError
from hallyu.film import colour
from hallyu.film.cdl import CDL
from hallyu.film.lut import Cube

CONFIG = "cg-config-v2.2.0_aces-v1.3_ocio-v2.4"
"""The configuration as the ACES project publishes it: ACES 1.3 for computer graphics."""
CODE_VALUES, LINEAR = "sRGB Encoded Rec.709 (sRGB)", "Linear Rec.709 (sRGB)"
ACESCG, ACESCCT, ACES2065 = "ACEScg", "ACEScct", "ACES2065-1"
"""To work in, to grade in, to archive in; hallyu.film.exr names the primaries of the first and the last in a file."""
DISPLAY, VIEW = "sRGB - Display", "ACES 1.0 - SDR Video"


@lru_cache(1)
def config():
    """The OpenColorIO configuration that all conversions here take their spaces from."""
    import PyOpenColorIO as ocio

    return ocio.Config.CreateFromBuiltinConfig(CONFIG)


def convert(frame: np.ndarray, source: str, target: str) -> np.ndarray:
    """A frame in another colour space of the configuration; float32 of the same shape. A matte stays.

    Raises HallyuError for a space that the configuration does not have.
    """
    import PyOpenColorIO as ocio

    return _run(frame, _processor(ocio.ColorSpaceTransform(source, target)))


def to_acescg(frame: np.ndarray) -> np.ndarray:
    """Code values as scene light: a grey card of 0.46 is 0.18, white is 1. The input side of the pipeline (IDT).

    For pictures whose light was not developed by ACES: renders, textures, cameras that write sRGB. A graded frame that
    should look the same after `develop` is taken in by `undevelop`.
    """
    return convert(frame, CODE_VALUES, ACESCG)


def develop(light: np.ndarray, display: str = DISPLAY, view: str = VIEW) -> np.ndarray:
    """ACEScg as code values for a display, by the ACES output transform: highlights roll off, white comes out at 0.81.

    display, view: names of the configuration, such as "Rec.2100-PQ - Display" and its views for HDR.
    """
    import PyOpenColorIO as ocio

    return _run(light, _processor(ocio.DisplayViewTransform(ACESCG, display, view)))


def undevelop(frame: np.ndarray, display: str = DISPLAY, view: str = VIEW) -> np.ndarray:
    """ACEScg that `develop` shows as *frame*: the output transform backwards.

    Finished pictures enter an ACES comp this way and leave it within a level of 8 bits, but for the purest colours,
    which the output transform never makes. Their white becomes about 16.
    """
    import PyOpenColorIO as ocio

    back = ocio.DisplayViewTransform(ACESCG, display, view, direction=ocio.TRANSFORM_DIR_INVERSE)
    return _run(frame, _processor(back))


def grade(light: np.ndarray, cdl: CDL) -> np.ndarray:
    """ACEScg graded by a CDL in ACEScct, the logarithmic space that ACES grades in; nothing is clipped there."""
    import PyOpenColorIO as ocio

    steps = [ocio.ColorSpaceTransform(ACESCG, ACESCCT), _cdl(cdl), ocio.ColorSpaceTransform(ACESCCT, ACESCG)]
    return _run(light, _processor(ocio.GroupTransform(steps)))


def _cdl(cdl: CDL):
    import PyOpenColorIO as ocio

    transform = ocio.CDLTransform(cdl.slope, cdl.offset, cdl.power, cdl.saturation)
    transform.setStyle(ocio.CDL_NO_CLAMP)
    return transform


# --- our grades in other hands ----------------------------------------------------------------------------------------


def lut_by_ocio(frame: np.ndarray, path: str | Path) -> np.ndarray:
    """The frame seen through a .cube file as OpenColorIO, and so Nuke, reads it: several times faster than lut.apply."""
    return _run(frame, _of_file(*_version(path), ""))


def reader(cube: Cube) -> Callable[[np.ndarray], np.ndarray]:
    """A function that does to a frame what lut.apply(frame, cube) does, by OpenColorIO: for films, several times as fast.

    >>> from hallyu.film import lut
    >>> reader(lut.bake(lambda rgb: rgb * 0.5))(np.float32([[[0.5, 0.25, 1.0]]]))[0, 0].round(3)
    array([0.25 , 0.125, 0.5  ], dtype=float32)
    """
    import PyOpenColorIO as ocio

    low, high = np.float32(cube.low), np.float32(cube.high)
    transform = ocio.Lut3DTransform(cube.size)
    transform.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    transform.setData(np.ascontiguousarray(cube.table, np.float32).ravel())
    processor = _processor(transform)

    def read(frame: np.ndarray) -> np.ndarray:
        frame = np.asarray(frame, np.float32)
        if low.any() or (high != 1).any():
            frame = np.concatenate([(frame[..., :3] - low) / (high - low), frame[..., 3:]], axis=-1)
        return _run(frame, processor)

    return read


def cdl_by_ocio(frame: np.ndarray, path: str | Path, id: str = "") -> np.ndarray:
    """The frame graded by a .cdl, .ccc or .cc file as OpenColorIO reads it, held in 0..1 as the standard asks.

    id: which grade of the file; without it the first. Left to itself OpenColorIO does not hold the values, for light
    above 1 has to pass; a host that shows brighter highlights than ours does that.
    """
    return _run(frame, _of_file(*_version(path), id))


def lut_by_ffmpeg(frame: np.ndarray, path: str | Path, interpolation: str = "tetrahedral") -> np.ndarray:
    """The frame (h, w, 3) seen through a .cube file by ffmpeg's filter lut3d, in float.

    On a command line: `ffmpeg -i shot.mov -vf lut3d=grade.cube:interp=tetrahedral graded.mov`. It passes over
    DOMAIN_MIN, so a LUT that is to look the same everywhere begins at 0.
    Raises HallyuError when ffmpeg cannot read the file.
    """
    import av

    frame = colour.check(frame)[..., :3]
    _version(path)
    source = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="gbrpf32le")
    graph = av.filter.Graph()
    try:
        graph.link_nodes(
            graph.add_buffer(
                width=source.width, height=source.height, format=source.format.name, time_base="1/24"
            ),
            # Any name is safe this way; on a command line : and ' have to be escaped.
            graph.add("lut3d", file=str(path), interp=interpolation),
            graph.add("buffersink"),
        ).configure()
    except (av.FFmpegError, ValueError) as error:
        raise HallyuError(f"{path} is no LUT that ffmpeg reads ({error}); export it as .cube.") from error
    graph.push(source)
    return graph.pull().to_ndarray(channel_last=True)


def _version(path: str | Path) -> tuple[str, int, int]:
    """A file's name, time and size, which tell a file from one that has been written over it."""
    try:
        status = Path(path).stat()
    except OSError as error:
        raise HallyuError(
            f"{path} cannot be read ({error.strerror}); write the grade there first."
        ) from error
    return str(path), status.st_mtime_ns, status.st_size


@lru_cache(8)
def _of_file(path: str, changed: int, size: int, id: str):
    import PyOpenColorIO as ocio

    ocio.ClearAllCaches()  # both caches go by the file's name, and would go on with what was written over
    config().clearProcessorCache()
    file = ocio.FileTransform(
        path, cccId=id, interpolation=ocio.INTERP_BEST
    )  # which is tetrahedral for a cube
    file.setCDLStyle(ocio.CDL_ASC)
    return _processor(file)


def _processor(transform):
    import PyOpenColorIO as ocio

    try:
        return config().getProcessor(transform).getDefaultCPUProcessor()
    except ocio.Exception as error:
        reason = str(error).splitlines()[0]
        raise HallyuError(f"OpenColorIO cannot do this ({reason}); check the names and the file.") from error


def _run(frame: np.ndarray, processor) -> np.ndarray:
    frame = np.asarray(frame, np.float32)
    pixels = np.ascontiguousarray(frame.reshape(-1, frame.shape[-1])).copy()
    (processor.applyRGBA if frame.shape[-1] == 4 else processor.applyRGB)(pixels)
    return pixels.reshape(frame.shape)
