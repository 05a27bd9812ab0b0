import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.webtoon.vocabulary import CAST, WITHHELD, Look, caption, held_out, read_prompt, sample


@given(st.integers(0, 10**6), st.sampled_from(("en", "ko")))
def test_a_caption_reads_back_as_the_look_it_describes(seed, language):
    look = sample(random.Random(seed))
    of_the_cast = look.identity[:4] in {member.identity[:4] for member in CAST.values()}
    if look.eyes in WITHHELD["eyes"] and not of_the_cast:
        with pytest.raises(HallyuError, match=f"does not draw {look.eyes} eyes surely yet; choose brown, blue or amber"):
            read_prompt(caption(look, language))
    else:
        assert read_prompt(caption(look, language)) == look


@given(st.integers(0, 10**6))
def test_a_name_alone_stands_for_the_whole_look(seed):
    look = random.Random(seed).choice(list(CAST.values()))
    assert read_prompt(caption(look, "ko", described=False)) == look


@pytest.mark.parametrize(
    "text", ["girl, plaid hair", "dragon", "🙂", "소녀, 초록 머리", "girl, black bob hair, three eyes"]
)
def test_unknown_words_are_named(text):
    with pytest.raises(HallyuError) as error:
        read_prompt(text)
    assert text.split(", ")[-1] in str(error.value)


def test_no_cast_member_is_held_out_and_one_identity_in_ten_is():
    assert not any(held_out(member) for member in CAST.values())
    rng = random.Random(0)
    share = sum(held_out(sample(rng, cast=0)) for _ in range(4000)) / 4000
    assert 0.07 < share < 0.13


def test_holding_out_is_about_identity_not_mood():
    look = sample(random.Random(3), cast=0)
    assert held_out(look) == held_out(replace(look, expression="angry", shot="close-up", view="facing left"))


def test_an_empty_prompt_is_the_plain_look():
    assert read_prompt("") == Look()
