"""The projects whose guidelines somebody writes, one project's versions, and one version beside another."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.entrance import AdminRequest, who
from accounts.errors import NotFound
from audit.errors import Refusal
from guidelines.actions import ask_for_second_editor, end_guideline
from guidelines.admin.comparing import compared
from guidelines.admin.guarding import place_of, shown
from guidelines.errors import BadGuideline, NotInForce
from guidelines.forms.publishing import Ending, refused_by
from guidelines.policies import affected, edited_projects, editors
from guidelines.reads.writing import edited, language_name, languages, overview, version_of, versions_beside


@require_GET
def projects(request: AdminRequest) -> HttpResponse:
    """List the projects whose guidelines somebody writes, each with what is in force, what waits and its drafts."""
    found = edited_projects(by=who(request), at=timezone.now())
    if not found and not request.admin_site.has_permission(request):
        raise NotFound
    return shown(request, "list.html", {"rows": edited(found)})


@require_GET
def project(request: AdminRequest, project: str) -> HttpResponse:
    """Show a project's guidelines: in force, waiting, being written, and all versions."""
    place, by, at = place_of(request, project)
    found = overview(place)
    taken = {draft.language for draft in found.drafts}
    context: dict[str, Any] = {
        "project": place,
        "found": found,
        "own": next((draft for draft in found.drafts if draft.language == place.language), None),
        "own_term": next((term for term in found.in_force if term.language == place.language), None),
        "languages": [one for one in languages() if one[0] not in taken and one[0] != place.language],
        "language_name": language_name(place.language),
        "names": {code: language_name(code) for code in taken | {term.language for term in found.terms}},
        "editors": editors(place, at),
        "owner": request.admin_site.has_permission(request),
        "me": by.person_id,
    }
    return shown(request, "project.html", context)


@require_POST
def second(request: AdminRequest, project: str) -> HttpResponse:
    """Ask that a second editor reads each draft, or let one publish alone."""
    place, by, at = place_of(request, project)
    setup = ask_for_second_editor(project=place, with_second=request.POST.get("with_second") == "yes", by=by, at=at)
    said = _("From now on another editor reads each draft and agrees to it, before it is published.")
    messages.success(request, said if setup.with_second else _("From now on one editor publishes alone."))
    return redirect("admin:guidelines", place.slug)


@require_GET
def version(request: AdminRequest, project: str, number: int) -> HttpResponse:
    """Show one version, beside another one where `against` names it."""
    place, _by, _at = place_of(request, project)
    found = version_of(place, number)
    if found is None:
        raise NotFound
    asked = request.GET.get("against", "")
    other = version_of(place, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    context: dict[str, Any] = {
        "project": place,
        "version": found,
        "term": found.term,
        "language_name": language_name(found.term.language),
        "other": other,
        "numbers": versions_beside(found),
    }
    if other is not None:
        context |= compared(other, found, request.GET.get("page", ""))
    return shown(request, "version.html", context)


@require_http_methods(["GET", "POST"])
def ending(request: AdminRequest, project: str, number: int) -> HttpResponse:
    """Show whom it affects that a version is retired or called off; do it, with the reason."""
    place, by, at = place_of(request, project)
    found = version_of(place, number)
    if found is None:
        raise NotFound
    refused: Refusal | None = None
    if request.method == "POST":
        form = Ending(request.POST)
        try:
            if bad := refused_by(form):
                raise bad
            reason = form.cleaned_data["reason"]
            ended = end_guideline(project=place, number=number, reason=reason, by=by, at=at)
        except BadGuideline as problem:
            refused = problem
        else:
            begun = ended.began_at is not None
            said = _("Version %(n)s is retired.") if begun else _("Version %(n)s is called off.")
            messages.success(request, said % {"n": number})
            return redirect("admin:guidelines", place.slug)
    elif found.term.ended_at is not None:
        raise NotInForce
    context = {
        "project": place,
        "version": found,
        "term": found.term,
        "language_name": language_name(found.term.language),
        "affected": affected(place, at),
        "refused": refused,
        "reason": request.POST.get("reason", ""),
    }
    return shown(request, "ending.html", context, 200 if refused is None else 422)
