"""Labels on the turns of a conversation, as they stand on the stage and in words."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from reviews.outputs import turns_of
from reviews.reads.stages import Stage
from reviews.reads.turns import Mark


@dataclass(frozen=True, slots=True)
class OnTurn:
    """A label that goes on turns, and the numbers of those it stands on, counted from 1: "1, 4"."""

    code: str
    name: str
    key: str
    number: int
    definition: str
    written: str


def marked(stage: Stage, taxonomy: dict[str, Any], proposed: Any, made: Any) -> Stage:
    """Put labels on a stage's turns: of two outputs, what a model proposed and what it came to."""
    before, after = turns_of(proposed), turns_of(made)
    if not taxonomy.get("labels") or not (before or after):
        return stage
    named = numbered(taxonomy)
    turns = []
    for turn in stage.turns:
        old, new = before.get(turn.number - 1, []), after.get(turn.number - 1, [])
        marks = [Mark(*named.get(code, (code, 0)), True, code not in new) for code in old]
        marks += [Mark(*named.get(code, (code, 0)), False, False) for code in new if code not in old]
        turns.append(replace(turn, marks=marks))
    return replace(stage, turns=turns)


def numbered(taxonomy: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Give each label's name and colour."""
    labels = enumerate(taxonomy.get("labels", []))
    return {one["code"]: (one.get("name") or one["code"], one.get("colour") or place % 12 + 1) for place, one in labels}


def turn_words(output: Any, taxonomy: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Say the labels of turns in words: (turn, label, its colour)."""
    named = numbered(taxonomy)
    return [
        (_("Turn %(n)d") % {"n": turn + 1}, *named.get(code, (code, 0)))
        for turn, codes in sorted(turns_of(output).items())
        for code in codes
    ]


def written(code: str, turns: dict[int, list[str]]) -> str:
    """Write on which turns a label stands, counted from 1."""
    return ", ".join(str(turn + 1) for turn, codes in sorted(turns.items()) if code in codes)
