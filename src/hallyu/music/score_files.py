"""Melodies with words in the files that other programs open: MIDI, MusicXML and OpenUtau's .ustx.

What every one of them holds is kept: title, tempo, metre, and each note's start, length, pitch and syllable.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole
from hallyu.music.score import HOLD, Note, Score

TICKS = 480
"""Ticks of a beat in what is written, as OpenUtau has it."""
LARGEST = 10_000_000
"""Bytes; a melody has some thousand."""
MOST = 20_000
"""Notes."""


def read(path: str | Path) -> Score:
    """The melody in a .mid, .musicxml, .xml or .ustx file: its first part with words, or its first with notes.

    Raises HallyuError when the file is missing, too large, of another kind, or damaged, when it has no notes, when
    its tempo changes, and when two notes sound at once.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise HallyuError(f"{path.name} is not a melody: give a file that ends in {', '.join(READERS)}.")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise HallyuError(f"{path} cannot be read: {error.strerror}.") from error
    if size > LARGEST:
        raise HallyuError(
            f"{path.name} has {size / 1e6:.0f} MB, too many for a melody; export the song's notes only."
        )
    try:
        score = reader(path)
    except HallyuError:
        raise
    except Exception as error:  # the three libraries raise what they like on damaged files
        what = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise HallyuError(
            f"{path.name} is damaged or is not what its name says ({what}); export it again."
        ) from error
    return checked(score, path.name)


def write(score: Score, path: str | Path) -> None:
    """Write the melody as .mid, .musicxml, .xml or .ustx, by the name of *path*.

    Raises HallyuError for another ending, and when the file cannot be written.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise HallyuError(
            f"A melody cannot be written as {path.name}: give a name that ends in {', '.join(WRITERS)}."
        )
    with write_whole(path) as draft:
        writer(score, draft)


def checked(score: Score, name: str) -> Score:
    """The score with its notes in order, when it is one melody.

    Raises HallyuError for no or too many notes, an impossible tempo, metre or pitch, and two notes at once.
    """
    notes = tuple(sorted(score.notes, key=lambda note: note.start))
    if not notes:
        raise HallyuError(f"{name} has no notes: export the part that is sung.")
    if len(notes) > MOST:
        raise HallyuError(f"{name} has {len(notes)} notes, more than a melody's {MOST}: export one song.")
    if not 10 <= score.tempo <= 500 or not 1 <= score.beats_per_bar <= 32:
        raise HallyuError(
            f"{name} has {score.tempo:g} quarter notes a minute and {score.beats_per_bar} beats a bar; "
            "give 10 to 500, and 1 to 32."
        )
    for note in notes:
        if not (0 <= note.pitch <= 127 and 0 <= note.start < 1e5 and 0 < note.length < 1e5):
            raise HallyuError(f"{name} has a note at beat {note.start:g} that cannot be played; take it out.")
    for left, right in pairwise(notes):
        if right.start < left.end - 0.01:
            raise HallyuError(
                f"{name} has two notes at once at beat {right.start:g}: export one voice of the song."
            )
    return replace(score, notes=notes)


def _one_tempo(tempos: Iterable[float]) -> float:
    """The tempo, 120 where none is given, as MIDI and OpenUtau have it."""
    different = {round(tempo, 3) for tempo in tempos}
    if len(different) > 1:
        named = ", ".join(f"{tempo:g}" for tempo in sorted(different)[:4])
        raise HallyuError(f"The song changes its tempo ({named} quarter notes a minute): export it with one.")
    return different.pop() if different else 120.0


def _with_words(parts: list[tuple[Note, ...]]) -> tuple[Note, ...]:
    """The first part that has words, or else the first that has notes."""
    return next((part for part in parts if any(note.lyric for note in part)), next(filter(None, parts), ()))


def _read_midi(path: Path) -> Score:
    import mido

    song = mido.MidiFile(path)
    if song.ticks_per_beat <= 0:
        raise HallyuError(
            f"{path.name} counts in film frames, not in beats: export it with ticks per quarter note."
        )
    events = [message for track in song.tracks for message in track]
    tempos = [mido.tempo2bpm(message.tempo) for message in events if message.type == "set_tempo"]
    bars = [m.numerator * 4 / m.denominator for m in events if m.type == "time_signature"]
    names = [_text(message.name) for message in events if message.type == "track_name"]
    parts = [_midi_notes(track, song.ticks_per_beat) for track in song.tracks]
    title = next((name for name in names if name), path.stem)
    return Score(title, _one_tempo(tempos), _with_words(parts), max(1, round(bars[0])) if bars else 4)


def _midi_notes(track, ticks: int) -> tuple[Note, ...]:
    """The notes of a track; a lyric belongs to the note that begins with it."""
    now, open_notes, lyrics, notes = 0, {}, {}, []
    for message in track:
        now += message.time
        if message.type == "lyrics":
            lyrics[now] = _text(message.text)
        elif message.type in ("note_on", "note_off"):
            key = (message.channel, message.note)
            if key in open_notes:
                start = open_notes.pop(key)
                if now > start:
                    notes.append((start, now - start, message.note))
            if message.type == "note_on" and message.velocity > 0:
                open_notes[key] = now
    return tuple(
        Note(start / ticks, length / ticks, pitch, lyrics.get(start, ""))
        for start, length, pitch in sorted(notes)
    )


def _text(read_as_latin: str) -> str:
    """MIDI does not say how its text is written: UTF-8, or on older Korean machines CP949."""
    data = read_as_latin.encode("latin-1")
    for coding in ("utf-8", "cp949"):
        try:
            return data.decode(coding).strip()
        except UnicodeDecodeError:
            continue
    return read_as_latin.strip()


def _write_midi(score: Score, path: Path) -> None:
    import mido

    song = mido.MidiFile(ticks_per_beat=TICKS, charset="utf-8")
    tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(score.tempo))
    metre = mido.MetaMessage("time_signature", numerator=score.beats_per_bar, denominator=4)
    timed: list[tuple[int, int, mido.Message]] = []
    for note in score.notes:
        start, end = round(note.start * TICKS), round(note.end * TICKS)
        if note.lyric.strip():
            timed.append((start, 1, mido.MetaMessage("lyrics", text=note.lyric.strip())))
        timed.append((start, 2, mido.Message("note_on", note=note.pitch, velocity=80)))
        timed.append((end, 0, mido.Message("note_off", note=note.pitch)))
    track, now = mido.MidiTrack([mido.MetaMessage("track_name", name=score.title), tempo, metre]), 0
    for at, _, message in sorted(timed, key=lambda each: each[:2]):
        track.append(message.copy(time=at - now))
        now = at
    song.tracks.append(track)
    song.save(path)


def _read_musicxml(path: Path) -> Score:
    from music21 import converter, meter, tempo

    song = converter.parse(path.read_bytes().decode("utf-8-sig"), format="musicxml")
    tempos = [mark.getQuarterBPM() for mark in song.recurse().getElementsByClass(tempo.MetronomeMark)]
    bars = [sign.barDuration.quarterLength for sign in song.recurse().getElementsByClass(meter.TimeSignature)]
    parts = [
        tuple(
            Note(float(each.offset), float(each.quarterLength), each.pitch.midi, (each.lyric or "").strip())
            for each in part.stripTies().flatten().notes
            if each.isNote and each.quarterLength > 0
        )
        for part in song.parts
    ]
    title = song.metadata.bestTitle if song.metadata else ""
    return Score(
        title or path.stem,
        _one_tempo(each for each in tempos if each),
        _with_words(parts),
        max(1, round(float(bars[0]))) if bars else 4,
    )


def _write_musicxml(score: Score, path: Path) -> None:
    from music21 import duration, metadata, meter, note, stream, tempo

    part = stream.Part(
        [tempo.MetronomeMark(number=score.tempo), meter.TimeSignature(f"{score.beats_per_bar}/4")]
    )
    for each in score.notes:
        written = note.Note(each.pitch, duration=duration.Duration(_printable(each.length)))
        if each.lyric.strip():
            written.lyrics = [note.Lyric(each.lyric.strip(), applyRaw=True)]
        part.insert(_printable(each.start), written)
    song = stream.Score([part])
    song.metadata = metadata.Metadata(title=score.title)
    song.write("musicxml", path)


def _printable(beats: float) -> Fraction:
    """The nearest time that can be printed as notes: 64ths, and triplets of them."""
    return Fraction(round(beats * 48), 48)


def _read_ustx(path: Path) -> Score:
    import yaml

    project = yaml.load(
        path.read_text(encoding="utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    ticks = int(project.get("resolution", TICKS))
    tempos = [float(each["bpm"]) for each in project.get("tempos") or [{"bpm": project.get("bpm", 120)}]]
    metres = project.get("time_signatures") or [project]
    parts = [
        tuple(
            Note(
                (int(part.get("position", 0)) + int(each["position"])) / ticks,
                int(each["duration"]) / ticks,
                int(each["tone"]),
                _from_ustx(str(each.get("lyric", ""))),
            )
            for each in part.get("notes") or ()
        )
        for part in project.get("voice_parts") or ()
    ]
    beats = int(metres[0].get("beat_per_bar", 4)) * 4 / int(metres[0].get("beat_unit", 4))
    return Score(
        str(project.get("name") or path.stem), _one_tempo(tempos), _with_words(parts), max(1, round(beats))
    )


def _from_ustx(lyric: str) -> str:
    """OpenUtau holds a syllable with +, +~ or +*; R is a rest in old files."""
    lyric = lyric.strip()
    return HOLD if lyric.startswith("+") else "" if lyric == "R" else lyric


def _write_ustx(score: Score, path: Path) -> None:
    import yaml

    notes = [
        {
            "position": (start := round(note.start * TICKS)),
            "duration": round(note.end * TICKS) - start,
            "tone": note.pitch,
            "lyric": "+~" if note.lyric.strip() == HOLD else note.lyric.strip(),
            "pitch": {"data": [{"x": x, "y": 0, "shape": "io"} for x in (-25, 25)], "snap_first": True},
            "vibrato": dict(length=0, period=175, depth=25, shift=0, drift=0, **{"in": 10, "out": 10}),
            "phoneme_expressions": [],
            "phoneme_overrides": [],
        }
        for note in score.notes
    ]
    end = max((note["position"] + note["duration"] for note in notes), default=0)
    project = {
        "name": score.title,
        "ustx_version": "0.6",
        "resolution": TICKS,
        "bpm": score.tempo,
        "beat_per_bar": score.beats_per_bar,
        "beat_unit": 4,
        "time_signatures": [{"bar_position": 0, "beat_per_bar": score.beats_per_bar, "beat_unit": 4}],
        "tempos": [{"position": 0, "bpm": score.tempo}],
        "tracks": [{"track_name": score.title}],
        "voice_parts": [
            {"name": score.title, "track_no": 0, "position": 0, "duration": end, "notes": notes, "curves": []}
        ],
        "wave_parts": [],
    }
    path.write_text(
        yaml.safe_dump(project, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8"
    )


READERS: dict[str, Callable[[Path], Score]] = {
    ".mid": _read_midi,
    ".musicxml": _read_musicxml,
    ".xml": _read_musicxml,
    ".ustx": _read_ustx,
}
WRITERS: dict[str, Callable[[Score, Path], None]] = {
    ".mid": _write_midi,
    ".musicxml": _write_musicxml,
    ".xml": _write_musicxml,
    ".ustx": _write_ustx,
}
