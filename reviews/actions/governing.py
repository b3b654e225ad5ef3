"""Governing a project: decision rights published, switches turned."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.errors import Forbidden
from accounts.models import Installation, Project
from accounts.policies import is_owner, may_change_project
from accounts.reads import Actor
from audit.actions import Head, entry, record
from audit.models import Log
from guidelines.models import ModelVersion
from reviews.actions.lines import fill_project
from reviews.errors import BadRights
from reviews.models import Position, Queue, RightsVersion, SwitchChange
from reviews.rights import read


def entitled(*, project: Project, by: Actor, at: dt.datetime) -> Actor:
    """Give the actor in the role that lets them govern a project.

    Raises:
        Forbidden: neither operations of the project nor an owner.
    """
    if not may_change_project(by=by, project=project, at=at):
        raise Forbidden(_("Only operations of this project and owners do this."))
    return by if by.role else by.as_role("owner" if is_owner(by) else "operations")


@transaction.atomic
def publish_rights(
    *, project: Project, document: dict[str, Any] | bytes, reason: str, by: Actor, at: dt.datetime
) -> tuple[RightsVersion, bool]:
    """Publish decision rights as the project's next version; the document in force again changes nothing.

    Gives the version in force and whether it is new. Locks the project.

    Raises:
        Forbidden: the actor may not govern this project.
        BadRights: the document does not read, with the places at fault; or no reason is given.
    """
    by = entitled(project=project, by=by, at=at)
    if not reason.strip():
        raise BadRights(fields=[("reason", _("Say why: the reason is kept with the version."))])
    project = lock_project(project.pk)
    queues = dict(Queue.objects.filter(project=project).values_list("slug", "level"))
    rights = read(document, queues=queues, task_type=project.task_type)
    last = RightsVersion.objects.filter(project=project).order_by("-number").first()
    if last is not None and last.digest == rights.digest:
        return last, False
    number = last.number + 1 if last else 1
    event = record_on_project(
        project,
        "reviews.rights_published",
        by=by,
        at=at,
        tags={"rights": number},
        sections={"rights": {"number": number, "digest": rights.digest, "reason": reason}},
    )
    made = RightsVersion.objects.create(
        project=project,
        number=number,
        body=rights.body,
        digest=rights.digest,
        reason=reason,
        published_at=at,
        event_id=event,
    )
    fill_project(project.pk)
    return made, True


@transaction.atomic
def turn_switch(
    *,
    position: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
    project: Project | None = None,
    model_version: ModelVersion | None = None,
) -> SwitchChange:
    """Turn the switch of a project, a model version, or (neither given) the installation; effective for the next item.

    Locks the project or, for the installation, its row.

    Raises:
        Forbidden: the installation's switch is an owner's; the others are operations' and owners'.
        BadRights: no such position, or no reason.
    """
    if position not in Position.values:
        raise BadRights(
            _("The switch stands at one of %(positions)s.") % {"positions": ", ".join(Position.values)},
            fields=[("position", position)],
        )
    if not reason.strip():
        raise BadRights(
            _("Say why: the reason is kept with the switch."), fields=[("reason", _("A reason is required."))]
        )
    model = str(model_version.uuid) if model_version else None
    told = {"position": position, "reason": reason, "model": model}
    scope = project or (model_version.project if model_version else None)
    if scope is not None:
        by = entitled(project=scope, by=by, at=at)
        locked = lock_project(scope.pk)
        tags = {"model": model}
        event = record_on_project(locked, "reviews.switch_turned", by=by, at=at, tags=tags, sections={"switch": told})
    else:
        event = _tell_installation(by, at, told)
    return SwitchChange.objects.create(
        project=None if model_version else project,
        model_version=model_version,
        position=position,
        reason=reason,
        turned_at=at,
        event_id=event,
    )


def _tell_installation(by: Actor, at: dt.datetime, told: dict[str, Any]) -> int:
    if not is_owner(by):
        raise Forbidden(_("Only an owner turns the installation's switch."))
    here = Installation.objects.select_for_update(no_key=True).get(id=1)
    log = Log.objects.order_by("pk")[0]
    made = entry(
        log=(log.pk, log.origin),
        type="reviews.switch_turned",
        actor=by.pseudonym,
        role=by.role or "owner",
        via=by.via,
        project=None,
        stream=f"log/{here.uuid}",
        head=Head(here.sseq, bytes(here.head) if here.head else None),
        at=at,
        sections={"switch": told},
    )
    event = record([made])[0]
    here.sseq, here.head = made.head.sseq, made.head.hash
    here.save(update_fields=["sseq", "head"])
    return event
