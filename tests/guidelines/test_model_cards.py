"""Cards of model versions: written, in force one at a time, retired, acknowledged; what is refused; frozen rows."""

import dataclasses
import hashlib
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Forbidden, NotFound
from accounts.reads import Actor, console
from audit.errors import Refusal
from audit.models import Event, Payload
from guidelines.actions import (
    acknowledge_card,
    ask_for_second_editor,
    begin_card_draft,
    change_card_draft,
    discard_card_draft,
    publish_card_draft,
    retire_card,
)
from guidelines.content import card_differences, card_of
from guidelines.errors import (
    BadCard,
    CardDraftStale,
    CardNotInForce,
    NoCardDraft,
    NothingToAcknowledge,
    SecondEditorNeeded,
)
from guidelines.models import CardAcknowledgement, ModelCard, ModelCardDraft
from guidelines.reads import card_before, card_in_force, card_parts, cards_to_read
from hitl.errors import STATUS
from tests.guidelines.carding import ASKING, CARD, card_draft, card_read, carded, model_of
from tests.guidelines.writing import editor
from tests.invariants import breaches
from tests.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build(people=2, adjudicators=0)


@pytest.fixture
def edna(town) -> Actor:
    return editor(town)


def person(town: Town) -> Actor:
    return dataclasses.replace(town.people[0], via="browser")


def told(kind: str) -> list[dict[str, Any]]:
    found = Payload.objects.filter(event__in=Event.objects.filter(type=kind)).order_by("event_id")
    return [json.loads(bytes(row.body)) for row in found]


def refused(refusal: type[Refusal], call: Any, *places: str) -> None:
    """See a call refused, at these places, and that nothing came of it."""
    before = (Event.objects.count(), list(ModelCard.objects.values()), list(ModelCardDraft.objects.values()))
    with pytest.raises(refusal) as problem:
        call()
    assert [place for place, _ in problem.value.fields] == list(places)
    assert problem.value.sentence
    assert before == (Event.objects.count(), list(ModelCard.objects.values()), list(ModelCardDraft.objects.values()))


def test_a_card_is_published_with_the_hash_of_the_whole_and_its_event(town, edna):
    made = carded(town, edna, ASKING)
    body = bytes(made.body)
    assert json.loads(body) == {"model": {"name": "m", "version": "1"}, "language": "en", **ASKING}
    assert made.digest == hashlib.sha256(body).hexdigest()
    assert (made.number, made.asks, made.state) == (1, True, "in_force")
    assert card_in_force(made.model_id) == made
    assert not ModelCardDraft.objects.exists()
    assert told("guidelines.card_published") == [
        {
            "model": "m",
            "version": "1",
            "number": 1,
            "digest": made.digest,
            "summary": "The first one.",
            "written_by": edna.pseudonym,
            "acknowledge": True,
        }
    ]
    assert breaches() == []


def test_the_next_card_takes_the_place_of_the_one_before_and_says_what_differs(town, edna):
    first = carded(town, edna)
    town.wait(days=1)
    second = carded(town, edna, CARD | {"limits": "It reads English and French alone."}, summary="French.")
    first.refresh_from_db()
    assert (first.state, first.ended_at, second.number) == ("superseded", town.now, 2)
    fields = card_differences(card_of(bytes(first.body)), card_of(bytes(second.body)))
    assert [field.name for field in fields] == ["limits"]
    assert ("new", " and French") in fields[0].runs or ("new", "and French ") in fields[0].runs
    assert breaches() == []


def test_each_model_version_has_its_own_and_may_start_from_the_version_before(town, edna):
    first = carded(town, edna)
    town.wait(days=1)
    newer = model_of(town, "2")
    assert card_in_force(newer.pk) is None
    assert card_before(newer) == first
    begun = begin_card_draft(model=newer, start_from=first, by=edna, at=town.now)
    assert (begun.card, begun.base, begun.summary) == (CARD, None, "")
    made = publish_card_draft(
        model=newer,
        revision=change_card_draft(
            model=newer, card=begun.card, summary="As before.", revision=1, by=edna, at=town.now
        ).revision,
        by=edna,
        at=town.now,
    )
    assert made.number == 1
    assert made.digest != first.digest
    assert {card.state for card in ModelCard.objects.all()} == {"in_force"}


def test_a_card_of_another_project_is_nothing_to_start_from(town, edna):
    other = build(people=0, adjudicators=0, slug="dogs")
    theirs = carded(other, editor(other, "eve"))
    refused(NotFound, lambda: begin_card_draft(model=model_of(town), start_from=theirs, by=edna, at=town.now))


def test_a_draft_that_is_there_is_given_as_it_stands_and_discarded_once(town, edna):
    made = card_draft(town, edna)
    again = begin_card_draft(model=made.model, by=edna, at=town.now)
    assert (again.pk, again.revision) == (made.pk, 2)
    same = change_card_draft(model=made.model, card=CARD, summary=made.summary, revision=2, by=edna, at=town.now)
    assert same.revision == 2
    discard_card_draft(model=made.model, revision=2, by=edna, at=town.now)
    assert [len(told(f"guidelines.card_draft_{what}")) for what in ("begun", "changed", "discarded")] == [1, 1, 1]
    refused(NoCardDraft, lambda: discard_card_draft(model=made.model, revision=2, by=edna, at=town.now))


def test_what_is_not_whole_is_refused_with_each_part(town, edna):
    made = card_draft(town, edna, {"purpose": "p", "weak": " "}, summary=" ")
    refused(
        BadCard,
        lambda: publish_card_draft(model=made.model, revision=made.revision, by=edna, at=town.now),
        "limits",
        "weak",
        "confidence",
        "summary",
    )
    long = card_draft(town, edna, CARD | {"purpose": "x" * 20_001})
    refused(
        BadCard,
        lambda: publish_card_draft(model=made.model, revision=long.revision, by=edna, at=town.now),
        "purpose",
    )
    model, revision = made.model, long.revision
    for card in ({"purpos": "x"}, {"purpose": 3}, {"acknowledge": "yes"}, {"purpose": "\ud800"}):
        refused(
            BadCard,
            lambda card=card: change_card_draft(
                model=model, card=card, summary="", revision=revision, by=edna, at=town.now
            ),
        )


def test_the_same_words_are_not_published_twice(town, edna):
    carded(town, edna)
    made = card_draft(town, edna, summary="Again.")
    refused(BadCard, lambda: publish_card_draft(model=made.model, revision=made.revision, by=edna, at=town.now))


def test_an_older_revision_and_a_draft_of_an_older_card_are_stale(town, edna):
    made = card_draft(town, edna)
    refused(CardDraftStale, lambda: publish_card_draft(model=made.model, revision=1, by=edna, at=town.now))
    refused(
        CardDraftStale,
        lambda: change_card_draft(model=made.model, card={}, summary="", revision=1, by=edna, at=town.now),
    )
    first = publish_card_draft(model=made.model, revision=made.revision, by=edna, at=town.now)
    again = card_draft(town, edna, CARD | {"limits": "Other."})
    retire_card(model=made.model, number=first.number, reason="Wrong.", by=edna, at=town.now)
    refused(CardDraftStale, lambda: publish_card_draft(model=made.model, revision=again.revision, by=edna, at=town.now))


def test_where_two_are_asked_for_another_editor_publishes(town, edna):
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    made = card_draft(town, edna)
    refused(
        SecondEditorNeeded, lambda: publish_card_draft(model=made.model, revision=made.revision, by=edna, at=town.now)
    )
    ella = editor(town, "ella")
    card = publish_card_draft(model=made.model, revision=made.revision, by=ella, at=town.now)
    assert (card.written_by_id, card.published_by_id) == (edna.person_id, ella.person_id)


def test_a_card_is_retired_once_with_its_reason_and_nothing_comes_in_its_place(town, edna):
    made = carded(town, edna)
    refused(BadCard, lambda: retire_card(model=made.model, number=1, reason=" ", by=edna, at=town.now), "reason")
    refused(CardNotInForce, lambda: retire_card(model=made.model, number=2, reason="Old.", by=edna, at=town.now))
    assert retire_card(model=made.model, number=1, reason="Wrong.", by=edna, at=town.now).state == "retired"
    assert card_in_force(made.model_id) is None
    assert told("guidelines.card_retired")[0]["reason"] == "Wrong."
    refused(CardNotInForce, lambda: retire_card(model=made.model, number=1, reason="Again.", by=edna, at=town.now))
    assert carded(town, edna, CARD | {"limits": "Other."}, summary="Anew.").number == 2
    assert breaches() == []


@pytest.mark.parametrize("how", ["reviewer", "token", "console", "stranger"])
def test_nobody_but_editors_and_owners_writes_a_card(town, edna, how):
    other = build(people=1, adjudicators=0, slug="dogs")
    by = {
        "reviewer": town.people[0],
        "token": dataclasses.replace(edna, token_id=1),
        "console": console(),
        "stranger": editor(other, "eve"),
    }[how]
    made = card_draft(town, edna)
    model, revision = made.model, made.revision
    refused(Forbidden, lambda: begin_card_draft(model=model, by=by, at=town.now))
    refused(
        Forbidden, lambda: change_card_draft(model=model, card={}, summary="", revision=revision, by=by, at=town.now)
    )
    refused(Forbidden, lambda: discard_card_draft(model=model, revision=revision, by=by, at=town.now))
    refused(Forbidden, lambda: publish_card_draft(model=model, revision=revision, by=by, at=town.now))
    refused(Forbidden, lambda: retire_card(model=model, number=1, reason="x", by=by, at=town.now))


def test_a_card_is_acknowledged_once_and_for_good(town, edna):
    made = carded(town, edna, ASKING)
    me = person(town)
    assert [one.acknowledged_at for one in cards_to_read(town.project, me.person_id)] == [None]
    first = card_read(town, me, made)
    assert card_read(town, me, made) == first
    assert [one.acknowledged_at for one in cards_to_read(town.project, me.person_id)] == [town.now]
    assert told("guidelines.card_acknowledged") == [{"model": "m", "version": "1", "number": 1, "digest": made.digest}]
    assert breaches() == []


def test_only_a_card_in_force_that_asks_is_acknowledged_and_by_a_person_in_the_browser(town, edna):
    me = person(town)
    plain = carded(town, edna)
    refused(NothingToAcknowledge, lambda: card_read(town, me, plain))
    asking = carded(town, edna, ASKING, summary="Asks.")
    refused(CardNotInForce, lambda: card_read(town, me, plain))
    refused(Forbidden, lambda: card_read(town, dataclasses.replace(me, token_id=1), asking))
    refused(Forbidden, lambda: card_read(town, console(), asking))
    retire_card(model=asking.model, number=2, reason="Wrong.", by=edna, at=town.now)
    refused(CardNotInForce, lambda: acknowledge_card(model=asking.model, number=2, by=me, at=town.now))
    assert not CardAcknowledgement.objects.exists()


def test_hostile_words_of_a_card_are_harmless():
    card = card_of(
        json.dumps({"model": {}, "language": "en", "purpose": "<script>x</script> [a](javascript:b)"}).encode()
    )
    html = "".join(part.html for part in card_parts(card))
    assert "<script" not in html and "href" not in html


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE guidelines_modelcard SET body = 'x'",
        "UPDATE guidelines_modelcard SET asks = NOT asks",
        "UPDATE guidelines_modelcard SET ended_at = NULL WHERE ended_at IS NOT NULL",
        "UPDATE guidelines_modelcard SET reason = 'other' WHERE reason IS NOT NULL",
        "DELETE FROM guidelines_modelcard",
        "UPDATE guidelines_cardacknowledgement SET acknowledged_at = '2020-01-01'",
        "DELETE FROM guidelines_cardacknowledgement",
    ],
)
def test_published_cards_and_acknowledgements_resist_raw_sql(town, edna, change):
    made = carded(town, edna, ASKING)
    card_read(town, person(town), made)
    retire_card(model=made.model, number=1, reason="Wrong.", by=edna, at=town.now)
    with pytest.raises(Exception, match=r"frozen|never|FOREIGN"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_holds_one_card_in_force_a_model_version_and_one_acknowledgement_a_person(town, edna):
    made = carded(town, edna, ASKING)
    read = card_read(town, person(town), made)
    free = Event.objects.filter(type="reviews.project_set_up").first() or Event.objects.earliest("pk")
    made.pk, made.number, made.event = None, 9, free
    read.pk, read.event = None, free
    for row in (made, read):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_each_refusal_of_cards_has_its_answer_over_http():
    assert {STATUS[one.code] for one in (NoCardDraft, CardDraftStale, CardNotInForce)} == {409}
    assert STATUS.get(BadCard.code, 422) == 422
