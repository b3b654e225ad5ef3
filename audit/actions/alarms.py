"""Alarms of a log: said once on its row and in its stream, and kept until what they tell of is over."""

import datetime as dt
import logging
from collections.abc import Collection
from typing import Any

from django.db import transaction

from audit.actions.logs import Voice, lock_log, record_on_log
from audit.errors import Alarm
from audit.models import Log

logger = logging.getLogger(__name__)


@transaction.atomic
def raise_alarm(log_id: int, problem: Alarm, *, by: Voice, at: dt.datetime, told: dict[str, Any] | None = None) -> bool:
    """Say once what is wrong; tell whether it was news. A log with an alarm still takes events. Locks the log's row.

    `told` stands beside the code in the event's payload: plain words and numbers.
    """
    log = lock_log(log_id)
    codes = set(log.alarm.split())
    if problem.code in codes:
        return False
    logger.error("The log %s: %s %s", log.origin, problem.sentence, told or "")
    log.alarm, log.alarm_at = " ".join(sorted({*codes, problem.code})), log.alarm_at or at
    log.save(update_fields=["alarm", "alarm_at"])
    record_on_log(log, "audit.alarm_raised", by=by, at=at, sections={"alarm": {"code": problem.code, **(told or {})}})
    return True


def calm(log: Log, codes: Collection[str]) -> None:
    """End those alarms of a log that are over; the others stand. Locks the row where there are any."""
    if not set(log.alarm.split()) & set(codes):
        return
    with transaction.atomic():
        locked = lock_log(log.pk)
        left = sorted(set(locked.alarm.split()) - set(codes))
        locked.alarm, locked.alarm_at = " ".join(left), locked.alarm_at if left else None
        locked.save(update_fields=["alarm", "alarm_at"])
