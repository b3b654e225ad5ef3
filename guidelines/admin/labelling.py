"""The taxonomy of a draft: labels, error categories, attributes, and what became of the labels before."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.entrance import AdminRequest
from accounts.errors import NotFound
from guidelines.admin.guarding import shown
from guidelines.admin.keeping import answered, desk_of, refusal, row_of, status_of
from guidelines.content import relabelling
from guidelines.content.editing import Document, copied, fresh, place_of
from guidelines.errors import BadGuideline
from guidelines.forms.parts import read_attribute, read_category, read_label, whole, words
from guidelines.reads.desk import Desk
from guidelines.reads.writing import language_name

READ: dict[str, tuple[str, Callable[[QueryDict, Document], None]]] = {
    "label": ("labels", read_label),
    "category": ("error_categories", read_category),
    "attribute": ("attributes", read_attribute),
}
FRESH: dict[str, Document] = {
    "label": {"key": None, "definition": ""},
    "category": {},
    "attribute": {"kind": "choice"},
}


@require_GET
def labels(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Show the taxonomy of a draft."""
    found, _by, _at = desk_of(request, project, language)
    return spread(request, found, {}, 200)


def spread(request: AdminRequest, found: Desk, more: dict[str, Any], status: int) -> HttpResponse:
    """Draw the page of the taxonomy."""
    context: dict[str, Any] = {
        "desk": found,
        "draft": found.draft,
        "project": found.project,
        "language": found.language,
        "language_name": language_name(found.language),
        "tab": "labels",
        "open": request.GET.get("open", ""),
        **more,
    }
    return shown(request, "labels.html", context, status)


@require_POST
def terms(request: AdminRequest, project: str, language: str, what: str) -> HttpResponse:
    """Begin a label, an error category or an attribute at the end."""
    found, by, at = desk_of(request, project, language)
    _own(found, what)
    name = words(request.POST, "name").strip()
    listed = READ[what][0]
    code = words(request.POST, "code").strip() or fresh(name, _codes(found, listed), what).replace("-", "_")

    def change(_guideline: Document, taxonomy: Document) -> None:
        rows = taxonomy.setdefault(listed, [])
        if place_of(rows, code, "code") is not None:
            raise BadGuideline(fields=[("code", _("The code {one} is taken.").format(one=code))])
        rows.append({"code": code, "name": name, **copied(FRESH[what])})

    refused = refusal(request, found, change, by, at)
    if refused is not None:
        return spread(request, found, {"refused": refused}, status_of(refused))
    address = reverse("admin:guidelines-labels", args=[project, language])
    return redirect(f"{address}?open={what}-{code}#{what}-{code}")


@require_http_methods(["GET", "POST"])
def term(request: AdminRequest, project: str, language: str, what: str, code: str) -> HttpResponse:
    """Show the form of a label, an error category or an attribute, as a page or inside its card; keep what is typed."""
    found, by, at = desk_of(request, project, language)
    _own(found, what)
    if request.method == "GET":
        return _form(request, found, (what, code), {}, 200)
    listed, read = READ[what]

    def change(_guideline: Document, taxonomy: Document) -> None:
        read(request.POST, row_of(taxonomy.get(listed) or [], code, "code"))

    return answered(
        request,
        found,
        change,
        by,
        at,
        part=(what, code),
        address=request.path,
        page=lambda desk, more, status: _form(request, desk, (what, code), more, status),
    )


def _form(request: AdminRequest, found: Desk, part: tuple[str, str], more: dict[str, Any], status: int) -> HttpResponse:
    what, code = part
    listed, read = READ[what]
    rows = found.rows(listed, found.taxonomy)
    place = place_of(rows, code, "code")
    if place is None:
        raise NotFound
    row = copied(rows[place])
    if request.method == "POST" and more:
        read(request.POST, row)
    context: dict[str, Any] = {
        "desk": found,
        "draft": found.draft,
        "project": found.project,
        "language": found.language,
        "language_name": language_name(found.language),
        "tab": "labels",
        "row": row,
        "card": found.label_cards.get(code) if what == "label" else None,
        "what": what,
        "id": code,
        "notes": found.notes_of(what, code),
        **more,
    }
    return shown(request, "term.html#form" if request.htmx else "term.html", context, status)


@require_POST
def step(request: AdminRequest, project: str, language: str, code: str, act: str) -> HttpResponse:
    """Rename, merge, split, retire or bring back a label, with its row of the mapping."""
    found, by, at = desk_of(request, project, language)
    _own(found, "label")

    def change(guideline: Document, taxonomy: Document) -> None:
        _step(request.POST, found, (act, code), guideline, taxonomy)

    refused = refusal(request, found, change, by, at)
    if refused is not None:
        more = {"refused": refused, "open": f"label-{code}"}
        return spread(request, found, more, status_of(refused))
    return redirect(reverse("admin:guidelines-labels", args=[project, language]) + "#mapping")


def _step(sent: QueryDict, found: Desk, asked: tuple[str, str], guideline: Document, taxonomy: Document) -> None:
    act, code = asked
    before, note = found.codes_before, words(sent, "note").strip()
    to, name = words(sent, "to").strip(), words(sent, "name").strip()
    if act == "rename":
        relabelling.rename_label(guideline, taxonomy, before, code, to, name)
    elif act == "merge":
        relabelling.merge_label(guideline, taxonomy, before, code, words(sent, "into"), note)
    elif act == "split":
        typed = zip(sent.getlist("part-code"), sent.getlist("part-name"), strict=False)
        parts = [(one.strip(), called.strip()) for one, called in typed if one.strip() or called.strip()]
        relabelling.split_label(guideline, taxonomy, before, code, parts, note)
    elif act == "retire":
        relabelling.retire_label(taxonomy, before, code, note)
    elif act == "back":
        relabelling.bring_back(taxonomy, code)
    else:
        raise NotFound


@require_POST
def mapping(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Say by hand what became of labels, or take a row of the mapping out."""
    found, by, at = desk_of(request, project, language)
    _own(found, "label")
    removed = whole(request.POST.get("remove", ""))

    def change(_guideline: Document, taxonomy: Document) -> None:
        if removed is not None:
            relabelling.forget_mapping(taxonomy, removed)
        else:
            was, now = request.POST.getlist("was"), request.POST.getlist("now")
            relabelling.say_mapping(taxonomy, was, now, words(request.POST, "note").strip())

    refused = refusal(request, found, change, by, at)
    if refused is not None:
        return spread(request, found, {"refused": refused}, status_of(refused))
    return redirect(reverse("admin:guidelines-labels", args=[project, language]) + "#mapping")


def _codes(found: Desk, listed: str) -> set[str]:
    return {row["code"] for row in found.rows(listed, found.taxonomy)}


def _own(found: Desk, what: str) -> None:
    """Refuse where there is nothing to write: a translation stands on the taxonomy in force."""
    if what not in READ:
        raise NotFound
    if not found.own:
        raise BadGuideline(_("A translation has the labels of the project’s own language; change them there."))
