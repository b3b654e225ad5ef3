"""A draft as a whole: begun, shown, summed up, set on what is in force, taken over from another language, discarded."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.entrance import AdminRequest
from guidelines.actions import begin_guideline_draft, discard_guideline_draft, rebase_guideline_draft
from guidelines.admin.guarding import place_of, shown
from guidelines.admin.keeping import answered, desk_of, keep
from guidelines.content import guideline_body, guideline_of
from guidelines.content.editing import Document, copied
from guidelines.errors import BadGuideline
from guidelines.forms.parts import read_acknowledge, words
from guidelines.forms.publishing import Revised
from guidelines.reads import guideline_in_force
from guidelines.reads.desk import Desk
from guidelines.reads.writing import language_name, languages


@require_POST
def drafts(request: AdminRequest, project: str) -> HttpResponse:
    """Begin a draft from the version in force in its language, or a translation into another one."""
    place, by, at = place_of(request, project)
    language = request.POST.get("language") or place.language
    if language != place.language and language not in dict(languages()):
        raise BadGuideline(fields=[("language", _("Choose a language."))])
    begin_guideline_draft(project=place, language=language, by=by, at=at)
    return redirect("admin:guidelines-draft", place.slug, language)


@require_GET
def draft(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Show the text of a draft as cards in order, each opened where it is written."""
    found, _by, _at = desk_of(request, project, language)
    return drawn(request, found, {}, 200)


def drawn(request: AdminRequest, found: Desk, more: dict[str, Any], status: int) -> HttpResponse:
    """Draw the page of the text."""
    opened = request.GET.get("open", "")
    card = next((card for card in found.sections if card.row["id"] == opened), None)
    source = _source(found) if not found.own and not found.rows("sections") else None
    context: dict[str, Any] = {
        "desk": found,
        "draft": found.draft,
        "project": found.project,
        "language": found.language,
        "language_name": language_name(found.language),
        "tab": "text",
        "opened": card,
        "source": source,
        **more,
    }
    return shown(request, "draft.html", context, status)


@require_POST
def facts(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Keep the summary, and what of acknowledging."""
    found, by, at = desk_of(request, project, language)

    def change(guideline: Document, _taxonomy: Document) -> None:
        read_acknowledge(request.POST, guideline)

    return answered(
        request,
        found,
        change,
        by,
        at,
        part=("facts", ""),
        address=reverse("admin:guidelines-draft", args=[project, language]),
        page=lambda desk, more, status: drawn(request, desk, more, status),
        summary=words(request.POST, "summary"),
    )


@require_POST
def source(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Take over the parts of the guideline in the project's own language, to be translated one by one."""
    found, by, at = desk_of(request, project, language)
    taken = _source(found)
    if taken is None or found.rows("sections"):
        raise BadGuideline(_("There is nothing to take over, or something is written here already."))

    def change(guideline: Document, _taxonomy: Document) -> None:
        guideline |= {name: value for name, value in taken.items() if name not in ("language", "taxonomy")}

    keep(request, found, change, by, at)
    messages.success(request, _("Taken over. Translate it part by part: what you leave stays as it is."))
    return redirect("admin:guidelines-draft", project, language)


def _source(found: Desk) -> Document | None:
    standing = guideline_in_force(found.project, found.project.language)
    return copied(guideline_body(guideline_of(bytes(standing.body)))) if standing is not None else None


@require_POST
def discarding(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Throw the draft away."""
    place, by, at = place_of(request, project)
    discard_guideline_draft(project=place, language=language, revision=Revised(request.POST).number, by=by, at=at)
    messages.success(request, _("The draft is discarded. What is in force stays."))
    return redirect("admin:guidelines", place.slug)


@require_POST
def rebasing(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Set the draft on what is in force now."""
    place, by, at = place_of(request, project)
    rebase_guideline_draft(project=place, language=language, revision=Revised(request.POST).number, by=by, at=at)
    messages.success(request, _("The draft stands on what is in force now. Look at the differences."))
    return redirect("admin:guidelines-publishing", place.slug, language)
