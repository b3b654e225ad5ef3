"""What the demo leaves contested: an override that waits for its second signature, and an appeal that waits."""

import json
import secrets
import time

from django.http import HttpRequest
from django.utils import timezone

from accounts.actions import prove, set_password
from accounts.models import Project
from accounts.reads import Actor, actor_of_person
from hitl.demo.calling import Door
from hitl.demo.founding import Member
from reviews.actions import put_aside, release
from reviews.models import Impact, Item, Outcome, Override

BUSY = ("work", "learning", "adjudication", "escalation", "appeal")
REASON = "The guarantor named in the file was overlooked; with one this is within the guideline."
GROUNDS = "My application was declined, but the savings account I named was not taken into account."


def contest(project: Project, team: list[Member], door: Door, by: Actor) -> int:
    """Put an answer forward on a case of high impact, and appeal against another; give how many wait."""
    second = [member for member in team if member.roles.get(project.slug) == "adjudicator" and member.accuracy is None]
    if not second or project.task_type != "form":
        return 0
    if not Override.objects.filter(item__project=project).exists():
        _put_forward(project, second[0], by)
    declined = _decided(project, Impact.NORMAL, "decline")
    if declined is not None:
        told = {"external_id": "complaint-1", "grounds": GROUNDS, "from": "The applicant"}
        door.call("POST", f"projects/{project.slug}/items/{declined.item.external_id}/appeals/", told)
    return 2


def _put_forward(project: Project, member: Member, by: Actor) -> None:
    """Let somebody who decides nothing put an answer forward, signed with a password that nobody keeps."""
    found = _decided(project, Impact.HIGH, "decline") or _decided(project, Impact.HIGH, "approve")
    if found is None:
        return
    user, password = member.person.users.get(), f"{secrets.token_urlsafe(12)}-demo"
    set_password(user=user, password=password, by=by, at=timezone.now())
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1"}
    at = timezone.now()
    put_aside(
        item=found.item,
        over=found.uuid,
        output={"decision": "approve_with_conditions"},
        reason=REASON,
        by=actor_of_person(member.person, "browser"),
        at=at,
        proof=prove(request=request, user=user, password=password, at=at),
    )


def _decided(project: Project, impact: str, decision: str) -> Outcome | None:
    """Find an outcome of people to contest, the first that is at rest, and wait until it is released."""
    rows = Outcome.objects.select_related("item__project").filter(
        project=project, item__impact=impact, annulled_at__isnull=True, item__state="decided"
    )
    for row in rows.exclude(source="model").order_by("release_at", "pk")[:50]:
        busy = Item.objects.filter(pk=row.item_id, tasks__state="open", tasks__kind__in=BUSY).exists()
        if not busy and json.loads(bytes(row.body or b"{}")).get("output") == {"decision": decision}:
            time.sleep(max(0.0, (row.release_at - timezone.now()).total_seconds()))
            release(at=timezone.now())
            return row
    return None
