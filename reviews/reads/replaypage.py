"""A finished replay as its page shows it: tables with bars, and sentences about what is known and what is not."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reviews.models import Kind, Queue, Replay
from reviews.reads.words import WORDS, rule_word
from reviews.rights import GONE, NONE, OTHER, UNKNOWN

ARMS = ("accept", "review", "hold")
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Cell:
    """Items of one row of the matrix: how many, how wide their bar is of 100, and whether they stayed there."""

    arm: str
    items: int
    width: int
    stays: bool


@dataclass(frozen=True, slots=True)
class Work:
    """Decisions of one queue and kind, then and now; hours where enough decisions there were measured."""

    queue: str
    kind: str
    then: int
    would: int
    by_chance: int
    measured: int
    seconds: float | None
    hours_then: float | None
    hours_would: float | None
    then_width: int
    would_width: int


@dataclass(frozen=True, slots=True)
class Line:
    """A rule, a move or a segment value with what was counted there, and the widths of its bars of 100."""

    name: str
    then: int
    would: int
    then_width: int
    would_width: int
    told: Any = None


@dataclass(frozen=True, slots=True)
class Found:
    """The whole page. `hours_*` are None where no queue was measured; `unmeasured` decisions stand outside of them."""

    items: int
    moved: int
    unknown: int
    columns: list[str]
    matrix: list[tuple[str, int, list[Cell]]]
    work: list[Work]
    hours_then: float | None
    hours_would: float | None
    unmeasured: int
    rules: list[Line]
    moves: list[Line]
    errors: dict[str, Any]
    segments: list[Line]


def found_in(row: Replay) -> Found | None:
    """Read what a replay found; None while it is not done."""
    if row.result is None:
        return None
    told = json.loads(row.result)
    names = dict(Queue.objects.filter(project=row.project_id).values_list("slug", "name"))
    work = _work(told["work"], names)
    hours = [one for one in work if one.hours_then is not None and one.hours_would is not None]
    columns = [*ARMS, UNKNOWN] if told["unknown"] else [*ARMS]
    return Found(
        told["items"],
        told["moved"],
        told["unknown"],
        columns,
        _matrix(told["arms"], columns),
        work,
        sum(one.hours_then or 0 for one in hours) if hours else None,
        sum(one.hours_would or 0 for one in hours) if hours else None,
        sum(one.would for one in work if one.seconds is None),
        _rules(told["rules"]),
        [_move(one, told["items"], names) for one in told["moves"]],
        told["errors"],
        _segments(told["segments"]) if row.segment else [],
    )


def _width(part: float, whole: float) -> int:
    """Give a bar's width of 100; what is there at all is seen."""
    return max(round(100 * part / whole), 1) if part and whole else 0


def _matrix(arms: list[list[Any]], columns: list[str]) -> list[tuple[str, int, list[Cell]]]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for was, would, items in arms:
        counts[was, would] += items
    rows = []
    for was in ARMS:
        total = sum(counts[was, would] for would in columns)
        cells = [Cell(would, counts[was, would], _width(counts[was, would], total), was == would) for would in columns]
        rows.append((was, total, cells))
    return rows


def _work(told: list[dict[str, Any]], names: dict[str, str]) -> list[Work]:
    most = max([1, *(one["then"] for one in told), *(one["would"] for one in told)])
    kinds = dict(Kind.choices)
    found = []
    for one in told:
        each = one["median_ms"]
        found.append(
            Work(
                names.get(one["queue"], one["queue"]),
                str(kinds[one["kind"]]),
                one["then"],
                one["would"],
                one["by_chance"],
                one["measured"],
                None if each is None else each / 1000,
                None if each is None else one["then"] * each / HOUR_MS,
                None if each is None else one["would"] * each / HOUR_MS,
                _width(one["then"], most),
                _width(one["would"], most),
            )
        )
    return found


def _rules(told: list[dict[str, Any]]) -> list[Line]:
    most = max([1, *(max(one["then"], one["would"]) for one in told)])
    return [
        Line(rule_word(one["rule"]), one["then"], one["would"], _width(one["then"], most), _width(one["would"], most))
        for one in told
    ]


def _move(one: dict[str, Any], items: int, names: dict[str, str]) -> Line:
    ways = {"from": _place(one["from"], names), "to": _place(one["to"], names)}
    return Line("", 0, one["items"], 0, _width(one["items"], items), ways)


def _place(place: list[Any], names: dict[str, str]) -> str:
    """Say a place: where it leads, and by which rule."""
    arm, rule, queue, decisions = place
    if arm == UNKNOWN:
        return _("cannot be known")
    where = str(WORDS["arm"][arm])
    if arm == "review":
        where = names.get(queue, queue) + (f" × {decisions}" if decisions > 1 else "")
    return _("%(where)s by “%(rule)s”") % {"where": where, "rule": rule_word(rule)}


def _segments(told: list[dict[str, Any]]) -> list[Line]:
    named = {OTHER: _("all others"), GONE: _("bodies that are gone"), NONE: _("without a value")}
    most = max([1, *(max(one["people"]["then"], one["people"]["would"]) for one in told)])
    rows = sorted(told, key=lambda one: (one["value"] in named, -one["items"], one["value"]))
    return [
        Line(
            named.get(one["value"], one["value"].removeprefix("=")),
            one["people"]["then"],
            one["people"]["would"],
            _width(one["people"]["then"], most),
            _width(one["people"]["would"], most),
            one,
        )
        for one in rows
    ]
