"""The Django admin of the installation: for owners; pages of decision rights and guidelines have doors of their own."""

from functools import update_wrapper
from typing import Any, NoReturn

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class OwnersSite(AdminSite):
    """Sends whoever is not signed in to the house's own sign-in, and answers 404 to everybody but owners.

    `reviews.admin` and `guidelines.admin` guard their addresses themselves: operations write decision rights there, and
    guideline editors guidelines.
    """

    site_header = _("hitl: the installation")
    site_title = _("hitl")
    index_title = _("What there is")
    enable_nav_sidebar = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Put the door before every view of the admin."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), resolve_url("sign-in"))
            if not self.has_permission(request):
                raise Http404
            answer: HttpResponse = inner(request, *args, **kwargs)
            return answer

        return update_wrapper(guarded if cacheable else never_cache(guarded), view)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the house's own sign-in, which counts wrong tries."""
        if not request.user.is_authenticated:
            return redirect_to_login(resolve_url("admin:index"), resolve_url("sign-in"))
        return HttpResponseRedirect(resolve_url("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        """Be absent: the admin writes nothing itself."""
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        """Be absent with it."""
        raise Http404
