"""Who may put an outcome aside: the rows of the decision rights, read against one item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from .comparing import compare
from .fields import Subject
from .numbers import duration
from .shape import Condition, Override, Rights


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rights say to somebody who would put an outcome aside.

    `row` lets them, None where none does; then `why` says what stands against it: `role`, `too_old` or `conditions`.
    `second`: another person has to sign.
    """

    row: Override | None
    why: str = ""
    second: bool = False


def asked(rights: Rights, subject: Subject, roles: Collection[str], age: timedelta) -> Asked:
    """Read the rows top down; the first that names one of the roles, whose conditions hold and whose age is kept, lets.

    Doubt lets nobody: what cannot be compared does not hold in `when`, and asks a second person in
    `second_person_when`.

    Args:
        rights: those in force now.
        subject: the item, as routing sees it.
        roles: of whoever asks.
        age: since the outcome's release.
    """
    why = "role"
    for row in rights.overrides:
        if set(row.roles).isdisjoint(roles):
            continue
        if not all(result is True for result in _results(subject, row.when)):
            why = "too_old" if why == "too_old" else "conditions"
        elif row.max_age is not None and age > duration(row.max_age):
            why = "too_old"
        else:
            return Asked(row, "", needs_second(row, subject))
    return Asked(None, why)


def needs_second(row: Override, subject: Subject) -> bool:
    """Tell whether a second person must sign; a row without such conditions asks for none."""
    results = _results(subject, row.second_person_when)
    return bool(results) and all(result is not False for result in results)


def _results(subject: Subject, conditions: Sequence[Condition]) -> list[bool | None]:
    return [compare(subject, condition)[0] for condition in conditions]
