"""Rotation: another key takes the place of the one that signs, with a checkpoint signed by both in between."""

import datetime as dt
import json

from django.db import transaction

from audit.actions.keys import log_keys, make_next_key, take_next_key
from audit.actions.logs import Voice, lock_log, record_on_log
from audit.actions.sealing import Seal, seal
from audit.actions.signing import signed_by_all
from audit.models import Checkpoint, Log, Payload
from audit.tree import PublicKey


def rotate_key(*, by: Voice, at: dt.datetime) -> list[Seal]:
    """Put another key in the place of the one that signs: an event in every log, and a checkpoint signed by both.

    Said again after a kill it goes on where it stopped. Where a signer elsewhere keeps the key both sign on, until that
    signer gives the next key alone.

    Raises:
        KeyElsewhere: a signer elsewhere keeps the key, and offers no next one.
        ExceptionGroup: a log could not be sealed; both keys sign until it can.
    """
    make_next_key()
    logs = list(Log.objects.order_by("pk"))
    for log in logs:
        _note_rotation(log.pk, by, at)
    sealed = seal(by=by, at=at, logs=logs, wait=True)
    if all(_signed_by_both(log) for log in logs):
        take_next_key(logs[0].origin)
    return sealed


@transaction.atomic
def _note_rotation(log_id: int, by: Voice, at: dt.datetime) -> None:
    log = lock_log(log_id)
    old, new = (key.public for key in log_keys(log.origin))
    if not _noted(log, new):
        record_on_log(log, "audit.key_rotated", by=by, at=at, sections={"keys": {"old": str(old), "new": str(new)}})


def _noted(log: Log, new: PublicKey) -> bool:
    told = Payload.objects.filter(event__stream=f"log/{log.uuid}", event__type="audit.key_rotated", section="keys")
    newest = told.order_by("event_id").last()
    return newest is not None and newest.body is not None and json.loads(bytes(newest.body))["new"] == str(new)


def _signed_by_both(log: Log) -> bool:
    newest = Checkpoint.objects.filter(log=log).order_by("size", "created_at").last()
    return newest is not None and signed_by_all(log.origin, newest.note)
