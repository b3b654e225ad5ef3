"""Walking the ledger in its order; the verbs that wrote it know nothing of what is found there.

An entry of the ledger is a committed fact, entries of an item stand in the order in which they happened, and none is
passed over: so what follows from one is noted once, in order, and what a killed worker left by the next walk.
"""

from collections.abc import Callable

from django.db import transaction

from audit.models import Log
from reviews.models import AuditWalk, CallbackWalk, NoticeWalk

STEP = 2000
"""Entries that are walked in one transaction."""
Walk = type[AuditWalk] | type[CallbackWalk] | type[NoticeWalk]
Note = Callable[[int, int, int], int]


def walk_logs(walk: Walk, *, looking: Callable[[], bool], note: Note) -> int:
    """Walk each log on to its end and give how many things were noted.

    `note` is given a log and its entries [begin, end), in a transaction of its own, and gives how many it noted. Where
    nobody is looking, a walk goes on to the end without it.
    """
    noted = 0
    for log_id in Log.objects.order_by("pk").values_list("pk", flat=True):
        walk.objects.get_or_create(log_id=log_id)
        while (found := _step(walk, log_id, looking, note)) is not None:
            noted += found
    return noted


@transaction.atomic
def _step(walk: Walk, log_id: int, looking: Callable[[], bool], note: Note) -> int | None:
    """Walk some entries of a log; None at its end, or where another walks it. Locks the walk, skipping a locked one.

    Whether somebody looks is asked after the end was read: what they wish to hear of comes later in the log.
    """
    locked = walk.objects.select_for_update(no_key=True, skip_locked=True).filter(log_id=log_id)
    begin = locked.values_list("log_index", flat=True).first()
    end = Log.objects.values_list("tree_size", flat=True).get(pk=log_id)
    if begin is None or begin >= end:
        return None
    noted = 0
    if looking():
        end = min(end, begin + STEP)
        noted = note(log_id, begin, end)
    walk.objects.filter(pk=log_id).update(log_index=end)
    return noted
