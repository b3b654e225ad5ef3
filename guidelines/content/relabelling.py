"""Labels renamed, merged, split, retired and brought back, each with what the mapping then says of it.

A label that could be said before stands retired in the list from then on, so that what was decided by it keeps its
name; one that is new in the draft just goes. `before` are the codes that could be said in the version in force.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _

from guidelines.content.editing import Document, Rows, place_of
from guidelines.errors import BadGuideline


def rename_label(
    guideline: Document, taxonomy: Document, before: Collection[str], code: str, to: str, name: str
) -> None:
    """Give a label another code, and maybe another name; all that names it follows.

    Raises:
        BadGuideline: another label has that code, or there is no such label.
    """
    labels, place = _found(taxonomy, code)
    if not to:
        raise BadGuideline(fields=[("to", _("Give the code it is to have."))])
    if to != code and place_of(labels, to, "code") is not None:
        raise BadGuideline(fields=[("to", _("Another label has the code {one}.").format(one=to))])
    old = labels[place]
    labels[place] = {**old, "code": to, "name": name or old.get("name", "")}
    if to == code:
        return
    _refer(guideline, taxonomy, code, to)
    known = [row for row in _rows(taxonomy) if code in row["now"]]
    for row in known:
        row["now"] = [to if one == code else one for one in row["now"]]
    if code in before:
        labels.append(_retired(old))
        if not any(code in row["was"] for row in known):
            _say(taxonomy, [code], [to])


def merge_label(
    guideline: Document, taxonomy: Document, before: Collection[str], code: str, into: str, note: str
) -> None:
    """Let a label be said as another one from now on; all that names it follows.

    Raises:
        BadGuideline: there is no such label to become part of.
    """
    labels, place = _found(taxonomy, code)
    goal = place_of(labels, into, "code")
    if goal is None or into == code or labels[goal].get("active") is False:
        raise BadGuideline(fields=[("into", _("Choose the label that it becomes part of."))])
    _gone(taxonomy, before, code, place)
    _refer(guideline, taxonomy, code, into)
    rows = _rows(taxonomy)
    _replace(rows, code, [into])
    if code not in before:
        return
    told = {one for row in rows for one in row["was"]}
    same = next((row for row in rows if row["now"] == [into]), None)
    was = [into] if into in before and into not in told else []
    if same is not None:
        was = [*same["was"], *was]
        rows.remove(same)
        note = note or same.get("note", "")
    _say(taxonomy, [*dict.fromkeys([*was, code])], [into], note)


def split_label(
    guideline: Document,
    taxonomy: Document,
    before: Collection[str],
    code: str,
    parts: Sequence[tuple[str, str]],
    note: str,
) -> None:
    """Put several labels in the place of one; `parts` are codes and names, and one may keep the code.

    What names the label goes on naming it: which part it means, only a person can say.

    Raises:
        BadGuideline: fewer than two parts, a part without code or name, or a code that another label has.
    """
    labels, place = _found(taxonomy, code)
    codes = [one for one, _name in parts]
    if len(set(codes)) < 2 or len(set(codes)) < len(codes) or not all(one and name for one, name in parts):
        raise BadGuideline(fields=[("parts", _("Name at least two labels, each with a code of its own and a name."))])
    for one in codes:
        if one != code and place_of(labels, one, "code") is not None:
            raise BadGuideline(fields=[("parts", _("Another label has the code {one}.").format(one=one))])
    old = labels[place]
    made = [_part(old, one, name) for one, name in parts]
    labels[place : place + 1] = made
    if code in before and code not in codes:
        labels.append(_retired(old))
    _replace(_rows(taxonomy), code, codes)
    if code in before:
        _say(taxonomy, [code], codes, note)


def retire_label(taxonomy: Document, before: Collection[str], code: str, note: str) -> None:
    """Let a label be said no more."""
    _labels, place = _found(taxonomy, code)
    _gone(taxonomy, before, code, place)
    _replace(_rows(taxonomy), code, [])
    if code in before:
        _say(taxonomy, [code], [], note)


def bring_back(taxonomy: Document, code: str) -> None:
    """Let a retired label be said again; what the mapping said of it is taken out."""
    labels, place = _found(taxonomy, code)
    labels[place].pop("active", None)
    _unsay(taxonomy, [code])


def say_mapping(taxonomy: Document, was: Sequence[str], now: Sequence[str], note: str) -> None:
    """Say by hand what became of labels, in the place of what was said of them."""
    if not was:
        raise BadGuideline(fields=[("was", _("Choose the labels that it is said of."))])
    _say(taxonomy, was, now, note)


def forget_mapping(taxonomy: Document, place: int) -> None:
    """Take one row of the mapping out."""
    rows = _rows(taxonomy)
    if place < len(rows):
        rows.pop(place)
    _tidy(taxonomy)


def _found(taxonomy: Document, code: str) -> tuple[Rows, int]:
    labels: Rows = taxonomy.setdefault("labels", [])
    place = place_of(labels, code, "code")
    if place is None:
        raise BadGuideline(_("There is no label {code}.").format(code=code))
    return labels, place


def _rows(taxonomy: Document) -> Rows:
    mapping = taxonomy.get("mapping")
    if mapping is None:
        mapping = taxonomy["mapping"] = {}
    rows: Rows = mapping.setdefault("rows", [])
    for row in rows:
        row.setdefault("now", [])
    return rows


def _say(taxonomy: Document, was: Sequence[str], now: Sequence[str], note: str = "") -> None:
    _unsay(taxonomy, was)
    row: dict[str, Any] = {"was": list(was), "now": list(now)}
    _rows(taxonomy).append({**row, "note": note} if note else row)


def _unsay(taxonomy: Document, codes: Sequence[str]) -> None:
    for row in _rows(taxonomy):
        row["was"] = [one for one in row["was"] if one not in codes]
    _tidy(taxonomy)


def _tidy(taxonomy: Document) -> None:
    rows = [row for row in _rows(taxonomy) if row["was"]]
    taxonomy["mapping"]["rows"] = rows
    if not rows:
        taxonomy.pop("mapping")


def _replace(rows: Rows, code: str, codes: Sequence[str]) -> None:
    """Let rows that led to a label lead to others."""
    for row in rows:
        if code in row["now"]:
            led = [new for one in row["now"] for new in (codes if one == code else [one])]
            row["now"] = list(dict.fromkeys(led))


def _retired(label: Document) -> Document:
    return {**label, "key": None, "active": False}


def _gone(taxonomy: Document, before: Collection[str], code: str, place: int) -> None:
    labels: Rows = taxonomy["labels"]
    old = labels.pop(place)
    if code in before:
        labels.append(_retired(old))


def _part(old: Document, code: str, name: str) -> Document:
    if code == old["code"]:
        return {**old, "name": name}
    made = {"code": code, "name": name, "key": None, "definition": ""}
    return made | {field: old[field] for field in ("on", "parent") if old.get(field)}


def _refer(guideline: Document, taxonomy: Document, code: str, to: str) -> None:
    """Let sections, examples, attributes, parents and what is decisive name the other label."""
    for rows, field in (
        (guideline.get("sections", []), "label"),
        (guideline.get("examples", []), "label"),
        (taxonomy.get("labels", []), "parent"),
    ):
        for row in rows:
            if row.get(field) == code and row.get("code") != to:
                row[field] = to
    for one in taxonomy.get("attributes", []):
        if code in one.get("labels", ()):
            one["labels"] = list(dict.fromkeys(to if label == code else label for label in one["labels"]))
    if code in (taxonomy.get("decisive") or ()):
        taxonomy["decisive"] = list(dict.fromkeys(to if one == code else one for one in taxonomy["decisive"]))
