"""Looking at the guards over frozen rows: one that is missing is an alarm, and nobody puts it back in silence."""

import datetime as dt

from audit.actions.alarms import calm, raise_alarm
from audit.actions.logs import Voice
from audit.errors import GuardMissing
from audit.models import Flaw, Log, flaws


def check_guards(*, by: Voice, at: dt.datetime) -> list[Flaw]:
    """Compare the guards in the database with the declared ones; an alarm on the installation's log tells of flaws.

    The alarm ends when all of them stand again, as `manage.py migrate` makes them.
    """
    found = flaws()
    log = Log.objects.order_by("pk").first()
    if log is None:
        return found
    if found:
        raise_alarm(log.pk, GuardMissing(), by=by, at=at, told={"guards": [str(flaw) for flaw in found[:50]]})
    else:
        calm(log, {GuardMissing.code})
    return found
