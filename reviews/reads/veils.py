"""How hard content is veiled until a person looks: as the project asks, and as they want it themselves."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from audit.models.sql import ask_one

NAMES = ("blur", "grey", "mute")
ASKED = """
SELECT su.blur, su.grey, su.mute, su.may_lift, pf.blur AS own_blur, pf.grey AS own_grey, pf.mute AS own_mute, pf.holds
FROM reviews_setup su LEFT JOIN accounts_preference pf ON pf.person_id = %s WHERE su.project_id = %s
"""


@dataclass(frozen=True, slots=True)
class Veil:
    """What lies over an item. `holds`: it lifts while a key is held, else from one press to the next."""

    blur: bool = False
    grey: bool = False
    mute: bool = False
    holds: bool = True

    @property
    def names(self) -> list[str]:
        """Name what lies over the item, as a claim's manifest does: there mute only where it sounds."""
        return [name for name in NAMES if getattr(self, name)]

    def over(self, names: Collection[str]) -> "Veil":
        """Give this veil with what a claim named laid over it: more, never less."""
        return replace(self, **{name: getattr(self, name) or name in names for name in NAMES})


def veil_of_seat(seen: Any) -> Veil:
    """Give the veil of a looked-at seat for the person who looks.

    A person may always have more than the project asks, and less only where it lets go (`may_lift`).
    """
    return Veil(
        _veiled(seen.blur, seen.own_blur, seen.may_lift),
        _veiled(seen.grey, seen.own_grey, seen.may_lift),
        _veiled(seen.mute, seen.own_mute, seen.may_lift),
        seen.holds is None or bool(seen.holds),
    )


def _veiled(asked: Any, own: Any, may_lift: Any) -> bool:
    if own is None:
        return bool(asked)
    return bool(own or (asked and not may_lift))


def veil_in(project_id: int, person_id: int) -> Veil:
    """Give the veil over a project's items for someone who looks back at them; one statement."""
    found = ask_one(ASKED, [person_id, project_id])
    return veil_of_seat(found) if found else Veil()
