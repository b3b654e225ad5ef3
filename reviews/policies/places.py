"""Places that exist for somebody: projects, queues and items; who may not see one is told that there is none."""

import datetime as dt
import uuid

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import Forbidden, NotFound
from accounts.models import Membership, Person, Project, Role, User
from accounts.policies import is_owner, may_change_project, role_in, visible_projects
from accounts.reads import Actor
from audit.models import Log
from reviews.models import Item, Queue, RightsVersion
from reviews.policies.parts import has_part
from reviews.policies.roles import may_browse, may_mail, may_read_trail
from reviews.reads.published import rights_of


def project_for(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project that exists for the actor.

    Raises:
        NotFound: it does not.
    """
    found = visible_projects(by=by, at=at).filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def queue_for(project: str, queue: str, *, by: Actor, at: dt.datetime) -> Queue:
    """Give a queue of a project that exists for the actor.

    Raises:
        NotFound: there is none.
    """
    seen = visible_projects(by=by, at=at).filter(slug=project)
    found = Queue.objects.select_related("project").filter(project__in=seen, slug=queue).first()
    if found is None:
        raise NotFound
    return found


def workable(queue: Queue, *, by: Actor, at: dt.datetime) -> Queue:
    """Give the queue back when one of the actor's roles works in it, by the decision rights in force.

    Raises:
        Forbidden: none does.
    """
    standing = RightsVersion.objects.filter(project=queue.project_id).order_by("-number").first()
    rows = rights_of(bytes(standing.body)).verdicts if standing else ()
    roles = role_in(by.person_id or 0, queue.project_id, at)
    if not any(row.queue == queue.slug and row.role in roles for row in rows):
        raise Forbidden(_("You hold no role that works in this queue."))
    return queue


def may_acknowledge(item: Item, *, by: Actor, at: dt.datetime) -> bool:
    """Tell whether an actor may answer the open escalation of an item: their role works there, and they had no part."""
    queue = Queue.objects.filter(tasks__item=item, tasks__kind="escalation", tasks__state="open").first()
    if queue is None or has_part(item.pk, by.person_id or 0):
        return False
    try:
        return workable(queue, by=by, at=at) == queue
    except Forbidden:
        return False


def browsable_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project whose items the actor may look through; to reviewers the list does not exist.

    Raises:
        NotFound: they may not.
    """
    found = project_for(slug, by=by, at=at)
    if not may_browse(role_in(by.person_id or 0, found.pk, at)):
        raise NotFound
    return found


def runnable_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project that the actor runs: operations there, and owners.

    Raises:
        NotFound: they do not.
    """
    found = project_for(slug, by=by, at=at)
    if not may_change_project(by=by, project=found, at=at):
        raise NotFound
    return found


def followed_project(slug: str, *, by: Actor, at: dt.datetime) -> tuple[Project, set[str]]:
    """Give a project whose trail the actor may read, with their roles there.

    Raises:
        NotFound: they may not.
    """
    found = project_for(slug, by=by, at=at)
    roles = role_in(by.person_id or 0, found.pk, at)
    if not may_read_trail(roles):
        raise NotFound
    return found, roles


def mailable_log(log: uuid.UUID, *, by: Actor, at: dt.datetime) -> Log:
    """Give a log whose checkpoints the actor may mail: an owner any, compliance of a project in it.

    Raises:
        NotFound: there is none that the actor may know of.
        Forbidden: they read what happened in one of its projects, and do not mail.
    """
    found = Log.objects.filter(uuid=log).first()
    places = visible_projects(by=by, at=at).filter(log__uuid=log).values_list("pk", flat=True)
    roles = {role for place in places for role in role_in(by.person_id or 0, place, at)}
    if found is None or not (is_owner(by) or may_read_trail(roles)):
        raise NotFound
    if not (is_owner(by) or may_mail(roles)):
        raise Forbidden(_("Compliance of the project and owners mail checkpoints."))
    return found


def item_for(project: str, item: uuid.UUID, *, by: Actor, at: dt.datetime) -> tuple[Item, set[str]]:
    """Give an item that the actor may look at, with their roles: those who browse any, others what they had a part in.

    Raises:
        NotFound: they may not.
    """
    place = project_for(project, by=by, at=at)
    found = Item.objects.select_related("project").filter(project=place, uuid=item).first()
    roles = role_in(by.person_id or 0, place.pk, at)
    if found is None or not (may_browse(roles) or has_part(found.pk, by.person_id or 0)):
        raise NotFound
    return found, roles


def overseen_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project whose own page exists for the actor: those who browse its items, operations, and owners.

    Raises:
        NotFound: it does not; to reviewers the page does not exist.
    """
    found = project_for(slug, by=by, at=at)
    if may_browse(role_in(by.person_id or 0, found.pk, at)) or may_change_project(by=by, project=found, at=at):
        return found
    raise NotFound


def governed_projects(*, by: Actor, at: dt.datetime) -> list[Project]:
    """Give the projects that the actor governs, by name: those that they run operations of, an owner's all."""
    found = visible_projects(by=by, at=at).select_related("log").order_by("name", "pk")
    if is_owner(by):
        return list(found)
    if by.person_id is None or by.token_id is not None:
        return []
    own = Membership.objects.standing(at).filter(person_id=by.person_id, role=Role.OPERATIONS)
    return list(found.filter(pk__in=own.values("project_id")))


def governors(project: Project, at: dt.datetime) -> list[Person]:
    """Give the people who govern a project: its operations, and the owners."""
    own = Membership.objects.standing(at).filter(project=project, role=Role.OPERATIONS).values("person_id")
    active = User.objects.filter(is_active=True).values("person_id")
    return list(Person.objects.filter(Q(is_owner=True) | Q(pk__in=own), pk__in=active).order_by("name", "pk"))


def governed_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project that the actor may bring items to, and whose threshold they may move: operations and owners.

    Raises:
        NotFound: its page does not exist for them.
        Forbidden: they may look and not act.
    """
    found = overseen_project(slug, by=by, at=at)
    if not may_change_project(by=by, project=found, at=at):
        raise Forbidden(_("Only operations of this project and owners do this."))
    return found
