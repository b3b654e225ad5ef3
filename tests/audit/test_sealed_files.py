"""A sealed file opens as it was, under its own key, or not at all."""

import hashlib
import io
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from audit.bundle import sealing
from audit.bundle.sealing import CHUNK, TAG


def spoilt_at(place: float) -> Any:
    def change(raw: bytes) -> bytes:
        at = int(len(raw) * place)
        return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]

    return change


SPOILT = {
    "its head": spoilt_at(0), "its middle": spoilt_at(0.5), "its last byte": lambda raw: spoilt_at(0.999999)(raw),
    "cut between two chunks": lambda raw: raw[: 80 + CHUNK + TAG], "cut within one": lambda raw: raw[:-1],
    "nothing but its head": lambda raw: raw[:80], "nothing": lambda raw: b"", "more behind": lambda raw: raw + b"x",
    "two chunks changed over": lambda raw: raw[:80] + raw[80 + CHUNK + TAG : 80 + 2 * (CHUNK + TAG)]
    + raw[80 : 80 + CHUNK + TAG] + raw[80 + 2 * (CHUNK + TAG) :],
    "a chunk twice": lambda raw: raw[: 80 + CHUNK + TAG] + raw[80:],
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_sealed_file_that_was_spoilt_does_not_open(tmp_path: Path, name: str) -> None:
    content, key = random.Random(7).randbytes(3 * CHUNK), sealing.fresh_key()
    (tmp_path / "sealed").write_bytes(seal_bytes(content, key))
    assert unsealed(tmp_path / "sealed", key) == content
    (tmp_path / "sealed").write_bytes(SPOILT[name](seal_bytes(content, key)))
    with pytest.raises(sealing.Broken):
        unsealed(tmp_path / "sealed", key)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_sealed_file_of_any_length_opens_as_it_was_under_its_own_key_alone(tmp_path: Path, length: int) -> None:
    content, key = random.Random(length).randbytes(length), sealing.fresh_key()
    (tmp_path / "sealed").write_bytes(seal_bytes(content, key))
    assert unsealed(tmp_path / "sealed", key) == content
    with pytest.raises(sealing.Broken):
        unsealed(tmp_path / "sealed", sealing.fresh_key())


def seal_bytes(content: bytes, key: bytes) -> bytes:
    out = io.BytesIO()
    sealer = sealing.Sealer(out, key)
    for at in range(0, len(content), 300_000):
        sealer.write(content[at : at + 300_000])
    sealer.finish()
    assert sealer.digest.hexdigest() == hashlib.sha256(out.getvalue()).hexdigest()
    return out.getvalue()


def unsealed(path: Path, key: bytes) -> bytes:
    with path.open("rb") as file:
        reader = sealing.Unsealed(file, key)
        found = b"".join(iter(lambda: reader.read(70_000), b""))
        reader.end()
    return found


def test_sealing_and_opening_take_a_few_chunks_of_memory_however_long_the_file(tmp_path: Path) -> None:
    key, block = sealing.fresh_key(), bytes(CHUNK // 2)
    tracemalloc.start()
    with (tmp_path / "sealed").open("wb") as file:
        sealer = sealing.Sealer(file, key)
        for _ in range(100):
            sealer.write(block)
        sealer.finish()
    with (tmp_path / "sealed").open("rb") as file:
        reader, length = sealing.Unsealed(file, key), 0
        while found := reader.read(CHUNK):
            length += len(found)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == 100 * len(block) and most < 8 * CHUNK
