"""The small parts of the look that templates ask for by name: icons, theme, durations, the map of script modules."""

import datetime as dt
import json
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hitl.demo.doors import DOMAIN, may_stand, stands

register = template.Library()
SCRIPTS = settings.BASE_DIR / "static" / "js"
THEMES = ("light", "dark")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of static/icons.svg; it says nothing to screen readers, so a word stands beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("icons.svg"), name)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> SafeString:
    """Write the theme that this browser chose; nothing where it follows the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    return format_html(' data-theme="{}"', chosen) if chosen in THEMES else SafeString("")


@register.simple_tag(takes_context=True)
def theme_class(context: template.Context) -> str:
    """Give the chosen theme as a class, for the admin, whose root is not ours to write."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    return f" theme-{chosen}" if chosen in THEMES else ""


@register.simple_tag
def modules() -> SafeString:
    """Write the import map that leads relative imports of static/js to the hashed files."""
    return _modules(settings.STATIC_URL) if not settings.DEBUG else SafeString('{"imports": {}}')


@lru_cache(maxsize=1)
def _modules(prefix: str) -> SafeString:
    places = {f"{prefix}js/{one.name}": static(f"js/{one.name}") for one in sorted(SCRIPTS.glob("*.js"))}
    return mark_safe(json.dumps({"imports": places}))  # noqa: S308 - names of our own files


@register.simple_tag(takes_context=True)
def demo_door(context: template.Context) -> bool:
    """Tell whether the demo's open door stands to this request."""
    request = context.get("request")
    return request is not None and stands(request)


@register.simple_tag(takes_context=True)
def demo_guest(context: template.Context) -> bool:
    """Tell whether one of the demo's people is in, where the settings allow the door; asks no database."""
    return may_stand() and getattr(context.get("user"), "email", "").endswith(DOMAIN)


@register.filter
def span(seconds: float | dt.timedelta | None) -> str:
    """Say how long: 19 s, 42 min, 1 h 18, 3 days."""
    if seconds is None:
        return "–"
    count = int(seconds.total_seconds() if isinstance(seconds, dt.timedelta) else seconds)
    if count < 60:
        return _("%(n)d s") % {"n": max(count, 0)}
    minutes = count // 60
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return _("%(h)d h %(m)02d") % {"h": hours, "m": rest} if rest else _("%(h)d h") % {"h": hours}
    return _("%(n)d days") % {"n": hours // 24}


@register.filter
def since(at: dt.datetime | None) -> str:
    """Say how long ago an instant was."""
    return span(timezone.now() - at) if at else "–"


@register.filter
def until(at: dt.datetime | None) -> str:
    """Say how far off an instant is, or by how much it has passed."""
    if at is None:
        return "–"
    left = at - timezone.now()
    return (
        _("in %(time)s") % {"time": span(left)} if left > dt.timedelta() else _("%(time)s late") % {"time": span(-left)}
    )


@register.filter(expects_localtime=True)
def day(at: dt.date | None) -> str:
    """Write a day: 25 November 2026."""
    return formats.date_format(at, pgettext("format of dates", "j F Y")) if at else ""


@register.filter(expects_localtime=True)
def weekday(at: dt.datetime | None) -> str:
    """Write a near instant: Wednesday 25 November, 15:41."""
    return formats.date_format(at, pgettext("format of dates", "l j F, H:i")) if at else ""


@register.filter(expects_localtime=True)
def minute(at: dt.datetime | None) -> str:
    """Write an instant to the minute: 25 Nov 2026, 15:41."""
    return formats.date_format(at, pgettext("format of dates", "j M Y, H:i")) if at else ""


@register.filter(expects_localtime=True)
def second(at: dt.datetime | None) -> str:
    """Write an instant to the second: 25 Nov 2026, 15:41:07."""
    return formats.date_format(at, pgettext("format of dates", "j M Y, H:i:s")) if at else ""


@register.filter
def minutes_since(at: dt.datetime | None) -> str:
    """Say how long ago an instant was in whole minutes, so that figures looked at often change once a minute."""
    return _in_minutes(timezone.now() - at) if at else "–"


@register.filter
def minutes_until(at: dt.datetime | None) -> str:
    """Say how far off an instant is, as `until` does, in whole minutes."""
    if at is None:
        return "–"
    left = at - timezone.now()
    told = _("in %(time)s") if left > dt.timedelta() else _("%(time)s late")
    return told % {"time": _in_minutes(abs(left))}


def _in_minutes(length: dt.timedelta) -> str:
    return span(length) if length >= dt.timedelta(minutes=1) else _("1 min")


@register.filter
def pretty(value: Any) -> str:
    """Write a value as people read JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


@register.filter
def initials(name: str) -> str:
    """Shorten a name to two letters, for its mark."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() if len(words) > 1 else name[:2].upper()


@register.filter
def hue(name: str) -> int:
    """Give a name one of the twelve label colours, the same each time."""
    return sum(name.encode()) % 12 + 1
