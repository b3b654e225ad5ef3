"""From a draft to a version: read by a second editor, published at once or for a day."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.entrance import AdminRequest
from accounts.reads import Actor
from audit.errors import Refusal
from guidelines.actions import answer_guideline_draft, propose_guideline_draft, publish_guideline_draft
from guidelines.admin.comparing import laid_out
from guidelines.admin.guarding import shown
from guidelines.admin.keeping import desk_of
from guidelines.errors import BadGuideline, GuidelineDraftStale, NotReviewed, ScheduleWaits, SecondEditorNeeded
from guidelines.forms.publishing import Answer, Publishing, Revised, refused_by, zone_name
from guidelines.policies import affected, editors
from guidelines.reads.desk import Desk
from guidelines.reads.writing import documents_of, language_name, version_of

REFUSALS = (BadGuideline, GuidelineDraftStale, NotReviewed, ScheduleWaits, SecondEditorNeeded)


@require_http_methods(["GET", "POST"])
def publishing(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Show what a draft changes and whom that affects; publish it."""
    found, by, at = desk_of(request, project, language)
    if request.method == "GET":
        return _page(request, found, by, at)
    form = Publishing(request.POST)
    if not form.is_valid():
        return _page(request, found, by, at, form=form)
    told = form.cleaned_data
    starts_at = told["starts_at"] if told["when"] == "day" else None
    try:
        made = publish_guideline_draft(
            project=found.project, language=language, revision=told["revision"], starts_at=starts_at, by=by, at=at
        )
    except REFUSALS as problem:
        return _page(request, found, by, at, refused=problem, form=form)
    if starts_at is None:
        messages.success(request, _("Version %(n)s is published and in force.") % {"n": made.number})
    else:
        told_day = {"n": made.number, "day": date(starts_at, "j F Y, H:i"), "zone": zone_name()}
        messages.success(request, _("Version %(n)s is published and comes in force on %(day)s (%(zone)s).") % told_day)
    return redirect("admin:guidelines", found.project.slug)


@require_POST
def proposal(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Ask another editor to read the draft."""
    found, by, at = desk_of(request, project, language)
    revision = Revised(request.POST).number
    try:
        propose_guideline_draft(project=found.project, language=language, revision=revision, by=by, at=at)
    except REFUSALS as problem:
        return _page(request, found, by, at, refused=problem)
    messages.success(request, _("Asked for. Another editor finds it here, and agrees or sends it back."))
    return redirect("admin:guidelines-publishing", found.project.slug, language)


@require_POST
def answer(request: AdminRequest, project: str, language: str) -> HttpResponse:
    """Agree to the draft, or send it back with what is to be changed."""
    found, by, at = desk_of(request, project, language)
    form = Answer(request.POST)
    if bad := refused_by(form):
        return _page(request, found, by, at, refused=bad)
    told = form.cleaned_data
    agrees = told.get("agrees") == "yes"
    try:
        answer_guideline_draft(
            project=found.project,
            language=language,
            revision=told.get("revision", 0),
            agrees=agrees,
            note=told.get("note", ""),
            by=by,
            at=at,
        )
    except REFUSALS as problem:
        return _page(request, found, by, at, refused=problem)
    messages.success(request, _("Agreed. It can be published now.") if agrees else _("Sent back with your note."))
    return redirect("admin:guidelines-publishing", found.project.slug, language)


def _page(
    request: AdminRequest,
    found: Desk,
    by: Actor,
    at: dt.datetime,
    *,
    refused: Refusal | None = None,
    form: Publishing | None = None,
) -> HttpResponse:
    draft = found.draft
    written = {draft.proposed_by_id, draft.changed_by_id}
    others = [person for person in editors(found.project, at) if person.pk not in written]
    context: dict[str, Any] = {
        "desk": found,
        "draft": draft,
        "project": found.project,
        "language": found.language,
        "language_name": language_name(found.language),
        "tab": "publishing",
        "others": others,
        "may_agree": by.person_id not in written,
        "affected": affected(found.project, at),
        "zone": zone_name(),
        "form": form,
        "refused": refused,
        "note": request.POST.get("note", ""),
    }
    taxonomy, guideline = found.judged.taxonomy, found.judged.guideline
    if taxonomy is not None and guideline is not None:
        base = version_of(found.project, draft.base.number) if draft.base else None
        context |= laid_out(documents_of(base) if base else None, (taxonomy, guideline), request.GET.get("page", ""))
    if refused is None:
        return shown(request, "publishing.html", context, 422 if form is not None and form.errors else 200)
    return shown(request, "publishing.html", context, 422 if isinstance(refused, BadGuideline) else 409)
