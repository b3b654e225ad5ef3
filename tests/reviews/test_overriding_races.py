"""Overrides and appeals on real concurrent connections, and killed at each statement."""

from concurrent.futures import Future
from typing import Any

from accounts.actions import Proof
from accounts.models import Signature
from accounts.reads import Actor
from audit.errors import Refusal
from reviews.actions import claim_next, countersign, decline, put_aside, receive_appeal, release
from reviews.models import Appeal, Involvement, Item, Outcome, Override, OverrideEnd, Seat
from reviews.wire import read_appeal
from tests.arena import Worker
from tests.invariants import breaches
from tests.killing import killed_at
from tests.reviews.overriding import accepted, high, in_force, one_more, put, town_with
from tests.town import Town
from tests.verifying import ledger_verifies


def at_once(*calls: Any) -> list[Any]:
    """Run calls at once, each on a connection of its own; a refusal is an answer."""
    workers = [Worker() for _ in calls]
    begun: list[Future[Any]] = [worker.begin(call) for worker, call in zip(workers, calls, strict=True)]
    found = []
    for future in begun:
        try:
            found.append(future.result(60))
        except Refusal as refusal:
            found.append(refusal.code)
    for worker in workers:
        worker.end()
    return found


def sign(town: Town, proposed: Override, who: Actor) -> OverrideEnd:
    proof = Proof(who.person_id or 0, town.now)
    return countersign(override=proposed.uuid, digest=proposed.digest, proof=proof, by=who, at=town.now)


def again(town: Town, item: Item, who: Actor, label: str, over: Any) -> Override:
    fresh = Item.objects.select_related("project").get(pk=item.pk)
    output, proof = {"labels": [label]}, Proof(who.person_id or 0, town.now)
    return put_aside(item=fresh, over=over, output=output, reason="So", by=who, at=town.now, proof=proof)


def test_of_two_seconds_who_sign_at_once_one_wins(arena: str) -> None:
    town = town_with()
    for _ in range(3):
        proposed = put(town, high(town), town.adjudicators[0], signed=True)
        one, two = town.adjudicators[1:3]
        answers = at_once(lambda: sign(town, proposed, one), lambda: sign(town, proposed, two))  # noqa: B023
        assert sorted(answer if isinstance(answer, str) else "done" for answer in answers) == ["done", "override_over"]
        assert OverrideEnd.objects.filter(override=proposed).count() == 1
        assert Signature.objects.filter(digest=proposed.digest).count() == 2
        assert in_force(proposed.item).number == 2 and breaches() == []
        release(at=town.now)


def test_a_signature_and_a_refusal_to_sign_at_once_leave_one(arena: str) -> None:
    town = town_with()
    proposed = put(town, high(town), town.adjudicators[0], signed=True)
    one, two = town.adjudicators[1:3]
    answers = at_once(
        lambda: sign(town, proposed, one),
        lambda: decline(override=proposed.uuid, reason="No", by=two, at=town.now),
    )
    assert answers.count("override_over") == 1
    end = OverrideEnd.objects.get()
    assert in_force(proposed.item).number == (2 if end.how == "done" else 1) and breaches() == []


def test_of_two_who_put_an_outcome_aside_at_once_one_wins(arena: str) -> None:
    town = town_with()
    for item in (accepted(town), high(town)):
        over = in_force(item).uuid
        one, two = town.adjudicators[:2]
        answers = at_once(
            lambda: again(town, item, one, "fox", over),  # noqa: B023
            lambda: again(town, item, two, "dog", over),  # noqa: B023
        )
        assert sum(isinstance(answer, Override) for answer in answers) == 1
        assert Override.objects.filter(item=item).count() == 1 and breaches() == []


def test_an_override_and_an_appeal_at_once_never_stand_side_by_side(arena: str) -> None:
    town = town_with()
    sender = one_more(town, "operations")
    for _ in range(4):
        item = accepted(town)
        over, who = in_force(item).uuid, town.adjudicators[0]

        def complain(item: Item = item) -> Any:
            fresh = Item.objects.select_related("project").get(pk=item.pk)
            return receive_appeal(item=fresh, sent=read_appeal(b'{"grounds": "x"}'), by=sender, at=town.now)

        answers = at_once(lambda: again(town, item, who, "fox", over), complain)  # noqa: B023
        assert sum(isinstance(answer, str) for answer in answers) == 1, answers
        assert breaches() == []


def test_nobody_declines_and_claims_the_appeal_at_once(arena: str) -> None:
    town = town_with()
    sender = one_more(town, "operations")
    for _ in range(6):
        item = high(town)
        proposed = put(town, item, town.adjudicators[0], signed=True)
        who = town.adjudicators[1]

        def complain(item: Item = item) -> Any:
            fresh = Item.objects.select_related("project").get(pk=item.pk)
            return receive_appeal(item=fresh, sent=read_appeal(b'{"grounds": "x"}'), by=sender, at=town.now)

        at_once(
            complain,
            lambda: decline(override=proposed.uuid, reason="No", by=who, at=town.now),  # noqa: B023
            lambda: claim_next(by=who, at=town.now, queue=town.queue("adjudication")),  # noqa: B023
        )
        sits = Seat.objects.filter(item=item, task__kind="appeal", person_id=who.person_id).exists()
        part = Involvement.objects.filter(item=item, person_id=who.person_id).exists()
        assert not (sits and part) and breaches() == []
        town.wait(minutes=3)
        from reviews.actions import sweep

        sweep(at=town.now)


def test_a_signature_killed_at_each_statement_stands_whole_or_not_at_all(arena: str) -> None:
    town = town_with()
    proposed = put(town, high(town), town.adjudicators[0], signed=True)
    who, step, reached = town.adjudicators[1], 1, True
    while reached:
        reached = killed_at(step, lambda: sign(town, proposed, who))
        ended = OverrideEnd.objects.filter(override=proposed).count()
        outcomes = Outcome.objects.filter(item=proposed.item).count()
        assert (ended, outcomes, Signature.objects.count()) in {(0, 1, 1), (1, 2, 2)} and breaches() == []
        if ended:
            break
        step += 1
    assert step > 15 and OverrideEnd.objects.get().how == "done"
    ledger_verifies()


def test_an_appeal_killed_at_each_statement_stands_whole_or_not_at_all(arena: str) -> None:
    town = town_with()
    item, sender, step = accepted(town), one_more(town, "operations"), 1
    while not Appeal.objects.exists():
        killed_at(
            step,
            lambda: receive_appeal(
                item=Item.objects.select_related("project").get(pk=item.pk),
                sent=read_appeal(b'{"grounds": "x"}'),
                by=sender,
                at=town.now,
            ),
        )
        assert Seat.objects.filter(task__kind="appeal").count() == Appeal.objects.count() and breaches() == []
        step += 1
    assert step > 10
    ledger_verifies()
