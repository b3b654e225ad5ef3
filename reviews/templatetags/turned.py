"""The switches that are turned, told on every page."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from reviews.policies import turned_with_ways

register = template.Library()


@register.inclusion_tag("reviews/turned.html", takes_context=True)
def turned(context: template.Context) -> dict[str, Any]:
    """Tell whoever is signed in which switches do not stand at normal."""
    user = context["request"].user
    if not isinstance(user, User):
        return {"turned": []}
    return {"turned": turned_with_ways(user.person, timezone.now())}
