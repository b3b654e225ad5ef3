"""Rows of a table made into items, by what each column is; a row that cannot be one says why."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, DecimalException
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from reviews.wire.tables import KNOWN, NUMBER, Table, plain_name

ROLES = ("external_id", "text", "image", "label", "confidence", "answer", "fact", "segment", "leave")
ONCE = frozenset({"external_id", "text", "image", "label", "confidence"})
YES, NO = frozenset({"true", "yes", "1", "y"}), frozenset({"false", "no", "0", "n"})
LONGEST_ID = 200


class Answer(msgspec.Struct, frozen=True):
    """What a project's answers are made of: label codes by code and name in small letters, or a form's members."""

    labels: dict[str, str]
    many: bool
    members: dict[str, Any]


class Plan(msgspec.Struct, frozen=True):
    """What each column is, one of ROLES; and the model version that made what the rows propose."""

    roles: tuple[str, ...]
    model: str = "model"
    version: str = "1"


class Brought(msgspec.Struct, frozen=True):
    """One row: the item's JSON, or the sentence that refuses it."""

    number: int
    body: bytes = b""
    problem: str = ""


class RowProblem(ValueError):  # noqa: N818 - a fact about a row
    """This row cannot be an item."""


def guessed_roles(table: Table, answer: Answer, files: Collection[str]) -> tuple[str, ...]:
    """Guess what each column is by its name; one whose name says nothing is a fact that people see."""
    members = {plain_name(name) for name in answer.members}
    found: list[str] = []
    for column in table.columns:
        name = plain_name(column)
        role = next((role for role, names in KNOWN.items() if name in names and role not in found), "fact")
        role = "answer" if name in members and role in {"fact", "label"} else role
        if (role == "image" and not files) or (role == "label" and not answer.labels):
            role = "fact"
        found.append(role)
    if "label" not in found and "answer" not in found:
        found = ["fact" if role == "confidence" else role for role in found]
    return tuple(found)


def brought(table: Table, plan: Plan, answer: Answer, files: Mapping[str, str]) -> Iterator[Brought]:
    """Make an item of each row; `files` are the ids of brought images by file name."""
    numeric = _numeric(table, plan)
    ids: Counter[str] = Counter()
    for number, cells in table.rows:
        if table.kind == "items":
            yield Brought(number, str(cells[0]).encode())
            continue
        try:
            item = _item(table, plan, answer, files, cells, numeric)
        except RowProblem as problem:
            yield Brought(number, problem=str(problem))
            continue
        if not item.get("external_id"):
            name = hashlib.sha256(msgspec.json.encode(item)).hexdigest()[:12]
            ids[name] += 1
            item["external_id"] = f"row-{name}" if ids[name] == 1 else f"row-{name}-{ids[name]}"
        yield Brought(number, msgspec.json.encode(item))


def image_items(files: Mapping[str, str]) -> list[Brought]:
    """Make an item of each brought image, called by its file name."""
    bodies = [{"external_id": _id_of(name), "data": {"image": asset}} for name, asset in files.items()]
    return [Brought(number, msgspec.json.encode(body)) for number, body in enumerate(bodies, 1)]


def _id_of(name: str) -> str:
    if name.isascii() and name.isprintable() and len(name) <= LONGEST_ID:
        return name
    plain = "".join(sign if sign.isascii() and sign.isprintable() else "_" for sign in name)
    return f"{plain[: LONGEST_ID - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _numeric(table: Table, plan: Plan) -> set[int]:
    """Find the facts that are numbers in every row; 0049 and 1,5 are text."""
    return {
        place
        for place, role in enumerate(plan.roles)
        if role == "fact"
        and (cells := [row[place] for _number, row in table.rows if row[place] != ""])
        and all(isinstance(cell, str) and NUMBER.fullmatch(cell) for cell in cells)
    }


def _item(
    table: Table, plan: Plan, answer: Answer, files: Mapping[str, str], cells: list[Any], numeric: set[int]
) -> dict[str, Any]:
    shown, segments, members, by_role = _sorted(table, plan, answer, cells, numeric)
    if "text" in by_role:
        shown["text"] = str(by_role["text"])
    if "image" in by_role:
        shown["image"] = _file(str(by_role["image"]), files)
    if not shown:
        raise RowProblem(_("It holds nothing to look at: no text, no image, no fact."))
    item = {"external_id": str(by_role["external_id"])} if "external_id" in by_role else {}
    proposal = _labels(by_role["label"], answer) if "label" in by_role else members or None
    told = {"data": shown} | ({"segments": segments} if segments else {})
    return item | told | _proposed(proposal, by_role.get("confidence"), plan)


def _sorted(
    table: Table, plan: Plan, answer: Answer, cells: list[Any], numeric: set[int]
) -> tuple[dict[str, Any], dict[str, str], dict[str, Any], dict[str, Any]]:
    """Part a row's cells into facts, segments, members of the proposed answer, and those that only one column holds."""
    shown: dict[str, Any] = {}
    segments: dict[str, str] = {}
    members: dict[str, Any] = {}
    by_role: dict[str, Any] = {}
    for place, (column, role, cell) in enumerate(zip(table.columns, plan.roles, cells, strict=True)):
        if cell in ("", None) or role == "leave":
            continue
        if role == "fact":
            shown[column] = msgspec.Raw(cell.encode()) if place in numeric else cell
        elif role == "segment":
            segments[column] = _short(cell, column)
        elif role == "answer":
            members |= _member(column, cell, answer)
        else:
            by_role[role] = cell
    return shown, segments, members, by_role


def _proposed(proposal: dict[str, Any] | None, confidence: Any, plan: Plan) -> dict[str, Any]:
    if proposal is None:
        if confidence not in ("", None):
            raise RowProblem(_("It has a confidence and proposes nothing. Name both, or neither."))
        return {}
    said: dict[str, Any] = {"model": {"name": plan.model, "version": plan.version}, "prediction": proposal}
    return said if confidence in ("", None) else said | {"confidence": share_of(str(confidence))}


def share_of(text: str) -> float:
    """Read a confidence: 0.83, 0,83 or 83 %.

    Raises:
        RowProblem: it is none, or lies outside 0 to 1.
    """
    plain = text.strip().replace(" ", "").replace("\u00a0", "")
    percent = plain.endswith("%")
    try:
        value = Decimal(plain.rstrip("%").replace(",", ".")) / (100 if percent else 1)
    except DecimalException:  # no number, or one of an exponent beyond all use
        value = Decimal(-1)
    if not (value.is_finite() and 0 <= value <= 1):
        raise RowProblem(
            _("The confidence “%(text)s” is no number from 0 to 1, nor a percentage.") % {"text": text[:40]}
        )
    return float(value)


def _labels(cell: Any, answer: Answer) -> dict[str, Any]:
    parts = cell if isinstance(cell, list) else str(cell).split("|") if answer.many else [cell]
    codes = []
    for part in parts:
        code = answer.labels.get(str(part).strip().lower())
        if code is None:
            raise RowProblem(_("The label “%(label)s” is none of this project’s.") % {"label": str(part).strip()[:60]})
        codes.append(code)
    return {"labels": codes}


def _member(column: str, cell: Any, answer: Answer) -> dict[str, Any]:
    """Read a cell as the member of a form's answer that has the column's name."""
    name = next((one for one in answer.members if plain_name(one) == plain_name(column)), None)
    if name is None:
        raise RowProblem(_("The answer has no field “%(column)s”.") % {"column": column})
    kind = answer.members[name].get("type")
    text = str(cell).strip()
    if not isinstance(cell, str) or kind == "string":
        return {name: text if kind == "string" else cell}
    if kind == "boolean" and text.lower() in YES | NO:
        return {name: text.lower() in YES}
    if kind in {"number", "integer"} and NUMBER.fullmatch(text):
        return {name: msgspec.Raw(text.encode())}
    choice = next((one for one in answer.members[name].get("enum", []) if str(one).lower() == text.lower()), None)
    if choice is None:
        raise RowProblem(_("“%(text)s” does not fit the field “%(name)s”.") % {"text": text[:60], "name": name})
    return {name: choice}


def _file(name: str, files: Mapping[str, str]) -> str:
    found = files.get(name) or files.get(name.replace("\\", "/").rpartition("/")[2])
    if found is None:
        raise RowProblem(_("The image “%(name)s” is not among the images you brought.") % {"name": name[:80]})
    return found


def _short(cell: Any, column: str) -> str:
    text = cell if isinstance(cell, str) else str(cell)
    if len(text) > 64:
        raise RowProblem(_("“%(column)s” is longer than the 64 signs of a segment.") % {"column": column})
    return text
