"""Opening a locked export: both parts and the key give the bundle again that was exported, byte for byte."""

import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from audit.actions import exportkeys
from audit.actions.holding import BLOCK, Vault
from audit.actions.locking import part_of, told_of
from audit.actions.parting import ENCRYPTED, MANIFEST, TELLING
from audit.actions.staging import staged
from audit.bundle import Bundle, Busy, Chunks, encrypting, whole
from audit.bundle import verify as verifier
from audit.errors import ExportBusy, ExportHalfWritten, ExportKeyGone, NotDecrypted, TargetTaken

PACKED = 16 << 10
"""Bytes of the tar file inflated at a time: to a thousand times as many at worst."""
OPENED = "opened"
"""The plan of a bundle that grows out of two parts: what a killed run left of it is begun anew."""


def open_from_store(*, key_id: str, target: Path) -> str:
    """Fetch both parts of an export from the store and open them; give the SHA-256 of the bundle's manifest.

    Raises:
        ExportKeyGone: the ledger knows of no such export.
        NoVault, VaultFailed: the store does not give its parts back.
    """
    export = told_of(key_id)
    if export is None:
        raise ExportKeyGone
    vault = Vault()
    with staged() as folder:
        for part in ("encrypted", "locked"):
            vault.fetch(part_of(export, part), export[part]["version"], folder / part)
        return open_parts(locked=folder / "locked", encrypted=folder / "encrypted", target=target)


def open_parts(*, locked: Path, encrypted: Path, target: Path) -> str:
    """Put the bundle together from its parts, with the key that is here; give the SHA-256 of its manifest.

    The bundle has its name when it is whole and every file is the one that its manifest names; whether that was signed
    `ledger verify` tells.

    Raises:
        TargetTaken, ExportHalfWritten, ExportBusy: the place is not free.
        ExportKeyGone, ExportKeyUnread: the key.
        NotDecrypted: the parts are not of one export, or the encrypted one does not open.
    """
    if target.exists():
        raise TargetTaken
    try:
        proofs = verifier.Bundle(str(locked))
        named = verifier.encrypted_of(proofs.read(ENCRYPTED))
    except (verifier.Refused, verifier.Malformed) as problem:
        raise NotDecrypted(f"The part with the proofs cannot be read: {problem}") from problem
    with encrypted.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != named["sha256"]:
            raise NotDecrypted("The encrypted part is not the one that the part with the proofs names.")
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
        _fill(bundle, proofs, encrypted, key, named["manifest"])
    except BaseException:
        bundle.give_up()
        raise
    bundle.finish()
    return str(named["manifest"])


def _fill(bundle: Bundle, proofs: verifier.Bundle, encrypted: Path, key: bytes, manifest: str) -> None:
    """Write the encrypted files, then those of the other part, and hold all against the manifest among them."""
    note = b""
    try:
        with encrypted.open("rb") as file:
            decrypted = encrypting.Decrypted(file, key)
            with tarfile.open(mode="r|gz", fileobj=cast(IO[bytes], decrypted), bufsize=PACKED) as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isfile() and member.name in TELLING else None
                    if content is None:
                        raise NotDecrypted
                    if member.name == MANIFEST:
                        note = content.read(min(member.size, verifier.LARGEST_MANIFEST))
                    bundle.write(member.name, whole(note) if member.name == MANIFEST else _read(content))
            decrypted.end()
        if hashlib.sha256(note).hexdigest() != manifest:
            raise NotDecrypted
        files = verifier.manifest_of(verifier.note_of(note).text.decode()).files
        for name in sorted(files.keys() - {one.path for one in bundle.written}):
            with proofs.stream(name) as content:
                bundle.write(name, _read(content))
    except (encrypting.Broken, tarfile.TarError, zlib.error, EOFError, verifier.Refused, verifier.Malformed) as problem:
        raise NotDecrypted from problem
    found = {one.path: (one.sha256, one.bytes) for one in bundle.written if one.path != MANIFEST}
    if found != files:
        raise NotDecrypted


def _read(content: Any) -> Chunks:
    def chunks(_cursor: None) -> Iterator[tuple[bytes, int]]:
        while block := content.read(BLOCK):
            yield block, 0

    return chunks
