"""Real concurrent connections on one line of work."""

import json
import random
from collections import Counter
from concurrent.futures import Future
from typing import Any

from django.db import transaction

from accounts.reads import console
from audit.errors import Refusal
from audit.models import Event
from audit.models.sql import ask
from reviews.actions import (
    claim_batch,
    claim_next,
    decide,
    decide_batch,
    open_batch,
    open_claim,
    receive,
    receive_prediction,
    receive_predictions,
    release,
    sweep,
)
from reviews.actions.trail import Ground
from reviews.models import Claim, Decision, Item, Outcome, Prediction, Seat
from reviews.reads.batches import batch_row, grid
from reviews.wire import PredictionBody, read_decision, read_items, read_prediction
from tests.arena import Worker
from tests.invariants import breaches
from tests.town import RIGHTS, build
from tests.verifying import ledger_verifies

CROWD = 32
TOGETHER = RIGHTS | {"batch": {"queues": ["general"], "most": 50}}


def crowd(count: int) -> list[Worker]:
    return [Worker() for _ in range(count)]


def answers(futures: list[Future[Any]]) -> list[Any]:
    found = []
    for future in futures:
        try:
            found.append(future.result(120))
        except Refusal as refusal:
            found.append(refusal)
    return found


def test_thirty_two_people_on_one_queue_never_get_the_same_seat(arena: str) -> None:
    town = build(people=CROWD, adjudicators=1)
    for _ in range(40):
        town.send(0.5)
    workers = crowd(CROWD)
    claimed = answers(
        [
            worker.begin(lambda who=who: claim_next(by=who, at=town.now))
            for worker, who in zip(workers, town.people, strict=True)
        ]
    )
    for worker in workers:
        worker.end()
    taken = [held.item.external_id for held in claimed if held]
    assert len(taken) == CROWD
    assert max(Counter(taken).values()) == 1
    assert Claim.objects.count() == CROWD
    assert breaches() == []
    ledger_verifies()


def test_one_version_says_one_thing_however_many_send_it_at_once(arena: str) -> None:
    town = build(people=1, adjudicators=1)
    items = [Item.objects.get(uuid=town.send(0.5)["id"]) for _ in range(3)]
    workers, told = crowd(8), []
    for item in items:
        bodies = [
            {"model": {"name": "m", "version": "2"}, "purpose": "shadow", "prediction": {"labels": [label]}}
            for label in ["fox", "fox", "dog", "cat"] * 2
        ]
        sent = [read_prediction(json.dumps(body).encode()) for body in bodies]
        told += answers(
            [
                worker.begin(
                    lambda item=item, one=one: receive_prediction(item=item, sent=one, by=console(), at=town.now)
                )
                for worker, one in zip(workers, sent, strict=True)
            ]
        )
    for worker in workers:
        worker.end()
    assert sum(getattr(one, "new", False) for one in told) == 3 == Prediction.objects.filter(purpose="shadow").count()
    assert {one.code for one in told if isinstance(one, Refusal)} == {"prediction_differs"}
    assert breaches() == []


def test_lists_of_predictions_in_any_order_never_wait_for_each_other(arena: str) -> None:
    town = build(people=1, adjudicators=1)
    names = [town.send(0.5)["external_id"] for _ in range(8)]

    def said(version: int) -> PredictionBody:
        body = {
            "model": {"name": "m", "version": f"v{version}"},
            "purpose": "shadow",
            "prediction": {"labels": ["fox"]},
        }
        return read_prediction(json.dumps(body).encode())

    def many(turn: int) -> Any:
        mixed = random.Random(turn).sample([(name, said(2 + turn % 3)) for name in names], len(names))
        return receive_predictions(project=town.project, entries=mixed, by=console(), at=town.now)

    def single(turn: int) -> Any:
        item = Item.objects.get(external_id=names[turn % len(names)])
        return receive_prediction(item=item, sent=said(2 + turn % 3), by=console(), at=town.now)

    workers = crowd(12)
    told = answers(
        [worker.begin(lambda turn=turn: (many if turn % 2 else single)(turn)) for turn, worker in enumerate(workers)]
    )
    for worker in workers:
        worker.end()
    flat = [part for one in told for part in (one if isinstance(one, list) else [one])]
    kept = Prediction.objects.filter(purpose="shadow").count()
    assert sum(one.new for one in flat) == kept == len(names) * 3 and breaches() == []


def test_a_crowd_decides_everything_once(arena: str) -> None:
    town = build(people=8, adjudicators=1)
    for _ in range(30):
        town.send(0.5, impact=random.choice(["normal", "normal", "high"]))
    body = read_decision(b'{"verdict":"approve"}')

    def work(who: Any) -> int:
        done = 0
        while held := claim_next(by=who, at=town.now):
            open_claim(token=held.token, by=who, at=town.now)
            decide(token=held.token, sent=body, by=who, at=town.now)
            done += 1
        return done

    workers = crowd(8)
    done = answers([worker.begin(lambda who=who: work(who)) for worker, who in zip(workers, town.people, strict=True)])
    for worker in workers:
        worker.end()
    assert sum(done) == Decision.objects.count() == Seat.objects.filter(state="decided").count()
    assert not Seat.objects.filter(state__in=["open", "leased"]).exists()
    assert Outcome.objects.count() == Item.objects.count() == 30
    assert breaches() == []
    ledger_verifies()


def test_one_person_asking_twice_at_once_holds_one_prefetched_claim(arena: str) -> None:
    town = build(people=1, adjudicators=0)
    for _ in range(4):
        town.send(0.5)
    workers = crowd(4)
    who = town.people[0]
    held = answers([worker.begin(lambda: claim_next(by=who, at=town.now)) for worker in workers])
    for worker in workers:
        worker.end()
    assert len({one.token for one in held}) == 1
    assert Seat.objects.filter(state="leased").count() == 1
    assert breaches() == []


def test_the_same_decision_sent_twice_at_once_counts_once(arena: str) -> None:
    town = build(people=1, adjudicators=0)
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    body = read_decision(b'{"verdict":"approve"}')
    workers = crowd(4)
    done = answers(
        [worker.begin(lambda: decide(token=held.token, sent=body, by=who, at=town.now)) for worker in workers]
    )
    for worker in workers:
        worker.end()
    assert len({one.uuid for one in done}) == 1
    assert sorted(one.new for one in done) == [False, False, False, True]
    assert breaches() == []


def test_the_same_items_sent_at_once_in_two_orders_come_in_once(arena: str) -> None:
    town = build(people=1, adjudicators=0)
    lines = [f'{{"external_id":"i{n}","data":{{"text":"x"}}}}' for n in range(60)]
    orders = [lines, lines[::-1], random.sample(lines, len(lines)), lines]
    workers = crowd(4)

    def send(order: list[str]) -> Counter[str]:
        batch = read_items("\n".join(order).encode(), "application/x-ndjson")
        return Counter(
            one.status for one in receive(project=town.project, entries=batch.entries, by=console(), at=town.now)
        )

    counts = answers(
        [worker.begin(lambda order=order: send(order)) for worker, order in zip(workers, orders, strict=True)]
    )
    for worker in workers:
        worker.end()
    assert sum(count["created"] for count in counts) == Item.objects.count() == 60
    assert sum(count["known"] for count in counts) == 180
    assert breaches() == []


def test_sweepers_and_releasers_at_once_do_each_thing_once(arena: str) -> None:
    town = build(people=6, adjudicators=0)
    for _ in range(12):
        town.send(0.5)
    for who in town.people:
        town.decide(who, town.take(who))
        town.take(who)
    town.wait(hours=1)
    workers = crowd(6)
    jobs = [sweep, release, sweep, release, sweep, release]
    answers([worker.begin(lambda job=job: job(at=town.now)) for worker, job in zip(workers, jobs, strict=True)])
    release(at=town.now)
    for worker in workers:
        worker.end()
    assert sorted(Outcome.objects.values_list("position", flat=True)) == list(range(1, 7))
    assert Event.objects.filter(type="reviews.claim_lapsed").count() == 6
    assert breaches() == []


def test_an_outcome_committed_late_is_not_lost_to_the_feed(arena: str) -> None:
    """Outcome A is written first and commits last; whoever reads the feed in between misses nothing of it."""
    from django.db import connection

    town = build(people=2, adjudicators=0)
    town.send(0.95)
    late, early = Worker(), Worker()
    if connection.vendor == "postgresql":
        from threading import Event as Signal

        written, commit = Signal(), Signal()

        def slow() -> None:
            with transaction.atomic():
                town.send(0.95)
                written.set()
                commit.wait(30)

        slow_done = late.begin(slow)
        written.wait(30)
        early.begin(lambda: town.send(0.95)).result(30)
        early.begin(lambda: release(at=town.now)).result(30)
        seen = ask("SELECT position, item_id FROM reviews_outcome WHERE position IS NOT NULL ORDER BY position")
        assert [row.position for row in seen] == [1, 2]
        commit.set()
        slow_done.result(30)
    else:
        early.begin(lambda: town.send(0.95)).result(30)
        late.begin(lambda: town.send(0.95)).result(30)
    release(at=town.now)
    assert list(Outcome.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3]
    assert breaches() == []
    late.end()
    early.end()


def test_a_feed_reader_never_sees_a_position_before_the_ones_below_it(arena: str) -> None:
    town = build(people=1, adjudicators=0)
    for _ in range(20):
        town.send(0.95)
    ground = Ground(town.project.pk, town.project.uuid, (town.project.log_id, town.project.log.origin))
    from accounts.reads import clock
    from reviews.actions.releasing import release_batch

    workers = crowd(4)
    by = clock()
    answers(
        [
            worker.begin(lambda: [release_batch(ground, by=by, at=town.now, limit=3) for _ in range(5)])
            for worker in workers
        ]
    )
    seen: list[int] = []
    for worker in workers:
        worker.end()
    while rows := ask(
        "SELECT position FROM reviews_outcome WHERE position > %s ORDER BY position LIMIT 7", [seen[-1] if seen else 0]
    ):
        seen += [row.position for row in rows]
    assert seen == list(range(1, 21))
    assert breaches() == []


def test_two_people_taking_batches_of_one_line_never_get_the_same_seat(arena: str) -> None:
    town = build(people=4, adjudicators=0, rights=TOGETHER)
    for _ in range(120):
        town.send(0.5)
    workers = crowd(4)
    calls = [
        worker.begin(lambda who=who: claim_batch(queue=town.queue(), by=who, at=town.now))
        for worker, who in zip(workers, town.people, strict=True)
    ]
    batches = answers(calls)
    for worker in workers:
        worker.end()
    held = [
        grid(batch_row(batch), who.person_id, town.now)
        for batch, who in zip(batches, town.people, strict=True)
        if batch
    ]
    items = [tile.held.item.external_id for one in held if one for tile in one.tiles]
    assert len(items) == len(set(items)) == Claim.objects.count() >= 100
    assert breaches() == []


def test_one_person_taking_a_batch_twice_at_once_has_one(arena: str) -> None:
    town = build(people=1, adjudicators=0, rights=TOGETHER)
    for _ in range(20):
        town.send(0.5)
    workers = crowd(3)
    who = town.people[0]
    found = answers([worker.begin(lambda: claim_batch(queue=town.queue(), by=who, at=town.now)) for worker in workers])
    for worker in workers:
        worker.end()
    assert len(set(found)) == 1
    assert Seat.objects.filter(state="leased").count() == 20
    assert breaches() == []


def test_batches_of_two_people_on_the_same_items_are_confirmed_at_once_without_a_deadlock(arena: str) -> None:
    routing = [{"name": "All", "when": [], "then": {"arm": "review", "queue": "general", "decisions": 2}}]
    town = build(people=2, adjudicators=0, rights=TOGETHER | {"routing": routing})
    for _ in range(20):
        town.send(0.5)
    approve = read_decision(b'{"verdict":"approve"}')
    taken = []
    for who in town.people:
        batch = claim_batch(queue=town.queue(), by=who, at=town.now)
        shown = grid(batch_row(batch), who.person_id, town.now)
        assert batch is not None
        assert shown is not None
        tokens = [tile.held.token for tile in shown.tiles]
        open_batch(batch=batch, tokens=tokens, by=who, at=town.now)
        taken.append((who, batch, [(token, approve) for token in tokens]))
    taken[1][2].reverse()
    workers = crowd(2)
    done = answers(
        [
            worker.begin(
                lambda who=who, batch=batch, sent=sent: decide_batch(batch=batch, sent=sent, by=who, at=town.now)
            )
            for worker, (who, batch, sent) in zip(workers, taken, strict=True)
        ]
    )
    for worker in workers:
        worker.end()
    assert [one.refusal for answer in done for one in answer] == [None] * 40
    assert Outcome.objects.filter(source="consensus").count() == 20
    assert breaches() == []
    ledger_verifies()


def test_a_sweep_against_a_confirmation_ends_each_claim_once(arena: str) -> None:
    town = build(people=1, adjudicators=0, rights=TOGETHER)
    for _ in range(20):
        town.send(0.5)
    who, approve = town.people[0], read_decision(b'{"verdict":"approve"}')
    batch = claim_batch(queue=town.queue(), by=who, at=town.now)
    shown = grid(batch_row(batch), who.person_id, town.now)
    assert batch is not None
    assert shown is not None
    tokens = [tile.held.token for tile in shown.tiles]
    open_batch(batch=batch, tokens=tokens, by=who, at=town.now)
    workers, before = crowd(2), town.now
    town.wait(minutes=16)
    sent = [(token, approve) for token in tokens]
    answers(
        [
            workers[0].begin(lambda: decide_batch(batch=batch, sent=sent, by=who, at=before)),
            workers[1].begin(lambda: sweep(at=town.now)),
        ]
    )
    for worker in workers:
        worker.end()
    assert Decision.objects.count() + Seat.objects.filter(state="open").count() == 20
    assert breaches() == []
