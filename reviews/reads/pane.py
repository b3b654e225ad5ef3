"""What the workbench shows of a claim: the item's stage, the answer to be made, what the page's script must know."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import ngettext

from reviews.outputs import turns_of
from reviews.reads.beside import Beside, beside
from reviews.reads.composing import Choice, Field, choices_of, fields_of, on_turns_of, shape_of
from reviews.reads.held import Held
from reviews.reads.marks import OnTurn, marked
from reviews.reads.media import sounds_in
from reviews.reads.retired import retired_names
from reviews.reads.said import words_of
from reviews.reads.sides import Drawing, Take, drawing, takes
from reviews.reads.stages import Stage, stage

VERDICTS = ("approve", "correct", "reject", "escalate", "skip")


@dataclass(frozen=True, slots=True)
class Pane:
    """A claim made ready for the page. `shape` is labels, fields or json; `script` is what JavaScript reads."""

    held: Held
    stage: Stage
    shape: str
    choices: list[Choice]
    on_turns: list[OnTurn]
    fields: list[Field]
    text: str
    takes: list[Take]
    drawing: Drawing | None
    proposal_words: list[tuple[str, str, int]]
    percent: int | None
    step: int
    drafted: dict[str, Any]
    script: dict[str, Any]

    @property
    def wide(self) -> bool:
        """Tell whether the judgement needs the wide side: forms and earlier decisions."""
        return self.shape != "labels" or bool(self.takes)

    @property
    def returnable(self) -> bool:
        """Tell whether one of the earlier decisions may be returned to its author."""
        return any(take.returnable for take in self.takes)

    @property
    def defined(self) -> bool:
        """Tell whether labels or fields say what they mean."""
        return any(one.definition for one in self.meanings) or any(one.hint for one in self.fields)

    @property
    def opens_at(self) -> str:
        """Say where the guideline opens until something is chosen: at what the model proposes, where that is shown."""
        codes = {label["code"] for label in self.held.taxonomy.get("labels", [])}
        first = (
            None if self.held.hidden else next((code for code in _codes_in(self.held.proposal) if code in codes), None)
        )
        return f"label-{first}" if first else ""

    @property
    def beside(self) -> Beside | None:
        """Give how often people changed items like this one, where that is told here."""
        return beside(self.held.presentation)

    @property
    def meanings(self) -> list[Choice | OnTurn]:
        """Give every label once, those of the whole first."""
        codes = {choice.code for choice in self.choices}
        return [*self.choices, *(one for one in self.on_turns if one.code not in codes)]


def pane(held: Held) -> Pane:
    """Make a claim ready for the page."""
    draft = held.draft or {}
    shape = shape_of(held.task.task_type, held.taxonomy)
    standing = held.proposal if isinstance(held.proposal, dict) else {}
    taken = {take.key for take in takes(held)}
    choices = _choices(held, standing, draft, taken) if shape == "labels" else []
    made = draft if "turns" in draft else standing
    seen = stage(held.item.data, held.presentation, held.veil, sounds_in(held.item.data))
    on_turns = on_turns_of(choices, made) if held.taxonomy.get("turns") and seen.turns else []
    return Pane(
        held=held,
        stage=marked(seen, held.taxonomy, standing, made),
        shape=shape,
        choices=[choice for choice in choices if choice.on != "turn"],
        on_turns=on_turns,
        fields=fields_of(held.taxonomy.get("schema") or {}, standing, draft) if shape == "fields" else [],
        text=draft.get("text", ""),
        takes=takes(held),
        drawing=drawing(held, [picture.sha256 for picture in seen.pictures]),
        proposal_words=_proposal_words(held),
        percent=percent(held.confidence),
        step=step(held.confidence),
        drafted=draft,
        script=_script(held, shape, draft, turns=bool(on_turns)),
    )


def _choices(held: Held, standing: dict[str, Any], draft: dict[str, Any], taken: set[str]) -> list[Choice]:
    """List the labels that may be said; of an appeal also the retired ones of the answer in force, which may stand."""
    said = set(_codes_in(held.complaint.output)) if held.complaint else set()
    names = retired_names(held.taxonomy)
    rest = [one | {"name": names[one["code"]]} for one in held.taxonomy.get("retired", []) if one["code"] in said]
    taxonomy = held.taxonomy | {"labels": [*held.taxonomy.get("labels", []), *rest]}
    found = choices_of(taxonomy, standing, draft, taken)
    return [replace(one, key="") if one.code in names else one for one in found]


def _codes_in(value: Any) -> Iterator[str]:
    """Give what may be label codes in a proposal: members named label or labels, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from _codes_in(one)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name in {"label", "labels"}:
                yield from (one for one in (part if isinstance(part, list) else [part]) if isinstance(one, str))
            yield from _codes_in(part)


def _script(held: Held, shape: str, draft: dict[str, Any], *, turns: bool) -> dict[str, Any]:
    """Give what the page's script must know; labels of turns only where they can be changed."""
    proposal = held.proposal
    if shape == "labels" and isinstance(proposal, dict) and not turns:
        proposal = {name: value for name, value in proposal.items() if name != "turns"}
    return {
        "token": str(held.token),
        "shape": shape,
        "many": bool(held.taxonomy.get("many")),
        "turns": turns,
        "proposal": proposal,
        "said": ", ".join(word for _term, word, _number in _proposal_words(held)),
        "allowed": held.allowed,
        "reasonFor": held.reason_for,
        "takes": [{"output": take.output, "verdict": take.verdict} for take in takes(held)],
        "activeMs": draft.get("active_ms", 0),
        "intent": draft.get("verdict"),
        "drafted": bool(held.draft),
    }


def _proposal_words(held: Held) -> list[tuple[str, str, int]]:
    """Say the proposal; its labels of turns stand on the turns, and are counted here."""
    count = sum(map(len, turns_of(held.proposal).values()))
    if held.task.task_type != "classification" or not count:
        return words_of(held.proposal, held.taxonomy)
    told = ngettext("%(n)d label on turns", "%(n)d labels on turns", count) % {"n": count}
    return [*words_of({**held.proposal, "turns": []}, held.taxonomy), ("", told, 0)]


def percent(confidence: str | None) -> int | None:
    """Give a confidence in whole percent."""
    return round(Decimal(confidence) * 100) if confidence is not None else None


def step(confidence: str | None) -> int:
    """Say how loud a doubt is: 1 loudest to 4 quiet."""
    if confidence is None:
        return 4
    return next(
        (number for number, edge in ((1, "0.5"), (2, "0.7"), (3, "0.85")) if Decimal(confidence) < Decimal(edge)), 4
    )
