"""One answer out of several that agree: the majority, the median, or the one that is closest to all others."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any

from reviews.outputs.comparing import compared
from reviews.outputs.measures import labels, solids, values
from reviews.outputs.measures.matching import matched
from reviews.outputs.measures.measuring import agreement

Output = dict[str, Any]


def consensus(
    measure: str, task_type: str, outputs: Sequence[Any], match_at: Fraction, decisive: Sequence[str] = ()
) -> Any:
    """Give the answer of several people who agree, earliest first; None where there is none to be had.

    Equal answers are that answer. Else: the labels that more than half gave; boxes that more than half drew, each side
    the median; fields and decisive members only where one person's answer says of each what more than half say, the
    earliest such; otherwise the answer that agrees most with the others, the earliest of those. A redaction has none:
    the middle of two boxes shows what one of them hides.
    """
    if len({compared(task_type, one) for one in outputs}) == 1:
        return outputs[0]
    if measure == "exact" or task_type == "redaction" or None in outputs:
        return None
    if measure == "labels":
        return _majority_of_labels(outputs)
    if measure == "boxes":
        order = _closest_first(outputs, lambda one, other: agreement(measure, task_type, one, other, match_at))
        return _median_of_boxes([outputs[place] for place in order], match_at)
    if measure in {"fields", "decisive"}:
        return _with_the_majority(measure, outputs, decisive)
    return outputs[_closest_first(outputs, lambda one, other: agreement(measure, task_type, one, other, match_at))[0]]


def _closest_first(outputs: Sequence[Any], close: Callable[[Any, Any], Fraction]) -> list[int]:
    """Order answers by how far they agree with all others, the earliest first among equals."""
    total = [
        sum((close(one, other) for its, other in enumerate(outputs) if its != mine), Fraction(0))
        for mine, one in enumerate(outputs)
    ]
    return sorted(range(len(outputs)), key=lambda place: (-total[place], place))


def _majority_of_labels(outputs: Sequence[Output]) -> Output:
    counted = Counter(one for output in outputs for one in labels.chosen(output))
    kept = sorted(one for one, voices in counted.items() if 2 * voices > len(outputs))
    turns: dict[int, list[str]] = {}
    for turn, label in kept:
        turns.setdefault(turn, []).append(label)
    answer: Output = {"labels": turns.pop(labels.WHOLE, [])}
    return answer | (
        {"turns": [{"turn": turn, "labels": named} for turn, named in sorted(turns.items())]} if turns else {}
    )


def _with_the_majority(measure: str, outputs: Sequence[Output], decisive: Sequence[str]) -> Output | None:
    read = [values.fields(one["fields"]) if measure == "fields" else values.members(one) for one in outputs]
    names = decisive or sorted({name for parts in read for name in parts})
    for output, mine in zip(outputs, read, strict=True):
        voices = [sum(values.agree(mine, other, [name]) == 1 for other in read) for name in names]
        if all(2 * count > len(outputs) for count in voices):
            return output
    return None


@dataclass(slots=True)
class _Cluster:
    """One thing that several people drew a box around: its element as first met, and the solids."""

    element: Output
    drawn: list[solids.Solid]


def _median_of_boxes(outputs: Sequence[Output], match_at: Fraction) -> Output | None:
    """Give the boxes that more than half drew; None where they are too many to be matched.

    Each answer in turn is matched to what was met before by the box that it was first met with.
    """
    shift = solids.shift_of(*[one["boxes"] for one in outputs])
    clusters: list[_Cluster] = []
    for output in outputs:
        drawn = solids.solids(output["boxes"], shift)
        edges = solids.edges(drawn, [cluster.drawn[0] for cluster in clusters], match_at)
        if edges is None:
            return None
        places = matched(edges)
        for mine, solid in enumerate(drawn):
            if mine in places:
                clusters[places[mine]].drawn.append(solid)
            else:
                clusters.append(_Cluster(output["boxes"][mine], [solid]))
    kept = [_middle(cluster, shift) for cluster in clusters if 2 * len(cluster.drawn) > len(outputs)]
    kept.sort(key=lambda box: (box["y"], box["x"], box["label"], box["width"], box["height"]))
    return {"boxes": [{"id": str(number), **box} for number, box in enumerate(kept, 1)]}


def _middle(cluster: _Cluster, shift: int) -> Output:
    """Give a box each side of which is the median of those drawn."""
    (left, right), (top, bottom) = [
        (_median([solid.sides[axis][0] for solid in cluster.drawn]), _median([s.sides[axis][1] for s in cluster.drawn]))
        for axis in (0, 1)
    ]
    attributes = {"attributes": cluster.element["attributes"]} if cluster.element.get("attributes") else {}
    lengths = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return {
        "label": cluster.element["label"],
        **{name: _number(one, shift) for name, one in lengths.items()},
    } | attributes


def _median(sides: Sequence[int]) -> Fraction:
    return Fraction(median([Fraction(side) for side in sides]))


def _number(length: Fraction, shift: int) -> int | float:
    exact = length / 10**shift
    return int(exact) if exact.denominator == 1 else float(exact)
