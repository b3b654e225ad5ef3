"""Outcomes that a change of labels affects: found exactly, put up for re-review, decided anew."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.errors import Forbidden
from accounts.reads import Actor, console
from audit.models import Payload
from reviews.actions import (
    ask_rereview,
    confirm_rereview,
    drop_rereview,
    find_rereviews,
    publish_rights,
    release,
    rereview,
    rereviewing,
    turn_switch,
)
from reviews.actions.reopening import open_rereview
from reviews.errors import BadDecision, BadRereview, NothingAffected, RereviewOver, RereviewRuns
from reviews.models import Item, Outcome, Rereview, RereviewPick, Route, Task
from reviews.reads.past import findings
from reviews.reads.rereviews import suspects
from tests.guidelines.writing import GUIDELINE, MERGED, SPLIT, copied, editor, published
from tests.invariants import breaches
from tests.reviews.overriding import accepted as by_model
from tests.reviews.overriding import in_force, put, town_with
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build(rights=RIGHTS | {"otherwise": {"arm": "accept"}, "release_after": "PT1S"})


@pytest.fixture
def opal(town) -> Actor:
    return editor(town, "opal", role="operations")


def labelled(label: str = "kitten") -> dict[str, Any]:
    other = copied(GUIDELINE)
    other["sections"][1]["label"] = label
    for example in other["examples"]:
        example["label"] = label
    return other


def through(run: Rereview, town: Town) -> Rereview:
    rereview(rereview_id=run.pk, now=lambda: town.now)
    town.wait(minutes=3)
    run.refresh_from_db()
    return run


def asked(town: Town, opal: Actor, labels: Any = ("cat",), **more: Any) -> Rereview:
    return through(ask_rereview(project=town.project, labels=labels, by=opal, at=town.now, **more), town)


def confirmed(town: Town, opal: Actor, run: Rereview, share: str = "1", queue: str = "general") -> Rereview:
    wanted = {"queue": town.queue(queue), "share": share, "reason": "Cats were split."}
    return through(confirm_rereview(run=run, by=opal, at=town.now, **wanted), town)


def settled(town: Town, verdict: str = "approve", **how: Any) -> None:
    """Let one reviewer decide what waits, and release it."""
    held = town.take(town.people[0])
    town.decide(town.people[0], held, verdict, **how)
    town.wait(seconds=2)
    release(at=town.now)


def accepted(town: Town, label: str, count: int) -> None:
    for _ in range(count):
        town.send(0.99, label)
    town.wait(seconds=2)
    release(at=town.now)


def put_up() -> list[str]:
    return sorted(RereviewPick.objects.values_list("item__external_id", flat=True))


def test_exactly_the_outcomes_in_force_that_name_the_label_are_found_and_put_up(town, opal):
    accepted(town, "cat", 3)  # item-1 to 3
    accepted(town, "dog", 2)
    town.send(0.5, "dog")
    settled(town, "correct", label="cat")  # item-6 became a cat
    town.send(0.5, "cat")
    settled(town, "correct", label="fox")  # item-7 was a cat only to the model
    town.send(0.5, "cat")  # item-8 waits, and has no outcome
    run = asked(town, opal)
    assert (run.state, run.affected, run.counts, run.gone) == ("found", 4, {"cat": 4}, 0)
    assert not Task.objects.filter(kind="rereview").exists()
    run = confirmed(town, opal, run)
    assert (run.state, run.opened, run.passed) == ("done", 4, 0)
    assert put_up() == ["item-1", "item-2", "item-3", "item-6"]
    assert breaches() == []


def test_after_a_split_people_answer_anew_and_the_outcome_is_superseded(town, opal):
    edna = editor(town)
    accepted(town, "cat", 1)
    published(town, edna, labelled(), SPLIT)
    run = confirmed(town, opal, asked(town, opal))
    held = town.take(town.people[1])
    assert held.task.kind == "work" and "approve" not in held.allowed
    assert (held.hidden, held.proposal, held.confidence, held.presentation["prediction"]) == (
        True,
        None,
        None,
        "hidden",
    )
    with pytest.raises(BadDecision):
        town.decide(town.people[1], held)
    town.decide(town.people[1], held, "correct", label="kitten")
    town.wait(seconds=2)
    release(at=town.now)
    newest = Outcome.objects.order_by("-number").first()
    assert newest.source == "audit" and newest.supersedes == 1 and newest.task.kind == "rereview"
    assert json.loads(bytes(newest.body))["output"] == {"labels": ["kitten"]}
    assert asked(town, opal).affected == 0
    assert run.picks.get().task.state != "closed"
    assert breaches() == []


def test_it_supersedes_even_where_audits_only_record(town, opal):
    changed = RIGHTS | {"audit": {"correction": "record"}, "release_after": "PT1S", "otherwise": {"arm": "accept"}}
    publish_rights(project=town.project, document=changed, reason="Record.", by=console(), at=town.now)
    accepted(town, "cat", 1)
    confirmed(town, opal, asked(town, opal))
    town.decide(town.people[0], town.take(town.people[0]), "correct", label="dog")
    assert Outcome.objects.count() == 2


def test_whoever_is_asked_again_does_not_see_what_the_model_said_and_may_say_the_same(town, opal):
    accepted(town, "cat", 2)
    confirmed(town, opal, asked(town, opal))
    who = town.people[0]
    held = town.take(who)
    assert held.hidden and held.proposal is None and "approve" not in held.allowed
    with pytest.raises(BadDecision):
        town.decide(who, held)
    town.decide(who, held, "correct", label="cat")
    told = json.loads(bytes(Payload.objects.get(event__type="reviews.audit_recorded", section="audit").body))
    assert told["finding"] == "agrees"
    town.decide(who, town.take(who), None, label="dog")
    assert Outcome.objects.count() == 3 and breaches() == []


@pytest.mark.parametrize("back", [False, True])
def test_it_supersedes_so_too_once_it_was_escalated_or_returned(town, opal, back):
    changed = RIGHTS | {"audit": {"correction": "record"}, "release_after": "PT1S", "otherwise": {"arm": "accept"}}
    publish_rights(project=town.project, document=changed, reason="Record.", by=console(), at=town.now)
    accepted(town, "cat", 1)
    confirmed(town, opal, asked(town, opal))
    first, senior, third = town.people
    town.decide(first, town.take(first), "escalate", rationale="Hm")
    held = town.take(senior)
    assert held.task.kind == "escalation"
    if back:
        town.decide(senior, held, "return", rationale="Mind the ears.")
        senior, held = third, town.take(third)
    town.decide(senior, held, "correct", label="dog")
    newest = Outcome.objects.order_by("-number")[0]
    assert (newest.number, json.loads(bytes(newest.body))["output"]) == (2, {"labels": ["dog"]})
    assert breaches() == []


def test_an_audit_of_what_could_not_be_said_again_finds_that_and_no_difference():
    town = build(rights=RIGHTS | {"release_after": "PT1S"})
    town.send(0.7, "cat")  # drawn for an audit
    published(town, editor(town), labelled(), SPLIT)
    town.decide(town.people[0], town.take(town.people[0]), None, "kitten")
    told = json.loads(bytes(Payload.objects.get(event__type="reviews.audit_recorded", section="audit").body))
    assert told["finding"] == "retired" and Outcome.objects.count() == 2
    town.wait(minutes=1)
    item = Item.objects.get().pk
    assert findings([item], town.now) == {item: "retired"}
    assert breaches() == []


def test_what_an_override_decided_is_counted_apart_and_nobody_is_asked_about_it():
    town = town_with(rights={"otherwise": {"arm": "accept"}})
    opal = editor(town, "otto", role="operations")
    item = by_model(town)
    by_model(town)
    put(town, item, town.adjudicators[0], "fox")
    town.wait(minutes=2)
    release(at=town.now)
    assert in_force(item).source == "override" and in_force(item).released_at is not None
    run = asked(town, opal, ["cat", "fox"])
    assert (run.affected, run.counts, run.kept) == (1, {"cat": 1}, 1)
    run = confirmed(town, opal, run)
    assert (run.opened, run.passed) == (1, 0)
    assert item.pk not in run.picks.values_list("item_id", flat=True)


def test_what_is_settled_but_not_released_is_counted_and_found_by_a_later_run(town, opal):
    accepted(town, "cat", 1)
    for label in ("cat", "dog"):
        town.send(0.5, label)
        town.decide(town.people[0], town.take(town.people[0]))
    run = asked(town, opal)
    assert (run.affected, run.unreleased) == (1, 1)
    drop_rereview(run=run, by=opal, at=town.now)
    release(at=town.now)
    run = asked(town, opal)
    assert (run.affected, run.unreleased) == (2, 0)


def test_a_share_is_drawn_and_a_larger_one_keeps_every_pick(town, opal):
    accepted(town, "cat", 30)
    first = confirmed(town, opal, asked(town, opal), share="0.3")
    few = set(put_up())
    assert 0 < first.opened < 30 and first.passed == 30 - first.opened
    second = confirmed(town, opal, asked(town, opal), share="0.8")
    more = set(second.picks.values_list("item__external_id", flat=True))
    assert few.isdisjoint(more)  # those are looked at already
    assert len(few | more) == second.opened + first.opened
    third = confirmed(town, opal, asked(town, opal))
    assert first.opened + second.opened + third.opened == 30


def test_segments_and_time_narrow_it(town, opal):
    town.send(0.99, "cat", segments={"geography": "DE"})
    town.send(0.99, "cat", segments={"geography": "FR"})
    town.wait(seconds=2)
    release(at=town.now)
    run = asked(town, opal, segment="geography", value="DE")
    assert run.affected == 1
    drop_rereview(run=run, by=opal, at=town.now)
    assert asked(town, opal, since=town.now).affected == 0


def test_whoever_decided_it_is_not_asked_again(town, opal):
    town.send(0.5, "dog")
    settled(town, "correct", label="cat")
    confirmed(town, opal, asked(town, opal))
    assert town.take(town.people[0]) is None
    assert town.take(town.people[1]) is not None


def test_what_nobody_is_left_for_is_passed_over(opal, town):
    accepted(town, "cat", 1)
    run = confirmed(town, opal, asked(town, opal), queue="senior")
    assert run.state == "done"
    assert run.opened + run.passed == 1
    if run.opened:
        assert Task.objects.filter(kind="rereview", state="open").exists()


def test_one_run_at_a_time_and_each_step_once(town, opal):
    accepted(town, "cat", 1)
    run = ask_rereview(project=town.project, labels=["cat"], by=opal, at=town.now)
    with pytest.raises(RereviewRuns):
        ask_rereview(project=town.project, labels=["cat"], by=opal, at=town.now)
    with pytest.raises(RereviewOver):
        confirmed(town, opal, run)
    run = through(run, town)
    done = confirmed(town, opal, run)
    with pytest.raises(RereviewOver):
        drop_rereview(run=done, by=opal, at=town.now)
    rereview(rereview_id=run.pk, now=lambda: town.now)
    assert RereviewPick.objects.count() == 1


def test_a_run_that_was_cut_off_goes_on_and_opens_nothing_twice(town, opal):
    accepted(town, "cat", 5)
    run = asked(town, opal)
    confirm_rereview(run=run, queue=town.queue(), share="1", reason="Split.", by=opal, at=town.now)
    row = Rereview.objects.select_related("queue").get(pk=run.pk)
    first = Outcome.objects.order_by("pk").first()
    assert open_rereview(run=row, item_id=first.item_id, number=1, at=town.now)  # then the worker died
    assert find_rereviews(at=town.now) == []
    town.wait(minutes=5)
    assert find_rereviews(at=town.now) == [run.pk]
    run = through(run, town)
    assert (run.state, run.opened, RereviewPick.objects.count()) == ("done", 5, 5)
    assert Task.objects.filter(kind="rereview").count() == 5


def test_a_run_writes_down_how_far_it_is_so_often_that_no_second_worker_takes_it_for_dead(town, opal, monkeypatch):
    monkeypatch.setattr(rereviewing, "AT_ONCE", 2)
    accepted(town, "cat", 7)
    run = asked(town, opal)
    confirm_rereview(run=run, queue=town.queue(), share="1", reason="Split.", by=opal, at=town.now)
    others: list[int] = []

    def a_slow_clock():
        town.wait(seconds=40)
        others.extend(find_rereviews(at=town.now))
        return town.now

    rereview(rereview_id=run.pk, now=a_slow_clock)
    run.refresh_from_db()
    assert (run.state, run.opened, run.scanned, others) == ("done", 7, 7, [])


def test_a_run_that_gets_on_is_never_given_up(town, opal):
    accepted(town, "cat", 1)
    run = asked(town, opal)
    confirm_rereview(run=run, queue=town.queue(), share="1", reason="Split.", by=opal, at=town.now)
    town.wait(minutes=5)
    Rereview.objects.update(tries=19)
    run = through(run, town)
    assert (run.state, run.tries) == ("done", 1)


@pytest.mark.parametrize(
    "changes", [{"share": "0"}, {"share": "1.1"}, {"share": "a half"}, {"reason": " "}, {"queue": "another"}]
)
def test_what_cannot_be_confirmed_is_refused_whole(town, opal, changes):
    accepted(town, "cat", 1)
    run = asked(town, opal)
    other = build(people=0, adjudicators=0, slug="others")
    wanted = {"queue": town.queue(), "share": "1", "reason": "Split."} | changes
    if wanted["queue"] == "another":
        wanted["queue"] = other.queue()
    with pytest.raises(BadRereview):
        confirm_rereview(run=run, by=opal, at=town.now, **wanted)
    run.refresh_from_db()
    assert run.state == "found" and run.event_id is None


def test_a_run_stays_with_who_asked_for_it_whoever_confirms_it(town, opal):
    accepted(town, "cat", 1)
    run = confirmed(town, editor(town, "otto", role="operations"), asked(town, opal))
    assert (run.state, run.person_id) == ("done", opal.person_id)


def test_nothing_affected_is_nothing_to_confirm(town, opal):
    run = asked(town, opal)
    with pytest.raises(NothingAffected):
        confirmed(town, opal, run)


def test_only_operations_and_owners_ask(town, opal):
    for who in (town.people[0], editor(town)):
        with pytest.raises(Forbidden):
            ask_rereview(project=town.project, labels=["cat"], by=who, at=town.now)
    with pytest.raises(BadRereview):
        ask_rereview(project=town.project, labels=[], by=opal, at=town.now)
    with pytest.raises(BadRereview):
        ask_rereview(project=town.project, labels=["cat"], segment="geography", by=opal, at=town.now)


def test_labels_whose_answers_a_change_affects_are_named(town):
    edna = editor(town)
    published(town, edna)
    first = {one.code: one.kind for one in suspects(town.project.pk)}
    assert first == dict.fromkeys(["cat", "dog", "fox"], "redefined")
    published(town, edna, labelled(), SPLIT)
    found = {one.code: one for one in suspects(town.project.pk)}
    assert found["cat"].kind == "split" and found["cat"].now == ["Kitten", "Grown cat"]


def test_a_label_that_was_split_and_stays_is_named_too(town):
    edna = editor(town)
    published(town, edna)
    kept = copied(SPLIT)
    kept["labels"][-1].pop("active")
    kept["labels"][-1] |= {"key": "5"}
    kept["mapping"] = {"rows": [{"was": ["cat"], "now": ["cat", "kitten"]}]}
    published(town, edna, GUIDELINE, kept)
    assert [(one.kind, one.now) for one in suspects(town.project.pk) if one.code == "cat"] == [
        ("split", ["Cat", "Kitten"])
    ]


def test_after_a_merge_both_labels_are_named(town):
    published(town, editor(town), GUIDELINE, MERGED)
    found = {one.code: (one.kind, one.now) for one in suspects(town.project.pk)}
    assert found["dog"] == found["fox"] == ("renamed", ["Dog or fox"])


def test_a_model_that_still_says_a_retired_label_is_answered_by_people(town):
    published(town, editor(town), labelled(), SPLIT)
    answer = town.send(0.99, "cat")
    assert answer["route"]["arm"] == "review" and answer["route"]["rule"] == "retired_label"
    assert Route.objects.get().problem == "retired_label"
    held = town.take(town.people[0])
    assert "approve" not in held.allowed and [one["code"] for one in held.taxonomy["retired"]] == ["cat"]
    turn_switch(position="hold-everything", reason="Stop.", project=town.project, by=console(), at=town.now)
    assert town.send(0.99, "cat")["route"]["arm"] == "hold"


@pytest.mark.parametrize(
    "change",
    [
        "labels = '[\"dog\"]'", "person_id = NULL", "segment = 'x'", "asked_at = moved_at", "last = 0", "total = 0",
        "share = '0.5'", "reason = 'Another.'", "queue_id = NULL", "month = NULL", "event_id = NULL",
    ],
)  # fmt: skip
def test_what_a_run_was_asked_and_confirmed_for_stays(town, opal, change):
    accepted(town, "cat", 1)
    run = confirmed(town, opal, asked(town, opal), share="0.25")
    assert run.month is not None
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE reviews_rereview SET {change}")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_rereview")


def test_picks_stay_as_they_are(town, opal):
    accepted(town, "cat", 1)
    confirmed(town, opal, asked(town, opal))
    for statement in ("UPDATE reviews_rereviewpick SET run_id = run_id + 1", "DELETE FROM reviews_rereviewpick"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
