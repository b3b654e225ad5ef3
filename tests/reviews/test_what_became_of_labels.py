"""What became of labels, version after version: only what came in force tells, and it is told for good."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.reads import Actor
from guidelines.actions import begin_due, end_guideline
from guidelines.reads import became_of, changes_of, guideline_in_force, reading_of, taxonomy_in_force
from reviews.models import Item
from reviews.reads.facts import taxonomy_in_force as labels_of
from reviews.reads.pane import pane
from reviews.reads.retired import retired_names
from tests.guidelines.writing import GUIDELINE, LABELS, SPLIT, TAXONOMY, copied, editor, published
from tests.town import Town, build

pytestmark = pytest.mark.django_db
FELINE: dict[str, Any] = TAXONOMY | {
    "labels": [{**LABELS[0], "code": "feline", "name": "Feline"}, *LABELS[1:], {**LABELS[0], "active": False}],
    "mapping": {"rows": [{"was": ["cat"], "now": ["feline"], "note": "Renamed."}]},
}


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def edna(town: Town) -> Actor:
    return editor(town)


def about(label: str) -> dict[str, Any]:
    """Give the guideline with another label in the place of the cat."""
    other = copied(GUIDELINE)
    for one in (other["sections"][1], *other["examples"]):
        one["label"] = label
    return other


def later(taxonomy: dict[str, Any], definition: str, **more: Any) -> dict[str, Any]:
    """Give a taxonomy with its first label meaning something else, which maps nothing anew."""
    other = copied(taxonomy) | more
    other.pop("mapping", None)
    other["labels"][0]["definition"] = definition
    return other


def in_force(town: Town) -> tuple[str, str]:
    guideline, taxonomy = guideline_in_force(town.project), taxonomy_in_force(town.project.pk)
    assert guideline is not None and taxonomy is not None
    return guideline.digest, taxonomy.digest


def said_now(town: Town) -> dict[str, list[str]]:
    reading = reading_of(town.project.pk, *in_force(town))
    return {one.chip.code: [chip.code for chip in one.now] for one in reading.became}


def test_what_was_called_off_tells_of_no_label(town: Town, edna: Actor) -> None:
    published(town, edna)
    before = in_force(town)
    waits = published(town, edna, about("kitten"), SPLIT, starts_at=town.now + dt.timedelta(days=3))
    end_guideline(project=town.project, number=waits.number, reason="No.", by=edna, at=town.now)
    published(town, edna, about("feline"), FELINE)
    assert said_now(town) == {"cat": ["feline"]}
    moves = changes_of(town.project.pk, before, in_force(town), "en").moves
    assert [([one.code for one in move.was], [one.code for one in move.now]) for move in moves] == [
        (["cat"], ["feline"])
    ]
    assert retired_names(labels_of(town.project)) == {"cat": "Cat (now Feline)"}


def test_what_was_called_off_and_published_once_more_tells_once_and_in_its_place(town: Town, edna: Actor) -> None:
    published(town, edna)
    waits = published(town, edna, about("kitten"), SPLIT, starts_at=town.now + dt.timedelta(days=3))
    end_guideline(project=town.project, number=waits.number, reason="No.", by=edna, at=town.now)
    published(town, edna, GUIDELINE, later(TAXONOMY, "Whatever purrs."))
    before = in_force(town)
    published(town, edna, about("kitten"), SPLIT)
    assert said_now(town) == {"cat": ["kitten", "grown"]}
    assert len(changes_of(town.project.pk, before, in_force(town), "en").moves) == 1


def test_what_waits_for_its_day_tells_from_then_on(town: Town, edna: Actor) -> None:
    published(town, edna, GUIDELINE, later(TAXONOMY, "Any cat."))
    before = in_force(town)
    published(town, edna, about("kitten"), SPLIT, starts_at=town.now + dt.timedelta(days=3))
    assert said_now(town) == {} and retired_names(labels_of(town.project)) == {}
    town.wait(days=4)
    assert begin_due(at=town.now) == 1
    assert said_now(town) == {"cat": ["kitten", "grown"]}
    assert [len(move.now) for move in changes_of(town.project.pk, before, in_force(town), "en").moves] == [2]


def test_a_retired_label_is_told_with_what_became_of_it_however_many_versions_later(town: Town, edna: Actor) -> None:
    published(town, edna, about("kitten"), SPLIT)
    town.send(0.5, "cat")
    published(town, edna, about("kitten"), later(SPLIT, "Less than one year old."))
    renamed = later(SPLIT, "Less than a year.", mapping={"rows": [{"was": ["kitten"], "now": ["young"]}]})
    renamed["labels"][0] |= {"code": "young", "name": "Young cat"}
    renamed["labels"].append({"code": "kitten", "name": "Kitten", "definition": "A young one.", "active": False})
    renamed["mapping"] = {"rows": [{"was": ["kitten"], "now": ["young"]}]}
    published(town, edna, about("young"), renamed)
    published(town, edna, about("young"), later(renamed, "Young."))
    told = {"cat": "Cat (now Young cat or Grown cat)", "kitten": "Kitten (now Young cat)"}
    assert retired_names(labels_of(town.project)) == told
    held = town.take(town.people[0])
    assert [word for _term, word, _colour in pane(held).proposal_words] == ["Cat (now Young cat or Grown cat)"]
    client = Client()
    client.force_login(User.objects.get(person_id=editor(town, "opal", role="operations").person_id))
    page = client.get(reverse("item", args=["cats", Item.objects.get().uuid])).content.decode()
    assert "Cat (now Young cat or Grown cat)" in page


def test_the_next_claim_reads_no_statement_more_once_that_was_read(town: Town, edna: Actor) -> None:
    published(town, edna, about("kitten"), SPLIT)
    published(town, edna, about("kitten"), later(SPLIT, "Not yet a year old."))
    became_of.cache_clear()
    asked = []
    for _ in range(3):
        town.send(0.5, "cat")
        with CaptureQueriesContext(connection) as seen:
            held = town.take(town.people[0])
        asked.append(sum("guidelines_taxonomyterm" in one["sql"] for one in seen))
        town.decide(town.people[0], held, "correct", "dog")
    assert asked == [1, 0, 0]
