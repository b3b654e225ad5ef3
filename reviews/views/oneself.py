"""Personal settings: keys, hard content, the look of this browser."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings as house
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import choose_keys, choose_telling, choose_veils, use_single_keys
from accounts.errors import BadPreference
from accounts.models import ACTS, DIGITS, User
from reviews.forms import TellingForm, sent_theme, sent_veils, telling_of
from reviews.policies import abilities, may_put_aside, work_in
from reviews.reads.in_force import in_force_in
from reviews.reads.keys import clashes, keys_of, preference_of
from reviews.reads.rail import OWNER
from reviews.views.asking import frame, page, person_of, who


@require_GET
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """Show what I prefer."""
    return _settings(request, timezone.now())


@require_POST
@login_required
def keys(request: HttpRequest) -> HttpResponse:
    """Keep my keys, or go back to the house's."""
    by, sent = who(request), request.POST
    single = "single" in sent
    wanted = {act: sent[f"key-{ord(act)}"] for act in (*ACTS, *DIGITS) if f"key-{ord(act)}" in sent}
    if "reset" in sent:
        choose_keys(keys={}, single_keys=True, by=by)
        return redirect("settings")
    if not wanted:
        raise BadPreference
    try:
        choose_keys(keys=wanted, single_keys=single, by=by)
    except BadPreference as refused:
        return _settings(request, timezone.now(), wanted, dict(refused.fields))
    return redirect("settings")


@require_http_methods(["PUT", "DELETE"])
@login_required
def single_keys(request: HttpRequest) -> HttpResponse:
    """Use single keys (PUT), or let them rest (DELETE)."""
    use_single_keys(on=request.method == "PUT", by=who(request))
    return HttpResponse(status=204)


@require_POST
@login_required
def veils(request: HttpRequest) -> HttpResponse:
    """Keep how hard content is shown to me."""
    wishes = sent_veils(request.POST)
    choose_veils(**wishes._asdict(), by=who(request))
    return redirect("settings")


@require_POST
@login_required
def telling(request: HttpRequest) -> HttpResponse:
    """Keep how and when I am told what waits for me."""
    form = TellingForm(request.POST)
    if form.is_valid():
        try:
            choose_telling(**form.chosen(), by=who(request))
        except BadPreference as refused:
            form.refuse(refused.fields)
        else:
            return redirect("settings")
    return _settings(request, timezone.now(), form=form)


@require_GET
@login_required
def own_rights(request: HttpRequest) -> HttpResponse:
    """Say what I may do in each of my projects, and what not and why."""
    assert isinstance(request.user, User)
    at, person = timezone.now(), request.user.person
    framed = frame(request, at)
    standing = in_force_in([place.id for place in framed.places])
    shown = []
    for place in framed.places:
        roles = place.roles | ({OWNER} if person.is_owner else set())
        queues, rights = standing[place.id]
        may = [*abilities(roles), may_put_aside(rights, roles)]
        shown.append((place, may, work_in(queues, rights, roles)))
    told = {"shown": shown, "owner": person.is_owner}
    return page(request, "reviews/own_rights.html", "settings", at, told, framed=framed)


@require_POST
@login_required
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme of this browser, in the cookie that every page reads before it is drawn."""
    answer = redirect("settings")
    answer.set_cookie("theme", sent_theme(request.POST), max_age=31_536_000, samesite="Lax")
    return answer


def _settings(
    request: HttpRequest,
    at: dt.datetime,
    wanted: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    form: TellingForm | None = None,
) -> HttpResponse:
    person = person_of(who(request))
    preference = preference_of(person)
    acts, digits = keys_of(wanted or preference.keys, faults)
    shown: dict[str, Any] = {
        "preference": preference,
        "acts": acts,
        "digits": digits,
        "faulty": bool(faults),
        "clashes": clashes(person, preference.keys, at),
        "mails": bool(house.EMAIL_HOST),
        "telling": form or TellingForm(initial=telling_of(preference)),
        "zone": timezone.get_current_timezone_name(),
        "chosen_theme": request.COOKIES.get("theme", "system"),
    }
    shown["days"] = [int(day) for day in shown["telling"]["days"].value() or [] if str(day) in set("0123456")]
    answer = page(request, "reviews/settings.html", "settings", at, shown)
    answer.status_code = 422 if faults or form else 200
    return answer
