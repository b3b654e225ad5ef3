"""Looking back: a project's items, what happened to one, and what a reviewer saw of it."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import NotFound
from accounts.policies import may_change_project
from accounts.reads import Actor
from audit.errors import Refusal
from guidelines.reads import guideline_html, shown_card
from reviews.actions import route_again
from reviews.models import Item
from reviews.policies import (
    browsable_project,
    item_for,
    leave_to_override,
    may_acknowledge,
    may_be_asked,
    may_exemplify,
    may_see_quality,
    why_no_appeal,
    withheld,
)
from reviews.reads.case import case
from reviews.reads.chain import chain, waiting_on
from reviews.reads.claims import replay
from reviews.reads.complaints import appeals_of
from reviews.reads.explaining import explained
from reviews.reads.facts import rights_in_force, taxonomy_in_force
from reviews.reads.history import QUALITY, history
from reviews.reads.levels import levels_of
from reviews.reads.listing import STATES, listing
from reviews.reads.pane import pane
from reviews.reads.predictions import further
from reviews.reads.rail import OWNER
from reviews.reads.resting import showing
from reviews.reads.stream import withdrawable_on
from reviews.reads.times import times
from reviews.reads.veils import veil_in
from reviews.reads.words import HELD_AGAIN
from reviews.views.asking import owns, page, person_of, who

UNANSWERED = frozenset({"open", "held"})  # no outcome of theirs stands


@require_GET
@login_required
def items(request: HttpRequest, project: str) -> HttpResponse:
    """List a project's items, by state and external id."""
    by, at = who(request), timezone.now()
    place = browsable_project(project, by=by, at=at)
    asked = {name: request.GET.get(name, "") for name in ("state", "external_id")}
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 19 else None
    found = listing(place.pk, reader=person_of(by), at=at, **asked, after=start)
    shown = {"listing": found, "asked": asked, "states": list(STATES), "after": after, "showing": showing(place.pk)}
    return page(request, "reviews/items.html", "items", at, shown, project=place)


@require_GET
@login_required
def item(request: HttpRequest, project: str, item: uuid.UUID) -> HttpResponse:
    """Tell what happened to an item; to someone who still decides on it, show the item alone."""
    by, at = who(request), timezone.now()
    row, roles = item_for(project, item, by=by, at=at)
    why = withheld(row.pk, person_of(by), at)
    others, quality = not may_be_asked(roles), may_see_quality(roles)
    told = [] if why else history(row.pk, row.uuid, me=by.pseudonym, quality=quality, further=others)
    shown = {
        "case": case(row, whole=not why, veil=veil_in(row.project_id, person_of(by))),
        "history": told,
        "withheld": why,
        "item": row,
    }
    if not why:
        shown["why"] = explained(row, row.project, draws=quality)
        shown["others"] = further(row, taxonomy_in_force(row.project)) if others else []
    shown |= {} if why or row.state in UNANSWERED else _aside(row, roles, by, at)
    shown["mine"] = withdrawable_on(row.pk, person_of(by), at) if why else None  # what may be taken back withholds
    shown["times"] = [] if why else times(row.pk, quality=quality)
    levels = [] if why else levels_of(row.pk)
    shown |= {"levels": levels, "answers": any(one.waits for one in levels) and may_acknowledge(row, by=by, at=at)}
    shown["exemplifies"] = may_exemplify(roles | ({OWNER} if owns(request) else set()))
    shown["routable"] = row.state == "held" and may_change_project(by=by, project=row.project, at=at)
    return page(request, "reviews/item.html", "items", at, shown, project=row.project)


def _aside(row: Item, roles: set[str], by: Actor, at: dt.datetime) -> dict[str, Any]:
    """Read the chain of outcomes, the appeals, and what this person may do about the outcome in force."""
    taxonomy = taxonomy_in_force(row.project)
    return {
        "chain": chain(row.pk, taxonomy, names=not may_be_asked(roles)),
        "waits": waiting_on(row, at),
        "appeals": appeals_of(row.pk, at),
        "put_aside": _put_aside(row, by, at),
        "appealable": not why_no_appeal(item=row, by=by, at=at) and row.state in {"accepted", "decided"},
    }


def _put_aside(row: Item, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """Say whether this person may put the outcome in force aside, else why not; nothing where no rights say who may."""
    standing = rights_in_force(row.project_id)
    if standing is None or not standing[1].overrides or row.state not in {"accepted", "decided"}:
        return {}
    try:
        leave_to_override(item=row, by=by, at=at)
    except Refusal as refusal:
        return {"why": refusal.sentence}
    return {"may": True}


@require_POST
@login_required
def routes(request: HttpRequest, project: str, item: uuid.UUID) -> HttpResponse:
    """Route a held item again, under what is in force now."""
    by, at = who(request), timezone.now()
    row, _roles = item_for(project, item, by=by, at=at)
    route = route_again(item=row, by=by, at=at)
    if route.arm == "hold":
        messages.warning(request, HELD_AGAIN.get(route.problem, HELD_AGAIN[""]))
    else:
        messages.success(request, _("Routed again: it is no longer held."))
    return redirect("item", project, row.uuid)


@require_GET
@login_required
def presentation(request: HttpRequest, project: str, token: uuid.UUID) -> HttpResponse:
    """Show again what a reviewer saw."""
    by, at = who(request), timezone.now()
    found = replay(token, at)
    row, roles = item_for(project, found.held.item.uuid, by=by, at=at)
    own = found.person_id == by.person_id
    hidden = found.kind in QUALITY and not may_see_quality(roles)
    if not own and (hidden or withheld(row.pk, person_of(by), at)):
        raise NotFound
    digest = found.held.presentation["guideline"]
    guideline = guideline_html(digest) if digest else ""
    held = replace(found.held, veil=veil_in(row.project_id, person_of(by)))
    card = shown_card(row.project, found.held.presentation.get("model_card") or "", found.claimed_at)
    shown = {"replay": found, "pane": pane(held), "item": row, "guideline": guideline, "card": card}
    return page(request, "reviews/presentation.html", "items", at, shown, project=row.project)
