"""Re-review finds the outcomes that a change of labels affects, those and no others."""

import random
from typing import Any

import pytest

from accounts.reads import Actor
from guidelines.models import TaxonomyVersion
from reviews.actions import drop_rereview, release
from reviews.models import Item, Rereview, RereviewPick
from reviews.reads import affected
from reviews.reads.rereviews import suspects
from tests.guidelines.writing import GUIDELINE, SPLIT, TAXONOMY, copied, editor, published
from tests.invariants import breaches
from tests.reviews.test_rereview import accepted, asked, confirmed, settled
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db


def split() -> dict[str, Any]:
    """Give a taxonomy in which part of the cats are kittens now and the fox means something else."""
    found = copied(SPLIT)
    found["labels"] = [found["labels"][0], *copied(TAXONOMY)["labels"]]
    found["labels"][0] |= {"key": "4"}
    found["labels"][3]["definition"] = "A red one."
    found["mapping"] = {"rows": [{"was": ["cat"], "now": ["cat", "kitten"]}]}
    return found


def restored() -> dict[str, Any]:
    """Give the next one: the fox means what it meant at first, and the dog something else."""
    found = split()
    found.pop("mapping")
    found["labels"][3]["definition"] = TAXONOMY["labels"][2]["definition"]
    found["labels"][2]["definition"] = "A dog, and no wolf."
    return found


STEPS = [TAXONOMY, split(), restored()]
STALE: dict[str, set[int]] = {"cat": {0}, "dog": {0, 1}, "fox": {1}}
"""By the place of the taxonomy that a label was given by: where it means something else in the last one."""


@pytest.fixture
def town() -> Town:
    return build(people=5, rights=RIGHTS | {"otherwise": {"arm": "accept"}, "release_after": "PT1S"})


@pytest.fixture
def opal(town: Town) -> Actor:
    return editor(town, "opal", role="operations")


class Past:
    """A past, and by which taxonomy each answer in it was given."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.chance, self.edna = town, random.Random(seed), editor(town)
        self.given: dict[str, tuple[str, int]] = {}
        self.held: list[tuple[Actor, Any, int]] = []

    def step(self, place: int) -> None:
        published(self.town, self.edna, GUIDELINE, copied(STEPS[place]))
        self.town.wait(minutes=1)
        for who, held, shown in self.held:
            self.say(who, held, shown)
        self.held = []
        for _ in range(6):
            label = self.chance.choice(["cat", "dog", "fox"])
            by_model = self.chance.random() < 0.4
            self.town.send(0.99 if by_model else 0.5, label)
            if by_model:
                self.given[f"item-{self.town.sent}"] = (label, place)
                continue
            who = self.chance.choice([one for one in self.town.people if one not in [held[0] for held in self.held]])
            held = self.town.take(who)
            if self.chance.random() < 0.4 and len(self.held) < 3:
                self.held.append((who, held, place))  # decides after the next change, by what is on screen
            else:
                self.say(who, held, place)
        self.town.wait(minutes=1)
        release(at=self.town.now)

    def say(self, who: Actor, held: Any, place: int) -> None:
        label = self.chance.choice(["cat", "dog", "fox"])
        same = held.proposal == {"labels": [label]}
        self.town.decide(who, held, "approve" if same else "correct", None if same else label)
        self.given[held.item.external_id] = (label, place)

    def affected(self, label: str) -> set[str]:
        return {name for name, (said, place) in self.given.items() if said == label and place in STALE[label]}


def put_up_of(run: Rereview) -> set[str]:
    return set(run.picks.values_list("item__external_id", flat=True))


@pytest.mark.parametrize("seed", range(4))
def test_exactly_what_was_given_by_a_taxonomy_in_which_the_label_meant_something_else(
    town: Town, opal: Actor, seed: int
) -> None:
    past = Past(town, seed)
    for place in range(len(STEPS)):
        past.step(place)
    for who, held, shown in past.held:
        past.say(who, held, shown)
    town.wait(minutes=1)
    release(at=town.now)
    for label in STALE:
        run = asked(town, opal, [label])
        assert run.affected == len(past.affected(label)), label
        if run.affected:
            assert put_up_of(confirmed(town, opal, run)) == past.affected(label), label
        else:
            drop_rereview(run=run, by=opal, at=town.now)
    answer_all(town, past.chance)
    assert asked(town, opal, list(STALE)).affected == 0
    assert breaches() == []


def answer_all(town: Town, chance: random.Random) -> None:
    """Let people answer what was put up, some as it was and some otherwise."""
    for who in town.people:
        while held := town.take(who):
            town.decide(who, held, None, chance.choice(["cat", "dog", "fox"]))
    assert not RereviewPick.objects.filter(task__state="open").exists()
    town.wait(minutes=1)
    release(at=town.now)


def test_what_people_said_again_since_is_not_put_up_again(town: Town, opal: Actor) -> None:
    edna = editor(town)
    published(town, edna)
    accepted(town, "cat", 3)
    town.wait(hours=1)
    published(town, edna, GUIDELINE, split())
    town.wait(hours=1)
    accepted(town, "cat", 2)
    town.send(0.5, "dog")
    settled(town, "correct", label="cat")
    run = confirmed(town, opal, asked(town, opal))
    assert (run.affected, put_up_of(run)) == (3, {"item-1", "item-2", "item-3"})
    for _ in range(3):
        town.decide(town.people[1], town.take(town.people[1]), None, "cat")
    assert asked(town, opal).affected == 0
    town.wait(hours=1)
    again = split()
    again["labels"][1]["definition"] = "A cat in the house."
    again.pop("mapping")
    published(town, edna, GUIDELINE, again)
    drop_rereview(run=Rereview.objects.latest("pk"), by=opal, at=town.now)
    assert asked(town, opal).affected == Item.objects.count() == 6


def test_one_that_is_escalated_and_confirmed_above_is_not_put_up_again(town: Town, opal: Actor) -> None:
    edna = editor(town)
    published(town, edna)
    accepted(town, "cat", 1)
    published(town, edna, GUIDELINE, split())
    town.wait(hours=1)
    confirmed(town, opal, asked(town, opal))
    first, above = town.people[:2]
    town.decide(first, town.take(first), "escalate", rationale="Hm")
    assert asked(town, opal).affected == 1
    drop_rereview(run=Rereview.objects.latest("pk"), by=opal, at=town.now)
    town.decide(above, town.take(above))
    assert asked(town, opal).affected == 0


def test_a_run_goes_by_the_taxonomy_it_was_asked_for(town: Town, opal: Actor) -> None:
    edna = editor(town)
    published(town, edna)
    accepted(town, "cat", 2)
    published(town, edna, GUIDELINE, split())
    town.wait(hours=1)
    accepted(town, "cat", 1)
    run = asked(town, opal)
    assert run.affected == 2
    later = split()
    later.pop("mapping")
    later["labels"][1]["definition"] = "A cat in the house."
    published(town, edna, GUIDELINE, later)
    run = confirmed(town, opal, run)
    assert (run.opened, put_up_of(run)) == (2, {"item-1", "item-2"})


def test_labels_are_named_with_when_they_changed_last_by_the_newest_taxonomies(
    town: Town, opal: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    edna = editor(town)
    for step in STEPS:
        town.wait(hours=1)
        published(town, edna, GUIDELINE, copied(step))
    began = list(TaxonomyVersion.objects.order_by("number").values_list("term__began_at", flat=True))
    found = {one.code: (one.kind, one.changed_at) for one in suspects(town.project.pk)}
    assert found == {
        "cat": ("split", began[2]),
        "dog": ("redefined", began[3]),
        "fox": ("redefined", began[3]),
    }
    monkeypatch.setattr(affected, "MOST", 2)
    newest = {one.code: one.kind for one in suspects(town.project.pk)}
    assert newest == {"dog": "redefined", "fox": "redefined"}
    town.wait(hours=1)
    accepted(town, "dog", 1)
    assert asked(town, opal, ["dog"]).affected == 0


def test_what_is_older_than_the_newest_taxonomies_counts_as_affected_where_the_label_changed(
    town: Town, opal: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    edna = editor(town)
    published(town, edna)
    town.wait(hours=1)
    town.send(0.5, "dog")
    settled(town, "correct", label="fox")
    accepted(town, "fox", 1)
    for step in STEPS[1:]:
        town.wait(hours=1)
        published(town, edna, GUIDELINE, copied(step))
    run = asked(town, opal, ["fox"])
    assert run.affected == 0  # the fox means again what it meant then
    drop_rereview(run=run, by=opal, at=town.now)
    monkeypatch.setattr(affected, "MOST", 2)
    assert asked(town, opal, ["fox"]).affected == 2
