"""NUL, a character that no text has: browsers do not send it and PostgreSQL does not take it. No page is shown one."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.translation import gettext_noop as _

from audit.errors import Refusal
from hitl.errors import API, TooLong, refused

NUL = "\0"


class NotText(Refusal):
    """A NUL stands in what a page was asked for, or in a form."""

    code = "not_text"
    sentence = _("This holds a NUL character, which no text has and nobody can see. Type again what you pasted.")


class NulMiddleware:
    """Keep NUL out of all pages, the admin's too; it stands before sessions, which are looked up by a cookie.

    A cookie with one is none, an address with one leads nowhere, a search or a form with one is refused. What programs
    send to the API is read by `reviews.wire`, which names the place.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, blind to cookies that nobody was given."""
        for name in [name for name, value in request.COOKIES.items() if NUL in value]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _named: Any) -> HttpResponse | None:
        """Look at address, search and form; the form of a view that looks at its length first is left to that view."""
        if NUL in request.path:
            raise Http404
        if request.path.startswith(API):
            return None
        try:
            held = _holds(request.GET) or (not getattr(view, "csrf_exempt", False) and _holds(request.POST))
        except RequestDataTooBig:
            return refused(request, TooLong())
        except UnreadablePostError:
            return None  # whoever sent it hung up
        return refused(request, NotText()) if held else None


def _holds(sent: QueryDict) -> bool:
    return any(NUL in text for name, values in sent.lists() for text in (name, *values))
