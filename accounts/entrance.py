"""How people come to pages of an app of their own inside the admin's frame; what they may do there, each page asks."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from accounts.reads import Actor, actor_of_user


class AdminRequest(HttpRequest):
    """A request of an admin page; it knows its site, and whether a script of ours sent it."""

    htmx: HtmxDetails
    admin_site: AdminSite


View = Callable[..., HttpResponse]


def guarded(site: AdminSite, route: str, view: View, name: str) -> URLPattern:
    """Make an address whose view is told the site; whoever is not signed in is led to the door."""

    @never_cache
    @login_required
    def opened(request: AdminRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.admin_site = site
        return view(request, *args, **kwargs)

    return path(route, opened, name=name)


def who(request: HttpRequest) -> Actor:
    """Give the person who is signed in."""
    assert isinstance(request.user, User)
    return actor_of_user(request.user, "browser")


def framed(request: AdminRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page inside the admin."""
    return render(request, template, request.admin_site.each_context(request) | context, status=status)
