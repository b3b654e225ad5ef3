"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature), with Ed25519 keys."""

import base64
import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4
CHECKPOINT = re.compile(r"([^\n+\s]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")
LINE = re.compile(r"— ([^\n+\s]+) ([A-Za-z0-9+/]+={0,2})\n")


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Give the four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True)
class PublicKey:
    """A key that checks signatures: `kind` is 1 for a log's, 4 for a cosigner's."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before its signatures."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        """Write it as `sumdb/note` does: name, id, and the key after its kind."""
        return f"{self.name}+{self.id.hex()}+{_text(bytes([self.kind]) + self.public)}"

    def accepts(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature, without its key id, holds for a note's text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != 72:
                return False
            message, signature = _dated(text, struct.unpack(">Q", signature[:8])[0]), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def log_public_key(name: str, raw: bytes) -> PublicKey:
    """Give the key of a log by its 32 bytes."""
    return PublicKey(name, ED25519, raw)


@dataclass(frozen=True)
class LogKey:
    """The key of a log: its name is the log's origin."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The key that checks its signatures."""
        return PublicKey(self.name, ED25519, self.private.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """Sign a note's text; give the signature line."""
        return _line(self.public, self.private.sign(text.encode()))


@dataclass(frozen=True)
class CosignerKey:
    """A key that says when it saw a checkpoint."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The key that checks its cosignatures."""
        return PublicKey(self.name, COSIGNATURE, self.private.public_key().public_bytes_raw())

    def line(self, text: str, seconds: int) -> str:
        """Cosign a checkpoint's text as seen at this second since 1970; give the signature line."""
        return _line(self.public, struct.pack(">Q", seconds) + self.private.sign(_dated(text, seconds)))


def _dated(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _line(key: PublicKey, signature: bytes) -> str:
    return f"— {key.name} {_text(key.id + signature)}\n"


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Write a checkpoint as it is signed: origin, size and root, a line each."""
    return f"{origin}\n{size}\n{_text(root)}\n"


def signed(text: str, lines: Sequence[str]) -> str:
    """Put signature lines under a note's text."""
    return f"{text}\n{''.join(lines)}"


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as it was read; `signatures` are (name, key id and signature)."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[tuple[str, bytes], ...]

    def signed_by(self, key: PublicKey) -> bool:
        """Tell whether this key signed it."""
        return any(
            name == key.name and value[:4] == key.id and key.accepts(self.text, value[4:])
            for name, value in self.signatures
        )

    def seen_at(self, key: PublicKey) -> int | None:
        """Give the second since 1970 at which a cosigner saw it, None where it did not sign."""
        for name, value in self.signatures:
            if name == key.name and value[:4] == key.id and key.accepts(self.text, value[4:]):
                return int(struct.unpack(">Q", value[4:12])[0])
        return None


def parse_checkpoint(note: str) -> Checkpoint:
    """Read a signed checkpoint.

    Raises:
        ValueError: it is none, to the last byte.
    """
    text, gap, tail = note.partition("\n\n")
    text += "\n"
    found = CHECKPOINT.fullmatch(text)
    lines = tail.splitlines(keepends=True)
    matched = [LINE.fullmatch(line) for line in lines]
    if not gap or found is None or not lines or not all(matched):
        raise ValueError("This is no signed checkpoint.")
    signatures = tuple((one[1], base64.b64decode(one[2], validate=True)) for one in matched if one)
    root = base64.b64decode(found[3], validate=True)
    if _text(root) != found[3]:
        raise ValueError("The root of this checkpoint is not in canonical base64.")
    return Checkpoint(found[1], int(found[2]), root, text, signatures)
