"""Who may see what of the loop; the only place of this app where roles are compared."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from accounts.errors import Forbidden, NotFound
from accounts.models import Project, Role
from accounts.policies import may_change_project, role_in, visible_projects
from accounts.reads import Actor
from audit.models.sql import ask_one
from reviews.models import Item, Queue, RightsVersion
from reviews.reads.published import rights_of
from reviews.reads.rail import OWNER
from reviews.reads.trail import Sight
from reviews.rights import duration

BROWSES = frozenset({Role.ADJUDICATOR, Role.OPERATIONS, Role.GUIDELINE_EDITOR, Role.COMPLIANCE, Role.RECORDS_OFFICER})
FOLLOWS = frozenset({Role.COMPLIANCE, Role.RECORDS_OFFICER})
PART = """
SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id
WHERE t.item_id = %s AND s.person_id = %s AND s.state IN ('leased', 'decided')
UNION ALL
SELECT d.id FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id WHERE t.item_id = %s AND d.person_id = %s
    AND NOT EXISTS (SELECT 1 FROM reviews_withdrawal w WHERE w.task_id = d.task_id AND w.person_id = d.person_id
        AND w.attempt = d.attempt)
LIMIT 1
"""
HOLDS = """
SELECT s.state FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id
WHERE t.item_id = %s AND s.person_id = %s AND (s.state = 'leased' OR (s.state = 'decided' AND (
    t.state = 'open'
    OR (t.state = 'settled' AND EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.task_id = t.id
        AND o.annulled_at IS NULL AND o.released_at IS NULL))
    OR (t.state = 'passed_on' AND NOT EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.item_id = s.item_id
        AND o.released_at IS NOT NULL AND o.settled_at >= t.opened_at)))))
UNION ALL
SELECT 'decided' FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id
WHERE t.item_id = %s AND d.person_id = %s AND t.state = 'open'
ORDER BY 1 DESC LIMIT 1
"""

LAST = """
SELECT d.decided_at, rv.body FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id
JOIN reviews_route r ON r.item_id = t.item_id JOIN reviews_rightsversion rv ON rv.id = r.rights_id
WHERE t.item_id = %s AND d.person_id = %s AND NOT EXISTS (SELECT 1 FROM reviews_outcome o
    WHERE o.task_id = t.id AND o.released_at IS NOT NULL)
ORDER BY d.id DESC, r.number DESC LIMIT 1
"""


def may_browse(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone look through a project's items; a reviewer may still be asked about any."""
    return not BROWSES.isdisjoint(roles)


def may_read_trail(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone read all that happened in a project."""
    return not FOLLOWS.isdisjoint(roles)


def pages_of(roles: Collection[str]) -> frozenset[str]:
    """Name the pages of a project that these roles open; `owner` stands for an owner of the installation."""
    opened = {
        "items": may_browse(roles),
        "operations": Role.OPERATIONS in roles or OWNER in roles,
        "trail": may_read_trail(roles),
        "exports": may_read_trail(roles),
        "guideline": bool(roles),
        "editing": Role.GUIDELINE_EDITOR in roles,
    }
    return frozenset(name for name, may in opened.items() if may)


def may_see_quality(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone see draws, and tasks of the kinds that measure people.

    Compliance sees them, and nobody who may be asked themselves.
    """
    return Role.COMPLIANCE in roles and not may_be_asked(roles)


def may_be_asked(roles: Collection[str]) -> bool:
    """Tell whether someone in these roles may still be asked about any item of their project."""
    return not {Role.REVIEWER, Role.ADJUDICATOR}.isdisjoint(roles)


def why_no_exports(roles: Collection[str]) -> str:
    """Say why these roles make and take no exports, which tell what everybody decided; "" where they do."""
    if Role.COMPLIANCE not in roles:
        return _("Compliance of this project makes and takes its exports; a records officer sees which there are.")
    if may_be_asked(roles):
        return _("You may be asked about this project’s items yourself, and its exports tell what others decided.")
    return ""


def exporting(roles: Collection[str]) -> str:
    """Give the role by which somebody makes and takes a project's exports.

    Raises:
        Forbidden: they do not.
    """
    if reason := why_no_exports(roles):
        raise Forbidden(reason)
    return Role.COMPLIANCE.value


def sight_of(roles: Collection[str]) -> Sight:
    """Say what of a project's trail these roles may be told; who may still be asked is told of no item."""
    return Sight(items=not may_be_asked(roles), quality=may_see_quality(roles))


def sight_of_all(each: Iterable[Collection[str]]) -> Sight:
    """Say what of several projects' trails may be told together, by the roles in each: what each of them allows."""
    sights = [sight_of(roles) for roles in each]
    return Sight(items=all(one.items for one in sights), quality=all(one.quality for one in sights))


def may_follow_outcomes(roles: Collection[str]) -> bool:
    """Tell whether a person in these roles may read all outcomes as they are released."""
    return may_browse(roles) and not may_be_asked(roles)


def runs(roles: Collection[str]) -> bool:
    """Tell whether these roles route held items again, and so are told of them."""
    return Role.OPERATIONS in roles


def may_see_originals(roles: Collection[str]) -> bool:
    """Tell whether these roles let someone see files as they were sent, with what the camera wrote into them."""
    return may_browse(roles) and not may_be_asked(roles)


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


def has_part(item_id: int, person_id: int) -> bool:
    """Tell whether a person holds a task on the item, or has decided one and not taken that back."""
    return ask_one(PART, [item_id, person_id, item_id, person_id]) is not None


def withheld(item_id: int, person_id: int, at: dt.datetime) -> str:
    """Say why a person sees no one's decision on an item and no hidden proposal; "" where nothing is withheld.

    `holding`: they have it on their screen. `deciding`: their own decision can still be taken back, also an audit's
    that made no outcome; or they took it back, and may be asked again.
    """
    found = ask_one(HOLDS, [item_id, person_id, item_id, person_id])
    if found is not None:
        return "holding" if found.state == "leased" else "deciding"
    last = ask_one(LAST, [item_id, person_id])
    fresh = last is not None and at <= last.decided_at + duration(rights_of(last.body).release_after)
    return "deciding" if fresh else ""


def overseen_project(slug: str, *, by: Actor, at: dt.datetime) -> Project:
    """Give a project whose own page exists for the actor: those who browse its items, operations, and owners.

    Raises:
        NotFound: it does not; to reviewers the page does not exist.
    """
    found = project_for(slug, by=by, at=at)
    if may_browse(role_in(by.person_id or 0, found.pk, at)) or may_change_project(by=by, project=found, at=at):
        return found
    raise NotFound


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
