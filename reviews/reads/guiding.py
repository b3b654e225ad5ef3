"""What people decide by, version by version: a project's guideline and taxonomy as they were published."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import Project
from audit.models.sql import Row, ask, many
from guidelines.models import GuidelineTerm
from guidelines.reads import Reading, reading_of, taxonomy_in_force
from reviews.reads.files import plain
from reviews.reads.published import taxonomy_of

SHOWN = 50
HEAVY = ("version__body", "version__taxonomy__body")
IN_FORCE = """
SELECT p.id AS project_id, p.slug, p.name, gv.number AS guideline, gv.published_at AS guideline_at,
    tv.number AS taxonomy, tv.published_at AS taxonomy_at, p.language,
    (SELECT count(*) FROM guidelines_guidelinedraft d WHERE d.project_id = p.id) AS drafts,
    (SELECT max(d.changed_at) FROM guidelines_guidelinedraft d WHERE d.project_id = p.id) AS draft_at,
    (SELECT count(*) FROM reviews_question q LEFT JOIN reviews_questionend x ON x.question_id = q.id
        WHERE q.project_id = p.id AND x.question_id IS NULL) AS questions,
    (SELECT count(*) FROM reviews_itemexample x JOIN reviews_consent c ON c.id = x.consent_id
        WHERE x.project_id = p.id AND c.ended_at IS NOT NULL) AS lost
FROM accounts_project p
LEFT JOIN guidelines_guidelinesetup gs ON gs.project_id = p.id
LEFT JOIN guidelines_guidelineversion gv ON gv.id = gs.guideline_id
LEFT JOIN guidelines_taxonomyversion tv ON tv.id = gs.taxonomy_id
WHERE p.id IN {places} ORDER BY p.name, p.id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A version with its time in force; `ended_at` is None for one that is in force still."""

    number: int
    language: str
    summary: str
    published_at: dt.datetime
    began_at: dt.datetime
    ended_at: dt.datetime | None
    digest: str
    taxonomy: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What people decide by: one version of the guideline, None where none is in force, on a taxonomy.

    `fields` are those of a form with what they mean. `versions` have been in force, of these at most 50, newest first;
    `newest` tells that what is shown is in force, and `instead` is the number of the one that is, in its language.
    """

    shown: Standing | None
    reading: Reading
    taxonomy: int
    fields: list[tuple[str, str]]
    versions: list[Standing]
    newest: bool
    instead: int | None

    @property
    def before(self) -> Standing | None:
        """Give the version before the one shown, in its language."""
        return next((one for one in self.versions if self._earlier(one)), None)

    def _earlier(self, one: Standing) -> bool:
        return self.shown is not None and one.number < self.shown.number and one.language == self.shown.language


def in_force(projects: Iterable[int]) -> list[Row]:
    """List the guideline and taxonomy in force of each project, with drafts and questions that wait; one statement.

    `lost` counts the examples that were made of items whose consent has ended.
    """
    places, ids = many(projects)
    return ask(IN_FORCE.format(places=places), ids)


def guide(project_id: int, number: int | None = None) -> Guide | None:
    """Read a project's guideline, the version in force or an earlier one; None where there is no such.

    Six statements, and three when that version was read before.
    """
    terms = GuidelineTerm.objects.filter(project=project_id, began_at__isnull=False)
    rows = _newest(terms)
    chosen = _standing(project_id, rows) if number is None else _numbered(terms, rows, number)
    if number is not None and chosen is None:
        return None
    newest = chosen is None or chosen.ended_at is None
    taxonomy = taxonomy_in_force(project_id) if chosen is None or newest else chosen.version.taxonomy
    body = taxonomy_of(bytes(taxonomy.body)) if taxonomy else {}
    stands = [row.version.number for row in rows if chosen and row.language == chosen.language and not row.ended_at]
    return Guide(
        _told(chosen) if chosen else None,
        reading_of(project_id, chosen.version.digest if chosen else "", taxonomy.digest if taxonomy else ""),
        taxonomy.number if taxonomy else 0,
        _fields(body),
        [_told(row) for row in rows],
        newest,
        stands[0] if stands and not newest else None,
    )


def _newest(terms: QuerySet[GuidelineTerm]) -> list[GuidelineTerm]:
    """List 50 versions, the newest first: those in force, however old they are, and those that ended last."""
    known = terms.select_related("version__taxonomy").defer(*HEAVY)
    rows = known.order_by(F("ended_at").desc(nulls_first=True), "-version__number")[:SHOWN]
    return sorted(rows, key=lambda row: -row.version.number)


def _standing(project_id: int, rows: list[GuidelineTerm]) -> GuidelineTerm | None:
    """Choose what is in force: in the project's own language before others."""
    own = Project.objects.filter(pk=project_id).values_list("language", flat=True).first()
    standing = sorted(
        (row for row in rows if row.ended_at is None), key=lambda row: (row.language != own, row.language)
    )
    return standing[0] if standing else None


def _numbered(terms: QuerySet[GuidelineTerm], rows: list[GuidelineTerm], number: int) -> GuidelineTerm | None:
    found = next((row for row in rows if row.version.number == number), None)
    return found or terms.select_related("version__taxonomy").filter(version__number=number).first()


def _told(term: GuidelineTerm) -> Standing:
    one = term.version
    assert term.began_at is not None
    return Standing(
        one.number,
        term.language,
        one.summary,
        one.published_at,
        term.began_at,
        term.ended_at,
        one.digest,
        one.taxonomy.digest,
    )


def _fields(body: dict[str, Any]) -> list[tuple[str, str]]:
    parts = ((body.get("schema") or {}).get("properties") or {}).items()
    return [(part.get("title") or plain(name), part.get("description") or "") for name, part in parts]
