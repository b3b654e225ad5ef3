"""The two parts of an export that is locked: proofs for all, and an encrypted file of what the entries say."""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

from audit.actions.holding import Held
from audit.actions.keys import log_keys
from audit.bundle import Bundle, Chunks, document, encrypting, manifest_text, whole
from audit.reads.grounds import ground_lines
from audit.tree import signed

MANIFEST, ENCRYPTED, ERASURES = "manifest.note", "encrypted.json", "erasures.json"
TELLING = (MANIFEST, "payloads.ndjson", "contents.ndjson", "records.csv", "report.html")
"""Files that repeat what entries say; the whole bundle's manifest, which goes with them, has their digests."""
NONE_CHOSEN: dict[str, list[str]] = {"type": []}
"""The filter of a part with proofs alone: it matches no entry, so nothing has to be told."""
BLOCK = 1 << 20


def encrypt_part(bundle: Path, target: Path, key: bytes) -> tuple[str, int]:
    """Encrypt those files of a bundle that tell, as a tar file under gzip; give SHA-256 and length of it."""
    with target.open("wb") as file:
        encrypter = encrypting.Encrypter(file, key)
        with tarfile.open(mode="w|gz", fileobj=cast(IO[bytes], encrypter), bufsize=BLOCK) as archive:
            for name in TELLING:
                told = tarfile.TarInfo(name)
                told.size = (bundle / name).stat().st_size
                with (bundle / name).open("rb") as content:
                    archive.addfile(told, content)
        encrypter.finish()
    return encrypter.digest.hexdigest(), encrypter.bytes


def lock_part(bundle: Path, target: Path, log_id: int, plan: Mapping[str, Any], encrypted: Mapping[str, Any]) -> str:
    """Write everything of a bundle that tells nothing as a bundle of its own; give its manifest's SHA-256.

    `encrypted` says of the other part what an auditor has to know. Of payloads only those are in it by which an erasure
    names what it erased.
    """
    part = Bundle(target)
    part.begin(dict(plan))
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        name = str(path.relative_to(bundle))
        if name not in TELLING:
            part.write(name, _copied(path))
    part.write("payloads.ndjson", _grounds(log_id, bundle / ERASURES))
    part.write("contents.ndjson", whole(b""))
    part.write(ENCRYPTED, whole(document(encrypted)))
    text = manifest_text(plan, part.written)
    note = signed(text, [key.line(text) for key in log_keys(plan["origin"])]).encode()
    part.write(MANIFEST, whole(note))
    part.finish()
    return hashlib.sha256(note).hexdigest()


def held(name: str, path: Path) -> Held:
    """Say of a file what the store has to give back."""
    with path.open("rb") as file:
        return Held(name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _copied(path: Path) -> Chunks:
    def chunks(_cursor: None) -> Iterator[tuple[bytes, int]]:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block, file.tell()

    return chunks


def _grounds(log_id: int, erasures: Path) -> Chunks:
    events = sorted({one["by"] for one in json.loads(erasures.read_bytes())})
    return lambda _cursor: ((ground_lines(log_id, index), index) for index in events)
