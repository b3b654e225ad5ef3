"""What people take away of guidelines."""

import tempfile

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.reads import actor_of_user
from guidelines.actions import export_guideline
from guidelines.policies import seen_project


@require_GET
@never_cache
@login_required
def archive(request: HttpRequest, project: str, version: int) -> FileResponse:
    """Download a published version, with its labels and files, as one archive."""
    assert isinstance(request.user, User)
    by, at = actor_of_user(request.user, "browser"), timezone.now()
    place = seen_project(project, by=by, at=at)
    made = export_guideline(project=place, number=version, by=by, at=at)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    made.to_zip(file)
    file.seek(0)
    name = f"{place.slug}-guideline-{version}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
