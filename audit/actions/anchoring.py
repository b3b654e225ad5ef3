"""Anchoring: the newest checkpoint goes to places that this installation cannot change; docs/anchors.md says which."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from audit.actions.alarms import calm, raise_alarm
from audit.actions.logs import Voice, lock_log, record_on_log
from audit.actions.mailing import anchor_told, mail_to_those_named
from audit.errors import AnchorFailed, AnchorLate, AnchorUnlocked
from audit.models import Anchor, AnchorFailure, Checkpoint, Log
from audit.models.sql import ask

NEWS = """
SELECT 1 AS one FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index >= %s AND e.type <> 'audit.anchor_recorded' LIMIT 1
"""


@dataclass(frozen=True)
class Place:
    """Where checkpoints go: `send` gives what came back, `every` how often; by `month`, once in each of them."""

    kind: str
    every: dt.timedelta
    send: Callable[[Log, Checkpoint, dt.datetime], bytes]
    month: bool = False

    def due(self, last: Anchor | None, at: dt.datetime) -> bool:
        """Tell whether it is time again."""
        if last is None:
            return True
        if self.month:
            return (at.year, at.month) != (last.created_at.year, last.created_at.month)
        return at >= last.created_at + self.every


@dataclass(frozen=True)
class Tried:
    """What sending a log's newest checkpoint to one place came to; `problem` is empty where it got there."""

    origin: str
    kind: str
    size: int
    problem: str = ""


def places() -> list[Place]:
    """List the places that settings name."""
    every = dt.timedelta(hours=settings.LEDGER_ANCHOR_HOURS)
    found = []
    if settings.LEDGER_TSA_URL:
        from audit.actions.stamping import stamp  # its parts take memory that a process without it does without

        found.append(Place("rfc3161", every, stamp))
    if settings.LEDGER_S3_BUCKET:
        from audit.actions.vaulting import lock_away  # 15 MB, likewise

        found.append(Place("s3", every, lock_away))
    if settings.LEDGER_MAIL_TO:
        found.append(Place("mail", dt.timedelta(days=31), mail_to_those_named, month=True))
    return found


def anchor(*, by: Voice, at: dt.datetime, kinds: Collection[str] = (), now: bool = False) -> list[Tried]:
    """Send each log's newest checkpoint where it is due, or of these kinds; with `now`, due or not.

    An anchor is recorded once, in its log's stream, and no log is sent for that event's sake alone. A failure is kept
    and tried again with the next run; one that lasts for twice the interval is an alarm. Failures of places that
    settings no longer name are forgotten, and their alarm ends.
    """
    if not kinds:
        _forget({place.kind for place in places()})
    chosen = [place for place in places() if not kinds or place.kind in kinds]
    return [one for log in Log.objects.order_by("pk") for place in chosen for one in _send(log, place, by, at, now)]


def _forget(named: Collection[str]) -> None:
    """Drop the failures of places that settings no longer name; an alarm ends where none is left."""
    for log in Log.objects.filter(anchorfailure__isnull=False).distinct().order_by("pk"):
        AnchorFailure.objects.filter(log=log).exclude(kind__in=named).delete()
        _calm(log)


def _calm(log: Log) -> None:
    if not AnchorFailure.objects.filter(log=log).exists():
        calm(log, {AnchorLate.code, AnchorUnlocked.code})


def _send(log: Log, place: Place, by: Voice, at: dt.datetime, now: bool) -> Iterator[Tried]:
    last = Anchor.objects.filter(log=log, kind=place.kind).order_by("size").last()
    newest = Checkpoint.objects.filter(log=log).order_by("size", "created_at").last()
    if newest is None or (last and last.size >= newest.size) or not (now or place.due(last, at)):
        return
    if not now and last and not ask(NEWS, [log.pk, last.size]):
        return
    try:
        body = place.send(log, newest, at)
    except (AnchorFailed, AnchorUnlocked) as problem:
        _fail(log, place, last, problem, by=by, at=at)
        yield Tried(log.origin, place.kind, newest.size, problem.sentence)
    else:
        keep_anchor(log, place.kind, newest.size, body, by=by, at=at)
        yield Tried(log.origin, place.kind, newest.size)


def keep_anchor(log: Log, kind: str, size: int, body: bytes, *, by: Voice, at: dt.datetime) -> None:
    """Keep what came back and record it; said twice it is one anchor. Locks the log's row."""
    with transaction.atomic():
        locked = lock_log(log.pk)
        AnchorFailure.objects.filter(log=log, kind=kind).delete()
        if Anchor.objects.filter(log=log, kind=kind, size=size).exists():
            return
        told = anchor_told(kind, size, body, at)
        number = record_on_log(locked, "audit.anchor_recorded", by=by, at=at, sections={"anchor": told})
        Anchor.objects.create(log=log, kind=kind, size=size, body=body, created_at=at, event_id=number)
    _calm(locked)


def _fail(
    log: Log, place: Place, last: Anchor | None, problem: AnchorFailed | AnchorUnlocked, *, by: Voice, at: dt.datetime
) -> None:
    failure, _ = AnchorFailure.objects.update_or_create(
        log=log,
        kind=place.kind,
        defaults={"tried_at": at, "problem": problem.sentence},
        create_defaults={"since": at, "tried_at": at, "problem": problem.sentence},
    )
    told = {"kind": place.kind}
    if isinstance(problem, AnchorUnlocked):
        raise_alarm(log.pk, problem, by=by, at=at, told=told)
    elif at > max(failure.since, last.created_at + place.every if last else failure.since) + place.every:
        raise_alarm(log.pk, AnchorLate(), by=by, at=at, told=told)
