"""The files of an export that prove: ranges, checkpoints, consistency, and single records."""

from collections.abc import Iterator
from typing import Any

from audit.bundle import Bundle, Chunks, base64s, cosigned_at, document, json_line, record_proof, whole
from audit.models.sql import ask
from audit.reads.anchors import anchor_files
from audit.reads.earlier import earlier_sizes
from audit.reads.filters import Cut
from audit.reads.grounds import leaf_of
from audit.reads.nodes import node_reader
from audit.tree import consistency, inclusion, range_hashes

STEP = 500
PROOFS = 100
"""Proofs made before the tiles that they read are let go."""
MOST = 5000
"""Checkpoints of a bundle; of more than that every second, every third and so on is taken, the target's and those with
a time stamp among them."""
COUNT = "SELECT count(*) AS number FROM audit_checkpoint WHERE log_id = %s AND size >= %s AND size <= %s AND id <= %s"
KEPT = """
FROM (
    SELECT id, size, note, row_number() OVER (ORDER BY id DESC) - 1 AS place FROM audit_checkpoint
    WHERE log_id = %s AND size >= %s AND size <= %s AND id <= %s
) kept WHERE (place %% %s = 0 OR size IN (SELECT size FROM audit_anchor WHERE log_id = %s AND kind = 'rfc3161'))
"""
NOTES = "SELECT id, size, note " + KEPT + " AND id > %s ORDER BY id LIMIT {limit}"


def write_proofs(bundle: Bundle, cut: Cut, checkpoint: str, outside: list[int]) -> None:
    """Write what proves a cut; `outside` are entries beside its range that it rests upon."""
    node = node_reader(cut.log_id)
    sides = {
        "left": base64s(range_hashes(0, cut.begin, node)),
        "right": base64s(range_hashes(cut.end, cut.size, node)),
    }
    bundle.write("range_proof.json", whole(document(sides)))
    bundle.write("checkpoint", whole(checkpoint.encode()))
    kept = _kept(cut)
    for path, note in _checkpoints(kept):
        bundle.write(path, whole(note))
    sizes = {row.size for row in ask("SELECT DISTINCT size " + KEPT, kept)}
    bundle.write("consistency.json", _consistency(cut, sorted(sizes | earlier_sizes(cut))))
    for path, content in anchor_files(cut.log_id, cut.size, from_size=cut.begin, sizes=sizes):
        bundle.write(path, whole(content))
    bundle.write("outside.ndjson", _outside(cut, outside))
    for index in cut.cite:
        proof = record_proof(index, inclusion(index, cut.size, node), checkpoint)
        bundle.write(f"proofs/{index}.tlog-proof", whole(proof))


def _kept(cut: Cut) -> list[int]:
    """Give the parameters of KEPT: which checkpoints of a cut's range a bundle holds."""
    range_ = [cut.log_id, cut.begin, cut.size, cut.checkpoint]
    number: int = ask(COUNT, range_)[0].number
    return [*range_, max(1, -(-number // MOST)), cut.log_id]


def _checkpoints(kept: list[int]) -> Iterator[tuple[str, bytes]]:
    """Give the checkpoints of the range by name; of two of one second, the later one, which more keys have signed."""
    after, held = 0, None
    while found := ask(NOTES.format(limit=STEP), [*kept, after]):
        for one in found:
            path = f"checkpoints/{one.size}-{cosigned_at(one.note)}"
            if held and held[0] != path:
                yield held
            held, after = (path, one.note.encode()), one.id
    if held:
        yield held


def _consistency(cut: Cut, wanted: list[int]) -> Chunks:
    def chunks(cursor: list[Any] | None) -> Iterator[tuple[bytes, list[Any]]]:
        after, some = cursor or (0, False)
        while after < cut.size:
            node = node_reader(cut.log_id)
            sizes = [size for size in wanted if after < size < cut.size][:PROOFS]
            proofs = [{"from": size, "proof": base64s(consistency(size, cut.size, node))} for size in sizes]
            said = b",".join(map(json_line, proofs))
            head, after = b"[" if after == 0 else b"", sizes[-1] if len(sizes) == PROOFS else cut.size
            some, glue = some or bool(said), b"," if some and said else b""
            yield head + glue + said + (b"]\n" if after == cut.size else b""), [after, some]

    return chunks


def _outside(cut: Cut, indexes: list[int]) -> Chunks:
    def chunks(cursor: int | None) -> Iterator[tuple[bytes, int]]:
        node = node_reader(cut.log_id)
        for index in indexes:
            if cursor is None or index >= cursor:
                proof = base64s(inclusion(index, cut.size, node))
                line = {"i": index, "leaf": leaf_of(cut.log_id, index).decode(), "proof": proof}
                yield json_line(line) + b"\n", index + 1

    return chunks
