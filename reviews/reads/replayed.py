"""What a replay found, as it is kept: JSON of counts and estimates, worked out of what was tallied."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from reviews.reads.past import Times
from reviews.rights import UNKNOWN, Counts, Place, Sample, Tally, estimate

MOST_MOVES = 30
Moved = tuple[str, Place, Place, Counts]


def found_of(tally: Tally, times: dict[tuple[str, str], Times]) -> dict[str, Any]:
    """Work out what a finished tally says: where items went and would have gone, the work of it, and errors."""
    rows = list(tally.rows())
    samples = tally.looks()
    names = sorted({segment for segment, *_rest in rows})
    return {
        "v": 1,
        **_items(rows),
        "arms": _arms(rows),
        "rules": _rules(rows),
        "moves": _moves(rows),
        "work": _work(rows, times),
        "errors": _errors(rows, samples),
        "segments": [_segment(name, rows, samples) for name in names],
    }


def _items(rows: Iterable[Moved]) -> dict[str, int]:
    """Count items: all, those that would have gone elsewhere, and those of which that cannot be known."""
    counts: Counter[str] = Counter(items=0, moved=0, unknown=0)
    for _segment, was, would, n in rows:
        counts["items"] += n.items
        counts["unknown"] += n.items if would.arm == UNKNOWN else 0
        counts["moved"] += n.items if would.arm != UNKNOWN and _goes(was) != _goes(would) else 0
    return dict(counts)


def _goes(place: Place) -> tuple[str, str, int]:
    """Say where a place is, whichever rule led there: an accept's audit is looked at apart."""
    return (place.arm, place.queue if place.arm == "review" else "", place.decisions)


def _arms(rows: Iterable[Moved]) -> list[list[Any]]:
    counts: Counter[tuple[str, str]] = Counter()
    for _segment, was, would, n in rows:
        counts[was.arm, would.arm] += n.items
    return [[was, would, often] for (was, would), often in sorted(counts.items())]


def _rules(rows: Iterable[Moved]) -> list[dict[str, Any]]:
    """Count by rule what each took, and would have taken."""
    then: Counter[str] = Counter()
    would_take: Counter[str] = Counter()
    for _segment, was, would, n in rows:
        then[was.rule] += n.items
        if would.arm != UNKNOWN:
            would_take[would.rule] += n.items
    names = sorted(set(then) | set(would_take), key=lambda name: (-would_take[name], -then[name], name))
    return [{"rule": name, "then": then[name], "would": would_take[name]} for name in names]


def _moves(rows: Iterable[Moved]) -> list[dict[str, Any]]:
    """Give the ways that most items would have gone otherwise."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for _segment, was, would, n in rows:
        if _goes(was) != _goes(would):
            counts[was[:4], would[:4]] += n.items
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_MOVES]
    return [{"from": list(was), "to": list(would), "items": often} for (was, would), often in most]


def _work(rows: Iterable[Moved], times: dict[tuple[str, str], Times]) -> list[dict[str, Any]]:
    """Count decisions wanted, by queue and kind, with how long one takes there."""
    then: Counter[tuple[str, str]] = Counter()
    would_take: Counter[tuple[str, str]] = Counter()
    likely: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for _segment, was, would, n in rows:
        then[was.queue, "work"] += was.decisions * n.items
        would_take[would.queue, "work"] += would.decisions * n.items
        then[was.queue, "audit"] += n.audited
        would_take[would.queue, "audit"] += n.would
        likely[would.queue, "audit"] += n.undrawn * Decimal(would.rate)
    found = []
    for queue, kind in sorted(set(then) | set(would_take), key=lambda key: (key[1] != "work", key[0])):
        measured = times.get((queue, kind), Times(0, None))
        expected = round(likely[queue, kind])
        if then[queue, kind] or would_take[queue, kind] or expected:
            found.append({
                "queue": queue, "kind": kind, "then": then[queue, kind], "would": would_take[queue, kind] + expected,
                "by_chance": expected, "measured": measured.decisions, "median_ms": measured.median_ms,
            })  # fmt: skip
    return found


def _segment(name: str, rows: list[Moved], samples: Iterable[Sample]) -> dict[str, Any]:
    own = [row for row in rows if row[0] == name]
    people: Counter[str] = Counter()
    for _segment, was, would, n in own:
        people["then"] += n.items if was.arm == "review" else 0
        people["would"] += n.items if would.arm == "review" else 0
    return {
        "value": name,
        **_items(own),
        "people": {"then": people["then"], "would": people["would"]},
        "errors": _errors(own, [one for one in samples if one.segment == name]),
    }


def _errors(rows: Iterable[Moved], samples: Iterable[Sample]) -> dict[str, Any]:
    """Estimate errors among what the model answered alone: passed then, caught by the document, passed all the same.

    Only audits drawn by chance count. What people decided before anyway saw the model's answer, or was chosen by a
    rule, so it says nothing of what was not looked at. `fresh` items would be answered by the model alone and were not:
    nothing was drawn there.
    """
    accepted: Counter[str] = Counter()
    fresh = 0
    for _segment, was, would, n in rows:
        if was.arm == "accept":
            accepted[would.arm] += n.items
        elif would.arm == "accept":
            fresh += n.items
    samples = list(samples)
    drawn = [one for one in samples if one.pi != "0"]
    waiting = [(Decimal(one.pi), one.open) for one in drawn if one.open]
    caught = [arm for arm in accepted if arm in ("review", "hold")]
    return {
        "accepted": accepted.total(),
        "looked": sum(one.looked for one in drawn),
        "errors": sum(one.errors for one in drawn),
        "open": sum(one.open for one in drawn),
        "open_for": round(sum((count / pi for pi, count in waiting), Decimal(0))),
        "undrawn": sum(one.open for one in samples if one.pi == "0"),
        "fresh": fresh,
        "passed": _estimated(samples, accepted, list(accepted)),
        "caught": _estimated(samples, accepted, caught),
        "passes": _estimated(samples, accepted, ["accept"]),
    }


def _estimated(samples: list[Sample], accepted: Counter[str], arms: list[str]) -> list[float] | None:
    """Estimate the errors among accepted items that would have gone to these arms; None where that cannot be known."""
    reach = sum(accepted[arm] for arm in arms)
    if not reach:
        return [0.0, 0.0, 0.0]
    own = [one for one in samples if one.arm in arms]
    found = estimate((Decimal(one.pi), one.looked, one.errors) for one in own if one.pi != "0")
    if found is None:
        return None
    most = reach - sum(one.open for one in own if one.pi == "0")
    return [round(value, 2) for value in (found.total, found.low, min(found.high, max(float(most), found.total)))]
