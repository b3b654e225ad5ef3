"""One-to-one matching: as many pairs as can be made, the closest ones first."""

from collections import deque
from collections.abc import Iterator, Sequence
from fractions import Fraction

Edge = tuple[Fraction, int, int]
"""How close two elements are, the place of one on the left and of the other on the right."""


def matched(edges: Sequence[Edge]) -> dict[int, int]:
    """Match elements that may be paired, each at most once; give the right place of each matched left one.

    No matching has more pairs. It starts from the closest pairs (ties by place) and is then augmented until no path is
    left, so the number of pairs is that of the Hungarian algorithm on the same 0 and 1 gains, and does not depend on
    the order of the edges or on which side is the left one.

    Source: Hopcroft and Karp, An n^(5/2) algorithm for maximum matchings in bipartite graphs, SIAM J. Comput. 2 (1973).
    """
    beside: dict[int, list[int]] = {}
    left: dict[int, int] = {}
    right: dict[int, int] = {}
    for _closeness, one, other in sorted(edges, key=lambda edge: (-edge[0], edge[1], edge[2])):
        beside.setdefault(one, []).append(other)
        if one not in left and other not in right:
            left[one], right[other] = other, one
    while _augmented(beside, left, right):
        pass
    return left


def _augmented(beside: dict[int, list[int]], left: dict[int, int], right: dict[int, int]) -> bool:
    """Add a pair along each of the shortest paths that share no element; tell whether there was one."""
    depth = _depths(beside, left, right)
    untried = {one: iter(others) for one, others in beside.items()}
    found = [_along(one, untried, depth, left, right) for one in beside if one not in left]
    return any(found)


def _depths(beside: dict[int, list[int]], left: dict[int, int], right: dict[int, int]) -> dict[int, int]:
    """Say how many pairs lie between each left element and an unmatched one."""
    depth = {one: 0 for one in beside if one not in left}
    waiting = deque(depth)
    while waiting:
        one = waiting.popleft()
        for other in beside[one]:
            beyond = right.get(other)
            if beyond is not None and beyond not in depth:
                depth[beyond] = depth[one] + 1
                waiting.append(beyond)
    return depth


def _along(
    start: int,
    untried: dict[int, Iterator[int]],
    depth: dict[int, int],
    left: dict[int, int],
    right: dict[int, int],
) -> bool:
    """Walk from an unmatched left element, ever one deeper, to an unmatched right one, and turn that path over."""
    path: list[tuple[int, int]] = []
    one = start
    while True:
        other = next(untried[one], None)
        if other is None:
            if not path:
                return False
            one = path.pop()[0]
            continue
        beyond = right.get(other)
        if beyond is None:
            for mine, its in [*path, (one, other)]:
                left[mine], right[its] = its, mine
            return True
        if depth.get(beyond) == depth[one] + 1:
            path.append((one, other))
            one = beyond
