"""Sections of a draft: begun, written beside what readers will see, and shown as they will be."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.entrance import AdminRequest
from accounts.errors import NotFound
from guidelines.admin.drafts import drawn
from guidelines.admin.guarding import shown
from guidelines.admin.keeping import answered, desk_of, refusal, row_of, status_of
from guidelines.content.editing import Document, copied, fresh, place_of
from guidelines.content.shape import KINDS
from guidelines.forms.parts import read_section, words
from guidelines.reads import rendered
from guidelines.reads.desk import Desk
from guidelines.reads.writing import language_name


@require_POST
def sections(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Begin a section at the end."""
    found, by, at = desk_of(request, project, language)
    kind = request.POST.get("kind", "")
    title = words(request.POST, "title").strip()
    made = fresh(title, {row["id"] for row in found.rows("sections")}, "section")

    def change(guideline: Document, _taxonomy: Document) -> None:
        row = {"id": made, "kind": kind if kind in KINDS else "other", "title": title}
        guideline.setdefault("sections", []).append(row)

    refused = refusal(request, found, change, by, at)
    if refused is not None:
        return drawn(request, found, {"refused": refused}, status_of(refused))
    address = reverse("admin:guidelines-draft", args=[project, language])
    return redirect(f"{address}?open={made}#section-{made}")


@require_http_methods(["GET", "POST"])
def section(request: AdminRequest, project: str, language: str, part: str) -> HttpResponse:
    """Show a section's form beside its preview, as a page or inside its card; keep what is typed."""
    found, by, at = desk_of(request, project, language)
    if request.method == "GET":
        return _page(request, found, part, {}, 200)

    def change(guideline: Document, _taxonomy: Document) -> None:
        read_section(request.POST, row_of(guideline.get("sections") or [], part))

    return answered(
        request,
        found,
        change,
        by,
        at,
        part=("section", part),
        address=request.path,
        page=lambda desk, more, status: _page(request, desk, part, more, status),
    )


def _page(request: AdminRequest, found: Desk, part: str, more: dict[str, Any], status: int) -> HttpResponse:
    rows = found.rows("sections")
    place = place_of(rows, part)
    if place is None:
        raise NotFound
    row = copied(rows[place])
    if request.method == "POST":
        read_section(request.POST, row)
    context: dict[str, Any] = {
        "desk": found,
        "draft": found.draft,
        "project": found.project,
        "language": found.language,
        "language_name": language_name(found.language),
        "tab": "text",
        "row": row,
        "what": "section",
        "id": part,
        "notes": found.notes_of("section", part),
        **more,
    }
    return shown(request, "section.html#form" if request.htmx else "section.html", context, status)


@require_POST
def preview(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Show a text as reviewers will see it; nothing is kept."""
    found, _by, _at = desk_of(request, project, language)
    title = words(request.POST, "title").strip()
    html = rendered(words(request.POST, "text"))
    return shown(request, "preview.html", {"title": title, "html": html, "language": found.language})
