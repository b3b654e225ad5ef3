"""Files that people look at, served to those who may see their project."""

import re

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.errors import Forbidden, NotFound
from accounts.policies import role_in
from assets.actions import show
from assets.reads import RECIPES, Picture, asset_of, open_original
from reviews.policies import may_see_originals, project_for
from reviews.views.asking import person_of, who

RECIPE = re.compile(rf"original|(?P<name>{'|'.join(RECIPES)})(?:-(?P<version>[0-9]{{1,6}}))?")


@require_GET
@login_required
def media(request: HttpRequest, project: str, sha256: str, recipe: str) -> FileResponse:
    """Stream a file that the project has a right to: as a recipe made it, or as sent to those who may see that.

    `recipe` is screen-1, screen for its version in force, or original.
    """
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    asset = asset_of(place, sha256)
    known = RECIPE.fullmatch(recipe)
    if asset is None or known is None:
        raise NotFound
    if recipe != "original":
        version = int(known["version"]) if known["version"] else None
        return _streamed(show(asset=asset, recipe=known["name"], version=version, at=at), final=version is not None)
    if not may_see_originals(role_in(person_of(by), place.pk, at)):
        raise Forbidden(_("Originals hold what the camera wrote into them; look at the rendition."))
    return _streamed(open_original(asset), final=True)


def _streamed(found: Picture, *, final: bool) -> FileResponse:
    answer = FileResponse(found.file, content_type=found.media_type)
    answer["Content-Length"], answer["Content-Disposition"] = str(found.bytes), "inline"
    answer["Cache-Control"] = f"private, max-age={31_536_000 if final else 60}" + (", immutable" if final else "")
    return answer
