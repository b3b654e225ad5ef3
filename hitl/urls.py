"""The addresses of the installation; each app brings its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from hitl.demo.views import door

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("demo/", door, name="demo-door"),
    path("api/v1/", include("reviews.api.urls")),
    path("language/", require_POST(set_language), name="language"),
    path("", include("accounts.urls")),
    path("", include("guidelines.urls")),
    path("", include("reviews.urls")),
]
