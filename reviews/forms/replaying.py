"""Which decision rights somebody wants to try, on how much of the past."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.models import RightsDraft, RightsVersion
from reviews.reads.standing import Standing
from reviews.reads.threshold import settings_in_force
from reviews.rights import with_threshold

SPANS = {
    "7": gettext_lazy("the last 7 days"),
    "30": gettext_lazy("the last 30 days"),
    "90": gettext_lazy("the last 90 days"),
    "all": gettext_lazy("all that ever came in"),
}
DRAFT, VERSION, THRESHOLD = "draft", "version", "threshold"


class ReplayWish(forms.Form):
    """The draft, a published version or a threshold; the last days or all; a segment to tell items apart by."""

    document = forms.ChoiceField()
    span = forms.ChoiceField(choices=SPANS.items(), initial="30")
    segment = forms.ChoiceField(required=False)

    def __init__(
        self,
        sent: QueryDict | None = None,
        *,
        now: Standing,
        draft: RightsDraft | None,
        versions: list[RightsVersion],
        segments: list[str],
        threshold: tuple[str, str] | None = None,
    ) -> None:
        """Offer what there is; `threshold` is one with its audit rate, in percent, as the threshold's page names it."""
        self._now, self._draft = now, draft
        self._versions = {f"{VERSION}:{one.number}": one for one in versions}
        super().__init__(sent)
        for one in self.fields.values():
            one.widget.attrs["class"] = "input"
        choices = [(DRAFT, _("the draft"))] if draft else []
        if threshold and settings_in_force(now) is not None:
            named = {"n": threshold[0], "audit": threshold[1]}
            told = _("a threshold of %(n)s %%, %(audit)s %% looked at again") % named
            choices.insert(0, (f"{THRESHOLD}:{threshold[0]}:{threshold[1]}", told))
        choices += [(key, self._named(one)) for key, one in self._versions.items()]
        self.fields["document"].choices = choices  # type: ignore[attr-defined]  # django-stubs know the class alone
        self.fields["segment"].choices = [("", _("nothing")), *((key, key) for key in segments)]  # type: ignore[attr-defined]
        if sent is None and choices:
            self.initial["document"] = choices[0][0]

    def _named(self, one: RightsVersion) -> str:
        if one.number == self._now.rights_number:
            return _("version %(n)d, in force") % {"n": one.number}
        return _("version %(n)d") % {"n": one.number}

    def wanted(self, at: dt.datetime) -> dict[str, Any]:
        """Say it as the verb takes it."""
        told = self.cleaned_data
        kind, _colon, rest = told["document"].partition(":")
        days = None if told["span"] == "all" else int(told["span"])
        return {
            "document": self._draft.body if kind == DRAFT and self._draft else self._moved(rest),
            "version": self._versions.get(told["document"]),
            "since": at - dt.timedelta(days=days) if days else None,
            "segment": told["segment"],
        }

    def _moved(self, text: str) -> dict[str, Any] | None:
        """Give the rights in force with a threshold such as `70:5`, in percent; None where the text is none."""
        try:
            threshold, audit = (Decimal(part) / 100 for part in text.split(":"))
            return with_threshold(self._now.rights, threshold, audit)
        except (InvalidOperation, ValueError):
            return None


def threshold_asked(sent: QueryDict) -> tuple[str, str] | None:
    """Read the threshold and audit rate that an address names, in percent; None where it names none that can be."""
    document = sent.get("document", "").split(":")
    given = document[1:] if document[0] == THRESHOLD else [sent.get("threshold", ""), sent.get("audit", "")]
    try:
        fits = len(given) == 2 and all(0 <= Decimal(part) <= 100 for part in given)
    except InvalidOperation:
        fits = False
    return (given[0], given[1]) if fits else None
