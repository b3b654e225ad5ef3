"""Checkpoints by e-mail: whoever keeps one can hold any later export against it."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage

from audit.errors import AnchorFailed, NoCheckpoint, NoMail
from audit.models import Checkpoint, Log

SUBJECT = "Checkpoint of {origin}: {size} events"
TEXT = """\
Please keep the attached file. It says that on {day} the ledger {origin} held {size} events, and what they hash to.

To hold a later export against it, run: verify.py EXPORT --key KEYS --known {name}
If anything up to here was changed, dropped or put into another order since, the verifier says so.

Keys and verifier: take them from where you got them first, not from this e-mail or the export.
"""


def mail_checkpoint(log: Log, to: Sequence[str], at: dt.datetime, checkpoint: Checkpoint | None = None) -> Checkpoint:
    """Mail a log's checkpoint, the newest unless one is given, as a file to keep.

    Raises:
        NoMail: no server is named that takes e-mail.
        NoCheckpoint: nothing was signed yet.
        AnchorFailed: the server did not take it.
    """
    if not settings.EMAIL_HOST:
        raise NoMail
    chosen = checkpoint or Checkpoint.objects.filter(log=log).order_by("size", "created_at").last()
    if chosen is None:
        raise NoCheckpoint
    name = f"checkpoint-{chosen.size}.txt"
    told = {"origin": log.origin, "size": chosen.size, "day": f"{chosen.created_at:%Y-%m-%d}", "name": name}
    message = EmailMessage(SUBJECT.format(**told), TEXT.format(**told), settings.DEFAULT_FROM_EMAIL, list(to))
    message.attach(name, chosen.note.encode(), "application/octet-stream")
    try:
        message.send()
    except OSError as problem:
        raise AnchorFailed(f"The e-mail could not be sent: {problem}") from problem
    return chosen


def mail_to_those_named(log: Log, checkpoint: Checkpoint, at: dt.datetime) -> bytes:
    """Mail a checkpoint to those whom settings name; give what was mailed."""
    return mail_checkpoint(log, settings.LEDGER_MAIL_TO, at, checkpoint).note.encode()
