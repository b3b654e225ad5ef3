"""Re-review: past outcomes that a change of labels affects, found by a worker and put up for people to look at anew."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from audit.errors import Refusal
from guidelines.reads import taxonomy_in_force
from reviews.actions.enqueuing import enqueue
from reviews.actions.governing import entitled
from reviews.actions.long_runs import Clock, begin_run, save_run, take_up_runs
from reviews.actions.reopening import open_rereview
from reviews.actions.seeding import seed_of_month
from reviews.errors import BadRereview, NothingAffected, RereviewOver, RereviewRuns, RereviewStopped
from reviews.models import GOING, Queue, Rereview, RereviewState
from reviews.reads.rereviews import Looked, extent, looked_at
from reviews.rights import drawn, month_seed, units
from reviews.rights.numbers import decimal, shortest

JOB = "reviews.rereview"
MOST_TRIES = 20
AT_ONCE = 50
"""Tasks that are opened before it is written down how far a run has come: many fewer than fit into REST."""
PURPOSE = "rereview"


def ask_rereview(
    *,
    project: Project,
    labels: Collection[str],
    segment: str = "",
    value: str = "",
    since: dt.datetime | None = None,
    by: Actor,
    at: dt.datetime,
) -> Rereview:
    """Ask which outcomes in force name any of these labels; a worker looks, and opens nothing before it is confirmed.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        BadRereview: no label is named, or a segment without its value.
        RereviewRuns: another one is not through yet.
    """
    entitled(project=project, by=by, at=at)
    wanted = sorted(set(labels))
    if not wanted:
        raise BadRereview(fields=[("labels", _("Choose at least one label."))])
    if bool(segment) != bool(value):
        raise BadRereview(fields=[("segment", _("Name a segment together with its value."))])
    total, last = extent(project.pk)
    asked = Rereview(
        project=project, taxonomy=taxonomy_in_force(project.pk), person_id=by.person_id, asked_at=at, labels=wanted,
        segment=segment, value=value, since=since, last=last, total=total, moved_at=at,
    )  # fmt: skip
    save_run(asked, JOB, RereviewRuns)
    return asked


@transaction.atomic
def confirm_rereview(*, run: Rereview, queue: Queue, share: str, reason: str, by: Actor, at: dt.datetime) -> Rereview:
    """Put up for re-review what was found, or a drawn share; a worker opens the tasks. Locks the project, then the run.

    The share is drawn by the seed of this month, so that anyone can redo it, and a larger one keeps every pick of a
    smaller one.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        BadRereview: no reason is given, the share is none above 0 up to 1, or the queue is another project's.
        RereviewOver: it is not to be confirmed any more.
        NothingAffected: no outcome names these labels.
    """
    by = entitled(project=run.project, by=by, at=at)
    rate = _share(share)
    if not reason.strip():
        raise BadRereview(fields=[("reason", _("Say why: the reason is kept with the run."))])
    if queue.project_id != run.project_id:
        raise BadRereview(fields=[("queue", _("Choose a queue of this project."))])
    if rate < 1:
        seed_of_month(project=run.project, at=at)
    project = lock_project(run.project_id)
    row = _locked(run, RereviewState.FOUND)
    if not row.affected:
        raise NothingAffected
    row.month = at.astimezone(dt.UTC).strftime("%Y-%m") if rate < 1 else None
    told = {
        "rereview": str(row.uuid),
        "labels": row.labels,
        "segment": [row.segment, row.value] if row.segment else None,
        "since": row.since.isoformat() if row.since else None,
        "affected": row.affected,
        "share": shortest(rate),
        "month": row.month,
        "queue": queue.slug,
        "reason": reason.strip(),
    }
    row.event_id = record_on_project(project, "reviews.rereview_asked", by=by, at=at, sections={"rereview": told})
    row.queue, row.share, row.reason = queue, shortest(rate), reason.strip()
    row.state, row.moved_at, row.cursor, row.scanned, row.tries = RereviewState.OPENING, at, 0, 0, 0
    row.save()
    transaction.on_commit(partial(enqueue, JOB, [row.pk]))
    return row


@transaction.atomic
def drop_rereview(*, run: Rereview, by: Actor, at: dt.datetime) -> Rereview:
    """Let a run be that is looking, or was not confirmed. Locks the project, then it.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        RereviewOver: tasks are being opened, or it is at its end.
    """
    entitled(project=run.project, by=by, at=at)
    lock_project(run.project_id)
    row = _locked(run, RereviewState.FOUND, RereviewState.LOOKING)
    row.state, row.moved_at = RereviewState.DROPPED, at
    row.save(update_fields=["state", "moved_at"])
    return row


def rereview(*, rereview_id: int, now: Clock) -> None:
    """Do the next part of a run, chunk by chunk; one that was cut off goes on where it was.

    Does nothing where it is through, or another worker is at it.
    """
    row = begin_run(Rereview.objects.select_related("project", "queue", "taxonomy"), rereview_id, now())
    if row is None:
        return
    step = _look if row.state == RereviewState.LOOKING else _open
    try:
        while found := looked_at(row):
            if not step(row, found, now):
                return
    except Refusal as problem:
        _end(row, RereviewState.STOPPED, now(), said=type(problem).sentence)
    else:
        _end(row, RereviewState.FOUND if step is _look else RereviewState.DONE, now())


def find_rereviews(*, at: dt.datetime) -> list[int]:
    """Ask again for runs that a lost broker or a killed worker left; give their ids."""
    give_up = partial(_end, state=RereviewState.STOPPED, at=at, said=RereviewStopped.sentence)
    return take_up_runs(Rereview.objects.filter(state__in=GOING), JOB, at, most_tries=MOST_TRIES, give_up=give_up)


def _look(row: Rereview, found: list[Looked], now: Clock) -> bool:
    counts = Counter(row.counts) + Counter(label for one in found for label in one.labels)
    return _moved(
        row,
        found,
        now(),
        counts=dict(counts),
        affected=row.affected + sum(bool(one.labels) for one in found),
        gone=row.gone + sum(one.gone for one in found),
        kept=row.kept + sum(one.kept for one in found),
        unreleased=row.unreleased + sum(one.unreleased for one in found),
    )


def _open(row: Rereview, found: list[Looked], now: Clock) -> bool:
    """Open a task for each that is drawn, each in a transaction of its own; what was opened before is passed over."""
    pick = _picking(row)
    for part in _parts(found):
        opened = 0
        for one in part:
            if one.labels and pick(one.row.external_id):
                opened += open_rereview(run=row, item_id=one.row.id, number=one.row.number, at=now())
        affected = sum(bool(one.labels) for one in part)
        if not _moved(row, part, now(), opened=F("opened") + opened, passed=F("passed") + affected - opened):
            return False
    return True


def _parts(found: list[Looked]) -> Iterator[list[Looked]]:
    """Cut a chunk so that no part names labels more than AT_ONCE times."""
    part: list[Looked] = []
    named = 0
    for one in found:
        part.append(one)
        named += bool(one.labels)
        if named == AT_ONCE:
            yield part
            part, named = [], 0
    if part:
        yield part


def _picking(row: Rereview) -> Callable[[str], bool]:
    rate = (row.share and decimal(row.share)) or Decimal(0)
    if rate >= 1 or row.month is None:
        return lambda _subject: rate >= 1
    unit_of = units(month_seed(settings.DRAW_MASTER, row.project.uuid, row.month), row.project.uuid, PURPOSE)
    return lambda subject: drawn(unit_of(subject), rate)


def _moved(row: Rereview, found: list[Looked], at: dt.datetime, **columns: Any) -> bool:
    """Keep how far it has come, by which its tries count anew; False where somebody let it be meanwhile."""
    cursor = found[-1].row.id
    moving = Rereview.objects.filter(pk=row.pk, state=row.state, cursor=row.cursor)
    if not moving.update(cursor=cursor, scanned=F("scanned") + len(found), moved_at=at, tries=1, **columns):
        return False
    row.refresh_from_db()
    return True


def _end(row: Rereview, state: RereviewState, at: dt.datetime, *, said: str = "") -> None:
    ended = Rereview.objects.filter(pk=row.pk, state=row.state)
    ended.update(state=state, moved_at=at, said=said[:255])


def _locked(run: Rereview, *states: RereviewState) -> Rereview:
    row = Rereview.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=run.pk)
    if row.state not in states:
        raise RereviewOver
    return row


def _share(text: str) -> Decimal:
    rate = decimal(text)
    if rate is None or not 0 < rate <= 1:
        raise BadRereview(fields=[("share", _("A share lies above 0 and goes up to 1."))])
    return rate
