"""Setting a project up from one document, that can be kept in git: run twice it changes nothing."""

import datetime as dt
import re
import string
from typing import Any, Literal

import msgspec
from django.db import transaction

from accounts.actions import change_project, create_project, lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from audit.actions import open_log
from audit.errors import LogFixed
from guidelines.actions import publish_guideline, publish_taxonomy, show_in_force
from reviews.actions.calendars import CalendarFile, calendar_faults
from reviews.actions.filing_endpoints import CallbackFile, apply_endpoints
from reviews.actions.forming import decisive_of, form_faults
from reviews.actions.governing import entitled, publish_rights
from reviews.actions.lines import fill_project, lane
from reviews.actions.publishing import publishing_of_file
from reviews.actions.shielding import HardContentFile, hard_faults, shielded
from reviews.errors import BadProjectFile
from reviews.models import Feed, Queue, Setup
from reviews.rights import ADJUDICATION, STARTING

KEYS = [*"123456789", *(letter for letter in string.ascii_lowercase if letter not in "acreszjkngqbmv")]
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class LabelFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A label as a project file names it; `on` keeps it to whole items or to turns, where turns are labelled too."""

    code: str
    name: str
    key: str | None = None
    definition: str = ""
    on: Literal["item", "turn"] | None = None


class CategoryFile(msgspec.Struct, forbid_unknown_fields=True):
    """An error category as a project file names it."""

    code: str
    name: str


class QueueFile(msgspec.Struct, forbid_unknown_fields=True):
    """A queue as a project file names it."""

    slug: str
    name: str
    level: int = 0
    skills: list[str] = []


class ProjectFile(msgspec.Struct, forbid_unknown_fields=True):
    """A project file of contract.md; what is left out has its default."""

    slug: str
    name: str
    task_type: str
    time_zone: str = "UTC"
    currency: str = "EUR"
    language: str = "en"
    labels: list[LabelFile] = []
    error_categories: list[CategoryFile] = []
    segments: list[str] = []
    queues: list[QueueFile] = []
    rights: dict[str, Any] | None = None
    schema: dict[str, Any] | None = None
    decisive: list[str] = []
    several: bool = False
    turn_labels: bool = False
    show_prediction: bool = True
    show_confidence: bool = True
    names_to_adjudicator: bool = False
    guideline: str | None = None
    hard_content: HardContentFile | None = None
    require_replay: bool = False
    publish_with_second: bool | None = None
    callbacks: list[CallbackFile] = []
    calendar: CalendarFile | None = None


DEFAULT_QUEUE = QueueFile("general", "General")


@transaction.atomic
def apply_project(
    *, document: bytes | dict[str, Any], by: Actor, at: dt.datetime, log: str | None = None
) -> tuple[Project, list[str]]:
    """Create or update a project from its file; give it and what changed, in words. All of it or nothing.

    `log` names the log that a new project's events stand in, opened where there is none; without it they stand in the
    installation's.

    Raises:
        Forbidden: the actor may not do what the file asks.
        BadOrigin: no log can have this name.
        LogFixed: the project stands in another log.
        BadProjectFile, BadProject, BadRights, BadOutput: with the place in the file.
        ReplayMissing: the file changes decision rights, and asks for a replay that there is none of.
    """
    file = _read(document)
    project = Project.objects.filter(slug=file.slug).first()
    changes: list[str] = []
    settings: dict[str, Any] = {
        "name": file.name,
        "time_zone": file.time_zone,
        "currency": file.currency,
        "language": file.language,
    }
    if project is None:
        settings["log"] = open_log(log) if log else None
        project = create_project(slug=file.slug, task_type=file.task_type, by=by, at=at, **settings)
        changes.append(f"created the project {file.slug}")
    elif log and project.log.origin != log:
        raise LogFixed
    elif project.task_type != file.task_type:
        raise BadProjectFile(fields=[("task_type", f"This project is of type {project.task_type} for good.")])
    else:
        before = project.sseq
        project = change_project(project=project, by=by, at=at, **settings)
        changes += ["changed the project's settings"] if project.sseq != before else []
    by = entitled(project=project, by=by, at=at)
    _apply_setup(project, file, by, at, changes)
    changes += apply_endpoints(project, file.callbacks, by, at)
    taxonomy, new = publish_taxonomy(project=project, body=_taxonomy(file), by=by, at=at)
    changes += [f"published taxonomy {taxonomy.number}"] if new else []
    if file.guideline is not None:
        version, new = publish_guideline(project=project, language=file.language, text=file.guideline, by=by, at=at)
        changes += [f"published guideline {version.number}"] if new else []
    rights = file.rights if file.rights is not None or project.rights.exists() else STARTING
    if rights is not None:
        standing, new = publish_rights(
            project=project, document=rights, reason="Applied from the project file", by=by, at=at
        )
        changes += [f"published decision rights {standing.number}"] if new else []
    fill_project(project.pk)
    return project, changes


def _read(document: bytes | dict[str, Any]) -> ProjectFile:
    try:
        file = (
            msgspec.json.decode(document, type=ProjectFile)
            if isinstance(document, bytes)
            else msgspec.convert(document, ProjectFile)
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise BadProjectFile(f"The project file does not read: {problem}.") from problem
    fields = [
        *_queue_faults(file),
        *_label_faults(file),
        *_turn_faults(file),
        *form_faults(file.task_type, file.schema, file.decisive),
        *hard_faults(file.hard_content),
        *calendar_faults(file.calendar),
    ]
    if fields:
        raise BadProjectFile(fields=fields)
    return file


def _queue_faults(file: ProjectFile) -> list[tuple[str, str]]:
    faults = []
    for number, queue in enumerate(file.queues):
        if not CODE.fullmatch(queue.slug) or queue.slug == ADJUDICATION:
            faults.append(
                (f"queues[{number}].slug", "Small letters, digits, - and _; `adjudication` is there already.")
            )
        if not 0 <= queue.level <= 8:
            faults.append((f"queues[{number}].level", "A level is a whole number from 0 to 8."))
        if any(not skill or " " in skill for skill in queue.skills):
            faults.append((f"queues[{number}].skills", "A skill is a word without spaces."))
    if len({queue.slug for queue in file.queues}) < len(file.queues):
        faults.append(("queues", "Two queues have the same slug."))
    return faults


def _label_faults(file: ProjectFile) -> list[tuple[str, str]]:
    faults = []
    listed: list[tuple[str, list[Any]]] = [("labels", file.labels), ("error_categories", file.error_categories)]
    for place, rows in listed:
        for number, row in enumerate(rows):
            if not CODE.fullmatch(row.code):
                faults.append((f"{place}[{number}].code", "Small letters, digits, - and _, at most 64."))
        if len({row.code for row in rows}) < len(rows):
            faults.append((place, "Two rows have the same code."))
    if file.task_type != "form" and not file.labels and file.task_type not in {"transcript", "fields"}:
        faults.append(("labels", "Name at least one label."))
    return faults + _key_faults(file)


def _key_faults(file: ProjectFile) -> list[tuple[str, str]]:
    faults = []
    keys = [label.key for label in file.labels if label.key]
    for number, label in enumerate(file.labels):
        if label.key and label.key not in KEYS:
            faults.append((f"labels[{number}].key", f"{label.key!r} is no free key. Free are {' '.join(KEYS)}."))
    if len(set(keys)) < len(keys):
        faults.append(("labels", "Two labels have the same key."))
    return faults


def _turn_faults(file: ProjectFile) -> list[tuple[str, str]]:
    if not file.turn_labels:
        place = "Only where turn_labels is true does a label have a place."
        return [(f"labels[{number}].on", place) for number, label in enumerate(file.labels) if label.on]
    if file.task_type != "classification":
        return [("turn_labels", "Only a classification labels turns.")]
    faults = []
    if all(label.on == "item" for label in file.labels):
        faults.append(("labels", "Turns are labelled, and no label goes on one."))
    if all(label.on == "turn" for label in file.labels) and not file.several:
        faults.append(("labels", "Each item takes one label, and all go on turns alone: set several, or name one."))
    return faults


def _taxonomy(file: ProjectFile) -> dict[str, Any]:
    """Make the taxonomy's body, with a key for each label: those named first, then what is free, in order."""
    taken = {label.key for label in file.labels}
    free = iter([key for key in KEYS if key not in taken])
    return {
        "labels": [
            {
                "code": label.code,
                "name": label.name,
                "key": label.key or next(free, None),
                "definition": label.definition,
                **({"on": label.on} if label.on else {}),
            }
            for label in file.labels
        ],
        "error_categories": [{"code": one.code, "name": one.name} for one in file.error_categories],
        "many": file.several,
        "schema": file.schema,
        **({"turns": True} if file.turn_labels else {}),
        **decisive_of(file.schema, file.decisive),
    }


def _apply_setup(project: Project, file: ProjectFile, by: Actor, at: dt.datetime, changes: list[str]) -> None:
    """Write queues, feed and how items are shown; a queue that the file leaves out stays."""
    Feed.objects.get_or_create(project=project)
    show_in_force(project)  # its language may be another now
    wanted = file.queues or [DEFAULT_QUEUE]
    top = max(queue.level for queue in wanted) + 1
    told = [_apply_queue(project, queue) for queue in [*wanted, QueueFile(ADJUDICATION, "Adjudication", max(top, 9))]]
    shown = {
        "show_prediction": file.show_prediction,
        "show_confidence": file.show_confidence,
        "names_to_adjudicator": file.names_to_adjudicator,
        "segments": file.segments,
        "require_replay": file.require_replay,
        **shielded(file.hard_content),
        "calendar": None if file.calendar is None else msgspec.to_builtins(file.calendar),
    }
    setup, made = Setup.objects.get_or_create(project=project, defaults=shown)
    if not made and any(getattr(setup, part) != value for part, value in shown.items()):
        Setup.objects.filter(project=project).update(**shown)
        made = True
    changes += [word for word in told if word]
    changes += publishing_of_file(project, file.publish_with_second, by=by, at=at)
    if made or any(told):
        record_on_project(
            lock_project(project.pk),
            "reviews.project_set_up",
            by=by,
            at=at,
            sections={"setup": {**shown, "queues": [word for word in told if word]}},
        )


def _apply_queue(project: Project, wanted: QueueFile) -> str:
    parts = {"name": wanted.name, "level": wanted.level, "skills": sorted(set(wanted.skills))}
    queue, made = Queue.objects.get_or_create(project=project, slug=wanted.slug, defaults=parts)
    if made:
        lane(queue, [])
        return f"made the queue {wanted.slug}"
    if all(getattr(queue, part) == value for part, value in parts.items()):
        return ""
    Queue.objects.filter(pk=queue.pk).update(**parts)
    lane(Queue.objects.get(pk=queue.pk), [])
    return f"changed the queue {wanted.slug}"
