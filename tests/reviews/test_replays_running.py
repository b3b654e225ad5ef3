"""Replays on committed data: killed and gone on with, beside intake that is not kept waiting."""

import json
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.reads import console
from reviews.actions import ask_replay, make_replay, receive, replaying
from reviews.actions.long_runs import REST
from reviews.models import Item, Replay
from reviews.reads import past
from reviews.wire import read_items
from tests.killing import killed_at
from tests.reviews.past import APART, found, looked_at, operator, sharper, tried
from tests.town import Town, build

DOCUMENT = sharper("0.80", audit=APART["audit"])


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the broker; keep how far a replay is after each small chunk."""
    from celery import current_app

    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args: None)
    monkeypatch.setattr(past, "CHUNK", 3)
    monkeypatch.setattr(replaying, "OFTEN", timezone.timedelta())


def busy() -> Town:
    town = build(rights=APART, people=1, adjudicators=0)
    for number in range(20):
        town.send((0.3, 0.7, 0.85, 0.95)[number % 4], segments={"geography": ("DE", "FR")[number % 3 % 2]})
    looked_at(town, town.people[0], "cat", "dog", "cat")
    town.wait(minutes=5)
    return town


def test_a_replay_killed_at_every_step_goes_on_and_ends_as_one_that_never_was(arena: str) -> None:
    town = busy()
    who = operator(town)
    whole = found(tried(town, who, DOCUMENT, segment="geography"))
    row = ask_replay(project=town.project, document=DOCUMENT, segment="geography", by=who, at=town.now)
    later = [town.now]

    def work() -> None:
        make_replay(replay_id=row.pk, now=lambda: later[0])

    deaths, step, counted = 0, 3, set()
    while killed_at(step, work):
        deaths += 1
        later[0] += 2 * REST
        row.refresh_from_db()
        counted.add(row.done)
        step += 2
        Replay.objects.filter(pk=row.pk).update(tries=0)
        assert deaths < 300
    row.refresh_from_db()
    assert (row.state, row.done, row.total) == ("done", 20, 20)
    assert deaths >= 5 and len(counted) >= 4
    assert found(row) == whole


def test_intake_during_a_replay_waits_for_nothing_and_no_transaction_is_held_open(arena: str) -> None:
    town = busy()
    who = operator(town)
    row = ask_replay(project=town.project, document=DOCUMENT, segment="geography", by=who, at=town.now)
    came: list[str] = []
    faults: list[str] = []

    def intake() -> None:
        body = json.dumps({"external_id": f"beside-{len(came)}", "data": {"text": "?"}}).encode()
        entries = read_items(body, "application/json").entries
        answer = receive(project=town.project, entries=entries, by=console(), at=timezone.now())
        came.append(answer[0].status)
        connections.close_all()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith("SELECT") and ("reviews_route" in sql or "audit_event" in sql):
            if connection.in_atomic_block or "UPDATE" in sql:
                faults.append(sql)
            done = execute(sql, params, many, context)
            beside = threading.Thread(target=intake)
            beside.start()
            beside.join(30)
            if beside.is_alive():
                faults.append(f"intake waits for: {sql}")
            return done
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        make_replay(replay_id=row.pk, now=lambda: town.now)
    row.refresh_from_db()
    assert faults == [] and len(came) >= 8 and set(came) == {"created"}
    assert found(row)["items"] == 20 and Item.objects.count() == 20 + len(came)


def test_a_replay_reads_few_statements_a_chunk(arena: str) -> None:
    town = busy()
    who = operator(town)
    row = ask_replay(project=town.project, document=DOCUMENT, by=who, at=town.now)
    said: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        make_replay(replay_id=row.pk, now=lambda: town.now)
    assert sum("FROM reviews_item" in sql and "reviews_route" in sql for sql in said) == 8  # 20 items by 3, and the end
    assert len(said) < 60, len(said)
