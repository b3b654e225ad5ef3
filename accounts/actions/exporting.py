"""Exporting records: whoever may, as a bundle that outsiders verify."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from accounts.errors import Forbidden
from accounts.models import Person, Project
from accounts.policies import may_export
from accounts.reads import Actor
from audit.actions import Exported, Wanted, export
from audit.models import Log
from audit.reads import Filter


@dataclass(frozen=True)
class Choice:
    """What somebody wants to have exported; all of the log where nothing is named.

    `begin` and `end` are log indexes, `since` and `until` times: one pair or the other, or neither.
    `known` are sizes of trees of which somebody kept a checkpoint.
    """

    project: Project | None = None
    person: Person | None = None
    item: UUID | None = None
    types: tuple[str, ...] = ()
    begin: int | None = None
    end: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    cite: tuple[int, ...] = ()
    known: tuple[int, ...] = ()

    def wanted(self) -> Wanted:
        """Say it in the ledger's words."""
        chosen = Filter(
            types=tuple(sorted(self.types)),
            actors=(self.person.pseudonym,) if self.person else (),
            projects=(self.project.uuid,) if self.project else (),
            items=(self.item,) if self.item else (),
            since=self.since,
            until=self.until,
        )
        return Wanted(chosen, self.begin, self.end, self.cite, self.known)


def export_records(
    *,
    log: Log,
    choice: Choice,
    target: Path,
    by: Actor,
    now: Callable[[], dt.datetime],
    resume: bool = False,
    told: Callable[[str, int, int], None] = lambda _path, _done, _all: None,
) -> Exported:
    """Export what was chosen of a log as a bundle at `target`, and record who did; see `audit.actions.export`.

    Raises:
        Forbidden: the actor is neither an owner nor compliance of the chosen project.
    """
    role = may_export(by=by, project=choice.project, at=now())
    if role is None:
        raise Forbidden
    return export(
        log=log,
        wanted=choice.wanted(),
        target=target,
        by=by.as_role(role),
        now=now,
        names=dict(Project.objects.filter(log=log).values_list("uuid", "name")),
        resume=resume,
        told=told,
    )
