"""Sealing: what waits gets its place, and a checkpoint of the tree is signed and kept."""

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from audit.actions.alarms import calm, raise_alarm
from audit.actions.keys import rotating
from audit.actions.logs import Voice
from audit.actions.sequencing import SIGNED_AT_LATEST, batches
from audit.actions.signing import NOTHING, Signed, check_tree, last_signed, sign_tree, signed_by_all
from audit.actions.witnessing import look_at_witness, witness
from audit.errors import SEALING, TreeFault, TreeSetBack
from audit.models import Checkpoint, Log
from audit.models.sql import ask, instant, postgres
from audit.reads.nodes import node_reader
from audit.tree import Frontier

HEARTBEAT = dt.timedelta(minutes=15)
LOCK = "SELECT id, origin, tree_size, root, frontier FROM audit_log WHERE id = %s"
NEWEST = """
SELECT size, root, note, created_at FROM audit_checkpoint WHERE log_id = %s ORDER BY size DESC, created_at DESC LIMIT 1
"""
YOUNGEST = """
SELECT max(e.recorded_at) AS young_at FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index >= %s
"""


@dataclass(frozen=True)
class Seal:
    """What sealing a log did: events that got places, and the checkpoint that was signed, None for none."""

    origin: str
    placed: int
    checkpoint: Checkpoint | None


def seal(
    *,
    by: Voice,
    at: dt.datetime,
    logs: Iterable[Log] | None = None,
    wait: bool = False,
    now: Callable[[], dt.datetime] | None = None,
) -> list[Seal]:
    """Sequence what is pending in each log and sign its checkpoint, when it grew or its heartbeat is due.

    What waits when it begins gets its place, and no more than a batch or two of what comes meanwhile; a long queue is
    signed between its batches. `now` reads the clock for each signature, which may come long after `at`.
    A log that others seal just now is left to them, unless `wait`. What keeps a log from being sealed is an alarm on it
    and an event of its stream; the other logs are sealed all the same.

    Raises:
        ExceptionGroup: of the faults of single logs, at the end.
    """
    sealed, faults = [], []
    for log in logs if logs is not None else Log.objects.order_by("pk"):
        try:
            sealed.append(_seal_log(log, now or (lambda: at), wait))
            calm(log, SEALING)
        except TreeFault as problem:
            raise_alarm(log.pk, problem, by=by, at=at)
            faults.append(problem)
    if faults:
        raise ExceptionGroup("The ledger cannot be sealed.", faults)
    return sealed


def _seal_log(log: Log, now: Callable[[], dt.datetime], wait: bool) -> Seal:
    placed, unsigned, signed = 0, 0, None
    for count in batches(log.pk, wait=wait):
        placed, unsigned = placed + count, unsigned + count
        if unsigned >= SIGNED_AT_LATEST:
            signed, unsigned = _signed(log, now, wait) or signed, 0
    return Seal(log.origin, placed, _signed(log, now, wait) or signed)


def _signed(log: Log, now: Callable[[], dt.datetime], wait: bool) -> Checkpoint | None:
    signed = _sign(log.pk, now, wait)
    if signed is not None:
        witness(log.origin, signed.note, signed.created_at)
    return signed


@transaction.atomic
def _sign(log_id: int, now: Callable[[], dt.datetime], wait: bool) -> Checkpoint | None:
    """Sign the tree as it was committed; what is signed can no longer be rolled back."""
    locking = "" if not postgres() else " FOR NO KEY UPDATE" + ("" if wait else " SKIP LOCKED")
    found = ask(LOCK + locking, [log_id])
    if not found:
        return None
    log, at = found[0], now()
    if log.tree_size < last_signed(log.origin).size:
        raise TreeSetBack
    newest = next(iter(ask(NEWEST, [log_id])), None)
    fresh = newest and newest.size == log.tree_size and at < newest.created_at + HEARTBEAT
    if newest and fresh and not (rotating() and not signed_by_all(log.origin, newest.note)):
        return None
    if newest is None and log.tree_size == 0:
        return None
    before = Signed(newest.size, bytes(newest.root)) if newest else NOTHING
    edge = Frontier(log.tree_size, bytes(log.frontier))
    reader = node_reader(log_id)
    check_tree(log.origin, edge, bytes(log.root), before, reader)
    look_at_witness(log.origin, edge.size, edge.root, reader)
    note = sign_tree(log.origin, edge.size, edge.root, _second(log_id, before.size, at))
    kept = Checkpoint(log_id=log_id, size=edge.size, root=edge.root, note=note, created_at=at)
    kept.save(force_insert=True)
    return kept


def _second(log_id: int, since_size: int, at: dt.datetime) -> int:
    """Give the second to cosign: now, or that of the youngest event since, where clocks of others are ahead of ours."""
    young = instant(ask(YOUNGEST, [log_id, since_size])[0].young_at)
    return math.ceil(young.timestamp()) if young and young > at else int(at.timestamp())
