"""Encodes of a film for streaming: one rung, the grid from which a ladder is chosen, and a fixed ladder to compare with.

All rungs have closed groups of pictures of the same length, so that a player can change between them at any segment.
The pictures keep their colours' meaning (matrix, range, primaries), their rate, and their shape; none is made larger.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.ott import ffmpeg, vmaf
from hallyu.ott.ladder import APPLE, Point

GROUP = 2.0
"""Seconds from one key frame to the next; a segment is one or two groups."""
_HDR = (16, 18)
"""PQ and HLG by their numbers in ITU-T H.273."""
HEIGHTS = (234, 360, 540, 720, 1080)
"""Of the rungs that services offer."""


@dataclass(frozen=True)
class Codec:
    """encoder: ffmpeg's name of it. presets: from quick to thorough. worst: its highest CRF. crfs: of a grid."""

    encoder: str
    presets: tuple[str, ...]
    preset: str
    worst: int
    crfs: tuple[int, ...]


CODECS = {
    "x264": Codec(
        "libx264",
        ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"),
        "medium", 51, (19, 23, 27, 31, 35, 40),
    ),
    "svtav1": Codec("libsvtav1", tuple(map(str, range(13, -1, -1))), "8", 63, (24, 31, 38, 45, 52, 60)),
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """How a film is encoded, whatever its size and bits.

    codec: one of CODECS. preset: of that codec; its usual one by default. group: seconds from key frame to key frame.
    threads: 0 as many as there are; x264 makes slightly other files with another number of them.
    Raises HallyuError for a codec or a preset that there is not.
    """

    codec: str = "x264"
    preset: str = ""
    group: float = GROUP
    threads: int = 0

    def __post_init__(self) -> None:
        if self.codec not in CODECS:
            raise HallyuError(f"A stream is encoded by {' or '.join(CODECS)}, not by “{self.codec}”.")
        presets = CODECS[self.codec].presets
        if self.preset and self.preset not in presets:
            raise HallyuError(f"{self.codec} has the presets {', '.join(presets)}, not “{self.preset}”.")


USUAL = Settings()
"""x264, its preset medium, a key frame each two seconds."""


@dataclass(frozen=True)
class Encode:
    """A file, and what it costs and is worth."""

    path: Path
    point: Point


def cut(source: str | Path, path: str | Path, start: int, stop: int) -> Path:
    """The pictures of the frames *start* to *stop* (not included) of *source*, without loss, as an H.264 file for measuring.

    Raises HallyuError for frames that the film does not have, and what is no film.
    """
    source, info = Path(source), video.probe(source)
    if not 0 <= start < stop <= info.length:
        raise HallyuError(
            f"{source.name} has {info.length} frames: cut out some from 0 to {info.length}, not {start} to {stop}."
        )
    # Half a frame early, for containers round times.
    seek = max(0.0, (start - 0.5) / float(info.rate))
    ffmpeg.make(path, [
        "-ss", f"{seek:.6f}", "-i", source, "-map", "0:V:0", "-frames:v", str(stop - start), "-fps_mode", "passthrough",
        "-map_chapters", "-1", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0",
    ])  # fmt: skip
    return Path(path)


def one(
    source: str | Path,
    path: str | Path,
    height: int,
    crf: int | None = None,
    bits: int | None = None,
    settings: Settings = USUAL,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[int, int]:
    """Encode the pictures of *source* into the MP4 file *path*, *height* pixels high; returns its width and height.

    crf: constant quality, or bits: a second, held within one and a half times as much over two seconds.
    Raises HallyuError for sizes larger than the source's, a quality that the codec does not have, and what is no film.
    """
    codec, info = CODECS[settings.codec], video.probe(source)
    quality = _quality(settings.codec, crf, bits)
    width, height = _size(info, height, _squeezed(Path(source)))
    keys = max(1, round(settings.group * info.rate))
    arguments = [
        "-i", Path(source), "-map", "0:V:0", "-an", "-sn", "-dn", "-map_chapters", "-1", "-r", str(info.rate), "-fps_mode", "cfr",
        "-vf", _filters(Path(source), width, height), "-pix_fmt", "yuv420p", "-c:v", codec.encoder,
        "-preset", settings.preset or codec.preset, "-g", str(keys), "-keyint_min", str(keys), *quality,
    ]  # fmt: skip
    # Scene changes make no key frames of their own; one worker for each thread that is asked for.
    if settings.codec == "x264":
        arguments += ["-sc_threshold", "0", "-x264-params", "open-gop=0", "-threads", str(settings.threads)]
    else:
        arguments += ["-svtav1-params", f"scd=0:lp={settings.threads}"]
    ffmpeg.make(
        path, [*arguments, "-movflags", "+faststart", "-f", "mp4"],
        what=Path(path).name, seconds=float(info.length / info.rate), progress=progress, stop=stop,
    )  # fmt: skip
    return width, height


def grid(
    source: str | Path,
    folder: str | Path,
    heights: Sequence[int] = HEIGHTS,
    crfs: Sequence[int] | None = None,
    settings: Settings = USUAL,
    every: int = 1,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[Encode]:
    """Encode *source* at each height and CRF, and measure what each costs and, at the source's size, is worth.

    heights: those above the source's are left out. every: VMAF of each second, third … picture only.
    Files are called after their height and CRF, and lie in *folder*; where one fails, or *stop* says so, none is left.
    Raises HallyuError as *one* does.
    """
    source, folder, info = Path(source), Path(folder), video.probe(source)
    crfs = CODECS[settings.codec].crfs if crfs is None else crfs
    fit = [height for height in heights if height <= info.height]
    jobs = [(height, crf) for height in fit for crf in crfs]
    if not jobs:
        raise HallyuError(f"{source.name} is {info.height} pixels high: none of the heights or CRFs fits.")
    rungs = [
        _Rung(folder / f"{settings.codec}-{height}p-crf{crf}.mp4", height, crf=crf) for height, crf in jobs
    ]
    return _rungs(source, rungs, settings, every, progress, stop)


def fixed(
    source: str | Path,
    folder: str | Path,
    rungs: Sequence[tuple[int, int, int]] = APPLE,
    settings: Settings = USUAL,
    every: int = 1,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[Encode]:
    """Encode *source* by a table of width, height and bits a second, which knows nothing of the film, and measure it.

    Of each rung the height counts; rungs above the source's are left out. Files as of *grid*.
    """
    source, folder, info = Path(source), Path(folder), video.probe(source)
    jobs = [(height, bits) for _, height, bits in rungs if height <= info.height]
    if not jobs:
        raise HallyuError(f"{source.name} is {info.height} pixels high: none of the rungs fits.")
    files = [
        _Rung(folder / f"{settings.codec}-{height}p-{bits // 1000}k.mp4", height, bits=bits)
        for height, bits in jobs
    ]
    return _rungs(source, files, settings, every, progress, stop)


@dataclass(frozen=True)
class _Rung:
    """A file to be made: how high, and either its quality or its bits a second."""

    path: Path
    height: int
    crf: int | None = None
    bits: int | None = None


def _rungs(
    source: Path,
    rungs: Sequence[_Rung],
    settings: Settings,
    every: int,
    progress: Callable[[float], None] | None,
    stop: Callable[[], bool] | None,
) -> list[Encode]:
    """Encode and measure each of *rungs*; where that is broken off, what was finished is taken away again."""
    made: list[Encode] = []
    try:
        for number, rung in enumerate(rungs):
            told = _share(progress, number, len(rungs))
            size = one(source, rung.path, rung.height, rung.crf, rung.bits, settings, told, stop)
            found = vmaf.score(
                rung.path, source, every=every, threads=settings.threads or 2, neg=False, stop=stop
            )
            point = Point(bit_rate(rung.path), min(found.mean, 100.0), *size, settings.codec, rung.crf)
            made.append(Encode(rung.path, point))
    except BaseException:
        for rung in rungs[: len(made) + 1]:
            rung.path.unlink(missing_ok=True)
        raise
    return made


def bit_rate(path: str | Path) -> float:
    """Bits a second of a film's pictures alone, without what the file adds."""
    import av

    info = video.probe(path)
    with open(path, "rb") as file, av.open(file) as container:
        sizes = [packet.size for packet in container.demux(container.streams.video[0]) if packet.size]
    return float(8 * sum(sizes) * info.rate / len(sizes))


def _filters(source: Path, width: int, height: int) -> str:
    """Scaling, with the colours named where the source does not."""
    told, rgb = colours(source)
    scale = f"scale={width}:{height}:flags=lanczos"
    if rgb:
        return f"{scale}:out_color_matrix=bt709:out_range=limited,format=yuv420p,{told},setsar=1"
    return ",".join([*([told] if told else []), scale, "setsar=1"])


def colours(source: str | Path) -> tuple[str, bool]:
    """The filter that names the colours which *source* leaves open, or nothing; and whether its pictures are RGB.

    Players and programs guess them by the size, so that two rungs of one film would differ: from 720 lines on, and for
    RGB, they are BT.709, below BT.601. For RGB the filter stands behind what makes YUV of it, else before everything.
    Raises HallyuError for high dynamic range, which 8 bits cannot hold.
    """
    import av

    with open(source, "rb") as file, av.open(file) as container:
        context = container.streams.video[0].codec_context
        if context.color_trc in _HDR:
            raise HallyuError(f"{Path(source).name} is in high dynamic range: grade it for BT.709 first.")
        rgb = context.format.is_rgb
        known = "bt709" if rgb or context.height >= 720 else "smpte170m"
        names = ("colorspace", "color_primaries", "color_trc")
        missing = [name for name in names if rgb or int(getattr(context, name)) == 2]  # AVCOL_*_UNSPECIFIED
    told = ":".join([f"{name}={known}" for name in missing] + (["range=limited"] if rgb else []))
    return (f"setparams={told}" if told else ""), rgb


def _share(
    progress: Callable[[float], None] | None, number: int, count: int
) -> Callable[[float], None] | None:
    return progress and (lambda done: progress((number + done) / count))


def _squeezed(source: Path) -> Fraction:
    """How much wider than high a pixel of the film is meant to be; 1 but for anamorphic and old television."""
    import av

    with open(source, "rb") as file, av.open(file) as container:
        stream = container.streams.video[0]
        return Fraction(stream.sample_aspect_ratio or 1)


def _size(info: video.Info, height: int, squeezed: Fraction) -> tuple[int, int]:
    """Width and height in even numbers, in the shape that the source is shown in."""
    if height > info.height:
        raise HallyuError(
            f"The film is {info.height} pixels high; making it {height} high adds bits and shows nothing."
        )
    if height < 64:
        raise HallyuError(f"A rung is at least 64 pixels high, not {height}.")
    shown = info.width * (1 / squeezed if info.rotation in (90, 270) else squeezed)
    width = round(height * shown / info.height / 2) * 2
    return max(64, min(width, int(shown) // 2 * 2)), height - height % 2


def _quality(codec: str, crf: int | None, bits: int | None) -> list[str]:
    """The options of ffmpeg for a quality or a number of bits a second."""
    worst = CODECS[codec].worst
    if (crf is None) == (bits is None):
        raise HallyuError("An encode has a quality (crf) or a number of bits a second, one of the two.")
    if crf is not None and not 0 <= crf <= worst:
        raise HallyuError(f"The CRF of {codec} goes from 0 to {worst}, not {crf}.")
    if bits is not None and bits < 1:
        raise HallyuError(f"An encode has at least 1 bit a second, not {bits}.")
    if crf is not None:
        return ["-crf", str(crf)]
    held = ["-maxrate", str(int(bits * 1.5)), "-bufsize", str(bits * 2)] if codec == "x264" else []
    return ["-b:v", str(bits), *held]
