"""Which trees an export proves to be beginnings of its own, beside those of its range: of whoever kept one."""

import json
from collections.abc import Iterable, Sequence

from audit.models.sql import ask
from audit.reads.filters import Cut

MOST = 1000
"""Sizes of checkpoints from before the range; of more than that every second, every third and so on is taken."""
MOST_ANCHORS = 3000
"""Sizes of anchors, thinned likewise, but for those that were mailed: somebody has them."""
COUNT = "SELECT count(DISTINCT size) AS number FROM audit_checkpoint WHERE log_id = %s AND size < %s AND id <= %s"
BEFORE = """
SELECT size FROM (
    SELECT size, row_number() OVER (ORDER BY size DESC) - 1 AS place
    FROM (SELECT DISTINCT size FROM audit_checkpoint WHERE log_id = %s AND size < %s AND id <= %s) each_
) numbered WHERE place %% %s = 0
"""
ANCHORS = """
SELECT p.body FROM audit_event e JOIN audit_payload p ON p.event_id = e.id
WHERE e.stream = %s AND e.type = 'audit.anchor_recorded' AND p.section = 'anchor' AND p.body IS NOT NULL ORDER BY e.sseq
"""
STREAM = "SELECT uuid FROM audit_log WHERE id = %s"


def earlier_sizes(cut: Cut) -> set[int]:
    """Give the sizes that a cut's export proves because checkpoints of them are elsewhere, or may be."""
    mailed, others = anchored_sizes(cut.log_id)
    found = {*mailed, *_thinned(sorted(others, reverse=True), MOST_ANCHORS), *_before(cut), *cut.known}
    return {size for size in found if 0 < size < cut.size}


def _before(cut: Cut) -> Iterable[int]:
    range_ = [cut.log_id, cut.begin, cut.checkpoint]
    number: int = ask(COUNT, range_)[0].number
    return [row.size for row in ask(BEFORE, [*range_, max(1, -(-number // MOST))])]


def anchored_sizes(log_id: int) -> tuple[set[int], set[int]]:
    """Give the sizes that were mailed, and those that went elsewhere, as the log's own stream tells them."""
    stream = f"log/{ask(STREAM, [log_id])[0].uuid}"
    told = [json.loads(bytes(row.body)) for row in ask(ANCHORS, [stream])]
    mailed = {one["size"] for one in told if one["kind"] == "mail"}
    return mailed, {one["size"] for one in told} - mailed


def _thinned(sizes: Sequence[int], most: int) -> Sequence[int]:
    return sizes[:: max(1, -(-len(sizes) // most))]
