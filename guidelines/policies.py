"""Who may write, agree to and publish guidelines; the only place of this app where roles are compared."""

import datetime as dt

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.errors import Forbidden, NotFound
from accounts.models import Membership, Person, Project, Role
from accounts.policies import is_owner, role_in, visible_projects
from accounts.reads import Actor


def may_edit(*, by: Actor, project: Project, at: dt.datetime) -> bool:
    """Tell whether the actor may write a project's guidelines: its guideline editors, and owners; a token never."""
    if by.token_id is not None or by.person_id is None:
        return False
    return is_owner(by) or Role.GUIDELINE_EDITOR in role_in(by.person_id, project.pk, at)


def editing(*, by: Actor, project: Project, at: dt.datetime) -> tuple[Actor, int]:
    """Give the actor in the role that lets them write a project's guidelines, and the person they are.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner, or no person.
    """
    if by.person_id is None or not may_edit(by=by, project=project, at=at):
        raise Forbidden(_("Only guideline editors of this project and owners do this."))
    if Role.GUIDELINE_EDITOR in role_in(by.person_id, project.pk, at):
        return by.as_role(Role.GUIDELINE_EDITOR.value), by.person_id
    return by.as_role("owner"), by.person_id


def edited_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project whose guidelines the actor writes.

    Raises:
        NotFound: it does not exist for them.
        Forbidden: they may look at it and not write its guidelines.
    """
    found = visible_projects(by=by, at=at).select_related("log").filter(slug=slug).first()
    if found is None:
        raise NotFound
    editing(by=by, project=found, at=at)
    return found


def edited_projects(*, by: Actor, at: dt.datetime) -> list[Project]:
    """List the projects whose guidelines the actor writes, by name."""
    if by.person_id is None or by.token_id is not None:
        return []
    if is_owner(by):
        return list(Project.objects.order_by("name", "pk"))
    standing = Membership.objects.standing(at).filter(person_id=by.person_id, role=Role.GUIDELINE_EDITOR)
    return list(Project.objects.filter(pk__in=standing.values("project_id")).order_by("name", "pk"))


def editors(project: Project, at: dt.datetime) -> list[Person]:
    """List who may write, agree to and publish a project's guidelines, by name."""
    standing = Membership.objects.standing(at).filter(project=project, role=Role.GUIDELINE_EDITOR)
    people = Person.objects.filter(pk__in=standing.values("person_id")) | Person.objects.filter(is_owner=True)
    return list(people.distinct().order_by("name", "pk"))


def affected(project: Project, at: dt.datetime) -> list[tuple[str, int]]:
    """Count who judges by a project's guidelines, role by role: those who work its queues; no role without people."""
    judging = (Role.REVIEWER, Role.ADJUDICATOR)
    standing = Membership.objects.standing(at).filter(project=project, role__in=judging)
    found = dict(standing.values_list("role").annotate(people=Count("person", distinct=True)))
    return [(str(role.label), found[role.value]) for role in judging if role.value in found]
