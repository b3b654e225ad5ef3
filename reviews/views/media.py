"""Files that people look at, served to those who may see their project."""

import io
import re

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.errors import Forbidden, NotFound
from accounts.policies import role_in
from assets.actions import show
from assets.reads import RECIPES, SOUND_RECIPES, VIDEO_RECIPES, Shown, asset_of, open_original, recipes_for
from guidelines.policies import example_file
from reviews.policies import may_see_originals, project_for
from reviews.views.asking import person_of, who
from reviews.views.ranges import part_asked, part_of

RECIPE = re.compile(
    rf"original|(?P<name>{'|'.join((*RECIPES, *SOUND_RECIPES, *VIDEO_RECIPES))})(?:-(?P<version>[0-9]{{1,6}}))?"
)


@require_GET
@login_required
def media(request: HttpRequest, project: str, sha256: str, recipe: str) -> FileResponse:
    """Stream a file that the project has a right to: as a recipe made it, or as sent to those who may see that.

    `recipe` is screen-1, screen for its version in force, listen-1 of a sound, or original. A part may be asked for.
    """
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    asset = asset_of(place, sha256)
    known = RECIPE.fullmatch(recipe)
    if asset is None or known is None:
        raise NotFound
    if recipe != "original":
        if known["name"] not in recipes_for(asset):
            raise NotFound
        version = int(known["version"]) if known["version"] else None
        found = show(asset=asset, recipe=known["name"], version=version, at=at)
        return streamed(request, found, final=version is not None)
    if not may_see_originals(role_in(person_of(by), place.pk, at)):
        raise Forbidden(_("Originals hold what the camera wrote into them, or the recorder; look at the rendition."))
    return streamed(request, open_original(asset), final=True)


@require_GET
@login_required
def guideline_media(request: HttpRequest, project: str, sha256: str, recipe: str) -> FileResponse:
    """Stream the file of a guideline's example as a recipe made it, to those who may see the project."""
    by, at = who(request), timezone.now()
    place = project_for(project, by=by, at=at)
    asset = example_file(project=place, sha256=sha256, by=by, at=at)
    known = RECIPE.fullmatch(recipe)
    if known is None or known["name"] not in recipes_for(asset):
        raise NotFound
    version = int(known["version"]) if known["version"] else None
    return streamed(request, show(asset=asset, recipe=known["name"], version=version, at=at), final=version is not None)


def streamed(request: HttpRequest, found: Shown, *, final: bool) -> FileResponse:
    """Answer with a file, or the part of it that is asked for; a `final` one never changes at its address."""
    mark = f'"{found.sha256}"'
    asked = part_asked(request.headers, found.bytes, mark)
    if asked is None:
        answer = FileResponse(found.file, content_type=found.media_type)
        answer["Content-Length"] = str(found.bytes)
    elif asked:
        answer = FileResponse(part_of(found.file, asked), content_type=found.media_type, status=206)
        answer["Content-Length"] = str(asked.bytes)
        answer["Content-Range"] = f"bytes {asked.first}-{asked.last}/{found.bytes}"
    else:
        found.file.close()
        answer = FileResponse(io.BytesIO(), content_type="text/plain", status=416)
        answer["Content-Range"] = f"bytes */{found.bytes}"
    answer["Accept-Ranges"], answer["ETag"], answer["Content-Disposition"] = "bytes", mark, "inline"
    answer["Cache-Control"] = f"private, max-age={31_536_000 if final else 60}" + (", immutable" if final else "")
    return answer
