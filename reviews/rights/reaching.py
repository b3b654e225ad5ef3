"""Rules that no item can come to: an earlier one takes them all, or their own conditions never hold together.

Exact for what conditions say of one field that holds a single value (numbers compare as decimals, texts as texts): a
finite number of points stands for all values, and each is asked of each rule. Where a field may hold several values,
and where an earlier rule asks for two fields at once, only what follows condition by condition is claimed. So what is
called unreachable is; what is not called so may be.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from itertools import pairwise

from .comparing import ORDER
from .fields import Field, field_named
from .numbers import decimal
from .shape import Condition, Rule

ABSENT = None
_ALWAYS_THERE = ("impact", "units")
_SINGLE = ("confidence", "impact", "cost", "units", "model.name", "model.version", "segments", "scores")
_OTHER = "\0another"
_DIGITS = 80  # what lies between two numbers of 30 digits before and 30 behind the point is told exactly

Point = Decimal | str | None


@dataclass(frozen=True, slots=True)
class Unreached:
    """A rule that takes nothing; `by` are the places of the rules that take all of its items, () where none can be."""

    place: int
    by: tuple[int, ...]


def unreached(rules: Sequence[Rule]) -> list[Unreached]:
    """Find the rules that take nothing, read top down."""
    found = []
    for place, rule in enumerate(rules):
        by = _takers(rule.when, rules[:place])
        if by is not None:
            found.append(Unreached(place, by))
    return found


def takers_of_the_rest(rules: Sequence[Rule]) -> tuple[int, ...] | None:
    """Give the rules that leave nothing to `otherwise`, None where something is left."""
    return _takers((), rules)


def _takers(when: Sequence[Condition], earlier: Sequence[Rule]) -> tuple[int, ...] | None:
    """Give the earlier rules that take all that satisfies these conditions; () where nothing does; None otherwise."""
    fields = {part.field for part in when}
    for name in sorted(fields):
        if _single(name, when) and not any(_all_hold(when, name, point) for point in _points(name, when)):
            return ()
    open_to: dict[str, list[int]] = defaultdict(list)
    for place, rule in enumerate(earlier):
        unmet = _unmet(rule, when)
        if not unmet:
            return (place,)
        if len(unmet) == 1:
            open_to[unmet.pop()].append(place)
    for name in sorted(open_to):
        if by := _together(name, when, earlier, open_to[name]):
            return by
    return None


def _unmet(rule: Rule, when: Sequence[Condition]) -> set[str]:
    """Give the fields of which a rule asks for what does not follow from these conditions; two say as much as more."""
    found: set[str] = set()
    for part in rule.when:
        if part.field not in found and not _follows(part, when):
            found.add(part.field)
            if len(found) > 1:
                break
    return found


def _together(name: str, when: Sequence[Condition], earlier: Sequence[Rule], places: Sequence[int]) -> tuple[int, ...]:
    """Give the rules that take every value of one field between them, of those whose other conditions are implied."""
    able = [(place, [part for part in earlier[place].when if part.field == name]) for place in places]
    used: set[int] = set()
    told = [*when, *(part for _, own in able for part in own)]
    if not _single(name, told):
        return ()
    for point in _points(name, told):
        if not _all_hold(when, name, point):
            continue
        taker = next((place for place, own in able if _all_hold(own, name, point)), None)
        if taker is None:
            return ()
        used.add(taker)
    return tuple(sorted(used))


def _follows(part: Condition, when: Sequence[Condition]) -> bool:
    """Tell whether a condition holds, or cannot be compared, wherever all these hold."""
    own = tuple(one for one in when if one.field == part.field)
    return bool(own) and (part in own or _implied(part, own))


@lru_cache(maxsize=65_536)
def _implied(part: Condition, own: tuple[Condition, ...]) -> bool:
    """Tell it of conditions on one field, kept since a document is looked at again with each change of it."""
    if _single(part.field, [*own, part]):
        points = [point for point in _points(part.field, [*own, part]) if _all_hold(own, part.field, point)]
        return all(_holds(part, point) for point in points)
    return any(_elementwise(one, part) for one in own)


def _elementwise(one: Condition, part: Condition) -> bool:
    """Tell whether each value that satisfies one condition satisfies the other, where a field may hold several."""
    if one.op in ORDER and part.op in ORDER:
        return all(_holds(part, point) for point in _points(one.field, [one, part]) if _holds(one, point))
    if one.op in ("=", "in") and part.op in ("=", "in"):
        return set(_values(one)) <= set(_values(part))
    return False


def _single(name: str, conditions: Sequence[Condition]) -> bool:
    """Tell whether points stand for all values of a field: it holds one, and nobody asks for a part of a text."""
    place = field_named(name)
    if place is None or any(part.op == "contains" for part in conditions if part.field == name):
        return False
    return place.fold in ("min", "max") or (not place.fold and place.root in _SINGLE)


def _points(name: str, conditions: Sequence[Condition]) -> Iterator[Point]:
    """Give values that stand for all values of a field, as far as these conditions can tell them apart."""
    place = field_named(name)
    if place is None or place.root not in _ALWAYS_THERE:
        yield ABSENT
    own = [part for part in conditions if part.field == name and part.op != "exists"]
    texts = {text for part in own for text in _values(part)}
    if place is not None and place.root == "impact":
        yield from ("normal", "high")
    elif place is not None and (place.kind == "number" or any(part.op in ORDER for part in own)):
        yield from _numbers(place, sorted({value for text in texts if (value := decimal(text)) is not None}))
    else:
        yield from (*sorted(texts), _OTHER)


def _numbers(place: Field, marks: list[Decimal]) -> Iterator[Decimal]:
    bounded = place.root in ("confidence", "scores") and place.fold != "count"
    if bounded:
        marks = sorted({Decimal(0), Decimal(1), *marks})
    with localcontext() as exactly:
        exactly.prec = _DIGITS
        between = [(low + high) / 2 for low, high in pairwise(marks)]
        outside = [marks[0] - 1, marks[-1] + 1] if marks else [Decimal(0)]
    yield from (value for value in sorted({*marks, *between, *outside}) if not bounded or 0 <= value <= 1)


def _all_hold(conditions: Sequence[Condition], name: str, point: Point) -> bool:
    return all(_holds(part, point) for part in conditions if part.field == name)


def _holds(part: Condition, point: Point) -> bool:
    if part.op == "exists":
        return (point is not ABSENT) == (part.value != "false")
    if point is ABSENT:
        return False
    if part.op in ORDER:
        mark = decimal(_values(part)[0])
        return isinstance(point, Decimal) and mark is not None and ORDER[part.op](point, mark)
    equal = any(_equal(point, text) for text in _values(part))
    return equal if part.op in ("=", "in") else not equal


def _equal(point: Point, text: str) -> bool:
    return decimal(text) == point if isinstance(point, Decimal) else point == text


def _values(part: Condition) -> tuple[str, ...]:
    return part.value if isinstance(part.value, tuple) else (part.value or "",)
