"""Sequencing: events that are visible and have no place get the next ones of their log, and the tree grows.

Not a cursor over ids: an event whose transaction commits late is found in `pending` whenever it appears. Rollbacks
leave gaps among the ids of events, never among places.
"""

import hashlib
from collections.abc import Iterator, Sequence

from django.db import transaction

from audit.errors import EventAltered, TreeDiffers
from audit.models.sql import Row, ask, insert, many, postgres, run
from audit.reads.nodes import HEIGHT, WIDTH, leaf_hashes, tile_roots
from audit.tree import Frontier

MOST = 500
"""Events of one transaction on SQLite, where a writer keeps all others waiting."""
MOST_ON_POSTGRES = 10_000
SIGNED_AT_LATEST = 10_000
"""Events that get their places before a checkpoint over them is signed, though more wait."""
LOCK = "SELECT id, tree_size, root, frontier FROM audit_log WHERE id = %s"
CHOSEN = """
SELECT p.event_id, e.leaf_hash, e.leaf FROM audit_pending p JOIN audit_event e ON e.id = p.event_id
WHERE e.log_id = %s ORDER BY p.event_id LIMIT %s
"""
PLACE = """
WITH oldest AS (
    SELECT p.event_id, e.leaf_hash, e.leaf_hash = sha256('\\x00'::bytea || e.leaf) AS whole
    FROM audit_pending p JOIN audit_event e ON e.id = p.event_id
    WHERE e.log_id = %s ORDER BY p.event_id LIMIT %s
), chosen AS (
    SELECT event_id, leaf_hash, whole, row_number() OVER (ORDER BY event_id) - 1 AS place FROM oldest
), placed AS (
    INSERT INTO audit_leaf (log_id, log_index, event_id, leaf_hash)
    SELECT %s::bigint, %s::bigint + place, event_id, leaf_hash FROM chosen
)
SELECT event_id, leaf_hash, whole FROM chosen ORDER BY place
"""
WAITING = "SELECT count(*) AS number FROM audit_pending p JOIN audit_event e ON e.id = p.event_id WHERE e.log_id = %s"
GONE = "DELETE FROM audit_pending WHERE event_id = ANY(%b::bigint[])"
"""Ids that are given, and no join with what was chosen: of a queue whose statistics were taken when it was empty the
planner expects one row, and compares each with each."""
GROW = "UPDATE audit_log SET tree_size = %s, root = %s, frontier = %s WHERE id = %s"
LEAF = {"log_id": "bigint", "log_index": "bigint", "event_id": "bigint", "leaf_hash": "bytea"}
TILE = {"log_id": "bigint", "level": "int", '"index"': "bigint", "hashes": "bytea"}


def batches(log_id: int, *, wait: bool = False) -> Iterator[int]:
    """Give their places to the events of a log that wait now, a batch at a time; tell of each how many there were.

    It ends after a batch that was not full, and before it has run after events that come as fast as it goes.
    """
    most = MOST_ON_POSTGRES if postgres() else MOST
    count = sequence(log_id, wait=wait) or 0
    yield count
    left = int(ask(WAITING, [log_id])[0].number) // most + 1 if count == most else 0
    while left and count == most:
        count, left = sequence(log_id, wait=wait) or 0, left - 1
        yield count


@transaction.atomic
def sequence(log_id: int, *, wait: bool = False) -> int | None:
    """Give the oldest waiting events of a log their places, at most a batch; tell how many there were.

    None: another sequencer is at work on this log (with `wait` it is waited for). Locks the log's row.

    Raises:
        EventAltered: an event's leaf is not what its hash says; nothing gets a place until it is mended.
        TreeDiffers: what the log's row says of the tree does not hold together.
    """
    locking = "" if not postgres() else " FOR NO KEY UPDATE" + ("" if wait else " SKIP LOCKED")
    found = ask(LOCK + locking, [log_id])
    if not found:
        return None
    log = found[0]
    edge = Frontier(log.tree_size, bytes(log.frontier))
    if edge.root != bytes(log.root):
        raise TreeDiffers
    hashes = (_place if postgres() else _place_one_by_one)(log)
    if hashes:
        edge.extend(hashes)
        _lay_tiles(log_id, log.tree_size, edge.size)
        run(GROW, [edge.size, edge.root, edge.kept, log_id])
    return len(hashes)


def _place(log: Row) -> list[bytes]:
    rows = ask(PLACE, [log.id, MOST_ON_POSTGRES, log.id, log.tree_size])
    if not all(row.whole for row in rows):
        raise EventAltered
    if rows:
        run(GONE, [[row.event_id for row in rows]])
    return [row.leaf_hash for row in rows]


def _place_one_by_one(log: Row) -> list[bytes]:
    rows = ask(CHOSEN, [log.id, MOST])
    if any(hashlib.sha256(b"\x00" + row.leaf).digest() != row.leaf_hash for row in rows):
        raise EventAltered
    if rows:
        insert(
            "audit_leaf", LEAF, [(log.id, n, row.event_id, row.leaf_hash) for n, row in enumerate(rows, log.tree_size)]
        )
        places, ids = many(row.event_id for row in rows)
        run(f"DELETE FROM audit_pending WHERE event_id IN {places}", ids)  # noqa: S608 - placeholders
    return [row.leaf_hash for row in rows]


def _lay_tiles(log_id: int, before: int, after: int) -> None:
    """Keep each tile that became full, from the leaves up."""
    level = 0
    while after >> HEIGHT * (level + 1):
        first, end = before >> HEIGHT * (level + 1), after >> HEIGHT * (level + 1)
        tiles = []
        for index in range(first, end):
            begin = index * WIDTH
            below: Sequence[bytes] = (
                leaf_hashes(log_id, begin, begin + WIDTH)
                if level == 0
                else tile_roots(log_id, level - 1, begin, begin + WIDTH)
            )
            if len(below) != WIDTH:
                raise TreeDiffers
            tiles.append((log_id, level, index, b"".join(below)))
        insert("audit_tile", TILE, tiles)
        level += 1
