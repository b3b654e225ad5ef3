"""Decision rights tried on the past: what would have gone where, what is known of it, and what is not."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import end_membership
from accounts.errors import Forbidden
from accounts.models import Membership
from accounts.reads import console
from audit.models import Event
from reviews.actions import (
    ask_replay,
    cancel_replay,
    find_replays,
    make_replay,
    publish_rights,
    route_again,
    turn_switch,
    withdraw,
)
from reviews.actions.long_runs import REST
from reviews.actions.replaying import MOST_TRIES
from reviews.beat import find_replays as find_by_the_clock
from reviews.errors import BadRights, ReplayOver, ReplayRunning, ReplayStopped
from reviews.models import Item, Replay, Route
from reviews.reads import past
from tests.reviews.past import APART, erase, found, in_force, looked_at, operator, sharper, tried
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
ABROAD = {
    "name": "Abroad",
    "when": [{"field": "segments.geography", "op": "!=", "value": "DE"}],
    "then": {"arm": "review", "queue": "senior"},
}


def half(rate: str = "0.5", **more: Any) -> dict[str, Any]:
    """Give rights that let the model answer all, and chance look at a part of it."""
    return APART | {"routing": [], "otherwise": {"arm": "accept", "audit_rate": rate}} | more


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """Stand in for the broker, and note which jobs were asked for."""
    from celery import current_app

    asked: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args: asked.append((name, args)))
    return asked


@pytest.fixture
def town() -> Town:
    return build(rights=APART)


def of_all_sorts(town: Town) -> None:
    for sure in (0.3, 0.55, 0.7, 0.95, None):
        town.send(sure)
    town.send(0.99, impact="high")
    town.send(0.2, impact="high")
    town.send(0.99, label="unicorn")


def test_the_version_in_force_tried_on_what_it_routed_gives_what_happened(town):
    of_all_sorts(town)
    told = found(tried(town, operator(town), version=in_force(town)))
    assert (told["items"], told["moved"], told["unknown"]) == (8, 0, 0)
    assert told["arms"] == [["accept", "accept", 2], ["hold", "hold", 1], ["review", "review", 5]]
    work = {(row["queue"], row["kind"]): (row["then"], row["would"]) for row in told["work"]}
    assert work == {("general", "work"): (5, 5), ("senior", "work"): (2, 2), ("senior", "audit"): (1, 1)}
    assert told["moves"] == []
    assert all(row["then"] == row["would"] for row in told["rules"])


def test_a_sharper_threshold_sends_more_to_people_and_says_which(town):
    for sure in (0.5, 0.7, 0.7, 0.95):
        town.send(sure)
    told = found(tried(town, operator(town), sharper("0.80", audit=APART["audit"])))
    assert (told["items"], told["moved"]) == (4, 2)
    assert told["moves"] == [
        {"from": ["accept", "Middling", "senior", 0], "to": ["review", "Unsure", "general", 1], "items": 2}
    ]
    assert told["arms"] == [["accept", "accept", 1], ["accept", "review", 2], ["review", "review", 1]]
    rules = {row["rule"]: (row["then"], row["would"]) for row in told["rules"]}
    assert rules == {"Unsure": (1, 3), "Middling": (2, 0), "otherwise": (1, 1)}


def test_the_switch_stands_as_it_stood_and_a_held_item_counts_as_it_was_routed_last(town):
    who = operator(town)
    turn_switch(position="hold-everything", reason="x", by=console(), at=town.now, project=town.project)
    town.send(0.95)
    town.send(0.96)
    turn_switch(position="normal", reason="x", by=console(), at=town.now, project=town.project)
    town.wait(seconds=1)
    route_again(item=Item.objects.get(external_id="item-2"), by=who, at=town.now)
    town.wait(seconds=1)
    told = found(tried(town, who, sharper("0.99", audit=APART["audit"])))
    assert told["arms"] == [["accept", "review", 1], ["hold", "hold", 1]]


def test_what_was_routed_again_after_the_replay_was_asked_for_is_left_as_it_was(town):
    who = operator(town)
    turn_switch(position="hold-everything", reason="x", by=console(), at=town.now, project=town.project)
    town.send(0.95)
    turn_switch(position="normal", reason="x", by=console(), at=town.now, project=town.project)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    town.send(0.95)
    route_again(item=Item.objects.get(external_id="item-1"), by=who, at=town.now + dt.timedelta(seconds=1))
    assert Route.objects.count() == 3
    make_replay(replay_id=row.pk, now=timezone.now)
    row.refresh_from_db()
    assert found(row)["arms"] == [["hold", "hold", 1]]


def test_only_what_came_in_in_the_time_asked_for_is_read(town):
    for _ in range(3):
        town.send(0.95)
    town.wait(days=10)
    for _ in range(2):
        town.send(0.95)
    since = town.now - dt.timedelta(days=7)
    row = tried(town, operator(town), since=since)
    assert (found(row)["items"], row.total, row.done) == (2, 2, 2)
    row = tried(town, town_operator(), since=None)
    assert (found(row)["items"], row.total) == (5, 5)


def town_operator() -> Any:
    from accounts.models import Person
    from accounts.reads import actor_of_person

    return actor_of_person(Person.objects.get(name="The operations"), "browser")


def test_other_projects_are_left_alone(town):
    other = build(slug="dogs", people=0, adjudicators=0)
    other.send(0.95)
    town.send(0.95)
    assert found(tried(town, operator(town)))["items"] == 1


@pytest.mark.usefixtures("erasures_told")
def test_items_are_told_apart_by_a_segment_and_what_is_gone_is_counted_apart(town):
    for geography in ("DE", "DE", "FR", None):
        town.send(0.95, **({"segments": {"geography": geography}} if geography else {}))
    erase(Item.objects.get(external_id="item-2"))
    document = APART | {"routing": [ABROAD, *RIGHTS["routing"]]}
    told = found(tried(town, operator(town), document, segment="geography"))
    assert (told["items"], told["moved"], told["unknown"]) == (4, 1, 1)
    assert told["arms"] == [["accept", "accept", 2], ["accept", "review", 1], ["accept", "unknown", 1]]
    seen = {row["value"]: (row["items"], row["unknown"], row["people"]["would"]) for row in told["segments"]}
    assert seen == {"=DE": (1, 0, 0), "=FR": (1, 0, 1), "none": (1, 0, 0), "gone": (1, 1, 0)}


def test_bodies_of_any_size_are_read_few_at_a_time(town, monkeypatch):
    monkeypatch.setattr(past, "CHUNK_BYTES", 600)
    for number in range(7):
        town.send(0.95, data={"text": "x" * 400}, segments={"geography": "DE" if number % 2 else "FR"})
    told = found(tried(town, operator(town), segment="geography"))
    assert {row["value"]: row["items"] for row in told["segments"]} == {"=DE": 3, "=FR": 4}


def test_would_be_audits_are_those_that_the_items_own_draws_would_have_picked(town):
    who = operator(town)
    publish_rights(project=town.project, document=half("0"), reason="x", by=console(), at=town.now)
    for _ in range(40):
        town.send(0.95)
    told = found(tried(town, who, half("0.5")))
    publish_rights(project=town.project, document=half("0.5"), reason="x", by=console(), at=town.now)
    for number in range(40):  # the same names in another project of other seeds are other draws
        town.send(0.95, external_id=f"later-{number}")
    work = found(tried(town, who, half("0.5"), since=None))["work"]
    (first,) = told["work"]
    (both,) = work
    real = Event.objects.filter(type="reviews.item_received").count()
    assert (first["then"], first["by_chance"], real) == (0, 0, 80)
    assert 8 <= first["would"] <= 32
    assert both["would"] == first["would"] + both["then"]


def test_a_raised_rate_keeps_every_earlier_pick(town):
    publish_rights(project=town.project, document=half("0.3"), reason="x", by=console(), at=town.now)
    for _ in range(40):
        town.send(0.95)
    who = operator(town)
    counts = []
    for rate in ("0", "0.1", "0.3", "0.6", "1"):
        work = found(tried(town, who, half(rate)))["work"]
        counts.append(sum(row["would"] for row in work))
        then = sum(row["then"] for row in work)
    assert counts == sorted(counts) and counts[0] == 0 and counts[2] == then and counts[4] == 40


def test_where_the_seed_is_not_here_audits_are_expected_by_their_rate_and_said_so(town, settings):
    publish_rights(project=town.project, document=half("0"), reason="x", by=console(), at=town.now)
    for _ in range(8):
        town.send(0.95)
    settings.DRAW_MASTER = b"another"
    (row,) = found(tried(town, operator(town), half("0.25")))["work"]
    assert (row["would"], row["by_chance"]) == (2, 2)


def test_a_queue_has_a_time_when_enough_decisions_of_it_were_timed(town):
    for _ in range(21):
        town.send(0.5)
    who = town.people[0]
    for number in range(21):
        held = town.take(who, "general")
        town.wait(seconds=40)
        town.decide(who, held, active_ms=10_000 if number else 30_000)
        if number in (18, 20):
            (row,) = found(tried(town, operator(town) if number == 18 else town_operator()))["work"]
            expected = (19, None) if number == 18 else (21, 10_000.0)
            assert (row["measured"], row["median_ms"]) == expected


def estimates(told: dict[str, Any]) -> tuple[Any, ...]:
    errors = told["errors"]
    return tuple(errors[key] and errors[key][0] for key in ("passed", "caught", "passes"))


def test_errors_that_every_item_was_looked_at_for_are_known_exactly(town):
    for sure in (0.7, 0.75, 0.85, 0.88):
        town.send(sure)
    looked_at(town, town.people[0], "cat", "dog", "cat", "dog")
    town.wait(minutes=5)
    told = found(tried(town, operator(town), sharper("0.80", audit=APART["audit"])))
    errors = told["errors"]
    assert (errors["accepted"], errors["looked"], errors["errors"]) == (4, 4, 2)
    assert estimates(told)[0] == 2.0
    assert errors["passed"] == [2.0, 2.0, 2.0]
    assert estimates(told)[1] + estimates(told)[2] == 2.0


def test_each_error_found_by_chance_counts_for_as_many_items_as_it_was_drawn_from(town):
    publish_rights(project=town.project, document=half("0.5"), reason="x", by=console(), at=town.now)
    for _ in range(30):
        town.send(0.95)
    who = town.people[0]
    looked = 0
    while (held := town.take(who, "senior")) is not None:
        town.decide(who, held, None, "dog" if looked < 3 else "cat")
        looked += 1
    town.wait(minutes=5)
    told = found(tried(town, operator(town), half("0.5")))
    errors = told["errors"]
    assert (errors["looked"], errors["errors"], errors["open"]) == (looked, 3, 0)
    assert errors["passed"][0] == errors["passes"][0] == 6.0
    assert errors["passed"][1] < 6 < errors["passed"][2] <= 30
    assert errors["caught"] == [0.0, 0.0, 0.0]


def test_audits_without_an_answer_that_is_out_count_as_none_and_are_said(town):
    for sure in (0.7, 0.75, 0.85):
        town.send(sure)
    who = town.people[0]
    looked_at(town, who, "dog")
    held = town.take(who, "senior")
    taken_back = town.decide(who, held, None, "dog")
    withdraw(decision=taken_back.uuid, by=who, at=town.now)
    operations = operator(town)
    errors = found(tried(town, operations))["errors"]
    assert (errors["looked"], errors["open"], errors["open_for"], errors["passed"]) == (0, 3, 3, None)
    town.wait(minutes=5)
    errors = found(tried(town, operations))["errors"]
    assert (errors["looked"], errors["errors"], errors["open"]) == (1, 1, 2)


def test_what_nothing_was_drawn_from_cannot_be_known_and_peoples_decisions_stay_out_of_the_estimate(town):
    town.send(0.95)
    for _ in range(3):
        town.send(0.5)
    town.wait(seconds=1)
    for who in town.people:
        town.decide(who, town.take(who, "general"), "correct", "dog")
    town.wait(minutes=5)
    told = found(tried(town, operator(town), sharper("0.10", audit=APART["audit"])))
    errors = told["errors"]
    assert (errors["passed"], errors["passes"], errors["caught"]) == (None, None, [0.0, 0.0, 0.0])
    assert (errors["undrawn"], errors["fresh"], errors["looked"]) == (1, 3, 0)


def test_a_replay_stands_in_the_ledger_from_wish_to_end_with_the_hash_of_what_it_found(town):
    import hashlib
    import json

    from audit.models import Payload

    town.send(0.95)
    row = tried(town, operator(town))
    asked, ended = Event.objects.filter(type__in=["reviews.replay_asked", "reviews.replayed"]).order_by("pk")
    assert (asked.type, row.event_id) == ("reviews.replay_asked", asked.pk)
    told = json.loads(bytes(Payload.objects.get(event=ended, section="replay").body))
    assert told["result"] == hashlib.sha256(row.result.encode()).hexdigest()
    assert (told["document"], told["number"], told["replay"]) == (row.digest, 1, str(row.uuid))
    assert b'"role":"operations"' in bytes(asked.leaf)


def test_what_was_tried_and_found_never_changes(town):
    row = tried(town, operator(town))
    for change in ({"result": "{}"}, {"digest": "0" * 64}, {"body": b"{}"}, {"asked_at": timezone.now()}):
        with pytest.raises(Exception, match=r"(?i)frozen|never"), transaction.atomic():
            Replay.objects.filter(pk=row.pk).update(**change)


def test_who_does_not_run_the_project_asks_for_nothing_and_cancels_nothing(town):
    who = operator(town)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    for other in (*town.people, *town.adjudicators):
        with pytest.raises(Forbidden):
            ask_replay(project=town.project, document=RIGHTS, by=other, at=town.now)
        with pytest.raises(Forbidden):
            cancel_replay(replay=row, by=other, at=town.now)
    assert Replay.objects.count() == 1


def test_a_document_that_could_not_be_published_is_not_tried(town):
    with pytest.raises(BadRights) as problem:
        ask_replay(project=town.project, document=half("7"), by=operator(town), at=town.now)
    assert problem.value.fields[0][0] == "otherwise.audit_rate"
    assert not Replay.objects.exists()


def test_one_at_a_time_is_asked_for_by_each_and_a_cancelled_one_makes_room(town, sent):
    who = operator(town)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    with pytest.raises(ReplayRunning):
        ask_replay(project=town.project, document=half(), by=who, at=town.now)
    cancel_replay(replay=row, by=who, at=town.now)
    with pytest.raises(ReplayOver):
        cancel_replay(replay=row, by=who, at=town.now)
    make_replay(replay_id=row.pk, now=timezone.now)
    row.refresh_from_db()
    assert (row.state, row.result) == ("cancelled", None)
    assert found(tried(town, who))["items"] == 0


def test_a_replay_cancelled_in_mid_run_finds_nothing(town, monkeypatch):
    monkeypatch.setattr(past, "CHUNK", 2)
    for _ in range(9):
        town.send(0.95)
    who = operator(town)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    ticks: list[int] = []

    def now() -> dt.datetime:
        ticks.append(1)
        if len(ticks) == 6:
            cancel_replay(replay=row, by=who, at=town.now)
        return town.now + dt.timedelta(seconds=2 * len(ticks))

    make_replay(replay_id=row.pk, now=now)
    row.refresh_from_db()
    assert (row.state, row.result) == ("cancelled", None) and row.done < 9


def test_whoever_no_longer_runs_the_project_gets_no_replay_of_it(town):
    who = operator(town)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    end_membership(membership=Membership.objects.get(person_id=who.person_id), by=console(), at=town.now)
    make_replay(replay_id=row.pk, now=lambda: town.now + dt.timedelta(seconds=1))
    row.refresh_from_db()
    assert (row.state, row.said) == ("failed", Forbidden.sentence)


def test_what_no_worker_moves_is_asked_for_again_and_fails_after_five_tries(town, sent):
    row = ask_replay(project=town.project, document=RIGHTS, by=operator(town), at=town.now)
    Replay.objects.filter(pk=row.pk).update(moved_at=timezone.now() - 2 * REST)
    find_by_the_clock()
    assert sent == [("reviews.make_replay", [row.pk])]
    Replay.objects.filter(pk=row.pk).update(state="running", tries=MOST_TRIES)
    assert find_replays(at=timezone.now()) == []
    row.refresh_from_db()
    assert (row.state, row.said) == ("failed", ReplayStopped.sentence[:255])


def test_a_worker_that_was_given_up_writes_nothing_more(town):
    town.send(0.95)
    who = operator(town)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    ticks: list[int] = []

    def now() -> dt.datetime:
        ticks.append(1)
        if len(ticks) == 4:
            Replay.objects.filter(pk=row.pk).update(tries=2)
        return town.now

    make_replay(replay_id=row.pk, now=now)
    row.refresh_from_db()
    assert (row.state, row.result, row.done) == ("running", None, 0)


def test_a_done_replay_without_a_result_is_refused_by_the_database(town):
    row = ask_replay(project=town.project, document=RIGHTS, by=operator(town), at=town.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Replay.objects.filter(pk=row.pk).update(state="done")
