"""Who may do what with people, projects and tokens; the only place where roles are compared."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import Membership, Person, Project, Role, Scope
from accounts.querysets import Projects
from accounts.reads import Actor


def role_in(person_id: int, project_id: int, at: datetime) -> set[str]:
    """Give the roles that a person has in a project at this instant."""
    standing = Membership.objects.standing(at).filter(person_id=person_id, project_id=project_id)
    return set(standing.values_list("role", flat=True))


def is_console(by: Actor) -> bool:
    """Tell whether a command on the installation's machine acts, for nobody in particular."""
    return by.via == "command" and by.person_id is None and by.service_id is None


def is_owner(by: Actor) -> bool:
    """Tell whether the actor is an owner of the installation, in a browser, or its console; a token never is."""
    if is_console(by):
        return True
    if by.person_id is None or by.token_id is not None:
        return False
    return Person.objects.filter(pk=by.person_id, is_owner=True).exists()


def visible_projects(*, by: Actor, at: datetime) -> Projects:
    """Give the projects that exist for an actor: by token its projects, by role one's own, an owner's all."""
    if is_console(by) or by.via == "clock":
        return Project.objects.all()
    projects = Project.objects.all()
    if by.token_id is not None:
        projects = projects.filter(tokens=by.token_id)
    elif by.person_id is None:
        return projects.none()
    return projects if by.person_id is None else projects.visible_to(by.person_id, at)


def may_see_project(*, by: Actor, project: Project, at: datetime) -> bool:
    """Tell whether the project exists for the actor."""
    return visible_projects(by=by, at=at).filter(pk=project.pk).exists()


def may_change_project(*, by: Actor, project: Project, at: datetime) -> bool:
    """Tell whether the actor may change a project's settings: owners, and operations there."""
    if is_owner(by):
        return True
    return by.person_id is not None and by.token_id is None and Role.OPERATIONS in role_in(by.person_id, project.pk, at)


def may_make_token(*, by: Actor, bearer: Person | None, scopes: Collection[str]) -> bool:
    """Tell whether the actor may make this token: owners any; a person one that only decides, for themselves."""
    if is_owner(by):
        return True
    own = bearer is not None and by.person_id == bearer.pk and by.token_id is None
    return own and set(scopes) <= {Scope.DECISIONS_WRITE}


def may_end_token(*, by: Actor, bearer: Person | None) -> bool:
    """Tell whether the actor may end a token: owners any; a person their own."""
    return is_owner(by) or (bearer is not None and by.person_id == bearer.pk and by.token_id is None)


def may_export(*, by: Actor, project: Project | None, at: datetime) -> str | None:
    """Give the role by which the actor may export a project's records, or without one a whole log; None for none.

    Owners export all, compliance what their project discloses; a token exports nothing.
    """
    if is_owner(by):
        return by.role or "owner"
    if project is None or by.person_id is None or by.token_id is not None:
        return None
    return Role.COMPLIANCE.value if Role.COMPLIANCE in role_in(by.person_id, project.pk, at) else None


def projects_with_role(person_id: int, projects: Collection[Project], at: datetime) -> set[int]:
    """Give the ids of those projects that the person has a role in at this instant."""
    standing = Membership.objects.standing(at).filter(person_id=person_id, project__in=projects)
    return set(standing.values_list("project_id", flat=True))
