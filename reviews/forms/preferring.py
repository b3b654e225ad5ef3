"""What the settings page sends when someone says what they prefer."""

from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.errors import BadPreference

WISHES: dict[str, bool | None] = {"asked": None, "always": True, "never": False}
VEILS = ("blur", "grey", "mute")
THEMES = ("system", "light", "dark")


class Wishes(NamedTuple):
    """How someone wants hard content shown, as their preference keeps it."""

    blur: bool | None
    grey: bool | None
    mute: bool | None
    holds: bool


def sent_veils(post: QueryDict) -> Wishes:
    """Read how someone wants hard content shown.

    Raises:
        BadPreference: a choice is missing or unknown.
    """
    sent = {name: str(post.get(name)) for name in (*VEILS, "look")}
    names = [name for name in VEILS if sent[name] not in WISHES]
    names += ["look"] if sent["look"] not in {"hold", "press"} else []
    if names:
        raise BadPreference(fields=[(name, _("Choose one of those listed.")) for name in names])
    blur, grey, mute = (WISHES[sent[name]] for name in VEILS)
    return Wishes(blur, grey, mute, sent["look"] == "hold")


def sent_theme(post: QueryDict) -> str:
    """Read which theme someone wants.

    Raises:
        BadPreference: there is no such theme.
    """
    chosen = str(post.get("theme"))
    if chosen not in THEMES:
        raise BadPreference(fields=[("theme", _("Choose one of those listed."))])
    return chosen
