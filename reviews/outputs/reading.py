"""Does an answer, or a proposal, have the shape of its task type?"""

import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from reviews.errors import BadOutput
from reviews.outputs import masks
from reviews.outputs.shapes import ELEMENTS, SHAPES
from reviews.outputs.turning import Turning, turn_errors
from reviews.wire.exact import flaws_in, joined

MOST = 20
_place = re.compile(r" - at `\$(.*)`$", re.DOTALL)
_pairs = (("start_ms", "end_ms"), ("start", "end"))
_sides = ("x", "y", "width", "height")


def read_output(
    task_type: str,
    output: Any,
    labels: Collection[str],
    schema: dict[str, Any] | None,
    many: bool,
    turning: Turning | None = None,
) -> Any:
    """Give the output back if it has the shape of the task type, its labels are among `labels`, its ids are unique.

    Lengths are finite and 0 or more, no start is after its end, scores are from 0 to 1. `many` allows any number of
    labels in a classification, else there is exactly one; `turning` says which turns of it may be labelled, None that
    none may. `schema` is a checked schema and read for forms alone; None admits any JSON. For a proposal with unknown
    labels, which is to be held rather than refused, add those to `labels`.

    Raises:
        BadOutput: `fields` names at most 20 places, such as `boxes.0.x`.
    """
    errors = list(islice(flaws_in(output), MOST))
    if not errors:
        errors = list(islice(_errors(task_type, output, labels, schema, many, turning), MOST))
    if errors:
        path, message = errors[0]
        raise BadOutput(f"{path}: {message}" if path else message, fields=errors)
    return output


def unknown_labels(task_type: str, output: Any, labels: Collection[str]) -> list[str]:
    """Give the labels of any JSON value, read as an output, that are not among `labels`: each once, in their order."""
    return list(dict.fromkeys(label for _, label in _labelled(task_type, output) if label not in labels))


def labels_in(task_type: str, output: Any) -> list[str]:
    """Give the labels of any JSON value, read as an output, in their order."""
    return [label for _, label in _labelled(task_type, output)]


def _errors(
    task_type: str,
    output: Any,
    labels: Collection[str],
    schema: dict[str, Any] | None,
    many: bool,
    turning: Turning | None,
) -> Iterator[tuple[str, str]]:
    if task_type == "form":
        from reviews.outputs.forms import misfits  # the library behind it is loaded with the first form

        yield from misfits(output, schema)
    elif task_type not in SHAPES:
        yield "", f"There is no task type {task_type[:40]!r}."
    else:
        misfit = _misfit(output, SHAPES[task_type])
        yield from misfit
        if not misfit:
            yield from _label_errors(task_type, output, labels, many)
            yield from _element_errors(task_type, output)
            if task_type == "classification":
                yield from turn_errors(output, turning)


def _misfit(output: Any, shape: type[msgspec.Struct]) -> list[tuple[str, str]]:
    """Name the first place that does not have the shape."""
    try:
        msgspec.convert(output, shape)
    except msgspec.ValidationError as problem:
        words = str(problem)
        place = _place.search(words)
        path = re.sub(r"\[(\d+)\]", r".\1", place[1]).lstrip(".") if place else ""
        return [(path, _place.sub("", words).replace("`", "")[:300].encode(errors="replace").decode() + ".")]
    return []


def _label_errors(task_type: str, output: Any, labels: Collection[str], many: bool) -> Iterator[tuple[str, str]]:
    if task_type == "classification" and not many and len(output["labels"]) != 1:
        yield "labels", _("This project takes exactly one label.")
    whole = output.get("labels") or []
    if len(set(whole)) < len(whole):
        yield "labels", _("Name each label once.")
    for path, label in _labelled(task_type, output):
        if label not in labels:
            yield path, _("The project has no label %(label)s.") % {"label": repr(label)}


def _labelled(task_type: str, output: Any) -> Iterator[tuple[str, str]]:
    """Give every (path, label) in any JSON value that stands where labels stand."""
    if not isinstance(output, dict):
        return
    if task_type in ("classification", "spans"):
        yield from _listed(output.get("labels"), "labels")
    turns = output.get("turns") if task_type == "classification" else None
    for place, one in enumerate(turns if isinstance(turns, list) else ()):
        yield from _listed(one.get("labels") if isinstance(one, dict) else None, f"turns.{place}.labels")
    key = ELEMENTS.get(task_type, "")
    elements = output.get(key)
    for place, element in enumerate(elements if isinstance(elements, list) else ()):
        if isinstance(element, dict) and isinstance(element.get("label"), str):
            yield f"{key}.{place}.label", element["label"]


def _listed(labels: Any, path: str) -> Iterator[tuple[str, str]]:
    for place, label in enumerate(labels if isinstance(labels, list) else ()):
        if isinstance(label, str):
            yield f"{path}.{place}", label


def _element_errors(task_type: str, output: Any) -> Iterator[tuple[str, str]]:
    """Name what no shape can say: ids that stand twice, ends before starts, parts that belong together."""
    key = ELEMENTS.get(task_type, "")
    seen: set[str] = set()
    for place, element in enumerate(output.get(key, ())):
        path = f"{key}.{place}"
        if element.get("id") in seen:
            yield f"{path}.id", _("Another element has this id.")
        if "id" in element:
            seen.add(element["id"])
        yield from _time_errors(element, path)
        for number, word in enumerate(element.get("words") or ()):
            yield from _time_errors(word, f"{path}.words.{number}")
        if task_type == "segmentation":
            yield from _area_errors(element, path)
        elif len({element.get(side) is None for side in _sides}) > 1:
            yield path, _("x, y, width and height come together.")


def _time_errors(element: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for first, last in _pairs:
        start, end = element.get(first), element.get(last)
        if (start is None) != (end is None):
            yield path, _("%(first)s and %(last)s come together.") % {"first": first, "last": last}
        elif start is not None and end is not None and start > end:
            yield joined(path, last), _("%(last)s is before %(first)s.") % {"first": first, "last": last}


def _area_errors(region: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    mask = region.get("rle")
    if (region.get("polygon") is None) == (mask is None):
        yield path, _("A region has either a polygon or an rle.")
    elif mask is not None and masks.pixels(mask["counts"]) != mask["size"][0] * mask["size"][1]:
        yield f"{path}.rle.counts", _("These are no COCO run lengths that fill the size.")
