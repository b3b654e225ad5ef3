"""What an export cannot disclose because it was erased, named by the erasure."""

from typing import Any

from audit.models.sql import ask, ask_one
from audit.reads.filters import Filter
from audit.reads.lines import sources
from audit.reads.telling import BODIES

BY = """
JOIN audit_erasure x ON x.id = {table}.erasure_id
LEFT JOIN audit_leaf y ON y.event_id = x.event_id AND y.log_id = %s
"""
SECTIONS = """
SELECT c.i, p.section, y.log_index AS place FROM chosen c JOIN audit_payload p ON p.event_id = c.event_id
"""
CONTENTS = """, stored AS ({sources})
SELECT s.i, s.commitment, y.log_index AS place FROM stored s
JOIN audit_payload p ON p.event_id = s.event_id AND p.section = s.section AND p.body IS NOT NULL
"""
LATE = """
SELECT x.id FROM audit_erasure x JOIN audit_event e ON e.id = x.event_id
LEFT JOIN audit_leaf y ON y.event_id = x.event_id
WHERE e.log_id = %s AND (y.log_index IS NULL OR y.log_index >= %s) LIMIT 1
"""
ANY = "SELECT id FROM audit_erasure LIMIT 1"


def anything_gone() -> bool:
    """Tell whether anything was ever erased."""
    return ask_one(ANY) is not None


def erased_after(log_id: int, size: int) -> bool:
    """Tell whether an erasure's event lies behind the first `size` entries of a log, or waits for its place."""
    return ask_one(LATE, [log_id, size]) is not None


def gone(log_id: int, begin: int, end: int, chosen: Filter) -> list[dict[str, Any]]:
    """List what was erased of the entries of [begin, end): {"i", "by", and "section" or "commitment"}, in order.

    "by" is the log index of the erasure's event, None where that has no place in this log.
    """
    with_, params = chosen.chosen(log_id, begin, end)
    found: list[dict[str, Any]] = [
        {"by": row.place, "i": row.i, "section": row.section}
        for row in ask(with_ + (SECTIONS + BY).format(table="p"), [*params, log_id])
    ]
    if BODIES:
        sql = with_ + (CONTENTS + BY).format(sources=sources(), table="s")
        found += [
            {"by": row.place, "commitment": row.commitment.hex(), "i": row.i} for row in ask(sql, [*params, log_id])
        ]
    return sorted(found, key=lambda one: (one["i"], one.get("section") or one["commitment"]))
