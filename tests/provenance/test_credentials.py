import io
import stat
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.provenance import credentials
from hallyu.provenance.credentials import COMPOSITE, GENERATED, read, sign


@pytest.fixture(scope="module")
def signing(tmp_path_factory):
    return tmp_path_factory.mktemp("signing")


def picture(path, size=(80, 60)):
    art = np.random.default_rng(7).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(art).save(path)
    return path


@pytest.mark.parametrize("name", ["001.png", "001.jpg"])
def test_signed_file_says_how_it_was_made_and_shows_the_same_picture(tmp_path, signing, name):
    plain = picture(tmp_path / name)
    steps = [("c2pa.edited", "Lettered by Yuna"), ("c2pa.published", "First Snow, episode 1")]
    signed = sign(plain, tmp_path / f"signed-{name}", COMPOSITE, "First Snow 001", steps, signing)
    found = read(signed)
    assert found.intact and not found.trusted and found.problems == ()
    assert found.source_type.endswith("/compositeWithTrainedAlgorithmicMedia")
    assert found.title == "First Snow 001"
    assert found.actions == ("c2pa.created", "Lettered by Yuna", "First Snow, episode 1")
    assert "not trusted" in found.signer
    assert "test certificate" in str(found)
    assert np.array_equal(np.asarray(Image.open(plain)), np.asarray(Image.open(signed)))
    assert read(plain) is None


@pytest.mark.parametrize("name", ["001.png", "001.jpg"])
def test_one_changed_byte_of_the_picture_is_found(tmp_path, signing, name):
    path = sign(
        picture(tmp_path / name), tmp_path / name, GENERATED, "First Snow 001", signing_folder=signing
    )
    data = bytearray(path.read_bytes())
    data[-200 if name.endswith("jpg") else -40] ^= 1
    path.write_bytes(data)
    found = read(path)
    assert not found.intact and "assertion.dataHash.mismatch" in found.problems
    assert str(found).startswith("Changed since it was signed")


def test_one_changed_pixel_with_the_old_note_put_back_is_found(tmp_path, signing):
    """A cheat: edit the picture in a program, then copy the old note's PNG chunk into the new file."""
    path = sign(picture(tmp_path / "a.png"), tmp_path / "a.png", GENERATED, "a", signing_folder=signing)
    data = path.read_bytes()
    at = data.index(b"caBX") - 4
    note = data[at : at + 12 + int.from_bytes(data[at : at + 4], "big")]
    art = np.array(Image.open(path))
    art[0, 0] ^= 1
    out = io.BytesIO()
    Image.fromarray(art).save(out, "PNG")
    edited = out.getvalue()
    path.write_bytes(edited[:33] + note + edited[33:])
    assert not read(path).intact


def test_saving_again_loses_the_note(tmp_path, signing):
    path = sign(picture(tmp_path / "a.png"), tmp_path / "a.png", GENERATED, "a", signing_folder=signing)
    Image.open(path).save(tmp_path / "b.png")
    assert read(tmp_path / "b.png") is None


def test_the_certificate_is_made_once_and_its_key_is_private(tmp_path):
    first = credentials.certificate(tmp_path / "new")
    assert credentials.certificate(tmp_path / "new") == first
    assert stat.S_IMODE((tmp_path / "new" / "test-signer.pem").stat().st_mode) == 0o600
    assert credentials.certificate(tmp_path / "other") != first


def test_a_certificate_that_cannot_be_kept_or_read_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(HallyuError, match=r"cannot be kept: .* Choose another signing folder"):
        credentials.certificate(tmp_path / "file")
    (tmp_path / "test-signer.pem").write_text("half a cert")
    with pytest.raises(HallyuError, match=r"is damaged: delete it"):
        credentials.certificate(tmp_path)


def test_what_cannot_be_signed_is_said_in_words(tmp_path, signing):
    with pytest.raises(HallyuError, match=r"episode.psd cannot carry content credentials"):
        sign(tmp_path / "episode.psd", tmp_path / "x.psd", COMPOSITE, "x", signing_folder=signing)
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n half a file")
    with pytest.raises(HallyuError, match='"cut" could not be given content credentials'):
        sign(tmp_path / "cut.png", tmp_path / "out.png", COMPOSITE, "cut", signing_folder=signing)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("name", ["film.mp4", "film.mov"])
def test_a_film_carries_credentials_and_its_pictures_stay(tmp_path, signing, name):
    frames = [np.full((48, 64, 3), level, np.float32) for level in (0.2, 0.5, 0.8)]
    plain = tmp_path / name
    video.write(plain, frames, 24, "h264")
    signed = sign(plain, tmp_path / f"signed-{name}", COMPOSITE, "첫눈", signing_folder=signing)
    assert read(signed).intact and read(signed).title == "첫눈" and read(plain) is None
    for one, other in zip(video.read(plain), video.read(signed), strict=True):
        assert np.array_equal(one, other)
    data = bytearray(signed.read_bytes())
    data[data.index(b"mdat") + 40] ^= 1
    signed.write_bytes(data)
    assert not read(signed).intact


PEAK = """
import sys
from hallyu.memory import peak_memory
from hallyu.provenance import credentials
credentials.sign(*sys.argv[1:3], credentials.COMPOSITE, "첫눈", signing_folder=sys.argv[3])
print(peak_memory())
"""


def test_a_film_of_half_a_gigabyte_is_signed_in_less_memory(tmp_path, signing):
    film, size = tmp_path / "film.mp4", 480 << 20
    video.write(film, iter(np.random.default_rng(1).random((3, 64, 96, 3), np.float32)), 24)
    with open(film, "ab") as file:  # more media data, which no track shows; it takes no room on the disk
        file.write((size + 8).to_bytes(4, "big") + b"mdat")
        file.truncate(file.tell() + size)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, film, tmp_path / "signed.mp4", signing],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 480  # MiB; it was 860
    assert read(tmp_path / "signed.mp4").intact


def test_a_missing_film_is_said_in_words(tmp_path, signing):
    with pytest.raises(HallyuError, match=r"none\.mp4 cannot be read"):
        sign(tmp_path / "none.mp4", tmp_path / "x.mp4", COMPOSITE, "x", signing_folder=signing)
    with pytest.raises(HallyuError, match=r"none\.mp4 cannot be read"):
        read(tmp_path / "none.mp4")
