"""The streams of logs: keys, anchors, exports and alarms of a log, on the row that carries its head."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Protocol

from audit.actions.recording import Head, entry, record
from audit.errors import BadOrigin
from audit.models import Log

NAME = re.compile(r"[^\s+]{1,180}")


class Voice(Protocol):
    """Who says it: a pseudonym, the role they were entitled by, and the door they came by."""

    @property
    def pseudonym(self) -> str:
        """The actor's random id."""

    @property
    def role(self) -> str | None:
        """The role, None for none."""

    @property
    def via(self) -> str:
        """`browser`, `api`, `command` or `clock`."""


def open_log(origin: str) -> Log:
    """Give the log of this name, opened where there is none; its name never changes.

    Raises:
        BadOrigin: no signed note could name it.
    """
    if not NAME.fullmatch(origin) or not origin.isprintable():
        raise BadOrigin
    log, _ = Log.objects.get_or_create(origin=origin)
    return log


def lock_log(log_id: int) -> Log:
    """Lock a log's row; the sequencer waits meanwhile, writers of events do not."""
    return Log.objects.select_for_update(no_key=True).get(pk=log_id)


def record_on_log(log: Log, kind: str, *, by: Voice, at: dt.datetime, sections: Mapping[str, Any] | None = None) -> int:
    """Write an event to the stream of a log that the caller has locked; give its row id."""
    made = entry(
        log=(log.pk, log.origin),
        type=kind,
        actor=by.pseudonym,
        role=by.role,
        via=by.via,
        project=None,
        stream=f"log/{log.uuid}",
        head=Head(log.sseq, bytes(log.head) if log.head is not None else None),
        at=at,
        sections=sections,
    )
    number = record([made])[0]
    log.sseq, log.head = made.head.sseq, made.head.hash
    log.save(update_fields=["sseq", "head"])
    return number
