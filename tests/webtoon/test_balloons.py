from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon import balloons, lettering
from hallyu.webtoon.panel import Panel
from hallyu.webtoon.script import Cut, Line, Script

FACES = {"하린": (90, 420, 330, 700), "도윤": (470, 440, 710, 720)}

INK = 6
"""The ink of a line lies up to this many px off its balloon's centre: 가 and 눈 are not equally high."""


def panel(*lines, effect="", faces=FACES, height=900):
    ground = np.full((height, 800, 4), (150, 180, 210, 255), np.uint8)
    layers = {"background": ground}
    for name, (x0, y0, x1, _) in faces.items():
        layers[name] = np.zeros_like(ground)
        layers[name][y0:height, x0:x1] = (240, 210, 190, 255)
    lines = tuple(Line(f"c01-{n}", text, speaker, kind) for n, (text, speaker, kind) in enumerate(lines, 1))
    return Panel(Cut(1, 1, "bust", "street", lines=lines, effect=effect), layers, dict(faces))


def letter(drawn, **options):
    return balloons.letter(drawn, Script("첫눈", {}, (drawn.cut,)), **options)


def boxes(lettered, kind):
    return {name: box for which, name, box in lettered.boxes if which == kind}


def meet(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


WORDS = st.text(st.sampled_from("가나눈이첫왜온날 "), min_size=1, max_size=26).filter(str.strip)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@example([("가", "도윤", "speech"), ("가가가", "도윤", "shout"), ("가가가가", "도윤", "speech")])  # a tail up to a balloon
@given(
    lines=st.lists(
        st.tuples(
            WORDS, st.sampled_from(list(FACES)), st.sampled_from(["speech", "thought", "shout", "whisper"])
        ),
        min_size=1,
        max_size=3,
    )
)
def test_balloons_clear_faces_and_each_other_hold_their_text_and_read_in_order(lines):
    lettered = letter(panel(*lines))
    bodies, texts = boxes(lettered, "balloon"), boxes(lettered, "text")
    assert len(bodies) >= len(lines)
    for box in bodies.values():
        assert not [face for face in boxes(lettered, "face").values() if meet(box, face)]
        assert box[0] >= 0 and box[2] <= 800 and box[1] >= 0 and box[3] <= len(lettered.image())
    for id, text in texts.items():
        box = bodies[id]
        assert box[0] < text[0] and box[1] < text[1] and text[2] < box[2] and text[3] < box[3]
    for (_, a), (_, b) in combinations(texts.items(), 2):
        rise = (a[1] + a[3] - b[1] - b[3]) / 2
        assert rise <= INK, "a later balloon lies higher than an earlier one"
        beside = min(a[3], b[3]) - max(a[1], b[1]) > 0.5 * max(a[3] - a[1], b[3] - b[1])
        assert not beside or a[0] + a[2] < b[0] + b[2], "of two side by side the left one is read first"
    shapes = [layer for name, layer in lettered.layers.items() if name.startswith("말풍선")]
    ink = [layer for name, layer in lettered.layers.items() if name.startswith("대사")]
    covered = np.maximum.reduce([shape[..., 3] for shape in shapes])
    assert all((covered[letters[..., 3] > 0] == 255).all() for letters in ink), "a letter leaves its balloon"
    assert not [1 for a, b in combinations(shapes, 2) if ((a[..., 3] > 0) & (b[..., 3] > 0)).any()]


def test_tails_stop_short_of_the_face_and_look_at_the_speaker():
    lettered = letter(panel(("왜 안 왔어?", "하린", "speech"), ("미안해.", "도윤", "speech")))
    for id, name in (("c01-1", "하린"), ("c01-2", "도윤")):
        alpha = lettered.layers[f"말풍선 {id}"][..., 3]
        x0, y0, x1, y1 = boxes(lettered, "face")[name]
        assert not alpha[y0:y1, x0:x1].any()
        tip = np.flatnonzero(alpha[np.flatnonzero(alpha.any(1))[-1]]).mean()
        centre = np.flatnonzero(alpha.any(0)).mean()
        assert abs(tip - (x0 + x1) / 2) <= abs(centre - (x0 + x1) / 2) + 2


def test_narration_has_no_tail_and_a_straight_edge():
    lettered = letter(panel(("그해 첫눈이 오던 날.", "", "narration")))
    alpha = lettered.layers["말풍선 c01-1"][..., 3] > 0
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    assert alpha[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean() > 0.99


def test_two_balloons_of_one_speaker_are_one_shape_with_one_tail():
    lettered = letter(panel(("왜 안 왔어?", "하린", "speech"), ("기다렸잖아.", "하린", "speech")))
    assert list(lettered.layers) == ["말풍선 c01-1", "대사 c01-1", "대사 c01-2"]


def test_a_crowded_panel_grows_into_the_gutter():
    faces = {"하린": (20, 60, 400, 380), "도윤": (420, 60, 780, 380)}
    lettered = letter(panel(("왜 안 왔어?", "하린", "speech"), faces=faces, height=400))
    assert lettered.pad_top > 0 and lettered.image().shape == (
        400 + lettered.pad_top + lettered.pad_bottom,
        800,
        3,
    )
    assert boxes(lettered, "face")["하린"][1] == 60 + lettered.pad_top


def test_effects_keep_off_faces_and_balloons():
    lettered = letter(panel(("눈이다!", "하린", "shout"), effect="사르륵"))
    effect = boxes(lettered, "effect")["c01-fx"]
    assert not [b for kind in ("face", "balloon") for b in boxes(lettered, kind).values() if meet(effect, b)]


def test_another_language_leaves_the_art_alone():
    drawn = panel(("왜 안 왔어?", "하린", "speech"))
    story = Script("첫눈", {}, (drawn.cut,), translations={"c01-1": {"en": "Why didn't you come?"}})
    before = drawn.art()
    korean, english = (balloons.letter(drawn, story, language=x) for x in ("ko", "en"))
    assert " ".join(english.text[0].lines) == "Why didn't you come?" and korean.text[0].lines == (
        "왜 안 왔어?",
    )
    assert np.array_equal(drawn.art(), before)


def test_no_lettering_below_the_least_size():
    lettered = letter(panel(("조용히 말할게, 아무도 듣지 못하게.", "하린", "whisper"), effect="쉿"))
    assert min(text.size for text in lettered.text) >= lettering.MIN_SIZE


def test_a_cut_with_no_words_is_its_art():
    drawn = panel()
    assert np.array_equal(letter(drawn).image(), drawn.art())


@pytest.mark.parametrize(
    ("text", "words"), [("😀", "U\\+1F600"), ("שלום", "right-to-left"), ("가" * 10_000_000, "Is this a file")]
)
def test_text_that_cannot_be_lettered_is_one_sentence(text, words):
    with pytest.raises(HallyuError, match=words):
        letter(panel((text, "하린", "speech")))


def test_reading_order():
    assert balloons.reads_before((0, 0, 100, 100), (200, 10, 300, 110))
    assert not balloons.reads_before((200, 10, 300, 110), (0, 0, 100, 100))
