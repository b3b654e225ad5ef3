"""What people decide by, version by version: a project's guideline and taxonomy as they were published."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, When
from django.utils.safestring import SafeString

from audit.models.sql import Row, ask, many
from guidelines.models import GuidelineVersion, TaxonomyVersion
from guidelines.reads import guideline_html, taxonomy_in_force
from reviews.reads.published import taxonomy_of
from reviews.reads.stages import plain

SHOWN = 50
IN_FORCE = """
SELECT p.slug, p.name, gv.number AS guideline, gv.published_at AS guideline_at,
    tv.number AS taxonomy, tv.published_at AS taxonomy_at
FROM accounts_project p
LEFT JOIN guidelines_guidelinesetup gs ON gs.project_id = p.id
LEFT JOIN guidelines_guidelineversion gv ON gv.id = gs.guideline_id
LEFT JOIN guidelines_taxonomyversion tv ON tv.id = gs.taxonomy_id
WHERE p.id IN {places} ORDER BY p.name, p.id
"""


@dataclass(frozen=True, slots=True)
class Label:
    """A label or a field of a form, with what it means; `number` is a label's colour, 0 for a field.

    `on` is item or turn where a label goes there alone.
    """

    code: str
    name: str
    number: int
    key: str
    definition: str
    on: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """One version as it is read: the guideline's words, and the labels and error categories of its taxonomy.

    `versions` lists the guideline's numbers with when they were published, the newest first, without those that wait
    for their day; `number` is the one shown, None where none was written, and `newest` tells that it is in force.
    """

    number: int | None
    published_at: dt.datetime | None
    html: SafeString | None
    taxonomy: int
    labels: list[Label]
    errors: list[str]
    versions: list[tuple[int, dt.datetime]]
    newest: bool


def in_force(projects: Iterable[int]) -> list[Row]:
    """List the guideline and taxonomy in force of each project; one statement."""
    places, ids = many(projects)
    return ask(IN_FORCE.format(places=places), ids)


def guide(project_id: int, number: int | None = None) -> Guide | None:
    """Read a project's guideline, the version in force or another one; None where there is no such. Four statements."""
    begun = GuidelineVersion.objects.filter(project_id=project_id, term__began_at__isnull=False)
    versions = list(begun.order_by("-number").values_list("number", "published_at")[:SHOWN])
    stands = begun.filter(term__ended_at__isnull=True).order_by(
        Case(When(term__language=F("project__language"), then=0), default=1), "term__language"
    )
    shown = (stands if number is None else begun.filter(number=number)).select_related("term").first()
    if number is not None and shown is None:
        return None
    newest = shown is None or shown.term.ended_at is None
    taxonomy = (
        taxonomy_in_force(project_id)
        if shown is None or newest
        else TaxonomyVersion.objects.filter(pk=shown.taxonomy_id).first()
    )
    body = taxonomy_of(bytes(taxonomy.body)) if taxonomy else {}
    return Guide(
        shown.number if shown else None,
        shown.published_at if shown else None,
        guideline_html(shown.digest) if shown else None,
        taxonomy.number if taxonomy else 0,
        _labels(body),
        [one["name"] for one in body.get("error_categories", [])],
        versions,
        newest,
    )


def _labels(body: dict[str, Any]) -> list[Label]:
    labels = [
        Label(
            one["code"],
            one["name"],
            one.get("colour") or place % 12 + 1,
            one.get("key") or "",
            one.get("definition") or "",
            one.get("on") or "",
        )
        for place, one in enumerate(body.get("labels") or [])
    ]
    fields = ((body.get("schema") or {}).get("properties") or {}).items()
    return labels + [
        Label(name, part.get("title") or plain(name), 0, "", part.get("description") or "") for name, part in fields
    ]
