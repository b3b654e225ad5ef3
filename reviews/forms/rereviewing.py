"""Which outcomes are to be looked at anew, and how many of those found."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reviews.models import Queue
from reviews.rights.numbers import shortest

SINCE = {
    "all": _("ever"),
    "90": _("in the last 90 days"),
    "30": _("in the last 30 days"),
    "7": _("in the last 7 days"),
}


class RereviewWish(forms.Form):
    """Labels, and where wanted a segment with its value and a time."""

    labels = forms.MultipleChoiceField(error_messages={"required": _("Choose at least one label.")})
    since = forms.ChoiceField(choices=SINCE.items(), initial="all")
    segment = forms.ChoiceField(required=False)
    value = forms.CharField(required=False, max_length=64)

    def __init__(self, sent: QueryDict | None, *, labels: list[tuple[str, str]], segments: list[str]) -> None:
        super().__init__(sent)
        self.fields["labels"].choices = labels  # type: ignore[attr-defined]  # django-stubs know the class alone
        self.fields["segment"].choices = [("", _("any")), *((key, key) for key in segments)]  # type: ignore[attr-defined]
        for name in ("since", "segment", "value"):
            self.fields[name].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """See that a segment comes with its value."""
        told: dict[str, Any] = super().clean() or {}
        if bool(told.get("segment")) != bool(told.get("value")):
            self.add_error("value", _("Name a segment together with its value."))
        return told

    def wanted(self, at: dt.datetime) -> dict[str, Any]:
        """Say it as the verb takes it."""
        told = self.cleaned_data
        days = None if told["since"] == "all" else int(told["since"])
        return {
            "labels": told["labels"],
            "segment": told["segment"],
            "value": told["value"],
            "since": at - dt.timedelta(days=days) if days else None,
        }


class RereviewConfirmed(forms.Form):
    """The queue, the share in percent, and why."""

    queue = forms.ChoiceField()
    percent = forms.DecimalField(min_value=Decimal("0.01"), max_value=Decimal(100), max_digits=5, decimal_places=2)
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, sent: QueryDict | None, *, queues: list[Queue]) -> None:
        super().__init__(sent, initial={"percent": 100})
        self._queues = {queue.slug: queue for queue in queues}
        self.fields["queue"].choices = [(queue.slug, queue.name) for queue in queues]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def wanted(self) -> dict[str, Any]:
        """Say it as the verb takes it."""
        told = self.cleaned_data
        share = shortest(told["percent"] / 100)
        return {"queue": self._queues[told["queue"]], "share": share, "reason": told["reason"]}
