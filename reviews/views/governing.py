"""The threshold of a project: what it sends to people, seen before it is published."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Project
from reviews.actions import Sent, send_tray
from reviews.errors import NoRights
from reviews.forms import Threshold
from reviews.models import Tray
from reviews.policies import governed_project
from reviews.reads.drafting import takes_two
from reviews.reads.replays import requires_replay
from reviews.reads.standing import Standing, standing
from reviews.reads.threshold import counted_in, just_founded, likely, moved, settings_in_force
from reviews.rights import threshold_of, with_threshold
from reviews.views.asking import HtmxRequest, page, person_of, who

FIRST = {"threshold": "80", "audit": "5"}


@require_http_methods(["GET", "POST"])
@login_required
def threshold(request: HtmxRequest, project: str) -> HttpResponse:
    """Show what a threshold would send to people; publish it, and send what I have brought."""
    by, at = who(request), timezone.now()
    place = governed_project(project, by=by, at=at)
    now = standing(place)
    if now is None:
        raise NoRights
    form = Threshold(_asked(request, now))
    tray = Tray.objects.filter(project=place, person_id=person_of(by)).first()
    publishes = settings_in_force(now) is not None and not takes_two(place)
    if request.method == "POST" and (form.is_valid() if publishes else tray):
        rights = with_threshold(now.rights, *form.shares()) if publishes else None
        reason = request.POST.get("reason", "").strip() or _("Chosen on the threshold page")
        sent = send_tray(project=place, rights=rights, reason=reason, by=by, at=at)
        messages.success(request, _told(sent))
        return redirect("project", place.slug)
    return _shown(request, place, now, form, tray, publishes)


def _asked(request: HttpRequest, now: Standing) -> QueryDict | dict[str, str]:
    """Give what is asked for, else what is in force; a project that has chosen none yet begins at 80 %."""
    if request.method == "POST":
        return request.POST
    standing_at = settings_in_force(now)
    first = FIRST if just_founded(now) or standing_at is None else dict(zip(FIRST, standing_at, strict=True))
    return (
        first
        | {"seconds": "15"}
        | {key: request.GET[key] for key in ("threshold", "audit", "seconds") if key in request.GET}
    )


def _shown(
    request: HtmxRequest, place: Project, now: Standing, form: Threshold, tray: Tray | None, publishes: bool
) -> HttpResponse:
    at = timezone.now()
    counted, source = counted_in(place, tray)
    simple = settings_in_force(now) is not None
    rights = now.rights
    if form.is_valid() and simple:
        rights = moved(now, *form.shares())
    seconds = form.cleaned_data.get("seconds") or 15
    shown = {
        "form": form,
        "simple": simple,
        "publishes": publishes,
        "lone": threshold_of(rights) is not None,
        "likely": likely(counted, rights, now.switch_for(None), seconds),
        "source": source,
        "tray": tray,
        "switch": now.switch_for(None),
        "seconds": seconds,
        "required": requires_replay(place.pk),
    }
    if request.htmx:
        return render(request, "reviews/threshold.html#share", {**shown, "project": place})
    answer = page(request, "reviews/threshold.html", "project", at, shown, project=place)
    answer.status_code = 422 if form.errors else 200
    return answer


def _told(sent: Sent) -> str:
    """Say what became of the rows, in one sentence a kind."""
    told = []
    if sent.created:
        told.append(ngettext("%(n)d item came in.", "%(n)d items came in.", sent.created) % {"n": sent.created})
    if sent.known:
        told.append(ngettext("%(n)d was known already.", "%(n)d were known already.", sent.known) % {"n": sent.known})
    if sent.refused:
        told.append(
            ngettext("%(n)d row was left out.", "%(n)d rows were left out.", sent.refused) % {"n": sent.refused}
        )
    return " ".join(told) or _("The threshold is in force.")
