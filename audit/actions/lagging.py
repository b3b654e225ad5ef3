"""Looking at the lag: events that wait too long for their place are an alarm, on record once they have it."""

import datetime as dt

from django.db import transaction

from audit.actions.alarms import calm, raise_alarm
from audit.actions.logs import Voice
from audit.errors import SealingLate
from audit.models import Log
from audit.models.sql import Row, ask
from audit.reads.state import LATE

OLDEST = """
SELECT l.id, l.origin, l.alarm, (
    SELECT e.recorded_at FROM audit_pending p JOIN audit_event e ON e.id = p.event_id WHERE e.log_id = l.id
    ORDER BY p.event_id LIMIT 1
) AS oldest_at
FROM audit_log l ORDER BY l.id
"""


def check_lag(*, by: Voice, at: dt.datetime) -> list[str]:
    """Raise an alarm on each log whose oldest waiting event is over a minute old; give the late logs' names.

    The alarm ends with the first look that finds the log no longer late. A log that is being sealed just now is left to
    the next look.
    """
    late = []
    for row in ask(OLDEST):
        if row.oldest_at is not None and at - row.oldest_at > LATE:
            late.append(str(row.origin))
            _say(row, by, at)
        elif SealingLate.code in row.alarm.split():
            calm(Log.objects.get(pk=row.id), {SealingLate.code})
    return late


@transaction.atomic
def _say(row: Row, by: Voice, at: dt.datetime) -> None:
    """Raise the alarm, unless it stands already or a sequencer that may be stuck holds the log's row."""
    if SealingLate.code in row.alarm.split():
        return
    if Log.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=row.id).exists():
        told = {"seconds": int((at - row.oldest_at).total_seconds())}
        raise_alarm(row.id, SealingLate(), by=by, at=at, told=told)
