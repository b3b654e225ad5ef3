"""A new project."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.actions import as_owner
from accounts.errors import BadProject, SlugTaken
from accounts.models import Project
from accounts.reads import Actor
from reviews.actions import found_project
from reviews.errors import BadProjectFile
from reviews.forms import NewProject
from reviews.reads.project import free_slug
from reviews.views.asking import page, who


@require_http_methods(["GET", "POST"])
@login_required
def new_project(request: HttpRequest) -> HttpResponse:
    """Ask what a project is, then create it and go on to its items."""
    by, at = as_owner(who(request)), timezone.now()
    form = NewProject(request.POST if request.method == "POST" else None)
    if form.is_valid():
        project = _founded(form, by)
        if project is not None:
            look = urlencode({"look": form.cleaned_data["medium"]})
            return redirect(f"{reverse('tray', args=[project.slug])}?{look}")
    answer = page(request, "reviews/new_project.html", "new-project", at, {"form": form})
    answer.status_code = 422 if form.errors else 200
    return answer


def _founded(form: NewProject, by: Actor) -> Project | None:
    """Create the project; None when a refusal now stands beside what was typed."""
    document = form.document(free_slug(form.cleaned_data["name"]))
    try:
        return found_project(document=document, reviews=form.cleaned_data["reviews"], by=by, at=timezone.now())
    except (BadProject, BadProjectFile, SlugTaken) as problem:
        form.blame(problem.fields, problem.sentence)
        return None
