"""Parts of a draft moved and removed, by button, by key or by drop."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.entrance import AdminRequest
from guidelines.admin.drafts import drawn
from guidelines.admin.examples import listed
from guidelines.admin.keeping import desk_of, refusal, row_of, status_of
from guidelines.admin.labelling import spread
from guidelines.content.editing import Document, moved
from guidelines.errors import BadGuideline

LISTS = {
    "section": ("sections", "id", "draft"),
    "example": ("examples", "id", "examples"),
    "label": ("labels", "code", "labels"),
    "category": ("error_categories", "code", "labels"),
    "attribute": ("attributes", "code", "labels"),
}
VIEWS = {"draft": drawn, "examples": listed, "labels": spread}


@require_POST
def acts(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Move or remove a part as a button, a key or a drop says: `section:up:<id>`, `remove`, or `to` with a place."""
    found, by, at = desk_of(request, project, language)
    act = request.POST.get("move") or request.POST.get("act", "")
    what, _colon, rest = act.partition(":")
    verb, _colon, one = rest.partition(":")
    if what not in LISTS:
        raise BadGuideline(_("Nothing is asked."))
    name, key, page = LISTS[what]

    def change(guideline: Document, taxonomy: Document) -> None:
        document = guideline if what in ("section", "example") else taxonomy
        _act(document.get(name) or [], key, verb, one)

    refused = refusal(request, found, change, by, at)
    if refused is not None:
        return VIEWS[page](request, found, {"refused": refused}, status_of(refused))
    anchor = f"#{what}-{one.rpartition(':')[0] if verb == 'to' else one}" if verb != "remove" else ""
    back = request.GET.urlencode()
    return redirect(
        f"{reverse(f'admin:guidelines-{page}', args=[project, language])}{'?' + back if back else ''}{anchor}"
    )


def _act(rows: list[Document], key: str, verb: str, one: str) -> None:
    goal = ""
    if verb == "to":
        one, _colon, goal = one.rpartition(":")
    place = rows.index(row_of(rows, one, key))
    if verb == "remove":
        rows.pop(place)
    elif verb in ("up", "down"):
        moved(rows, one, max(place + (1 if verb == "down" else -1), 0), key)
    elif goal.isascii() and goal.isdecimal() and len(goal) < 6:
        moved(rows, one, int(goal), key)
