"""The threshold of a project, and the key that lets its model's system send items."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


class Threshold(forms.Form):
    """Threshold and audit rate in percent; how many seconds an item takes people."""

    threshold = forms.DecimalField(min_value=0, max_value=100, decimal_places=1)
    audit = forms.DecimalField(min_value=0, max_value=100, decimal_places=1)
    seconds = forms.IntegerField(min_value=1, max_value=3600, required=False)
    reason = forms.CharField(max_length=1000, required=False)

    def shares(self) -> tuple[Decimal, Decimal]:
        """Give threshold and audit rate from 0 to 1."""
        told: dict[str, Any] = self.cleaned_data
        threshold, audit = (Decimal(told[name]).quantize(Decimal("0.1")) / 100 for name in ("threshold", "audit"))
        return threshold, audit


class SendingToken(forms.Form):
    """The name of the program that will send items, and for how many days."""

    service = forms.CharField(label=gettext_lazy("Name of the program"), max_length=100)
    days = forms.IntegerField(label=gettext_lazy("Counts for, in days"), min_value=1, max_value=3650, initial=30)
