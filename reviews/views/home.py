"""The first page: what needs whoever opens it today, each role its part."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_GET

from accounts.models import User
from audit.errors import Refusal
from reviews.policies import leave_to_sign, may_mail, runs, sight_of_all, turned_with_ways, why_no_exports
from reviews.reads import home as reading
from reviews.reads.batches import batch_lines
from reviews.reads.chain import Waiting, overrides_waiting, waiting
from reviews.reads.consents import consents_waiting
from reviews.reads.exports import newest_exports
from reviews.reads.guiding import in_force
from reviews.reads.ledger import ledger
from reviews.reads.levels import told_of_holds
from reviews.reads.lost_examples import lost_examples
from reviews.reads.owning import owned
from reviews.reads.questions import recent_answers
from reviews.reads.rail import Rail
from reviews.reads.running import running_each
from reviews.reads.switching import positions
from reviews.reads.trail import trail
from reviews.views.asking import frame, page, who

LATEST = 12


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show my queues, what needs me, my last decisions, and what my roles look after."""
    assert isinstance(request.user, User)
    at, person = timezone.now(), request.user.person
    mine = reading.lines(person.pk, at)
    framed = frame(request, at, known=mine)
    running = [place.id for place in framed.places if runs(place.roles)]
    running += told_of_holds(
        {place.id: place.roles for place in framed.places if place.browses and place.id not in running}
    )
    roles = {place.id: (place.slug, place.roles) for place in framed.places}
    signatures = _signatures(request, framed, at)
    found = reading.home(person.pk, at, running=running, known=mine, roles=roles, signatures=len(signatures))
    shown: dict[str, Any] = {"home": found, **_looked_after(framed, at)}
    together = batch_lines(person.pk, at) if found.lines else set()
    shown["together"] = {f"{project}/{queue}" for project, queue in together}
    shown["signatures"] = signatures
    shown["answers"] = recent_answers(person.pk, at)
    if person.is_owner:
        shown["owned"], shown["mails"] = owned(at), bool(settings.EMAIL_HOST)
    if person.is_owner or shown.get("follows"):
        shown["ledger"] = ledger(
            at, None if person.is_owner else {place.id: may_mail(place.roles) for place in shown["follows"]}
        )
    shown["works"] = bool(found.lines or found.decisions or found.open)
    shown["idle"] = not (shown["works"] or shown.get("owned") or framed.places)
    return page(request, "reviews/home.html", "home", at, shown, framed=framed)


def _signatures(request: HttpRequest, framed: Rail, at: Any) -> list[Waiting]:
    """List the overrides that this person may sign as the second one."""
    by, found = who(request), []
    for one in overrides_waiting([place.id for place in framed.places if place.browses], at):
        try:
            leave_to_sign(override=one, by=by, at=at)
        except Refusal:
            continue
        found.append(waiting(one))
    return found


@require_GET
@login_required
@conditional_page
def counts(request: HttpRequest) -> HttpResponse:
    """Count what waits in my queues and tell of turned switches; unchanged, it costs nothing to be told so."""
    assert isinstance(request.user, User)
    at, person = timezone.now(), request.user.person
    lines = {
        f"{line.project}/{line.queue}": {"waiting": line.waiting, "overdue": line.overdue, "soon": line.soon}
        for line in reading.lines(person.pk, at)
    }
    turned = turned_with_ways(person, at)
    said = "".join(render_to_string("reviews/turned_line.html", {"one": one}) for one in turned)
    return JsonResponse({"lines": lines, "turned": said}, headers={"Cache-Control": "private, no-cache"})


def _looked_after(framed: Rail, at: Any) -> dict[str, Any]:
    """Read the parts of those roles that somebody has anywhere; eleven statements for somebody who has them all."""
    shown: dict[str, Any] = {}
    if operated := framed.with_page("operations"):
        each, switches = running_each([place.id for place in operated], at), positions([place.id for place in operated])
        shown["runs"] = [(place, each[place.id], switches.get(place.id)) for place in operated]
        shown["installation"] = switches[None]
    if follows := framed.with_page("trail"):
        shown["follows"] = follows
        shown["latest"] = trail(
            {place.uuid: place.slug for place in follows}, sight_of_all(place.roles for place in follows), limit=LATEST
        )
    if answering := framed.with_page("consents"):
        shown["consents"] = consents_waiting([place.id for place in answering])
    if listed := framed.with_page("exports"):
        shown["exports"] = newest_exports([place.id for place in listed])
        shown["exporting"] = [(place, not why_no_exports(place.roles)) for place in listed]
    if edits := framed.with_page("editing"):
        shown["guides"] = in_force([place.id for place in edits])
        shown["asked"] = [one for one in shown["guides"] if one.questions]
        shown["lost"] = lost_examples([one.project_id for one in shown["guides"] if one.lost])
    return shown
