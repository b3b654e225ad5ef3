"""Questions on a guideline: asked beside an item or a section, answered by its editors, or taken back."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.errors import Forbidden, NotFound
from accounts.models import Project
from accounts.reads import Actor
from guidelines.content import guideline_of
from guidelines.models import GuidelineVersion
from guidelines.policies import editing
from guidelines.reads import guideline_in_force
from reviews.actions.superseding import content, read_content
from reviews.errors import BadQuestion, QuestionOver, TooManyQuestions
from reviews.models import Claim, Item, Question, QuestionEnd, QuestionHow
from reviews.policies import asking, item_for

LONGEST = 2_000
MOST_OPEN = 20
"""Questions of one person in one project that wait for an answer."""


@transaction.atomic
def ask_question(
    *,
    project: Project,
    text: str,
    section: str = "",
    claim: uuid.UUID | None = None,
    item: uuid.UUID | None = None,
    wanted: uuid.UUID | None = None,
    by: Actor,
    at: dt.datetime,
) -> Question:
    """Ask of a project's guideline, beside the item of a claim of mine, or one that I may look at, or none.

    `section` is an address in the version that the claim shows, else in the one in force; "" where the guideline does
    not cover it. `wanted` names the question: the same words sent again by the same person are the same one. The claim
    stays as it is. Locks the project.

    Raises:
        Forbidden: no person with a role in the project, or by token.
        NotFound: the claim is not theirs, or the item does not exist for them.
        BadQuestion: nothing is asked, too much, or there is no such section.
        TooManyQuestions: so many of theirs wait already.
    """
    by, person = asking(by=by, project=project, at=at)
    locked = lock_project(project.pk)
    said = _said(text)
    known, free = _named(wanted, said, locked, person)
    if known is not None:
        return known
    version, shown = _place(locked, claim, item, by, at)
    _in_version(version, section)
    if Question.objects.filter(project=locked, person=person, end__isnull=True).count() >= MOST_OPEN:
        raise TooManyQuestions
    number = Question.objects.filter(project=locked).count() + 1
    made = Question(
        uuid=free, project=locked, number=number, person_id=person, guideline=version,
        section=section, item=shown, asked_at=at, **content({"text": said}).columns(),
    )  # fmt: skip
    told = _told(made) | {
        "guideline": version.digest if version else None,
        "section": section,
        "item": str(shown.uuid) if shown else None,
        "content": made.commitment.hex(),
    }
    made.event_id = record_on_project(locked, "reviews.question_asked", by=by, at=at, sections={"question": told})
    made.save(force_insert=True)
    return made


@transaction.atomic
def answer_question(
    *, question: Question, text: str, covered_by: int | None = None, by: Actor, at: dt.datetime
) -> QuestionEnd:
    """Answer a question as an editor of the guideline, for good; `covered_by` numbers a version that covers it now.

    Locks the project.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        QuestionOver: it has its end.
        BadQuestion: nothing is answered, too much, or there is no such version.
    """
    ender = editing(by=by, project=question.project, at=at)
    if covered_by is None:
        return _end(question, QuestionHow.ANSWERED, _said(text), None, ender, at)
    version = GuidelineVersion.objects.filter(project=question.project, number=covered_by).first()
    if version is None or not hasattr(version, "term") or version.term.began_at is None:
        raise BadQuestion(fields=[("version", _("Choose a version that is or has been in force."))])
    return _end(question, QuestionHow.COVERED, _said(text, empty=True), version, ender, at)


@transaction.atomic
def take_question_back(*, question: Question, by: Actor, at: dt.datetime) -> QuestionEnd:
    """Take a question of mine back. Locks the project.

    Raises:
        Forbidden: somebody else asked it, or by token, or without a role in the project.
        QuestionOver: it has its end.
    """
    ender = asking(by=by, project=question.project, at=at)
    if ender[1] != question.person_id:
        raise Forbidden(_("Only whoever asked takes a question back."))
    return _end(question, QuestionHow.WITHDRAWN, "", None, ender, at)


def _end(
    question: Question,
    how: QuestionHow,
    text: str,
    version: GuidelineVersion | None,
    ender: tuple[Actor, int],
    at: dt.datetime,
) -> QuestionEnd:
    by, person = ender
    locked = lock_project(question.project_id)
    if QuestionEnd.objects.filter(question=question.pk).exists():
        raise QuestionOver
    made = QuestionEnd(
        question=question, how=how, person_id=person, version=version, ended_at=at,
        **content({"text": text}).columns(),
    )  # fmt: skip
    told = _told(question) | {"how": how.value, "content": made.commitment.hex()}
    if version is not None:
        told["version"] = version.digest
    made.event_id = record_on_project(locked, "reviews.question_ended", by=by, at=at, sections={"question": told})
    made.save(force_insert=True)
    return made


def _named(wanted: uuid.UUID | None, said: str, project: Project, person: int) -> tuple[Question | None, uuid.UUID]:
    """Give the question that these words are already, and the name that they get where they are none.

    Whoever got no answer may have sent other words under the same name since: those are another question, with a name
    of its own that the same words find again.
    """
    names = [wanted, uuid.uuid5(wanted, f"{project.pk} {person} {said}")] if wanted else []
    for name in names:
        row = Question.objects.filter(uuid=name).first()
        if row is None:
            return None, name
        mine = (row.project_id, row.person_id) == (project.pk, person)
        if mine and (row.body is None or read_content(row.body)["text"] == said):
            return row, name
    return None, uuid.uuid4()


def _told(question: Question) -> dict[str, Any]:
    return {"question": str(question.uuid), "number": question.number}


def _said(text: str, *, empty: bool = False) -> str:
    """Give what was typed with the line ends of a text."""
    said = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if not said and not empty:
        raise BadQuestion(fields=[("text", _("Write something first."))])
    if len(said) > LONGEST:
        raise BadQuestion(fields=[("text", _("Write at most %(n)s characters.") % {"n": f"{LONGEST:,}"})])
    return said


def _place(
    project: Project, claim: uuid.UUID | None, item: uuid.UUID | None, by: Actor, at: dt.datetime
) -> tuple[GuidelineVersion | None, Item | None]:
    """Give the version that was read, and the item that it was asked beside."""
    if claim is not None:
        rows = Claim.objects.select_related("presentation__guideline", "task__item")
        found = rows.filter(token=claim, person=by.person_id, task__item__project=project).first()
        if found is None:
            raise NotFound
        return found.presentation.guideline, found.task.item
    shown = item_for(project.slug, item, by=by, at=at)[0] if item is not None else None
    return guideline_in_force(project), shown


def _in_version(version: GuidelineVersion | None, section: str) -> None:
    known = {one.id for one in guideline_of(bytes(version.body)).sections} if version and section else set()
    if section and section not in known:
        raise BadQuestion(fields=[("section", _("Choose a section of this version."))])
