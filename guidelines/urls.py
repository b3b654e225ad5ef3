"""The addresses of guidelines."""

from django.urls import path

from guidelines import views

urlpatterns = [
    path("projects/<slug:project>/guideline/versions/<int:version>/archive/", views.archive, name="guideline-archive"),
]
