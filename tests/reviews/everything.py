"""Towns beside another one, in which what is rare has happened: signed, appealed, returned, climbed, called, guided."""

import dataclasses
import json

from accounts.models import Person
from accounts.reads import console
from guidelines.actions import remind_of_guideline
from reviews.actions import (
    Wish,
    acknowledge,
    add_endpoint,
    answer_question,
    ask_rereview,
    confirm_rereview,
    countersign,
    give_consent,
    receive_appeal,
    receive_prediction,
    release,
    rereview,
    return_for_rework,
)
from reviews.models import Decision, Item, Task
from reviews.wire import read_appeal, read_prediction
from tests.guidelines.carding import ASKING, card_read, carded
from tests.guidelines.writing import QUIZZED, answered, editor, published
from tests.reviews.asking import asked, exemplified
from tests.reviews.overriding import decided, high, one_more, proof_of, put, town_with
from tests.town import RIGHTS, Town, build


def contested(slug: str) -> Town:
    """An override signed by two people, an appeal that waits, and what another model says of both items."""
    town = town_with(slug=slug)
    first, second = town.adjudicators[:2]
    made = put(town, high(town), first, signed=True)
    countersign(override=made.uuid, digest=made.digest, proof=proof_of(second, town), by=second, at=town.now)
    sent = read_appeal(json.dumps({"grounds": "It is none"}).encode())
    receive_appeal(item=decided(town, town.people[0]), sent=sent, by=one_more(town, "operations"), at=town.now)
    said = {"model": {"name": "m", "version": "2"}, "purpose": "shadow", "prediction": {"labels": ["fox"]}}
    for item in Item.objects.filter(project=town.project):
        receive_prediction(item=item, sent=read_prediction(json.dumps(said).encode()), by=console(), at=town.now)
    return town


def returned(slug: str) -> Town:
    """A decision returned to its author by whoever settles, and a case at a higher level that somebody has in hand."""
    two = {"arm": "review", "queue": "general", "decisions": 2}
    rule = {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3}
    town = build(slug=slug, rights=RIGHTS | {"routing": [], "otherwise": two, "disagreement": rule})
    town.send(0.5)
    for who, label in zip(town.people[:2], ("dog", "fox"), strict=True):
        town.decide(who, town.take(who), "correct", label)
    held = town.take(town.adjudicators[0])
    last = Decision.objects.latest("pk")
    return_for_rework(token=held.token, decision=last.uuid, note="Look again", by=town.adjudicators[0], at=town.now)
    town.send(0.5)
    town.decide(town.people[2], town.take(town.people[2]), "escalate", rationale="Unsure")
    task = Task.objects.filter(kind="escalation", item__project=town.project).get()
    acknowledge(project=town.project, task=task.uuid, by=town.people[0], at=town.now)
    return town


def called_back(slug: str) -> Town:
    """An item whose program is called back."""
    town = build(slug=slug)
    events, url = ["outcome.released"], "https://programs.invalid/"
    add_endpoint(project=town.project, name="main", url=url, events=events, by=console(), at=town.now)
    town.send(0.5, callback="main")
    return town


def guided(slug: str) -> Town:
    """A guideline that somebody was reminded of and acknowledged by its quiz, a card, an outcome up for re-review."""
    town = build(slug=slug, rights=RIGHTS | {"otherwise": {"arm": "accept"}})
    reader = dataclasses.replace(town.people[0], via="browser")
    runs = editor(town, "opal", role="operations")
    town.send(0.99)
    version = published(town, editor(town), QUIZZED)
    person = Person.objects.get(pk=reader.person_id)
    remind_of_guideline(project=town.project, reader=str(person.uuid), by=runs, at=town.now)
    answered(town, reader, version)
    card_read(town, reader, carded(town, editor(town, "carl"), ASKING))
    release(at=town.now)
    run = ask_rereview(project=town.project, labels=["cat"], by=runs, at=town.now)
    rereview(rereview_id=run.pk, now=lambda: town.now)
    run.refresh_from_db()
    confirm_rereview(run=run, queue=town.queue(), share="1", reason="Look again.", by=runs, at=town.now)
    rereview(rereview_id=run.pk, now=lambda: town.now)
    questioned(town)
    return town


def questioned(town: Town) -> None:
    """Two questions, one of them answered, and an item that became an example by consent."""
    edna, cora = editor(town, "ella"), editor(town, "cora", "compliance")
    first = asked(town)
    asked(town, text="And of a fox?")
    answer_question(question=first, text="It is none.", by=edna, at=town.now)
    wish = Wish(shows="text", verdict="borderline", caption="Who can tell?")
    consent = exemplified(town, edna, wish=wish).consent
    give_consent(consent=consent, by=cora, at=town.now)
    exemplified(town, edna, wish=wish)
