"""An item as an example of the next guideline: wished by an editor, let be shown by who answers for the records."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Forbidden
from accounts.reads import Actor
from guidelines.policies import may_edit
from guidelines.reads import draft_of, guideline_in_force
from reviews.actions import end_consent, give_consent, make_example
from reviews.errors import BadExample, ConsentOver, ConsentWaits, NothingToShow, Veiled
from reviews.forms.questioning import sent_wish, uuid_in
from reviews.models import Item, Question
from reviews.policies import item_for, may_consent, withheld
from reviews.reads.case import case
from reviews.reads.consents import consent_of, examples_of, label_in_force, showables, veils, waiting_with
from reviews.reads.facts import taxonomy_in_force as labels_of
from reviews.reads.questions import choices_in
from reviews.reads.veils import veil_in
from reviews.views.asking import page, person_of, who

Refused = BadExample | ConsentOver | ConsentWaits | NothingToShow | Veiled


@require_http_methods(["GET", "POST"])
@login_required
def item_example(request: HttpRequest, project: str, item: uuid.UUID) -> HttpResponse:
    """Show what example could be made of an item, and whether it may be shown (GET); make it, or answer (POST)."""
    by, at = who(request), timezone.now()
    row, _roles = item_for(project, item, by=by, at=at)
    edits, consents = may_edit(by=by, project=row.project, at=at), may_consent(by=by, project=row.project, at=at)
    if not (edits or consents):
        raise Forbidden(_("Guideline editors make examples; compliance and owners say whether an item may be shown."))
    if withheld(row.pk, person_of(by), at):
        raise Forbidden(_("You decide on this item yourself now. Come back once your decision stands."))
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return _done(request, row, by)
        except (BadExample, ConsentOver, ConsentWaits, NothingToShow, Veiled) as problem:
            refused = problem
    shown = _shown(request, row, edits=edits, consents=consents) | {"refused": refused}
    shown["faults"] = dict(refused.fields) if refused else {}
    answer = page(request, "reviews/item_example.html", "items", at, shown, project=row.project)
    answer.status_code = 200 if refused is None else 422 if isinstance(refused, BadExample) else 409
    return answer


def _done(request: HttpRequest, row: Item, by: Actor) -> HttpResponse:
    """Do what was asked for, and lead on."""
    at, sent = timezone.now(), request.POST
    consent = consent_of(row)
    if sent.get("act") in {"give", "end"}:
        if consent is None:
            raise ConsentOver
        if sent["act"] == "give":
            give_consent(consent=consent, by=by, at=at)
            messages.success(request, _("The item may be shown now. Its editors can make the example."))
        else:
            end_consent(consent=consent, reason=sent.get("reason", ""), by=by, at=at)
            messages.success(request, _("Kept: the item is not to be shown."))
            for number in waiting_with(row):
                told = _("Version %(n)s waits for its day and shows the item. Its editors can still call it off.")
                messages.warning(request, told % {"n": number})
        return redirect(request.path)
    asked = uuid_in(sent, "question")
    question = Question.objects.filter(item=row, uuid=asked).first() if asked else None
    made = make_example(
        item=row, wish=sent_wish(sent), reason=sent.get("reason", ""), consents="consents" in sent,
        question=question, by=by, at=at,
    )  # fmt: skip
    if made.example is None:
        messages.success(request, _("Asked. Until somebody lets the item be shown, nothing of it is copied."))
        return redirect(request.path)
    messages.success(request, _("The example stands in the draft of the next version."))
    return redirect("admin:guidelines-example", row.project.slug, made.example.language, made.example.example)


def _shown(request: HttpRequest, row: Item, *, edits: bool, consents: bool) -> dict[str, Any]:
    """Read what the page shows: the item, how its consent stands, and the form with what is known for it."""
    person = person_of(who(request))
    consent = consent_of(row)
    draft = draft_of(row.project, row.project.language)
    sections = choices_in(guideline_in_force(row.project)).sections
    listed = (
        draft.guideline.get("sections") or [] if draft else [{"id": one.id, "title": one.title} for one in sections]
    )
    labels = ((draft and draft.taxonomy) or labels_of(row.project)).get("labels") or []
    return {
        "item": row,
        "seen": case(row, whole=False, veil=veil_in(row.project_id, person)).stage,
        "edits": edits,
        "consents": consents,
        "consent": consent,
        "shows": showables(row),
        "veiled": veils(row.project_id),
        "examples": examples_of(row),
        "labels": [(one.get("code"), one.get("name")) for one in labels if one.get("active") is not False],
        "sections": [(one.get("id"), one.get("title")) for one in listed],
        "given": _given(request, row, consent),
    }


def _given(request: HttpRequest, row: Item, consent: Any) -> dict[str, Any]:
    """Fill the form: with what was sent, what was wished before, or what is known of the item."""
    if request.method == "POST":
        return dict(request.POST.items())
    asked = uuid_in(request.GET, "question")
    found = Question.objects.filter(item=row, uuid=asked).first() if asked else None
    known: dict[str, Any] = {"label": label_in_force(row), "verdict": "correct"}
    if consent is not None and consent.ended_at is None:
        known |= consent.wish
        found = found or consent.question
    known |= {"section": known.get("section") or (found.section if found else "")}
    return known | {"question": str(found.uuid) if found else ""}
