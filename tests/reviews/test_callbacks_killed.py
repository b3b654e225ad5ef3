"""A worker killed at any statement of a callback loses no message: it goes again by the same id after its lease."""

from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from accounts.reads import clock, console
from audit.actions import seal
from reviews.actions import add_endpoint, call_back, find_callbacks, release, send_test
from reviews.models import CallbackWalk, Delivery, Told
from tests.killing import killed_at
from tests.receiver import receiving
from tests.town import Town, build
from tests.verifying import ledger_verifies


@pytest.fixture
def town(arena: str, tmp_path: Path) -> Any:
    keys = {"LEDGER_KEYS": tmp_path, "LEDGER_WITNESS": tmp_path / "witness.ndjson"}
    with override_settings(CALLBACK_HOSTS=frozenset({"127.0.0.1"}), CALLBACK_KEY=b"k" * 32, **keys):
        yield build(people=1, adjudicators=0)


def endpoint_of(town: Town, url: str) -> Any:
    made, _ = add_endpoint(project=town.project, name="main", url=url, events=Told.values, by=console(), at=town.now)
    return made


def test_a_worker_killed_between_sending_and_marking_sends_again_and_never_loses_one(town):
    sent_unmarked = 0
    with receiving() as receiver:
        endpoint = endpoint_of(town, receiver.url)
        for step in range(1, 60):
            receiver.got.clear()
            row = send_test(endpoint=endpoint, by=console(), at=town.now)
            killed = killed_at(step, lambda: call_back(endpoint_id=endpoint.pk, now=lambda: town.now))
            sent_unmarked += bool(receiver.got) and Delivery.objects.get(pk=row.pk).state == "waiting"
            town.wait(minutes=2)
            find_callbacks(at=town.now)
            call_back(endpoint_id=endpoint.pk, now=lambda: town.now)
            assert Delivery.objects.get(pk=row.pk).state == "sent"
            assert 1 <= len(receiver.got) <= 2 and {got.id for got in receiver.got} == {row.message_id}
            if not killed:
                break
    assert not killed and sent_unmarked  # a kill met the moment, and all moments were met
    ledger_verifies()


def test_a_walk_killed_anywhere_notes_each_message_once(town):
    endpoint_of(town, "https://example.com/hook")
    who = town.people[0]
    for _ in range(3):
        town.send(0.5, callback="main")
        town.decide(who, town.take(who), "correct", "dog")
    town.wait(seconds=20)
    release(at=town.now)
    seal(by=clock(), at=town.now)
    for step in range(1, 40):
        if not killed_at(step, lambda: find_callbacks(at=town.now)):
            break
        CallbackWalk.objects.update(log_index=0)  # as if its progress had not been kept
    assert Delivery.objects.count() == 3
    assert sorted(Delivery.objects.values_list("item__external_id", flat=True)) == ["item-1", "item-2", "item-3"]
    ledger_verifies()
