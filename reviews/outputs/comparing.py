"""Are two answers the same, and where do they differ? What has no shape is compared whole."""

from typing import Any

from reviews.outputs.shapes import ELEMENTS
from reviews.outputs.turning import turns_of
from reviews.wire.canonical import canonical

_with_label_sets = ("classification", "spans")


def compared(task_type: str, output: Any) -> bytes:
    """Give the bytes by which answers are compared: RFC 8785, label sets in order, no turns the same as none labelled.

    Raises:
        NotCanonical: as `same`.
    """
    return canonical(_settled(task_type, output))


def same(task_type: str, a: Any, b: Any) -> bool:
    """Tell whether two outputs are the same answer: equal RFC 8785 bytes, the order of label sets aside.

    Raises:
        NotCanonical: one of them has no exact JSON form; never so for an output that was read.
    """
    return compared(task_type, a) == compared(task_type, b)


def differences(task_type: str, proposed: Any, made: Any) -> list[dict[str, Any]]:
    """Give what was changed: [{"path", "from", "to"}], None standing for absent; empty just if the two are the `same`.

    Labels: one entry a label added or removed, one in all where a single label took the place of another; those of a
    turn the same, under `turns.3`, which counts from 0. Elements
    (boxes, regions, ...): one an id, with the element before and after, and one with the ids where only their order
    differs. Other keys, and those of a form: one a key. Without a proposal or an answer (a reject) nothing was changed.

    Raises:
        NotCanonical: as `same`.
    """
    if proposed is None or made is None:
        return []
    proposed, made = _settled(task_type, proposed), _settled(task_type, made)
    if not isinstance(proposed, dict) or not isinstance(made, dict):
        return _changed("", proposed, made)
    found: list[dict[str, Any]] = []
    for key in [*proposed, *(key for key in made if key not in proposed)]:
        before, after = proposed.get(key), made.get(key)
        if key == "labels" and task_type in _with_label_sets:
            changes = _label_changes(key, before, after)
        elif key == "turns" and task_type == "classification":
            changes = _turn_changes(before, after)
        else:
            changes = _element_changes(key, before, after) if key == ELEMENTS.get(task_type) else []
        missed = (key in proposed) != (key in made)
        found += changes or _changed(key, before, after) or missed * [{"path": key, "from": before, "to": after}]
    return found


def _settled(task_type: str, output: Any) -> Any:
    """Put a label set in the order of its labels, each once; leave out turns where none has a label."""
    if task_type not in _with_label_sets or not isinstance(output, dict) or not _are_labels(output.get("labels")):
        return output
    settled = {**output, "labels": sorted(set(output["labels"]))}
    if task_type == "classification" and "turns" in settled and _are_turns(settled["turns"]):
        turns = turns_of(output)
        settled["turns"] = [{"turn": turn, "labels": sorted(set(turns[turn]))} for turn in sorted(turns)]
        settled = {key: value for key, value in settled.items() if key != "turns" or value}
    return settled


def _are_labels(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(label, str) for label in value)


def _are_turns(value: Any) -> bool:
    """Tell whether this is a list of turns, each once, with a label set and nothing else."""
    if not isinstance(value, list):
        return False
    fit = [one for one in value if isinstance(one, dict) and one.keys() == {"turn", "labels"}]
    known = turns_of({"turns": [one for one in fit if _are_labels(one["labels"])]})
    return len(fit) == len(known) == len(value)


def _changed(path: str, before: Any, after: Any) -> list[dict[str, Any]]:
    return [] if canonical(before) == canonical(after) else [{"path": path, "from": before, "to": after}]


def _turn_changes(before: Any, after: Any) -> list[dict[str, Any]]:
    """Give the labels that turns gained and lost; empty also where these are no labels of turns."""
    before, after = before or [], after or []
    if not _are_turns(before) or not _are_turns(after):
        return []
    old, new = turns_of({"turns": before}), turns_of({"turns": after})
    return [
        change
        for turn in sorted({*old, *new})
        for change in _label_changes(f"turns.{turn}", old.get(turn, []), new.get(turn, []))
    ]


def _label_changes(path: str, before: Any, after: Any) -> list[dict[str, Any]]:
    """Give the labels added and removed; empty also where these are no two label sets."""
    if not _are_labels(before) or not _are_labels(after):
        return []
    removed = [label for label in before if label not in after]
    added = [label for label in after if label not in before]
    if len(before) == len(after) == len(removed) == 1:
        return [{"path": path, "from": removed[0], "to": added[0]}]
    gone = [{"path": path, "from": label, "to": None} for label in removed]
    return gone + [{"path": path, "from": None, "to": label} for label in added]


def _element_changes(key: str, before: Any, after: Any) -> list[dict[str, Any]]:
    """Give the elements that differ, by name; empty also where these are no two lists of named elements."""
    old, new = _by_name(before), _by_name(after)
    if old is None or new is None:
        return []
    found: list[dict[str, Any]] = []
    for name in [*old, *(name for name in new if name not in old)]:
        found += _changed(f"{key}.{name}", old.get(name), new.get(name))
    if not found and list(old) != list(new):
        found.append({"path": key, "from": list(old), "to": list(new)})
    return found


def _by_name(elements: Any) -> dict[str, Any] | None:
    """Give elements by id, fields by name (the second of a name as `name.2`); None where that is not one to one."""
    if not isinstance(elements, list):
        return None
    named: dict[str, Any] = {}
    times: dict[str, int] = {}
    for element in elements:
        name = _name(element)
        if name is None:
            return None
        if "id" not in element:
            times[name] = times.get(name, 0) + 1
            name = f"{name}.{times[name]}" if times[name] > 1 else name
        if name in named:
            return None
        named[name] = element
    return named


def _name(element: Any) -> str | None:
    name = element.get("id", element.get("name")) if isinstance(element, dict) else None
    return name if isinstance(name, str) else None
