"""The subtitles beside the film: the draft that lessons repair, and the file that they end in."""

import importlib.util
from pathlib import Path

from hallyu.ott import first_snow, guide, subtitle_files, timedtext

MEDIA = Path(__file__).parents[2] / "modules" / "ott" / "media"
FILM = first_snow.truth(MEDIA / "first-snow.json")


def test_the_draft_is_of_this_film_and_breaks_most_rules():
    spec = importlib.util.spec_from_file_location("make_draft_subtitles", MEDIA / "make_draft_subtitles.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    path = MEDIA / "first-snow-draft.srt"
    assert path.read_bytes() == script.draft(FILM), "run modules/ott/media/make_draft_subtitles.py"
    codes = {finding.code for finding in guide.check(subtitle_files.read(path), shots=FILM.cuts)}
    assert len(codes) >= 20


def test_the_delivered_subtitles_keep_the_guide_and_every_word():
    track = subtitle_files.read(MEDIA / "first-snow-ko.ttml")
    assert guide.check(track, shots=FILM.cuts) == []
    assert timedtext.letters([track.text]) == timedtext.letters(line.text for line in FILM.lines)
    assert {cue.by for cue in track.cues} == {"Seo Ayeong"} and "CC BY 4.0" in track.about
