"""Keys as a person has them, and where a project's labels keep one of them for themselves."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import ACTS, DIGITS, Preference
from audit.models.sql import ask

NAMES = {
    "a": _("Approve"),
    "c": _("Correct, or answer"),
    "r": _("Reject"),
    "e": _("Escalate"),
    "s": _("Skip"),
    "z": _("Withdraw the last decision"),
    "g": _("The guideline on all labels"),
    "q": _("Ask about the guideline"),
    "j": _("Next turn"),
    "k": _("Previous turn"),
    "v": _("Look at hard content"),
    "n": _("Next page of a list"),
    "/": _("Find"),
    "?": _("The table of keys"),
}
LABELS = """
SELECT p.name AS project_name, tv.body FROM accounts_project p
JOIN guidelines_guidelinesetup gs ON gs.project_id = p.id
JOIN guidelines_taxonomyversion tv ON tv.id = gs.taxonomy_id
WHERE p.id IN (SELECT m.project_id FROM accounts_membership m
    WHERE m.person_id = %s AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s))
ORDER BY p.name, p.id
"""


@dataclass(frozen=True, slots=True)
class Key:
    """An act or digit, named by its own key, and the key that this person has for it ("" for none)."""

    act: str
    name: str
    key: str
    fault: str = ""

    @property
    def field(self) -> str:
        """Name its field in the form."""
        return f"key-{ord(self.act)}"


@dataclass(frozen=True, slots=True)
class Clash:
    """A label that keeps a key which this person has for something else; `stays` is what that has there ("" none)."""

    project: str
    label: str
    key: str
    name: str
    stays: str


def keys_of(mine: Mapping[str, str], faults: Mapping[str, str] | None = None) -> tuple[list[Key], list[Key]]:
    """List acts and digits with this person's keys."""
    found = [
        Key(act, str(NAMES.get(act, act)), mine.get(act, act), (faults or {}).get(act, "")) for act in (*ACTS, *DIGITS)
    ]
    return found[: len(ACTS)], found[len(ACTS) :]


def preference_of(person_id: int) -> Preference:
    """Give what a person prefers; as the house has it where they chose nothing."""
    return Preference.objects.filter(person_id=person_id).first() or Preference(person_id=person_id)


def clashes(person_id: int, mine: Mapping[str, str], at: dt.datetime) -> list[Clash]:
    """List where labels of this person's projects keep a key that the person has for something else.

    The label wins. What it took the key from has its own one there, unless that is another act's by now. static/js/
    keys.js does the same on each page.
    """
    found = []
    for row in ask(LABELS, [person_id, at, at]) if mine else []:
        for label in json.loads(row.body)["labels"]:
            key = str(label.get("key") or "")
            for act in [one for one, wanted in mine.items() if wanted and wanted == key and key not in DIGITS]:
                stays = "" if act in mine.values() else act
                name = str(NAMES.get(act) or _("Number %(n)s") % {"n": act})
                found.append(Clash(row.project_name, label.get("name") or label["code"], key, name, stays))
    return found
