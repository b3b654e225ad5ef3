"""Deadlines: what happens to an item that has no answer by the time it was wanted."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.reads import clock
from audit.models.sql import Row, ask, ask_one, many, run
from reviews.actions.asking_more import held
from reviews.actions.climbing import by_clock, lock_item, open_seats, write_following
from reviews.actions.consequences import Following, Writes
from reviews.actions.ending import end_claims
from reviews.actions.lines import making_lanes
from reviews.actions.passing_on import up
from reviews.actions.trail import Ground, Trail
from reviews.errors import NoHigherLevel
from reviews.models import ItemState
from reviews.reads.published import rights_of
from reviews.rights import Rights

DUE = "SELECT i.id FROM reviews_item i WHERE i.deadline_at <= %s ORDER BY i.deadline_at, i.id LIMIT %s"
GOVERNING = """
SELECT rv.body, rv.number, p.id AS project_id, p.uuid AS project_uuid, l.id AS log_id, l.origin, i.uuid AS item_uuid,
    (SELECT max(o.release_at) FROM reviews_outcome o WHERE o.item_id = i.id AND o.annulled_at IS NULL
        AND o.released_at IS NULL) AS release_at
FROM reviews_item i JOIN accounts_project p ON p.id = i.project_id JOIN audit_log l ON l.id = p.log_id
JOIN reviews_route r ON r.item_id = i.id
    AND r.number = (SELECT max(x.number) FROM reviews_route x WHERE x.item_id = i.id)
JOIN reviews_rightsversion rv ON rv.id = r.rights_id
WHERE i.id = %s
"""
LEASED = """
SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id WHERE t.item_id = %s AND s.state = 'leased'
"""


def meet_deadlines(*, at: dt.datetime, limit: int = 200) -> int:
    """Do with items past their deadline what their decision rights say, each in its own transaction; give how many.

    Never is one approved. A held one has nobody to be passed to: it expires where the rights say so, else it stays held
    and the ledger tells that its deadline passed. Each deadline acts once; an item that is routed again afterwards has
    only the clock of its new work. One that is settled and not yet released keeps its answer, and is looked at again
    then. Locks item, task, seat; an item that another transaction holds is left for the next time.
    """
    return sum(_meet(row.id, at) for row in ask(DUE, [at, limit]))


@making_lanes
@transaction.atomic
def _meet(item_id: int, at: dt.datetime) -> bool:
    item = lock_item(item_id)
    if item is None or item.deadline_at is None or item.deadline_at > at:
        return False
    found = ask_one(GOVERNING, [item_id])
    assert found is not None
    rights = rights_of(found.body)
    again = max(found.release_at, at + dt.timedelta(seconds=15)) if found.release_at else None
    if item.item_state == ItemState.OPEN and rights.on_deadline != "withdraw":
        _pass_on(item, rights, at)
    elif item.item_state in {ItemState.OPEN, ItemState.HELD} and rights.on_deadline == "withdraw":
        _expire(item, found, at)
    elif item.item_state == ItemState.HELD:
        _tell(item, found, ItemState.HELD, "reviews.deadline_passed", at, deadline={"then": rights.on_deadline})
    run("UPDATE reviews_item SET deadline_at = %s WHERE id = %s", [again, item_id])
    return True


def _pass_on(item: Row, rights: Rights, at: dt.datetime) -> None:
    """Escalate one level, or hold the item where the rights say so or there is no higher level."""
    seats = open_seats(item.id)
    seats = [row for row in seats if row.task_id == seats[-1].task_id]
    following = by_clock(item, seats, at)
    write_following(following, _raised(following) if rights.on_deadline == "escalate" else held(following, "deadline"))


def _raised(following: Following) -> Writes:
    level = following.seen.queue_level
    rules = sorted(
        (rule for rule in following.rights.escalation if rule.to.level > level), key=lambda rule: rule.to.level
    )
    try:
        return up(following, rules, "deadline", {}, reason="deadline")
    except NoHigherLevel:
        return held(following, "deadline")


def _expire(item: Row, found: Row, at: dt.datetime) -> None:
    """Take the item out of the work: its tasks close, its claims end, and nobody is asked any more."""
    tasks = {row.task_id for row in open_seats(item.id)}
    if tasks:
        places, ids = many(tasks)
        run(f"UPDATE reviews_seat SET state = 'closed' WHERE state = 'open' AND task_id IN {places}", ids)  # noqa: S608
        run(f"UPDATE reviews_task SET state = 'closed' WHERE id IN {places}", ids)  # noqa: S608
    leased = [row.id for row in ask(LEASED, [item.id])]
    if leased:
        end_claims(leased, reason="ended", by=clock(), at=at)
    _tell(item, found, ItemState.EXPIRED, "reviews.item_expired", at, expired={"tasks": len(tasks)})


def _tell(item: Row, found: Row, state: ItemState, kind: str, at: dt.datetime, **section: Any) -> None:
    """Tell what a deadline led to, and leave the item in a state."""
    trail = Trail(Ground(found.project_id, found.project_uuid, (found.log_id, found.origin)), clock(), at)
    stream = f"item/{found.item_uuid}"
    trail.at_head(stream, item.item_sseq, item.item_head)
    trail.add(stream, kind, {"item": str(found.item_uuid), "rights": found.number}, **section)
    trail.write()
    head = trail.heads[stream]
    run(
        "UPDATE reviews_item SET state = %s, sseq = %s, head = %s WHERE id = %s",
        [state.value, head.sseq, head.hash, item.id],
    )
