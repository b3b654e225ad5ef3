"""Long runs that somebody asked for: one worker begins one, and it is taken up again where its worker was lost."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from audit.errors import Refusal
from reviews.actions.enqueuing import enqueue
from reviews.models import Run

REST = dt.timedelta(minutes=2)
"""A run that has not moved for so long has lost its worker."""
OFTEN = dt.timedelta(seconds=1)
"""How often a run may note how far it is."""
Clock = Callable[[], dt.datetime]
R = TypeVar("R", bound=Run)


def save_run(run: Run, job: str, taken: type[Refusal]) -> None:
    """Write what was asked for and have a worker begin it.

    Raises:
        Refusal: `taken`, where one that may not run beside it is not through.
    """
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            transaction.on_commit(partial(enqueue, job, [run.pk]))
    except IntegrityError as problem:
        raise taken from problem


@transaction.atomic
def begin_run(runs: QuerySet[R], pk: int, at: dt.datetime, *, alone: bool = False) -> R | None:
    """Note that a worker begins a run, and give it; None where there is nothing to do or another worker moves it.

    `alone`: neither where a worker is at another run of this kind; two that begin wait for each other. The number of
    the try tells this worker's writes from those of one that was given up and still lives.
    """
    if alone and _another_runs(runs, pk, at):
        return None
    run = runs.select_for_update(of=("self",)).get(pk=pk)
    if not (run.waits or (run.runs and run.moved_at <= at - REST)):
        return None
    run.take_up(at)
    run.save(update_fields=["state", "moved_at", "tries"])
    return run


def _another_runs(runs: QuerySet[R], pk: int, at: dt.datetime) -> bool:
    """Lock all that are not through, in the order of their keys, and tell whether one but this moves."""
    unended = runs.filter(state__in=("waiting", "running")).select_for_update(of=("self",)).order_by("pk")
    return any(run.pk != pk and run.runs and run.moved_at > at - REST for run in unended)


def take_up_runs(
    unfinished: QuerySet[R], job: str, at: dt.datetime, *, most_tries: int, give_up: Callable[[R], object]
) -> list[int]:
    """Ask again for runs that a lost broker or a killed worker left; give their ids.

    What was tried too often is given up.
    """
    left = unfinished.filter(moved_at__lt=at - REST).order_by("pk")
    for run in left.filter(tries__gte=most_tries):
        give_up(run)
    ids = list(left.values_list("pk", flat=True))
    enqueue(job, ids)
    return ids
