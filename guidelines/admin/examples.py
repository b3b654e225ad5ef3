"""Examples of a draft: brought as files or written, shown in order, judged, and marked on their picture or sound."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.entrance import AdminRequest
from accounts.errors import NotFound
from accounts.reads import Actor
from assets.actions import store
from assets.errors import NotAnImage, NotASound, NotAVideo, TooLarge, TooLong
from assets.models import Asset
from assets.reads import asset_of
from guidelines.admin.guarding import shown
from guidelines.admin.keeping import answered, desk_of, refusal, row_of, status_of
from guidelines.content.editing import Document, copied, fresh, place_of
from guidelines.errors import BadGuideline
from guidelines.forms.parts import read_example, whole
from guidelines.policies import editing
from guidelines.reads.desk import Desk
from guidelines.reads.writing import language_name

A_PAGE = 50
MOST_FILES = 40
SHA256 = "sha256:"


@require_http_methods(["GET", "POST"])
def examples(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """List the examples, a page at a time; take files in, or begin one in words."""
    found, by, at = desk_of(request, project, language)
    if request.method == "GET":
        return listed(request, found, {}, 200)
    files = request.FILES.getlist("files")
    given = {name: request.POST.get(name, "") for name in ("section", "label")}
    if not files:
        made: list[Document] = [{"kind": "text", "verdict": "correct"}] if "words" in request.POST else []
    else:
        made = _stored(request, found, files, by, at)
    if not made:
        if not files:
            messages.warning(request, _("Choose one file at least."))
        return redirect("admin:guidelines-examples", project, language)
    taken = {row["id"] for row in found.rows("examples")}
    for row in made:
        row["id"] = fresh(str(row["kind"]), taken, "example")
        row |= {name: value for name, value in given.items() if value}
        taken.add(row["id"])

    def change(guideline: Document, _taxonomy: Document) -> None:
        guideline.setdefault("examples", []).extend(made)

    refused = refusal(request, found, change, by, at)
    if refused is not None:
        return listed(request, found, {"refused": refused}, status_of(refused))
    return redirect("admin:guidelines-example", project, language, made[0]["id"])


def _stored(request: AdminRequest, found: Desk, files: Any, by: Actor, at: Any) -> list[Document]:
    """Take files in by what they hold, whatever they are called; say of each that is refused why."""
    made: list[Document] = []
    role, _person = editing(by=by, project=found.project, at=at)
    if len(files) > MOST_FILES:
        raise BadGuideline(_("Bring at most %(n)s files at once.") % {"n": MOST_FILES})
    for file in files:
        try:
            asset, _new = store(project=found.project, content=file.file, by=role, at=at, videos=True)
        except (NotAnImage, NotASound, NotAVideo, TooLarge, TooLong) as problem:
            called = (file.name or "")[:100]
            messages.warning(request, _("“%(name)s”: %(why)s") % {"name": called, "why": problem.sentence})
        else:
            kind = asset.media_type.partition("/")[0]
            made.append({"kind": kind, "verdict": "correct", "asset": f"{SHA256}{asset.sha256}"})
    return made


def listed(request: AdminRequest, found: Desk, more: dict[str, Any], status: int) -> HttpResponse:
    """Draw a page of the list, as far as its address asks."""
    asked = {name: request.GET.get(name, "") for name in ("section", "label", "verdict")}
    cards = found.examples(asked)
    number = max(1, whole(request.GET.get("page", "")) or 1)
    pages = max(1, -(-len(cards) // A_PAGE))
    number = min(number, pages)
    context: dict[str, Any] = {
        **_context(found),
        "asked": asked,
        "filtered": any(asked.values()),
        "cards": cards[(number - 1) * A_PAGE : number * A_PAGE],
        "count": len(cards),
        "number": number,
        "pages": pages,
        "query": request.GET.urlencode(),
        **more,
    }
    return shown(request, "examples.html", context, status)


def _context(found: Desk) -> dict[str, Any]:
    return {
        "desk": found,
        "draft": found.draft,
        "project": found.project,
        "language": found.language,
        "language_name": language_name(found.language),
        "tab": "examples",
    }


@require_http_methods(["GET", "POST"])
def example(request: AdminRequest, project: str, language: str, part: str) -> HttpResponse:
    """Show an example large, with what is marked on it, and its form; keep what is typed and drawn."""
    found, by, at = desk_of(request, project, language)
    if request.method == "GET":
        return _page(request, found, part, {}, 200)

    def change(guideline: Document, _taxonomy: Document) -> None:
        read_example(request.POST, row_of(guideline.get("examples") or [], part))

    return answered(
        request,
        found,
        change,
        by,
        at,
        part=("example", part),
        address=request.path,
        page=lambda desk, more, status: _page(request, desk, part, more, status),
    )


def _page(request: AdminRequest, found: Desk, part: str, more: dict[str, Any], status: int) -> HttpResponse:
    rows = found.rows("examples")
    place = place_of(rows, part)
    if place is None:
        raise NotFound
    row = copied(rows[place])
    if request.method == "POST":
        read_example(request.POST, row)
    asset = _asset(found, row)
    context: dict[str, Any] = {
        **_context(found),
        "row": row,
        "asset": asset,
        "seconds": ((asset.duration_ms if asset else None) or 0) / 1000,
        "number": place + 1,
        "count": len(rows),
        "back": rows[place - 1]["id"] if place else None,
        "on": rows[place + 1]["id"] if place + 1 < len(rows) else None,
        "what": "example",
        "id": part,
        "notes": found.notes_of("example", part),
        **more,
    }
    return shown(request, "example.html", context, status)


def _asset(found: Desk, row: Document) -> Asset | None:
    named = str(row.get("asset") or "").removeprefix(SHA256)
    return asset_of(found.project, named) if named else None
