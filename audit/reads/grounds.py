"""Entries that others rest upon: the events that permit erasures, and those that promise and reveal draw seeds.

An export discloses of them what a verifier needs, also where its filter does not choose them, and where they lie behind
its range; promises of draw seeds also where they lie before it.
"""

from collections.abc import Collection

from audit.models.sql import ask, many
from audit.reads.filters import Cut, Filter
from audit.reads.gone import anything_gone, gone
from audit.reads.lines import payload_line

SECTIONS = ("erased", "seed")
STEP = 2000
SEEDS = """
SELECT l.log_index FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
WHERE l.log_id = %s AND l.log_index < %s AND e.stream IN {streams} AND (
    e.type = 'reviews.seed_committed' OR (e.type = 'reviews.seed_revealed' AND l.log_index >= %s)
)
"""
CHOSEN = " SELECT i FROM chosen"
GROUND = """
SELECT p.section, p.salt, p.body FROM audit_leaf l JOIN audit_payload p ON p.event_id = l.event_id
WHERE l.log_id = %s AND l.log_index = %s AND p.body IS NOT NULL AND p.section IN {sections} ORDER BY p.section
"""
LEAF = (
    "SELECT e.leaf FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id WHERE l.log_id = %s AND l.log_index = %s"
)


def grounds(cut: Cut, drawn: Collection[str]) -> list[int]:
    """List the indexes that what a cut chooses rests upon and that are not chosen themselves, in order.

    `drawn` are the projects whose draws it discloses. Promises of their seeds may lie before the cut; the others lie at
    its begin or behind, all of them in its tree.
    """
    found = _seeds(cut, drawn)
    for begin in range(cut.begin, cut.end, STEP) if anything_gone() else ():
        erased = gone(cut.log_id, begin, min(begin + STEP, cut.end), cut.chosen)
        found.update(one["by"] for one in erased if one["by"] is not None)
    return sorted(
        index for index in found if not cut.begin <= index < cut.end or not _chosen(cut.log_id, index, cut.chosen)
    )


def _seeds(cut: Cut, drawn: Collection[str]) -> set[int]:
    streams, names = many([f"project/{one}" for one in drawn])
    sql = SEEDS.format(streams=streams)
    return {row.log_index for row in ask(sql, [cut.log_id, cut.size, *names, cut.begin])}


def _chosen(log_id: int, index: int, chosen: Filter) -> bool:
    with_, params = chosen.chosen(log_id, index, index + 1)
    return bool(ask(with_ + CHOSEN, params))


def ground_lines(log_id: int, index: int) -> bytes:
    """Give the lines of an entry that others rest upon: of its payload, what they need."""
    sections, names = many(SECTIONS)
    rows = ask(GROUND.format(sections=sections), [log_id, index, *names])
    return "".join(payload_line(index, row.section, row.salt, row.body) for row in rows).encode()


def leaf_of(log_id: int, index: int) -> bytes:
    """Give one leaf."""
    return bytes(ask(LEAF, [log_id, index])[0].leaf)
