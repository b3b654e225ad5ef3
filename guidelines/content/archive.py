"""A guideline as files: what stands where in its archive, and how it is read back to the letter.

Nothing of one installation stands in it (no number, no date, no name), so that the same guideline gives the same
archive everywhere. `docs/guideline-archive.md` describes it.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any, Literal, NoReturn, Protocol

import msgspec
from django.utils.translation import gettext as _

from guidelines.content.checks import ASSET, CODE
from guidelines.content.plain import flaw_in
from guidelines.content.shape import (
    Acknowledge,
    Example,
    Guideline,
    Section,
    Taxonomy,
    shaped_taxonomy,
    taxonomy_body,
)
from guidelines.errors import BadArchive

FORMAT = 1
HEAD, LABELS, SUMS = "guideline.json", "taxonomy.json", "SHA256SUMS"
FOLDERS = ("sections/", "files/")
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
TEXTS = re.compile(rf"sections/[0-9]{{3}}-{CODE.pattern}\.md")
FILES = re.compile(rf"files/([0-9a-f]{{64}})\.(?:{'|'.join(EXTENSIONS.values())})")
LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
LARGEST_DOCUMENT, PIECE = 8 << 20, 1 << 20
LONGEST_LANGUAGE = 16
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What the readers of zips and folders raise for bytes that are not what they should be."""


class Heading(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A section without its text, which is a file of its own."""

    id: str
    kind: Literal["overview", "label", "edge_case", "handling", "procedure", "other"]
    title: str
    label: str | None = None
    category: str | None = None


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`guideline.json`: everything of a guideline but its texts, and what form this is."""

    format: int
    language: str
    sections: tuple[Heading, ...]
    examples: tuple[Example, ...] = ()
    acknowledge: Acknowledge | None = None


class Packed(Protocol):
    """An archive that is open."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Give how many bytes each of its files has."""

    @property
    def summed(self) -> bool:
        """Tell whether SHA256SUMS has to be there."""

    def open(self, name: str) -> IO[bytes]:
        """Open one of its files."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What was read: the taxonomy, the guideline (whose `taxonomy` is still empty), and files by SHA-256 in hex.

    Of a file it has the name in the archive.
    """

    taxonomy: Taxonomy
    guideline: Guideline
    files: Mapping[str, str]


def has_place(name: str) -> bool:
    """Tell whether a file of this name may stand in an archive."""
    return name in {HEAD, LABELS, SUMS} or bool(TEXTS.fullmatch(name) or FILES.fullmatch(name))


def documents(taxonomy: Taxonomy, guideline: Guideline) -> dict[str, bytes]:
    """Give the documents of an archive by name: head, labels, one text a section."""
    headings = tuple(Heading(one.id, one.kind, one.title, one.label, one.category) for one in guideline.sections)
    head = Head(FORMAT, guideline.language, headings, guideline.examples, guideline.acknowledge)
    made = {HEAD: _written(msgspec.to_builtins(head)), LABELS: _written(taxonomy_body(taxonomy))}
    for number, one in enumerate(guideline.sections, 1):
        made[text_name(number, one.id)] = f"{one.text}\n".encode()
    return made


def text_name(number: int, address: str) -> str:
    """Name the file of the text of the section that stands at this place, counted from 1."""
    return f"sections/{number:03}-{address}.md"


def file_name(sha256: str, media_type: str) -> str:
    """Name a file by its hash and its kind."""
    return f"files/{sha256}.{EXTENSIONS[media_type]}"


def sums(hashes: Mapping[str, str]) -> bytes:
    """Give the text of `SHA256SUMS`, as the program sha256sum writes and checks it."""
    return "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode()


def read(packed: Packed) -> Archive:
    """Read an archive: each hash is compared, each file has its place, nothing is passed over.

    Raises:
        BadArchive: with the file that is wrong.
    """
    for name in (HEAD, LABELS):
        if name not in packed.sizes:
            refuse(name, _("This file is missing."))
    hashes = _verified(packed)
    head = _head(_parsed(packed, HEAD))
    try:
        taxonomy = shaped_taxonomy(_parsed(packed, LABELS))
    except msgspec.ValidationError as problem:
        refuse(LABELS, _unread(problem))
    sections = tuple(_section(packed, number, one) for number, one in enumerate(head.sections, 1))
    guideline = Guideline(head.language, "", sections, head.examples, head.acknowledge)
    files = _files(packed, hashes, head.examples)
    texts = {text_name(number, one.id) for number, one in enumerate(head.sections, 1)}
    for name in packed.sizes.keys() - texts - set(files.values()) - {HEAD, LABELS, SUMS}:
        refuse(name, _("Nothing in guideline.json names this file."))
    return Archive(taxonomy, guideline, files)


def refuse(name: str, sentence: str) -> NoReturn:
    """Refuse an archive for what is wrong with one of its files."""
    raise BadArchive(fields=[(shown(name), sentence)])


def shown(name: str) -> str:
    """Give a name as it may be shown to people, whatever stands in it."""
    plain = name.encode("ascii", "backslashreplace").decode()
    return "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in plain)[:120] or "''"


def _verified(packed: Packed) -> dict[str, str]:
    """Hash every file and compare with the sums and with names; gives hashes by name."""
    hashes = {name: _hash(packed, name) for name in sorted(packed.sizes)}
    hashes.pop(SUMS, None)
    for name, found in hashes.items():
        known = FILES.fullmatch(name)
        if known and known[1] != found:
            refuse(name, _("The bytes of this file are not those that its name tells of."))
    if SUMS in packed.sizes:
        told = _told(packed)
        for name in sorted(told.keys() | hashes.keys()):
            if told.get(name) != hashes.get(name):
                refuse(name, _("This file is not what SHA256SUMS tells of it: it was changed, added or left out."))
    elif packed.summed:
        refuse(SUMS, _("This file is missing."))
    return hashes


def _told(packed: Packed) -> dict[str, str]:
    """Read the sums, as the program sha256sum writes them."""
    told: dict[str, str] = {}
    for line in _text(packed, SUMS).splitlines():
        row = LINE.fullmatch(line)
        if row is None or row[2] in told:
            refuse(SUMS, _("This file does not read as sha256sum writes it, a file a line."))
        told[row[2]] = row[1]
    return told


def _hash(packed: Packed, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with packed.open(name) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except BROKEN as problem:
        refuse(name, _unread(problem))
    return digest.hexdigest()


def _files(packed: Packed, hashes: Iterable[str], examples: Iterable[Example]) -> dict[str, str]:
    """Give the files by hash; each is named by an example, and each example that names one has it."""
    wanted = {one.asset.removeprefix("sha256:"): place for place, one in enumerate(examples) if one.asset is not None}
    found: dict[str, str] = {}
    for name in hashes:
        known = FILES.fullmatch(name)
        if known is None or known[1] not in wanted:
            continue
        if known[1] in found:
            refuse(name, _("This file stands in the archive twice."))
        found[known[1]] = name
    for sha256, place in wanted.items():
        if not ASSET.fullmatch(f"sha256:{sha256}") or sha256 not in found:
            refuse(HEAD, _("examples[{place}].asset: the archive has no such file.").format(place=place))
    return found


def _section(packed: Packed, number: int, one: Heading) -> Section:
    name = text_name(number, one.id)
    if not CODE.fullmatch(one.id):
        told = _("sections[{place}].id: an address has small letters, digits, - and _, at most 64.")
        refuse(HEAD, told.format(place=number - 1))
    if name not in packed.sizes:
        refuse(name, _("This file is missing."))
    text = _text(packed, name).removesuffix("\n")
    return Section(one.id, one.kind, one.title, text, one.label, one.category)


def _head(sent: dict[str, Any]) -> Head:
    if sent.get("format") != FORMAT or isinstance(sent["format"], bool):
        refuse(
            HEAD, _("This archive is not of format {n}, the only one that this installation reads.").format(n=FORMAT)
        )
    try:
        head = msgspec.convert(sent, Head)
    except msgspec.ValidationError as problem:
        refuse(HEAD, _unread(problem))
    if not LANGUAGE.fullmatch(head.language) or len(head.language) > LONGEST_LANGUAGE:
        refuse(HEAD, _("language: write a language tag, as in en or de-AT."))
    return head


def _parsed(packed: Packed, name: str) -> dict[str, Any]:
    """Read a JSON object in which no key stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            refuse(name, _("A key stands twice in one object."))
        return members

    def no_number(_written: str) -> NoReturn:
        refuse(name, _("NaN and Infinity are no numbers."))

    try:
        sent = json.loads(_text(packed, name), object_pairs_hook=once, parse_constant=no_number)
    except (ValueError, RecursionError) as problem:
        refuse(name, _unread(problem))
    if not isinstance(sent, dict):
        refuse(name, _("This file is no JSON object."))
    if told := flaw_in(sent):
        refuse(name, told)
    return sent


def _text(packed: Packed, name: str) -> str:
    if packed.sizes[name] > LARGEST_DOCUMENT:
        refuse(name, _("This file has more than {n} bytes.").format(n=f"{LARGEST_DOCUMENT:,}"))
    with packed.open(name) as file:
        body = file.read(LARGEST_DOCUMENT + 1)
    try:
        text = body.decode()
    except UnicodeDecodeError as problem:
        refuse(name, _("This file is not UTF-8 at byte {n}.").format(n=problem.start))
    if text.startswith("\ufeff"):
        refuse(name, _("This file begins with a byte order mark; save it as plain UTF-8."))
    if told := flaw_in(text):
        refuse(name, told)
    return text


def _written(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _unread(problem: Exception) -> str:
    return _("This file does not read: {problem}.").format(problem=problem)
