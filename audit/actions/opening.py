"""Opening a locked export: both parts and the key give the bundle again that was exported, byte for byte."""

import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from audit.actions import exportkeys
from audit.actions.holding import BLOCK, fetch
from audit.actions.locking import part_of, told_of
from audit.actions.parting import MANIFEST, SEALED, TELLING
from audit.actions.staging import staged
from audit.bundle import Bundle, Busy, Chunks, sealing, whole
from audit.bundle import verify as verifier
from audit.errors import ExportBusy, ExportHalfWritten, ExportKeyGone, SealBroken, TargetTaken

OPENED = "opened"
"""The plan of a bundle that grows out of two parts: what a killed run left of it is begun anew."""


def open_from_store(*, key_id: str, target: Path) -> str:
    """Fetch both parts of an export from the store and open them; give the SHA-256 of the bundle's manifest.

    Raises:
        ExportKeyGone: the ledger knows of no such export.
        VaultFailed: the store does not give its parts back.
    """
    export = told_of(key_id)
    if export is None:
        raise ExportKeyGone
    with staged() as folder:
        for part in ("sealed", "locked"):
            fetch(part_of(export, part), export[part]["version"], folder / f"{part}.zip")
        return open_parts(locked=folder / "locked.zip", sealed=folder / "sealed.zip", target=target)


def open_parts(*, locked: Path, sealed: Path, target: Path) -> str:
    """Put the bundle together from its parts, with the key that is here; give the SHA-256 of its manifest.

    The bundle has its name when it is whole and every file is the one that its manifest names; whether that was signed
    `ledger verify` tells.

    Raises:
        TargetTaken, ExportHalfWritten, ExportBusy: the place is not free.
        ExportKeyGone, ExportKeyUnread: the key.
        SealBroken: the parts are not of one export, or the sealed one does not open.
    """
    if target.exists():
        raise TargetTaken
    try:
        proofs = verifier.Bundle(str(locked))
        named = verifier.sealed_of(proofs.read(SEALED))
    except (verifier.Refused, verifier.Malformed) as problem:
        raise SealBroken(f"The part with the proofs cannot be read: {problem}") from problem
    with sealed.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != named["sha256"]:
            raise SealBroken("The sealed part is not the one that the part with the proofs names.")
    key = exportkeys.key_of(exportkeys.id_of(named["key"])).key
    try:
        bundle = Bundle(target)
    except Busy as problem:
        raise ExportBusy from problem
    if bundle.plan not in (None, {OPENED: True}):
        bundle.leave()
        raise ExportHalfWritten
    try:
        bundle.begin({OPENED: True})
        _fill(bundle, proofs, sealed, key, named["manifest"])
    except BaseException:
        bundle.give_up()
        raise
    bundle.finish()
    return str(named["manifest"])


def _fill(bundle: Bundle, proofs: verifier.Bundle, sealed: Path, key: bytes, manifest: str) -> None:
    """Write the sealed files, then those of the other part, and hold all against the manifest that was sealed."""
    note = b""
    try:
        with sealed.open("rb") as file:
            unsealed = sealing.Unsealed(file, key)
            with tarfile.open(mode="r|gz", fileobj=cast(IO[bytes], unsealed), bufsize=BLOCK) as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isfile() and member.name in TELLING else None
                    if content is None:
                        raise SealBroken
                    if member.name == MANIFEST:
                        note = content.read(verifier.LARGEST_MANIFEST)
                    bundle.write(member.name, whole(note) if member.name == MANIFEST else _read(content))
            unsealed.end()
        if hashlib.sha256(note).hexdigest() != manifest:
            raise SealBroken
        files = verifier.manifest_of(verifier.note_of(note).text.decode()).files
        for name in sorted(files.keys() - {one.path for one in bundle.written}):
            with proofs.stream(name) as content:
                bundle.write(name, _read(content))
    except (sealing.Broken, tarfile.TarError, zlib.error, EOFError, verifier.Refused, verifier.Malformed) as problem:
        raise SealBroken from problem
    found = {one.path: (one.sha256, one.bytes) for one in bundle.written if one.path != MANIFEST}
    if found != files:
        raise SealBroken


def _read(content: Any) -> Chunks:
    def chunks(_cursor: None) -> Iterator[tuple[bytes, int]]:
        while block := content.read(BLOCK):
            yield block, 0

    return chunks
