"""Outcomes in force that name certain labels: a project's past in chunks, by keys, without locks."""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from audit.models.sql import Row, ask, ask_one
from guidelines.content import taxonomy_doc
from guidelines.models import TaxonomyVersion
from reviews.models import Rereview, Source
from reviews.reads.affected import Changed, Told, changed_for, moved, redefined, steps_of, told_of
from reviews.reads.sent import sent_of
from reviews.rights.escalating import labels_in

CHUNK = 1_000
ITEMS = f"""
SELECT i.id, i.uuid, i.external_id, CASE WHEN %s THEN i.body END AS item_body, o.number, o.source, o.body, o.settled_at,
    o.released_at, o.task_id
FROM (SELECT id, uuid, external_id, body FROM reviews_item WHERE project_id = %s AND id > %s AND id <= %s
    ORDER BY id LIMIT {CHUNK}) i
LEFT JOIN reviews_outcome o ON o.item_id = i.id AND o.annulled_at IS NULL
    AND o.number = (SELECT max(x.number) FROM reviews_outcome x WHERE x.item_id = i.id AND x.annulled_at IS NULL)
ORDER BY i.id
"""  # noqa: S608 - a constant
STAYS = {Source.OVERRIDE, Source.APPEAL}
"""Outcomes of which a re-review only records what it found: it would change none."""
EXTENT = "SELECT count(*) AS items, COALESCE(max(id), 0) AS last FROM reviews_item WHERE project_id = %s"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label whose past answers a change affects: what it was called, what became of it, and why it is named.

    At `changed_at` the version came in force that changed it last.
    """

    code: str
    name: str
    now: list[str]
    kind: str
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """One item looked at: `labels` are those looked for that its outcome in force names; `gone`: its body is.

    `kept` and `unreleased` name labels, too, but are put up for nobody: an override or appeal decided, or it is not in
    force yet.
    """

    row: Row
    labels: list[str]
    gone: bool = False
    kept: bool = False
    unreleased: bool = False


def suspects(project_id: int) -> list[Suspect]:
    """List the labels that the taxonomies before the one in force had and that carry over to something else now.

    A label whose definition alone changed since is named too: what people meant by it is another thing now.
    """
    steps = steps_of(project_id)
    now = steps[-1].taxonomy if steps else None
    names = {label.code: label.name for label in now.labels} if now else {}
    found: dict[str, Suspect] = {}
    for step, after in pairwise(steps):
        assert now is not None
        for label in step.taxonomy.active:
            became = step.became.get(label.code, (label.code,))
            told = label.code, label.name, [names.get(one, one) for one in became]
            if moved(step, label.code, now):
                kind = "retired" if not became else "split" if len(became) > 1 else "renamed"
                found[label.code] = Suspect(*told, kind, after.began_at)
            elif redefined(step, label.code, now):
                before = found.get(label.code) or Suspect(label.code, label.name, [], "redefined", after.began_at)
                found[label.code] = replace(before, changed_at=after.began_at)
    return list(found.values())


def extent(project_id: int) -> tuple[int, int]:
    """Give how many items a project has, and the id of the newest."""
    row = ask_one(EXTENT, [project_id])
    assert row is not None
    return int(row.items), int(row.last)


def looked_at(run: Rereview) -> list[Looked]:
    """Look at the next items of a run, at most 1,000; none: it is through."""
    found = [_looked(row, run) for row in ask(ITEMS, [bool(run.segment), run.project_id, run.cursor, run.last])]
    if not any(one.labels for one in found):
        return found
    changed = changed_for(run.project_id, run.taxonomy.number, run.labels)
    doubted = {one.row.id for one in found if any(changed.stale[label] for label in one.labels)}
    told = told_of(doubted)
    left = [_affected(one, changed, told.get(one.row.id)) if one.row.id in doubted else one for one in found]
    return [_set_apart(one) for one in left]


def _looked(row: Row, run: Rereview) -> Looked:
    """Look at one outcome by its words, whatever taxonomy they were said by."""
    if row.number is None or (run.since is not None and row.settled_at < run.since):
        return Looked(row, [])
    if row.body is None or (run.segment and row.item_body is None):
        return Looked(row, [], gone=True)
    if run.segment and sent_of(row.item_body).get("segments", {}).get(run.segment) != run.value:
        return Looked(row, [])
    return Looked(row, sorted(named(json.loads(row.body).get("output"), run.labels)))


def _affected(one: Looked, changed: Changed, told: Told | None) -> Looked:
    """Leave out the labels that mean now what they meant to whoever gave them, then or in a re-review that agreed."""
    row = one.row
    people = told if row.task_id is not None else None
    again = list(told.agreed(row.settled_at)) if told else []
    labels = []
    for label in one.labels:
        by = people.numbers(row.task_id, label) if people else changed.number_at(row.settled_at)
        anew = [told.numbers(task, label) for task in again] if told else []
        if changed.affects(label, by) and all(changed.affects(label, numbers) for numbers in anew):
            labels.append(label)
    return replace(one, labels=labels)


def _set_apart(one: Looked) -> Looked:
    """Take out what names a label and is put up for nobody."""
    if not one.labels or (one.row.released_at is not None and one.row.source not in STAYS):
        return one
    released = one.row.released_at is not None
    return replace(one, labels=[], kept=released, unreleased=not released)


def named(output: Any, labels: Collection[str]) -> set[str]:
    """Give those of the labels that an output names, on the whole or on a part."""
    return set(labels_in(output)) & set(labels)


def runs_of(project_id: int, most: int = 20) -> list[Rereview]:
    """List a project's runs, the newest first."""
    rows = Rereview.objects.select_related("person", "queue", "taxonomy", "project").filter(project=project_id)
    return list(rows.order_by("-pk")[:most])


def labels_of(project_id: int) -> list[tuple[str, str]]:
    """List every label a project ever had, code and name, those in force first."""
    begun = TaxonomyVersion.objects.filter(project=project_id, term__began_at__isnull=False)
    found: dict[str, str] = {}
    for version in begun.order_by("-number")[:200]:
        for label in taxonomy_doc(bytes(version.body)).labels:
            found.setdefault(label.code, label.name)
    return list(found.items())


def counted_by_name(run: Rereview) -> list[tuple[str, int]]:
    """Give how many outcomes name each label looked for, by its name, the most first."""
    names = dict(labels_of(run.project_id))
    found = [(names.get(code, code), run.counts.get(code, 0)) for code in run.labels]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def decided_of(run: Rereview) -> int:
    """Count those of a run's tasks that people have answered, or that ended otherwise."""
    return run.picks.exclude(task__state="open").count()
