"""The reader's time zone: what their browser says, else UTC."""

import zoneinfo
from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

ZONES = frozenset(zoneinfo.available_timezones())  # read once: it walks the file system


class ZoneMiddleware:
    """Show times in the zone of the cookie that the pages' script sets; an unknown zone is passed over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's zone."""
        name = unquote(request.COOKIES.get("zone", ""))
        if name in ZONES:
            with timezone.override(zoneinfo.ZoneInfo(name)):
                return self.get_response(request)
        return self.get_response(request)
