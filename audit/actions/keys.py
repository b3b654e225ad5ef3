"""The keys that sign checkpoints, kept outside the database: files of mode 0600, or a signer that settings name.

`ledger-key` signs for every log, `clock-key` says when. During a rotation `ledger-key.next` signs beside the first;
afterwards it takes its place, and the old one stays as `ledger-key.<id>.retired`, to check what it signed. A signer
elsewhere may offer its next one as `next_signer`; of the old one `ledger-key.<id>.public` stays.
"""

import base64
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.utils.module_loading import import_string

from audit.errors import KeyElsewhere, KeyUnsafe
from audit.tree import CosignerKey, LogKey, PublicKey, log_public_key

LOG, NEXT, CLOCK = "ledger-key", "ledger-key.next", "clock-key"


def folder() -> Path:
    """Give the folder of the keys."""
    return Path(settings.LEDGER_KEYS)


def log_keys(origin: str) -> list[LogKey]:
    """Give the keys that sign for a log now: one, or during a rotation the old one and the new one.

    Raises:
        KeyUnsafe: a key's file can be read by others, or is no key.
    """
    if settings.LEDGER_SIGNER:
        signer = import_string(settings.LEDGER_SIGNER)()
        following = getattr(signer, "next_signer", None)
        return [LogKey(origin, one) for one in (signer, following) if one is not None]
    keys = [LogKey(origin, _kept(folder() / LOG))]
    if (folder() / NEXT).exists():
        keys.append(LogKey(origin, _read(folder() / NEXT)))
    return keys


def cosigner(origin: str) -> CosignerKey:
    """Give the key that dates a log's checkpoints; it is another than the log's."""
    return CosignerKey(f"{origin}/clock", _kept(folder() / CLOCK))


def public_keys(origin: str) -> list[PublicKey]:
    """List the keys that an auditor needs for a log: those that sign now, those that did, and the clock's."""
    retired = [LogKey(origin, _read(path)).public for path in sorted(folder().glob(f"{LOG}.*.retired"))]
    signing = [key.public.public for key in log_keys(origin)]
    elsewhere = [base64.b64decode(path.read_bytes()) for path in sorted(folder().glob(f"{LOG}.*.public"))]
    retired += [log_public_key(origin, raw) for raw in elsewhere if raw not in signing]
    return [*(key.public for key in log_keys(origin)), *retired, cosigner(origin).public]


def rotating() -> bool:
    """Tell whether two keys sign just now."""
    if settings.LEDGER_SIGNER:
        return getattr(import_string(settings.LEDGER_SIGNER)(), "next_signer", None) is not None
    return (folder() / NEXT).exists()


def make_next_key() -> None:
    """Begin a rotation: from now on a second key signs beside the first. Said twice it is one rotation.

    Raises:
        KeyElsewhere: the key is kept by a signer elsewhere, which offers no next one.
    """
    if settings.LEDGER_SIGNER and not rotating():
        raise KeyElsewhere
    if not settings.LEDGER_SIGNER:
        _kept(folder() / NEXT)


def take_next_key(origin: str) -> None:
    """End a rotation: the next key is the key, the old one is kept under its id. Said twice it does nothing.

    Of a signer elsewhere the old public key is kept; that it gives the next key alone from now on is not ours to do.
    """
    if not rotating():
        return
    old = log_keys(origin)[0].public
    name = f"{LOG}.{old.public.hex()[:16]}"
    if settings.LEDGER_SIGNER:
        fresh_file(folder() / name, base64.b64encode(old.public)).replace(folder() / f"{name}.public")
        return
    kept = folder() / f"{name}.retired"
    if not kept.exists():
        kept.hardlink_to(folder() / LOG)
    (folder() / NEXT).replace(folder() / LOG)


def fresh_file(path: Path, content: bytes) -> Path:
    """Write a file for its owner alone beside `path`, down to the disk; give where, to be moved there in one step."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def open_to_others(path: Path) -> bool:
    """Tell whether anybody but its owner may read a file."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _kept(path: Path) -> Ed25519PrivateKey:
    """Read a key, made first where there is none; of two starts at once the first one's key stays."""
    if not path.exists():
        text = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        fresh = fresh_file(path, text)
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return _read(path)


def _read(path: Path) -> Ed25519PrivateKey:
    if open_to_others(path):
        raise KeyUnsafe(path.name)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as problem:
        raise KeyUnsafe(path.name) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnsafe(path.name)
    return key
