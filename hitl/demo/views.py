"""The page behind the demo's open door."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from hitl.demo.doors import guests, stands


@require_http_methods(["GET", "POST"])
@never_cache
@csrf_protect
def door(request: HttpRequest) -> HttpResponse:
    """Let a visitor choose whom to be (GET), and enter as them (POST)."""
    if not stands(request):
        raise Http404
    found = guests()
    if request.method == "GET":
        words = _words()
        shown = [(guest, *words[guest.role]) for guest in found]
        return render(request, "demo/door.html", {"guests": shown})
    chosen = next((guest for guest in found if guest.role == request.POST.get("role")), None)
    if chosen is None:
        raise Http404
    login(request, chosen.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return redirect(settings.LOGIN_REDIRECT_URL)


def _words() -> dict[str, tuple[str, str, str]]:
    """Give an icon, a name, and what each role is for."""
    return {
        "reviewer": ("eye", _("Reviewer"), _("Decides what the model may not decide alone.")),
        "adjudicator": ("scales", _("Adjudicator"), _("Settles what reviewers disagree on or escalate.")),
        "operations": ("queue", _("Operations"), _("Keeps the queues moving and turns the switch.")),
        "compliance": ("seal", _("Compliance"), _("Reads who decided what, when, and what they saw.")),
        "records_officer": ("case", _("Records officer"), _("Reads the trail as the second person beside compliance.")),
        "guideline_editor": ("book", _("Guideline editor"), _("Looks after the guideline that people decide by.")),
        "owner": ("person", _("Owner"), _("Looks after projects, people and the installation.")),
    }
