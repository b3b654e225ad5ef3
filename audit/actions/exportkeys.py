"""The keys of locked exports: a file each beside the ledger's keys, mode 0600, and nowhere else.

`export-key.<id>` holds a key and what it encrypts; `<id>` is how the SHA-256 of the key begins. While a key is
destroyed, `export-key.<id>.destroyed` says by whom and why, until the ledger has it.
"""

import base64
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.actions.keys import folder, fresh_file, open_to_others
from audit.bundle import encrypting
from audit.errors import ExportKeyGone, ExportKeyUnread

PREFIX, BEGUN = "export-key.", ".destroyed"
ID = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class ExportKey:
    """A key of one export, and what that is: names in the store, digests, range, retention."""

    id: str
    key: bytes
    export: dict[str, Any]


def id_of(digest: str) -> str:
    """Give the id of a key by the SHA-256 that an encrypted part names."""
    return digest[:16]


def keep(key: bytes, export: dict[str, Any]) -> str:
    """Write a key down, before anything that it encrypts leaves; give its id."""
    key_id = id_of(encrypting.key_digest(key))
    kept = {"export": export, "key": base64.b64encode(key).decode()}
    fresh_file(_path(key_id), json.dumps(kept, indent=1).encode()).replace(_path(key_id))
    _settle()
    return key_id


def kept() -> list[str]:
    """List the ids of the keys that are here."""
    return sorted(name for name in _names("") if ID.fullmatch(name))


def require(key_id: str) -> None:
    """See that there is such a key, readable or not.

    Raises:
        ExportKeyGone: there is none.
    """
    if not ID.fullmatch(key_id) or not _path(key_id).exists():
        raise ExportKeyGone


def key_of(key_id: str) -> ExportKey:
    """Read a key.

    Raises:
        ExportKeyGone: it is not here.
        ExportKeyUnread: its file is open to others, cannot be read, or holds another key.
    """
    require(key_id)
    path = _path(key_id)
    try:
        if open_to_others(path):
            raise ExportKeyUnread
        told = json.loads(path.read_bytes())
        found = ExportKey(key_id, base64.b64decode(told["key"], validate=True), told["export"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ExportKeyUnread from problem
    if id_of(encrypting.key_digest(found.key)) != key_id:
        raise ExportKeyUnread
    return found


def begun(key_id: str) -> dict[str, Any] | None:
    """Say what a destruction that has begun says of itself; None where none has."""
    path = _path(key_id + BEGUN)
    return json.loads(path.read_bytes()) if ID.fullmatch(key_id) and path.exists() else None


def all_begun() -> list[str]:
    """List the keys whose destruction has begun and is not known to be on record."""
    return sorted(name.removesuffix(BEGUN) for name in _names(BEGUN))


def begin_destroying(key_id: str, told: dict[str, Any]) -> None:
    """Write down that a key is about to be destroyed; from now on it will be, and be told."""
    fresh_file(_path(key_id + BEGUN), json.dumps(told).encode()).replace(_path(key_id + BEGUN))
    _settle()


def destroy(key_id: str) -> None:
    """Overwrite a key's file and remove it, down to the disk. Said twice it does nothing."""
    path = _path(key_id)
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _settle()


def settled(key_id: str) -> None:
    """The destruction is on record: nothing more is left of the key here."""
    _path(key_id + BEGUN).unlink(missing_ok=True)


def _path(name: str) -> Path:
    return folder() / (PREFIX + name)


def _names(end: str) -> list[str]:
    return [path.name.removeprefix(PREFIX) for path in folder().glob(f"{PREFIX}*{end}")]


def _settle() -> None:
    """Bring a folder's names down to the disk."""
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
