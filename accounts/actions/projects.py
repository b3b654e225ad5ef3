"""Verbs of projects: created, and their few settings changed."""

import re
import zoneinfo
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.people import as_owner
from accounts.actions.streams import lock_project, record_on_project
from accounts.errors import BadProject, Forbidden, SlugTaken
from accounts.models import Project, TaskType
from accounts.policies import is_owner, may_change_project
from accounts.reads import Actor
from audit.models import Log
from audit.reads import uuid7

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
CURRENCY = re.compile(r"[A-Z]{3}")
LANGUAGE = re.compile(r"(?=.{1,16}\Z)[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
SETTINGS = ("name", "time_zone", "currency", "language")


@transaction.atomic
def create_project(
    *,
    slug: str,
    name: str,
    task_type: str,
    by: Actor,
    at: datetime,
    time_zone: str = "UTC",
    currency: str = "EUR",
    language: str = "en",
    log: Log | None = None,
) -> Project:
    """Create a project, in the installation's log unless another is named; slug, task type and log never change.

    Takes no lock: the row is new.

    Raises:
        Forbidden: the actor is no owner.
        BadProject: a setting cannot be taken.
        SlugTaken: another project has the slug.
    """
    by = as_owner(by)
    project = Project(
        uuid=uuid7(at),
        slug=slug,
        name=name.strip(),
        task_type=task_type,
        log=log or Log.objects.order_by("pk")[0],
        time_zone=time_zone,
        currency=currency,
        language=language,
        created_at=at,
    )
    _check(project)
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as problem:
        raise SlugTaken(fields=[("slug", _(SlugTaken.sentence))]) from problem
    told = {part: getattr(project, part) for part in ("slug", "task_type", *SETTINGS)}
    record_on_project(project, "accounts.project_created", by=by, at=at, sections={"project": told})
    return project


@transaction.atomic
def change_project(
    *,
    project: Project,
    by: Actor,
    at: datetime,
    name: str | None = None,
    time_zone: str | None = None,
    currency: str | None = None,
    language: str | None = None,
) -> Project:
    """Change a project's settings; what is None stays. Nothing different, nothing written. Locks the project.

    Raises:
        Forbidden: the actor is neither an owner nor operations of the project.
        BadProject: a setting cannot be taken.
    """
    if not may_change_project(by=by, project=project, at=at):
        raise Forbidden(_("Only owners and operations change a project's settings."))
    by = as_owner(by) if is_owner(by) else by.as_role("operations")
    project = lock_project(project.pk)
    wanted = zip(SETTINGS, (name.strip() if name else name, time_zone, currency, language), strict=True)
    changes = {
        part: {"from": getattr(project, part), "to": value}
        for part, value in wanted
        if value is not None and value != getattr(project, part)
    }
    if not changes:
        return project
    for part, change in changes.items():
        setattr(project, part, change["to"])
    _check(project)
    project.save(update_fields=list(changes))
    record_on_project(project, "accounts.project_changed", by=by, at=at, sections={"changes": changes})
    return project


def _check(project: Project) -> None:
    fields = []
    if not SLUG.fullmatch(project.slug):
        fields.append(("slug", _("A slug has 1 to 50 small letters, digits, - and _, and begins with neither sign.")))
    if not 0 < len(project.name) <= 100:
        fields.append(("name", _("A name has 1 to 100 characters.")))
    if project.task_type not in TaskType.values:
        fields.append(("task_type", _("Take one of %(choices)s.") % {"choices": ", ".join(TaskType.values)}))
    if project.time_zone not in zoneinfo.available_timezones():
        fields.append(("time_zone", _("Name a time zone as in Europe/Berlin.")))
    if not CURRENCY.fullmatch(project.currency):
        fields.append(("currency", _("Name a currency by its three capital letters, as EUR.")))
    if not LANGUAGE.fullmatch(project.language):
        fields.append(("language", _("Name a language by its code, as en or pt-BR.")))
    if fields:
        raise BadProject(" ".join(f"{place}: {message}" for place, message in fields), fields=fields)
