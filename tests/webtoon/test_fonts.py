import hashlib
import re
import unicodedata

import numpy as np
import pytest
import skia

from hallyu.errors import HallyuError
from hallyu.webtoon import fonts

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]


def test_every_modern_syllable_is_drawn_in_dialogue_and_in_effects():
    assert all(map(fonts.drawable, SYLLABLES))
    assert fonts.effect(80).width("".join(SYLLABLES)) > 11172 * 40


def test_a_rare_syllable_falls_back_and_leaves_ink():
    assert ord("쀍") not in fonts._characters(fonts.DISPLAY)
    assert fonts.effect(80).outline("쀍").getBounds().height() > 40


def test_width_agrees_with_the_outline():
    face = fonts.dialogue(40)
    bounds = face.outline("첫눈").getBounds()
    assert bounds.left() >= 0 and bounds.right() <= face.width("첫눈") + 1


def test_an_emoji_is_named_not_drawn_as_a_box():
    with pytest.raises(HallyuError, match=r"c02-1.*U\+1F600 grinning face"):
        fonts.check("안녕 😀", "c02-1")
    with pytest.raises(HallyuError):
        fonts.dialogue(30).outline("😀")


ALPHABETS = {
    "French": "àâæçéèêëîïôœùûüÿ «»",
    "Spanish": "áéíñóúü¿¡",
    "Portuguese": "áâãàçéêíóôõú",
    "German": "äöüßẞ „“",
    "Italian": "àèéìòù",
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Turkish": "çğıİöşü",
    "Hungarian": "áéíóöőúüű",
    "Nordic": "åäöæøðþ",
    "Vietnamese": "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
}


@pytest.mark.parametrize("language", ALPHABETS)
def test_every_letter_of_a_latin_alphabet_is_drawn_in_every_face(language):
    letters = ALPHABETS[language] + "".join(c.upper() for c in ALPHABETS[language] if len(c.upper()) == 1)
    assert fonts.check(letters, "c01-1") == fonts.clean(letters)
    for face in (fonts.dialogue(40), fonts.heavy(40), fonts.effect(40)):
        tofu = [fonts._font(name, 40).getPath(0) for name in face.files]
        for letter in letters.replace(" ", ""):
            outline = face.outline(letter)
            assert not outline.isEmpty() and outline not in tofu, f"{letter} in {face.files}"


def test_all_of_latin_1_and_latin_extended_a_but_the_long_s_is_drawn():
    letters = map(chr, range(0xA1, 0x180))
    assert [letter for letter in letters if not fonts.drawable(letter)] == ["ſ"]


def test_an_accented_letter_is_as_heavy_as_its_neighbours():
    def stem(face, letter):
        pixels = np.zeros((300, 200, 4), np.uint8)
        outline = face.outline(letter)
        outline.offset(20, 250)
        skia.Surface(pixels).getCanvas().drawPath(outline, skia.Paint(Color=0xFFFFFFFF))
        return int(np.count_nonzero(pixels[220, :, 3] > 127))  # a row through the stem

    for face in (fonts.dialogue(200), fonts.heavy(200)):
        assert abs(stem(face, "ĺ") - stem(face, "l")) <= 0.15 * stem(face, "l")


def test_an_accent_typed_as_a_letter_of_its_own_is_composed():
    assert fonts.check(unicodedata.normalize("NFD", "Où ça? Đã tuyết"), "c01-1") == "Où ça? Đã tuyết"


def test_many_foreign_characters_make_one_short_sentence():
    with pytest.raises(HallyuError) as error:
        fonts.check("".join(chr(c) for c in range(0x1F600, 0x1F640)), "c02-1")
    assert "and 61 more" in str(error.value) and len(str(error.value)) < 320


@pytest.mark.parametrize("text", ["שלום", "مرحبا 눈", "\u202e눈"])
def test_right_to_left_text_is_refused_in_words(text):
    with pytest.raises(HallyuError, match="right-to-left"):
        fonts.check(text, "c02-1")


def test_decomposed_hangul_is_composed():
    assert fonts.clean(unicodedata.normalize("NFD", "학교에서는")) == "학교에서는"


def test_a_missing_font_file_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    fonts._typeface.cache_clear()
    with pytest.raises(HallyuError, match=r"NanumSquareRoundB\.ttf is missing"):
        fonts._typeface(fonts.DIALOGUE)


def test_readme_lists_every_font_with_its_hash_and_total_stays_small():
    readme = (fonts.FOLDER / "README.md").read_text(encoding="utf-8")
    files = sorted(fonts.FOLDER.glob("*.ttf"))
    assert sum(f.stat().st_size for f in files) <= 8 * 2**20
    listed = dict(re.findall(r"`(\S+\.ttf)` .*`([0-9a-f]{64})`", readme))
    assert listed == {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
