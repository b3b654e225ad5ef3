"""What differs between two documents, in plain words: rows added, removed, moved, renamed and changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .shape import Rights
from .telling import Told, told


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind` is added, removed, changed, moved or renamed; `place` and `was` count rules from 1.

    `name` is that of a row that people named, else "".
    """

    kind: str
    section: str
    name: str
    before: str = ""
    after: str = ""
    was: int = 0
    place: int = 0
    queues: tuple[str, ...] = ()


def differences(before: Rights, after: Rights, names: Mapping[str, str]) -> list[Change]:
    """Compare two documents row by row, the second against the first; none where they mean the same.

    Where two texts of the same number differ ("0.10" and "0.1") they mean the same, and nothing is told.
    """
    old = {(row.part, row.key): row for row in told(before, names)}
    new = {(row.part, row.key): row for row in told(after, names)}
    found = list(_rows(old, new))
    return [*found, *_moved(before, after, {change.name for change in found if change.kind == "renamed"})]


def _rows(old: Mapping[tuple[str, str], Told], new: Mapping[tuple[str, str], Told]) -> Iterator[Change]:
    gone = {key: row for key, row in old.items() if key not in new}
    for key, row in new.items():
        if key in old:
            earlier = old[key]
            if earlier.sentence != row.sentence:
                queues = tuple(dict.fromkeys((*earlier.queues, *row.queues)))
                yield Change("changed", row.section, row.name, earlier.sentence, row.sentence, queues=queues)
            continue
        twin = next((one for one in gone.values() if (one.part, one.sentence) == (row.part, row.sentence)), None)
        if twin is None:
            yield Change("added", row.section, row.name, after=row.sentence, queues=row.queues)
        else:
            del gone[twin.part, twin.key]
            yield Change("renamed", row.section, row.name, twin.name, row.name, queues=row.queues)
    for row in gone.values():
        yield Change("removed", row.section, row.name, before=row.sentence, queues=row.queues)


def _moved(before: Rights, after: Rights, renamed: set[str]) -> Iterator[Change]:
    """Tell the rules that stand elsewhere among those in both; as few as explain the new order."""
    was = {rule.name: place for place, rule in enumerate(before.routing, start=1)}
    now = {rule.name: place for place, rule in enumerate(after.routing, start=1)}
    common = [name for name in now if name in was and name not in renamed]
    kept = _longest_rising([was[name] for name in common])
    rules = {row.key: row for row in told(after, {}) if row.part == "routing"}
    for name in common:
        if was[name] not in kept:
            row = rules[name]
            yield Change("moved", row.section, name, was=was[name], place=now[name], queues=row.queues)


def _longest_rising(places: Sequence[int]) -> set[int]:
    """Give the members of a longest rising run: what stayed where it was."""
    best: list[list[int]] = []
    for place in places:
        before: list[int] = []
        for run in best:
            before = run if run[-1] < place and len(run) > len(before) else before
        best.append([*before, place])
    longest: list[int] = []
    for run in best:
        longest = run if len(run) > len(longest) else longest
    return set(longest)
