"""An endpoint for callbacks, as it is typed on its project's page."""

from django import forms
from django.utils.translation import gettext_lazy

from reviews.models import ABOUT_ITEMS, Told


class EndpointForm(forms.Form):
    """Where a program is called back, and of what it is told; the name is only asked for once."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=64, error_messages={"required": gettext_lazy("Name the endpoint.")}
    )
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=500, error_messages={"required": gettext_lazy("Give its address.")}
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Tell it when"),
        choices=Told.choices,
        initial=ABOUT_ITEMS,
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )


class EndpointChange(EndpointForm):
    """What may be changed of one: all but its name, by which items name it."""

    name = None  # type: ignore[assignment]
