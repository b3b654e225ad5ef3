"""The projects whose decision rights somebody writes, one project's versions, and one version."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.entrance import AdminRequest, who
from accounts.errors import NotFound
from reviews.actions import set_publishing
from reviews.admin.guarding import place_of, shown
from reviews.forms.drafting import place_in
from reviews.models import RightsVersion
from reviews.policies import governed_projects
from reviews.reads.versions import governed, overview, reading


@require_GET
def projects(request: AdminRequest) -> HttpResponse:
    """List the projects that somebody governs, each with its version in force and its draft."""
    found = governed_projects(by=who(request), at=timezone.now())
    if not found and not request.admin_site.has_permission(request):
        raise NotFound
    return shown(request, "list.html", {"rows": governed(found)})


@require_GET
def project(request: AdminRequest, project: str) -> HttpResponse:
    """Show a project's decision rights as they stand, its draft, and all versions."""
    place, by, _at = place_of(request, project)
    return shown(request, "project.html", {"project": place, "found": overview(place), "me": by.person_id})


@require_POST
def publishers(request: AdminRequest, project: str) -> HttpResponse:
    """Ask for two people, or for one again."""
    place, by, at = place_of(request, project)
    setup = set_publishing(project=place, with_second=request.POST.get("with_second") == "yes", by=by, at=at)
    if setup.alone_asked_by_id is not None:
        messages.success(request, _("Asked for. It counts when another person agrees."))
    elif setup.publish_with_second:
        messages.success(request, _("From now on one person proposes decision rights and another one publishes them."))
    else:
        messages.success(request, _("From now on one person publishes decision rights alone."))
    return redirect("admin:rights", place.slug)


@require_GET
def version(request: AdminRequest, project: str, number: int) -> HttpResponse:
    """Show one version as sentences, beside another one where `against` names it."""
    place, _by, _at = place_of(request, project)
    found = get_object_or_404(RightsVersion.objects.select_related("event"), project=place, number=number)
    asked = place_in(request.GET.get("against", ""))
    other = RightsVersion.objects.filter(project=place, number=asked).first() if asked is not None else None
    return shown(request, "version.html", {"project": place, "found": reading(place, found, other)})
