"""The files of an export that hold what happened, one after the other, each a piece at a time."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import bundle as bundles
from audit.actions.proving import write_proofs
from audit.actions.reporting import report
from audit.bundle import Bundle, Chunks, document, json_line, row, whole
from audit.errors import ErasedElsewhere
from audit.models.sql import ask, many
from audit.reads.figures import Figures, figures
from audit.reads.filters import Cut
from audit.reads.gone import anything_gone, gone
from audit.reads.grounds import ground_lines, grounds
from audit.reads.lines import Piece, content_lines, leaf_lines, payload_lines
from audit.reads.telling import BODIES, RECORDS

STEP = 500
"""Entries looked at for one piece."""
HERE = Path(bundles.__file__).parent
FOR_PEOPLE = ("VERIFY.md", "draws.py", "verify.py")
TOLD = " SELECT i, event_id FROM chosen WHERE type IN {places} ORDER BY i"
Told = Callable[[str, int, int], None]
"""Hears how far a file is: its name, entries done, entries in all."""


@dataclass(frozen=True)
class Pace:
    """Tells how far a file of a cut has come."""

    path: str
    cut: Cut
    told: Told

    def reached(self, index: int) -> None:
        """Say that everything before this entry is written."""
        self.told(self.path, index - self.cut.begin, self.cut.end - self.cut.begin)


def write_files(bundle: Bundle, cut: Cut, plan: Mapping[str, Any], names: Mapping[str, str], told: Told) -> None:
    """Write every file but the manifest; those that are whole already are left alone.

    Raises:
        ErasedElsewhere: something was erased by an event that has no place in this log.
    """
    log, chosen = cut.log_id, cut.chosen
    entries = Pace("entries.ndjson", cut, told)
    bundle.write(entries.path, _lines(cut, lambda i, end: (leaf_lines(log, i, end), end), entries))
    bundle.write("erasures.json", _erasures(cut))
    found = figures(cut)
    resting = grounds(cut, found.drawn)
    bundle.write("payloads.ndjson", _payloads(cut, resting, Pace("payloads.ndjson", cut, told)))
    contents = Pace("contents.ndjson", cut, told)
    kinds = frozenset().union(*(one.types for one in BODIES.values()))
    bundle.write(contents.path, _some(found, kinds, lambda i, end: content_lines(log, i, end, chosen), contents))
    bundle.write("records.csv", _records(cut, found, Pace("records.csv", cut, told)))
    write_proofs(bundle, cut, plan["checkpoint"], [index for index in resting if not cut.begin <= index < cut.end])
    if "report.html" not in bundle:
        bundle.write("report.html", whole(report(cut, found, plan=plan, names=names)))
    for name in FOR_PEOPLE:
        bundle.write(name, whole((HERE / name).read_bytes()))


def _lines(cut: Cut, lines: Callable[[int, int], Piece], pace: Pace) -> Chunks:
    def chunks(cursor: int | None) -> Iterator[tuple[bytes, int]]:
        i = cut.begin if cursor is None else cursor
        while i < cut.end:
            piece, i = lines(i, min(i + STEP, cut.end))
            yield piece, i
            pace.reached(i)

    return chunks


def _payloads(cut: Cut, resting: list[int], pace: Pace) -> Chunks:
    """Give the disclosed payloads, and in their places those that others rest upon."""

    def chunks(cursor: int | None) -> Iterator[tuple[bytes, int]]:
        i = 0 if cursor is None else cursor
        ahead = [index for index in resting if index >= i]
        while ahead and ahead[0] < cut.begin:
            i = ahead.pop(0)
            yield ground_lines(cut.log_id, i), i + 1
        i = max(i, cut.begin)
        while i < cut.end:
            if ahead and ahead[0] == i:
                piece, i = ground_lines(cut.log_id, ahead.pop(0)), i + 1
            else:
                end = min(i + STEP, cut.end, *ahead[:1])
                piece, i = payload_lines(cut.log_id, i, end, cut.chosen)
            yield piece, i
            pace.reached(i)
        for index in ahead:
            yield ground_lines(cut.log_id, index), index + 1

    return chunks


def _some(found: Figures, types: Set[str], lines: Callable[[int, int], Piece], pace: Pace) -> Chunks:
    """Give lines where a cut has events of these types."""

    def chunks(cursor: int | None) -> Iterator[tuple[bytes, int]]:
        for begin, end in found.ranges_of(types, cursor or 0):
            i = begin
            while i < end:
                piece, i = lines(i, min(i + STEP, end))
                yield piece, i
                pace.reached(i)

    return chunks


def _records(cut: Cut, found: Figures, pace: Pace) -> Chunks:
    columns = [name for one in RECORDS for name in one.columns]
    types = frozenset().union(*(one.types for one in RECORDS))

    def chunks(cursor: int | None) -> Iterator[tuple[bytes, int]]:
        if cursor is None:
            yield row(["index", *columns]).encode(), cut.begin
        yield from _some(found, types, lambda i, end: ("".join(map(row, _rows(cut, i, end))).encode(), end), pace)(
            cursor
        )

    return chunks


def _rows(cut: Cut, begin: int, end: int) -> Iterator[list[Any]]:
    with_, params = cut.chosen.chosen(cut.log_id, begin, end)
    before = 0
    for one in RECORDS:
        places, types = many(sorted(one.types))
        found = ask(with_ + TOLD.format(places=places), [*params, *types])
        cells = one.read([event.event_id for event in found]) if found else {}
        for event in found:
            if event.event_id in cells:
                yield [event.i, *[None] * before, *cells[event.event_id]]
        before += len(one.columns)


def _erasures(cut: Cut) -> Chunks:
    if not anything_gone():
        return whole(document([]))

    def chunks(cursor: list[Any] | None) -> Iterator[tuple[bytes, list[Any]]]:
        i, some = cursor or (cut.begin, False)
        while i < cut.end:
            end = min(i + STEP, cut.end)
            found = gone(cut.log_id, i, end, cut.chosen)
            if any(one["by"] is None for one in found):
                raise ErasedElsewhere
            said = b",".join(map(json_line, found))
            head = b"" if i != cut.begin else b"["
            tail = b"]\n" if end == cut.end else b""
            some, glue = some or bool(said), b"," if some and said else b""
            yield head + glue + said + tail, [end, some]
            i = end

    return chunks
