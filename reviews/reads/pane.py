"""What the workbench shows of a claim: the item's stage, the answer to be made, what the page's script must know."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.outputs import turns_of
from reviews.reads.held import Held
from reviews.reads.marks import OnTurn, marked, numbered, turn_words, written
from reviews.reads.media import sounds_in
from reviews.reads.stages import Stage, plain, stage

CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
Words = list[tuple[str, str, int]]
VERDICTS = ("approve", "correct", "reject", "escalate", "skip")


@dataclass(frozen=True, slots=True)
class Choice:
    """One label that may be chosen. `number` is its colour; `on` is item or turn where it goes there alone."""

    code: str
    name: str
    key: str
    number: int
    definition: str
    proposed: bool
    chosen: bool
    on: str


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a form's output. `kind` is choice, text, number, integer or boolean; `value` stands in the field.

    The `first` choice of a form has the digit keys.
    """

    name: str
    title: str
    kind: str
    options: list[tuple[Any, str, bool]]
    required: bool
    value: Any
    proposed: Any
    hint: str
    first: bool


@dataclass(frozen=True, slots=True)
class Take:
    """An earlier decision to pick from: its key, its words, and what in it differs from the other ones."""

    key: str
    who: str
    verdict: str
    words: list[tuple[str, str, bool]]
    rationale: str | None
    output: Any
    in_force: bool = False


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
    def defined(self) -> bool:
        """Tell whether labels or fields say what they mean."""
        return any(one.definition for one in self.meanings) or any(one.hint for one in self.fields)

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
    choices = _choices(held, standing, draft) if shape == "labels" else []
    made = draft if "turns" in draft else standing
    seen = stage(held.item.data, held.presentation, held.veil, sounds_in(held.item.data))
    on_turns = _on_turns(choices, made) if held.taxonomy.get("turns") and seen.turns else []
    return Pane(
        held=held,
        stage=marked(seen, held.taxonomy, standing, made),
        shape=shape,
        choices=[choice for choice in choices if choice.on != "turn"],
        on_turns=on_turns,
        fields=_fields(held.taxonomy.get("schema") or {}, standing, draft) if shape == "fields" else [],
        text=draft.get("text", ""),
        takes=takes(held),
        proposal_words=_proposal_words(held),
        percent=percent(held.confidence),
        step=step(held.confidence),
        drafted=draft,
        script=_script(held, shape, draft, turns=bool(on_turns)),
    )


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


def _on_turns(choices: list[Choice], made: Any) -> list[OnTurn]:
    turns = turns_of(made)
    return [
        OnTurn(one.code, one.name, one.key, one.number, one.definition, written(one.code, turns))
        for one in choices
        if one.on != "item"
    ]


def shape_of(task_type: str, taxonomy: dict[str, Any]) -> str:
    """Say how an output is composed: by labels, by the fields of a flat schema, or as JSON."""
    if task_type == "classification":
        return "labels"
    schema = taxonomy.get("schema") or {}
    parts = schema.get("properties")
    if task_type == "form" and schema.get("type") == "object" and parts and all(map(_kind, parts.values())):
        return "fields"
    return "json"


def _kind(part: Any) -> str | None:
    if not isinstance(part, dict):
        return None
    if "enum" in part and all(isinstance(one, str | int | float | bool) for one in part["enum"]):
        return "choice"
    kinds = {"string": "text", "number": "number", "integer": "integer", "boolean": "boolean"}
    return kinds.get(part.get("type", "")) if isinstance(part.get("type"), str) else None


def _choices(held: Held, standing: dict[str, Any], draft: dict[str, Any]) -> list[Choice]:
    proposed = standing.get("labels", [])
    chosen = draft.get("labels", proposed)
    taken = {str(number) for number in range(1, len(takes(held)) + 1)}
    found = []
    for number, label in enumerate(held.taxonomy.get("labels", []), 1):
        code = label["code"]
        key = str(label.get("key") or (number if number < 10 else ""))
        found.append(
            Choice(
                code,
                label.get("name") or code,
                "" if key in taken else key,
                (number - 1) % 12 + 1,
                label.get("definition") or "",
                code in proposed,
                code in chosen,
                label.get("on") or "",
            )
        )
    return found


def _fields(schema: dict[str, Any], standing: dict[str, Any], draft: dict[str, Any]) -> list[Field]:
    typed = draft.get("fields", {})
    found: list[Field] = []
    required = schema.get("required", [])
    for name, part in sorted(schema["properties"].items(), key=lambda one: one[0] not in required):
        value = typed.get(name, standing.get(name))
        found.append(
            Field(
                name,
                part.get("title") or plain(name),
                _kind(part) or "text",
                [(one, said(one), one == value) for one in part.get("enum", [])],
                name in required,
                "" if value is None else value,
                standing.get(name),
                part.get("description", ""),
                _kind(part) == "choice" and all(one.kind != "choice" for one in found),
            )
        )
    return found


def takes(held: Held) -> list[Take]:
    """List the earlier decisions of a claim side by side; a word is marked where not all of them say it.

    Of an appeal the answer in force comes first: whoever takes it lets the outcome stand.
    """
    said = [(one.who, one.verdict, one.output, one.rationale, False) for one in held.prior]
    if held.complaint is not None:
        verdict = "reject" if held.complaint.output is None else ""
        said.insert(0, (_("the answer in force"), verdict, held.complaint.output, None, True))
    told = [words_of(output, held.taxonomy) for _who, _verdict, output, *_rest in said]
    return [
        Take(str(number), who, verdict, _marked(mine, told), rationale, output, in_force)
        for number, ((who, verdict, output, rationale, in_force), mine) in enumerate(zip(said, told, strict=True), 1)
    ]


def _marked(mine: Words, told: list[Words]) -> list[tuple[str, str, bool]]:
    """Mark the words that not all say."""
    return [
        (term, word, any((term, word) not in [(t, w) for t, w, _number in other] for other in told))
        for term, word, _number in mine
    ]


def words_of(output: Any, taxonomy: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Say an output in words: (term, word, label colour or 0) for each label, also of turns, or member."""
    if not isinstance(output, dict):
        return []
    if isinstance(output.get("labels"), list):
        names = numbered(taxonomy)
        found = [("", *names.get(code, (str(code), 1))) for code in output["labels"]]
        return found + turn_words(output, taxonomy)
    titles = (taxonomy.get("schema") or {}).get("properties", {})
    return [
        (
            str(titles[name].get("title") or plain(name)) if isinstance(titles.get(name), dict) else plain(name),
            said(value),
            0,
        )
        for name, value in output.items()
    ]


def said(value: Any) -> str:
    """Say a plain value; lists and objects by their length, a code's underlines as spaces."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | dict):
        return ngettext("%(n)d part", "%(n)d parts", len(value)) % {"n": len(value)}
    if isinstance(value, str) and CODE.fullmatch(value):
        return value.replace("_", " ")
    return "–" if value is None else str(localize(value))


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
