"""Checkpoints by e-mail: whoever keeps one can hold any later export against it."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from audit.actions.logs import Voice, lock_log, record_on_log
from audit.errors import AnchorFailed, NoCheckpoint, NoMail
from audit.models import Checkpoint, Log
from audit.reads import timestamp
from audit.reads.earlier import anchored_sizes

SUBJECT = "Checkpoint of {origin}: {size} events"
TEXT = """\
Please keep the attached file. It says that on {day} the ledger {origin} held {size} events, and what they hash to.

To hold a later export against it, run: verify.py EXPORT --key KEYS --known {name}
If anything up to here was changed, dropped or put into another order since, the verifier says so.

Keys and verifier: take them from where you got them first, not from this e-mail or the export.
"""


def mail_checkpoint(log: Log, to: Sequence[str], *, by: Voice, at: dt.datetime) -> Checkpoint:
    """Mail a log's newest checkpoint as a file to keep, and record that somebody may hold exports against it.

    Raises:
        NoMail: no server is named that takes e-mail.
        NoCheckpoint: nothing was signed yet.
        AnchorFailed: the server did not take it.
    """
    if not settings.EMAIL_HOST:
        raise NoMail
    chosen = Checkpoint.objects.filter(log=log).order_by("size", "created_at").last()
    if chosen is None:
        raise NoCheckpoint
    _send(log, to, chosen)
    _note_mailed(log.pk, chosen, by, at)
    return chosen


def _send(log: Log, to: Sequence[str], chosen: Checkpoint) -> None:
    name = f"checkpoint-{chosen.size}.txt"
    told = {"origin": log.origin, "size": chosen.size, "day": f"{chosen.created_at:%Y-%m-%d}", "name": name}
    message = EmailMessage(SUBJECT.format(**told), TEXT.format(**told), settings.DEFAULT_FROM_EMAIL, list(to))
    message.attach(name, chosen.note.encode(), "application/octet-stream")
    try:
        message.send()
    except OSError as problem:
        raise AnchorFailed(f"The e-mail could not be sent: {problem}") from problem


@transaction.atomic
def _note_mailed(log_id: int, sent: Checkpoint, by: Voice, at: dt.datetime) -> None:
    """Record a checkpoint that was mailed, once, in its log's stream: every later export proves it. Locks the log.

    An event alone, without a row of anchors: those are the sequencer's to write, and each month's is not put off.
    """
    log = lock_log(log_id)
    told = anchor_told("mail", sent.size, sent.note.encode(), at)
    mailed, _others = anchored_sizes(log_id)
    if sent.size not in mailed:
        record_on_log(log, "audit.anchor_recorded", by=by, at=at, sections={"anchor": told})


def anchor_told(kind: str, size: int, body: bytes, at: dt.datetime) -> dict[str, Any]:
    """Say of an anchor what its event tells."""
    return {"kind": kind, "size": size, "sha256": hashlib.sha256(body).hexdigest(), "at": timestamp(at)}


def mail_to_those_named(log: Log, checkpoint: Checkpoint, at: dt.datetime) -> bytes:
    """Mail a checkpoint to those whom settings name; give what was mailed."""
    if not settings.EMAIL_HOST:
        raise NoMail
    _send(log, settings.LEDGER_MAIL_TO, checkpoint)
    return checkpoint.note.encode()
