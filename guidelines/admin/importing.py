"""An archive from another place, or from git, taken in as the draft of its language."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.entrance import AdminRequest
from guidelines.actions import import_guideline
from guidelines.admin.guarding import place_of
from guidelines.errors import BadArchive


@require_POST
def importing(request: AdminRequest, project: str) -> HttpResponse:
    """Take an archive in; it is read before it is published, as any draft is."""
    place, by, at = place_of(request, project)
    sent: Any = request.FILES.get("archive")
    if sent is None:
        raise BadArchive(_("Choose the archive: a zip that a guideline was exported to."))
    done = import_guideline(project=place, source=sent, replace=request.POST.get("replace") == "yes", by=by, at=at)
    if done.draft is None:
        messages.success(request, _("This archive is what is in force already; nothing was changed."))
        return redirect("admin:guidelines", place.slug)
    messages.success(request, _("Taken in as a draft. Read it, then publish it."))
    return redirect("admin:guidelines-draft", place.slug, done.draft.language)
