"""What people's answers to one task amount to: an outcome, one more person, an adjudication, or waiting."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Literal

from .shape import Disagreement

Step = Literal["settle", "another", "adjudicate", "wait"]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Next:
    """The next step of a task; where it is settle, the places of the answers that settle it.

    `reached` is the highest share at which as many as are wanted would agree with each other; None while there are
    fewer answers than that.
    """

    step: Step
    group: tuple[int, ...] = ()
    reached: Fraction | None = None


def next_step(count: int, wanted: int, rule: Disagreement, agreement: Callable[[int, int], Fraction]) -> Next:
    """Weigh the standing answers of one task.

    Answers form a group when each two of them agree at `agree_at` or more. A task is settled as soon as its largest
    group has `wanted` answers and no other group is as large; which groups there are does not depend on the order of
    the answers. Until `wanted` have answered there is nothing to say. When they differ, `then: another` asks one more
    person up to `at_most` in all, and after that the task is adjudicated.

    Args:
        count: how many answers stand, one a person, skips left out.
        wanted: how many agreeing answers the route asks for, 1 to 9.
        rule: the decision rights' word on disagreement.
        agreement: how far two answers, named by their places, agree; the same from either side.
    """
    if count < wanted:
        return Next("wait")
    shares = {pair: agreement(*pair) for pair in combinations(range(count), 2)}
    largest, *others = sorted(groups(count, shares, rule.threshold), key=len, reverse=True)
    reached = _reached(count, wanted, shares)
    if len(largest) >= wanted and not any(len(other) == len(largest) for other in others):
        return Next("settle", largest, reached)
    return Next(otherwise(count, rule), (), reached)


def otherwise(count: int, rule: Disagreement) -> Step:
    """Say what follows where so many answers settle nothing."""
    return "another" if rule.then == "another" and count < rule.at_most else "adjudicate"


def groups(count: int, shares: dict[Pair, Fraction], share: Fraction) -> list[tuple[int, ...]]:
    """List the groups of which each two agree at a share or more, and that no other answer could join.

    Source: Bron and Kerbosch, Algorithm 457: finding all cliques of an undirected graph, CACM 16 (1973).
    """
    beside = {
        one: {other for other in range(count) if other != one and shares[min(one, other), max(one, other)] >= share}
        for one in range(count)
    }
    return list(_grown((), set(range(count)), set(), beside))


def _grown(
    group: tuple[int, ...], may_join: set[int], tried: set[int], beside: dict[int, set[int]]
) -> Iterator[tuple[int, ...]]:
    if not may_join and not tried:
        yield tuple(sorted(group))
        return
    pivot = max(sorted(may_join | tried), key=lambda one: len(beside[one] & may_join))
    for one in sorted(may_join - beside[pivot]):
        yield from _grown((*group, one), may_join & beside[one], tried & beside[one], beside)
        may_join, tried = may_join - {one}, tried | {one}


def _reached(count: int, wanted: int, shares: dict[Pair, Fraction]) -> Fraction:
    """Give the highest share at which as many answers as are wanted, two at least, agree with each other."""
    for share in sorted(set(shares.values()), reverse=True):
        if max(map(len, groups(count, shares, share))) >= max(wanted, 2):
            return share
    return Fraction(1)
