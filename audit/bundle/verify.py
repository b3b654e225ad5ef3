#!/usr/bin/env python3
"""Verify an export bundle of a hitl ledger, offline: one file, Python 3.9 or later, the standard library alone.

docs/bundle.md says what a bundle holds and what each finding means. Keys and origin come from whoever runs this, never
from the bundle. It fails closed: what cannot be understood is refused, and what goes wrong here is no pass.

The file reads from top to bottom: findings, exact text, Ed25519, signed notes, the Merkle tree, canonical JSON, where a
bundle's bytes come from, the manifest, leaves, payloads, checkpoints, anchors, draws, the report, the command.
"""

from __future__ import annotations

import argparse
import base64
import bisect
import contextlib
import datetime as dt
import gc
import hashlib
import hmac
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import IO, Any, NamedTuple, Optional

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
LARGEST_BUNDLE, LARGEST_LEAF, LARGEST_LINE, LARGEST_MANIFEST = 64 * GIB, 64 * KIB, 16 * MIB, 256 * MIB
MOST_FILES, MOST_SIGNATURES, DEEPEST_JSON = 1_000_000, 100, 64
CHUNK = 256 * KIB  # read at a time: what belongs to it fits the processor's cache
SHOWN = 20  # findings of one kind that are told one by one

# ---------------------------------------------------------------------------------------------------- findings

CODES = {
    "unexpected": 1, "usage": 2,
    "bundle": 10, "manifest_form": 11, "manifest_signature": 12, "file_missing": 13, "file_extra": 14,
    "file_changed": 15,
    "checkpoint_form": 20, "checkpoint_origin": 21, "checkpoint_signature": 22, "checkpoint_differs": 23,
    "entries_count": 30, "leaf_form": 31, "leaf_log": 32, "leaf_repeated": 33, "proof_form": 34, "root": 35,
    "stream_gap": 40, "stream_link": 41, "time_order": 42, "time_anchor": 43,
    "payload_form": 50, "payload_commitment": 51, "payload_withheld": 52, "erasure": 53, "content_commitment": 54,
    "consistency": 60, "known_newer": 61, "record_proof": 62,
    "anchor_form": 70, "anchor": 71,
    "draw": 80,
    "known_unproven": 90,
}  # fmt: skip


class Finding(NamedTuple):
    """One thing that is wrong: its kind in CODES, a sentence, and the place (line 0: the file as a whole)."""

    kind: str
    text: str
    file: str
    line: int


class Refused(Exception):  # noqa: N818 - a finding that ends the part of the work it was met in
    """A finding after which this part of the bundle cannot be looked at any further."""

    def __init__(self, kind: str, text: str, file: str = "", line: int = 0) -> None:
        super().__init__(text)
        self.finding = Finding(kind, text, file, line)


class Malformed(ValueError):  # noqa: N818 - says what is malformed; the caller knows which finding that is
    """Bytes that do not follow their grammar."""


class Findings:
    """What was found, the first of each kind in full and the rest as a number."""

    def __init__(self) -> None:
        self.told: list[Finding] = []
        self.counts: dict[str, int] = {}
        self.kept: Any = None  # what was read: given back with the findings, not before the report is told

    def add(self, kind: str, text: str, file: str = "", line: int = 0) -> None:
        """Take up a finding; its code is in CODES."""
        count = self.counts[kind] = self.counts.get(kind, 0) + 1
        if count <= SHOWN:
            self.told.append(Finding(kind, text, file, line))

    @contextlib.contextmanager
    def part(self) -> Iterator[None]:
        """Do a part of the work; one that is refused leaves its finding, and the next part goes on."""
        try:
            yield
        except Refused as refused:
            self.add(*refused.finding)

    @property
    def code(self) -> int:
        """The exit code: that of the first finding in the order of CODES, or 0."""
        return min((CODES[kind] for kind in self.counts), default=0)


# -------------------------------------------------------------------------------------------------- exact text

NUMBER = "(?:0|[1-9][0-9]{0,15})"
WORD = r"[#-\[\]-~]{1,255}"  # printable ASCII without blank, exclamation mark, quote and backslash
HEX32 = "[0-9a-f]{64}"
SECTION = "[a-z][a-z0-9_]{0,39}"
UUID7 = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
LARGEST_NUMBER = 2**53 - 1
SAFE_STAMP = re.compile(STAMP)


def number(text: str) -> int:
    """Read a decimal: no sign, no leading zero, no blank, below 2^53."""
    if not re.fullmatch(NUMBER, text) or int(text) > LARGEST_NUMBER:
        raise Malformed(f"{text[:40]!r} is no exact decimal number")
    return int(text)


def base64_bytes(text: str) -> bytes:
    """Read standard, padded, canonical base64: what is decoded is encoded to the same text again."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Malformed(f"{text[:60]!r} is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Malformed(f"{text[:60]!r} is not canonical base64")
    return raw


def hash_bytes(text: Any) -> bytes:
    """Read a hash as canonical base64 of exactly 32 bytes."""
    if not isinstance(text, str):
        raise Malformed("a hash is not written as text")
    raw = base64_bytes(text)
    if len(raw) != 32:
        raise Malformed(f"a hash of {len(raw)} bytes")
    return raw


def moment(stamp: str) -> dt.datetime:
    """Read YYYY-MM-DDTHH:MM:SS.ffffffZ, a moment that there is in the calendar."""
    if not SAFE_STAMP.fullmatch(stamp):
        raise Malformed(f"{stamp[:40]!r} is no time stamp in UTC with six places")
    try:
        return dt.datetime.fromisoformat(stamp[:-1]).replace(tzinfo=dt.timezone.utc)
    except ValueError:
        raise Malformed(f"{stamp!r} is no moment of the calendar") from None


def stamp_of(at: dt.datetime) -> str:
    """Write a moment as leaves do; such texts sort by time."""
    return at.astimezone(dt.timezone.utc).replace(tzinfo=None).isoformat("T", "microseconds") + "Z"


def moment_of(seconds: int) -> dt.datetime:
    """Give the moment of a Unix time in seconds."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc)
    except (OverflowError, OSError, ValueError):
        raise Malformed(f"{seconds} seconds are no moment of the calendar") from None


def shifted(stamp: str, seconds: int) -> str:
    """Move a time stamp, at most to the ends of the calendar."""
    try:
        return stamp_of(moment(stamp) + dt.timedelta(seconds=seconds))
    except OverflowError:
        return "9999-12-31T23:59:59.999999Z" if seconds > 0 else "0001-01-01T00:00:00.000000Z"


# ---------------------------------------------------------------------------------- Ed25519, RFC 8032 section 5.1

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # extended homogeneous coordinates X, Y, Z, T
NEUTRAL: Point = (0, 1, 1, 0)


def add(p: Point, q: Point) -> Point:
    """Add two points of the curve (RFC 8032 section 5.1.4)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_of(encoded: bytes) -> Point:
    """Decode a point (section 5.1.3); only its one canonical encoding is taken."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        raise Malformed("a point that is not encoded canonically")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square:
        raise Malformed("bytes that are no point of the curve")
    if x == 0 and sign:
        raise Malformed("a point that is not encoded canonically")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encoding_of(p: Point) -> bytes:
    """Encode a point (section 5.1.2)."""
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def multiples(p: Point) -> list[list[Point]]:
    """Give 0 to 15 times 16^i times a point for each hex digit i, so that a product is 64 additions."""
    rows = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(15):
            row.append(add(row[-1], p))
        rows.append(row)
        p = add(row[-1], p)
    return rows


@lru_cache(maxsize=1)
def multiples_of_base() -> list[list[Point]]:
    """Give the multiples of the base point, whose y is 4/5."""
    return multiples(point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


class PublicKey:
    """An Ed25519 public key of full order."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 32:
            raise Malformed(f"an Ed25519 key of {len(raw)} bytes")
        x, y, _, _ = point = point_of(raw)
        eight = point
        for _ in range(3):
            eight = add(eight, eight)
        if encoding_of(eight) == encoding_of(NEUTRAL):
            raise Malformed("a key of small order, under which anyone can sign")
        self.raw = raw
        self.negated = multiples((P - x, y, 1, P - x * y % P))

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Tell whether a signature holds (section 5.1.7): [S]B - [k]A has to be encoded as R is."""
        if len(signature) != 64:
            return False
        s = int.from_bytes(signature[32:], "little")
        if s >= L:
            return False
        k = int.from_bytes(hashlib.sha512(signature[:32] + self.raw + message).digest(), "little") % L
        total = NEUTRAL
        for of_base, of_key in zip(multiples_of_base(), self.negated):
            total = add(add(total, of_base[s & 15]), of_key[k & 15])
            s, k = s >> 4, k >> 4
        return encoding_of(total) == signature[:32]


# ------------------------------------------------------------------------ signed notes and checkpoints (C2SP)

LOG_KEY, COSIGNER_KEY = 1, 4
KEY_LINE = re.compile(r"([^\s+\x00-\x1f]+)\+([0-9a-f]{8})\+(\S+)")
SIGNATURE_LINE = re.compile(r"— ([^\s+\x00-\x1f]+) (\S+)")


class Key(NamedTuple):
    """A key that the auditor trusts: the log's, or a cosigner's."""

    name: str
    hint: bytes
    type: int
    key: PublicKey


class Note(NamedTuple):
    """A signed note: the text that is signed, and signatures as (name, key hint, bytes)."""

    text: bytes
    signatures: list[tuple[str, bytes, bytes]]


class Checkpoint(NamedTuple):
    """A log's statement that its first `size` leaves have this root; `times` are those of known cosigners."""

    origin: str
    size: int
    root: bytes
    note: Note
    times: list[int]


def key_of(line: str) -> Key:
    """Read a verifier key as sumdb/note writes it: name+hash+base64(type, key)."""
    match = KEY_LINE.fullmatch(line)
    if not match:
        raise Malformed(f"{line[:80]!r} is not a verifier key")
    name, hint, raw = match[1], bytes.fromhex(match[2]), base64_bytes(match[3])
    if sha256(name.encode() + b"\n" + raw).digest()[:4] != hint:
        raise Malformed(f"the hash in the key of {name} is not that of the key")
    if raw[0] not in (LOG_KEY, COSIGNER_KEY):
        raise Malformed(f"the key of {name} has the unknown type {raw[0]}")
    return Key(name, hint, raw[0], PublicKey(raw[1:]))


def note_of(raw: bytes) -> Note:
    """Read a signed note: text, an empty line, signature lines; control characters are refused."""
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("a note that is not UTF-8") from None
    if re.search(r"[\x00-\x09\x0b-\x1f]", whole):
        raise Malformed("a control character in a note")
    text, blank, rest = whole.rpartition("\n\n")
    if not blank or not text or not rest.endswith("\n"):
        raise Malformed("a note without an empty line before its signatures, or without a last line end")
    lines = rest[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Malformed(f"a note with more than {MOST_SIGNATURES} signatures")
    return Note((text + "\n").encode(), [signature_of(line) for line in lines])


def signature_of(line: str) -> tuple[str, bytes, bytes]:
    """Read a signature line: em dash, name, base64 of key hint and signature."""
    match = SIGNATURE_LINE.fullmatch(line)
    if not match:
        raise Malformed(f"{line[:80]!r} is not a signature line")
    raw = base64_bytes(match[2])
    if len(raw) < 5:
        raise Malformed("a signature line without a signature")
    return match[1], raw[:4], raw[4:]


def signers(note: Note, keys: Sequence[Key], origin: str) -> list[int]:
    """Check a note's signatures and give the times of its cosignatures; lines by unknown keys are passed over.

    Raises:
        Malformed: a bad signature of a known key, a line twice, or none by a key of the log.
    """
    known = {(key.name, key.hint): key for key in keys}
    seen: set[tuple[str, bytes]] = set()
    times, by_log = [], False
    for name, hint, signature in note.signatures:
        if (name, hint) in seen:
            raise Malformed(f"two signatures by one key of {name}")
        seen.add((name, hint))
        key = known.get((name, hint))
        if key is None:
            continue
        if key.type == COSIGNER_KEY:
            times.append(cosigned(note, key, signature))
        elif not key.key.signed(signature, note.text):
            raise Malformed(f"the signature by {name} is bad")
        elif name == origin:
            by_log = True
    if not by_log:
        raise Malformed(f"no signature by a key of {origin} that was given")
    return times


def cosigned(note: Note, key: Key, signature: bytes) -> int:
    """Check a timestamped cosignature (C2SP tlog-cosignature) and give its Unix time."""
    if len(signature) != 72:
        raise Malformed(f"a cosignature by {key.name} of {len(signature)} bytes")
    seconds = int.from_bytes(signature[:8], "big")
    message = b"cosignature/v1\ntime %d\n" % seconds + note.text
    if not key.key.signed(signature[8:], message):
        raise Malformed(f"the cosignature by {key.name} is bad")
    moment_of(seconds)
    return seconds


def checkpoint_of(raw: bytes) -> Checkpoint:
    """Read a checkpoint by its strict grammar; its signatures are not looked at yet."""
    note = note_of(raw)
    lines = note.text.decode().split("\n")
    if len(lines) != 4:
        raise Malformed("a checkpoint is origin, size and root, and nothing else")
    origin, size, root = lines[0], number(lines[1]), hash_bytes(lines[2])
    if not re.fullmatch(WORD, origin):
        raise Malformed("a checkpoint without a proper origin")
    if size == 0 and root != EMPTY_ROOT:
        raise Malformed("a checkpoint of an empty tree with another root")
    return Checkpoint(origin, size, root, note, [])


# ------------------------------------------------------------------------------ the Merkle tree, RFC 6962 and 9162

EMPTY_ROOT = sha256(b"").digest()
Frontier = list[Optional[bytes]]  # frontier[k]: the root of a perfect subtree of 2^k leaves that waits for its sibling


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an interior node."""
    return sha256(b"\x01" + left + right).digest()


def extend(frontier: Frontier, hashes: bytes, level: int = 0) -> None:
    """Append perfect subtrees of 2^level leaves, their roots joined, to the tree: many at a time and level by level."""
    while hashes:
        while len(frontier) <= level:
            frontier.append(None)
        hashes = (frontier[level] or b"") + hashes
        single = len(hashes) % 64
        frontier[level] = hashes[-32:] if single else None
        pairs = range(0, len(hashes) - single, 64)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 64]).digest() for at in pairs])
        level += 1


def root_of(frontier: Frontier) -> bytes:
    """Give the root of the tree whose perfect subtrees are these."""
    root = None
    for subtree in frontier:
        if subtree is not None:
            root = subtree if root is None else node_hash(subtree, root)
    return EMPTY_ROOT if root is None else root


def subtrees(start: int, end: int) -> list[int]:
    """Give the levels of the perfect subtrees that make up [start, end), left to right."""
    levels = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        levels.append(level)
        start += 1 << level
    return levels


def proves_inclusion(index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Verify an inclusion proof (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or any(len(one) != 32 for one in (leaf, root, *proof)):
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Verify that a tree grew from `old` leaves to `new` (RFC 9162 section 2.1.4.2); 0 is the start of every tree."""
    if not 0 <= old <= new or any(len(one) != 32 for one in (old_root, new_root, *proof)):
        return False
    if old == new or old == 0:
        start = old_root == (new_root if old else EMPTY_ROOT)
        return start and not proof and (new > 0 or new_root == EMPTY_ROOT)
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    return bool(proof) and climbed(old - 1, new - 1, path) == (old_root, new_root)


def climbed(node: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Give the roots of both trees that a consistency proof leads to, or None where its length is wrong."""
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return (first, second) if last == 0 else None


# ---------------------------------------------------------------------------------------------- canonical JSON

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def json_of(text: str) -> Any:
    """Read JSON in its one canonical form (RFC 8785), without fractions: what is read is written the same again."""
    if text.count("[") + text.count("{") > DEEPEST_JSON and depth(text) > DEEPEST_JSON:
        raise Malformed(f"JSON deeper than {DEEPEST_JSON} levels")
    try:
        value = json.loads(
            text, object_pairs_hook=members, parse_int=whole, parse_float=no_number, parse_constant=no_number
        )
        same = json.dumps(value, ensure_ascii=False, separators=(",", ":")) == text
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("text that is not JSON") from None
    if not same:
        raise Malformed("JSON that is not in canonical form")
    return value


def depth(text: str) -> int:
    """Tell how deep arrays and objects stand in each other, without reading them."""
    deepest = now = 0
    for sign in re.findall(r"[\[\]{}]", STRING.sub("", text)):
        now += 1 if sign in "[{" else -1
        deepest = max(deepest, now)
    return deepest


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Take the members of an object, whose keys have to stand once each and in the order of RFC 8785."""
    keys = [key.encode("utf-16-be", "surrogatepass") for key, _ in pairs]
    if any(one >= other for one, other in zip(keys, keys[1:])):
        raise Malformed("JSON with a key twice or out of order")
    return dict(pairs)


def whole(text: str) -> int:
    """Take a whole number below 2^53."""
    if len(text) > 17 or abs(int(text)) > LARGEST_NUMBER:
        raise Malformed("JSON with a number of 2^53 or more")
    return int(text)


def no_number(text: str) -> Any:
    """Refuse fractions, exponents, NaN and infinities."""
    raise Malformed(f"JSON with the number {text[:40]}")


def shaped(value: Any, **types: Any) -> dict[str, Any]:
    """Hold an object to exactly these members of these types."""
    if type(value) is not dict or value.keys() != types.keys():
        raise Malformed(f"not an object of {', '.join(types)}")
    for name, kind in types.items():
        if type(value[name]) is not kind:
            raise Malformed(f"{name} is of another type")
    return value


def index_in(record: dict[str, Any], name: str = "i") -> int:
    """Take a log index out of a record."""
    index: int = record[name]
    if index < 0:
        raise Malformed("a negative index")
    return index


def text_of(raw: bytes) -> str:
    """Read a line: UTF-8 with a line end, and the line end is given up."""
    if not raw.endswith(b"\n"):
        raise Malformed("a line without end")
    try:
        return raw[:-1].decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("a line that is not UTF-8") from None


# ---------------------------------------------------------------------------------- where a bundle's bytes come from

PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"
PATH = re.compile(f"{PART}(?:/{PART})?")
MANIFEST = "manifest.note"
ENCRYPTED = "encrypted.json"


class Folder:
    """A bundle laid out as a folder; links and special files in it are refused and never followed."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.sizes: dict[str, int] = {}
        self._look("", root)

    def _look(self, prefix: str, folder: str) -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = prefix + entry.name
                if entry.is_dir(follow_symlinks=False) and not prefix:
                    self._look(path + "/", entry.path)
                elif entry.is_file(follow_symlinks=False):
                    take(self.sizes, path, entry.stat(follow_symlinks=False).st_size)
                else:
                    raise Refused("bundle", "neither a file nor a folder of the first level: a link, perhaps", path)

    def open(self, path: str) -> IO[bytes]:
        """Open a file of the bundle."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(os.path.join(self.root, *path.split("/")), flags), "rb", buffering=0)


class Archive:
    """A bundle in a zip file, read member by member and never unpacked to disk."""

    def __init__(self, path: str) -> None:
        directory_within_bounds(path)
        self.sizes: dict[str, int] = {}
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as problem:
            raise Refused("bundle", f"not a zip file that can be read: {problem}") from None
        stored = 0
        for one in self.zip.infolist():
            stored += one.compress_size
            kind = stat.S_IFMT(one.external_attr >> 16)
            if one.flag_bits & 0x1:
                raise Refused("bundle", "an encrypted member", one.filename)
            if kind not in (0, stat.S_IFREG):
                raise Refused("bundle", "a member that is not a file: a link, perhaps", one.filename)
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused("bundle", "a member compressed in an uncommon way", one.filename)
            take(self.sizes, one.orig_filename, one.file_size)
        if stored > os.path.getsize(path):
            raise Refused("bundle", "members that overlap")

    def open(self, path: str) -> IO[bytes]:
        """Open a member; more than its stated size is never read of it."""
        return self.zip.open(path)


def take(sizes: dict[str, int], path: str, size: int) -> None:
    """Take up a file's name and size.

    Raises:
        Refused: a name that no bundle has, one that is there already (in another case, even), or more than the caps.
    """
    if not PATH.fullmatch(path):
        raise Refused("bundle", "a file with a name that no bundle has", path[:200])
    if path in sizes:
        raise Refused("bundle", "two files of one name", path)
    sizes[path] = size
    if len(sizes) > MOST_FILES:
        raise Refused("bundle", f"more than {MOST_FILES} files")


def directory_within_bounds(path: str) -> None:
    """Look at the end of a zip file before its directory is read into memory."""
    size = os.path.getsize(path)
    with open(path, "rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            raise Refused("bundle", "neither a folder nor a zip file")
        stream.seek(max(0, size - 66_000))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise Refused("bundle", "a zip file without its directory")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    zip64 = tail.rfind(b"PK\x06\x06", 0, at)
    if length == 0xFFFFFFFF and zip64 >= 0:
        length = int.from_bytes(tail[zip64 + 40 : zip64 + 48], "little")
    if length > 256 * MOST_FILES:
        raise Refused("bundle", "a zip file with an outsized directory")


class Bundle:
    """The files of a bundle."""

    def __init__(self, path: str) -> None:
        try:
            self.source = Folder(path) if os.path.isdir(path) else Archive(path)
        except OSError as problem:
            raise Refused("usage", f"{path} cannot be read: {problem.strerror}") from None
        self.sizes = self.source.sizes
        folded: set[str] = set()
        for name in self.sizes:
            if name.lower() in folded:
                raise Refused("bundle", "two files whose names differ in case alone", name)
            folded.add(name.lower())
        if sum(self.sizes.values()) > LARGEST_BUNDLE:
            raise Refused("bundle", f"more than {LARGEST_BUNDLE // GIB} GiB")

    @contextlib.contextmanager
    def stream(self, path: str) -> Iterator[IO[bytes]]:
        """Open a file of the bundle; one that is not there, breaks off or cannot be unpacked is refused."""
        if path not in self.sizes:
            raise Refused("file_missing", "a file that every bundle has", path)
        try:
            with self.source.open(path) as stream:
                yield stream
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as problem:
            raise Refused("bundle", f"a file that cannot be read: {problem}", path) from None

    def read(self, path: str, most: int = LARGEST_LINE) -> bytes:
        """Read a small file whole.

        Raises:
            Refused: it is not there, or larger than it may be.
        """
        if self.sizes.get(path, 0) > most:
            raise Refused("bundle", f"larger than {most // MIB} MiB", path)
        with self.stream(path) as stream:
            return b"".join(chunks(stream, most + 1))

    def lines(self, path: str, kind: str) -> Iterator[tuple[int, bytes]]:
        """Give the lines of a file with their numbers; an over-long one is refused as `kind`."""
        with self.stream(path) as stream:
            rest, at = b"", 0
            for chunk in chunks(stream):
                *full, rest = (rest + chunk).split(b"\n")
                for line in full:
                    at += 1
                    yield at, line + b"\n"
                if len(rest) > LARGEST_LINE:
                    raise Refused(kind, "an over-long line", path, at + 1)
            if rest:
                yield at + 1, rest

    def names(self, folder: str) -> list[str]:
        """Give the paths in a folder of the bundle, sorted."""
        return sorted(name for name in self.sizes if name.startswith(folder + "/"))


def chunks(stream: IO[bytes], most: int = LARGEST_BUNDLE) -> Iterator[bytes]:
    """Read a stream in chunks, `most` bytes of it at most."""
    while most > 0:
        chunk = stream.read(min(CHUNK, most))
        if not chunk:
            return
        most -= len(chunk)
        yield chunk


# ------------------------------------------------------------------------------------------------ the manifest

REQUIRED = (
    "checkpoint", "consistency.json", "contents.ndjson", "entries.ndjson", "erasures.json", "outside.ndjson",
    "payloads.ndjson", "range_proof.json",
)  # fmt: skip
FILE_LINE = re.compile(rf"file ({HEX32}) ({NUMBER}) (\S+)")
FACTS = re.compile(
    rf"hitl-bundle/v1\norigin ({WORD})\nrange ({NUMBER}) ({NUMBER})\ntree ({NUMBER})\nfilter (.+)\n"
    rf"exporter ({WORD})\nmade ({STAMP})\n"
)
LISTS = ("actor", "proj", "role", "stream", "tags.item", "tags.kind", "tags.model", "tags.queue", "tags.rights",
         "tags.source", "type", "via")  # fmt: skip


class Manifest(NamedTuple):
    """What a bundle says of itself: leaves [a, b) of a tree of n, filter, maker, files as path -> (hash, bytes)."""

    origin: str
    a: int
    b: int
    n: int
    filter: dict[str, Any]
    exporter: str
    made: str
    files: dict[str, tuple[str, int]]


def manifest_of(text: str) -> Manifest:
    """Read the text of a manifest."""
    match = FACTS.match(text)
    if not match:
        raise Malformed("not the head of a manifest, version 1")
    a, b, n = number(match[2]), number(match[3]), number(match[4])
    if not a <= b <= n:
        raise Malformed("a range that does not lie in the tree")
    moment(match[7])
    files: dict[str, tuple[str, int]] = {}
    last = ""
    for line in text[match.end() : -1].split("\n") if text[match.end() :] else []:
        found = FILE_LINE.fullmatch(line)
        if not found or not PATH.fullmatch(found[3]) or found[3] == MANIFEST:
            raise Malformed(f"{line[:200]!r} is no line of a file")
        if found[3] <= last:
            raise Malformed(f"{found[3]} is out of order, or stands twice")
        last = found[3]
        files[last] = found[1], number(found[2])
    return Manifest(match[1], a, b, n, filter_of(match[5]), match[6], match[7], files)


def filter_of(text: str) -> dict[str, Any]:
    """Read a filter: an object of leaf members, each with the values that match."""
    told: Any = json_of(text)
    if type(told) is not dict:
        raise Malformed("a filter that is no object")
    for name, values in told.items():
        if name in ("from", "until"):
            moment(values if isinstance(values, str) else "")
        elif name not in LISTS:
            raise Malformed(f"a filter by {name}, which no leaf has")
        elif type(values) is not list or not all(value is None or type(value) in (str, int) for value in values):
            raise Malformed(f"a filter by {name} without a list of values")
    return told


def check_manifest(bundle: Bundle, keys: Sequence[Key], origin: str) -> Manifest:
    """Read the manifest and see that the log's key signed it; without that nothing further is looked at."""
    raw = bundle.read(MANIFEST, LARGEST_MANIFEST)
    try:
        note = note_of(raw)
        manifest = manifest_of(note.text.decode())
    except Malformed as problem:
        raise Refused("manifest_form", str(problem), MANIFEST) from None
    try:
        signers(note, keys, origin)
    except Malformed as problem:
        raise Refused("manifest_signature", str(problem), MANIFEST) from None
    return manifest


ENTRIES = "entries.ndjson"
OTHER_BYTES = "other bytes than the manifest says"


def check_files(bundle: Bundle, manifest: Manifest, findings: Findings) -> None:
    """Compare every file with the manifest: none missing, none besides, none changed.

    The leaves are the bulk of a bundle: their bytes are compared as they are read (`Check._read_leaves`).
    """
    for path in sorted({*REQUIRED, *manifest.files} - bundle.sizes.keys()):
        findings.add("file_missing", "named by the manifest, or part of every bundle", path)
    for path in sorted(bundle.sizes.keys() - manifest.files.keys() - {MANIFEST}):
        findings.add("file_extra", "not named by the manifest", path)
    for path, (digest, size) in manifest.files.items():
        if path not in bundle.sizes:
            continue
        if bundle.sizes[path] != size:
            findings.add("file_changed", f"{bundle.sizes[path]} bytes, and the manifest says {size}", path)
        elif path != ENTRIES:
            check_bytes(bundle, path, digest, findings)


def check_bytes(bundle: Bundle, path: str, digest: str, findings: Findings) -> None:
    """Compare the bytes of a file with the manifest's digest of them."""
    found = sha256()
    with findings.part(), bundle.stream(path) as stream:
        for chunk in chunks(stream):
            found.update(chunk)
        if found.hexdigest() != digest:
            findings.add("file_changed", OTHER_BYTES, path)


# ------------------------------------------------------------------------------------------------------- leaves

PAIR = f'"({SECTION})":"({HEX32})"'
LEAF = re.compile(
    rf'\{{"actor":"(?P<actor>{WORD})","id":"(?P<id>{UUID7})","log":"(?P<log>{WORD})",'
    rf'"pay":\{{(?P<pay>(?:"{SECTION}":"{HEX32}"(?:,"{SECTION}":"{HEX32}")*)?)\}},'
    rf'"proj":(?:"(?P<proj>{WORD})"|null),"role":(?:"(?P<role>{WORD})"|null),'
    rf'"sprev":(?:"(?P<sprev>{HEX32})"|null),"sseq":(?P<sseq>[1-9][0-9]{{0,15}}),"stream":"(?P<stream>{WORD})",'
    rf'"tags":\{{"item":(?:"(?P<item>{WORD})"|null),"kind":(?:"(?P<kind>{WORD})"|null),'
    rf'"model":(?:"(?P<model>{WORD})"|null),"queue":(?:"(?P<queue>{WORD})"|null),'
    rf'"rights":(?:(?P<rights>{NUMBER})|null),"source":(?:"(?P<source>{WORD})"|null)\}},'
    rf'"ts":"(?P<ts>{STAMP})","type":"(?P<type>{WORD})","v":1,"via":"(?P<via>{WORD})"\}}'
)
PAIRS = re.compile(PAIR)


def fields_of(line: str) -> dict[str, str | None]:
    """Read a leaf, version 1, by its exact form; null is None.

    Raises:
        Malformed: one byte is other than that form has it.
    """
    match = LEAF.fullmatch(line)
    if not match:
        raise Malformed("not the exact form of a leaf, version 1")
    fields = match.groupdict()
    moment(match["ts"])
    number(match["sseq"])
    number(match["rights"] or "0")
    ascending(tuple(section for section, _ in PAIRS.findall(match["pay"])))
    return fields


def pay_of(fields: dict[str, str | None]) -> dict[str, str]:
    """Give a leaf's commitments by section."""
    return dict(PAIRS.findall(fields["pay"] or ""))  # an empty text where a leaf has no sections


def ascending(sections: tuple[str, ...]) -> None:
    """Hold the names of sections to their order, each once."""
    if any(one >= other for one, other in zip(sections, sections[1:])):
        raise Malformed("sections out of order, or one twice")


HEX = "0123456789abcdef"
Columns = tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str], Sequence[str]]


class QuickLeaves:
    """The form of many leaves at a time: a quick pattern and what it leaves open, checked by the column.

    Where a block passes, each of its lines has the form LEAF. Where it does not, the lines are looked at one by one:
    nothing is ever refused here, so that this needs to be right in one direction only.
    """

    def __init__(self, origin: str) -> None:
        any32, word, end = "(.{64})", "[#-~]{1,255}", "\n"
        pair = f'"([^"\n]+)":"{any32}"'
        pay = f"(?:{pair}(?:,{pair}(?:,{pair}(?:,{pair})?)?)?)?"
        self.leaf = re.compile(
            rf'^\{{"actor":"{word}","id":"(.{{36}})","log":"{re.escape(origin)}","pay":\{{{pay}\}},'
            rf'"proj":(?:null|"{word}"),"role":(?:null|"{word}"),'
            rf'"sprev":(?:null|"{any32}"),"sseq":([1-9][0-9]{{0,14}}),"stream":"({word})",'
            rf'"tags":\{{"item":(?:null|"{word}"),"kind":(?:null|"{word}"),"model":(?:null|"{word}"),'
            rf'"queue":(?:null|"{word}"),"rights":(?:null|0|[1-9][0-9]{{0,14}}),"source":(?:null|"{word}")\}},'
            rf'"ts":"(.{{27}})","type":"{word}","v":1,"via":"{word}"\}}{end}',
            re.DOTALL | re.MULTILINE,
        )
        self.minutes: set[str] = set()  # time stamps up to their seconds that have been read exactly
        self.named: set[tuple[str, ...]] = set()  # names of sections that have been found proper and in order

    def columns(self, text: str, count: int) -> Columns | None:
        """Give ids, previous hashes, numbers, streams and times of `count` lines, or None where one looks wrong."""
        found = self.leaf.findall(text)
        if len(found) != count or "\\" in text:
            return None
        ids, n1, h1, n2, h2, n3, h3, n4, h4, sprevs, sseqs, streams, times = zip(*found)
        hexes = "".join(("".join(h1), "".join(h2), "".join(h3), "".join(h4), "".join(sprevs)))
        if hexes.encode().translate(None, HEX.encode()):
            return None
        good = self._ids(ids) and self._names(set(zip(n1, n2, n3, n4))) and self._times(times)
        return (ids, sprevs, sseqs, streams, times) if good else None

    def _ids(self, ids: Sequence[str]) -> bool:
        """Hold UUIDs of version 7 to their form by looking at the same place in all of them."""
        joined, count = "".join(ids).encode(), len(ids)
        dashes = all(joined[place::36] == b"-" * count for place in (8, 13, 18, 23))
        kinds = joined[14::36] == b"7" * count and not joined[19::36].translate(None, b"89ab")
        return dashes and kinds and joined.translate(None, HEX.encode()) == b"-" * (4 * count)

    def _names(self, found: set[tuple[str, ...]]) -> bool:
        for names in found - self.named:
            told = tuple(name for name in names if name)
            if not all(re.fullmatch(SECTION, name) for name in told) or list(told) != sorted(set(told)):
                return False
            self.named.add(names)
        return True

    def _times(self, times: Sequence[str]) -> bool:
        """Hold time stamps to their form: each minute by the calendar, the rest by looking at each place."""
        for minute in {time[:17] for time in times} - self.minutes:
            try:
                moment(minute + "00.000000Z")
            except Malformed:
                return False
            self.minutes.add(minute)
        joined, count = "".join(times).encode(), len(times)
        digits = all(not joined[place::27].translate(None, b"0123456789") for place in (18, *range(20, 26)))
        seconds = not joined[17::27].translate(None, b"012345") and joined[19::27] == b"." * count
        return digits and seconds and joined[26::27] == b"Z" * count


class Limits:
    """Between which moments a leaf may lie: not before what was cosigned ahead of it, not after what covers it.

    A token is got some time after its checkpoint, when more leaves may be there: it bounds from above alone.
    """

    def __init__(self, cosigned: Sequence[tuple[int, str]], tokens: Sequence[tuple[int, str]], skew: int) -> None:
        ordered = sorted([*((size, at, at) for size, at in cosigned), *((size, at, "") for size, at in tokens)])
        self.sizes = [size for size, _, _ in ordered]
        self.lowest, self.highest = [""], ["~"]
        for _, _, at in ordered:
            self.lowest.append(max(self.lowest[-1], shifted(at, -skew) if at else ""))
        for _, at, _ in reversed(ordered):
            self.highest.append(min(self.highest[-1], shifted(at, skew)))
        self.highest.reverse()

    def of(self, index: int) -> tuple[str, str]:
        """Give the earliest and the latest moment of the leaf at an index."""
        place = bisect.bisect_right(self.sizes, index)
        return self.lowest[place], self.highest[place]


class Leaves:
    """The leaves of a bundle, read once from first to last, in bounded memory but for streams and ids."""

    def __init__(self, manifest: Manifest, limits: Limits, skew: int, findings: Findings) -> None:
        self.manifest, self.limits, self.skew, self.findings = manifest, limits, skew, findings
        self.next = manifest.a
        self.first, self.latest = "", ""  # the first leaf's time, and the latest so far
        self.latest_of: dict[str, int] = {}  # by stream: the place of its latest leaf in the two below
        self.numbers, self.digests = array("Q"), bytearray()  # of each leaf: its number in its stream, its hash
        self.ids: set[str] = set()
        self.frontier: Frontier = []
        self.wanted_roots: set[int] = set()  # sizes in [a, b] whose root is asked for
        self.roots: dict[int, bytes] = {}
        self.wanted_hashes: set[int] = set()
        self.hashes: dict[int, bytes] = {}
        self.quick = QuickLeaves(manifest.origin)

    def start(self, left: Sequence[bytes]) -> None:
        """Begin with the perfect subtrees that make up [0, a)."""
        for level, subtree in zip(subtrees(0, self.manifest.a), left):
            extend(self.frontier, subtree, level)
        self._keep_root()

    def block(self, text: bytes) -> tuple[int, list[bytes]]:
        """Check the lines of a block and take them into the tree; give the index of the first, and the lines."""
        lines = text.split(b"\n")
        lines.pop()
        first = self.next
        hashes = b"".join([sha256(b"\x00" + line).digest() for line in lines])
        columns = self.quick.columns(text.decode(), len(lines)) if text.isascii() else None
        places: Sequence[int] = range(len(lines))
        if columns is None:
            places, columns = self._one_by_one(first, lines)
        self.digests += hashes
        self._see_streams(first, places, columns[3], list(map(int, columns[2])), columns[1])
        if columns[0]:
            self._see_ids(first, places, columns[0])
            self._see_times(first, places, columns[4])
        self._grow(hashes)
        return first, lines

    def _one_by_one(self, first: int, lines: list[bytes]) -> tuple[list[int], Columns]:
        places, rows = [], []
        for place, line in enumerate(lines):
            at = first + place
            if len(line) > LARGEST_LEAF:
                self._find("entries_count", "a line longer than any leaf", at)
                continue
            try:
                fields = fields_of(line.decode("ascii"))
            except (Malformed, UnicodeDecodeError) as problem:
                self._find("leaf_form", str(problem), at)
                continue
            if fields["log"] != self.manifest.origin:
                self._find("leaf_log", f"a leaf of the log {fields['log']}", at)
            places.append(place)
            rows.append([fields[name] or "" for name in ("id", "sprev", "sseq", "stream", "ts")])
        ids, sprevs, sseqs, streams, times = zip(*rows) if rows else ((), (), (), (), ())
        return places, (ids, sprevs, sseqs, streams, times)

    def _find(self, kind: str, text: str, index: int) -> None:
        self.findings.add(kind, f"leaf {index}: {text}", ENTRIES, index - self.manifest.a + 1)

    def _see_ids(self, first: int, places: Sequence[int], ids: Sequence[str]) -> None:
        fresh = set(ids)
        if len(fresh) != len(ids) or not self.ids.isdisjoint(fresh):
            seen = self.ids
            for place, one in zip(places, ids):
                if one in seen:
                    self._find("leaf_repeated", f"the id {one} stands on an earlier leaf", first + place)
                seen.add(one)
        self.ids |= fresh

    def _see_streams(
        self, first: int, places: Sequence[int], streams: Sequence[str], counts: Sequence[int], sprevs: Sequence[str]
    ) -> None:
        """See that each leaf has the number and names the hash that its stream's previous leaf leads to."""
        start, numbers, digests = first - self.manifest.a, self.numbers, self.digests
        whole = len(places) == len(digests) // 32 - start
        if whole:
            numbers.extend(counts)
        else:  # some lines are no leaves
            numbers.frombytes(bytes(8 * (len(digests) // 32 - start)))
            for place, count in zip(places, counts):
                numbers[start + place] = count
        ats = range(start, start + len(places)) if whole else list(map(start.__add__, places))
        earlier = self._earlier(ats, streams)
        if not any(sprevs) and earlier.count(None) == counts.count(1) == len(counts):
            return  # each is the first of its stream
        unseen = (1, "") if self.manifest.a == 0 else None
        for place, stream, before, count, sprev in zip(places, streams, earlier, counts, sprevs):
            due = unseen
            if before is not None:
                due = numbers[before] + 1, digests[32 * before : 32 * before + 32].hex()
            if due != (count, sprev):
                self._see_link(first + place, stream, due, count, sprev)

    def _earlier(self, ats: Sequence[int], streams: Sequence[str]) -> list[int | None]:
        """Give the place of each stream's previous leaf, and take up these."""
        latest = self.latest_of
        if len(set(streams)) == len(streams):
            earlier = list(map(latest.get, streams))
            latest.update(zip(streams, ats))
            return earlier
        earlier = []
        for at, stream in zip(ats, streams):
            earlier.append(latest.get(stream))
            latest[stream] = at
        return earlier

    def _see_link(self, at: int, stream: str, due: tuple[int, str] | None, count: int, sprev: str) -> None:
        """Tell what is wrong between a leaf and its stream's previous one, which may lie before the range."""
        if due and due[0] != count:
            self._find("stream_gap", f"number {count} of {stream} stands where {due[0]} is due", at)
        if (due and due[1] != sprev) or (not due and bool(sprev) != (count > 1)):
            self._find("stream_link", f"number {count} of {stream} names another leaf as the one before it", at)

    def _see_times(self, first: int, places: Sequence[int], times: Sequence[str]) -> None:
        lowest, highest = min(times), max(times)
        self.first = self.first or times[0]
        floor = shifted(max(self.latest, highest), -self.skew)
        inside = lowest >= self.limits.of(first + places[-1])[0] and highest <= self.limits.of(first + places[0])[1]
        if lowest < floor or not inside:
            self._see_each_time(first, places, times)
        self.latest = max(self.latest, highest)

    def _see_each_time(self, first: int, places: Sequence[int], times: Sequence[str]) -> None:
        latest = self.latest or times[0]
        for place, ts in zip(places, times):
            latest = max(latest, ts)
            if ts < latest and ts < shifted(latest, -self.skew):
                self._find("time_order", f"{ts} comes after {latest}", first + place)
            earliest, last = self.limits.of(first + place)
            if not earliest <= ts <= last:
                side = "before what was signed ahead of it" if ts < earliest else "after what was signed over it"
                self._find("time_anchor", f"{ts} lies {side}", first + place)

    def _grow(self, raw: bytes) -> None:
        start, end = self.next, self.next + len(raw) // 32
        for index in self.wanted_hashes.intersection(range(start, end)) if self.wanted_hashes else ():
            self.hashes[index] = raw[32 * (index - start) :][:32]
        cuts = sorted(size for size in self.wanted_roots if start < size < end)
        for until in [*cuts, end]:
            extend(self.frontier, raw[32 * (self.next - start) : 32 * (until - start)])
            self.next = until
            self._keep_root()

    def _keep_root(self) -> None:
        if self.next in self.wanted_roots:
            self.roots[self.next] = root_of(self.frontier)

    def finish(self, right: Sequence[bytes], root: bytes) -> None:
        """Go on with the perfect subtrees that make up [b, n), and compare the root."""
        count = self.manifest.b - self.manifest.a
        if self.next - self.manifest.a != count:
            found = self.next - self.manifest.a
            raise Refused("entries_count", f"{found} lines, and the manifest says {count}", ENTRIES)
        for level, subtree in zip(subtrees(self.manifest.b, self.manifest.n), right):
            extend(self.frontier, subtree, level)
        if root_of(self.frontier) != root:
            raise Refused("root", "leaves and range proof do not give the checkpoint's root", ENTRIES)


def blocks_of(bundle: Bundle, seen: Callable[[bytes], None] | None = None) -> Iterator[bytes]:
    """Give the leaves in blocks of whole lines; `seen` is given each byte of the file, once and in order.

    Raises:
        Refused: a line without end, or longer than any leaf.
    """
    with bundle.stream(ENTRIES) as stream:
        rest = b""
        for chunk in chunks(stream):
            if seen:
                seen(chunk)
            cut = chunk.rfind(b"\n") + 1
            if cut:
                yield rest + chunk[:cut]
                rest = b""
            rest += chunk[cut:]
            if len(rest) > LARGEST_LEAF:
                raise Refused("entries_count", "a line longer than any leaf", ENTRIES)
        if rest:
            raise Refused("entries_count", "the last line has no end", ENTRIES)


def range_proof(raw: bytes, manifest: Manifest) -> tuple[list[bytes], list[bytes]]:
    """Read the range proof: as many hashes on each side as the range and the size ask for."""
    told = shaped(json_of(text_of(raw)), left=list, right=list)
    left, right = ([hash_bytes(one) for one in told[side]] for side in ("left", "right"))
    if len(left) != len(subtrees(0, manifest.a)) or len(right) != len(subtrees(manifest.b, manifest.n)):
        raise Malformed("too many or too few hashes for this range and size")
    return left, right


# ------------------------------------------------------------------------------ payloads, contents and erasures

PAYLOADS, CONTENTS, ERASURES, OUTSIDE = "payloads.ndjson", "contents.ndjson", "erasures.json", "outside.ndjson"
ERASING = ("compliance.subject_erased", "reviews.bodies_expired")
# Members of disclosed sections, by type of leaf, that are commitments to stored bodies, or null.
CARRIED: dict[str, dict[str, tuple[str, ...]]] = {
    "reviews.appeal_received": {"appeal": ("content",)},
    "reviews.decision_submitted": {"decision": ("content",)},
    "reviews.item_received": {"outcome": ("content",), "received": ("content", "prediction")},
    "reviews.item_routed_again": {"outcome": ("content",)},
    "reviews.outcome_settled": {"outcome": ("content",)},
    "reviews.override_declined": {"override": ("content",)},
    "reviews.override_made": {"override": ("after",)},
    "reviews.override_proposed": {"override": ("after",)},
    "reviews.prediction_received": {"prediction": ("content",)},
    "reviews.question_asked": {"question": ("content",)},
    "reviews.question_ended": {"question": ("content",)},
}
Named = set[tuple[Any, str]]  # what an erasure event names: (index or event id, section or commitment)


class Record(NamedTuple):
    """A line of payloads.ndjson or contents.ndjson; `i` is the log index, `name` the section or the commitment."""

    i: int
    name: str
    salt: bytes
    body: str
    line: int


def record_of(raw: bytes, line: int, member: str) -> Record:
    """Read a line that discloses something; `member` is `section` or `commitment`."""
    told = shaped(json_of(text_of(raw)), **{"body": str, "i": int, "salt": str, member: str})
    if not re.fullmatch(HEX32, told["salt"]):
        raise Malformed("a salt that is not 32 bytes in hex")
    if not re.fullmatch(SECTION if member == "section" else HEX32, told[member]):
        raise Malformed(f"no proper {member}")
    if member == "section":
        json_of(told["body"])
    return Record(index_in(told), told[member], bytes.fromhex(told["salt"]), told["body"], line)


def records(bundle: Bundle, path: str, findings: Findings) -> Iterator[Record]:
    """Give what a file discloses, in order; what is malformed or out of order is found and passed over."""
    last = (-1, "")
    for at, raw in bundle.lines(path, "payload_form"):
        try:
            one = record_of(raw, at, "section" if path == PAYLOADS else "commitment")
            if (one.i, one.name) <= last:
                raise Malformed("out of order, or twice")
        except Malformed as problem:
            findings.add("payload_form", str(problem), path, at)
            continue
        last = one.i, one.name
        yield one


class Cursor:
    """A reader of records beside the leaves: both are in the order of the log."""

    def __init__(self, bundle: Bundle, path: str, findings: Findings) -> None:
        self.path, self.findings = path, findings
        self.records = records(bundle, path, findings)
        self.next = next(self.records, None)

    def take(self, index: int) -> list[Record]:
        """Give the records of a leaf; any of an earlier index are of no leaf that is here."""
        taken = []
        while self.next is not None and self.next.i <= index:
            if self.next.i == index:
                taken.append(self.next)
            else:
                self.findings.add("payload_form", f"no leaf {self.next.i} is here", self.path, self.next.line)
            self.next = next(self.records, None)
        return taken


class Filter:
    """The manifest's filter, run again: which leaves the bundle has to tell in full."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.lists = {name: values for name, values in told.items() if name in LISTS}
        self.start, self.end = told.get("from", ""), told.get("until", "~")
        self.needles = [
            [f'"{name.rpartition(".")[2]}":{json.dumps(value)}'.encode() for value in values]
            for name, values in self.lists.items()
        ]

    def may_match(self, text: bytes) -> bool:
        """Tell quickly of a line or of many whether one may match; a no is certain."""
        return all(any(needle in text for needle in needles) for needles in self.needles)

    def matches(self, fields: dict[str, str | None]) -> bool:
        """Tell whether a leaf matches: all members do."""
        for name, values in self.lists.items():
            value: Any = fields[name.rpartition(".")[2]]
            if name == "tags.rights" and value is not None:
                value = int(value)
            if value not in values:
                return False
        within: bool = self.start <= (fields["ts"] or "") < self.end
        return within


def erasures_of(raw: bytes) -> dict[int, dict[str, int]]:
    """Read what is erased: index -> section or commitment -> index of the erasure event."""
    told = json_of(text_of(raw))
    if type(told) is not list:
        raise Malformed("no list of erasures")
    erased: dict[int, dict[str, int]] = {}
    last = (-1, "")
    for one in told:
        member = "section" if type(one) is dict and "section" in one else "commitment"
        one = shaped(one, **{"by": int, member: str, "i": int})
        key = index_in(one), one[member]
        if key <= last:
            raise Malformed("erasures out of order, or one twice")
        last = key
        erased.setdefault(key[0], {})[key[1]] = index_in(one, "by")
    return erased


class Payloads:
    """What is disclosed beside the leaves, what is erased by name, and what is withheld."""

    def __init__(self, bundle: Bundle, manifest: Manifest, findings: Findings) -> None:
        self.filter, self.findings = Filter(manifest.filter), findings
        self.erased: dict[int, dict[str, int]] = {}
        with findings.part():
            try:
                self.erased = erasures_of(bundle.read(ERASURES))
            except Malformed as problem:
                raise Refused("payload_form", str(problem), ERASURES) from None
        self.sections = Cursor(bundle, PAYLOADS, findings)
        self.contents = Cursor(bundle, CONTENTS, findings)
        self.disclosed = 0
        self.named: dict[int, Named] = {}  # by the index of the erasure event
        self.ids: dict[int, str | None] = {}  # of leaves with erasures
        self.seeds: dict[tuple[str, str], str] = {}  # revealed, by project and month
        self.promised: dict[tuple[str, str], tuple[int, str]] = {}  # where, and the commitment

    def block(self, first: int, lines: list[bytes], text: bytes) -> None:
        """Go through the lines of a block, if any of them matches or has something beside it."""
        end = first + len(lines)
        beside = any(cursor.next and cursor.next.i < end for cursor in (self.sections, self.contents))
        if beside or self.filter.may_match(text) or any(first <= index < end for index in self.erased):
            for place, line in enumerate(lines):
                self.leaf(first + place, line, within=True)

    def leaf(self, index: int, line: bytes, *, within: bool) -> None:
        """Check what stands beside a leaf; one of `within` the range and the filter has to be told in full."""
        given, contents = self.sections.take(index), self.contents.take(index)
        erased = self.erased.get(index, {})
        may_match = within and self.filter.may_match(line)
        if not (given or contents or erased or may_match):
            return
        try:
            fields = fields_of(line.decode("ascii"))
        except (Malformed, UnicodeDecodeError):
            return  # it is found as a leaf
        pay = pay_of(fields)
        bodies = self._see_sections(given, pay, erased)
        if may_match and self.filter.matches(fields):
            for section in pay.keys() - {one.name for one in given} - erased.keys():
                text = f"leaf {index}: neither disclosed nor erased: {section}"
                self.findings.add("payload_withheld", text, PAYLOADS)
            self._see_carried(index, carried(fields["type"] or "", bodies) - {one.name for one in contents}, erased)
        for name in erased:
            if name not in pay and not re.fullmatch(HEX32, name):
                self.findings.add("erasure", f"leaf {index} has no section {name}", ERASURES)
        if erased:
            self.ids[index] = fields["id"]
        self._see_contents(contents, list(bodies.values()), erased)
        self._learn(index, fields, bodies)

    def _see_sections(self, given: list[Record], pay: dict[str, str], erased: dict[str, int]) -> dict[str, str]:
        bodies = {}
        for one in given:
            if one.name not in pay:
                self._find("payload_form", f"leaf {one.i} has no section {one.name}", PAYLOADS, one)
                continue
            message = f"hitl-audit/payload/v1\n{one.name}\n{one.body}".encode()
            if hmac.new(one.salt, message, sha256).hexdigest() != pay[one.name]:
                self._find("payload_commitment", f"{one.name} of leaf {one.i} is another", PAYLOADS, one)
            if one.name in erased:
                self._find("erasure", f"{one.name} of leaf {one.i} is erased, and disclosed", PAYLOADS, one)
            bodies[one.name] = one.body
            self.disclosed += 1
        return bodies

    def _see_contents(self, contents: list[Record], bodies: list[str], erased: dict[str, int]) -> None:
        for one in contents:
            message = f"hitl-content/v1\n{one.body}".encode()
            if hmac.new(one.salt, message, sha256).hexdigest() != one.name:
                self._find("content_commitment", f"a body of leaf {one.i} is another", CONTENTS, one)
            if not any(f'"{one.name}"' in body for body in bodies):
                self._find("content_commitment", f"no payload of leaf {one.i} names this body", CONTENTS, one)
            if one.name in erased:
                self._find("erasure", f"a body of leaf {one.i} is erased, and disclosed", CONTENTS, one)

    def _see_carried(self, index: int, missing: set[str], erased: dict[str, int]) -> None:
        for name in missing - erased.keys():
            text = f"leaf {index}: a body neither disclosed nor erased: {name}"
            self.findings.add("payload_withheld", text, CONTENTS)

    def _find(self, kind: str, text: str, file: str, one: Record) -> None:
        self.findings.add(kind, text, file, one.line)

    def _learn(self, index: int, fields: dict[str, str | None], bodies: dict[str, str]) -> None:
        """Keep what later checks need: names of erased parts, and the seeds of draws."""
        kind, project = fields["type"], fields["proj"] or ""
        if kind in ERASING and "erased" in bodies:
            self.named[index] = named_by(json_of(bodies["erased"]))
        if kind in ("reviews.seed_committed", "reviews.seed_revealed") and "seed" in bodies:
            told = json_of(bodies["seed"])
            member = "commitment" if kind == "reviews.seed_committed" else "seed"
            try:
                shaped(told, **{"month": str, member: str})
                if not re.fullmatch(HEX32, told[member]):
                    raise Malformed("not 32 bytes in hex")
                if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", told["month"]):
                    raise Malformed("not of a month")
            except Malformed as problem:
                self.findings.add("draw", f"leaf {index}: no proper seed: {problem}", PAYLOADS)
                return
            if member == "seed":
                self.seeds[project, told["month"]] = told["seed"]
            else:
                self.promised[project, told["month"]] = index, told["commitment"]

    def outside(self, bundle: Bundle, target: Checkpoint, manifest: Manifest, span: range, findings: Findings) -> None:
        """Take up the leaves of one side of the range that erasures and draws rest upon, each with its inclusion proof.

        Those before it are read before its leaves, those after it after them, as payloads are in the order of the log.
        """
        last = -1
        for at, raw in bundle.lines(OUTSIDE, "proof_form"):
            try:
                told = shaped(json_of(text_of(raw)), i=int, leaf=str, proof=list)
                proof = [hash_bytes(one) for one in told["proof"]]
                if told["i"] <= last or manifest.a <= told["i"] < manifest.b:
                    raise Malformed("out of order, or within the range")
                last = told["i"]
            except Malformed as problem:
                findings.add("proof_form", str(problem), OUTSIDE, at)
                continue
            if last not in span:
                continue
            line = told["leaf"].encode()
            try:
                fields_of(told["leaf"])
            except Malformed as problem:
                self.findings.add("leaf_form", f"leaf {last}: {problem}", OUTSIDE, at)
            if not proves_inclusion(last, target.size, sha256(b"\x00" + line).digest(), target.root, proof):
                self.findings.add("record_proof", f"leaf {last} is not proven to be in the tree", OUTSIDE, at)
            self.leaf(last, line, within=False)

    def finish(self, manifest: Manifest) -> None:
        """See that nothing stands beside no leaf, and that each erasure rests upon an event that names it."""
        for cursor in (self.sections, self.contents):
            cursor.take(LARGEST_NUMBER)
        for index, names in self.erased.items():
            for name, by in names.items():
                named = self.named.get(by)
                if not manifest.a <= index < manifest.b:
                    self.findings.add("erasure", f"leaf {index} is not within the range", ERASURES)
                elif named is None:
                    self.findings.add("erasure", f"leaf {by} is not disclosed as an erasure event", ERASURES)
                elif not named & {(index, name), (self.ids.get(index), name)}:
                    self.findings.add("erasure", f"leaf {by} does not name {name} of leaf {index}", ERASURES)

    def named_besides(self) -> Named:
        """Give what erasure events name and erasures.json does not: none of it may be disclosed."""
        listed: Named = {(index, name) for index, names in self.erased.items() for name in names}
        listed |= {(self.ids.get(index), name) for index, names in self.erased.items() for name in names}
        return {one for named in self.named.values() for one in named} - listed


def carried(kind: str, bodies: dict[str, str]) -> set[str]:
    """Give the commitments to stored bodies in what is disclosed of a leaf."""
    found: set[str] = set()
    for section, names in CARRIED.get(kind, {}).items():
        told = json.loads(bodies[section]) if section in bodies else None
        values = [told.get(name) for name in names] if type(told) is dict else []
        found.update(value for value in values if type(value) is str)
    return found


def named_by(told: Any) -> Named:
    """Give what an erasure event names; entries of another shape name nothing."""
    entries = told.get("entries", []) if type(told) is dict else []
    return {
        (one[0], one[1])
        for one in (entries if type(entries) is list else [])
        if type(one) is list and len(one) == 2 and type(one[0]) in (int, str) and type(one[1]) is str
    }


# ----------------------------------------------------------------------------------- a second look: draws, erasures


def look_again(bundle: Bundle, manifest: Manifest, payloads: Payloads, findings: Findings) -> int:
    """Redo draws whose seed is revealed, and see that nothing erased is disclosed; give how many draws were redone."""
    besides = payloads.named_besides()
    for key, seed in payloads.seeds.items():
        promise = payloads.promised.get(key)
        if not promise and manifest.a == 0 and not manifest.filter:
            findings.add("draw", f"the seed of {key[0]}, {key[1]}, was revealed and never promised", PAYLOADS)
        if promise and sha256(bytes.fromhex(seed)).hexdigest() != promise[1]:
            findings.add("draw", f"the seed of {key[0]}, {key[1]}, is not the one that was promised", PAYLOADS)
    if not besides and not payloads.seeds:
        return 0
    redone = 0
    for one, fields in disclosed_again(bundle, manifest):
        if besides & {(one.i, one.name), (fields["id"], one.name)}:
            findings.add("erasure", f"{one.name} of leaf {one.i} was erased, and is disclosed")
        if one.name == "draws":
            redone += redo(one, fields["proj"] or "", payloads, findings)
    return redone


def disclosed_again(bundle: Bundle, manifest: Manifest) -> Iterator[tuple[Record, dict[str, str | None]]]:
    """Give what is disclosed once more, each with the leaf it belongs to; what is wrong with it is found already."""
    cursors = Cursor(bundle, PAYLOADS, Findings()), Cursor(bundle, CONTENTS, Findings())
    index = manifest.a
    for block in blocks_of(bundle):
        for line in block[:-1].split(b"\n"):
            given = [one for cursor in cursors for one in cursor.take(index)]
            index += 1
            with contextlib.suppress(Malformed, UnicodeDecodeError):
                fields = fields_of(line.decode("ascii")) if given else {}
                yield from ((one, fields) for one in given)


def redo(one: Record, project: str, payloads: Payloads, findings: Findings) -> int:
    """Redo the draws of an item whose month's seed is revealed; give how many."""
    told, redone = json_of(one.body), 0
    try:
        for draw in told["draws"]:
            key = project, draw["month"]
            if key not in payloads.seeds:
                continue
            redone += 1
            promise = payloads.promised.get(key)
            if promise and promise[0] > one.i:
                findings.add("draw", f"leaf {one.i}: drawn before its seed was promised", PAYLOADS, one.line)
            if not drawn_so(bytes.fromhex(payloads.seeds[key]), project, told["external_id"], draw):
                findings.add("draw", f"leaf {one.i}: the seed gives another draw", PAYLOADS, one.line)
    except (KeyError, TypeError, ValueError, AttributeError):
        findings.add("draw", f"leaf {one.i}: draws that cannot be redone", PAYLOADS, one.line)
    return redone


def drawn_so(seed: bytes, project: str, subject: str, draw: dict[str, Any]) -> bool:
    """Tell whether a seed gives this draw: u below floor(pi * 2^64) is drawn."""
    words = "\x1f".join(("hitl-draw/v1", project, draw["purpose"], subject))
    u = hmac.new(seed, words.encode(), sha256).digest()[:8]
    if not re.fullmatch(r"[01](\.[0-9]{1,40})?", draw["pi"]) or Fraction(draw["pi"]) > 1:
        return False
    drawn = int.from_bytes(u, "big") < int(Fraction(draw["pi"]) * 2**64)
    return draw["u"] == u.hex() and draw["drawn"] is drawn


# --------------------------------------------------------------------------------- checkpoints and record proofs


class Trust(NamedTuple):
    """What the auditor gives: keys, the log's origin, checkpoints kept from earlier, a time stamp authority's CA."""

    keys: list[Key]
    origin: str
    known: list[tuple[str, Checkpoint]]
    tsa_ca: str
    skew: int


def signed_checkpoint(raw: bytes, trust: Trust, path: str, findings: Findings) -> Checkpoint:
    """Read a checkpoint and check who signed it; one that is malformed is refused, the rest is found."""
    try:
        checkpoint = checkpoint_of(raw)
    except Malformed as problem:
        raise Refused("checkpoint_form", str(problem), path) from None
    if checkpoint.origin != trust.origin:
        findings.add("checkpoint_origin", f"a checkpoint of the log {checkpoint.origin}", path)
    try:
        return checkpoint._replace(times=signers(checkpoint.note, trust.keys, trust.origin))
    except Malformed as problem:
        findings.add("checkpoint_signature", str(problem), path)
        return checkpoint


class Tree:
    """Which roots are proven to be those of the target's earlier sizes."""

    def __init__(self, target: Checkpoint, proofs: dict[int, list[bytes]]) -> None:
        self.target, self.proofs = target, proofs
        self.proven: dict[int, bytes] = {0: EMPTY_ROOT, target.size: target.root}

    def told(self, size: int) -> bool:
        """Tell whether the bundle has something to hold a root of this size against."""
        return size in self.proven or size in self.proofs

    def problem(self, size: int, root: bytes) -> str:
        """Say what is wrong with a root of a size; an empty text if it is the target's own."""
        if size not in self.proven and size in self.proofs:
            if proves_consistency(size, self.target.size, root, self.target.root, self.proofs[size]):
                self.proven[size] = root
            else:
                return f"the tree of {size} is not the beginning of the target"
        if size not in self.proven:
            return f"nothing here proves that the tree of {size} is the beginning of the target"
        return "" if self.proven[size] == root else f"another root for the tree of {size}"


def consistency_proofs(bundle: Bundle) -> dict[int, list[bytes]]:
    """Read the consistency proofs to the target, by size."""
    path = "consistency.json"
    proofs: dict[int, list[bytes]] = {}
    try:
        told = json_of(text_of(bundle.read(path)))
        for one in told if type(told) is list else [None]:
            one = shaped(one, **{"from": int, "proof": list})
            if one["from"] <= max(proofs, default=0):
                raise Malformed("sizes out of order, twice, or 0")
            proofs[one["from"]] = [hash_bytes(part) for part in one["proof"]]
    except Malformed as problem:
        raise Refused("proof_form", str(problem), path) from None
    return proofs


def check_older(bundle: Bundle, manifest: Manifest, tree: Tree, trust: Trust, findings: Findings) -> list[Checkpoint]:
    """Check every older checkpoint and give those that are part of the target."""
    good = []
    for path in bundle.names("checkpoints"):
        with findings.part():
            name = re.fullmatch(rf"checkpoints/({NUMBER})-({NUMBER})", path)
            one = signed_checkpoint(bundle.read(path, 64 * KIB), trust, path, findings)
            if not name or int(name[1]) != one.size or not manifest.a <= one.size <= manifest.n:
                raise Refused("checkpoint_form", "a name that is not that of its size, or not within the range", path)
            if one.times and int(name[2]) not in one.times:
                raise Refused("checkpoint_form", "a name that is not that of its cosigned time", path)
            problem = tree.problem(one.size, one.root)
            if problem:
                raise Refused("consistency", problem, path)
            good.append(one)
    return good


def check_known(tree: Tree, trust: Trust, findings: Findings) -> list[int]:
    """Compare the checkpoints that the auditor kept; give the sizes of those that are part of the target."""
    sizes = []
    for path, known in trust.known:
        if known.size > tree.target.size:
            findings.add("known_newer", f"you hold a tree of {known.size}, this is one of {tree.target.size}", path)
            continue
        if not tree.told(known.size):
            text = f"nothing here proves or disproves your tree of {known.size}: ask for an export made with --known"
            findings.add("known_unproven", f"{text} and this file", path)
            continue
        problem = tree.problem(known.size, known.root)
        if problem:
            findings.add("consistency", problem, path)
        else:
            sizes.append(known.size)
    return sizes


def check_record_proof(bundle: Bundle, path: str, leaves: Leaves, tree: Tree, trust: Trust) -> None:
    """Check the proof of a single record (C2SP tlog-proof)."""
    try:
        text = bundle.read(path, 64 * KIB).decode("utf-8")
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if len(lines) < 2 or lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
            raise Malformed("not a proof of a record")
        index, proof = number(lines[1][6:]), [hash_bytes(line) for line in lines[2:]]
        checkpoint = checkpoint_of(note.encode())
    except (Malformed, UnicodeDecodeError) as problem:
        raise Refused("proof_form", str(problem), path) from None
    if path != f"proofs/{index}.tlog-proof" or index not in leaves.hashes:
        raise Refused("record_proof", "a proof of a record that is not here, or under another name", path)
    try:
        signers(checkpoint.note, trust.keys, trust.origin)
    except Malformed as problem:
        raise Refused("record_proof", str(problem), path) from None
    problem_of_tree = tree.problem(checkpoint.size, checkpoint.root)
    if checkpoint.origin != trust.origin or problem_of_tree:
        raise Refused("record_proof", problem_of_tree or "a checkpoint of another log", path)
    if not proves_inclusion(index, checkpoint.size, leaves.hashes[index], checkpoint.root, proof):
        raise Refused("record_proof", f"leaf {index} is not proven to be in the tree", path)


def proofs_of_records(bundle: Bundle) -> set[int]:
    """Give the indexes that have a proof of their own, as far as their files are named for one."""
    found = (re.fullmatch(rf"proofs/({NUMBER})\.tlog-proof", path) for path in bundle.names("proofs"))
    return {int(match[1]) for match in found if match}


# ----------------------------------------------------------------------------------------------------- anchors

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TOKEN_TIME = re.compile(r"Time stamp: ([A-Z][a-z]{2}) +([0-9]{1,2}) ([0-9:]{8})(?:\.[0-9]+)? ([0-9]{4}) GMT")


class Anchors:
    """What stands outside the log: time stamp tokens and their times, the witness, and what was not checked."""

    def __init__(self) -> None:
        self.tokens: list[tuple[int, str]] = []  # size, time
        self.witnessed = 0
        self.notes: list[str] = []


def check_tokens(bundle: Bundle, notes: dict[int, bytes], trust: Trust, anchors: Anchors, findings: Findings) -> None:
    """Check the RFC 3161 tokens: each over the SHA-256 of the text that the checkpoint of its size signs."""
    for path in bundle.names("anchors"):
        if path == WITNESS:
            continue
        with findings.part():
            name = re.fullmatch(rf"anchors/({NUMBER})\.(tsr|s3\.json)", path)
            if not name:
                raise Refused("anchor_form", "a name that no anchor has", path)
            size = int(name[1])
            if name[2] == "s3.json":
                check_object(bundle, path, anchors)
            elif size not in notes:
                raise Refused("anchor", f"no checkpoint of {size} is here that it could be over", path)
            elif not trust.tsa_ca:
                anchors.notes.append(f"{path}: not checked, since no --tsa-ca was given")
            else:
                at = token_time(bundle.read(path, 64 * KIB), notes[size], trust.tsa_ca, path)
                if at:
                    anchors.tokens.append((size, at))
                else:
                    anchors.notes.append(f"{path}: not checked, since there is no openssl")


def check_object(bundle: Bundle, path: str, anchors: Anchors) -> None:
    """Read what is said of a locked object elsewhere; only its keeper can say whether it is there."""
    try:
        told = json_of(text_of(bundle.read(path, 64 * KIB)))
        if type(told) is not dict:
            raise Malformed("no object")
    except Malformed as problem:
        raise Refused("anchor_form", str(problem), path) from None
    anchors.notes.append(f"{path}: not checked; compare the object version that it names with the checkpoint")


def encrypted_of(raw: bytes) -> dict[str, Any]:
    """Read what is said of a second object, in which payloads lie encrypted; nothing of it is looked at here."""
    told = shaped(
        json_of(text_of(raw)), bucket=str, bytes=int, cipher=str, endpoint=str, key=str, manifest=str, object=str,
        retain_until=str, sha256=str,
    )  # fmt: skip
    index_in(told, "bytes")
    moment(told["retain_until"])
    if not all(re.fullmatch(HEX32, told[name]) for name in ("key", "manifest", "sha256")):
        raise Malformed("not 32 bytes in hex")
    return told


def token_time(token: bytes, signed: bytes, ca: str, path: str) -> str:
    """Verify a token by openssl, with its certificates as of its own time; give that time, or "" without openssl."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "token.tsr")
        with open(file, "wb") as stream:
            stream.write(token)
        told = openssl("ts", "-reply", "-in", file, "-text")
        if told is None:
            return ""
        match = TOKEN_TIME.search(told)
        if not match or match[1] not in MONTHS or "Hash Algorithm: sha256" not in told:
            raise Refused("anchor_form", "no time stamp token over SHA-256", path)
        at = f"{match[4]}-{MONTHS.index(match[1]) + 1:02}-{int(match[2]):02}T{match[3]}.000000Z"
        try:
            seconds = int(moment(at).timestamp())
        except Malformed as problem:
            raise Refused("anchor_form", str(problem), path) from None
        proven = openssl(
            "ts", "-verify", "-digest", sha256(signed).hexdigest(), "-in", file, "-CAfile", ca, "-attime", str(seconds)
        )
    if proven is None or "Verification: OK" not in proven:
        raise Refused("anchor", "a token that does not hold for this checkpoint and this authority", path)
    return at


def openssl(*arguments: str) -> str | None:
    """Run openssl; give what it says, "" where it fails, None where it is not there."""
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, timeout=60, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        return None
    except subprocess.TimeoutExpired:
        return ""
    return (done.stdout + done.stderr).decode("utf-8", "replace") if done.returncode == 0 else ""


WITNESS = "anchors/witness.ndjson"


def check_witness(bundle: Bundle, tree: Tree, trust: Trust, anchors: Anchors, findings: Findings) -> None:
    """Check the witness file: checkpoints as they were seen, none ever smaller, each the target's beginning."""
    if WITNESS not in bundle.sizes:
        return
    size, seen = 0, ""
    for at, raw in bundle.lines(WITNESS, "anchor_form"):
        try:
            told = shaped(json_of(text_of(raw)), checkpoint=str, seen=str)
            moment(told["seen"])
            one = checkpoint_of(told["checkpoint"].encode())
        except Malformed as problem:
            findings.add("anchor_form", str(problem), WITNESS, at)
            continue
        try:
            signers(one.note, trust.keys, trust.origin)
            if one.origin != trust.origin:
                raise Malformed("a checkpoint of another log")
            if one.size < size or told["seen"] < seen:
                raise Malformed("a smaller tree or an earlier time than the line before")
            problem_of_tree = tree.problem(one.size, one.root)
            if problem_of_tree:
                raise Malformed(problem_of_tree)
        except Malformed as problem:
            findings.add("anchor", str(problem), WITNESS, at)
            continue
        size, seen = one.size, told["seen"]
        anchors.witnessed += 1


# -------------------------------------------------------------------------------------------------- the report


class Report(NamedTuple):
    """How it ended, as members that stay the same from release to release."""

    verdict: str
    exit: int
    beside: list[str]
    facts: dict[str, Any]
    notes: list[str]
    findings: Findings

    def json(self) -> str:
        """Give the report as JSON."""
        told = {
            "verdict": self.verdict, "exit": self.exit, "beside": self.beside, **self.facts, "notes": self.notes,
            "findings": [{**one._asdict(), "code": CODES[one.kind]} for one in self.findings.told],
            "counts": self.findings.counts,
        }  # fmt: skip
        return json.dumps(told, indent=1, sort_keys=True)

    def words(self) -> str:
        """Give the report in plain words."""
        lines = [" · ".join([self.verdict, *self.beside]), ""]
        lines += [f"{name}: {value}" for name, value in self.facts.items() if value not in (None, [], "")]
        lines += [f"note: {note}" for note in self.notes]
        for one in self.findings.told:
            place = f" [{one.file}{f', line {one.line}' if one.line else ''}]" if one.file else ""
            lines.append(f"{CODES[one.kind]} {one.kind}: {one.text}{place}")
        for kind, count in self.findings.counts.items():
            if count > SHOWN:
                lines.append(f"{CODES[kind]} {kind}: and {count - SHOWN} more")
        return "\n".join("".join(one if one.isprintable() else "?" for one in line) for line in lines)


def broken(findings: Findings) -> Report:
    """Give the report of a bundle of which little could be looked at."""
    return Report("BROKEN", findings.code, [], {}, [], findings)


class Check:
    """One run over a bundle, part by part."""

    def __init__(self, path: str, trust: Trust, findings: Findings) -> None:
        self.trust, self.findings, self.anchors = trust, findings, Anchors()
        self.bundle = Bundle(path)
        self.manifest = check_manifest(self.bundle, trust.keys, trust.origin)
        check_files(self.bundle, self.manifest, self.findings)
        self.target = signed_checkpoint(self.bundle.read("checkpoint"), trust, "checkpoint", self.findings)
        self.older: list[Checkpoint] = []
        self.known: list[int] = []
        self.redone = 0
        self.unpromised: list[tuple[str, str]] = []
        self.encrypted: dict[str, Any] = {}

    def run(self) -> None:
        """Check checkpoints and anchors, since their times bound the leaves; then leaves; then what rests on both."""
        manifest, target, findings = self.manifest, self.target, self.findings
        if (manifest.origin, manifest.n) != (target.origin, target.size):
            findings.add("checkpoint_differs", "manifest and checkpoint differ in origin or size", "checkpoint")
        proofs: dict[int, list[bytes]] = {}
        with findings.part():
            proofs = consistency_proofs(self.bundle)
        tree = Tree(target, proofs)
        self.older = check_older(self.bundle, manifest, tree, self.trust, findings)
        notes = {one.size: one.note.text for one in (*self.older, target)}
        check_tokens(self.bundle, notes, self.trust, self.anchors, findings)
        cosigned_at = [(one.size, stamp_of(moment_of(at))) for one in (*self.older, target) for at in one.times]
        limits = Limits(cosigned_at, self.anchors.tokens, self.trust.skew)
        self.leaves = Leaves(manifest, limits, self.trust.skew, findings)
        self.leaves.wanted_hashes = proofs_of_records(self.bundle)
        self.leaves.wanted_roots = {one.size for _, one in self.trust.known}
        self.payloads = Payloads(self.bundle, manifest, findings)
        with findings.part():
            self.payloads.outside(self.bundle, target, manifest, range(manifest.a), findings)
        with findings.part():
            self._read_leaves()
        tree.proven.update({size: root for size, root in self.leaves.roots.items() if size not in tree.proven})
        with findings.part():
            self.payloads.outside(self.bundle, target, manifest, range(manifest.b, LARGEST_NUMBER), Findings())
        self.payloads.finish(manifest)
        self.known = check_known(tree, self.trust, findings)
        if ENCRYPTED in self.bundle.sizes:
            with findings.part():
                self.encrypted = self._encrypted()
        for path in self.bundle.names("proofs"):
            with findings.part():
                check_record_proof(self.bundle, path, self.leaves, tree, self.trust)
        with findings.part():
            check_witness(self.bundle, tree, self.trust, self.anchors, findings)
        with findings.part():
            self.redone = look_again(self.bundle, manifest, self.payloads, findings)
        self.unpromised = sorted(self.payloads.seeds.keys() - self.payloads.promised.keys())

    def _read_leaves(self) -> None:
        """Read the leaves once, and compare the bytes of their file on the way."""
        found, digest = sha256(), self.manifest.files.get(ENTRIES, ("", 0))[0]
        try:
            left, right = self._range_proof()
            self.leaves.start(left)
            for text in blocks_of(self.bundle, found.update):
                self.payloads.block(*self.leaves.block(text), text)
        except Refused:
            check_bytes(self.bundle, ENTRIES, digest, self.findings)
            raise
        if found.hexdigest() != digest:
            self.findings.add("file_changed", OTHER_BYTES, ENTRIES)
        self.leaves.finish(right, self.target.root)

    def _encrypted(self) -> dict[str, Any]:
        try:
            return encrypted_of(self.bundle.read(ENCRYPTED))
        except Malformed as problem:
            raise Refused("payload_form", str(problem), ENCRYPTED) from None

    def _range_proof(self) -> tuple[list[bytes], list[bytes]]:
        path = "range_proof.json"
        try:
            return range_proof(self.bundle.read(path), self.manifest)
        except Malformed as problem:
            raise Refused("proof_form", str(problem), path) from None

    def report(self, now: dt.datetime, stale: int) -> Report:
        """Say how it ended; anchors count where they cover some of the range, and the report names their size."""
        a, b, n = self.manifest.a, self.manifest.b, self.manifest.n
        tokens = sorted((at, size) for size, at in self.anchors.tokens if size > a)
        known = [size for size in self.known if size > a]
        verdict = "INTERNALLY CONSISTENT"
        if tokens:
            verdict = f"ANCHORED SINCE {tokens[0][0]}"
        elif known:
            verdict = f"ANCHORED at size {max(known)} by the auditor's own checkpoint"
        erased = sum(map(len, self.payloads.erased.values()))
        beside = ["PARTIAL"] if (a, b) != (0, n) or self.manifest.filter else []
        beside += ["TIME NOT PROVEN COMPLETE"] if self._open_in_time() else []
        beside += [f"ERASED {erased} section{'s' if erased > 1 else ''} or bodies"] if erased else []
        beside += ["PAYLOADS WITHHELD"] if self.encrypted else []
        cosigned_at = max(self.target.times, default=None)
        if cosigned_at is not None and (now - moment_of(cosigned_at)).total_seconds() > stale:
            beside.append("STALE")
        facts = self._facts(tokens, known, cosigned_at, erased)
        code = self.findings.code
        if code:
            verdict = "NOT PROVEN" if code == CODES["known_unproven"] else "BROKEN"
        return Report(verdict, code, beside, facts, self._notes(tokens, known), self.findings)

    def _open_in_time(self) -> list[str]:
        """Tell before or behind which end of the range leaves of the filter's time may lie.

        None do where the range goes on past that time by more than clocks may differ, or the log ends.
        """
        manifest, skew, sides = self.manifest, self.trust.skew, []
        start, end = manifest.filter.get("from"), manifest.filter.get("until")
        if (start or end) and manifest.a and not (start and "" < self.leaves.first < shifted(start, -skew)):
            sides.append("before")
        if (start or end) and manifest.b < manifest.n and not (end and self.leaves.latest >= shifted(end, skew)):
            sides.append("behind")
        return sides

    def _facts(
        self, tokens: list[tuple[str, int]], known: list[int], cosigned_at: int | None, erased: int
    ) -> dict[str, Any]:
        manifest = self.manifest
        return {
            "origin": manifest.origin, "range": f"{manifest.a} to {manifest.b} of {manifest.n}",
            "leaves": self.leaves.next - manifest.a, "streams": len(self.leaves.latest_of),
            "first": self.leaves.first, "last": self.leaves.latest, "filter": manifest.filter or "",
            "exporter": manifest.exporter, "made": manifest.made,
            "cosigned": stamp_of(moment_of(cosigned_at)) if cosigned_at is not None else None,
            "older checkpoints": len(self.older), "disclosed": self.payloads.disclosed, "erased": erased,
            "draws redone": self.redone, "witnessed": self.anchors.witnessed,
            "tokens": [f"size {size} at {at}" for at, size in tokens], "known": [f"size {size}" for size in known],
        }  # fmt: skip

    def _notes(self, tokens: list[tuple[str, int]], known: list[int]) -> list[str]:
        notes = list(self.anchors.notes)
        notes += [f"leaves of the filter's time may lie {side} the range" for side in self._open_in_time()]
        notes += [f"the seed of {project}, {month}: when it was promised is not shown" for project, month in
                  self.unpromised]  # fmt: skip
        sizes = [size for _, size in tokens] + known
        if not sizes:
            notes.append("no anchor outside this installation: who holds its keys could have written all of this anew")
        elif max(sizes) < self.manifest.b:
            notes.append(f"leaves from {max(sizes)} on are not anchored")
        notes += [
            f"your checkpoint of {size} is a beginning of this tree, and lies before the range"
            for size in self.known
            if size <= self.manifest.a
        ]
        if not self.target.times:
            notes.append("no cosignature by a key that was given, so the age of the checkpoint is not known")
        if self.encrypted:
            notes.append(
                f"payloads lie encrypted in a second object of SHA-256 {self.encrypted['sha256']}: not looked at"
            )
        for_people = sorted(self.manifest.files.keys() & {"records.csv", "report.html"})
        if for_people:
            notes.append(f"{' and '.join(for_people)}: for reading; what they say is not proven")
        return notes


# ------------------------------------------------------------------------------------------------- the command


def read_given(path: str) -> bytes:
    """Read a file that the auditor named."""
    try:
        with open(path, "rb") as stream:
            return stream.read(MIB)
    except OSError as problem:
        raise Refused("usage", f"{path} cannot be read: {problem.strerror}") from None


def trust_of(given: argparse.Namespace) -> Trust:
    """Read what the auditor gives: keys, origin and checkpoints; anything wrong with them is a wrong use."""
    try:
        lines = read_given(given.key).decode("utf-8").split("\n")
        keys = [key_of(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
        names = {key.name for key in keys if key.type == LOG_KEY}
        if not given.origin and len(names) != 1:
            raise Malformed("the keys are of several logs, or of none: say which with --origin")
        origin = given.origin or names.pop()
        if given.tsa_ca:
            read_given(given.tsa_ca)
        known = []
        for path in given.known:
            one = checkpoint_of(read_given(path))
            signers(one.note, keys, origin)
            if one.origin != origin:
                raise Malformed(f"{path} is a checkpoint of another log")
            known.append((path, one))
    except (Malformed, UnicodeDecodeError) as problem:
        raise Refused("usage", str(problem)) from None
    return Trust(keys, origin, known, given.tsa_ca, given.skew)


def arguments() -> argparse.ArgumentParser:
    """Give the command's arguments."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Verify an export bundle of a hitl ledger, offline.")
    parser.add_argument("bundle", help="a zip file or a folder")
    parser.add_argument("--key", required=True, metavar="KEYS", help="file of public keys that you trust, one a line")
    parser.add_argument("--origin", default="", help="the log's name, where the keys are of several")
    parser.add_argument("--known", action="append", default=[], metavar="CHECKPOINT", help="a checkpoint you kept")
    parser.add_argument("--tsa-ca", default="", metavar="FILE", help="certificates of the time stamp authority, PEM")
    parser.add_argument("--skew", type=int, default=300, metavar="SECONDS", help="how far clocks may differ")
    parser.add_argument("--stale", type=int, default=3600, metavar="SECONDS", help="age of a checkpoint that is told")
    parser.add_argument("--now", default="", metavar="TIME", help="YYYY-MM-DDTHH:MM:SS.ffffffZ; else this machine's")
    parser.add_argument("--json", action="store_true", help="tell it to a program")
    return parser


def verify(given: argparse.Namespace) -> Report:
    """Verify a bundle; whatever goes wrong is a finding."""
    findings, collects = Findings(), gc.isenabled()
    gc.disable()  # millions of small tuples and no circles: looking for them costs a fifth of the time
    try:
        if given.skew < 0 or given.stale < 0:
            raise Refused("usage", "seconds are not negative")
        now = moment(given.now) if given.now else dt.datetime.now(dt.timezone.utc)
        check = Check(given.bundle, trust_of(given), findings)
        findings.kept = check
        check.run()
        return check.report(now, given.stale)
    except Refused as refused:
        findings.add(*refused.finding)
    except Malformed as problem:
        findings.add("usage", str(problem))
    except Exception as problem:  # noqa: BLE001 - nothing that goes wrong may look like a pass
        findings.add("unexpected", f"the verifier met what it does not know: {type(problem).__name__}: {problem}")
    finally:
        if collects:
            gc.enable()
    return broken(findings)


def main(argv: Sequence[str] | None = None, end: Callable[[int], Any] = int) -> int:
    """Run the command and give its exit code to `end`, while what was read is still held."""
    try:
        given = arguments().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    report = verify(given)
    try:
        print(report.json() if given.json else report.words(), flush=True)
    except OSError:
        return report.exit or CODES["unexpected"]
    end(report.exit)
    return report.exit


if __name__ == "__main__":
    sys.exit(main(end=os._exit))  # at once: giving back millions of small objects one by one takes its time
