"""A version in force acknowledged, by reading or by a quiz; what is refused; rows that never change."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Forbidden, NotFound
from accounts.reads import Actor, console
from audit.errors import Refusal
from audit.models import Event, Payload
from guidelines.actions import (
    acknowledge_guideline,
    answer_question,
    begin_quiz,
    end_guideline,
    remind_of_guideline,
)
from guidelines.content import shaped_guideline
from guidelines.content.quizzing import drawn
from guidelines.errors import AlreadyAcknowledged, BadAnswer, NothingToAcknowledge, QuizFirst, RemindedLately
from guidelines.models import GuidelineAcknowledgement, GuidelineReminder, QuizAttempt
from guidelines.reads import questions_of, to_be_read
from hitl.errors import STATUS
from tests.guidelines.writing import GUIDELINE, QUIZZED, READ, answered, copied, editor, published
from tests.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build(people=2, adjudicators=0)


@pytest.fixture
def edna(town) -> Actor:
    return editor(town)


def person(town: Town, place: int = 0) -> Actor:
    return dataclasses.replace(town.people[place], via="browser")


def told(kind: str) -> list[dict[str, Any]]:
    found = Payload.objects.filter(event__in=Event.objects.filter(type=kind)).order_by("event_id")
    return [json.loads(bytes(row.body)) for row in found]


def acknowledging(town: Town, number: int, who: Actor | None = None) -> GuidelineAcknowledgement:
    return acknowledge_guideline(project=town.project, number=number, by=who or person(town), at=town.now)


def test_a_version_is_acknowledged_once_and_for_good_with_its_event(town, edna):
    version = published(town, edna, READ)
    assert version.to_acknowledge
    first = acknowledging(town, version.number)
    town.wait(hours=1)
    assert acknowledging(town, version.number) == first and first.acknowledged_at == town.now - dt.timedelta(hours=1)
    assert told("guidelines.acknowledged") == [{"number": version.number, "digest": version.digest}]
    event = Event.objects.get(type="guidelines.acknowledged")
    assert event.actor == person(town).pseudonym and event.stream == f"project/{town.project.uuid}"


def test_a_version_that_asks_nobody_is_not_acknowledged(town, edna):
    version = published(town, edna, GUIDELINE)
    assert not version.to_acknowledge and to_be_read(town.project, town.people[0].person_id or 0) is None
    with pytest.raises(NothingToAcknowledge):
        acknowledging(town, version.number)


def test_only_the_version_in_force_is_acknowledged(town, edna):
    first = published(town, edna, READ)
    second = published(town, edna, READ | {"sections": GUIDELINE["sections"][:2], "examples": []})
    with pytest.raises(NothingToAcknowledge):
        acknowledging(town, first.number)
    assert acknowledging(town, second.number).version == second
    end_guideline(project=town.project, number=second.number, reason="Wrong.", by=edna, at=town.now)
    with pytest.raises(NothingToAcknowledge):
        acknowledging(town, second.number)


def test_a_version_with_a_quiz_is_acknowledged_by_passing_it_alone(town, edna):
    version = published(town, edna, QUIZZED)
    with pytest.raises(QuizFirst):
        acknowledging(town, version.number)
    attempt = answered(town, person(town), version, right=2)
    assert attempt.passed and attempt.right == 2
    assert GuidelineAcknowledgement.objects.get().attempt == attempt
    assert told("guidelines.quiz_answered")[0]["answers"] == attempt.answers
    assert told("guidelines.acknowledged")[0]["attempt"] == 1
    with pytest.raises(AlreadyAcknowledged):
        begin_quiz(project=town.project, number=version.number, by=person(town), at=town.now)


def test_a_failed_attempt_acknowledges_nothing_and_is_repeated_at_once_with_other_examples(town, edna):
    version = published(town, edna, QUIZZED)
    failed = answered(town, person(town), version, right=1)
    assert not failed.passed and not GuidelineAcknowledgement.objects.exists()
    again = begin_quiz(project=town.project, number=version.number, by=person(town), at=town.now)
    assert again.number == 2 and not set(again.questions) & set(failed.questions)
    assert "odd" not in {*failed.questions, *again.questions}  # nobody can be right about a borderline one
    assert answered(town, person(town), version).passed
    found = to_be_read(town.project, town.people[0].person_id or 0)
    assert found and [one.passed for one in found.attempts] == [False, True]


def test_what_is_drawn_can_be_drawn_again_and_differs_by_person_and_attempt():
    guideline = shaped_guideline(QUIZZED | {"language": "en", "taxonomy": "00"})
    first = drawn(guideline, digest="d", person="p_1", earlier=[])
    assert drawn(guideline, digest="d", person="p_1", earlier=[]) == first
    others = {tuple(drawn(guideline, digest="d", person=f"p_{n}", earlier=[])) for n in range(8)}
    assert len(others) > 4
    many, asked = [], {}
    for _n in range(8):
        many.append(drawn(guideline, digest="d", person="p_1", earlier=many))
        for one in many[-1]:
            asked[one] = asked.get(one, 0) + 1
    assert set(asked.values()) == {3}  # 8 x 3 questions over 8 examples: none is asked more often than another


def test_an_attempt_goes_on_where_it_was_left(town, edna):
    version = published(town, edna, QUIZZED)
    asked = {"project": town.project, "by": person(town), "at": town.now}
    first = begin_quiz(number=version.number, **asked)
    asked_of = asked | {"number": version.number, "attempt": 1}
    answer_question(place=0, answer="correct", **asked_of)
    again = begin_quiz(number=version.number, **asked)
    assert again.pk == first.pk and again.given == ["correct"]
    kept = answer_question(place=0, answer="incorrect", **asked_of)  # the page sent twice
    assert kept.given == ["correct"]
    assert [one.answer for one in questions_of(version, kept)] == ["correct", "", ""]
    for place, answer in ((1, "perhaps"), (2, "correct"), (-1, "")):
        if place >= 0:
            with pytest.raises(BadAnswer):
                answer_question(place=place, answer=answer, **asked_of)
    assert QuizAttempt.objects.get().given == ["correct"]


def test_an_attempt_at_an_older_version_is_over(town, edna):
    version = published(town, edna, QUIZZED)
    asked = {"project": town.project, "by": person(town), "at": town.now}
    begin_quiz(number=version.number, **asked)
    other = copied(QUIZZED)
    other["sections"][0]["text"] = "Said anew."
    newer = published(town, edna, other)
    with pytest.raises(NothingToAcknowledge):
        answer_question(number=version.number, attempt=1, place=0, answer="correct", **asked)
    with pytest.raises(NotFound):
        answer_question(number=version.number, attempt=7, place=0, answer="correct", **asked)
    assert begin_quiz(number=newer.number, **asked).number == 1
    with pytest.raises(NothingToAcknowledge):  # my first attempt at each: a page of the older one answers neither
        answer_question(number=version.number, attempt=1, place=0, answer="correct", **asked)
    assert not any(one.given for one in QuizAttempt.objects.all())
    found = to_be_read(town.project, town.people[0].person_id or 0)
    assert found and found.before is None and found.changes == []


def test_what_changed_is_told_since_the_version_that_was_acknowledged(town, edna):
    first = published(town, edna, READ)
    acknowledging(town, first.number)
    other = copied(READ)
    other["sections"][0]["text"] = "Say which animal is **meant**."
    published(town, edna, other, summary="Meant, not seen.")
    third = copied(other)
    third["sections"][2]["title"] = "Toys and dolls"
    published(town, edna, third, summary="Dolls too.")
    found = to_be_read(town.project, town.people[0].person_id or 0)
    assert found and found.before == first and found.acknowledged_at is None
    assert {(one.what, one.change, one.id) for one in found.changes} == {
        ("section", "changed", "start"),
        ("section", "changed", "toys"),
    }
    assert [one.summary for one in found.published] == ["Dolls too.", "Meant, not seen."]


@pytest.mark.parametrize("how", ["token", "console", "outsider"])
def test_whoever_has_no_role_here_or_comes_by_token_acknowledges_nothing(town, edna, how):
    version = published(town, edna, READ)
    other = build(people=1, adjudicators=0, slug="dogs")
    who = {
        "token": dataclasses.replace(person(town), token_id=7),
        "console": console(),
        "outsider": dataclasses.replace(other.people[0], via="browser"),
    }[how]
    with pytest.raises(Forbidden):
        acknowledging(town, version.number, who)
    assert not GuidelineAcknowledgement.objects.exists()


def test_operations_remind_somebody_once_an_hour_until_they_acknowledge(town, edna):
    version = published(town, edna, READ)
    olga = editor(town, "olga", "operations")
    mine = town.people[0].person_id or 0
    reader = str(GuidelineReminder._meta.get_field("person").related_model.objects.get(pk=mine).uuid)
    asked = {"project": town.project, "reader": reader, "by": olga}
    remind_of_guideline(at=town.now, **asked)
    found = to_be_read(town.project, mine)
    assert found and found.reminder and found.reminder.reminded_by_id == olga.person_id
    with pytest.raises(RemindedLately):
        remind_of_guideline(at=town.now, **asked)
    town.wait(hours=1)
    remind_of_guideline(at=town.now, **asked)
    acknowledging(town, version.number)
    town.wait(hours=1)
    with pytest.raises(AlreadyAcknowledged):
        remind_of_guideline(at=town.now, **asked)
    for change in ({"by": edna}, {"by": person(town)}, {"reader": "nobody"}):
        with pytest.raises((Forbidden, NotFound)):
            remind_of_guideline(at=town.now, **asked | change)
    assert GuidelineReminder.objects.count() == 2 == len(told("guidelines.reminded"))


FROZEN = {
    "guidelines_guidelineacknowledgement": ["acknowledged_at = NULL", "person_id = person_id + 1"],
    "guidelines_quizattempt": ["passed = NOT passed", '"right" = "right" + 1', "questions = '[]'", "answers = '[]'"],
    "guidelines_guidelinereminder": ["reminded_by_id = reminded_by_id + 1"],
}


@pytest.mark.parametrize(("table", "change"), [(table, one) for table, all_ in FROZEN.items() for one in all_])
def test_what_was_acknowledged_and_answered_resists_raw_sql(town, edna, table, change):
    version = published(town, edna, QUIZZED)
    olga = editor(town, "olga", "operations")
    mine = GuidelineReminder._meta.get_field("person").related_model.objects.get(pk=town.people[0].person_id)
    remind_of_guideline(project=town.project, reader=str(mine.uuid), by=olga, at=town.now)
    answered(town, person(town), version)
    for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_was_acknowledged_and_answered_resists_the_orm(town, edna):
    version = published(town, edna, QUIZZED)
    attempt = answered(town, person(town), version)
    found = GuidelineAcknowledgement.objects.get()
    attempt.right, found.acknowledged_at = 0, town.now + dt.timedelta(days=1)
    for row in (attempt, found):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()


def test_the_database_holds_one_acknowledgement_a_version_and_one_unanswered_attempt(town, edna):
    version = published(town, edna, QUIZZED)
    begun = begin_quiz(project=town.project, number=version.number, by=person(town), at=town.now)
    event = Event.objects.order_by("-pk")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        QuizAttempt.objects.create(
            version=version, person_id=begun.person_id, number=2, questions=[], begun_at=town.now, begin_event=event
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        QuizAttempt.objects.filter(pk=begun.pk).update(passed=True, right=3)
    answered(town, person(town), version)
    with pytest.raises(IntegrityError), transaction.atomic():
        GuidelineAcknowledgement.objects.create(
            version=version, person_id=begun.person_id, acknowledged_at=town.now, event=event
        )


def test_each_refusal_has_its_answer_over_http():
    refusals: list[type[Refusal]] = [AlreadyAcknowledged, BadAnswer, NothingToAcknowledge, QuizFirst, RemindedLately]
    assert {one.code: STATUS[one.code] for one in refusals} == {
        "already_acknowledged": 409,
        "bad_answer": 422,
        "nothing_to_acknowledge": 409,
        "quiz_first": 409,
        "reminded_lately": 409,
    }
