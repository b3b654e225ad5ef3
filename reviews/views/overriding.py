"""Putting an outcome aside, signing that as the second person, and taking an appeal in."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import prove
from accounts.errors import Forbidden, NotFound, WrongPassword
from accounts.models import User
from audit.errors import Refusal
from reviews.actions import countersign, decline, put_aside, receive_appeal, take_override_back
from reviews.errors import BadBody, BadDecision, BadOutput, ReasonMissing
from reviews.forms import sent_answer
from reviews.models import Item, Override
from reviews.policies import (
    Leave,
    at_rest,
    item_for,
    leave_to_override,
    leave_to_sign,
    leave_to_take_back,
    outcome_in_force,
    why_no_appeal,
    withheld,
)
from reviews.reads.case import case
from reviews.reads.composing import AnswerForm, answer_form, shape_of
from reviews.reads.facts import data_of, taxonomy_in_force
from reviews.reads.said import words_of
from reviews.reads.turns import conversation
from reviews.reads.veils import veil_in
from reviews.views.asking import page, person_of, who
from reviews.wire import read_appeal

MENDED = (BadBody, BadDecision, BadOutput, ReasonMissing, WrongPassword)
"""What the page says beside the form, with what was typed still in it; all else ends on a page of its own."""


def _item(request: HttpRequest, project: str, item: uuid.UUID) -> Item:
    """Give an item that the person may see the whole of.

    Raises:
        NotFound: they may not see it.
        Forbidden: they still decide on it.
    """
    by, at = who(request), timezone.now()
    row, _roles = item_for(project, item, by=by, at=at)
    if withheld(row.pk, person_of(by), at):
        raise Forbidden(_("You still decide on this item; somebody else has to do this."))
    return row


def _output(body: Any) -> Any:
    return json.loads(bytes(body))["output"] if body is not None else None


@require_http_methods(["GET", "POST"])
@login_required
def override(request: HttpRequest, project: str, item: uuid.UUID) -> HttpResponse:
    """Say what putting the outcome in force aside will do (GET), and do it, or put it forward (POST)."""
    by, at, row = who(request), timezone.now(), _item(request, project, item)
    leave = leave_to_override(item=row, by=by, at=at)
    form = _form(row, leave)
    if request.method == "GET":
        return _override_page(request, row, leave, form, None)
    try:
        output = sent_answer(request.POST, form, _output(leave.over.body))
        proof = _proof(request, at) if leave.asked.second else None
        made = put_aside(
            item=row, over=_shown(request), output=output, reason=request.POST.get("reason", ""), by=by, at=at,
            proof=proof,
        )  # fmt: skip
    except MENDED as problem:
        if form.shape == "json":
            of_answer = isinstance(problem, BadBody | BadOutput | BadDecision)
            form = form.typed(request.POST.get("json", ""), problem.fields if of_answer else [])
        return _override_page(request, row, leave, form, problem)
    told = _("You signed it; it waits for the second signature.") if made.second else _("The outcome was put aside.")
    messages.success(request, told)
    return redirect("item", project, row.uuid)


def _form(row: Item, leave: Leave) -> AnswerForm:
    taxonomy = taxonomy_in_force(row.project)
    turns = bool(conversation(data_of(row))[0])
    return answer_form(row.project.task_type, taxonomy, _output(leave.over.body), turns=turns)


def _shown(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("over", ""))
    except ValueError:
        raise BadBody from None


def _proof(request: HttpRequest, at: Any) -> Any:
    assert isinstance(request.user, User)
    return prove(request=request, user=request.user, password=request.POST.get("password", ""), at=at)


def _override_page(
    request: HttpRequest, row: Item, leave: Leave, form: AnswerForm, problem: Refusal | None
) -> HttpResponse:
    shown = {
        "item": row,
        "leave": leave,
        "form": form,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "case": _case(request, row),
    }
    answer = page(request, "reviews/override.html", "items", timezone.now(), shown, project=row.project)
    answer.status_code = 422 if problem else 200
    return answer


def _case(request: HttpRequest, row: Item) -> Any:
    return case(row, whole=True, veil=veil_in(row.project_id, person_of(who(request))))


@require_http_methods(["GET", "POST"])
@login_required
def signature(request: HttpRequest, project: str, override: uuid.UUID) -> HttpResponse:
    """Show what waits for a second signature (GET); sign it, or decline to (POST)."""
    by, at, found = who(request), timezone.now(), _proposal(request, project, override)
    if request.method == "GET":
        return _signature_page(request, found, None)
    try:
        if "decline" in request.POST:
            end = decline(override=override, reason=request.POST.get("reason", ""), by=by, at=at)
        else:
            leave_to_sign(override=found, by=by, at=at)
            proof, digest = _proof(request, at), request.POST.get("digest", "")
            end = countersign(override=override, digest=digest, proof=proof, by=by, at=at)
    except MENDED as problem:
        return _signature_page(request, found, problem)
    messages.success(request, ENDED[end.how]())
    return redirect("item", project, found.item.uuid)


def _proposal(request: HttpRequest, project: str, override: uuid.UUID) -> Override:
    """Give an override of an item that the person may see the whole of.

    Raises:
        NotFound, Forbidden: as `_item`.
    """
    found = Override.objects.select_related("item__project", "over", "rights").filter(uuid=override).first()
    if found is None:
        raise NotFound
    _item(request, project, found.item.uuid)
    return found


@require_http_methods(["GET", "POST"])
@login_required
def override_ending(request: HttpRequest, project: str, override: uuid.UUID) -> HttpResponse:
    """Say what taking back does to what one put forward (GET), and do it (POST)."""
    by, at, found = who(request), timezone.now(), _proposal(request, project, override)
    if request.method == "POST":
        take_override_back(override=override, by=by, at=at)
        messages.success(request, _("You took it back. The outcome in force stays."))
        return redirect("item", project, found.item.uuid)
    leave_to_take_back(override=found, by=by, at=at)
    shown = {"item": found.item, "override": found}
    return page(request, "reviews/override_ending.html", "items", at, shown, project=found.item.project)


ENDED = {
    "done": lambda: _("You signed it: the outcome was put aside."),
    "declined": lambda: _("You declined. The outcome in force stays."),
    "fell": lambda: _("Nothing was signed: this fell, since another outcome or other rights are in force by now."),
}


def _signature_page(request: HttpRequest, found: Override, problem: Refusal | None) -> HttpResponse:
    why = ""
    try:
        leave_to_sign(override=found, by=who(request), at=timezone.now())
    except Refusal as refusal:
        why = refusal.sentence
    said = json.loads(bytes(found.body)) if found.body is not None else {"output": None, "reason": ""}
    taxonomy = taxonomy_in_force(found.item.project)
    shown = {
        "item": found.item,
        "override": found,
        "why": why,
        "before": words_of(_output(found.over.body), taxonomy),
        "after": words_of(said["output"], taxonomy),
        "said": said,
        "written": [_output(found.over.body), said["output"]]
        if shape_of(found.item.project.task_type, taxonomy) == "json"
        else [],
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "case": _case(request, found.item),
        "end": getattr(found, "end", None),
        "own": found.person_id == person_of(who(request)),
    }
    answer = page(request, "reviews/signature.html", "items", timezone.now(), shown, project=found.item.project)
    answer.status_code = 422 if problem else 200
    return answer


@require_http_methods(["GET", "POST"])
@login_required
def appeals(request: HttpRequest, project: str, item: uuid.UUID) -> HttpResponse:
    """Say what an appeal does (GET), and take one in that somebody raised elsewhere (POST)."""
    by, at, row = who(request), timezone.now(), _item(request, project, item)
    if why := why_no_appeal(item=row, by=by, at=at):
        raise Forbidden(why)
    problem: Refusal | None = None
    if request.method == "POST":
        told = {name: value for name in ("grounds", "from") if (value := request.POST.get(name, "").strip())}
        try:
            receive_appeal(item=row, sent=read_appeal(json.dumps(told).encode()), by=by, at=at)
            messages.success(request, _("The appeal waits for somebody who had no part in this item."))
            return redirect("item", project, row.uuid)
        except BadBody as refusal:
            problem = refusal
    else:
        at_rest(row)
    over = outcome_in_force(row)
    shown = {"item": row, "over": over, "problem": problem, "typed": request.POST, "case": _case(request, row)}
    answer = page(request, "reviews/appeal.html", "items", at, shown, project=row.project)
    answer.status_code = 422 if problem else 200
    return answer
