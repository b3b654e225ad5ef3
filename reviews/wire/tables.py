"""Rows as people bring them: pasted, or in a CSV or JSONL file, read to the cell. Formulas are text like any other."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext as _

from reviews.errors import BadBody
from reviews.wire.exact import Reader
from reviews.wire.shapes import ItemShape

MOST_ROWS, LARGEST_TEXT, MOST_COLUMNS = 5_000, 8 * 2**20, 60
SEPARATORS = {"tab": "\t", "semicolon": ";", "comma": ","}
KNOWN = {
    "external_id": {"external_id", "id", "key", "externalid"},
    "text": {"text", "content", "sentence", "message", "review", "comment", "body"},
    "image": {"image", "file", "filename", "file_name", "picture", "photo"},
    "label": {"label", "labels", "prediction", "predicted", "class", "category"},
    "confidence": {"confidence", "score", "probability", "certainty"},
}
HEADINGS = frozenset(word for words in KNOWN.values() for word in words)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?")
ITEM_KEYS = frozenset(ItemShape.__struct_fields__)


class Table(msgspec.Struct, frozen=True):
    """What was brought. `rows` are (row number as a spreadsheet counts, a cell for each column); `refused` say why.

    `kind` is rows, or items where each line is an item as the API takes it: its one cell is then the line itself.
    """

    kind: Literal["rows", "items"]
    columns: tuple[str, ...]
    rows: list[tuple[int, list[Any]]]
    refused: list[tuple[int, str]]
    separator: str = "none"
    header: bool = False


def text_of_file(content: bytes) -> str:
    """Read the bytes of a text file; a byte-order mark is passed over.

    Raises:
        BadBody: too long, a spreadsheet file, or in no encoding that says itself.
    """
    if content.startswith(b"PK\x03\x04"):
        raise BadBody(_("This is a spreadsheet or an archive. Save it as CSV (UTF-8) and bring that file."))
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return held_text(content.decode("utf-16" if wide else "utf-8-sig"))
    except UnicodeDecodeError as problem:
        told = _("This file is not UTF-8 (see byte %(place)s). Save it as CSV (UTF-8) and bring it again.")
        raise BadBody(told % {"place": problem.start}) from problem


def held_text(text: str) -> str:
    """Give a text back that is not too long and has no NUL in it.

    Raises:
        BadBody: it is not so, or holds nothing.
    """
    if len(text.encode("utf-8", "replace")) > LARGEST_TEXT:
        told = _("At most %(n)s MB of text at once; `items load` takes longer files.")
        raise BadBody(told % {"n": LARGEST_TEXT // 2**20})
    if "\0" in text:
        raise BadBody(_("This holds NUL characters, as binary files do. Save it as CSV (UTF-8) and bring it again."))
    if not text.strip():
        raise BadBody(_("There is nothing in it yet. Paste rows, or choose a file."))
    return text


def read_table(text: str, separator: str = "", header: bool | None = None) -> Table:
    """Read rows; the separator and whether the first row names the columns are guessed where they are not said.

    Raises:
        BadBody: more rows or columns than are taken at once, or quotation marks that do not close.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _from_lines(text)
    separator = separator if separator in {*SEPARATORS, "none"} else _separator_of(text)
    numbered = [(number, cells) for number, cells in enumerate(_cells(text, separator), 1) if any(cells)]
    if not numbered:
        raise BadBody(_("There is nothing in it yet. Paste rows, or choose a file."))
    header = _has_header(numbered) if header is None else header
    _hold_count(len(numbered) - header)
    width = len(numbered[0][1]) if header else max(len(cells) for _number, cells in numbered)
    names = numbered[0][1] if header else [""] * width
    if width > MOST_COLUMNS:
        raise BadBody(_("At most %(n)s columns.") % {"n": MOST_COLUMNS})
    if not header and width == 1:
        names = ["text"]
    refused = []
    rows: list[tuple[int, list[Any]]] = []
    for number, cells in numbered[1:] if header else numbered:
        if len(cells) > width:
            told = _("It has %(cells)s cells and there are %(columns)s columns. Put cells with a separator in quotes.")
            refused.append((number, told % {"cells": len(cells), "columns": width}))
        else:
            rows.append((number, cells + [""] * (width - len(cells))))
    return Table("rows", _named(names), rows, refused, separator, header)


def _separator_of(text: str) -> str:
    """Guess the separator: the first that cuts four of five rows into equally many cells; prose has none."""
    for name in SEPARATORS:
        try:
            widths = [len(cells) for cells in islice(_cells(text, name), 50) if any(cells)]
        except BadBody:
            continue
        (width, often), *_rest = Counter(widths).most_common(1) or [(1, 0)]
        first = text.lstrip().partition("\n")[0]
        prose = name != "tab" and first.count(SEPARATORS[name]) == first.count(f"{SEPARATORS[name]} ")
        if width > 1 and often * 5 >= len(widths) * 4 and not prose:
            return name
    return next((name for name in ("comma", "semicolon", "tab") if _is_one_column(text, name)), "none")


def _is_one_column(text: str, separator: str) -> bool:
    """Tell whether a text is CSV of one column, as programs write it: a line begins with a quote, all of it reads."""
    if not re.search(r'^\ufeff?"', text, re.MULTILINE):
        return False
    try:
        return all(len(cells) < 2 for cells in _cells(text, separator))
    except BadBody:
        return False


def _cells(text: str, separator: str) -> Iterator[list[str]]:
    if separator == "none":
        yield from ([line.strip()] for line in text.removeprefix("\ufeff").splitlines())
        return
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    rows = csv.reader(lines, delimiter=SEPARATORS[separator], strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as problem:
            told = _(
                "Row %(row)s cannot be read: quotation marks do not close, or a cell is longer than 131,072 signs."
            )
            raise BadBody(told % {"row": number}) from problem
        yield [cell.strip() for cell in cells]


def _has_header(numbered: list[tuple[int, list[str]]]) -> bool:
    first = numbered[0][1]
    if any(plain_name(cell) in HEADINGS for cell in first):
        return True
    numeric = {place for _number, cells in numbered[1:] for place, cell in enumerate(cells) if NUMBER.fullmatch(cell)}
    return bool(numeric) and all(first) and not any(NUMBER.fullmatch(cell) for cell in first)


def plain_name(heading: Any) -> str:
    """Give a heading as names are compared: in small letters, with underlines."""
    return re.sub(r"[\s-]+", "_", str(heading).strip().lower())


def _named(headings: list[Any]) -> tuple[str, ...]:
    """Give each column a name of its own, at most 64 characters."""
    names: list[str] = []
    for place, heading in enumerate(headings, 1):
        name = str(heading).strip()[:60] or f"column_{place}"
        names.append(name if name not in names else f"{name}_{place}")
    return tuple(names)


def _from_lines(text: str) -> Table:
    """Read JSONL: items as the API takes them where every line is one, else objects whose keys are columns."""
    reader = Reader()
    found: list[tuple[int, str, dict[str, Any]]] = []
    refused: list[tuple[int, str]] = []
    for number, line in enumerate(io.StringIO(text.lstrip("\ufeff"), newline="\n"), 1):
        if not line.strip():
            continue
        _hold_count(len(found) + 1)
        try:
            reading = reader.read(line)
        except BadBody as problem:
            refused.append((number, problem.sentence))
            continue
        if reading.flaws or not isinstance(reading.value, dict):
            refused.append((number, reading.flaws[0][1] if reading.flaws else _("This line is no JSON object.")))
        else:
            found.append((number, line.strip(), reading.value))
    if found and all("external_id" in one and one.keys() <= ITEM_KEYS for *_place, one in found):
        return Table("items", ("item",), [(number, [line]) for number, line, _one in found], refused)
    columns = list(dict.fromkeys(key for *_place, one in found for key in one))
    if len(columns) > MOST_COLUMNS:
        raise BadBody(_("At most %(n)s columns.") % {"n": MOST_COLUMNS})
    rows = [(number, [one.get(key, "") for key in columns]) for number, _line, one in found]
    return Table("rows", _named(columns), rows, refused, header=True)


def _hold_count(count: int) -> None:
    if count > MOST_ROWS:
        raise BadBody(_("At most %(n)s rows at once; `items load` takes longer files.") % {"n": f"{MOST_ROWS:,}"})
