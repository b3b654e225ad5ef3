"""How each page of a draft keeps what was typed: one part at a time, never over somebody else's change."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.entrance import AdminRequest
from accounts.reads import Actor
from guidelines.actions import change_guideline_draft
from guidelines.admin.guarding import place_of, shown
from guidelines.content.editing import Document, Rows, copied
from guidelines.errors import BadGuideline, GuidelineDraftStale, NoGuidelineDraft
from guidelines.forms.publishing import Revised
from guidelines.models import GuidelineDraft
from guidelines.reads.desk import Desk, desk

Refused = BadGuideline | GuidelineDraftStale
Change = Callable[[Document, Document], None]
"""Changes a guideline and its taxonomy, which are copies."""


def desk_of(request: AdminRequest, slug: str, language: str) -> tuple[Desk, Actor, dt.datetime]:
    """Give the draft that somebody writes.

    Raises:
        NotFound: the project does not exist for them.
        Forbidden: they may look at it and not write its guidelines.
        NoGuidelineDraft: there is no draft in this language.
    """
    place, by, at = place_of(request, slug)
    found = desk(place, language)
    if found is None:
        raise NoGuidelineDraft
    return found, by, at


def row_of(rows: Rows, part: str, key: str = "id") -> Document:
    """Give the row of a part that is written or moved.

    Raises:
        BadGuideline: somebody has taken it out meanwhile.
    """
    found = next((row for row in rows if row.get(key) == part), None)
    if found is None:
        raise BadGuideline(_("This part is not in the draft any more."))
    return found


def keep(
    request: AdminRequest, found: Desk, change: Change, by: Actor, at: dt.datetime, summary: str | None = None
) -> GuidelineDraft:
    """Change the draft at the revision that was read, or the later one that the editor has seen meanwhile.

    Raises:
        GuidelineDraftStale: it was changed since.
        BadGuideline: what is asked cannot be done, or the draft could not be kept.
    """
    guideline = copied(found.guideline)
    taxonomy = copied(found.taxonomy) if found.own else {}
    change(guideline, taxonomy)
    kept = None if not found.own or (found.draft.taxonomy is None and taxonomy == found.taxonomy) else taxonomy
    return change_guideline_draft(
        project=found.project,
        language=found.language,
        guideline=guideline,
        taxonomy=kept,
        summary=found.draft.summary if summary is None else summary,
        revision=Revised(request.POST).number,
        by=by,
        at=at,
    )


def refusal(request: AdminRequest, found: Desk, change: Change, by: Actor, at: dt.datetime) -> Refused | None:
    """Change the draft; give why not where it is refused."""
    try:
        keep(request, found, change, by, at)
    except (GuidelineDraftStale, BadGuideline) as problem:
        return problem
    return None


def status_of(refused: Refused) -> int:
    """Give the status of an answer that shows a refusal in its place."""
    return 409 if isinstance(refused, GuidelineDraftStale) else 422


def again(found: Desk) -> Desk:
    """Give the desk as it stands now."""
    now = desk(found.project, found.language)
    if now is None:
        raise NoGuidelineDraft
    return now


def answered(
    request: AdminRequest,
    found: Desk,
    change: Change,
    by: Actor,
    at: dt.datetime,
    *,
    part: tuple[str, str],
    address: str,
    page: Callable[[Desk, dict[str, Any], int], HttpResponse],
    summary: str | None = None,
) -> HttpResponse:
    """Keep one part and answer: what is said beside it to a script, else the way on to `address`.

    Where somebody was faster, or what was sent cannot be kept, the part's `page` is shown again with what was typed.
    """
    refused: Refused
    try:
        keep(request, found, change, by, at, summary)
    except (GuidelineDraftStale, BadGuideline) as problem:
        refused = problem
    else:
        if not request.htmx:
            return redirect(address)
        now = again(found)
        card = now.row_of(*part)
        told = {"card": card, "title": (card or {}).get("title") or (card or {}).get("name")}
        return shown(request, "kept.html", said(now, part) | told)
    status = status_of(refused)
    context = said(found, part) | {"refused": refused, "stale": status == 409}
    if request.htmx:
        return shown(request, "refused.html", context, status)
    return page(found, context, status)


def said(found: Desk, part: tuple[str, str]) -> dict[str, Any]:
    """Give what every answer says: the state of the draft, and what is wrong in this part."""
    what, one = part
    return {
        "desk": found,
        "draft": found.draft,
        "project": found.project,
        "language": found.language,
        "what": what,
        "id": one,
        "notes": found.facts_notes if what == "facts" else found.notes_of(what, one),
    }
