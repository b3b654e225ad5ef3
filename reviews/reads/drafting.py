"""Decision rights being written: what the draft amounts to, and what its items offer to ask for."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Project
from audit.models.sql import ask
from guidelines.models import ModelVersion
from reviews.errors import BadRights
from reviews.models import Queue, RightsVersion, Setup
from reviews.rights import Rights, read
from reviews.rights.conditions import TAKES
from reviews.rights.fields import field_named

SAMPLED, LONGEST, DEEPEST, MOST_VALUES, LONGEST_VALUE = 300, 32_768, 5, 60, 60
SAMPLE = f"""
SELECT i.body FROM (SELECT body FROM reviews_item WHERE project_id = %s ORDER BY id DESC LIMIT {SAMPLED}) i
WHERE i.body IS NOT NULL AND length(i.body) <= {LONGEST}
"""  # noqa: S608 - constants
ALWAYS = ("confidence", "impact", "cost", "units", "model.name", "model.version")


@dataclass(frozen=True, slots=True)
class Offered:
    """A field that items hold, what it takes, and values it was seen to have; numbers have none worth listing."""

    name: str
    takes: tuple[str, ...]
    values: tuple[str, ...] = ()


@dataclass
class _Seen:
    """What stands at one place in the sampled items."""

    numbers: bool = False
    others: bool = False
    lists: bool = False
    values: set[str] = field(default_factory=set)


def last_version(project: Project) -> RightsVersion | None:
    """Give the version in force."""
    return RightsVersion.objects.filter(project=project).order_by("-number").first()


def takes_two(project: Project) -> bool:
    """Tell whether the project asks that one person proposes decision rights and another publishes them."""
    return Setup.objects.filter(project=project, publish_with_second=True).exists()


def queues_of(project: Project) -> list[Queue]:
    """Give a project's queues, the lowest level first."""
    return list(Queue.objects.filter(project=project).order_by("level", "name", "pk"))


def judged(project: Project, body: Mapping[str, Any]) -> tuple[Rights | None, list[tuple[str, str]]]:
    """Read a draft as publishing would: the document, or what keeps it from being published, place by place."""
    queues = dict(Queue.objects.filter(project=project).values_list("slug", "level"))
    try:
        return read(body, queues=queues, task_type=project.task_type), []
    except BadRights as problem:
        return None, list(problem.fields)


def offered(project: Project) -> list[Offered]:
    """Give the fields that rules can ask for: those every item has, and those seen in the newest few hundred.

    Four statements, whatever the project holds.
    """
    seen: dict[str, _Seen] = defaultdict(_Seen)
    for row in ask(SAMPLE, [project.pk]):
        _look(json.loads(bytes(row.body)), seen)
    for name in Setup.objects.filter(project=project).values_list("segments", flat=True).first() or []:
        seen[f"segments.{name}"].others = True
    labels = _labels(project)
    for version in ModelVersion.objects.filter(project=project).order_by("-pk")[:200]:
        seen["model.name"].values.add(version.name)
        seen["model.version"].values.add(version.version)
    for code in labels:
        seen[f"scores.{code}"].numbers = True
    if labels:
        seen["prediction.labels"].lists = True
        seen["prediction.labels"].values.update(labels)
    names = [*ALWAYS, *sorted(set(seen) - set(ALWAYS)), *(f"count:{name}" for name in sorted(seen) if seen[name].lists)]
    return [Offered(name, _takes(name, seen.get(name)), _values(name, seen.get(name))) for name in names]


def _labels(project: Project) -> list[str]:
    body = project.taxonomies.order_by("-number").values_list("body", flat=True).first()
    return [label["code"] for label in json.loads(bytes(body))["labels"]] if body else []


def _look(item: Mapping[str, Any], seen: dict[str, _Seen]) -> None:
    for key, value in (item.get("segments") or {}).items():
        _note(f"segments.{key}", value, seen)
    for key in item.get("scores") or {}:
        seen[f"scores.{key}"].numbers = True
    for root in ("prediction", "data"):
        for name, value in _walked(item.get(root), root, DEEPEST):
            _note(name, value, seen)


def _walked(value: Any, name: str, deeper: int) -> Iterator[tuple[str, Any]]:
    """Give what stands at the ends of an object, by the names that conditions use."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            if deeper and key and "." not in key:
                yield from _walked(part, f"{name}.{key}", deeper - 1)
    elif isinstance(value, list):
        if "." in name:
            yield name, value
        for part in value[:20]:
            yield from _walked(part, name, deeper)
    elif "." in name:
        yield name, value


def _note(name: str, value: Any, seen: dict[str, _Seen]) -> None:
    if field_named(name) is None or (len(seen) > 400 and name not in seen):
        return
    found = seen[name]
    if isinstance(value, list):
        found.lists = True
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found.numbers = True
    elif value is not None:
        found.others = True
        text = str(value)
        if name.startswith("segments.") and len(text) <= LONGEST_VALUE and len(found.values) < MOST_VALUES:
            found.values.add(text)


def _takes(name: str, seen: _Seen | None) -> tuple[str, ...]:
    """Give the operators of a field: by its kind, and of any kind by what was seen there."""
    place = field_named(name)
    kind = place.kind if place else "any"
    if kind != "any" or seen is None or seen.numbers == seen.others:
        return TAKES[kind]
    return TAKES["number"] if seen.numbers and not seen.lists else TAKES["number" if seen.numbers else "text"]


def _values(name: str, seen: _Seen | None) -> tuple[str, ...]:
    if name == "impact":
        return ("normal", "high")
    return tuple(sorted(seen.values)) if seen else ()
