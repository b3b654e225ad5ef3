"""Questions on a guideline: asked beside an item or a section, read by section, answered, taken back."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import NotFound
from accounts.models import Project
from guidelines.policies import may_edit
from guidelines.reads import guideline_in_force
from reviews.actions import answer_question, ask_question, take_question_back
from reviews.errors import BadQuestion, TooManyQuestions
from reviews.forms.questioning import page_in, sent_end, sent_question, uuid_in
from reviews.models import Claim, Question
from reviews.policies import asking, item_for, kept_from, may_ask, project_for
from reviews.reads.case import case
from reviews.reads.consents import consents_given
from reviews.reads.guiding import guide
from reviews.reads.questions import (
    Choices,
    Kept,
    choices_in,
    ended_questions,
    one_question,
    open_questions,
    own_questions,
    question_rows,
)
from reviews.reads.veils import veil_in
from reviews.views.asking import HtmxRequest, page, person_of, who

Refused = BadQuestion | TooManyQuestions


@require_GET
@login_required
def questions(request: HttpRequest, project: str) -> HttpResponse:
    """List a project's questions: to its editors all, by section; to everybody else their own."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    edits, number = may_edit(by=by, project=place, at=at), page_in(request.GET)
    state = request.GET.get("state", "") if edits else "mine"
    kept: Kept = lambda rows: kept_from(rows, by=by, at=at)  # noqa: E731
    if state == "mine":
        found = own_questions(place, person_of(by), number)
    elif state == "ended":
        found = ended_questions(place, number, kept)
    else:
        state, found = "open", open_questions(place, number, kept)
    shown = {"found": found, "state": state, "edits": edits, "asks": may_ask(by=by, project=place, at=at)}
    shown["ready"] = consents_given(place) if edits and state == "open" else []
    return page(request, "reviews/questions.html", "guideline", at, shown, project=place)


@require_http_methods(["GET", "POST"])
@login_required
def new_question(request: HtmxRequest, project: str) -> HttpResponse:
    """Ask of the guideline (GET: the form, alone for a panel), beside the item of a claim where one is named."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    asking(by=by, project=place, at=at)
    if request.method == "GET":
        return _form(request, place, {"question": str(uuid.uuid4()), "section": request.GET.get("at", "")}, None)
    try:
        made = ask_question(project=place, by=by, at=at, **sent_question(request.POST))
    except (BadQuestion, TooManyQuestions) as refused:
        return _form(request, place, request.POST, refused)
    told = _("Question %(n)s is asked. You are told when it is answered.") % {"n": made.number}
    if request.htmx:
        return HttpResponse(told, status=201, content_type="text/plain; charset=utf-8")
    messages.success(request, told)
    return redirect("question", project, made.uuid)


def _form(request: HtmxRequest, place: Project, given: Any, refused: Refused | None) -> HttpResponse:
    """Show the form with what was typed, whole or as a panel shows it."""
    sent = request.POST if request.method == "POST" else request.GET
    claim, item = uuid_in(sent, "claim"), uuid_in(sent, "item")
    choices, name = _beside(request, place, claim, item)
    shown = {
        "given": given,
        "claim": claim or "",
        "item": item or "",
        "beside": name,
        "choices": choices,
        "refused": refused,
        "faults": dict(refused.fields) if refused else {},
        "project": place,
    }
    if request.htmx:
        answer = render(request, "reviews/question_form.html", shown)
    else:
        answer = page(request, "reviews/new_question.html", "guideline", timezone.now(), shown, project=place)
    answer.status_code = (422 if isinstance(refused, BadQuestion) else 409) if refused else 200
    return answer


def _beside(
    request: HttpRequest, place: Project, claim: uuid.UUID | None, item: uuid.UUID | None
) -> tuple[Choices, str]:
    """Give the sections of the version that is read, and the name of the item that it is asked beside."""
    by, at = who(request), timezone.now()
    if claim is not None:
        rows = Claim.objects.select_related("presentation__guideline", "task__item")
        found = rows.filter(token=claim, person=person_of(by), task__item__project=place).first()
        if found is None:
            raise NotFound
        return choices_in(found.presentation.guideline), found.task.item.external_id
    name = item_for(place.slug, item, by=by, at=at)[0].external_id if item is not None else ""
    return choices_in(guideline_in_force(place)), name


@require_http_methods(["GET", "POST"])
@login_required
def question(request: HttpRequest, project: str, question: uuid.UUID) -> HttpResponse:
    """Show one question (GET); answer it, or take it back (POST)."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    edits = may_edit(by=by, project=place, at=at)
    row = question_rows(place).filter(uuid=question).first()
    if row is None or not (edits or row.person_id == person_of(by)):
        raise NotFound
    refused = None
    if request.method == "POST":
        try:
            if request.POST.get("how") == "withdrawn":
                take_question_back(question=row, by=by, at=at)
                messages.success(request, _("Taken back."))
            else:
                answer_question(question=row, by=by, at=at, **sent_end(request.POST))
                messages.success(request, _("Question %(n)s is closed, and whoever asked is told.") % {"n": row.number})
            return redirect(reverse("questions", args=[project]) if edits else request.path)
        except BadQuestion as problem:
            refused = problem
    shown = _question(request, row, edits) | {"refused": refused, "faults": dict(refused.fields) if refused else {}}
    answer = page(request, "reviews/question.html", "guideline", at, shown, project=place)
    answer.status_code = 422 if refused else 200
    return answer


def _question(request: HttpRequest, row: Question, edits: bool) -> dict[str, Any]:
    """Read a question with its item, as far as the reader may see that."""
    by, at = who(request), timezone.now()
    asked = one_question(row, lambda rows: kept_from(rows, by=by, at=at))
    found = guide(row.project_id) if edits else None
    shown: dict[str, Any] = {
        "asked": asked,
        "edits": edits,
        "mine": row.person_id == person_of(by),
        "given": request.POST,
        "versions": found.versions if found else [],
        "seen": None,
    }
    if row.item is not None and not asked.kept:
        try:
            item, _roles = item_for(row.project.slug, row.item.uuid, by=by, at=at)
        except NotFound:
            return shown
        shown["item"] = item
        shown["seen"] = case(item, whole=False, veil=veil_in(item.project_id, person_of(by))).stage
    return shown
