"""Moving pictures in and out, one frame at a time: a film of any length needs no more memory than a few of its frames.

A frame is float32 (h, w, 3) of RGB code values 0..1, or (h, w, 4) with a straight (not premultiplied) matte. Pictures of
8 bits (uint8) may be written, too.
Files are opened by their contents, never by their names, and only formats that hold their pictures themselves.
"""

import io
import itertools
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from hallyu import timecode
from hallyu.errors import HallyuError
from hallyu.files import write_whole

LARGEST = 8192 * 4320
"""Pixels of a frame that is opened; 8K. A larger one is a mistake or an attack, and fills a laptop's memory."""
LARGE = 1280 * 720
"""Pixels of a frame from which H.264 is written with less looking ahead, to save memory."""
_CONTAINERS = (
    "mov,mp4,m4a,3gp,matroska,webm,avi,mpegts,mxf,asf,gif,apng,"
    "png_pipe,jpeg_pipe,webp_pipe,tiff_pipe,bmp_pipe,dpx_pipe"
)
_HOW = "export it as MP4 (H.264), MOV (ProRes) or PNG and try again"
_SOUNDS = ",wav,flac,mp3,ogg,aac"
# AVCOL_SPC_* -> whose matrix it is.
_MATRICES = {1: "709", 4: "FCC", 5: "601", 6: "601", 7: "240M", 9: "2020", 10: "2020"}
_WEIGHTS = {
    "709": (0.2126, 0.0722), "FCC": (0.30, 0.11), "601": (0.299, 0.114), "240M": (0.212, 0.087), "2020": (0.2627, 0.0593),
}  # fmt: skip
"""How much red and blue count in luma. Source: ITU-T H.273, table 4."""
_LIMITED, _FULL = 1, 2
_PQ, _HLG = 16, 18
_PRIMARIES = {
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
}
"""CIE x, y of red, green, blue and white of what a telephone records: ITU-R BT.2020 and Display P3, by their numbers in ITU-T
H.273."""
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True)
class Info:
    """What a moving or still picture is.

    width, height: pixels as it is looked at, after its rotation. rate: frames a second. frames: how many, where the file
    says so. bits: of each channel. alpha: it carries a matte. rotation: degrees counter-clockwise by which it is turned
    to be looked at. seconds: how long it lasts, 0.0 where the file does not say so. codec: FFmpeg's name of it.
    """

    width: int
    height: int
    rate: Fraction
    frames: int | None
    bits: int
    alpha: bool
    rotation: int
    has_audio: bool
    seconds: float
    codec: str

    @property
    def length(self) -> int:
        """How many frames there are, as near as the file says it: what a progress bar counts to."""
        return self.frames or max(1, round(self.seconds * self.rate))

    @property
    def still(self) -> bool:
        """True for a photograph or a drawing."""
        return self.frames == 1


@dataclass(frozen=True)
class Codec:
    """How frames are written. formats: pixel format for (bits, alpha). suffixes: of files that may hold it."""

    name: str
    formats: dict[tuple[int, bool], str]
    suffixes: tuple[str, ...]
    options: dict[str, str]
    sound: str


CODECS = {
    "h264": Codec(
        "libx264", {(8, False): "yuv420p", (10, False): "yuv420p10le"}, (".mp4", ".mov", ".mkv"),
        {"preset": "faster", "crf": "16"}, "aac",
    ),
    "prores4444": Codec(
        "prores_ks", {(10, False): "yuv444p10le", (10, True): "yuva444p10le"}, (".mov",),
        {"profile": "4444", "vendor": "apl0", "alpha_bits": "16"}, "pcm_s16le",
    ),
    "ffv1": Codec(
        "ffv1", {(16, False): "gbrp16le", (16, True): "gbrap16le", (8, False): "bgr0", (8, True): "bgra"}, (".mkv",),
        {"level": "3", "slices": "4", "slicecrc": "1"}, "pcm_s16le",
    ),
}  # fmt: skip
"""h264: for looking at, and for every browser; colours are halved in size (4:2:0), no matte. prores4444: between
programs, 10 bit, with matte. ffv1: 16 or 8 bit without loss, with matte."""


def probe(path: str | Path) -> Info:
    """What the file at *path* is. Its first frame is decoded, so that a file that cannot be looked at is found here.

    Raises HallyuError for a file that is missing, empty, no picture, or larger than LARGEST.
    """
    if _is_exr(path):
        frame = next(_frames(path, 0, 1))
        height, width, channels = frame.shape
        return Info(width, height, Fraction(25), 1, 16, channels == 4, 0, False, 0.04, "exr")
    with _opened(path) as (container, stream):
        frame = next(_decoded(container, stream, path), None)
        if frame is None:
            raise HallyuError(f"{Path(path).name} holds no picture: {_HOW}.")
        rate = _rate(stream)
        still = "_pipe" in container.format.name
        frames = 1 if still else stream.frames or None
        if frames:
            seconds = frames / rate
        elif stream.duration:
            seconds = stream.duration * stream.time_base
        else:
            seconds = (container.duration or 0) / 1_000_000
        width, height = frame.width, frame.height
        turned = frame.rotation % 360
        return Info(
            *((height, width) if turned in (90, 270) else (width, height)),
            rate=rate,
            frames=frames,
            bits=max(component.bits for component in frame.format.components),
            alpha=_has_alpha(frame),
            rotation=turned,
            has_audio=bool(container.streams.audio),
            seconds=float(seconds),
            codec=stream.codec_context.name,
        )


def read(path: str | Path, start: int = 0, stop: int | None = None) -> Iterator[np.ndarray]:
    """The frames *start* to *stop* (not included) of a film, each float32 (h, w, 3), or (h, w, 4) where there is a matte.

    Rotation is applied; high dynamic range and wide gamuts are brought to BT.709. A still gives one frame. Values below
    black and above white, which a camera may record, are cut.
    Raises HallyuError for what is no picture at once, and at a damaged frame, when it is reached, with its timecode.
    """
    if start < 0 or (stop is not None and stop < start):
        raise HallyuError(f"Frames are taken from a first to a last one, not from {start} to {stop}.")
    if not _is_exr(path):
        with _opened(path):
            pass  # what is no film is said here, and not when the first frame is asked for
    return _frames(path, start, stop)


def _frames(path: str | Path, start: int, stop: int | None) -> Iterator[np.ndarray]:
    if stop == start:
        return
    if _is_exr(path):
        from hallyu.film import exr

        if not start:
            yield exr.to_frame(exr.read(path))
        return
    with _opened(path) as (container, stream):
        number, first = 0, None
        # Only these have an index that leads to a key frame before the one that is wanted; others are decoded up to it.
        if start and container.format.name.startswith(("mov", "matroska")):
            times = _times(container, stream)
            if times:
                if start >= len(times):
                    return
                number, first = start, times[start]
            container.seek(stream.start_time or 0 if first is None else first, stream=stream)
        for frame in _decoded(container, stream, path, number):
            if first is not None and frame.pts is not None and frame.pts < first:
                continue
            if number >= start:
                yield np.ascontiguousarray(np.rot90(_pixels(frame), frame.rotation // 90))
            number += 1
            if number == stop:
                return
        if number == 0:
            raise HallyuError(f"{Path(path).name} holds no picture: {_HOW}.")


def write(
    path: str | Path,
    frames: Iterable[np.ndarray],
    rate: float | Fraction,
    codec: str = "h264",
    audio_from: str | Path | tuple[np.ndarray, int] | None = None,
    bits: int | None = None,
    audio_start: float = 0.0,
    crf: int | None = None,
) -> int:
    """Write *frames* as a film at *rate* frames a second, and return how many there were; nothing is left of half a film.

    codec: a key of CODECS. bits: 8 or 10 for h264, 16 or 8 for ffv1; the first of each by default. audio_from: a file
    whose first sound track is heard, or samples (n,) or (n, 2) and their rate; from *audio_start* seconds on, up to the end
    of the pictures, with silence where the sound ends before. crf: what h264 may lose, 0 to 51; 16 by default. A frame
    of odd size gets its last column or row twice in h264, which has only even sizes.
    Raises HallyuError for no frames, frames of different sizes, values that are not numbers, a matte in h264, and a name
    that does not fit the codec.
    """
    import av

    path, rate = Path(path), timecode.exact(rate)
    if codec not in CODECS:
        raise HallyuError(f"A film is written as {', '.join(CODECS)}, not as “{codec}”.")
    how = CODECS[codec]
    if path.suffix.lower() not in how.suffixes:
        raise HallyuError(
            f"{path.name}: {codec} is written into {' or '.join(how.suffixes)}; change the ending."
        )
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise HallyuError(f"{path.name}: there are no frames to write.")
    height, width, channels = _checked(first, None, 0).shape
    form = how.formats.get((bits or next(iter(how.formats))[0], channels == 4))
    if form is None:
        raise HallyuError(
            f"{path.name}: h264 carries no matte; write prores4444 or ffv1, or put the picture over a background."
            if channels == 4 and not any(alpha for _, alpha in how.formats)
            else f"{path.name}: {codec} has {' or '.join(dict.fromkeys(str(b) for b, _ in how.formats))} bits, not {bits}."
        )
    even = codec == "h264"  # 4:2:0 has no odd sizes
    with write_whole(path) as draft, av.open(str(draft), "w", options=_faststart(path)) as file:
        video = file.add_stream(how.name, rate=rate)
        video.width, video.height = width + (even and width % 2), height + (even and height % 2)
        options = how.options if crf is None else {**how.options, "crf": str(crf)}
        video.pix_fmt, video.options = form, options
        if codec == "h264" and width * height > LARGE:
            # The encoder looks 20 frames ahead and more, and keeps 12 MB of each at 1920 x 1080, 45 at 4K.
            few = "rc-lookahead=0:mbtree=0:sync-lookahead=0:bframes=0:ref=1:threads=2:sliced-threads=1"
            video.options = {**options, "x264-params": few}
        context = video.codec_context
        # Each thread of FFmpeg's ProRes holds some frames of its own, 66 MB each at 4K.
        context.thread_type = "SLICE" if codec == "prores4444" and width * height > LARGE else "AUTO"
        context.color_range, context.colorspace = (_FULL, 0) if codec == "ffv1" else (_LIMITED, 1)
        context.color_primaries = context.color_trc = 1  # BT.709
        sound = _Sound(file, how.sound, audio_from, audio_start) if audio_from is not None else None
        shape, frame, count = first.shape, first, 0
        del first
        while frame is not None:
            picture = _encoded(_checked(frame, shape, count), form, even)
            picture.pts, picture.time_base = count, 1 / rate
            count += 1
            file.mux(video.encode(picture))
            del frame, picture  # they would stay until the next one is made
            if sound:
                sound.until(count / rate)
            frame = next(frames, None)
        file.mux(video.encode(None))
        if sound:
            sound.end()
    return count


def _faststart(path: Path) -> dict[str, str]:
    return {"movflags": "+faststart+write_colr"} if path.suffix.lower() in (".mp4", ".mov") else {}


def _is_exr(path: str | Path) -> bool:
    with _file(Path(path)) as file:
        return file.read(4) == b"\x76\x2f\x31\x01"


@contextmanager
def _opened(path: str | Path):
    """The container and its first moving picture."""
    import av

    path = Path(path)
    with _file(path) as file:
        try:
            container = av.open(file, options={"format_whitelist": _CONTAINERS, "max_pixels": str(LARGEST)})
        except (av.FFmpegError, ValueError):
            raise HallyuError(f"{path.name} is no film or picture that can be read here: {_HOW}.") from None
        with container:
            # A song's cover is a picture too, but nothing that was shot.
            streams = [
                s for s in container.streams.video if av.stream.Disposition.attached_pic not in s.disposition
            ]
            if not streams:
                raise HallyuError(f"{path.name} holds no picture, only sound or text: {_HOW}.")
            stream = streams[0]
            if stream.codec_context is None:
                raise HallyuError(f"{path.name} is coded in a way that is not known here: {_HOW}.")
            if stream.width * stream.height > LARGEST:
                raise HallyuError(
                    f"{path.name} has {stream.width} x {stream.height} pixels; at most 8K is opened: scale it down."
                )
            stream.thread_type = "AUTO"
            stream.codec_context.options = {"max_pixels": str(LARGEST)}
            yield container, stream


def _file(path: Path) -> io.BufferedReader:
    """The file, opened by its number: FFmpeg would take its name at its word ("list.txt", "concat:a|b")."""
    try:
        if path.is_file() and not path.stat().st_size:
            raise HallyuError(f"{path.name} is empty (0 bytes): export it again.")
        return open(os.open(path, os.O_RDONLY), "rb")
    except FileNotFoundError:
        raise HallyuError(f"There is no file {path}: check the name and the folder.") from None
    except OSError as error:
        raise HallyuError(f"{path} cannot be read ({error.strerror or error}): choose a film.") from error


def _decoded(container, stream, path: str | Path, start: int = 0) -> Iterator:
    """FFmpeg's frames; a damaged one ends the film with a sentence that names it."""
    import av

    rate, begin, shown, checked = _rate(stream), stream.start_time or 0, None, None
    damaged = False
    try:
        for packet in container.demux(stream):
            if stream.codec_context.name == "ffv1" and packet.size:
                whole = _ffv1_whole(bytes(packet))
                checked = whole if checked is None else checked
                damaged = checked and not whole
            damaged = damaged or bool(packet.size and packet.is_corrupt)
            # The decoder still holds good frames from before the damage: None asks for them.
            for frame in stream.decode(None) if damaged else packet.decode():
                if frame.is_corrupt:
                    damaged = True
                    break
                shown = frame.pts
                yield frame
            if damaged:
                break
    except (av.FFmpegError, MemoryError):
        damaged = True
    number = start if shown is None else round((shown - begin) * stream.time_base * rate) + 1
    if not damaged:
        lasts = _stated(stream)
        damaged = lasts is not None and shown is not None and number / rate < lasts - 1
    if damaged and not number:
        raise HallyuError(
            f"{Path(path).name} cannot be opened from its first frame on: it is damaged, or larger than 8K; {_HOW}."
        )
    if damaged:
        raise HallyuError(
            f"{Path(path).name} is damaged at {timecode.text(number, rate)} (frame {number}): "
            "copy or export it again, or use the part before it."
        )


def _stated(stream) -> float | None:
    """Seconds that a Matroska file says a track lasts; one that was cut off goes on saying so."""
    hours, _, rest = stream.metadata.get("DURATION", "").partition(":")
    minutes, _, seconds = rest.partition(":")
    try:
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None


def _ffv1_whole(packet: bytes) -> bool:
    """True when every slice of an FFV1 frame has the checksum it ends with: FFmpeg decodes broken ones without a word.

    Source: RFC 9043, 4.9 (slice footer). The checksum takes the highest bit first, zlib's the lowest: bytes are turned.
    """
    end = len(packet)
    while end > 8:
        begin = end - 8 - int.from_bytes(packet[end - 8 : end - 5], "big")
        if begin < 0 or zlib.crc32(packet[begin:end].translate(_TURNED), 0xFFFFFFFF) != 0xFFFFFFFF:
            return False
        end = begin
    return end == 0


def _times(container, stream) -> list[int]:
    """When each frame is shown, in order, in the stream's units, read from the packets without decoding.

    Empty where the file does not say so for each of them.
    """
    import av

    try:
        packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
    except av.FFmpegError:
        return []  # what is damaged is found where it is decoded
    times = [packet.pts for packet in packets]
    return [] if None in times else sorted(times)


def _rate(stream) -> Fraction:
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    return timecode.exact(min(max(rate, timecode.SLOWEST), timecode.FASTEST))


def _has_alpha(frame) -> bool:
    return frame.format.has_palette or "a" in frame.format.name.split("p")[0].replace("gray", "")


def _pixels(frame) -> np.ndarray:
    """FFmpeg's frame as code values.

    swscale only rearranges here. What it computes itself misses by a level or more: its floats take white for 943 of
    1023 and not for 940, and it sets colours of half size half a pixel to the side.
    """
    form, alpha = frame.format, _has_alpha(frame)
    bits = max(component.bits for component in form.components)
    if form.is_rgb or form.has_palette:
        if bits <= 8:
            picture = frame.to_ndarray(format="rgba" if alpha else "rgb24")
        elif form.is_planar:
            picture = frame.to_ndarray()
        else:
            bits, picture = 16, frame.to_ndarray(format="rgba64le" if alpha else "rgb48le")
        if picture.dtype.kind == "f":
            return np.clip(picture.astype(np.float32), 0, 1)
        return picture.astype(np.float32) / np.float32((1 << max(bits, 8)) - 1)
    return _from_ycbcr(frame, bits, alpha)


def _from_ycbcr(frame, bits: int, alpha: bool) -> np.ndarray:
    """Code values of Y'CbCr in any arrangement. Source: ITU-R BT.709-6 and BT.2020-2, items 3 and 4."""
    import cv2

    name = frame.format.name
    full = frame.color_range == _FULL or name.startswith(("yuvj", "gray", "ya", "mono"))
    if name.startswith("mono"):
        frame, bits = frame.reformat(format="gray"), 8
    if name.startswith("ya"):
        picture = frame.to_ndarray(format="rgba" if bits == 8 else "rgba64le")
        return picture.astype(np.float32) / np.float32((1 << bits) - 1)
    elif not frame.format.is_planar or not name.startswith(("yuv", "gray")) or name.endswith("be"):
        frame = frame.reformat(format=_planar(frame.format, bits))
    planes = [_plane(plane, bits) for plane in frame.planes]
    unit = np.float32(1 << (bits - 8))
    top = np.float32((1 << bits) - 1)
    low, luma, colour = (0, top, top) if full else (16 * unit, 219 * unit, 224 * unit)
    y = (planes[0] - low) / luma
    if len(planes) < 3:
        return np.clip(np.repeat(y[..., None], 3, axis=2), 0, 1)
    cb, cr = ((_full_size(plane, y.shape, full) - 128 * unit) / colour for plane in planes[1:3])
    red, blue = _WEIGHTS[_matrix(frame)]
    green = 1 - red - blue
    to_rgb = np.float32([
        [1, 0, 2 * (1 - red)],
        [1, -2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green],
        [1, 2 * (1 - blue), 0],
    ])  # fmt: skip
    picture = np.clip(cv2.transform(cv2.merge([y, cb, cr]), to_rgb), 0, 1)
    if frame.color_trc in (_PQ, _HLG) or frame.color_primaries in _PRIMARIES:
        picture = _standard(picture, frame.color_trc, frame.color_primaries)
    return np.dstack([picture, planes[3] / top]) if alpha else picture


def _standard(picture: np.ndarray, transfer: int, primaries: int) -> np.ndarray:
    """Code values of high dynamic range or a wide gamut, as telephones record them, as code values of BT.709.

    Diffuse white, 203 cd/m2, becomes a little less than white; what shines brighter is rolled off above three quarters of
    it, all channels alike, so that no hue turns. Source: ITU-R BT.2100-2 and BT.2408-7.
    """
    from hallyu.film import colour, exr

    if transfer in (_PQ, _HLG):
        codes = np.linspace(0, 1, 16384)
        light = (_pq if transfer == _PQ else _hlg)(codes).astype(np.float32)
        linear = light[np.rint(picture * (len(light) - 1)).astype(np.intp)]
        if transfer == _HLG:
            scene = np.maximum(linear @ np.float32([0.2627, 0.6780, 0.0593]), 1e-6)
            linear = linear * (scene**0.2)[..., None] * np.float32(1000 / 203)
    else:
        linear = colour.to_linear(picture)
    if primaries in _PRIMARIES:
        linear = linear @ np.float32(exr.primaries_matrix(_PRIMARIES[primaries], exr.BT709)).T
    linear = np.maximum(linear, 0)
    if transfer in (_PQ, _HLG):
        most = np.maximum(linear.max(2), 1e-6)
        knee = np.float32(0.75)
        rolled = np.where(most <= knee, most, knee + (1 - knee) * (1 - np.exp((knee - most) / (1 - knee))))
        linear *= (rolled / most)[..., None]
    return np.clip(colour.to_display(linear), 0, 1)


def _pq(codes: np.ndarray) -> np.ndarray:
    """Light of PQ code values, diffuse white 1. Source: SMPTE ST 2084."""
    root = codes ** (1 / 78.84375)
    return (
        10_000
        / 203
        * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    )


def _hlg(codes: np.ndarray) -> np.ndarray:
    """Scene light of HLG code values, 0..1. Source: ITU-R BT.2100-2, table 5."""
    return np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - 0.55991073) / 0.17883277) + 0.28466892) / 12)


def _planar(form, bits: int) -> str:
    """The planar format that holds the same as *form*: nv12 -> yuv420p."""
    if len(form.components) == 1:
        return "gray" if bits == 8 else f"gray{bits}le"
    wide, high = (
        form.components[1].width * 2 <= form.width + 1,
        form.components[1].height * 2 <= form.height + 1,
    )
    kind = "420" if wide and high else "422" if wide else "440" if high else "444"
    letters = "yuva" if len(form.components) == 4 else "yuv"
    return f"{letters}{kind}p" + ("" if bits == 8 else f"{bits}le")


def _matrix(frame) -> str:
    """Which matrix a frame was made with: as it says, or, where it does not, as players guess."""
    return _MATRICES.get(frame.colorspace, "709" if max(frame.width, frame.height) > 1024 else "601")


def _plane(plane, bits: int) -> np.ndarray:
    """(h, w) float32 of one of a frame's planes."""
    return _view(plane, bits).astype(np.float32)


def _view(plane, bits: int) -> np.ndarray:
    """(h, w) of a plane's own memory, without the padding of its rows."""
    kind = np.dtype(np.uint8 if bits <= 8 else np.uint16)
    return np.frombuffer(plane, kind).reshape(plane.height, plane.line_size // kind.itemsize)[
        :, : plane.width
    ]


def _full_size(colour: np.ndarray, size: tuple[int, int], centred: bool) -> np.ndarray:
    """A colour plane of half size at the size of luma.

    Samples lie on the left of two pixels, as all video but JPEG has it (ITU-T H.273, chroma sample location type 0), and
    between two rows.
    """
    import cv2

    height, width = size
    if colour.shape == size:
        return colour
    if colour.shape[1] * 2 in (width, width + 1) and not centred:
        wide = np.empty((len(colour), colour.shape[1] * 2), np.float32)
        row = np.pad(colour, ((0, 0), (1, 2)), mode="edge")
        wide[:, ::2] = colour
        wide[:, 1::2] = (9 * (row[:, 1:-2] + row[:, 2:-1]) - row[:, :-3] - row[:, 3:]) / 16
        colour = wide
    rows = -(-height // 2) * 2 if len(colour) != height else height
    return cv2.resize(colour, (-(-width // 2) * 2, rows), interpolation=cv2.INTER_LINEAR)[:height, :width]


def _half_size(colour: np.ndarray) -> np.ndarray:
    """The way back of _full_size, for even sizes: a half-band filter across, the mean of two rows down."""
    import cv2

    across = np.float32([[-1, 0, 9, 16, 9, 0, -1]]) / 32
    filtered = cv2.filter2D(colour, -1, across, borderType=cv2.BORDER_REPLICATE)[:, ::2]
    return (filtered[::2] + filtered[1::2]) / 2


def _checked(frame: np.ndarray, shape: tuple[int, ...] | None, number: int) -> np.ndarray:
    frame = np.asarray(frame)
    known = frame.dtype.kind == "f" or frame.dtype == np.uint8
    if frame.ndim != 3 or frame.shape[2] not in (3, 4) or not known or not frame.size:
        raise HallyuError(
            f"Frame {number} is {frame.dtype} of shape {frame.shape}; a frame is code values of 8 bits, or of "
            "floating point from 0 to 1, and of shape (height, width, 3), or 4 with a matte."
        )
    if shape is not None and frame.shape != shape:
        raise HallyuError(
            f"Frame {number} has the shape {frame.shape} and the first one {shape}: frames of a film are of one size."
        )
    if not np.isfinite(frame).all():
        raise HallyuError(
            f"Frame {number} has values that are not numbers (NaN or infinite): render it again."
        )
    return frame


def _encoded(frame: np.ndarray, form: str, even: bool):
    """Code values as FFmpeg's frame, in Y'CbCr of BT.709 or as RGB."""
    import av
    import cv2

    if frame.dtype == np.uint8:
        frame = frame / np.float32(255)
    frame = frame.astype(np.float32, copy=False)
    if frame.min() < 0 or frame.max() > 1:
        frame = np.clip(frame, 0, 1)
    if even and (frame.shape[0] % 2 or frame.shape[1] % 2):
        frame = np.pad(frame, ((0, frame.shape[0] % 2), (0, frame.shape[1] % 2), (0, 0)), mode="edge")
    frame = np.ascontiguousarray(frame)
    if form.startswith("gbr"):
        return av.VideoFrame.from_ndarray(np.rint(frame * np.float32(65535)).astype(np.uint16), form)
    if form in ("bgr0", "bgra"):
        codes = np.rint(frame * np.float32(255)).astype(np.uint8)
        return av.VideoFrame.from_ndarray(codes, "rgba" if form == "bgra" else "rgb24").reformat(format=form)
    bits = 10 if "10" in form else 8
    unit, top = 1 << (bits - 8), (1 << bits) - 1
    red, blue = _WEIGHTS["709"]
    luma = np.float32([red, 1 - red - blue, blue])
    rows = [
        (219 * luma, 16),
        (112 * (np.float32([0, 0, 1]) - luma) / (1 - blue), 128),
        (112 * (np.float32([1, 0, 0]) - luma) / (1 - red), 128),
    ]
    picture = av.VideoFrame(frame.shape[1], frame.shape[0], form)
    # One plane after another: at 4K each is 33 MB.
    for plane, (row, black) in zip(picture.planes, rows, strict=False):
        weights = np.zeros((1, frame.shape[2]), np.float32)
        weights[0, :3] = row
        values = cv2.transform(frame, weights)
        if "420" in form and black == 128:
            values = _half_size(values)
        values += black
        values *= unit
        _view(plane, bits)[:] = np.clip(np.rint(values, out=values), 0, top, out=values)
    if frame.shape[2] == 4:
        _view(picture.planes[3], bits)[:] = np.rint(frame[..., 3] * top)
    picture.colorspace = picture.color_range = picture.color_primaries = picture.color_trc = 1
    return picture


class _Sound:
    """A sound track, of another file or of samples, written beside the pictures as they come."""

    def __init__(self, file, codec: str, source: str | Path | tuple[np.ndarray, int], start: float):
        import av

        self.file, self.start, self.written = file, start, 0
        self.left = np.zeros((0, 2), np.float32)
        self.open = ExitStack()
        if isinstance(source, tuple):
            samples, self.rate = source
            samples = np.asarray(samples, np.float32).reshape(len(samples), -1)
            self.blocks = iter([np.repeat(samples, 3 - samples.shape[1], 1)[round(start * self.rate) :]])
        else:
            opened = self.open.enter_context(_file(Path(source)))
            try:
                self.source = self.open.enter_context(
                    av.open(opened, options={"format_whitelist": _CONTAINERS + _SOUNDS})
                )
                track = self.source.streams.audio[0]
            except (av.FFmpegError, ValueError, IndexError):
                raise HallyuError(
                    f"{Path(source).name} has no sound track that can be read: choose another file."
                ) from None
            self.rate = track.rate if track.rate in (32_000, 44_100, 48_000) else 48_000
            self.blocks = self._blocks(track)
        self.stream = file.add_stream(codec, rate=self.rate, layout="stereo")
        if codec == "aac":
            self.stream.bit_rate = 192_000

    def _blocks(self, track) -> Iterator[np.ndarray]:
        """Interleaved stereo, (n, 2) float32, from self.start on, counted from the first picture of the source."""
        import av

        convert, skip = av.AudioResampler("flt", "stereo", self.rate), None
        pictures = self.source.streams.video
        origin = float((pictures[0].start_time or 0) * pictures[0].time_base) if pictures else 0.0
        try:
            for frame in itertools.chain(self.source.decode(track), [None]):
                if skip is None:
                    # AAC begins with some milliseconds of its own before 0; other tracks may begin later.
                    skip = round((self.start + origin - (frame.time or 0.0 if frame else 0.0)) * self.rate)
                    if skip < 0:
                        yield np.zeros((-skip, 2), np.float32)
                        skip = 0
                for whole in convert.resample(frame):
                    block = whole.to_ndarray().reshape(-1, 2)
                    if skip < len(block):
                        yield block[skip:]
                    skip = max(skip - len(block), 0)
        except av.FFmpegError:
            return  # what is left of a damaged track is silence

    def until(self, seconds: Fraction) -> None:
        """Write what is heard up to *seconds*; silence where the track has ended."""
        import av

        missing = round(seconds * self.rate) - self.written
        while missing > 0:
            block = next(self.blocks, None) if not len(self.left) else self.left
            if block is None:
                block = np.zeros((missing, 2), np.float32)
            self.left = block[missing:]
            block = np.ascontiguousarray(block[:missing])
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), "flt", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = self.rate, self.written, Fraction(1, self.rate)
            self.written += len(block)
            missing -= len(block)
            self.file.mux(self.stream.encode(frame))

    def end(self) -> None:
        """Write what is left, and close the other file."""
        self.file.mux(self.stream.encode(None))
        self.open.close()
