"""Labels on single turns of a conversation, a part of what a classification may answer."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Turning:
    """What a project that labels turns takes: how many turns the item has, and labels with one place alone."""

    count: int
    only_whole: Collection[str] = ()
    only_turns: Collection[str] = ()


def turn_errors(output: dict[str, Any], turning: Turning | None) -> Iterator[tuple[str, str]]:
    """Name what is wrong with the labels of turns in a classification of the right shape.

    `turning` is None for a project that labels none: then the member itself is refused.
    """
    if turning is None:
        if "turns" in output:
            yield "turns", _("This project puts no labels on turns.")
        return
    for place, label in enumerate(output["labels"]):
        if label in turning.only_turns:
            yield f"labels.{place}", _("The label %(label)s goes on turns alone.") % {"label": repr(label)}
    before = -1
    for place, one in enumerate(output.get("turns", ())):
        yield from _one_turn(f"turns.{place}", one, before, turning)
        before = max(before, one["turn"])


def _one_turn(path: str, one: dict[str, Any], before: int, turning: Turning) -> Iterator[tuple[str, str]]:
    if one["turn"] >= turning.count:
        there = {"turn": one["turn"], "count": turning.count}
        yield f"{path}.turn", _("There is no turn %(turn)d: this conversation has %(count)d, counted from 0.") % there
    elif one["turn"] <= before:
        yield f"{path}.turn", _("Name each turn once, in their order.")
    if len(set(one["labels"])) < len(one["labels"]):
        yield f"{path}.labels", _("Name each label once.")
    for place, label in enumerate(one["labels"]):
        if label in turning.only_whole:
            yield f"{path}.labels.{place}", _("The label %(label)s goes on no turn.") % {"label": repr(label)}


def turns_of(output: Any) -> dict[int, list[str]]:
    """Give the labels of each turn in any JSON value, read as a classification; what is no such thing is left out."""
    sent = output.get("turns") if isinstance(output, dict) else None
    found: dict[int, list[str]] = {}
    for one in sent if isinstance(sent, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("labels"), list):
            continue
        turn = one.get("turn")
        if isinstance(turn, int | float) and not isinstance(turn, bool) and float(turn).is_integer():
            found[int(turn)] = [label for label in one["labels"] if isinstance(label, str)]
    return found
