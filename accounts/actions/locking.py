"""Locking exports away and destroying their keys: whoever may.

The package's front page does not name these: what speaks to the store takes memory that others do without.
"""

import datetime as dt
from collections.abc import Callable

from accounts.actions.exporting import Choice
from accounts.errors import Forbidden
from accounts.models import Project
from accounts.policies import is_owner, may_export
from accounts.reads import Actor
from audit.actions.destroying import destroy_export_key
from audit.actions.locking import Locked, lock_export
from audit.models import Log


def lock_records(
    *,
    log: Log,
    choice: Choice,
    until: dt.datetime,
    by: Actor,
    now: Callable[[], dt.datetime],
    told: Callable[[str, int, int], None] = lambda _path, _done, _all: None,
) -> Locked:
    """Lock what was chosen of a log into the store until a day; see `audit.actions.lock_export`.

    Raises:
        Forbidden: the actor is neither an owner nor compliance of the chosen project.
    """
    role = may_export(by=by, project=choice.project, at=now())
    if role is None:
        raise Forbidden
    return lock_export(
        log=log,
        wanted=choice.wanted(),
        until=until,
        by=by.as_role(role),
        now=now,
        names=dict(Project.objects.filter(log=log).values_list("uuid", "name")),
        told=told,
    )


def destroy_key(*, key_id: str, basis: str, by: Actor, at: dt.datetime) -> Locked:
    """Destroy the key of a locked export for good; see `audit.actions.destroy_export_key`.

    Raises:
        Forbidden: the actor is no owner.
    """
    if not is_owner(by):
        raise Forbidden
    return destroy_export_key(key_id=key_id, basis=basis, by=by, at=at)
