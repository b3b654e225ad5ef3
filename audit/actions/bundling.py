"""The files of an export, one after the other, each a piece at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import bundle as bundles
from audit.actions.reporting import report
from audit.bundle import Bundle, Chunks, document, json_line, whole
from audit.bundle.forms import base64s, row
from audit.errors import ErasedElsewhere
from audit.models.sql import ask
from audit.reads.filters import Filter
from audit.reads.gone import anything_gone, gone
from audit.reads.lines import Piece, content_lines, leaf_lines, payload_lines
from audit.reads.nodes import node_reader
from audit.reads.telling import RECORDS
from audit.tree import consistency, inclusion, range_hashes

STEP = 2000
"""Entries looked at for one piece."""
PROOFS = 100
"""Proofs made before the tiles that they read are let go."""
HERE = Path(bundles.__file__).parent
FOR_PEOPLE = ("VERIFY.md", "draws.py", "verify.py")
SIZES = """
SELECT DISTINCT size FROM audit_checkpoint WHERE log_id = %s AND size >= %s AND size > %s AND size < %s
ORDER BY size LIMIT {limit}
"""
NOTES = """
SELECT id, size, note FROM audit_checkpoint WHERE log_id = %s AND size >= %s AND size <= %s AND id > %s AND id <= %s
ORDER BY id LIMIT {limit}
"""
Told = Callable[[str, int, int], None]
"""Hears how far a file is: its name, entries done, entries in all."""


@dataclass(frozen=True)
class Cut:
    """What an export holds: entries [begin, end) of a log, which of them it discloses, and against which tree.

    `checkpoint` is the row of the one that states the tree of `size`.
    """

    log_id: int
    begin: int
    end: int
    size: int
    checkpoint: int
    chosen: Filter
    cite: tuple[int, ...]


def write_files(bundle: Bundle, cut: Cut, plan: dict[str, Any], names: dict[str, str], told: Told) -> None:
    """Write every file but the manifest; those that are whole already are left alone.

    Raises:
        ErasedElsewhere: something was erased by an event that has no place in this log.
    """
    for path, lines in (
        ("entries.ndjson", lambda i, end: (leaf_lines(cut.log_id, i, end), end)),
        ("payloads.ndjson", lambda i, end: payload_lines(cut.log_id, i, end, cut.chosen)),
        ("contents.ndjson", lambda i, end: content_lines(cut.log_id, i, end, cut.chosen)),
    ):
        bundle.write(path, _lines(cut, lines, lambda i, path=path: told(path, i - cut.begin, cut.end - cut.begin)))  # type: ignore[misc]
    bundle.write("records.csv", _records(cut))
    bundle.write("erasures.json", _erasures(cut))
    _write_proofs(bundle, cut, plan["checkpoint"])
    bundle.write("report.html", whole(report(cut.log_id, cut.begin, cut.end, cut.chosen, plan=plan, names=names)))
    for name in FOR_PEOPLE:
        bundle.write(name, whole((HERE / name).read_bytes()))


def _lines(cut: Cut, lines: Callable[[int, int], Piece], reached: Callable[[int], None]) -> Chunks:
    def chunks(cursor: int | None) -> Iterator[tuple[bytes, int]]:
        i = cut.begin if cursor is None else cursor
        while i < cut.end:
            piece, i = lines(i, min(i + STEP, cut.end))
            yield piece, i
            reached(i)

    return chunks


def _records(cut: Cut) -> Chunks:
    columns = [name for one in RECORDS for name in one.columns]

    def lines(i: int, end: int) -> Piece:
        told = "".join(map(row, _rows(cut, i, end)))
        return ((row(["index", *columns]) if i == cut.begin else "") + told).encode(), end

    return _lines(cut, lines, lambda _i: None)


def _rows(cut: Cut, begin: int, end: int) -> Iterator[list[Any]]:
    for number, one in enumerate(RECORDS):
        before = sum(len(other.columns) for other in RECORDS[:number])
        with_, params = cut.chosen.chosen(cut.log_id, begin, end)
        types = sorted(one.types)
        places = ", ".join(["%s"] * len(types))
        found = ask(f"{with_} SELECT i, event_id FROM chosen WHERE type IN ({places}) ORDER BY i", [*params, *types])
        cells = one.read([event.event_id for event in found]) if found else {}
        for event in found:
            if event.event_id in cells:
                yield [event.i, *[None] * before, *cells[event.event_id]]


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
            yield head + (b"," if some and said else b"") + said + tail, [end, some or bool(said)]
            i, some = end, some or bool(said)

    return chunks


def _write_proofs(bundle: Bundle, cut: Cut, checkpoint: str) -> None:
    node = node_reader(cut.log_id)
    sides = {
        "left": base64s(range_hashes(0, cut.begin, node)),
        "right": base64s(range_hashes(cut.end, cut.size, node)),
    }
    bundle.write("range_proof.json", whole(document(sides)))
    bundle.write("checkpoint", whole(checkpoint.encode()))
    for path, note in _checkpoints(cut):
        bundle.write(path, whole(note))
    bundle.write("consistency.json", _consistency(cut))
    for index in cut.cite:
        proof = bundles.record_proof(index, inclusion(index, cut.size, node), checkpoint)
        bundle.write(f"proofs/{index}.tlog-proof", whole(proof))


def _checkpoints(cut: Cut) -> Iterator[tuple[str, bytes]]:
    """Give the checkpoints of the range by name; of two of one second, the later one, which more keys have signed."""
    after, held = 0, None
    while found := ask(NOTES.format(limit=STEP), [cut.log_id, cut.begin, cut.size, after, cut.checkpoint]):
        for one in found:
            path = f"checkpoints/{one.size}-{bundles.cosigned_at(one.note)}"
            if held and held[0] != path:
                yield held
            held, after = (path, one.note.encode()), one.id
    if held:
        yield held


def _consistency(cut: Cut) -> Chunks:
    def chunks(cursor: list[Any] | None) -> Iterator[tuple[bytes, list[Any]]]:
        after, some = cursor or (0, False)
        bounds = [cut.log_id, cut.begin]
        while after < cut.size:
            node = node_reader(cut.log_id)
            sizes = [row.size for row in ask(SIZES.format(limit=PROOFS), [*bounds, after, cut.size])]
            proofs = [{"from": size, "proof": base64s(consistency(size, cut.size, node))} for size in sizes]
            said = b",".join(map(json_line, proofs))
            head = b"[" if after == 0 else b""
            following = sizes[-1] if len(sizes) == PROOFS else cut.size
            tail = b"]\n" if following == cut.size else b""
            yield head + (b"," if some and said else b"") + said + tail, [following, some or bool(said)]
            after, some = following, some or bool(said)

    return chunks

