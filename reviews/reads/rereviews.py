"""Outcomes in force that name certain labels: a project's past in chunks, by keys, without locks."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from audit.models.sql import Row, ask, ask_one
from guidelines.content import Taxonomy, carried, needs_mapping, taxonomy_doc
from guidelines.models import TaxonomyVersion
from reviews.models import Rereview, Source
from reviews.reads.sent import sent_of
from reviews.rights.escalating import labels_in

CHUNK = 1_000
ITEMS = f"""
SELECT i.id, i.uuid, i.external_id, CASE WHEN %s THEN i.body END AS item_body, o.number, o.source, o.body, o.settled_at,
    o.released_at
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
    """A label whose past answers a change affects: what it was called, what became of it, and why it is named."""

    code: str
    name: str
    now: list[str]
    kind: str


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
    versions = list(
        TaxonomyVersion.objects.filter(project=project_id, term__began_at__isnull=False).order_by("number")[:200]
    )
    if not versions:
        return []
    docs = [taxonomy_doc(bytes(version.body)) for version in versions]
    now = docs[-1]
    names = {label.code: label.name for label in now.labels}
    found: dict[str, Suspect] = {}
    for place, before in enumerate(docs[:-1]):
        steps = [doc.mapping.rows if doc.mapping else () for doc in docs[place + 1 :]]
        gone = set(needs_mapping(before, now))
        for label in before.active:
            became = carried(label.code, steps).now
            if label.code in gone or became != (label.code,):
                kind = "retired" if not became else "split" if len(became) > 1 else "renamed"
                found[label.code] = Suspect(label.code, label.name, [names.get(one, one) for one in became], kind)
            elif (changed := _definition(now, label.code)) is not None and changed != label.definition:
                found.setdefault(label.code, Suspect(label.code, label.name, [], "redefined"))
    return list(found.values())


def _definition(taxonomy: Taxonomy, code: str) -> str | None:
    return next((label.definition for label in taxonomy.labels if label.code == code), None)


def extent(project_id: int) -> tuple[int, int]:
    """Give how many items a project has, and the id of the newest."""
    row = ask_one(EXTENT, [project_id])
    assert row is not None
    return int(row.items), int(row.last)


def looked_at(run: Rereview) -> list[Looked]:
    """Look at the next items of a run, at most 1,000; none: it is through."""
    rows = ask(ITEMS, [bool(run.segment), run.project_id, run.cursor, run.last])
    return [_looked(row, run) for row in rows]


def _looked(row: Row, run: Rereview) -> Looked:
    if row.number is None or (run.since is not None and row.settled_at < run.since):
        return Looked(row, [])
    if row.body is None or (run.segment and row.item_body is None):
        return Looked(row, [], gone=True)
    if run.segment and sent_of(row.item_body).get("segments", {}).get(run.segment) != run.value:
        return Looked(row, [])
    labels = sorted(named(json.loads(row.body).get("output"), run.labels))
    if labels and row.released_at is None:
        return Looked(row, [], unreleased=True)
    if labels and row.source in STAYS:
        return Looked(row, [], kept=True)
    return Looked(row, labels)


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
