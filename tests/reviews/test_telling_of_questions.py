"""Editors are told by e-mail of questions that wait, and whoever asked of the answer; by number, never by words."""
# broken once: `_of_question` asking for no end mails an editor of what was taken back meanwhile

from typing import Any

import pytest

from reviews.actions import answer_question, take_question_back
from reviews.models import Notice, NoticeWalk, Question
from tests.guidelines.writing import published
from tests.invariants import breaches
from tests.reviews.asking import asked
from tests.reviews.telling import choose, mailing, person, town_on_monday, turn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mails(db: None, tmp_path: Any):
    with mailing(tmp_path):
        yield
        assert [one for one in breaches() if "notice" in one] == []


@pytest.fixture
def town():
    town = town_on_monday()
    town.edna = person(town, "guideline_editor", told="at_once", minutes=30)
    published(town, town.edna)
    return town


def test_an_editor_is_told_of_a_question_and_who_asked_of_its_answer(town):
    rita = person(town, "reviewer", told="at_once", minutes=30)
    made = asked(town, rita, text="A very private matter?", section="toys")
    (sent,) = turn(town)
    assert sent.to == ["guideline_editor@told.invalid"]
    assert "Question 1 on the guideline waits for an answer" in sent.body and "private" not in sent.body
    assert f"https://hitl.example/projects/cats/questions/{made.uuid}/" in sent.body
    answer_question(question=made, text="Also private.", by=town.edna, at=town.now)
    town.wait(minutes=31)
    (sent,) = turn(town)
    assert sent.to == ["reviewer@told.invalid"]
    assert "Your question 1 on the guideline was answered" in sent.body and "rivate" not in sent.body
    NoticeWalk.objects.update(log_index=0)
    town.wait(hours=1)
    assert turn(town) == [] and Notice.objects.count() == 2


def test_what_was_settled_before_the_email_is_told_to_nobody(town):
    rita = person(town, "reviewer", told="digest", minutes=30)
    first, second = asked(town, rita), asked(town, rita)
    town.wait(seconds=20)
    take_question_back(question=first, by=rita, at=town.now)
    answer_question(question=second, text="So.", by=town.edna, at=town.now)
    assert turn(town) == []
    assert [one.why for one in Notice.objects.all()] == ["answered"]


def test_what_is_taken_back_while_the_email_waits_is_left_out(town):
    choose(town.edna, told="digest")
    rita = person(town, "reviewer")
    made = asked(town, rita)
    assert turn(town) == [] and Notice.objects.get().state == "waiting"
    take_question_back(question=made, by=rita, at=town.now)
    town.wait(hours=1)
    assert turn(town) == [] and Notice.objects.get().state == "dropped"


def test_who_is_told_on_the_page_alone_and_who_asks_themselves_get_no_email(town):
    person(town, "reviewer", told="page", minutes=30)
    answer_question(question=asked(town, town.edna), text="So.", by=town.edna, at=town.now)
    asked(town, town.edna)
    assert turn(town) == [] and not Notice.objects.exists()


def test_many_questions_are_one_email_that_counts_them(town):
    for number in range(15):
        asked(town, text=f"Number {number}?")
    for number in range(15):
        asked(town, town.people[1], text=f"Number {number}?")
    (sent,) = turn(town)
    assert "10 more questions wait for an answer" in sent.body
    assert "https://hitl.example/projects/cats/questions/" in sent.body
    assert Question.objects.count() == 30
