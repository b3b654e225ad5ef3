"""An encrypted file opens as it was, under its own key, or not at all."""

import hashlib
import io
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from audit.bundle import encrypting
from audit.bundle.encrypting import CHUNK, TAG


def spoilt_at(place: float) -> Any:
    def change(raw: bytes) -> bytes:
        at = int(len(raw) * place)
        return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]

    return change


SPOILT = {
    "its head": spoilt_at(0), "its middle": spoilt_at(0.5), "its last byte": lambda raw: spoilt_at(0.999999)(raw),
    "cut between two chunks": lambda raw: raw[: 83 + CHUNK + TAG], "cut within one": lambda raw: raw[:-1],
    "nothing but its head": lambda raw: raw[:83], "nothing": lambda raw: b"", "more behind": lambda raw: raw + b"x",
    "two chunks changed over": lambda raw: raw[:83] + raw[83 + CHUNK + TAG : 83 + 2 * (CHUNK + TAG)]
    + raw[83 : 83 + CHUNK + TAG] + raw[83 + 2 * (CHUNK + TAG) :],
    "a chunk twice": lambda raw: raw[: 83 + CHUNK + TAG] + raw[83:],
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_an_encrypted_file_that_was_spoilt_does_not_open(tmp_path: Path, name: str) -> None:
    content, key = random.Random(7).randbytes(3 * CHUNK), encrypting.fresh_key()
    (tmp_path / "encrypted").write_bytes(encrypted_bytes(content, key))
    assert decrypted(tmp_path / "encrypted", key) == content
    (tmp_path / "encrypted").write_bytes(SPOILT[name](encrypted_bytes(content, key)))
    with pytest.raises(encrypting.Broken):
        decrypted(tmp_path / "encrypted", key)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_an_encrypted_file_of_any_length_opens_as_it_was_under_its_own_key_alone(tmp_path: Path, length: int) -> None:
    content, key = random.Random(length).randbytes(length), encrypting.fresh_key()
    (tmp_path / "encrypted").write_bytes(encrypted_bytes(content, key))
    assert decrypted(tmp_path / "encrypted", key) == content
    with pytest.raises(encrypting.Broken):
        decrypted(tmp_path / "encrypted", encrypting.fresh_key())


def encrypted_bytes(content: bytes, key: bytes) -> bytes:
    out = io.BytesIO()
    encrypter = encrypting.Encrypter(out, key)
    for at in range(0, len(content), 300_000):
        encrypter.write(content[at : at + 300_000])
    encrypter.finish()
    assert encrypter.digest.hexdigest() == hashlib.sha256(out.getvalue()).hexdigest()
    return out.getvalue()


def decrypted(path: Path, key: bytes) -> bytes:
    with path.open("rb") as file:
        reader = encrypting.Decrypted(file, key)
        found = b"".join(iter(lambda: reader.read(70_000), b""))
        reader.end()
    return found


def test_encrypting_and_opening_take_a_few_chunks_of_memory_however_long_the_file(tmp_path: Path) -> None:
    key, block = encrypting.fresh_key(), bytes(CHUNK // 2)
    tracemalloc.start()
    with (tmp_path / "encrypted").open("wb") as file:
        encrypter = encrypting.Encrypter(file, key)
        for _ in range(100):
            encrypter.write(block)
        encrypter.finish()
    with (tmp_path / "encrypted").open("rb") as file:
        reader, length = encrypting.Decrypted(file, key), 0
        while found := reader.read(CHUNK):
            length += len(found)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == 100 * len(block) and most < 8 * CHUNK
