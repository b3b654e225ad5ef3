"""How an answer is composed in a form: by labels, fields of a flat schema, or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reviews.outputs import ELEMENTS, turns_of
from reviews.reads.files import plain
from reviews.reads.marks import OnTurn, written
from reviews.reads.said import said
from reviews.wire.placing import line_of


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
class Fault:
    """A fault in an answer that was written as JSON: the line, its place, what is wrong."""

    line: int
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """A form for one answer. `shape` is labels, fields or json; `many`: several labels may be chosen.

    `text` is an answer as JSON: the standing one, what an empty one looks like, or what was typed, with its faults.
    """

    shape: str
    many: bool
    choices: list[Choice]
    on_turns: list[OnTurn]
    fields: list[Field]
    text: str
    faults: list[Fault] = field(default_factory=list)

    def typed(self, text: str, faults: Sequence[tuple[str, str]]) -> "AnswerForm":
        """Give the form with what somebody typed, and the places at fault as lines of it."""
        found = [Fault(line_of(text, place), place, message) for place, message in faults]
        return replace(self, text=text, faults=found)


def answer_form(task_type: str, taxonomy: dict[str, Any], standing: Any, *, turns: bool) -> AnswerForm:
    """Make the form for an answer in the place of the `standing` one; `turns`: the item has turns to be labelled."""
    shape = shape_of(task_type, taxonomy)
    known = standing if isinstance(standing, dict) else {}
    choices = choices_of(taxonomy, known, {}, set()) if shape != "fields" else []
    written = standing if standing is not None else {ELEMENTS[task_type]: []} if task_type in ELEMENTS else None
    return AnswerForm(
        shape,
        bool(taxonomy.get("many")),
        [choice for choice in choices if choice.on != "turn"],
        on_turns_of(choices, known) if turns and taxonomy.get("turns") else [],
        fields_of(taxonomy.get("schema") or {}, known, {}) if shape == "fields" else [],
        "" if written is None or shape != "json" else json.dumps(written, ensure_ascii=False, indent=2),
    )


def on_turns_of(choices: list[Choice], made: Any) -> list[OnTurn]:
    """List the labels that go on single turns, with the turns that have them."""
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


def choices_of(
    taxonomy: dict[str, Any], standing: dict[str, Any], draft: dict[str, Any], taken: set[str]
) -> list[Choice]:
    """List the labels with what is proposed and chosen; keys that are `taken` are left to others."""
    proposed = standing.get("labels", [])
    chosen = draft.get("labels", proposed)
    found = []
    for number, label in enumerate(taxonomy.get("labels", []), 1):
        code = label["code"]
        key = str(label.get("key") or (number if number < 10 else ""))
        found.append(
            Choice(
                code,
                label.get("name") or code,
                "" if key in taken else key,
                label.get("colour") or (number - 1) % 12 + 1,
                label.get("definition") or "",
                code in proposed,
                code in chosen,
                label.get("on") or "",
            )
        )
    return found


def fields_of(schema: dict[str, Any], standing: dict[str, Any], draft: dict[str, Any]) -> list[Field]:
    """List the members of a flat form, the required ones first."""
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
