"""Batches where content becomes hard meanwhile: a grid lifts no veil, counts no run and knows no break."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.actions import choose_veils
from accounts.reads import console
from reviews.actions import apply_project, claim_batch, claim_next, open_batch, withdraw, withdraw_batch
from reviews.errors import NoBatch
from reviews.models import ClaimEnd, Opening
from tests.invariants import breaches
from tests.reviews.test_batches import TOGETHER, confirm, taken, tiles, town_of
from tests.town import Town, project_file

pytestmark = pytest.mark.django_db


def test_what_becomes_hard_is_seen_in_no_batch_any_more():
    town = town_of(4)
    batch, shown = taken(town)
    answer = confirm(town, batch, shown[:1])[0]
    harder(town, blur=True)
    with pytest.raises(NoBatch):
        claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    assert ClaimEnd.objects.filter(reason="returned").count() == 3
    with pytest.raises(NoBatch):
        withdraw_batch(batch=batch, decisions=[answer.decided.uuid], by=town.people[0], at=town.now)
    assert withdraw(decision=answer.decided.uuid, by=town.people[0], at=town.now).presentation["veil"][0] == "blur"
    assert breaches() == []


def test_who_asks_for_a_veil_gets_it_over_what_was_in_their_batch():
    town = town_of(2)
    who = town.people[0]
    taken(town)
    choose_veils(blur=True, grey=None, mute=None, holds=True, by=replace(who, via="browser"))
    with pytest.raises(NoBatch):
        claim_batch(queue=town.queue(), by=who, at=town.now)
    assert claim_next(by=who, at=town.now).presentation["veil"][0] == "blur"
    assert breaches() == []


def test_no_item_comes_on_screen_in_a_batch_that_a_limit_has_overtaken():
    town = town_of(2)
    batch = claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    shown = tiles(batch, town.people[0], town)
    harder(town, break_after_items=1, break_minutes=10)
    with pytest.raises(NoBatch):
        open_batch(batch=batch, tokens=[shown[0].held.token], by=town.people[0], at=town.now)
    assert Opening.objects.count() == 0


def harder(town: Town, **changes: Any) -> None:
    document = project_file(rights=TOGETHER, hard_content=changes)
    apply_project(document=document, by=console(), at=town.now)
