"""How labels carry over from one taxonomy to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guidelines.content.shape import Moved, Taxonomy


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a label: what it is now (none where it was retired), and whether each step left it one label.

    A label that no mapping names is what it was.
    """

    now: tuple[str, ...]
    sure: bool


def needs_mapping(before: Taxonomy, now: Taxonomy) -> list[str]:
    """List the labels that could be said before and cannot now, in the order they stood."""
    still = {label.code for label in now.active}
    return [label.code for label in before.active if label.code not in still]


def carried(code: str, steps: Iterable[Sequence[Moved]]) -> Carried:
    """Follow a label through the mappings of one version after another, the oldest first."""
    now: tuple[str, ...] = (code,)
    sure = True
    for rows in steps:
        next_codes: list[str] = []
        for one in now:
            found = next((row for row in rows if one in row.was), None)
            sure &= found is None or len(found.now) == 1
            next_codes += [one] if found is None else list(found.now)
        now = tuple(dict.fromkeys(next_codes))
    return Carried(now, sure)
