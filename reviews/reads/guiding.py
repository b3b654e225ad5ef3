"""What people decide by, version by version: a project's guideline and taxonomy as they were published."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from audit.models.sql import Row, ask, many
from guidelines.models import GuidelineVersion, TaxonomyVersion
from guidelines.reads import guideline_html
from reviews.reads.published import taxonomy_of
from reviews.reads.stages import plain

SHOWN = 50
IN_FORCE = """
SELECT p.slug, p.name, gv.number AS guideline, gv.published_at AS guideline_at,
    tv.number AS taxonomy, tv.published_at AS taxonomy_at
FROM accounts_project p
LEFT JOIN guidelines_guidelineversion gv ON gv.project_id = p.id
    AND gv.number = (SELECT max(o.number) FROM guidelines_guidelineversion o WHERE o.project_id = p.id)
LEFT JOIN guidelines_taxonomyversion tv ON tv.project_id = p.id
    AND tv.number = (SELECT max(o.number) FROM guidelines_taxonomyversion o WHERE o.project_id = p.id)
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

    `versions` lists the guideline's numbers with when they were published, the newest first; `number` is the one shown,
    None where none was written.
    """

    number: int | None
    published_at: dt.datetime | None
    html: SafeString | None
    taxonomy: int
    labels: list[Label]
    errors: list[str]
    versions: list[tuple[int, dt.datetime]]

    @property
    def newest(self) -> bool:
        """Tell whether this is the version in force."""
        return not self.versions or self.number == self.versions[0][0]


def in_force(projects: Iterable[int]) -> list[Row]:
    """List the guideline and taxonomy in force of each project; one statement."""
    places, ids = many(projects)
    return ask(IN_FORCE.format(places=places), ids)


def guide(project_id: int, number: int | None = None) -> Guide | None:
    """Read a project's guideline, the newest version or another one; None where there is no such. Four statements."""
    versions = list(
        GuidelineVersion.objects.filter(project_id=project_id)
        .order_by("-number")
        .values_list("number", "published_at")[:SHOWN]
    )
    wanted = number if number is not None else versions[0][0] if versions else None
    shown = GuidelineVersion.objects.filter(project_id=project_id, number=wanted).first() if wanted else None
    if number is not None and shown is None:
        return None
    of = TaxonomyVersion.objects.filter(project_id=project_id).order_by("-number")
    taxonomy = of.filter(pk=shown.taxonomy_id).first() if shown and wanted != versions[0][0] else of.first()
    body = taxonomy_of(bytes(taxonomy.body)) if taxonomy else {}
    return Guide(
        shown.number if shown else None,
        shown.published_at if shown else None,
        guideline_html(shown.digest) if shown else None,
        taxonomy.number if taxonomy else 0,
        _labels(body),
        [one["name"] for one in body.get("error_categories", [])],
        versions,
    )


def _labels(body: dict[str, Any]) -> list[Label]:
    labels = [
        Label(
            one["code"],
            one["name"],
            place % 12 + 1,
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
