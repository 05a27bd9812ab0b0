import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.music import backing, mixing
from hallyu.music.backing import chord, lead_sheet, voicings

SONG = "C | G/B | Am7 | F G | Dm7 | G7sus4 G7 | C | %"
NAMES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]),
        st.sampled_from(list(backing.QUALITIES)),
    ),
)


@pytest.mark.parametrize(
    ("name", "tones", "bass"),
    [
        ("C", "C E G", "C"), ("F#m", "F# A C#", "F#"), ("Bbmaj7", "Bb D F A", "Bb"), ("D/F#", "D F# A", "F#"),
        ("Gsus", "G C D", "G"), ("Asus2", "A B E", "A"), ("Bm7b5", "B D F A", "B"), ("E♭m7", "Eb Gb Bb Db", "Eb"),
        ("CM7", "C E G B", "C"), ("Amin", "A C E", "A"), ("Fadd9", "F A C G", "F"), ("Cdim7", "C Eb Gb A", "C"),
    ],
)  # fmt: skip
def test_chord_symbols(name, tones, bass):
    found = chord(name)
    assert found.tones == {backing._pitch_class(t) for t in tones.split()}
    assert found.bass == backing._pitch_class(bass)


@pytest.mark.parametrize("name", ["", "H", "c", "Cmaj13", "C/", "G/X", "첫", "Am7/G/F", "C" * 5000])
def test_what_is_no_chord_is_refused_in_one_sentence(name):
    with pytest.raises(HallyuError) as error:
        chord(name)
    assert "\n" not in str(error.value)


def test_a_lead_sheet_shares_a_bar_and_repeats_one():
    found = [(c.start, c.length, c.chord.name) for c in lead_sheet("| C | F G | % | Am |", 3)]
    assert found == [
        (0, 3, "C"),
        (3, 1.5, "F"),
        (4.5, 1.5, "G"),
        (6, 1.5, "F"),
        (7.5, 1.5, "G"),
        (9, 3, "Am"),
    ]
    for broken in ("C || F", "% | C", ""):
        with pytest.raises(HallyuError, match="empty"):
            lead_sheet(broken)


@settings(max_examples=20, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5))
def test_every_voicing_is_the_chord_in_range_with_no_two_notes_on_one_key(names):
    chords = [chord(n) for n in names]
    for item, grip in zip(chords, voicings(chords), strict=True):
        assert {k % 12 for k in grip} == item.tones
        assert list(grip) == sorted(set(grip)) and grip[0] >= 53 and grip[-1] <= 77


def movement(grips):
    return sum(abs(b - a) for one, two in itertools.pairwise(grips) for a, b in zip(one, two, strict=True))


def test_hands_move_far_less_than_in_root_position():
    chords = [c.chord for c in lead_sheet("C | Am | F | G | Em7 | Am | Dm | G")]
    led = voicings(chords, voices=3) if all(len(c.tones) == 3 for c in chords) else voicings(chords)
    roots = []
    for item in chords:
        low = 60 + (item.root - 60) % 12
        up = sorted(low + (t - item.root) % 12 for t in item.tones)
        roots.append([*up, low + 12][:4])
    assert movement(led) < 0.5 * movement(roots)


def test_the_tone_that_two_chords_share_stays():
    one, two = voicings([chord("C"), chord("Am")])
    assert len(set(one) & set(two)) >= 2


@pytest.mark.parametrize("names", ["C F G Am F G C", "C G Am F C G F C", "Am F C G", "C Am Dm G C"])
def test_no_fifths_run_in_parallel_through_the_usual_changes(names):
    grips = voicings([chord(n) for n in names.split()])
    for one, two in itertools.pairwise(grips):
        for i, j in itertools.combinations(range(4), 2):
            moved = two[i] - one[i], two[j] - one[j]
            assert not (moved[0] == moved[1] != 0 and (two[j] - two[i]) % 12 in (0, 7))


def arranged(energy, text=SONG, tempo=120.0, beats=4):
    changes = lead_sheet(text, beats)
    return changes, backing.arrange(changes, tempo, beats, energy)


def test_who_plays_follows_the_energy():
    assert set(arranged(0.1)[1]) == {"piano", "bells"}
    assert set(arranged(0.35)[1]) == {"piano", "bells", "strings", "bass"}
    assert set(arranged(0.6)[1]) == {"piano", "bells", "strings", "bass", "drums"}
    loud = [np.mean([h.velocity for h in arranged(e)[1]["piano"]]) for e in (0.1, 0.5, 0.9)]
    assert loud == sorted(loud)


@pytest.mark.parametrize("energy", [0.2, 0.55, 0.9])
def test_everyone_plays_the_chord_of_the_moment(energy):
    changes, parts = arranged(energy)
    for name in ("piano", "strings", "bells"):
        for hit in parts.get(name, []):
            beat = hit.start * 2 + 0.05
            now = next(c for c in changes if c.start <= beat < c.start + c.length)
            assert hit.pitch % 12 in now.chord.tones | {now.chord.bass}, (name, beat)
            assert hit.start + hit.length <= (changes[-1].start + changes[-1].length) / 2 + 0.02


def test_the_bass_plays_the_bass_of_each_chord_on_its_beat_even_under_an_inversion():
    changes, parts = arranged(0.9)
    for change in changes:
        nearest = min(parts["bass"], key=lambda h: abs(h.start - change.start / 2))
        assert abs(nearest.start - change.start / 2) < 0.02 and nearest.pitch % 12 == change.chord.bass
        assert 28 <= nearest.pitch <= 45


def test_hands_are_uneven_by_a_little_and_the_same_for_the_same_seed():
    changes = lead_sheet(SONG)
    one, same, other = (backing.arrange(changes, 90, seed=s)["drums"] for s in (1, 1, 2))
    assert one == same != other
    grid = 60 / 90 / 4
    late = [abs(h.start / grid - round(h.start / grid)) * grid for h in one]
    assert np.mean(late) > 0.001 and max(late) <= 0.0081


def test_a_rise_is_led_into_by_a_fill_and_opened_by_a_cymbal():
    _, parts = arranged([0.55] * 4 + [0.9] * 4)
    fourth = [h for h in parts["drums"] if 7.4 < h.start < 7.99 and h.pitch == 38]
    assert len(fourth) == 4
    assert [round(h.start, 1) for h in parts["drums"] if h.pitch == 49] == [8.0]


@pytest.mark.parametrize("beats", [2, 3, 4, 6])
def test_other_metres_fill_their_bars(beats):
    changes, parts = arranged(0.8, "C | F | G | C", beats=beats)
    assert changes[-1].start + changes[-1].length == 4 * beats
    assert max(h.start for h in parts["drums"]) < 4 * beats / 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: backing.arrange([], 90), "no chords"),
        (lambda: backing.arrange(lead_sheet("C"), 0), "tempo of 0"),
        (lambda: backing.arrange(lead_sheet("C | F"), 90, energy=[0.5]), "has 2 bars"),
        (lambda: backing.arrange(lead_sheet("C"), 90, energy=3), "from 0 to 1"),
        (lambda: backing.arrange([*lead_sheet("C"), *lead_sheet("F")], 90), "begins before"),
        (lambda: backing.render({"kazoo": []}), "kazoo"),
        (lambda: voicings([chord("C")], 60, 62), "widen the range"),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_sentence(call, words):
    with pytest.raises(HallyuError, match=words) as error:
        call()
    assert "\n" not in str(error.value)


def test_the_stems_sum_to_a_band_that_can_be_mastered():
    _, parts = arranged(0.8, "C | G/B | Am7 | F", tempo=140)
    stems = backing.render(parts, 48000)
    assert len({s.shape for s in stems.values()}) == 1
    desk = backing.channels(stems)
    loud = {n: mixing.loudness(mixing.strip(c, 48000), 48000) for n, c in desk.items()}
    assert max(loud.values()) - min(loud.values()) < 16, f"somebody cannot be heard: {loud}"
    finished = mixing.master(mixing.mix(desk, 48000), 48000)
    assert mixing.loudness(finished, 48000) == pytest.approx(-14, abs=0.1)
    assert mixing.true_peak(finished) <= -1


def test_a_stem_comes_in_when_its_first_note_does():
    stems = backing.render({"piano": [backing.Hit(0, 0.5, 60)], "bells": [backing.Hit(1.0, 0.5, 84)]}, 24000)
    assert not stems["bells"][:23990].any() and np.abs(stems["bells"][24000:30000]).max() > 0.02


def test_midi_reads_back_as_written(tmp_path):
    import mido

    _, parts = arranged(0.8, tempo=96)
    backing.write_midi(tmp_path / "band.mid", parts, 96)
    file = mido.MidiFile(tmp_path / "band.mid")
    assert [t.name for t in file.tracks[1:]] == list(parts)
    for track, hits in zip(file.tracks[1:], parts.values(), strict=True):
        at, read = 0, []
        for message in track:
            at += message.time
            if message.type == "note_on":
                read.append((at, message.note, message.velocity))
                assert (message.channel == 9) == (track.name == "drums")
        assert read == sorted((round(h.start * 96 / 60 * 480), h.pitch, h.velocity) for h in hits)
