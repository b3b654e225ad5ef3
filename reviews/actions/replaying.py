"""Decision rights tried on the past: asked for on a page, read by a worker in chunks, kept as evidence."""

import datetime as dt
import hashlib
from functools import partial
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor, actor_of_person, clock
from audit.errors import Refusal
from reviews.actions.enqueuing import enqueue
from reviews.actions.governing import entitled
from reviews.actions.long_runs import OFTEN, Clock, begin_run, save_run, take_up_runs
from reviews.actions.recounting import Recount
from reviews.errors import NoRights, ReplayOver, ReplayRunning, ReplayStopped
from reviews.models import TO_COME, Item, Queue, Replay, ReplayState, RightsVersion
from reviews.reads.past import Draws, Span, chunk, items_in, models_of, times_of
from reviews.reads.published import rights_of
from reviews.reads.replayed import found_of
from reviews.rights import Tally, read

JOB = "reviews.make_replay"
MOST_TRIES = 5


def ask_replay(
    *,
    project: Project,
    by: Actor,
    at: dt.datetime,
    document: dict[str, Any] | bytes | None = None,
    version: RightsVersion | None = None,
    since: dt.datetime | None = None,
    segment: str = "",
) -> Replay:
    """Ask for a document, or a published version, to be tried on what came in from an instant on (None: on all).

    A worker does it. Locks the project.

    Raises:
        Forbidden: the actor may not govern this project.
        NoRights: nothing is in force to compare with.
        BadRights: the document could not be published.
        ReplayRunning: one that they asked for is not done yet.
    """
    by = entitled(project=project, by=by, at=at)
    base = RightsVersion.objects.filter(project=project).order_by("-number").first()
    if base is None:
        raise NoRights
    queues = dict(Queue.objects.filter(project=project).values_list("slug", "level"))
    if version:
        rights = rights_of(bytes(version.body))
    else:
        rights = read(document if document is not None else b"", queues=queues, task_type=project.task_type)
    asked = Replay(
        project=project,
        person_id=by.person_id or 0,
        asked_at=at,
        moved_at=at,
        base=base,
        body=rights.body,
        digest=rights.digest,
        number=version.number if version else None,
        since_at=since,
        segment=segment,
        last=Item.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True).first() or 0,
    )
    with transaction.atomic():
        asked.event_id = _tell(asked, "reviews.replay_asked", by, at)
        save_run(asked, JOB, ReplayRunning)
    return asked


@transaction.atomic
def cancel_replay(*, replay: Replay, by: Actor, at: dt.datetime) -> None:
    """Stop a replay that is not done; what it counted is not shown. Locks the project, then the replay.

    Raises:
        Forbidden: the actor may not govern this project.
        ReplayOver: it has ended already.
    """
    by = entitled(project=replay.project, by=by, at=at)
    _tell(replay, "reviews.replay_cancelled", by, at)
    row = Replay.objects.select_for_update().get(pk=replay.pk)
    if not row.to_come:
        raise ReplayOver
    row.state, row.moved_at = ReplayState.CANCELLED, at
    row.save(update_fields=["state", "moved_at"])


def make_replay(*, replay_id: int, now: Clock) -> None:
    """Do what was asked for, or go on with it; one at a time, so that other work is not kept from its workers.

    Does nothing where it has ended, or where another worker is at it. Its rights are those that the person has now.
    Holds no transaction open and locks nothing but its own row, and the project while the end is recorded.
    """
    row = begin_run(Replay.objects.select_related("project__log", "person"), replay_id, now(), alone=True)
    if row is None:
        return
    try:
        entitled(project=row.project, by=actor_of_person(row.person, "browser"), at=now())
        counted = _counted(row, now)
    except Refusal as problem:
        _fail(row, problem, now())
    else:
        if counted is not None:
            _finish(row, msgspec.json.encode(found_of(counted, times_of(_span(row)))).decode(), now())
    waiting = Replay.objects.filter(state=ReplayState.WAITING).order_by("pk")
    enqueue(JOB, waiting.values_list("pk", flat=True)[:1])


def find_replays(*, at: dt.datetime) -> list[int]:
    """Ask again for replays that a lost broker or a killed worker left; give their ids.

    What was tried too often has failed.
    """
    give_up = partial(_fail, problem=ReplayStopped(), at=at)
    return take_up_runs(Replay.objects.filter(state__in=TO_COME), JOB, at, most_tries=MOST_TRIES, give_up=give_up)


def _span(row: Replay) -> Span:
    return Span(row.project, row.last, row.since_at, row.asked_at)


def _counted(row: Replay, now: Clock) -> Tally | None:
    """Count what is left of the past, keeping how far that is; None where it was cancelled or taken over meanwhile."""
    span, models = _span(row), models_of(row.project)
    count = Recount(row, Draws(row.project, settings.DRAW_MASTER), Tally.load(msgspec.json.decode(row.tally)))
    row.total = row.total or items_in(span)
    row.cursor = row.last + 1 if row.cursor is None else row.cursor
    noted = now()
    while items := chunk(span, row.cursor, bodies=count.reads_bodies, models=models):
        count.add(items)
        row.cursor, row.done = items[-1].id, row.done + len(items)
        at = now()
        if at - noted >= OFTEN:
            noted = at
            if not _kept(row, count.tally, at):
                return None
    return count.tally if _kept(row, count.tally, now()) else None


def _kept(row: Replay, tally: Tally, at: dt.datetime) -> bool:
    """Keep how far a replay is, in one write; tell whether it is still this worker's."""
    told = msgspec.json.encode(tally.dump()).decode()
    own = Replay.objects.filter(pk=row.pk, state=ReplayState.RUNNING, tries=row.tries)
    return bool(own.update(cursor=row.cursor, done=row.done, total=row.total, tally=told, moved_at=at))


@transaction.atomic
def _finish(row: Replay, result: str, at: dt.datetime) -> None:
    """Keep what came of it, and record it in the ledger. Locks the project, then the replay."""
    _tell(row, "reviews.replayed", clock(), at, result)
    own = Replay.objects.select_for_update().filter(pk=row.pk, state=ReplayState.RUNNING, tries=row.tries)
    if not own.update(state=ReplayState.DONE, result=result, finished_at=at, moved_at=at, tally="{}"):
        transaction.set_rollback(True)


def _fail(row: Replay, problem: Refusal, at: dt.datetime) -> None:
    """Note why it failed, in English as refusals are written."""
    said = type(problem).sentence
    Replay.objects.filter(pk=row.pk, state__in=TO_COME).update(state=ReplayState.FAILED, moved_at=at, said=said[:255])


def _tell(row: Replay, kind: str, by: Actor, at: dt.datetime, result: str | None = None) -> int:
    """Record an event of a replay in its project's stream, locking the project; give its row id."""
    told = {
        "replay": str(row.uuid),
        "document": row.digest,
        "number": row.base.number,
        "since": row.since_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if row.since_at else None,
        "segment": row.segment or None,
        "result": hashlib.sha256(result.encode()).hexdigest() if result else None,
    }
    return record_on_project(
        lock_project(row.project_id), kind, by=by, at=at, sections={"replay": {k: v for k, v in told.items() if v}}
    )
