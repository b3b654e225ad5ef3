"""Acknowledging a guideline: read, asked about where it has a quiz, and said for good."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.errors import NotFound
from accounts.models import Project
from accounts.reads import Actor
from guidelines.actions.hearing import tell_of_versions
from guidelines.content import Guideline, guideline_of
from guidelines.content.quizzing import ANSWERS, drawn, passes, right_answers
from guidelines.errors import AlreadyAcknowledged, BadAnswer, NothingToAcknowledge, QuizFirst, RemindedLately
from guidelines.models import GuidelineAcknowledgement, GuidelineReminder, GuidelineVersion, QuizAttempt
from guidelines.policies import keeping_to, reminding
from guidelines.reads import BETWEEN_REMINDERS, guideline_in_force, reader_of


@transaction.atomic
def acknowledge_guideline(*, project: Project, number: int, by: Actor, at: dt.datetime) -> GuidelineAcknowledgement:
    """Say for good that the version in force was read. Said again it answers the first time. Locks the project.

    Raises:
        Forbidden: no person with a role in the project, or by token.
        NothingToAcknowledge: version `number` is not the one that people are asked to acknowledge now.
        QuizFirst: it has a quiz, which is passed instead.
    """
    by, person = keeping_to(by=by, project=project, at=at)
    locked = lock_project(project.pk)
    version, guideline = _asked(locked, number)
    found = GuidelineAcknowledgement.objects.filter(version=version, person=person).first()
    if found is not None:
        return found
    if guideline.acknowledge and guideline.acknowledge.questions:
        raise QuizFirst
    return _acknowledged(locked, version, person, None, by, at)


@transaction.atomic
def begin_quiz(*, project: Project, number: int, by: Actor, at: dt.datetime) -> QuizAttempt:
    """Begin the next attempt at the quiz of the version in force; one that is not answered to its end goes on.

    Other examples are drawn each time, as far as there are others. Locks the project.

    Raises:
        Forbidden: no person with a role in the project, or by token.
        NothingToAcknowledge: version `number` is not the one that people are asked to acknowledge now, or has no quiz.
        AlreadyAcknowledged: the person has acknowledged it.
    """
    by, person = keeping_to(by=by, project=project, at=at)
    locked = lock_project(project.pk)
    version, guideline = _asked(locked, number)
    if guideline.acknowledge is None or not guideline.acknowledge.questions:
        raise NothingToAcknowledge(_("This version has no quiz: read it and acknowledge it."))
    if GuidelineAcknowledgement.objects.filter(version=version, person=person).exists():
        raise AlreadyAcknowledged
    before = list(QuizAttempt.objects.filter(version=version, person=person).order_by("number"))
    if before and before[-1].answered_at is None:
        return before[-1]
    earlier = [one.questions for one in before]
    questions = drawn(guideline, digest=version.digest, person=by.pseudonym, earlier=earlier)
    count = len(before) + 1
    told = {**_told(version), "attempt": count, "questions": questions}
    event = record_on_project(locked, "guidelines.quiz_begun", by=by, at=at, sections={"quiz": told})
    return QuizAttempt.objects.create(
        version=version, person_id=person, number=count, questions=questions, begun_at=at, begin_event_id=event
    )


@transaction.atomic
def answer_question(
    *, project: Project, number: int, attempt: int, place: int, answer: str, by: Actor, at: dt.datetime
) -> QuizAttempt:
    """Answer the question at a place, from 0, of my attempt at version `number`; with the last one it is judged.

    Passed, the version is acknowledged. A question that was answered already keeps its answer. Locks the project.

    Raises:
        Forbidden: no person with a role in the project, or by token.
        NotFound: there is no such attempt of this person.
        NothingToAcknowledge: another version is in force by now.
        BadAnswer: it is neither correct nor incorrect, or the question does not come next.
    """
    by, person = keeping_to(by=by, project=project, at=at)
    locked = lock_project(project.pk)
    found = (
        QuizAttempt.objects.select_for_update(no_key=True, of=("self",))
        .select_related("version__taxonomy")
        .filter(version__in=_standing(locked), version__number=number, person=person, number=attempt)
        .first()
    )
    if found is None:
        raise _gone(locked, person, number, attempt)
    if found.answered_at is not None or place < len(found.given):
        return found
    if answer not in ANSWERS or place != len(found.given):
        raise BadAnswer
    found.given = [*found.given, answer]
    if len(found.given) < len(found.questions):
        found.save(update_fields=["given"])
        return found
    return _judged(locked, found, by, at)


@transaction.atomic
def remind_of_guideline(*, project: Project, reader: str, by: Actor, at: dt.datetime) -> GuidelineReminder:
    """Ask a person by a notice on their pages to acknowledge the version in force. Locks the project.

    `reader` is the person's uuid.

    Raises:
        Forbidden: the actor does not run the project.
        NotFound: nobody of that kind has a role in the project.
        NothingToAcknowledge: no version in force asks for it.
        AlreadyAcknowledged: the person has.
        RemindedLately: somebody reminded them within the hour.
    """
    by, own = reminding(by=by, project=project, at=at)
    locked = lock_project(project.pk)
    version, _guideline = _asked(locked, None)
    person = reader_of(locked.pk, reader, at)
    if person is None:
        raise NotFound
    if GuidelineAcknowledgement.objects.filter(version=version, person=person).exists():
        raise AlreadyAcknowledged(_("They have acknowledged it already."))
    lately = GuidelineReminder.objects.filter(version=version, person=person, reminded_at__gt=at - BETWEEN_REMINDERS)
    if lately.exists():
        raise RemindedLately
    told = {**_told(version), "reader": person.pseudonym}
    event = record_on_project(locked, "guidelines.reminded", by=by, at=at, sections={"reminder": told})
    return GuidelineReminder.objects.create(
        version=version, person=person, reminded_by_id=own, reminded_at=at, event_id=event
    )


def _judged(project: Project, attempt: QuizAttempt, by: Actor, at: dt.datetime) -> QuizAttempt:
    """Count the right answers, keep all of it for good, and acknowledge the version where they are enough."""
    guideline = guideline_of(bytes(attempt.version.body))
    assert guideline.acknowledge is not None
    right = right_answers(guideline, attempt.questions, attempt.given)
    passed = passes(guideline.acknowledge, right)
    told = {**_told(attempt.version), "attempt": attempt.number, "questions": attempt.questions}
    told |= {"answers": attempt.given, "right": right, "passed": passed}
    event = record_on_project(project, "guidelines.quiz_answered", by=by, at=at, sections={"quiz": told})
    attempt.answers, attempt.right, attempt.passed = attempt.given, right, passed
    attempt.answered_at, attempt.answer_event_id = at, event
    attempt.save(update_fields=["given", "answers", "right", "passed", "answered_at", "answer_event"])
    if passed:
        _acknowledged(project, attempt.version, attempt.person_id, attempt, by, at)
    return attempt


def _acknowledged(
    project: Project, version: GuidelineVersion, person: int, attempt: QuizAttempt | None, by: Actor, at: dt.datetime
) -> GuidelineAcknowledgement:
    told = {**_told(version), **({"attempt": attempt.number} if attempt else {})}
    event = record_on_project(project, "guidelines.acknowledged", by=by, at=at, sections={"guideline": told})
    made = GuidelineAcknowledgement.objects.create(
        version=version, person_id=person, attempt=attempt, acknowledged_at=at, event_id=event
    )
    tell_of_versions(project.pk)
    return made


def _asked(project: Project, number: int | None) -> tuple[GuidelineVersion, Guideline]:
    """Give the version that people are asked to acknowledge now."""
    version = guideline_in_force(project)
    if version is None or not version.to_acknowledge or number not in (None, version.number):
        raise NothingToAcknowledge
    return version, guideline_of(bytes(version.body))


def _standing(project: Project) -> list[int]:
    version = guideline_in_force(project)
    return [version.pk] if version is not None and version.to_acknowledge else []


def _gone(project: Project, person: int, version: int, attempt: int) -> Exception:
    mine = QuizAttempt.objects.filter(version__project=project, version__number=version, person=person, number=attempt)
    return NothingToAcknowledge() if mine.exists() else NotFound()


def _told(version: GuidelineVersion) -> dict[str, Any]:
    return {"number": version.number, "digest": version.digest}
