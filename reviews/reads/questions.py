"""Questions on a guideline as they are read: waiting ones by section, ended ones, one's own."""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from accounts.models import Membership, Project
from guidelines.content import Section, guideline_of
from guidelines.models import GuidelineVersion
from guidelines.reads import guideline_in_force
from reviews.models import Question, QuestionEnd

A_PAGE = 25
RECENT = dt.timedelta(days=14)
ON_HOME = 5
Kept = Callable[[list[Question]], set[int]]
"""Gives the items of questions that the reader still decides on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is shown; `kept`: it is about an item that the reader still decides on, and withheld.

    `title` names its section, "" where the guideline does not cover it; `gone`: the version in force has it no more.
    """

    row: Question
    text: str
    title: str = ""
    gone: bool = False
    kept: bool = False
    end: QuestionEnd | None = None
    answer: str = ""


@dataclass(slots=True)
class Group:
    """Questions on one section, `title` "" for what the guideline does not cover."""

    title: str
    rows: list[Asked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of questions; `groups` where they are by section, else `rows`. `open`, `ended`: how many there are."""

    open: int
    ended: int
    number: int
    pages: int
    groups: list[Group] = field(default_factory=list)
    rows: list[Asked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a question may be on: a version's sections in their order and language; none without a guideline."""

    sections: tuple[Section, ...] = ()
    language: str = ""


def choices_in(version: GuidelineVersion | None) -> Choices:
    """Read the sections of a version."""
    read = guideline_of(bytes(version.body)) if version else None
    return Choices(read.sections, read.language) if read else Choices()


def waiting_in(projects: Iterable[int]) -> dict[int, int]:
    """Count the questions that wait in each of these projects, none for none; one statement."""
    rows = Question.objects.filter(project__in=list(projects), end__isnull=True)
    return dict(rows.values_list("project").annotate(n=Count("pk")))


def open_questions(project: Project, page: int, kept: Kept) -> Listed:
    """List what waits, by section in the guideline's order, what is not covered first; six statements, however many."""
    sections = choices_in(guideline_in_force(project)).sections
    order = {"": -1} | {one.id: place for place, one in enumerate(sections)}
    waiting = Question.objects.filter(project=project, end__isnull=True).values_list("section", "number", "pk")
    ranked = sorted(waiting, key=lambda one: (order.get(one[0], len(order)), one[0], one[1]))
    number, pages = _page(page, len(ranked))
    ids = [pk for *_place, pk in ranked[(number - 1) * A_PAGE : number * A_PAGE]]
    found = {row.pk: row for row in _rows().filter(pk__in=ids)}
    shown = _shown([found[pk] for pk in ids], sections, kept)
    groups: list[Group] = []
    for one in shown:
        if not groups or groups[-1].rows[0].row.section != one.row.section:
            groups.append(Group(one.title))
        groups[-1].rows.append(one)
    return Listed(len(ranked), _ended(project), number, pages, groups=groups)


def ended_questions(project: Project, page: int, kept: Kept) -> Listed:
    """List what was answered, covered or taken back, the newest first; seven statements, however many."""
    count = _ended(project)
    number, pages = _page(page, count)
    rows = _rows().filter(project=project, end__isnull=False).order_by("-end__ended_at", "-pk")
    start = (number - 1) * A_PAGE
    sections = choices_in(guideline_in_force(project)).sections
    shown = _shown(list(rows[start : start + A_PAGE]), sections, kept)
    return Listed(waiting_in([project.pk]).get(project.pk, 0), count, number, pages, rows=shown)


def own_questions(project: Project, person_id: int, page: int) -> Listed:
    """List what somebody asked in a project, the newest first; five statements."""
    mine = _rows().filter(project=project, person=person_id)
    waits = mine.filter(end__isnull=True).count()
    count = mine.count()
    number, pages = _page(page, count)
    start = (number - 1) * A_PAGE
    rows = list(mine.order_by("-number")[start : start + A_PAGE])
    shown = _shown(rows, choices_in(guideline_in_force(project)).sections, lambda _rows: set())
    return Listed(waits, count - waits, number, pages, rows=shown)


def one_question(question: Question, kept: Kept) -> Asked:
    """Read one question."""
    return _shown([question], choices_in(guideline_in_force(question.project)).sections, kept)[0]


def recent_answers(person_id: int, at: dt.datetime) -> list[Asked]:
    """List what was answered to somebody lately where they still have a role, the newest first; one statement."""
    places = Membership.objects.standing(at).filter(person=person_id).values("project")
    rows = _rows().filter(person=person_id, project__in=places, end__ended_at__gt=at - RECENT)
    rows = rows.exclude(end__how="withdrawn")
    return [_asked(row) for row in rows.order_by("-end__ended_at", "-pk")[:ON_HOME]]


def question_rows(project: Project) -> QuerySet[Question]:
    """Give a project's questions with all that a page shows of them."""
    return _rows().filter(project=project)


def _rows() -> QuerySet[Question]:
    return Question.objects.select_related(
        "project", "person", "guideline", "item", "end__person", "end__version"
    ).defer("guideline__body", "end__version__body", "item__body")


def _page(page: int, count: int) -> tuple[int, int]:
    pages = max(1, -(-count // A_PAGE))
    return min(max(1, page), pages), pages


def _ended(project: Project) -> int:
    return Question.objects.filter(project=project, end__isnull=False).count()


def _shown(rows: list[Question], sections: tuple[Section, ...], kept: Kept) -> list[Asked]:
    """Name sections, those that are gone by the version that was read; leave out what is withheld."""
    titles = {one.id: one.title for one in sections}
    away = {row.guideline_id or 0 for row in rows if row.section and row.section not in titles}
    earlier = {
        (version.pk, one.id): one.title
        for version in GuidelineVersion.objects.filter(pk__in=away)
        for one in guideline_of(bytes(version.body)).sections
    }
    withheld = kept(rows)
    return [
        _asked(
            row,
            titles.get(row.section) or earlier.get((row.guideline_id or 0, row.section), ""),
            gone=bool(row.section) and row.section not in titles,
            kept=row.item_id in withheld,
        )
        for row in rows
    ]


def _asked(row: Question, title: str = "", *, gone: bool = False, kept: bool = False) -> Asked:
    end = row.end if hasattr(row, "end") else None
    if kept:
        return Asked(row, "", title, gone, kept=True)
    text = _text(row.body)
    return Asked(row, text, title, gone, end=end, answer=_text(end.body) if end else "")


def _text(body: bytes | memoryview | None) -> str:
    """Give what was written; "" where it was erased."""
    return str(json.loads(bytes(body))["text"]) if body is not None else ""
