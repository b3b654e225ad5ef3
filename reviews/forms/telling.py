"""How and when somebody wants to be told what waits for them, as it is typed on their settings page."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import ZONES
from accounts.models import DAY_MINUTES, Preference, Telling

AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
NAMED = sorted(zone for zone in ZONES if zone.partition("/")[0] in AREAS)
PROJECTS = ("", gettext_lazy("as the project has it"))
MINUTES = {"required": gettext_lazy("Say how many minutes."), "invalid": gettext_lazy("Write a whole number.")}
CLOCK = {"invalid": gettext_lazy("Write a time as in 08:30.")}


class TellingForm(forms.Form):
    """How, on which days, from when to when, by whose clock, in which language; midnight at the end is the day's."""

    told = forms.ChoiceField(choices=Telling.choices)
    minutes = forms.IntegerField(error_messages=MINUTES)
    any_time = forms.BooleanField(required=False)
    days = forms.TypedMultipleChoiceField(choices=list(WEEKDAYS.items()), coerce=int, required=False)
    starts = forms.TimeField(required=False, error_messages=CLOCK)
    ends = forms.TimeField(required=False, error_messages=CLOCK)
    zone = forms.ChoiceField(choices=[PROJECTS, ("UTC", "UTC"), *((one, one) for one in NAMED)], required=False)
    language = forms.ChoiceField(choices=[PROJECTS, *settings.LANGUAGES], required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for both times unless any will do."""
        found = super().clean() or {}
        if not found.get("any_time"):
            for name in ("starts", "ends"):
                if name not in self.errors and found.get(name) is None:
                    self.add_error(name, _("Give a time, or choose any time."))
        return found

    def chosen(self) -> dict[str, Any]:
        """Give what was typed as the verb takes it."""
        found = self.cleaned_data
        hours = None if found["any_time"] else (_minute(found["starts"]), _minute(found["ends"]) or DAY_MINUTES)
        kept = {name: found[name] for name in ("told", "minutes", "days", "zone", "language")}
        return kept | {"hours": hours}

    def refuse(self, fields: list[tuple[str, str]]) -> None:
        """Write what the verb refused beside its field."""
        for name, message in fields:
            self.add_error({"until": "ends"}.get(name, name), message)


def telling_of(preference: Preference) -> dict[str, Any]:
    """Give what the form shows of somebody's preference."""
    return {
        "told": preference.told,
        "minutes": preference.told_minutes,
        "any_time": preference.any_time,
        "days": preference.work_days,
        "starts": _clock(preference.work_from),
        "ends": _clock(preference.work_until % DAY_MINUTES),
        "zone": preference.zone,
        "language": preference.language,
    }


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
