"""Cards of model versions in the admin: written, looked at as reviewers see them, published, retired."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.entrance import AdminRequest
from accounts.errors import NotFound
from audit.errors import Refusal
from guidelines.actions import begin_card_draft, change_card_draft, discard_card_draft, publish_card_draft, retire_card
from guidelines.admin.guarding import place_of, shown
from guidelines.errors import BadCard, CardDraftStale, CardNotInForce, NoCardDraft, SecondEditorNeeded
from guidelines.forms.cards import read_card
from guidelines.forms.parts import words
from guidelines.forms.publishing import Ending, Revised
from guidelines.models import ModelVersion
from guidelines.policies import affected
from guidelines.reads import CardDesk, card_before, card_desk, carded_models, cards_of, compared_cards, previewed

REFUSALS = (BadCard, CardDraftStale, CardNotInForce, NoCardDraft, SecondEditorNeeded)


@require_GET
def cards(request: AdminRequest, project: str) -> HttpResponse:
    """List a project's model versions with their cards and drafts."""
    place, _by, _at = place_of(request, project)
    return shown(request, "cards.html", {"project": place, "rows": carded_models(place)})


@require_GET
def card(request: AdminRequest, project: str, model: int) -> HttpResponse:
    """Show a model version's card in force, its draft and all its cards, each with what changed."""
    found = _model(request, project, model)[0]
    context = {
        "project": found.project,
        "model": found,
        "desk": card_desk(found),
        "cards": cards_of(found),
        "before": card_before(found),
    }
    return shown(request, "card.html", context)


@require_http_methods(["GET", "POST"])
def draft(request: AdminRequest, project: str, model: int) -> HttpResponse:
    """Show the draft (GET); keep what is written (POST), or begin it where nobody has."""
    found, by, at = _model(request, project, model)
    if request.method == "GET":
        return _drawn(request, _desk(found))
    if "begin" in request.POST:
        before = card_before(found) if request.POST["begin"] == "before" else None
        begin_card_draft(model=found, start_from=before, by=by, at=at)
        return redirect("admin:guidelines-card-draft", project, model)
    written, summary = read_card(request.POST), words(request.POST, "summary")
    try:
        change_card_draft(
            model=found, card=written, summary=summary, revision=Revised(request.POST).number, by=by, at=at
        )
    except REFUSALS as problem:
        return _drawn(request, _desk(found), refused=problem, written=written, summary=summary)
    if "publish" in request.POST:
        return redirect("admin:guidelines-card-publishing", project, model)
    messages.success(request, _("Saved."))
    return redirect("admin:guidelines-card-draft", project, model)


@require_POST
def preview(request: AdminRequest, project: str, model: int) -> HttpResponse:
    """Show what is written as reviewers see it."""
    found = _model(request, project, model)[0]
    return shown(request, "card_preview.html", {"parts": previewed(read_card(request.POST), found.project.language)})


@require_http_methods(["GET", "POST"])
def publishing(request: AdminRequest, project: str, model: int) -> HttpResponse:
    """Show what the draft changes and whom that affects; publish it."""
    found, by, at = _model(request, project, model)
    refused: Refusal | None = None
    unsure = request.method == "POST" and request.POST.get("sure") != "yes"
    if request.method == "POST" and not unsure:
        try:
            made = publish_card_draft(model=found, revision=Revised(request.POST).number, by=by, at=at)
        except REFUSALS as problem:
            refused = problem
        else:
            messages.success(request, _("Card %(n)s is published and in force.") % {"n": made.number})
            return redirect("admin:guidelines-card", project, model)
    desk = _desk(found)
    context = {
        "project": found.project,
        "model": found,
        "desk": desk,
        "lines": compared_cards(desk.base, desk.card) if desk.card else [],
        "shown": previewed(desk.words, found.project.language),
        "affected": affected(found.project, at),
        "mine": desk.draft.changed_by_id == by.person_id if desk.draft else False,
        "refused": refused,
        "unsure": unsure,
    }
    return shown(request, "card_publishing.html", context, _status(refused, unsure=unsure))


@require_http_methods(["GET", "POST"])
def retiring(request: AdminRequest, project: str, model: int) -> HttpResponse:
    """Show whom it affects that the card in force is retired; do it, with the reason."""
    found, by, at = _model(request, project, model)
    standing = card_desk(found).base
    if standing is None:
        raise NotFound
    refused: Refusal | None = None
    form = Ending(request.POST if request.method == "POST" else None)
    reason = form.cleaned_data["reason"] if form.is_bound and form.is_valid() else ""
    if request.method == "POST":
        try:
            retire_card(model=found, number=standing.number, reason=reason, by=by, at=at)
        except REFUSALS as problem:
            refused = problem
        else:
            messages.success(request, _("Card %(n)s is retired.") % {"n": standing.number})
            return redirect("admin:guidelines-card", project, model)
    context = {"project": found.project, "model": found, "card": standing, "refused": refused, "reason": reason}
    return shown(request, "card_retiring.html", context | {"affected": affected(found.project, at)}, _status(refused))


@require_POST
def discarding(request: AdminRequest, project: str, model: int) -> HttpResponse:
    """Throw the draft away."""
    found, by, at = _model(request, project, model)
    discard_card_draft(model=found, revision=Revised(request.POST).number, by=by, at=at)
    messages.success(request, _("The draft is discarded. What is in force stays."))
    return redirect("admin:guidelines-card", project, model)


def _model(request: AdminRequest, project: str, model: int) -> tuple[ModelVersion, Any, Any]:
    place, by, at = place_of(request, project)
    found = ModelVersion.objects.select_related("project").filter(project=place, pk=model).first()
    if found is None:
        raise NotFound
    return found, by, at


def _desk(model: ModelVersion) -> CardDesk:
    found = card_desk(model)
    if found.draft is None:
        raise NoCardDraft
    return found


def _drawn(
    request: AdminRequest,
    desk: CardDesk,
    *,
    refused: Refusal | None = None,
    written: dict[str, Any] | None = None,
    summary: str | None = None,
) -> HttpResponse:
    typed = desk.words if written is None else written
    context = {
        "project": desk.model.project,
        "model": desk.model,
        "desk": desk,
        "parts": desk.rows(typed),
        "asks": bool(typed.get("acknowledge")),
        "summary": desk.draft.summary if summary is None and desk.draft else summary,
        "shown": previewed(typed, desk.model.project.language),
        "refused": refused,
    }
    return shown(request, "card_draft.html", context, _status(refused))


def _status(refused: Refusal | None, *, unsure: bool = False) -> int:
    if refused is None:
        return 422 if unsure else 200
    return 422 if isinstance(refused, BadCard) else 409
