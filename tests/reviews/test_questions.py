"""Questions on a guideline: asked, answered, taken back, and what is refused; on both engines."""
# broken once: the look for one's own open questions left out of `ask_question` lets a twenty-first in

import dataclasses
import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.errors import Forbidden, NotFound
from audit.models import Event
from reviews.actions import answer_question, ask_question, take_question_back
from reviews.actions.questioning import MOST_OPEN
from reviews.actions.superseding import read_content
from reviews.errors import BadQuestion, QuestionOver, TooManyQuestions
from reviews.models import Claim, Question, QuestionEnd, Seat
from tests.audit.exports import exported, lines_of, verified
from tests.guidelines.writing import editor
from tests.invariants import breaches
from tests.reviews.asking import asked, asked_beside, asking_town, at_browser
from tests.town import build

pytestmark = pytest.mark.django_db


def test_a_question_beside_an_item_names_the_version_that_was_read_and_leaves_the_claim_alone():
    town, _edna = asking_town()
    ann = town.people[0]
    held = town.take(ann)
    before = Seat.objects.filter(person=ann.person_id).values("state", "lease_until", "slot").get()
    made = asked(town, ann, claim=held.token, section="toys", text="Is a\r\nshadow one?")
    claim = Claim.objects.get(token=held.token)
    assert (made.number, made.section, made.item_id) == (1, "toys", claim.task.item_id)
    assert made.guideline == claim.presentation.guideline and made.guideline.number == 1
    assert read_content(made.body)["text"] == "Is a\nshadow one?"
    assert Seat.objects.filter(person=ann.person_id).values("state", "lease_until", "slot").get() == before
    town.decide(ann, held)
    assert breaches() == []
    event = Event.objects.get(type="reviews.question_asked")
    assert event.stream == f"project/{town.project.uuid}" and event.pk == made.event_id


def test_a_question_sent_twice_is_one():
    town, _edna = asking_town()
    wanted = uuid4()
    first = asked(town, wanted=wanted)
    again = asked(town, wanted=wanted)
    assert (first.uuid, again.pk, Question.objects.count()) == (wanted, first.pk, 1)
    other = asked(town, town.people[1], wanted=wanted)
    assert other.uuid != wanted and other.person_id == town.people[1].person_id
    assert breaches() == []


def test_other_words_after_a_lost_answer_are_another_question_and_that_sent_twice_is_one_too():
    town, _edna = asking_town()
    wanted = uuid4()
    first = asked(town, wanted=wanted)
    other = asked(town, wanted=wanted, text="Of shadows at night?")
    assert read_content(other.body)["text"] == "Of shadows at night?" and other.number == first.number + 1
    assert asked(town, wanted=wanted, text="Of shadows at night?").pk == other.pk
    assert asked(town, wanted=wanted).pk == first.pk and Question.objects.count() == 2
    assert breaches() == []


def test_a_question_without_a_guideline_is_not_covered():
    town = build()
    made = asked(town)
    assert (made.guideline, made.section, made.item) == (None, "", None)
    with pytest.raises(BadQuestion):
        asked(town, section="toys")


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * 2001])
def test_what_is_no_question_is_refused(text):
    town, _edna = asking_town()
    with pytest.raises(BadQuestion):
        asked(town, text=text)
    assert not Question.objects.exists() and not Event.objects.filter(type="reviews.question_asked").exists()


def test_of_the_longest_question_every_character_is_kept():
    town, _edna = asking_town()
    said = "<script>alert(1)</script> ‮ \u2028 👩‍👩‍👧" + "é" * 1900
    assert read_content(asked(town, text=said).body)["text"] == said


def test_nobody_has_more_than_twenty_open_questions_in_a_project():
    town, edna = asking_town()
    rows = [asked(town, text=f"Number {number}?") for number in range(MOST_OPEN)]
    with pytest.raises(TooManyQuestions):
        asked(town)
    asked(town, town.people[1])
    answer_question(question=rows[3], text="So.", by=edna, at=town.now)
    assert asked(town).number == MOST_OPEN + 2
    assert breaches() == []


def test_strangers_tokens_and_other_peoples_claims_do_not_ask():
    town, _edna = asking_town()
    ann, bob = town.people[:2]
    held = town.take(ann)
    with pytest.raises(NotFound):
        asked(town, bob, claim=held.token)
    with pytest.raises(NotFound):
        asked(town, bob, item=Claim.objects.get(token=held.token).task.item.uuid)
    other, _ed = asking_town(slug="dogs")
    with pytest.raises(Forbidden):
        asked(town, other.people[0])
    with pytest.raises(NotFound):
        asked(other, other.people[0], claim=held.token)
    with pytest.raises(Forbidden):
        ask_question(project=town.project, text="?", by=dataclasses.replace(ann, token_id=1), at=town.now)
    assert not Question.objects.exists()


def test_an_editor_answers_for_good():
    town, edna = asking_town()
    made = asked_beside(town, town.people[0])
    end = answer_question(question=made, text="It is none.", by=edna, at=town.now)
    assert (end.how, read_content(end.body)["text"], end.version) == ("answered", "It is none.", None)
    for again in (
        lambda: answer_question(question=made, text="Or is it?", by=edna, at=town.now),
        lambda: take_question_back(question=made, by=at_browser(town.people[0]), at=town.now),
    ):
        with pytest.raises(QuestionOver):
            again()
    assert QuestionEnd.objects.count() == 1 and breaches() == []


def test_a_question_is_closed_with_the_version_that_covers_it():
    town, edna = asking_town()
    made = asked(town, section="toys")
    for number in (0, 7):
        with pytest.raises(BadQuestion):
            answer_question(question=made, text="", covered_by=number, by=edna, at=town.now)
    end = answer_question(question=made, text="", covered_by=1, by=edna, at=town.now)
    assert (end.how, end.version.number) == ("covered", 1)
    assert breaches() == []


def test_only_editors_answer_and_only_who_asked_takes_back():
    town, edna = asking_town()
    made = asked(town)
    for who in (
        town.people[0],
        town.adjudicators[0],
        editor(town, "opal", "operations"),
        editor(town, "c", "compliance"),
    ):
        with pytest.raises(Forbidden):
            answer_question(question=made, text="So.", by=at_browser(who), at=town.now)
    for who in (edna, town.people[1]):
        with pytest.raises(Forbidden):
            take_question_back(question=made, by=at_browser(who), at=town.now)
    with pytest.raises(BadQuestion):
        answer_question(question=made, text=" ", by=edna, at=town.now)
    assert take_question_back(question=made, by=at_browser(town.people[0]), at=town.now).how == "withdrawn"
    owner = editor(town, "owen", "owner")
    assert answer_question(question=asked(town), text="So.", by=owner, at=town.now).how == "answered"
    assert breaches() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reviews_question SET section = 'cats'",
        "DELETE FROM reviews_question",
        "UPDATE reviews_questionend SET how = 'withdrawn'",
        "DELETE FROM reviews_questionend",
    ],
)
def test_what_was_asked_and_answered_never_changes(change):
    town, edna = asking_town()
    answer_question(question=asked(town), text="So.", by=edna, at=town.now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_what_was_asked_and_answered_is_in_an_export_and_is_proven_there(tmp_path, settings):
    settings.LEDGER_KEYS, settings.LEDGER_WITNESS = tmp_path / "keys", tmp_path / "witness.ndjson"
    town, edna = asking_town()
    answer_question(question=asked(town, text="A shadow?"), text="It is none.", by=edna, at=town.now)
    exported(tmp_path / "bundle")
    assert verified(tmp_path / "bundle")["exit"] == 0
    told = [json.loads(line["body"]) for line in lines_of(tmp_path / "bundle", "contents.ndjson")]
    assert {"text": "A shadow?"} in told and {"text": "It is none."} in told
