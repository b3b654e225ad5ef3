"""The streams of people and projects: whoever writes to one holds the row that carries its head."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import Person, Project
from accounts.reads import Actor
from audit.actions import Entry, Head, entry, record
from audit.models import Log


def lock_projects(ids: Iterable[int]) -> list[Project]:
    """Lock projects in the order of their ids, each with its log at hand."""
    rows = Project.objects.select_for_update(of=("self",), no_key=True).select_related("log")
    return list(rows.filter(pk__in=list(ids)).order_by("pk"))


def lock_project(project_id: int) -> Project:
    """Lock one project."""
    return lock_projects([project_id])[0]


def lock_person(person_id: int) -> Person:
    """Lock one person; in the house's order this comes after projects."""
    return Person.objects.select_for_update(no_key=True).get(pk=person_id)


def record_on_project(
    project: Project,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    tags: Mapping[str, Any] | None = None,
    sections: Mapping[str, Any] | None = None,
) -> int:
    """Write an event to the stream of a project that the caller has locked; give its row id."""
    made = entry(
        log=(project.log_id, project.log.origin),
        type=kind,
        actor=by.pseudonym,
        role=by.role,
        via=by.via,
        project=project.uuid,
        stream=f"project/{project.uuid}",
        head=_head(project),
        at=at,
        tags=tags,
        sections=sections,
    )
    return _write(project, made)


def record_on_person(
    person: Person,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    sections: Mapping[str, Any] | None = None,
    project: Project | None = None,
) -> int:
    """Write an event to the stream of a person that the caller has locked; give its row id.

    People belong to the installation: their streams stand whole in its first log, whatever log a project has.
    """
    log = Log.objects.order_by("pk")[0]
    made = entry(
        log=(log.pk, log.origin),
        type=kind,
        actor=by.pseudonym,
        role=by.role,
        via=by.via,
        project=project.uuid if project else None,
        stream=f"person/{person.uuid}",
        head=_head(person),
        at=at,
        sections=sections,
    )
    return _write(person, made)


def _head(row: Person | Project) -> Head:
    return Head(row.sseq, bytes(row.head) if row.head is not None else None)


def _write(row: Person | Project, made: Entry) -> int:
    number = record([made])[0]
    row.sseq, row.head = made.head.sseq, made.head.hash
    row.save(update_fields=["sseq", "head"])
    return number
