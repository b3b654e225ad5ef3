"""Verbs of roles: given and ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.hearing import tell_of_memberships
from accounts.actions.people import as_owner
from accounts.actions.streams import lock_person, record_on_person
from accounts.errors import BadMembership, MembershipEnded, UnknownRole
from accounts.models import Membership, Person, Project, Role
from accounts.reads import Actor
from audit.reads import timestamp


@transaction.atomic
def give_membership(
    *,
    person: Person,
    project: Project,
    role: str,
    by: Actor,
    at: datetime,
    skills: Sequence[str] | None = None,
    team: str | None = None,
    grade: str | None = None,
    from_at: datetime | None = None,
) -> Membership:
    """Give a person a role in a project, from now or from a later instant.

    Someone who has the role keeps it: what is left None stays as it was, and where something differs the old
    membership ends and the new one begins. Nothing different, nothing written. Locks the person.

    Raises:
        Forbidden: the actor is no owner.
        UnknownRole: there is no such role.
        BadMembership: a skill, the team or the grade cannot be taken.
    """
    by = as_owner(by)
    if role not in Role.values:
        raise UnknownRole(
            _("There is no role %(role)s; take one of %(roles)s.") % {"role": role, "roles": ", ".join(Role.values)}
        )
    person = lock_person(person.pk)
    standing = Membership.objects.filter(person=person, project=project, role=role, until_at__isnull=True)
    old: Membership | None = standing.select_related("project").first()
    wanted = Membership(
        person=person,
        project=project,
        role=role,
        team=team.strip() if team is not None else old.team if old else "",
        grade=grade.strip() if grade is not None else old.grade if old else "",
        skills=sorted({skill.strip() for skill in skills}) if skills is not None else old.skills if old else [],
        from_at=from_at or (max(old.from_at, at) if old else at),
    )
    _check(wanted)
    if old and _same(old, wanted, from_at):
        return old
    if old:
        _end(old, person, by, at)
    wanted.save()
    record_on_person(
        person, "accounts.membership_given", by=by, at=at, sections={"membership": _told(wanted)}, project=project
    )
    tell_of_memberships(project.pk)
    return wanted


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor, at: datetime) -> Membership:
    """Take a role from a person, now; one that has not begun never will. Locks the person.

    Raises:
        Forbidden: the actor is no owner.
        MembershipEnded: it has ended before.
    """
    by = as_owner(by)
    person = lock_person(membership.person_id)
    membership = Membership.objects.select_related("project").get(pk=membership.pk)
    if membership.until_at is not None:
        raise MembershipEnded
    _end(membership, person, by, at)
    return membership


def _end(membership: Membership, person: Person, by: Actor, at: datetime) -> None:
    membership.until_at = max(at, membership.from_at)
    membership.save(update_fields=["until_at"])
    record_on_person(
        person,
        "accounts.membership_ended",
        by=by,
        at=at,
        sections={"membership": _told(membership)},
        project=membership.project,
    )
    tell_of_memberships(membership.project_id)


def _same(old: Membership, wanted: Membership, from_at: datetime | None) -> bool:
    parts = ("team", "grade", "skills")
    return from_at in (None, old.from_at) and all(getattr(old, part) == getattr(wanted, part) for part in parts)


def _told(membership: Membership) -> dict[str, Any]:
    return {
        "role": membership.role,
        "project": membership.project.slug,
        "team": membership.team,
        "grade": membership.grade,
        "skills": membership.skills,
        "from": timestamp(membership.from_at),
        "until": timestamp(membership.until_at) if membership.until_at else None,
    }


def _check(wanted: Membership) -> None:
    fields = [
        ("skills", _("The skill “%(skill)s” needs 1 to 64 characters without a comma.") % {"skill": skill[:64]})
        for skill in wanted.skills
        if not 0 < len(skill) <= 64 or "," in skill
    ]
    if len(wanted.team) > 100:
        fields.append(("team", _("A team has at most 100 characters.")))
    if len(wanted.grade) > 50:
        fields.append(("grade", _("A grade has at most 50 characters.")))
    if fields:
        raise BadMembership(fields=fields)
