"""Answers that agree as far as the decision rights ask: settled by their consensus, or not."""

import json
from fractions import Fraction
from typing import Any

import pytest

from audit.models import Payload
from reviews.actions import apply_project, claim_batch, decide, decide_batch, open_batch, open_claim, withdraw
from reviews.errors import BadProjectFile, BadRights, MovedOn
from reviews.models import Decision, Item, Outcome, RightsVersion, Task
from reviews.reads.batches import batch_row, grid
from reviews.wire import read_decision
from tests.invariants import breaches
from tests.town import RIGHTS, Town, build, project_file

pytestmark = pytest.mark.django_db

TWO = {"arm": "review", "queue": "general", "decisions": 2}


def rights(measure: str, agree_at: str, **more: Any) -> dict[str, Any]:
    rule = {"measure": measure, "agree_at": agree_at, "then": "another", "at_most": 3, **more}
    return RIGHTS | {"routing": [], "otherwise": TWO, "no_confidence": TWO, "disagreement": rule}


def town_of(task_type: str, measure: str, agree_at: str, more: dict[str, Any] | None = None, **file: Any) -> Town:
    return build(task_type=task_type, rights=rights(measure, agree_at, **(more or {})), **file)


def say(town: Town, who: Any, output: Any) -> Any:
    held = town.take(who)
    body = {"output": output} if output is not None else {"verdict": "reject"}
    return decide(token=held.token, sent=read_decision(json.dumps(body).encode()), by=who, at=town.now)


def answers(town: Town, *outputs: Any) -> list[Any]:
    town.send(None)
    return [say(town, who, output) for who, output in zip(town.people, outputs, strict=False)]


def settled() -> Any:
    outcome = Outcome.objects.filter(annulled_at=None).get()
    return outcome, json.loads(bytes(outcome.body))["output"]


def told(section: str) -> dict[str, Any]:
    return json.loads(bytes(Payload.objects.filter(section=section).latest("pk").body))


def labels(*codes: str) -> dict[str, Any]:
    return {"labels": list(codes)}


def drawn(*boxes: tuple[str, float, float, float, float]) -> dict[str, Any]:
    sides = ("label", "x", "y", "width", "height")
    return {"boxes": [{"id": f"n{n}", **dict(zip(sides, one, strict=True))} for n, one in enumerate(boxes)]}


def test_two_label_sets_that_agree_far_enough_settle_on_what_both_gave() -> None:
    town = town_of("classification", "labels", "0.5", several=True)
    made = answers(town, labels("cat", "dog"), labels("dog"))
    outcome, output = settled()
    assert (outcome.source, output) == ("consensus", labels("dog"))
    assert told("outcome")["rests_on"] == [str(one.uuid) for one in made]
    assert breaches() == []


def test_what_agrees_less_asks_one_more_and_the_ledger_says_how_far_it_went() -> None:
    town = town_of("classification", "labels", "0.6", several=True)
    made = answers(town, labels("cat", "dog"), labels("dog"), labels("dog", "cat"))
    assert told("disagreement") | {"task": ""} == {
        "task": "", "then": "another", "measure": "labels", "agreement": "1/2", "agree_at": "0.6",
    }  # fmt: skip
    outcome, output = settled()
    assert (outcome.source, sorted(output["labels"])) == ("consensus", ["cat", "dog"])
    assert told("outcome")["rests_on"] == [str(made[0].uuid), str(made[2].uuid)]


def test_an_outcome_of_one_persons_answer_names_no_others() -> None:
    town = build()
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]))
    assert "rests_on" not in told("outcome")


def test_boxes_that_match_settle_on_their_median_and_others_are_adjudicated() -> None:
    town = town_of("detection", "boxes", "0.8", {"match_at": "0.6", "then": "adjudicate"})
    answers(town, drawn(("cat", 0, 0, 10, 10)), drawn(("cat", 1, 0, 10, 10)))
    _outcome, output = settled()
    assert output == {"boxes": [{"id": "1", "label": "cat", "x": 0.5, "y": 0, "width": 10, "height": 10}]}
    answers(town, drawn(("cat", 0, 0, 10, 10)), drawn(("dog", 1, 0, 10, 10)))
    assert Task.objects.filter(kind="adjudication").count() == 1
    assert (told("disagreement")["agreement"], Fraction(told("disagreement")["agree_at"])) == ("0", Fraction("0.8"))
    assert breaches() == []


def test_a_consensus_that_nobody_could_have_given_is_not_made_up() -> None:
    one = town_of("redaction", "boxes", "0.5", {"then": "adjudicate"})
    region = {"id": "1", "label": "cat", "x": 0, "y": 0, "width": 10, "height": 10}
    answers(one, {"regions": [region]}, {"regions": [{**region, "x": 1}]})
    assert Outcome.objects.count() == 0
    assert told("disagreement")["agreement"] == "1"
    assert Task.objects.filter(item__project=one.project, kind="adjudication", state="open").count() == 1


def test_a_form_settles_on_an_answer_whose_decisive_members_both_gave() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}, "note": {"type": "string"}}}
    town = town_of("form", "decisive", "1", labels=[], error_categories=[], schema=schema, decisive=["answer"])
    answers(town, {"answer": "Grant", "note": "fine"}, {"answer": "grant ", "note": "good income"})
    assert settled()[1] == {"answer": "Grant", "note": "fine"}
    answers(town, {"answer": "grant", "note": "fine"}, {"answer": "deny", "note": "fine"})
    assert told("disagreement")["agreement"] == "0"


def test_of_three_who_agree_the_earliest_answer_is_taken_whichever_seat_it_was_given_on() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}, "note": {"type": "string"}}}
    three = {"arm": "review", "queue": "general", "decisions": 3}
    file = {"labels": [], "error_categories": [], "schema": schema, "decisive": ["answer"]}
    town = build(
        task_type="form", rights=rights("decisive", "1") | {"otherwise": three, "no_confidence": three}, **file
    )
    town.send(None)
    held = [town.take(who) for who in town.people]
    for place in (1, 0, 2):
        body = json.dumps({"output": {"answer": "grant", "note": str(place)}}).encode()
        decide(token=held[place].token, sent=read_decision(body), by=town.people[place], at=town.now)
    assert settled()[1] == {"answer": "grant", "note": "1"}


def test_a_rejection_agrees_with_nothing_but_a_rejection() -> None:
    town = town_of("classification", "labels", "0.1", {"then": "adjudicate"}, several=True)
    town.send(0.5)
    for who, verdict in zip(town.people, ("approve", "reject"), strict=False):
        town.decide(who, town.take(who), verdict)
    assert Task.objects.filter(kind="adjudication").count() == 1


def test_a_withdrawn_part_of_a_consensus_annuls_it_and_the_redo_is_weighed_again() -> None:
    town = town_of("classification", "labels", "0.5", several=True)
    made = answers(town, labels("cat", "dog"), labels("dog"))
    held = withdraw(decision=made[0].uuid, by=town.people[0], at=town.now)
    assert Outcome.objects.get().annulled_at is not None
    open_claim(token=held.token, by=town.people[0], at=town.now)
    town.decide(town.people[0], held, None, "dog")
    assert settled()[1] == labels("dog")
    assert breaches() == []


def test_what_others_settle_alike_stands_without_a_decision_and_what_moves_the_median_does_not() -> None:
    rule = {"then": "another", "at_most": 3}
    town = town_of("detection", "boxes", "1", rule)
    first, second, third = [drawn(("cat", x, 0, 10, 10)) for x in (0, 0, 40)]
    made = answers(town, third, first, second)
    with pytest.raises(MovedOn):  # the other two settled it without this one
        withdraw(decision=made[0].uuid, by=town.people[0], at=town.now)
    town = town_of("detection", "boxes", "1", rule, slug="others")
    town.send(None)
    held = [town.take(who) for who in town.people[:2]]
    for who, one, output in zip(town.people, held, (first, drawn(("cat", 1, 0, 10, 10))), strict=False):
        decide(token=one.token, sent=read_decision(json.dumps({"output": output}).encode()), by=who, at=town.now)
    withdraw(decision=Decision.objects.latest("pk").uuid, by=town.people[1], at=town.now)
    assert Outcome.objects.filter(item__project=town.project, annulled_at=None).count() == 0
    assert breaches() == []


def test_a_batch_settles_by_the_same_measure() -> None:
    together = rights("labels", "0.5") | {"batch": {"queues": ["general"], "most": 3}}
    town = build(rights=together, several=True)
    town.send(0.5)
    for who, body in zip(
        town.people,
        (b'{"verdict":"approve"}', b'{"verdict":"correct","output":{"labels":["cat","fox"]}}'),
        strict=False,
    ):
        batch = claim_batch(queue=town.queue(), by=who, at=town.now)
        tokens = [tile.held.token for tile in grid(batch_row(batch), who.person_id, town.now).tiles]
        open_batch(batch=batch, tokens=tokens, by=who, at=town.now)
        decide_batch(batch=batch, sent=[(tokens[0], read_decision(body))], by=who, at=town.now)
    outcome, output = settled()
    assert (outcome.source, output) == ("consensus", labels("cat"))
    assert len(told("outcome")["rests_on"]) == 2
    assert Item.objects.get().state == "decided"


@pytest.mark.parametrize(
    ("task_type", "rule", "place"),
    [
        ("classification", {"measure": "boxes"}, "disagreement.measure"),
        ("detection", {"measure": "labels"}, "disagreement.measure"),
        ("detection", {"measure": "boxes", "match_at": "0"}, "disagreement.match_at"),
        ("classification", {"measure": "labels", "match_at": "0.5"}, "disagreement.match_at"),
        ("classification", {"measure": "labels", "agree_at": "0"}, "disagreement.agree_at"),
        ("classification", {"measure": "labels", "at_most": 10}, "disagreement.at_most"),
    ],
)
def test_a_measure_that_does_not_fit_the_task_type_is_not_published(
    by: Any, task_type: str, rule: dict[str, Any], place: str
) -> None:
    town = build(task_type=task_type)
    file = project_file(task_type=task_type, rights=RIGHTS | {"disagreement": {"at_most": 3} | rule})
    with pytest.raises(BadRights) as caught:
        apply_project(document=file, by=by, at=town.now)
    assert [path for path, _message in caught.value.fields] == [place]
    assert RightsVersion.objects.count() == 1


@pytest.mark.parametrize("decisive", [["colour"], ["answer", "answer"]])
def test_decisive_members_are_properties_of_the_schema(by: Any, decisive: list[str]) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}, "note": {"type": "string"}}}
    file = project_file(task_type="form", labels=[], error_categories=[], schema=schema, decisive=decisive, rights=None)
    with pytest.raises(BadProjectFile) as caught:
        apply_project(document=file, by=by, at=build().now)
    assert [path for path, _message in caught.value.fields] == ["decisive"]
