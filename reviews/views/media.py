"""Files that people look at, served to those who may see their project."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.views.decorators.http import require_GET

from reviews.policies import project_for
from reviews.views.asking import who


@require_GET
@login_required
def media(request: HttpRequest, project: str, sha256: str, recipe: str) -> FileResponse:
    """Stream an asset granted to the project, or what a recipe made of it; the bytes behind a digest never change."""
    from assets.reads import content

    place = project_for(project, by=who(request), at=timezone.now())
    found: Any = content(project=place, sha256=sha256, recipe=recipe)
    answer = FileResponse(found.open(), content_type=found.media_type)
    answer["Content-Length"] = str(found.bytes)
    answer["Content-Disposition"] = "inline"
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
