"""One person more: asked because of a skip or a disagreement; or the item held because nobody is left."""

from reviews.actions.consequences import CLOSE, Following, Writes
from reviews.actions.lines import someone_left
from reviews.actions.seating import tags_of
from reviews.models import ItemState

SEAT = (
    "INSERT INTO reviews_seat (task_id, item_id, number, lane_id, rank, due_at, apart, compared, state) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'open')"
)


def waiting(following: Following) -> Writes:
    """Wait for the others; where no seat is left for them ask once more, and hold the item when there is nobody."""
    return (lambda _events: []) if others_sit(following) else asked_again(following)


def others_sit(following: Following) -> bool:
    """Tell whether another seat of the task waits or is being worked on."""
    mine = following.seen.seat_id
    return any(seat.state in {"open", "leased"} for seat in following.seats if seat.seat_id != mine)


def reworked(following: Following) -> bool:
    """Tell whether a decision of the task was returned to its author and its redo is still to come."""
    mine = following.seen.seat_id
    return any(
        seat.kept_for_id is not None and seat.state in {"open", "leased"}
        for seat in following.seats
        if seat.seat_id != mine
    )


def asked_again(following: Following) -> Writes:
    """Ask one more person; where nobody is left hold the item, unless it has its answer: then the seat waits."""
    decided = following.seats[0].live_number is not None
    if decided or _someone_left(following):
        return seat_added(following)
    return held(following)


def skipped(following: Following) -> Writes:
    """Ask somebody else; when nobody is left, wait for those who sit, and after them hold the item."""
    if not _someone_left(following) and _still_comes(following):
        return lambda _events: []
    return asked_again(following)


def _still_comes(following: Following) -> bool:
    """Tell whether an answer still comes without anybody new: somebody sits, or a seat is kept for its author.

    An open seat that nobody is left for brings none; but an item that has its answer lets it wait.
    """
    if following.item_state != ItemState.OPEN:
        return others_sit(following)
    mine = following.seen.seat_id
    return reworked(following) or any(row.state == "leased" for row in following.seats if row.seat_id != mine)


def seat_added(following: Following) -> Writes:
    """Ask one more person: a seat like this decision's own."""
    seen, own = following.seen, following.own_seat
    number = max(seat.number for seat in following.seats) + 1
    following.trail.add(following.task_stream, "reviews.seat_added", tags_of(seen), seat={"number": number})
    following.looks.append((own.lane_id, own.rank, own.due_at, 0))
    seat = [seen.task_id, seen.item_id, number, own.lane_id, own.rank, own.due_at, seen.apart, own.compared]
    return lambda _events: [(SEAT, seat)]


def held(following: Following, reason: str = "nobody_left") -> Writes:
    """Hold the item: nobody is left to ask, or nobody answered, so operations route it again."""
    seen = following.seen
    following.task_state, following.item_state = "closed", "held"
    following.trail.add(
        following.item_stream,
        "reviews.item_held",
        tags_of(seen),
        held={"task": str(seen.task_uuid), "reason": reason},
    )
    return lambda _events: [(CLOSE, [seen.task_id, seen.seat_id])]


def _someone_left(following: Following) -> bool:
    seen = following.seen
    return someone_left(following.own_seat.lane_id, seen.item_id, following.at, seen.task_id)
