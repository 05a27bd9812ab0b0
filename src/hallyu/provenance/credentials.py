"""Content Credentials (C2PA): a signed note inside a picture (PNG, JPEG) or a film (MP4, MOV) of how it was made.

The certificate is our own, made on first use. It proves that a file has not changed since it was signed on
this machine; it does not prove to anyone else who signed it. Readers of the credentials are shown it as
untrusted.
Source: C2PA specification 2.x; IPTC digital source type vocabulary.
"""

import io
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from hallyu.errors import HallyuError
from hallyu.files import write_whole

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED = IPTC + "trainedAlgorithmicMedia"
"""Everything in the picture came out of a trained model."""
COMPOSITE = IPTC + "compositeWithTrainedAlgorithmicMedia"
"""Generated parts beside parts that people or ordinary programs made: a lettered webtoon panel."""
DRAWN = IPTC + "digitalCreation"
"""Made by a person with digital tools, nothing generated."""

MEDIA_TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".mp4": "video/mp4", ".mov": "video/quicktime",
}  # fmt: skip
SIGNING_FOLDER = Path.home() / ".hallyu" / "signing"
ISSUER = "Hallyu Studio local test certificate (not trusted)"


@dataclass(frozen=True)
class Credentials:
    """What a signed file says about itself.

    intact: the picture and its note are as they were signed. trusted: the signer is on a trust list; ours
    never is.
    problems: what the verifier found, in its own codes ("assertion.dataHash.mismatch").
    """

    intact: bool
    trusted: bool
    title: str
    source_type: str
    actions: tuple[str, ...]
    signer: str
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.intact:
            return f"Changed since it was signed ({', '.join(self.problems)})."
        trust = "a trusted signer" if self.trusted else "a local test certificate, which proves no one's name"
        made = self.source_type.removeprefix(IPTC)
        return f"{self.title}: {made}, unchanged since it was signed with {trust}."


_SIGNING = {"core": {"backing_store_memory_threshold_in_mb": 16}}
"""What is larger is signed by way of a file: by default films of up to half a gigabyte are held in memory, twice."""


def sign(
    path: str | Path,
    out: str | Path,
    source_type: str,
    title: str,
    actions: Sequence[tuple[str, str]] = (),
    signing_folder: str | Path = SIGNING_FOLDER,
) -> Path:
    """Copy the picture or film at *path* to *out* with content credentials inside; *out* may be *path*.

    source_type: GENERATED, COMPOSITE or DRAWN. actions: (C2PA action, description) in order after
    "c2pa.created", such as ("c2pa.edited", "Lettered by Yuna"). Of a film at most half a gigabyte is in memory.
    Raises HallyuError for another kind of file, or one that is not a whole picture.
    """
    path, out = Path(path), Path(out)
    kind = media_type(path)
    with _opened(path) as source, write_whole(out) as draft, open(draft, "w+b") as signed:
        _sign(source, signed, kind, source_type, title, actions, signing_folder)
    return out


def sign_bytes(
    picture: bytes,
    kind: str,
    source_type: str,
    title: str,
    actions: Sequence[tuple[str, str]] = (),
    signing_folder: str | Path = SIGNING_FOLDER,
) -> bytes:
    """As sign(), on an encoded picture in memory; *kind* is its media type, such as "image/png"."""
    signed = io.BytesIO()
    _sign(io.BytesIO(picture), signed, kind, source_type, title, actions, signing_folder)
    return signed.getvalue()


def _sign(
    source: BinaryIO,
    signed: BinaryIO,
    kind: str,
    source_type: str,
    title: str,
    actions: Sequence[tuple[str, str]],
    signing_folder: str | Path,
) -> None:
    import c2pa

    created = {"action": "c2pa.created", "digitalSourceType": source_type}
    later = [{"action": action, "parameters": {"description": text}} for action, text in actions]
    manifest = {
        "claim_generator_info": [{"name": "Hallyu Studio"}],
        "title": title,
        "format": kind,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created, *later]}}],
    }
    chain, key = certificate(signing_folder)
    info = c2pa.C2paSignerInfo(b"es256", chain, key, None)
    try:
        with (
            c2pa.Context.from_dict(_SIGNING) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(manifest, context) as builder,
        ):
            builder.sign(signer, kind, source, signed)
    except c2pa.C2paError as error:
        raise HallyuError(f'"{title}" could not be given content credentials: {error}.') from error


def read(path: str | Path) -> Credentials | None:
    """The content credentials of a picture or film, verified; None when it has none."""
    path = Path(path)
    kind = media_type(path)
    with _opened(path) as source:
        return _read(source, kind, path.name)


def read_bytes(picture: bytes, kind: str, name: str = "The picture") -> Credentials | None:
    """As read(), on an encoded picture in memory."""
    return _read(io.BytesIO(picture), kind, name)


def _read(source: BinaryIO, kind: str, name: str) -> Credentials | None:
    import c2pa

    try:
        with c2pa.Reader(kind, source) as reader:
            store = json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as error:
        raise HallyuError(f"{name} has content credentials that cannot be read: {error}.") from error
    manifest = store["manifests"][store["active_manifest"]]
    actions = next(
        a["data"]["actions"] for a in manifest["assertions"] if a["label"].startswith("c2pa.actions")
    )
    failures = store.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    # An unknown signer is not damage: the file can be whole and its signer unknown.
    problems = tuple(f["code"] for f in failures if f["code"] != "signingCredential.untrusted")
    return Credentials(
        intact=not problems and store["validation_state"] in ("Valid", "Trusted"),
        trusted=store["validation_state"] == "Trusted",
        title=manifest.get("title", ""),
        source_type=actions[0].get("digitalSourceType", ""),
        actions=tuple(a.get("parameters", {}).get("description") or a["action"] for a in actions),
        signer=manifest["signature_info"].get("issuer", ""),
        problems=problems,
    )


def media_type(path: Path) -> str:
    """The media type of a picture or film that can carry credentials.

    >>> media_type(Path("001.jpg"))
    'image/jpeg'
    """
    if path.suffix.lower() not in MEDIA_TYPES:
        raise HallyuError(
            f"{path.name} cannot carry content credentials: sign the flattened PNG or JPEG made from it."
        )
    return MEDIA_TYPES[path.suffix.lower()]


def certificate(folder: str | Path = SIGNING_FOLDER) -> tuple[bytes, bytes]:
    """Certificate chain and private key (PEM) of this machine's test signer, made on first use.

    C2PA refuses a certificate that signs itself, so a small authority of our own signs the signer's
    (C2PA specification, "X.509 certificate profiles"). The authority's key is thrown away.
    """
    both = Path(folder) / "test-signer.pem"
    try:
        if not both.exists():
            _keep_private(both, b"".join(_make_certificate()))
        pem = both.read_bytes()
    except OSError as error:
        raise HallyuError(
            f"The test certificate {both} cannot be kept: {error.strerror}. Choose another signing folder."
        ) from error
    chain, mark, key = pem.partition(b"-----BEGIN PRIVATE KEY-----")
    if not mark:
        raise HallyuError(f"The test certificate {both} is damaged: delete it, and a new one is made.")
    return chain, mark + key


def _keep_private(path: Path, data: bytes) -> None:
    """Write *data* to *path*, whole, readable by its owner only, as a key must be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with open(handle, "wb") as file:
        file.write(data)
    os.replace(draft, path)


def _opened(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise HallyuError(f"{path} cannot be read: {error.strerror}.") from error


def _make_certificate() -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(common: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, ISSUER),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )

    def build(subject, key, issuer, issuer_key, authority: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        usage |= {"key_cert_sign": True, "crl_sign": True} if authority else {"digital_signature": True}
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
            )
        )
        if not authority:
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(purpose, critical=True)
        return builder.sign(issuer_key, hashes.SHA256())

    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = build("Local authority", authority_key, "Local authority", authority_key, True)
    signer = build("Local signer", key, "Local authority", authority_key, False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signer.public_bytes(pem) + authority.public_bytes(pem), private
