"""The pages on which a guideline is acknowledged, and on which operations see who has."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person, User
from accounts.reads import Actor
from guidelines.models import GuidelineAcknowledgement, GuidelineReminder, QuizAttempt
from tests.guidelines.writing import QUIZZED, READ, answered, copied, editor, published
from tests.invariants import breaches
from tests.journeys.test_acknowledging import with_files
from tests.reviews.test_gate import acknowledge, browsing
from tests.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    found = build()
    found.send(0.5)
    return found


@pytest.fixture
def edna(town) -> Actor:
    return editor(town)


def signed_in(who: Actor) -> Client:
    client = Client()
    user = User.objects.get(person_id=who.person_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, town: Town, *more: Any) -> str:
    return reverse(name, args=[town.project.slug, *more])


def test_a_version_without_a_quiz_is_acknowledged_by_one_button(town, edna):
    client = signed_in(town.people[0])
    published(town, edna, READ)
    page = client.get(at("guideline-acknowledgement", town))
    assert b"I have read it" in page.content and b"begin the quiz" not in page.content
    assert 'name="version" value="1"' in page.content.decode()
    answer = client.post(at("guideline-acknowledgement", town), {"version": 1})
    assert answer.status_code == 302 and answer["Location"] == at("guideline-acknowledgement", town)
    assert b"You have acknowledged it." in client.get(answer["Location"]).content
    assert GuidelineAcknowledgement.objects.count() == 1 and breaches() == []


def test_nobody_signs_a_version_that_their_page_did_not_show(town, edna):
    client = signed_in(town.people[0])
    shown = published(town, edna, READ)
    other = copied(READ)
    other["sections"][1]["text"] = "Five legs."
    newer = published(town, edna, other)
    for sent in ({"version": shown.number}, {}, {"version": "x"}):
        answer = client.post(at("guideline-acknowledgement", town), sent)
        page = answer.content.decode()
        assert answer.status_code == 409 and "Another version came in force since you opened the page." in page
        assert f'name="version" value="{newer.number}"' in page and "I have read it" in page
    assert not GuidelineAcknowledgement.objects.exists()
    assert client.post(at("guideline-acknowledgement", town), {"version": newer.number}).status_code == 302
    assert GuidelineAcknowledgement.objects.get().version == newer


def test_a_page_of_an_older_version_begins_and_answers_no_quiz_of_a_newer_one(town, edna):
    client = signed_in(town.people[0])
    shown = published(town, edna, QUIZZED)
    client.post(at("guideline-acknowledgement", town), {"version": shown.number})
    page = client.get(at("quiz", town)).content.decode()
    assert f'name="version" value="{shown.number}"' in page
    other = copied(QUIZZED)
    other["sections"][1]["text"] = "Five legs."
    newer = published(town, edna, other)
    assert client.post(at("guideline-acknowledgement", town), {"version": shown.number}).status_code == 409
    assert not QuizAttempt.objects.filter(version=newer).exists()
    client.post(at("guideline-acknowledgement", town), {"version": newer.number})
    stale = client.post(at("quiz", town), {"version": shown.number, "attempt": 1, "place": 0, "answer": "correct"})
    assert stale.status_code == 409 and "Nothing was acknowledged" in stale.content.decode()
    assert [one.given for one in QuizAttempt.objects.all()] == [[], []]


def test_the_workbench_says_what_is_due_and_where_else_there_is_work(town, edna):
    client = signed_in(town.people[0])
    published(town, edna, READ)
    page = client.get(at("work", town, "general"))
    assert page.status_code == 200 and b"Something is to be read and acknowledged first." in page.content
    assert at("guideline-acknowledgement", town).encode() in page.content
    assert client.post(at("claims", town, "general")).status_code == 204
    home = client.get("/").content.decode()
    assert (
        "Read what is in force in Cats, and acknowledge it" in home
        and "to get work" in home
        and "Next for you" not in home
    )


def test_a_question_shows_the_example_and_neither_its_verdict_nor_its_caption(town, edna):
    client = signed_in(town.people[0])
    version = published(town, edna, QUIZZED)
    begun = client.post(at("guideline-acknowledgement", town), {"version": version.number})
    assert begun["Location"] == at("quiz", town)
    attempt = QuizAttempt.objects.get()
    first = next(one for one in json.loads(bytes(version.body))["examples"] if one["id"] == attempt.questions[0])
    page = client.get(at("quiz", town)).content.decode()
    assert first["text"] in page and first["caption"] not in page and "Question 1 of 3" in page
    sent = {"version": version.number, "attempt": 1, "place": 0, "answer": first["verdict"]}
    assert client.post(at("quiz", town), sent).status_code == 302
    assert client.post(at("quiz", town), sent).status_code == 302  # the page sent twice
    assert "Question 2 of 3" in client.get(at("quiz", town)).content.decode()
    assert client.post(at("quiz", town), sent | {"place": 1, "answer": "perhaps"}).status_code == 422
    assert client.post(at("quiz", town), {}).status_code == 404


def test_what_was_answered_otherwise_is_explained_and_nothing_else(town, edna):
    client = signed_in(town.people[0])
    version = published(town, edna, QUIZZED)
    attempt = answered(town, browsing(town.people[0]), version, right=1)
    page = client.get(at("quiz", town)).content.decode()
    captions = {one["id"]: one["caption"] for one in json.loads(bytes(version.body))["examples"]}
    assert [captions[one] in page for one in attempt.questions] == [False, True, True]
    assert "1 of 3 right; 2 are asked for." in page and "Try other examples" in page


def test_a_file_is_served_only_where_the_version_asked_about_names_it(town, edna):
    client = signed_in(town.people[0])
    made = with_files(town)
    shelf, purr = (one["asset"].removeprefix("sha256:") for one in made["examples"][:2])
    assert client.get(at("quiz-media", town, shelf, "screen")).status_code == 404
    published(town, edna, made)
    assert client.get(at("quiz-media", town, shelf, "screen"))["Content-Type"].startswith("image/")
    assert client.get(at("quiz-media", town, purr, "listen"))["Content-Type"].startswith("audio/")
    for file, recipe in ((shelf, "original"), (shelf, "listen"), ("0" * 64, "screen")):
        assert client.get(at("quiz-media", town, file, recipe)).status_code == 404
    assert (
        signed_in(build(people=1, slug="dogs").people[0]).get(at("quiz-media", town, shelf, "screen")).status_code
        == 404
    )
    later = copied(QUIZZED)
    published(town, edna, later)
    assert client.get(at("quiz-media", town, shelf, "screen")).status_code == 404


def test_the_page_takes_as_many_statements_with_many_changes_as_with_few(town, edna):
    client = signed_in(town.people[0])
    first = published(town, edna, READ)
    acknowledge(town, town.people[0], first)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(at("guideline-acknowledgement", town)).status_code == 200
        return len(seen)

    other = copied(READ)
    other["sections"][0]["text"] = "Said anew."
    published(town, edna, other)
    few = statements()
    other["sections"] += [
        {"id": f"new-{n}", "kind": "other", "title": f"Section {n}", "text": "Words."} for n in range(100)
    ]
    for _ in range(3):
        other["sections"][1]["text"] += " More."
        published(town, edna, other)
    assert statements() <= few <= 3 + 20


def test_operations_see_who_has_not_since_when_and_after_how_many_tries(town, edna):
    olga = editor(town, "olga", "operations")
    client = signed_in(olga)
    assert "No version in force asks" in client.get(at("readers", town)).content.decode()
    version = published(town, edna, QUIZZED)
    answered(town, browsing(town.people[1]), version, right=0)
    answered(town, browsing(town.people[1]), version)
    page = client.get(at("readers", town))
    rows = {one.name: one for one in page.context["rows"]}
    assert len(rows) == 5 and rows["reviewer 1"].attempts == 2 and rows["reviewer 1"].kept_since is None
    assert rows["reviewer 0"].kept_since == town.now and rows["reviewer 0"].acknowledged_at is None
    assert {one.name for one in client.get(at("readers", town), {"has": "not"}).context["rows"]} == {*rows} - {
        "reviewer 1"
    }
    assert client.get(at("operations", town)).context["readers"].done == 1


def test_whoever_is_reminded_is_told_on_their_first_page(town, edna):
    olga = editor(town, "olga", "operations")
    published(town, edna, READ)
    reader = Person.objects.get(pk=town.people[0].person_id)
    client = signed_in(olga)
    assert client.post(at("reminder", town, reader.uuid)).status_code == 302
    assert "is told so" in client.get(at("readers", town)).content.decode()
    assert client.post(at("reminder", town, reader.uuid)).status_code == 409
    assert "olga asked you" in signed_in(town.people[0]).get("/").content.decode()
    assert signed_in(town.people[0]).post(at("reminder", town, reader.uuid)).status_code == 404
    assert GuidelineReminder.objects.count() == 1 and breaches() == []
