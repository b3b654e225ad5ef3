"""What of a project somebody wants to have exported."""

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Project
from reviews.models import Chosen, Item

FIRST_DAY = dt.date(1970, 1, 2)
"""Earlier than any event; days before it are this one, so that no zone leads out of the calendar."""


class ExportWish(forms.Form):
    """The whole project, days in the reader's time zone (both included), or an item by its external id."""

    chosen = forms.ChoiceField(choices=Chosen.choices, initial=Chosen.WHOLE)
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    item = forms.CharField(required=False, max_length=200)

    def __init__(self, sent: QueryDict | None = None, *, project: Project, at: dt.datetime) -> None:
        """Take the project, and the instant whose day is today."""
        self.project, self.today = project, timezone.localtime(at).date()
        first = self.today.replace(day=1)
        super().__init__(sent, initial={"chosen": Chosen.WHOLE, "first": first, "last": self.today})

    def clean(self) -> dict[str, Any]:
        """See that what was chosen is said, and can be."""
        told: dict[str, Any] = self.cleaned_data
        if told.get("chosen") == Chosen.DATES:
            self._days(told)
        if told.get("chosen") == Chosen.ITEM and "item" in told:
            told["item"] = Item.objects.filter(project=self.project, external_id=told["item"]).first()
            if told["item"] is None:
                self.add_error("item", _("This project has no item of this name. Names are told apart by case."))
        return told

    def _days(self, told: dict[str, Any]) -> None:
        for name in ("first", "last"):
            if name in told and told[name] is None:
                self.add_error(name, _("Name this day."))
            elif name in told and told[name] > self.today:
                self.add_error(name, _("This day has not come yet; an export tells of what happened."))
        if not self.errors and told["last"] < told["first"]:
            self.add_error("last", _("The last day comes before the first one."))

    def wanted(self) -> dict[str, Any]:
        """Say it as the verb takes it."""
        told = self.cleaned_data
        if told["chosen"] == Chosen.ITEM:
            return {"item": told["item"]}
        if told["chosen"] == Chosen.WHOLE:
            return {}
        return {"since": _begin(told["first"]), "until": _begin(max(told["last"], FIRST_DAY) + dt.timedelta(days=1))}


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(max(day, FIRST_DAY), dt.time(), timezone.get_current_timezone())
