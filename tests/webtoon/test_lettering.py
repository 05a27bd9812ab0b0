import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon import fonts, lettering

measure = fonts.dialogue(36).width
SAMPLES = {
    "학교에서는": (150, ["학교", "에서는"]),
    "국립중앙박물관에서조차도": (260, ["국립중앙박물관", "에서조차도"]),
}


@pytest.mark.parametrize("word", SAMPLES)
def test_an_over_wide_word_is_split_before_its_particles(word):
    width, lines = SAMPLES[word]
    assert lettering.break_lines(word, measure, width) == lines


@given(
    words=st.lists(
        st.builds(
            lambda core, closing: core + closing,
            st.text(st.sampled_from("가나다눈이첫3abc"), min_size=1, max_size=7),
            st.sampled_from(["", "", ".", "?!", "…"]),
        ),
        min_size=1,
        max_size=8,
    ),
    width=st.integers(150, 420),
)
@settings(max_examples=50, deadline=None)
def test_every_character_in_order_and_no_line_too_wide(words, width):
    text = " ".join(words)
    try:
        lines = lettering.break_lines(text, measure, width, max_lines=12)
    except HallyuError as error:
        assert "does not fit in 12 lines" in str(error)
        return
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(measure(line) <= width for line in lines)
    # A word that would fit on a line of its own is never split.
    position, starts = 0, set()
    for line in lines:
        starts.add(position)
        position += len(line.replace(" ", ""))
    position = 0
    for word in words:
        inside = {start for start in starts if position < start < position + len(word)}
        assert not inside or measure(word) > width
        position += len(word)


@given(
    words=st.lists(
        st.builds(
            lambda opening, core, closing: opening + core + closing,
            st.sampled_from(["", "", "“", "("]),
            st.text(st.sampled_from("가나다눈이첫온날"), min_size=1, max_size=9),
            st.sampled_from(["", "", "…", "?!", "”", ".)", ",", " …", " !"]),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=50, deadline=None)
def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(words):
    lines = lettering.break_lines(" ".join(words), measure, 200, max_lines=24)
    assert not [line for line in lines if line[0] in lettering.NOT_AT_START]
    assert not [line for line in lines if line[-1] in lettering.NOT_AT_END]


def test_a_number_keeps_its_unit():
    for text in ("버스는 3 시간 뒤에 온대", "눈이 30 cm 쌓였어", "값은 4,500 원이야"):
        for width in range(220, 420, 20):
            joined = "|".join(lettering.break_lines(text, measure, width))
            assert not [u for u in ("3|시간", "30|cm", "4,500|원") if u in joined]


def test_an_adverb_that_leans_forward_stays_with_its_verb():
    assert "안" not in [line.split()[-1] for line in lettering.fit("나는 오늘 너를 안 만날 거야", 300).lines]
    assert lettering.fit("한 시간만 서 있다 오렴.", 380).lines == ("한 시간만", "서 있다 오렴.")


def test_a_dependent_noun_stays_with_the_word_before():
    text = "기다리는 동안은, 아직 끝난 게 아니니까."
    assert lettering.break_lines(text, measure, 300) == ["기다리는 동안은,", "아직 끝난 게", "아니니까."]


def test_balance_is_the_true_minimum():
    """Against trying every way to place the breaks."""
    from itertools import combinations, pairwise

    text = "그럴 리가… 나는 매일 학교에서 기다렸는데 너는 한 번도 오지 않았어."
    pieces = lettering.split(text, measure, 400)
    count, total = 4, sum(measure(p.text) for p in pieces)
    chords = lettering.ellipse_chords(count)
    costs = {}
    for places in combinations(range(1, len(pieces)), count - 1):
        edges = (0, *places, len(pieces))
        lines = [" ".join(p.text for p in pieces[a:b]) for a, b in pairwise(edges)]
        if max(map(measure, lines)) <= 400:
            raggedness = sum(
                ((measure(line) - total * c / sum(chords)) / 400) ** 2
                for line, c in zip(lines, chords, strict=True)
            )
            costs[tuple(lines)] = raggedness + sum(pieces[p].penalty for p in places)
    cost, lines = lettering.balance(pieces, measure, 400, count)
    assert tuple(lines) == min(costs, key=costs.get)
    assert cost == pytest.approx(min(costs.values()))


def test_english_breaks_only_at_spaces():
    text = "I waited at the school gate every single day, and you never came."
    lines = lettering.fit(text, 420).lines
    assert " ".join(lines) == text


def test_size_shrinks_only_when_it_must_and_never_below_the_least():
    text = "그때 나는 정말로 네가 올 줄 알았어. 눈이 오면 만나기로 했으니까, 그 약속만 믿었어."
    assert lettering.fit("왜 안 왔어?", 420).size == lettering.NORMAL_SIZE
    assert lettering.MIN_SIZE <= lettering.fit(text, 240).size < lettering.NORMAL_SIZE
    with pytest.raises(HallyuError, match="shorten it"):
        lettering.fit(text, 150)


def test_a_long_line_is_dealt_at_sentence_ends():
    text = (
        "그때 나는 정말로 네가 올 줄 알았어. 눈이 오면 만나기로 했으니까, 그 약속만 믿고 이 숲에서 하루 종일 서 있었어. "
        "그런데 너는 오지 않았고, 눈은 점점 더 쌓였지."
    )
    balloons = lettering.deal(text)
    assert " ".join(balloons) == text and len(balloons) == 2
    assert all(b.endswith(".") and lettering.length(b) <= lettering.BALLOON_CAPACITY for b in balloons)


def test_400_characters_say_where_to_divide():
    with pytest.raises(
        HallyuError, match=r"c02-1 is 400 characters long.*Move what follows “.*\.” to the next cut"
    ):
        lettering.deal("긴 말이 있다. " * 44 + "끝이다.", "c02-1")
    with pytest.raises(HallyuError, match="Divide it after"):
        lettering.fit("긴 말이 있다. " * 11, 420)


def test_ten_megabytes_are_refused_at_once():
    with pytest.raises(HallyuError, match="Is this a file") as error:
        lettering.deal("가" * 10_000_000)
    assert len(str(error.value)) < 300


def test_a_letter_wider_than_the_line_is_an_error_in_words():
    with pytest.raises(HallyuError, match="alone is wider"):
        lettering.break_lines("눈", measure, 20)
