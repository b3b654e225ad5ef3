"""Gathering a batch: the seats of a line whose proposals may be confirmed on a grid."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from audit.models.sql import Row, ask, lock, many
from reviews.actions.claiming import ANY_LANE, MAY_SIT, MOST_AT_ONCE, START, WINDOW, may_sit
from reviews.actions.gating import due_at_lane
from reviews.actions.seating import files_of
from reviews.models import Queue
from reviews.reads.batches import look_at_all_taken
from reviews.reads.held import hides_proposal
from reviews.reads.media import media_of
from reviews.reads.published import taxonomy_of
from reviews.reads.retired import retired_in
from reviews.reads.sent import sent_of
from reviews.reads.tiles import fits_a_tile

MAY_BE_TOGETHER = """
t.kind = 'work' AND t.state = 'open' AND i.impact = 'normal'
AND NOT s.single AND NOT s.compared AND s.number <= t.wanted
AND s.number = (SELECT min(o.number) FROM reviews_seat o WHERE o.task_id = s.task_id AND o.state = 'open')
AND EXISTS (SELECT 1 FROM reviews_prediction pr WHERE pr.item_id = i.id AND pr.purpose = 'route'
    AND pr.body IS NOT NULL)
"""
TAKE = f"""
SELECT s.id AS seat_id, t.sseq, t.head, 0 AS place FROM (
    SELECT s.id, s.rank, s.due_at FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id
    JOIN reviews_item i ON i.id = s.item_id
    WHERE {{which}} AND s.state = 'open' AND {MAY_BE_TOGETHER} AND {MAY_SIT}
    ORDER BY s.rank, s.due_at, s.id LIMIT %s) line
JOIN reviews_seat s ON s.id = line.id JOIN reviews_task t ON t.id = s.task_id
WHERE s.state = 'open' AND NOT s.single AND t.state = 'open' ORDER BY line.rank, line.due_at, line.id
"""  # noqa: S608 - constants
IN_LINE = TAKE.format(which="s.lane_id = %s AND (s.rank, s.due_at, s.id) > (%s, %s, %s)")


def gathered(person_id: int, queue: Queue, most: int, at: dt.datetime) -> list[Row]:
    """Lock and read seats of the queue, at most one an item, until there are enough.

    What cannot be confirmed on a grid is looked at and passed over without a lock. Locks task, seat.

    Raises:
        AcknowledgementDue: the guideline in force there asks to be acknowledged first.
    """
    found: dict[int, Row] = {}
    lanes = ANY_LANE.format(of_token="1 = 1")  # noqa: S106 - no token looks at a grid
    for lane in ask(lanes, [at, at, person_id, queue.pk, queue.pk]):
        if lane.gated:
            raise due_at_lane(lane.lane_id)
        for rows in _in_line(lane.lane_id, person_id, most, at):
            items = {row.item_id: row.seat_id for row in reversed(_fitting(rows)) if row.item_id not in found}
            seats = list(reversed(items.values()))[: most - len(found)]
            found |= {row.item_id: row for row in _locked(seats, person_id, at)}
            if len(found) >= most:
                return list(found.values())
    return list(found.values())


def _in_line(lane_id: int, person_id: int, most: int, at: dt.datetime) -> Iterator[list[Row]]:
    """Read a lane's seats in order, unlocked and in slices, until there are no more or enough were looked at."""
    after: tuple[Any, ...] = (-1, START, 0)
    looked, size = 0, most
    while looked < MOST_AT_ONCE:
        rows = look_at_all_taken(IN_LINE, [lane_id, *after, *may_sit(person_id, at), size], person_id, at)
        rows.sort(key=_place)
        yield rows
        if len(rows) < size:
            return
        after, looked, size = _place(rows[-1]), looked + size, WINDOW


def _place(seen: Row) -> tuple[Any, ...]:
    return seen.rank, seen.due_at, seen.seat_id


def _locked(seats: list[int], person_id: int, at: dt.datetime) -> list[Row]:
    """Lock those of these seats that are free still, and read them as they are now."""
    if not seats:
        return []
    placeholders, ids = many(seats)
    take = TAKE.format(which=f"s.id IN {placeholders}") + lock("t", "s", skip=True)
    taking = [*ids, *may_sit(person_id, at), len(seats)]
    return [row for row in look_at_all_taken(take, taking, person_id, at) if _plain(row)]


def _fitting(rows: list[Row]) -> list[Row]:
    """Leave what a grid can show: what must be heard, or does not stand whole on a tile, is looked at alone."""
    plain = [row for row in rows if _plain(row) and _whole(row)]
    media = media_of({file for row in plain for file in files_of(row)})
    return [row for row in plain if not media.sounding(files_of(row))]


def _whole(seen: Row) -> bool:
    """Tell whether a tile draws all of a seat's item."""
    body = sent_of(seen.item_body)
    return fits_a_tile(body.get("data", {}), body.get("segments", {}))


def _plain(seen: Row) -> bool:
    """Tell whether a seat's proposal is there to be confirmed: shown, and of labels that may be said."""
    if hides_proposal(seen):
        return False
    proposed = json.loads(seen.prediction_body)["prediction"]
    return retired_in(seen.task_type, proposed, taxonomy_of(seen.taxonomy_body)) is None
