"""Files that people look at, served to those who may see their project."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.errors import NotFound
from assets.reads import RECIPES, asset_of, open_original, open_rendition
from reviews.policies import project_for
from reviews.views.asking import who


@require_GET
@login_required
def media(request: HttpRequest, project: str, sha256: str, recipe: str) -> FileResponse:
    """Stream a file that the project has a right to, as sent (`original`) or as a recipe made it."""
    place = project_for(project, by=who(request), at=timezone.now())
    asset = asset_of(place, sha256)
    if asset is None or recipe not in {"original", *RECIPES}:
        raise NotFound
    found = open_original(asset) if recipe == "original" else open_rendition(asset, recipe)
    final = found.sha256 != asset.sha256 or recipe == "original"  # until a rendition is made, the original stands in
    answer = FileResponse(found.file, content_type=found.media_type)
    answer["Content-Length"], answer["Content-Disposition"] = str(found.bytes), "inline"
    answer["Cache-Control"] = f"private, max-age={31_536_000 if final else 60}" + (", immutable" if final else "")
    return answer
