"""Programs are called back: in order, at least once, by whoever holds the secret."""

import base64
import datetime as dt
import socket
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.errors import Forbidden
from accounts.reads import clock, console
from audit.actions import seal
from audit.models import Event
from reviews.actions import (
    add_endpoint,
    apply_project,
    call_back,
    change_endpoint,
    drop_deliveries,
    find_callbacks,
    release,
    rotate_secret,
    route_again,
    send_again,
    send_test,
    switch_endpoint,
    turn_switch,
)
from reviews.errors import BadEndpoint, NothingToSend
from reviews.models import ABOUT_ITEMS, Callback, Delivery, Endpoint, EndpointSecret, Item, Told
from reviews.wire.webhooks import secret_text, signature
from tests.receiver import Receiver, receiving
from tests.reviews.caller import Caller, item
from tests.town import RIGHTS, Town, build, project_file

LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@pytest.fixture(autouse=True)
def kept(db: None, tmp_path: Any):
    with override_settings(
        LEDGER_KEYS=tmp_path,
        LEDGER_WITNESS=tmp_path / "witness.ndjson",
        CALLBACK_HOSTS=LOOPBACK,
        CALLBACK_KEY=b"k" * 32,
    ):
        yield


@pytest.fixture
def town() -> Town:
    return build()


def endpoint_at(town: Town, url: str, name: str = "main", events: list[str] | None = None) -> tuple[Endpoint, str]:
    wanted = Told.values if events is None else events
    return add_endpoint(project=town.project, name=name, url=url, events=wanted, by=console(), at=town.now)


def turn(town: Town, **options: Any) -> list[int]:
    """Let the clock and the workers have one turn: the ledger, the notes, and each endpoint that is ready."""
    seal(by=clock(), at=town.now)
    ids = find_callbacks(at=town.now)
    for endpoint_id in ids:
        call_back(endpoint_id=endpoint_id, now=lambda: town.now, **options)
    return ids


def decided(town: Town, label: str = "dog", **more: Any) -> dict[str, Any]:
    sent = town.send(0.5, callback="main", **more)
    who = town.people[0]
    town.decide(who, town.take(who), "correct", label)
    town.wait(seconds=20)
    release(at=town.now)
    return sent


def test_a_message_is_signed_as_the_published_example():
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert secret_text(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_released_outcome_calls_the_program_back_once(town):
    with receiving() as receiver:
        _, secret = endpoint_at(town, receiver.url)
        sent = decided(town)
        for _ in range(3):
            turn(town)
        (got,) = receiver.got
    assert got.signed_by(secret) and not got.signed_by(secret_text(b"x" * 32))
    outcome = got.told["data"].pop("outcome")
    assert got.told["type"] == "outcome.released"
    assert got.told["data"]["item"] == {"id": sent["id"], "external_id": sent["external_id"]}
    assert outcome["output"] == {"labels": ["dog"]} and outcome["number"] == 1 and outcome["released_at"]
    assert "cookie" not in got.headers
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.status, row.said) == ("sent", 1, 200, "ok")
    assert got.id == row.message_id and got.headers["webhook-timestamp"] == str(int(town.now.timestamp()))


def test_an_accept_at_intake_sends_none_and_an_audits_correction_says_that_it_supersedes(town):
    with receiving() as receiver:
        endpoint_at(town, receiver.url)
        town.send(0.7, callback="main")
        release(at=town.now)
        turn(town)
        assert receiver.got == []
        who = town.people[0]
        town.decide(who, town.take(who), None, "dog")
        town.wait(seconds=20)
        release(at=town.now)
        turn(town)
        told = [got.told for got in receiver.got]
    assert [(one["type"], one["data"]["outcome"]["supersedes"]) for one in told] == [("outcome.superseded", 1)]


def test_an_escalation_and_a_hold_are_told_without_peoples_words(town):
    with receiving() as receiver:
        endpoint_at(town, receiver.url)
        town.send(0.5, callback="main")
        town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="Frau Maier is in it")
        town.send(0.5, "owl", callback="main")
        turn(town)
        told = {got.told["type"]: got.told["data"] for got in receiver.got}
        assert all(b"Maier" not in got.body for got in receiver.got)
    assert told["item.escalated"]["queue"] == "senior"
    assert told["item.held"]["reason"] == "unknown_label"


@pytest.mark.parametrize("again", [False, True])
def test_a_routing_that_lifts_an_item_to_a_higher_level_is_told_at_intake_and_again(again):
    costly = {"name": "Costly", "on": "cost", "over": "100", "to": {"level": 1, "queue": "senior"}}
    town = build(rights=RIGHTS | {"escalation": [costly]})
    with receiving() as receiver:
        endpoint_at(town, receiver.url)
        if again:
            turn_switch(position="hold-everything", reason="x", by=console(), at=town.now, project=town.project)
        town.send(0.5, callback="main", cost="500")
        if again:
            turn_switch(position="normal", reason="x", by=console(), at=town.now, project=town.project)
            route_again(item=Item.objects.get(), by=console(), at=town.now)
        turn(town)
        turn(town)
        told = [(got.told["type"], got.told["data"].get("queue")) for got in receiver.got]
    assert told == ([("item.held", None)] if again else []) + [("item.escalated", "senior")]


def test_a_held_item_that_is_routed_to_acceptance_is_released(town):
    apply_project(document=project_file(rights=RIGHTS | {"otherwise": {"arm": "hold"}}), by=console(), at=town.now)
    with receiving() as receiver:
        endpoint_at(town, receiver.url)
        town.send(0.95, callback="main")
        apply_project(document=project_file(), by=console(), at=town.now)
        route_again(item=Item.objects.get(), by=console(), at=town.now)
        turn(town)
        told = [(got.told["type"], got.told["data"].get("outcome", {}).get("source")) for got in receiver.got]
    assert told == [("item.held", None), ("outcome.released", "model")]


def test_an_endpoint_is_told_of_its_own_events_alone(town):
    with receiving() as receiver:
        endpoint_at(town, receiver.url, events=["item.escalated"])
        decided(town)
        turn(town)
        assert receiver.got == [] and not Delivery.objects.exists()


def test_what_fails_comes_again_with_the_same_id_later_each_time_and_a_new_timestamp(town):
    with receiving(script=[500, 503, "stall"], then=204, body=b"") as receiver, short_patience(1):
        endpoint_at(town, receiver.url)
        decided(town)
        pauses = []
        while Delivery.objects.filter(state="waiting").exists() or not receiver.got:
            turn(town)
            row = Delivery.objects.get()
            if row.state == "waiting":
                assert row.next_at > town.now
                pauses.append((row.next_at - town.now).total_seconds())
                assert turn(town) == []  # not before its time
                town.now = max(row.next_at, Endpoint.objects.get().rests_until or row.next_at)
        assert len({got.id for got in receiver.got}) == 1 and len({got.body for got in receiver.got}) == 1
        assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 4
    assert 2.5 <= pauses[0] <= 5 and 10 <= pauses[1] <= 20 and 40 <= pauses[2] <= 80
    assert (row.state, row.tries, row.status) == ("sent", 4, 204)


def short_patience(seconds: float) -> Any:
    """Let nobody wait for a silent receiver longer than that."""
    from reviews.actions import reaching

    patch = pytest.MonkeyPatch()
    patch.setattr(reaching, "WHOLE_S", seconds)

    class Ended:
        def __enter__(self) -> None: ...

        def __exit__(self, *args: Any) -> None:
            patch.undo()

    return Ended()


def test_after_three_days_it_has_failed_and_goes_again_when_it_is_asked_for(town):
    with receiving(then=500, body=b"x" * 5000) as receiver:
        endpoint, _ = endpoint_at(town, receiver.url)
        decided(town)
        first = town.now
        while Delivery.objects.exclude(state="failed").exists() or not receiver.got:
            turn(town)
            town.now = max(town.now, Delivery.objects.get().next_at)
        row = Delivery.objects.get()
        assert dt.timedelta(days=2.5) < town.now - first <= dt.timedelta(days=3.5)
        assert 10 < row.tries < 40 and row.said == "x" * 1000
        receiver.then = 200
        assert turn(town) == []
        assert send_again(endpoint=endpoint, by=console(), at=town.now) == 1
        turn(town)
        assert len({got.id for got in receiver.got}) == 1
        with pytest.raises(NothingToSend):
            send_again(endpoint=endpoint, by=console(), at=town.now)
    assert Delivery.objects.get().state == "sent"


def test_messages_of_an_item_come_in_order_and_one_that_fails_holds_no_other_item_back(town):
    with receiving(script=[500, 500]) as receiver:
        endpoint_at(town, receiver.url)
        town.send(0.5, callback="main")
        town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="hard")
        turn(town)
        town.decide(town.people[1], town.take(town.people[1]), "correct", "dog")
        decided(town)  # another item
        turn(town)
        town.wait(seconds=30)
        turn(town)
        told = [(got.told["type"], got.told["data"]["item"]["external_id"]) for got in receiver.got]
    escalated, released = ("item.escalated", "item-1"), ("outcome.released", "item-1")
    assert told == [escalated, escalated, ("outcome.released", "item-2"), escalated, released]


def test_410_switches_the_endpoint_off_and_what_comes_waits_until_it_is_on_again(town):
    with receiving(script=[410]) as receiver:
        endpoint, _ = endpoint_at(town, receiver.url)
        decided(town)
        turn(town)
        endpoint.refresh_from_db()
        assert not endpoint.active and "410" in endpoint.off_why
        assert Event.objects.filter(type="reviews.endpoint_switched_off").count() == 1
        decided(town)
        turn(town)
        assert len(receiver.got) == 1
        with pytest.raises(BadEndpoint):
            send_test(endpoint=endpoint, by=console(), at=town.now)
        switch_endpoint(endpoint=endpoint, on=True, by=console(), at=town.now)
        turn(town)
        assert [got.told["data"]["item"]["external_id"] for got in receiver.got] == ["item-1", "item-2"]
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["failed", "sent"]


def test_a_redirect_inward_is_not_followed(town):
    with receiving() as inside, receiving(then=inside.url) as receiver:
        endpoint_at(town, receiver.url)
        decided(town)
        turn(town)
        assert len(receiver.got) == 1 and inside.got == []
    row = Delivery.objects.get()
    assert (row.state, row.status) == ("waiting", 307) and "not followed" in row.said


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(town):
    with receiving() as receiver:
        endpoint, old = endpoint_at(town, receiver.url)
        new = rotate_secret(endpoint=endpoint, by=console(), at=town.now)
        assert new != old and new.startswith("whsec_")
        decided(town)
        turn(town)
        assert receiver.got[0].signed_by(old) and receiver.got[0].signed_by(new)
        town.wait(hours=25)
        decided(town)
        turn(town)
    assert receiver.got[1].signed_by(new) and not receiver.got[1].signed_by(old)


def test_secrets_stand_encrypted_and_without_their_key_nothing_is_sent_and_it_is_said(town):
    with receiving() as receiver:
        _, secret = endpoint_at(town, receiver.url)
        plain = base64.b64decode(secret.removeprefix("whsec_"))
        assert plain not in bytes(EndpointSecret.objects.get().body)
        decided(town)
        with override_settings(CALLBACK_KEY=b"o" * 32):
            turn(town)
    row = Delivery.objects.get()
    assert receiver.got == [] and row.state == "waiting" and "secret" in row.said


def test_what_was_delivered_is_forgotten_after_a_month_and_what_failed_stays(town):
    with receiving(script=[200, 410]) as receiver:
        endpoint_at(town, receiver.url)
        decided(town)
        turn(town)
        decided(town)
        turn(town)
    town.wait(days=29)
    assert drop_deliveries(at=town.now) == 0
    town.wait(days=2)
    assert drop_deliveries(at=town.now) == 1 and Delivery.objects.get().state == "failed"
    assert turn(town) == [] and Delivery.objects.count() == 1


def test_a_test_goes_the_same_road(town):
    with receiving() as receiver:
        endpoint, secret = endpoint_at(town, receiver.url)
        send_test(endpoint=endpoint, by=console(), at=town.now)
        turn(town)
    assert receiver.got[0].told["type"] == "endpoint.test" and receiver.got[0].signed_by(secret)


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("http://example.com/x", "url"),
        ("https://10.0.0.1/x", "url"),
        ("https://[::ffff:127.0.0.2]/x", "url"),
        ("https://169.254.169.254/latest", "url"),
        ("https://user:pass@example.com/", "url"),
        ("https://example.com/#x", "url"),
        ("ftp://example.com/", "url"),
        ("https://exa mple.com/", "url"),
        ("https:///x", "url"),
        ("https://example.com:99999/", "url"),
    ],
)
def test_an_address_that_cannot_be_called_is_refused_at_once(town, url, field):
    with pytest.raises(BadEndpoint) as refused:
        endpoint_at(town, url)
    assert [place for place, _ in refused.value.fields] == [field] and not Endpoint.objects.exists()


def test_an_endpoint_is_made_by_those_who_govern_under_a_name_of_its_own_with_an_event(town):
    with pytest.raises(Forbidden):
        add_endpoint(
            project=town.project,
            name="a",
            url="https://example.com",
            events=Told.values,
            by=town.people[0],
            at=town.now,
        )
    endpoint_at(town, "https://example.com/a")
    for name, events, field in (("main", Told.values, "name"), ("M", Told.values, "name"), ("b", [], "events")):
        with pytest.raises(BadEndpoint) as refused:
            endpoint_at(town, "https://example.com/b", name=name, events=events)
        assert [place for place, _ in refused.value.fields] == [field]
    with pytest.raises(BadEndpoint):
        endpoint_at(town, "https://example.com/b", name="b", events=["outcome.annulled"])
    assert Endpoint.objects.count() == 1


def test_changing_an_endpoint_is_told_to_the_ledger_and_changing_nothing_is_not(town):
    endpoint, _ = endpoint_at(town, "https://example.com/a")
    url = "https://example.com/b"
    assert change_endpoint(endpoint=endpoint, url=url, by=console(), at=town.now)
    assert not change_endpoint(endpoint=endpoint, url=url, by=console(), at=town.now)
    assert Event.objects.filter(type="reviews.endpoint_changed").count() == 1


def test_a_project_file_makes_endpoints_and_run_twice_changes_nothing(town):
    document = project_file(callbacks=[{"name": "main", "url": "https://example.com/a"}])
    _, changes = apply_project(document=document, by=console(), at=town.now)
    assert any("main" in one for one in changes)
    _, again = apply_project(document=document, by=console(), at=town.now)
    assert again == [] and Endpoint.objects.get().events == [*ABOUT_ITEMS]
    document = project_file(callbacks=[{"name": "main", "url": "https://example.com/b", "events": ["item.held"]}])
    _, changes = apply_project(document=document, by=console(), at=town.now)
    assert Endpoint.objects.get().url.endswith("b") and len(changes) == 1


def test_an_item_that_names_no_endpoint_of_its_project_is_refused_alone(town):
    endpoint_at(town, "https://example.com/a")
    caller = Caller(town.project)
    answer = caller.send({"items": [item("a", callback="main"), item("b", callback="other"), item("c")]})
    assert [one["status"] for one in answer.told["results"]] == ["created", "refused", "created"]
    assert answer.told["results"][1]["problem"]["errors"][0]["field"] == "callback"
    assert list(Callback.objects.values_list("item__external_id", flat=True)) == ["a"]
    other = build(slug="elsewhere", people=0, adjudicators=0)
    assert Caller(other.project, service="other").send(item("a", callback="main")).status_code == 422


ANSWERS = {
    "private": ["10.1.2.3"], "private 172": ["172.16.0.1"], "private 192": ["192.168.1.1"], "loopback": ["127.0.0.1"],
    "loopback 6": ["::1"], "this host": ["0.0.0.0"], "any 6": ["::"], "link-local": ["169.254.1.1"],
    "metadata": ["169.254.169.254"], "metadata 6": ["fd00:ec2::254"], "link-local 6": ["fe80::1%eth0"],
    "carrier": ["100.64.0.1"], "mapped": ["::ffff:10.0.0.1"], "mapped loopback": ["::ffff:7f00:1"],
    "compatible": ["::127.0.0.1"], "6to4": ["2002:7f00:1::"], "teredo": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "nat64": ["64:ff9b::7f00:1"], "unique local": ["fc00::1"], "site-local": ["fec0::1"], "multicast": ["224.0.0.1"],
    "multicast 6": ["ff02::1"], "broadcast": ["255.255.255.255"], "benchmarks": ["198.18.0.1"],
    "documentation": ["192.0.2.1"], "one of several": ["93.184.215.14", "10.0.0.1"],
}  # fmt: skip


@pytest.mark.parametrize("addresses", ANSWERS.values(), ids=ANSWERS.keys())
def test_a_name_that_leads_inward_is_never_called(addresses, monkeypatch):
    from reviews.actions.reaching import INWARD, post

    def connect(*args: Any, **named: Any) -> Any:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "create_connection", connect)
    asked = []

    def resolve(host: str, port: int, **named: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    reached = post("https://hooks.example.com/x", b"{}", {}, allowed=LOOPBACK, resolve=resolve)
    assert (reached.status, reached.said) == (None, INWARD) and asked == ["hooks.example.com"]


def test_a_name_that_changes_its_mind_is_called_where_it_was_looked_at(town):
    with receiving() as receiver:
        answers = [["127.0.0.1"], ["10.0.0.1"]]

        def resolve(host: str, port: int, **named: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers.pop(0)]

        with override_settings(CALLBACK_HOSTS=frozenset({"hooks.invalid"})):
            endpoint_at(town, f"http://hooks.invalid:{receiver.port}/hook")
            decided(town)
            turn(town, resolve=resolve)
        assert answers == [["10.0.0.1"]]  # it was asked once, and the connection went to that very answer
        assert receiver.got[0].headers["host"] == f"hooks.invalid:{receiver.port}"


def test_a_receiver_that_stalls_or_trickles_ends_in_time_and_rests(town):
    for way in ("stall", "trickle"):
        with receiving(then=way) as receiver, short_patience(1):
            endpoint, _ = endpoint_at(town, receiver.url, name=way)
            send_test(endpoint=endpoint, by=console(), at=town.now)
            send_test(endpoint=endpoint, by=console(), at=town.now)
            turn(town)
            assert len(receiver.got) == 1  # the second one waits with it
        endpoint.refresh_from_db()
        assert endpoint.rests_until > town.now and endpoint.calling_until is None


def test_no_more_endpoints_are_called_at_once_than_allowed_and_the_longest_ago_comes_first(town):
    with receiving() as receiver, override_settings(CALLBACKS_AT_ONCE=1):
        first, second = (endpoint_at(town, receiver.url, name=name)[0] for name in ("first", "second"))
        for endpoint in (first, second):
            send_test(endpoint=endpoint, by=console(), at=town.now)
        Endpoint.objects.filter(pk=first.pk).update(calling_until=town.now + dt.timedelta(minutes=1))
        assert call_back(endpoint_id=second.pk, now=lambda: town.now) == 0
        assert call_back(endpoint_id=first.pk, now=lambda: town.now) == 0
        town.wait(minutes=2)  # the worker that held it is dead
        assert turn(town) == [first.pk]
        send_test(endpoint=first, by=console(), at=town.now)
        assert turn(town) == [second.pk]
    assert isinstance(receiver, Receiver) and len(receiver.got) == 2


def test_a_job_run_twice_sends_nothing_twice(town):
    with receiving() as receiver:
        endpoint, _ = endpoint_at(town, receiver.url)
        decided(town)
        turn(town)
        for _ in range(2):
            call_back(endpoint_id=endpoint.pk, now=lambda: town.now)
            find_callbacks(at=town.now)
        assert len(receiver.got) == 1


def test_noting_what_was_routed_never_reads_all_tasks(town):
    with receiving() as receiver:
        endpoint_at(town, receiver.url)
        town.send(0.5, callback="main")
        seal(by=clock(), at=town.now)
        with CaptureQueriesContext(connection) as taken:
            find_callbacks(at=town.now)
    asked = [one["sql"] for one in taken if one["sql"].startswith("SELECT") and 'FROM "reviews_task"' in one["sql"]]
    assert len(asked) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + asked[0])
            assert not [row for row in cursor.fetchall() if row[-1].startswith("SCAN")]
