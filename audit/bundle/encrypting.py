"""An encrypted file: content under a key of its own, in chunks, so that it is written and read in little memory.

A head of two lines, `hitl-encrypted/v1` and the SHA-256 of the key in hex; then chunks of 1 MiB of content, the last
one shorter or as long, each as AES-256-GCM writes it (ciphertext, 16 bytes of tag). The head is additional data of
every chunk; its nonce is the chunk's number from 0 in eleven bytes, big-endian, and a byte that is 1 for the last one,
else 0. A chunk that is missing, moved, changed or added does not open, and neither does a file cut between two chunks.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NAME = "hitl-encrypted/v1"
CHUNK, TAG = 1 << 20, 16


class Broken(Exception):  # noqa: N818 - a fact
    """What was encrypted does not open: another key, or bytes that were changed, cut or added."""


def fresh_key() -> bytes:
    """Make a key; it encrypts one file and never another, since nonces are counted."""
    return os.urandom(32)


def key_digest(key: bytes) -> str:
    """Give the SHA-256 by which an encrypted file names its key: of 32 random bytes it tells nothing."""
    return hashlib.sha256(key).hexdigest()


def _head(key: bytes) -> bytes:
    return f"{NAME}\n{key_digest(key)}\n".encode()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Encrypter:
    """Encrypts what is written to it into a file; hashes what comes out."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        """Begin an encrypted file."""
        self.file, self.bytes, self.digest = file, 0, hashlib.sha256()
        self._cipher, self._head = AESGCM(key), _head(key)
        self._rest, self._number = bytearray(), 0
        self._out(self._head)

    def write(self, content: bytes) -> int:
        """Take content; a chunk goes out as soon as it is known not to be the last."""
        self._rest += content
        while len(self._rest) > CHUNK:
            self._put(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Encrypt what is left as the last chunk."""
        self._put(bytes(self._rest), last=True)

    def _put(self, content: bytes, *, last: bool) -> None:
        self._out(self._cipher.encrypt(_nonce(self._number, last), content, self._head))
        self._number += 1

    def _out(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)
        self.bytes += len(data)


def opened(file: IO[bytes], key: bytes) -> Iterator[bytes]:
    """Give the content of an encrypted file chunk by chunk, each only after its tag was checked.

    Raises:
        Broken: it does not open. What came before is genuine, and not the whole.
    """
    head, cipher = _head(key), AESGCM(key)
    if file.read(len(head)) != head:
        raise Broken
    block, number = file.read(CHUNK + TAG), 0
    while True:
        following = file.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), block, head)
        except (InvalidTag, ValueError) as problem:  # a block shorter than a tag is no ciphertext at all
            raise Broken from problem
        if not following:
            return
        block, number = following, number + 1


class Decrypted:
    """An encrypted file to read from, as its content was."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        """Begin to open it."""
        self._chunks, self._chunk, self._at = opened(file, key), b"", 0

    def read(self, size: int) -> bytes:
        """Give the next bytes, as many as are at hand and `size` at most; none at the end."""
        while self._at == len(self._chunk):
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._chunk, self._at = chunk, 0
        found = self._chunk[self._at : self._at + size]
        self._at += len(found)
        return found

    def end(self) -> None:
        """Read to the end, so that a cut or an addition behind what was needed is seen as well."""
        for _ in self._chunks:
            pass
