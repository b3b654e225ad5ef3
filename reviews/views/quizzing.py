"""The guideline in force, acknowledged: what changed, the quiz, and who has and has not."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import NotFound
from accounts.models import Project
from accounts.policies import role_in
from accounts.reads import Actor
from assets.actions import show
from assets.reads import asset_of, recipes_for, sizes_of
from guidelines.actions import acknowledge_guideline, answer_question, begin_quiz, remind_of_guideline
from guidelines.errors import NothingToAcknowledge
from guidelines.models import QuizAttempt
from guidelines.reads import Question, ToRead, cards_due, questions_of, to_be_read
from reviews.policies import project_for, runnable_project
from reviews.reads.changes import to_read
from reviews.reads.home import lines
from reviews.reads.readers import card_readers
from reviews.reads.readers import readers as who_has_read
from reviews.views.asking import page, person_of, who
from reviews.views.media import streamed


@require_http_methods(["GET", "POST"])
@login_required
def guideline_acknowledgement(request: HttpRequest, project: str) -> HttpResponse:
    """Show what changed since I last acknowledged (GET); acknowledge it, or begin its quiz (POST)."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    if request.method == "POST":
        try:
            return _going_on(place, _whole(request, "version"), by, at)
        except NothingToAcknowledge:
            return _overtaken(request, place, by, at)
    found = to_be_read(place, person_of(by))
    here_for = bool(role_in(person_of(by), place.pk, at))
    if here_for and (found is None or found.acknowledged_at) and cards_due(place, person_of(by)):
        return redirect("model-cards", project)  # the guideline is done; what is left to read stands there
    return _what_changed(request, place, found, by, at)


def _what_changed(
    request: HttpRequest, place: Project, found: ToRead | None, by: Actor, at: dt.datetime, *, overtaken: bool = False
) -> HttpResponse:
    here_for = bool(role_in(person_of(by), place.pk, at))
    shown: dict[str, Any] = {"reading": found, "here_for": here_for, "overtaken": overtaken}
    shown["changes"] = to_read(found.changes) if found else []
    shown["line"] = next((one for one in lines(person_of(by), at) if one.project == place.slug), None)
    return page(request, "reviews/acknowledging.html", "guideline", at, shown, project=place)


def _overtaken(request: HttpRequest, place: Project, by: Actor, at: dt.datetime) -> HttpResponse:
    """Show what is to be acknowledged now to somebody whose page was of another version.

    Raises:
        NothingToAcknowledge: nothing is.
    """
    found = to_be_read(place, person_of(by))
    if found is None:
        raise NothingToAcknowledge
    answer = _what_changed(request, place, found, by, at, overtaken=True)
    answer.status_code = 409
    return answer


def _going_on(place: Project, number: int, by: Actor, at: dt.datetime) -> HttpResponse:
    """Acknowledge the version that was on the page, by its number, or begin its quiz."""
    found = to_be_read(place, person_of(by))
    if found is not None and found.asked.questions:
        begin_quiz(project=place, number=number, by=by, at=at)
        return redirect("quiz", place.slug)
    acknowledge_guideline(project=place, number=number, by=by, at=at)
    return redirect("guideline-acknowledgement", place.slug)


@require_http_methods(["GET", "POST"])
@login_required
def quiz(request: HttpRequest, project: str) -> HttpResponse:
    """Ask the next question of my attempt, or show how the last one went (GET); answer the one on screen (POST)."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    if request.method == "POST":
        number, attempted, asked = (_whole(request, name) for name in ("version", "attempt", "place"))
        answer = request.POST.get("answer", "")
        try:
            answer_question(project=place, number=number, attempt=attempted, place=asked, answer=answer, by=by, at=at)
        except NothingToAcknowledge:
            return _overtaken(request, place, by, at)
        return redirect("quiz", project)
    found = to_be_read(place, person_of(by))
    attempt = (found.unanswered or found.last) if found else None
    if found is None or attempt is None:
        return redirect("guideline-acknowledgement", project)
    return page(request, "reviews/quiz.html", "guideline", at, _asked(found, attempt), project=place)


def _asked(found: ToRead, attempt: QuizAttempt) -> dict[str, Any]:
    """Give the question that comes next with its picture's size, or all of them once they are answered."""
    questions = questions_of(found.version, attempt)
    shown = questions if attempt.answered_at else [questions[len(attempt.given)]]
    sizes = sizes_of(file for one in shown if (file := _file(one)))
    return {
        "reading": found,
        "attempt": attempt,
        "asked": [(one, _file(one), sizes.get(_file(one))) for one in shown],
    }


def _file(one: Question) -> str:
    return (one.example.asset or "").removeprefix("sha256:")


def _whole(request: HttpRequest, name: str) -> int:
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 7 else -1


@require_GET
@login_required
def quiz_media(request: HttpRequest, project: str, sha256: str, recipe: str) -> FileResponse:
    """Stream a file of an example of the version that I am asked about, as a recipe made it."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    found = to_be_read(place, person_of(by))
    named = {one.asset for one in found.guideline.examples} if found else set()
    asset = asset_of(place, sha256) if f"sha256:{sha256}" in named else None
    if asset is None or recipe not in recipes_for(asset):
        raise NotFound
    return streamed(request, show(asset=asset, recipe=recipe, at=at), final=False)


@require_GET
@login_required
def readers(request: HttpRequest, project: str) -> HttpResponse:
    """Show operations who has acknowledged the version in force, or only who has not (`?has=not`)."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    found = who_has_read(place, at)
    only = request.GET.get("has") == "not"
    shown: dict[str, Any] = {
        "readers": found,
        "only": only,
        "rows": (found.kept if only else found.everyone) if found else [],
    }
    shown["cards"] = card_readers(place, at)
    return page(request, "reviews/readers.html", "operations", at, shown, project=place)


@require_POST
@login_required
def reminder(request: HttpRequest, project: str, reader: uuid.UUID) -> HttpResponse:
    """Ask somebody by a notice on their pages to acknowledge the version in force."""
    by, at = who(request), timezone.now()
    place = runnable_project(project, by=by, at=at)
    made = remind_of_guideline(project=place, reader=str(reader), by=by, at=at)
    messages.success(request, _("%(name)s is told so on their first page now.") % {"name": made.person.name})
    return redirect("readers", project)
