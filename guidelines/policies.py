"""Who may write, agree to and publish guidelines; the only place of this app where roles are compared."""

import datetime as dt

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.errors import Forbidden, NotFound
from accounts.models import Membership, Person, Project, Role
from accounts.policies import is_owner, may_change_project, role_in, visible_projects
from accounts.reads import Actor
from assets.models import Asset
from assets.reads import asset_of
from guidelines.reads import shown_to_editors, shown_to_readers


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


def exporting(*, by: Actor, project: Project, at: dt.datetime) -> None:
    """Let through who may take a project's guideline away: its editors, compliance, owners; a token never.

    Raises:
        Forbidden: none of them.
    """
    roles = role_in(by.person_id, project.pk, at) if by.person_id is not None and by.token_id is None else set()
    if not is_owner(by) and not roles & {Role.GUIDELINE_EDITOR, Role.COMPLIANCE}:
        raise Forbidden(_("Only guideline editors and compliance of this project and owners take its guideline away."))


def seen_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project that exists for the actor.

    Raises:
        NotFound: it does not.
    """
    found = visible_projects(by=by, at=at).select_related("log").filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def example_file(*, project: Project, sha256: str, by: Actor, at: dt.datetime) -> Asset:
    """Give the file of an example to someone who may see its project.

    Readers are shown what is or has been in force; whoever writes the guidelines also what waits, and their drafts.

    Raises:
        NotFound: no guideline that they may read shows it, or the project has no right to it.
    """
    shown = shown_to_readers(project, sha256)
    if not shown and may_edit(by=by, project=project, at=at):
        shown = shown_to_editors(project, sha256)
    asset = asset_of(project, sha256) if shown else None
    if asset is None:
        raise NotFound
    return asset


def edited_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project whose guidelines the actor writes.

    Raises:
        NotFound: it does not exist for them.
        Forbidden: they may look at it and not write its guidelines.
    """
    found = seen_project(slug, by=by, at=at)
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


def keeping_to(*, by: Actor, project: Project, at: dt.datetime) -> tuple[Actor, int]:
    """Give the actor in a role of theirs in a project, and the person they are: who acknowledges what stands there.

    Raises:
        Forbidden: no person with a role there, or by token: one reads and answers in the browser.
    """
    if by.person_id is None or by.token_id is not None:
        raise Forbidden(_("A person acknowledges a guideline, signed in."))
    roles = role_in(by.person_id, project.pk, at)
    if not roles:
        raise Forbidden(_("You hold no role in this project, so nothing here asks to be acknowledged by you."))
    first = next((one for one in (Role.REVIEWER, Role.ADJUDICATOR) if one in roles), None)
    return by.as_role(first.value if first else min(roles)), by.person_id


def reminding(*, by: Actor, project: Project, at: dt.datetime) -> tuple[Actor, int]:
    """Give the actor in the role that lets them remind people of a guideline, and the person they are.

    Raises:
        Forbidden: neither operations of the project nor an owner, or no person.
    """
    if by.person_id is None or not may_change_project(by=by, project=project, at=at):
        raise Forbidden(_("Only operations of this project and owners do this."))
    operates = Role.OPERATIONS in role_in(by.person_id, project.pk, at)
    return by.as_role(Role.OPERATIONS.value if operates else "owner"), by.person_id


def affected(project: Project, at: dt.datetime) -> list[tuple[str, int]]:
    """Count who judges by a project's guidelines, role by role: those who work its queues; no role without people."""
    judging = (Role.REVIEWER, Role.ADJUDICATOR)
    standing = Membership.objects.standing(at).filter(project=project, role__in=judging)
    found = dict(standing.values_list("role").annotate(people=Count("person", distinct=True)))
    return [(str(role.label), found[role.value]) for role in judging if role.value in found]
