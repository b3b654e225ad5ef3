"""What endpoints are told of, found by walking the ledger: each message is noted once, in the order of its item."""

import datetime as dt
from uuid import UUID

from audit.models.sql import Row, ask, many
from reviews.actions.walking import walk_logs
from reviews.models import Callback, CallbackWalk, Delivery, Endpoint, Kind, Outcome, Route, Task, Told
from reviews.reads.messages import section_of

PATIENCE = dt.timedelta(days=3)
ARRIVED, ROUTED_AGAIN = "reviews.item_received", "reviews.item_routed_again"
TELLING = (
    "reviews.outcome_released",
    ROUTED_AGAIN,
    "reviews.escalated",
    "reviews.item_held",
    ARRIVED,
)
ENTRIES = """
SELECT e.id, e.type, e.stream, e.recorded_at FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index >= %s AND l.log_index < %s AND e.type IN {kinds} ORDER BY l.log_index
"""


def note_callbacks(*, at: dt.datetime) -> int:
    """Walk each log on to its end and note the messages that follow; give how many."""

    def note(log_id: int, begin: int, end: int) -> int:
        kinds, names = many(TELLING)
        return _note(ask(ENTRIES.format(kinds=kinds), [log_id, begin, end, *names]), at)

    return walk_logs(CallbackWalk, looking=Endpoint.objects.exists, note=note)


def _note(entries: list[Row], at: dt.datetime) -> int:
    streams = {UUID(row.stream.removeprefix("item/")): row.stream for row in entries if row.stream.startswith("item/")}
    asked = Callback.objects.filter(item__uuid__in=list(streams)).select_related("endpoint", "item")
    wishes = {f"item/{wish.item.uuid}": wish for wish in asked}
    arrived = [wishes[row.stream].item_id for row in entries if row.type == ARRIVED and row.stream in wishes]
    held = set(Route.objects.filter(item__in=arrived, number=1, arm="hold").values_list("item_id", flat=True))
    routed = {row.id for row in entries if row.type in {ARRIVED, ROUTED_AGAIN} and row.stream in wishes}
    theirs = [wishes[row.stream].item_id for row in entries if row.id in routed]
    lifting = Task.objects.filter(item__in=theirs, event__in=routed, kind=Kind.ESCALATION)  # events have no index
    lifted = set(lifting.values_list("event_id", flat=True))
    made = []
    for row in entries:
        wish = wishes.get(row.stream)
        told, outcome = _told(row, wish.item_id, held, lifted) if wish else (None, None)
        if wish is not None and told in wish.endpoint.events:
            made.append(
                Delivery(
                    endpoint_id=wish.endpoint_id,
                    item_id=wish.item_id,
                    told=str(told),
                    event_id=row.id,
                    outcome=outcome,
                    happened_at=row.recorded_at,
                    next_at=at,
                    until_at=at + PATIENCE,
                )
            )
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _told(row: Row, item_id: int, held: set[int], lifted: set[int]) -> tuple[Told | None, Outcome | None]:
    """Say what an entry is to the item's program; None for an accept at intake, which was answered on the spot.

    `held` are items that intake held, `lifted` the routings, first or again, that opened work at a higher level.
    """
    if row.type == "reviews.escalated" or row.id in lifted:
        return Told.ESCALATED, None
    if row.type == "reviews.item_held":
        return Told.HELD, None
    if row.type == ARRIVED:
        return (Told.HELD if item_id in held else None), None
    outcomes = Outcome.objects.filter(item_id=item_id)
    if row.type == ROUTED_AGAIN:
        outcome = outcomes.filter(event_id=row.id).first()
    else:
        named = section_of(row.id, "outcome").get("outcome")
        outcome = outcomes.filter(uuid=named).first() if named else None
    if outcome is None:
        return None, None
    return (Told.RELEASED if outcome.supersedes is None else Told.SUPERSEDED), outcome
