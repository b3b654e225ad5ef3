"""Files in."""

from typing import IO, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Scope
from assets.actions import store
from assets.errors import TooLarge
from reviews.api.answering import answer
from reviews.api.asking import api, in_project
from reviews.api.shapes import AssetAnswer
from reviews.errors import BadBody

ENVELOPE = 2**16  # what a multipart body may hold around its file


@api("POST")
def assets(request: HttpRequest, project: str) -> HttpResponse:
    """Take in a file, and give the project a right to it."""
    call = in_project(request, project, Scope.ASSETS_WRITE)
    asset, new = store(project=call.project, content=_sent(request), by=call.by, at=call.at)
    shown = AssetAnswer(
        id=f"sha256:{asset.sha256}",
        media_type=asset.media_type,
        bytes=asset.bytes,
        width=asset.width,
        height=asset.height,
        duration_ms=asset.duration_ms,
    )
    return answer(shown, 201 if new else 200)


def _sent(request: HttpRequest) -> IO[bytes]:
    """Give the file of a raw body or of a multipart one.

    Raises:
        TooLarge: the body alone is longer than any file may be.
        BadBody: a multipart body does not hold exactly one file.
    """
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and (len(length) > 18 or int(length) > settings.ASSET_BYTES + ENVELOPE):
        raise TooLarge
    if request.content_type != "multipart/form-data":
        return cast(IO[bytes], request)  # it reads as a file does
    found = [file for _, files in request.FILES.lists() for file in files]
    if len(found) != 1:
        raise BadBody("Send one file at a time.", fields=[("file", f"There are {len(found)} files in this body.")])
    return cast(IO[bytes], found[0])
