"""What graders know and learners do not: files that are shipped closed, and opened by a word in a hidden test.

A learner has the package, and so every file in it; true mattes and unseen pictures lie there closed (AES-256-GCM, NIST SP
800-38D; the key by scrypt, RFC 7914). The word stands in the hidden tests of the instructor's notebook alone, which nbgrader
clears from what learners get. Whoever wants truths of his own makes them again with training/film/takes.py and another word.
"""

import base64
import io
import json
import os
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hallyu.errors import HallyuError
from hallyu.files import write_whole


def close(path: str | Path, files: Mapping[str, bytes], word: str) -> None:
    """Write *files* by their names into the closed file at *path*, to be opened with *word*."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    salt, nonce = os.urandom(16), os.urandom(12)
    closed = AESGCM(_key(word, salt)).encrypt(nonce, packed.getvalue(), None)
    told = {"salt": salt, "nonce": nonce, "closed": closed}
    with write_whole(Path(path)) as draft:
        draft.write_text(json.dumps({name: base64.b64encode(x).decode() for name, x in told.items()}))


def opened(path: str | Path, word: str) -> dict[str, bytes]:
    """The files in a closed file by their names. Raises HallyuError for another word, and for a file that was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    path = Path(path)
    told = {name: base64.b64decode(text) for name, text in json.loads(path.read_text()).items()}
    try:
        packed = AESGCM(_key(word, told["salt"])).decrypt(told["nonce"], told["closed"], None)
    except InvalidTag:
        raise HallyuError(
            f"{path.name} does not open with this word: it stands in the hidden tests."
        ) from None
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def files(assignment: str, word: str) -> dict[str, bytes]:
    """The closed files of an assignment by their names. Raises HallyuError for another word.

    >>> files("film-composite", "open sesame")
    Traceback (most recent call last):
    hallyu.errors.HallyuError: film-composite.sealed.json does not open with this word: it stands in the hidden tests.
    """
    return opened(Path(__file__).parent / f"{assignment}.sealed.json", word)


def _key(word: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt, 32, n=2**14, r=8, p=1).derive(word.encode())
