"""Publishing, agreeing and ending, as their forms send it."""

import zoneinfo
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guidelines.errors import BadGuideline


class Revised(forms.Form):
    """The draft as it was read; `over` is the later revision that the editor has seen and writes upon."""

    revision = forms.IntegerField(min_value=1)
    over = forms.IntegerField(min_value=1, required=False)

    @property
    def number(self) -> int:
        """The revision that is written upon; 0, which is none, where it does not read."""
        told = self.cleaned_data if self.is_valid() else {}
        return int(told.get("over") or told.get("revision") or 0)


class Publishing(forms.Form):
    """Publishing a draft at once or from a day on, which is told in the editor's zone."""

    revision = forms.IntegerField(min_value=1)
    when = forms.ChoiceField(choices=[("now", "now"), ("day", "day")])
    starts_at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("Write the day and the time, as 2026-12-24T08:00.")},
    )
    sure = forms.BooleanField(
        error_messages={"required": _("Tick that you have read what changes and whom it affects.")}
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a day where one is meant."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("when") == "day" and not told.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", _("Choose the day and the time."))
        return told


class Ending(forms.Form):
    """Why a version is retired or called off."""

    reason = forms.CharField(max_length=4000, required=False)


def refused_by(form: forms.Form) -> BadGuideline | None:
    """Say what is wrong with what was typed; a revision that does not read is left to the verb, which finds none."""
    fields = [(name, str(told[0])) for name, told in form.errors.items() if name != "revision"]
    return BadGuideline(fields=fields) if fields else None


class Answer(forms.Form):
    """What a second editor says of a draft."""

    revision = forms.IntegerField(min_value=1)
    agrees = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    note = forms.CharField(max_length=4000, required=False)


def zone_name() -> str:
    """Name the zone in which the editor's days are read."""
    zone = timezone.get_current_timezone()
    return zone.key if isinstance(zone, zoneinfo.ZoneInfo) else str(zone)
