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
from reviews.errors import BadRights, ReplayMissing, SecondPersonNeeded
from reviews.models import Position, Queue, RightsDraft, RightsVersion, SwitchChange
from reviews.reads.drafting import takes_two
from reviews.reads.replays import may_be_published
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
    *,
    project: Project,
    document: dict[str, Any] | bytes,
    reason: str,
    by: Actor,
    at: dt.datetime,
    draft: RightsDraft | None = None,
) -> tuple[RightsVersion, bool]:
    """Publish decision rights as the project's next version; the document in force again changes nothing.

    Gives the version in force and whether it is new. `draft` is the locked draft that holds the document, where it came
    out of one. Where the project asks for two people only a draft is published, the first version aside: it is the
    founder's. Locks the project.

    Raises:
        Forbidden: the actor may not govern this project.
        BadRights: the document does not read, with the places at fault; or no reason is given.
        ReplayMissing: the project asks for a replay of this document against the version in force, and has none.
        SecondPersonNeeded: the project asks for two people, and this would be one.
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
    if last is not None and not may_be_published(project.pk, last.pk, rights.digest):
        raise ReplayMissing
    if last is not None and takes_two(project):
        _second_person(draft, by)
    number = last.number + 1 if last else 1
    told = {"number": number, "digest": rights.digest, "reason": reason} | _proposer(draft)
    tags, sections = {"rights": number}, {"rights": told}
    event = record_on_project(project, "reviews.rights_published", by=by, at=at, tags=tags, sections=sections)
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


def _proposer(draft: RightsDraft | None) -> dict[str, str]:
    proposer = draft.proposed_by if draft is not None else None
    return {"proposed_by": proposer.pseudonym} if proposer is not None else {}


def _second_person(draft: RightsDraft | None, by: Actor) -> None:
    """Refuse whoever is nobody in particular, proposed the draft, or changed it last."""
    if draft is None or draft.proposed_by_id is None:
        raise SecondPersonNeeded
    if by.person_id is None or by.person_id in {draft.proposed_by_id, draft.changed_by_id}:
        raise SecondPersonNeeded


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
