"""Labels on single turns: what an output may say of them, what intake and deciding refuse, when answers agree."""

import json
from typing import Any

import msgspec
import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.reads import console
from guidelines.models import TaxonomyVersion
from reviews.actions import apply_project, claim_batch, receive, release, withdraw
from reviews.errors import BadBody, BadDecision, BadOutput, BadProjectFile, MovedOn, NoBatch
from reviews.forms.deciding import sent_decision
from reviews.models import Decision, Item, Outcome, Route
from reviews.outputs import Turning, compared, differences, read_output, same, unknown_labels
from reviews.reads.batches import batch_lines
from reviews.reads.case import case
from reviews.reads.guiding import guide
from reviews.reads.history import history
from reviews.reads.pane import pane
from reviews.reads.said import words_of
from reviews.reads.stream import stream
from reviews.reads.turns import turning
from reviews.reads.veils import Veil
from reviews.wire import read_items
from tests.calls import LABELS, PROPOSED, TURNS, call_town, on, send_call
from tests.reviews.caller import Caller, problem
from tests.town import RIGHTS, build, project_file

CODES = {label["code"] for label in LABELS}
TURNING = Turning(4, frozenset({"inquiry"}), frozenset({"greeting", "promise"}))
GREETED = on((0, ["greeting"]))


def places(output: Any, turning: Turning | None = TURNING, labels: Any = CODES) -> list[str]:
    with pytest.raises(BadOutput) as refused:
        read_output("classification", output, labels, None, False, turning)
    return [path for path, _ in refused.value.fields]


def test_labels_on_turns_are_read_where_a_project_labels_turns() -> None:
    for output in (PROPOSED, on((0, ["complaint"]), (3, ["promise", "greeting"])), on(), {"labels": ["inquiry"]}):
        assert read_output("classification", output, CODES, None, False, TURNING) is output


@pytest.mark.parametrize(
    ("output", "place"),
    [
        (on((4, ["greeting"])), "turns.0.turn"),
        (on((1, ["greeting"]), (1, ["promise"])), "turns.1.turn"),
        (on((1, ["greeting"]), (0, ["promise"])), "turns.1.turn"),
        (on((-1, ["greeting"])), "turns.0.turn"),
        (on((0, [])), "turns.0.labels"),
        (on((0, ["greeting", "greeting"])), "turns.0.labels"),
        (on((0, ["cow"])), "turns.0.labels.0"),
        (on((0, ["greeting", "inquiry"])), "turns.0.labels.1"),
        (on(whole="greeting"), "labels.0"),
        ({"labels": ["complaint"], "turns": None}, "turns"),
        ({"labels": ["complaint"], "turns": [{"turn": True, "labels": ["greeting"]}]}, "turns.0.turn"),
        ({"labels": ["complaint"], "turns": [{"turn": 0, "labels": ["greeting"], "by": "me"}]}, "turns.0"),
    ],
)
def test_what_does_not_fit_on_turns_is_refused_at_its_place(output: dict[str, Any], place: str) -> None:
    assert places(output) == [place]


def test_no_other_project_and_no_other_task_type_takes_labels_on_turns() -> None:
    for output in (GREETED, on()):
        assert places(output, None) == ["turns"]
    with pytest.raises(BadOutput):
        read_output("spans", {"spans": [], "turns": []}, CODES, None, False, TURNING)


def test_a_label_of_a_turn_that_the_project_has_not_is_unknown_like_any_other() -> None:
    assert unknown_labels("classification", on((0, ["cow", "greeting"]), whole="hen"), CODES) == ["hen", "cow"]
    assert unknown_labels("classification", {"turns": [{"labels": ["cow"]}, 3, {"labels": 4}]}, CODES) == ["cow"]


def test_no_turns_and_no_member_for_them_are_one_answer_and_a_turns_labels_have_no_order() -> None:
    assert same("classification", on(), {"labels": ["complaint"]})
    assert same("classification", on((1, ["a", "b"])), on((1, ["b", "a"])))
    assert not same("classification", on((1, ["a"])), on((2, ["a"])))
    assert not same("classification", on((1, ["a"])), on())
    assert compared("classification", {"labels": ["complaint"]}) == b'{"labels":["complaint"]}'


def test_labels_that_turns_gained_and_lost_are_listed_by_turn() -> None:
    assert differences("classification", PROPOSED, on((0, ["complaint"]), (3, ["promise"]), whole="inquiry")) == [
        {"path": "labels", "from": "complaint", "to": "inquiry"},
        {"path": "turns.0", "from": "greeting", "to": "complaint"},
        {"path": "turns.2", "from": "promise", "to": None},
        {"path": "turns.3", "from": None, "to": "promise"},
    ]


labelled = st.dictionaries(st.integers(0, 3), st.lists(st.sampled_from(["greeting", "promise"]), unique=True)).map(
    lambda turns: on(*((turn, turns[turn]) for turn in sorted(turns) if turns[turn]))
)


@settings(max_examples=100, deadline=None)
@given(labelled, labelled)
def test_answers_differ_just_where_a_turn_has_other_labels(a: dict[str, Any], b: dict[str, Any]) -> None:
    read_output("classification", a, CODES, None, False, TURNING)
    pairs = [{(one["turn"], label) for one in answer["turns"] for label in one["labels"]} for answer in (a, b)]
    assert same("classification", a, b) == (pairs[0] == pairs[1])
    assert (differences("classification", a, b) == []) == (pairs[0] == pairs[1])


@pytest.mark.django_db
def test_a_project_file_says_that_turns_are_labelled_and_by_what():
    town = call_town()
    taxonomy = json.loads(bytes(TaxonomyVersion.objects.get().body))
    assert taxonomy["turns"] is True
    assert [label.get("on") for label in taxonomy["labels"]] == [None, "item", "turn", "turn"]
    assert turning(taxonomy, {"turns": TURNS}) == TURNING
    file = project_file("calls", name="Calls", labels=LABELS, turn_labels=True)
    assert apply_project(document=file, by=console(), at=town.now)[1] == []


@pytest.mark.django_db
def test_a_project_without_labels_on_turns_has_the_taxonomy_it_always_had():
    build()
    taxonomy = json.loads(bytes(TaxonomyVersion.objects.get().body))
    assert taxonomy.keys() == {"labels", "error_categories", "many", "schema"}
    assert taxonomy["labels"][0].keys() == {"code", "name", "key", "definition"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"turn_labels": True, "task_type": "detection"}, "turn_labels"),
        ({"turn_labels": False, "labels": LABELS}, "labels[1].on"),
        ({"turn_labels": True, "labels": [{"code": "a", "name": "A", "on": "item"}]}, "labels"),
        ({"turn_labels": True, "labels": [{"code": "a", "name": "A", "on": "turn"}]}, "labels"),
    ],
)
def test_a_project_file_that_cannot_label_turns_as_it_says_is_refused_at_the_place(changes, place):
    with pytest.raises(BadProjectFile) as refused:
        build(**changes)
    assert refused.value.fields[0][0] == place
    assert not TaxonomyVersion.objects.exists()


@pytest.mark.django_db
def test_a_project_may_label_turns_alone():
    town = call_town(labels=[{"code": "a", "name": "A", "on": "turn"}], several=True)
    send_call(town, prediction={"labels": [], "turns": [{"turn": 1, "labels": ["a"]}]})
    shown = pane(town.take(town.people[0]))
    assert (shown.choices, [one.code for one in shown.on_turns]) == ([], ["a"])


def refused_item(town: Any, **more: Any) -> list[tuple[str, str]]:
    body = {"external_id": "x", "model": {"name": "m", "version": "1"}, "data": {"turns": TURNS}, "confidence": 0.5}
    entries = read_items(json.dumps(body | more).encode(), "application/json").entries
    received = receive(project=town.project, entries=entries, by=console(), at=town.now)[0]
    assert received.status == "refused" and received.problem is not None
    assert not Item.objects.exists()
    return received.problem.errors


@pytest.mark.django_db
def test_intake_refuses_a_proposal_on_a_turn_that_the_conversation_has_not():
    town = call_town()
    place, told = refused_item(town, prediction=on((4, ["promise"])))[0]
    assert (place, told) == (
        "prediction.turns.0.turn", "There is no turn 4: this conversation has 4, counted from 0."
    )  # fmt: skip
    assert refused_item(town, prediction=GREETED, data={"text": "No call at all"})[0][0] == "prediction.turns.0.turn"
    assert refused_item(town, prediction=on((0, ["inquiry"])))[0][0] == "prediction.turns.0.labels.0"


@pytest.mark.django_db
def test_intake_refuses_labels_on_turns_where_the_project_has_none():
    town = build()
    assert refused_item(town, prediction={"labels": ["cat"], "turns": []}) == [
        ("prediction.turns", "This project puts no labels on turns.")
    ]


@pytest.mark.django_db
def test_an_unknown_label_on_a_turn_holds_the_item():
    held = send_call(call_town(), prediction=on((1, ["cow"])))
    assert (held["state"], held["problem"]) == ("held", "unknown_label")


@pytest.mark.django_db
def test_a_rule_may_ask_for_labels_on_turns():
    promised = {"field": "prediction.turns.labels", "op": "contains", "value": "promise"}
    many = {"field": "count:prediction.turns", "op": ">", "value": "1"}
    rule = {"name": "Promised", "when": [promised, many], "then": {"arm": "review", "queue": "senior"}}
    town = call_town(rights=RIGHTS | {"routing": [rule]})
    send_call(town, 0.95)
    send_call(town, 0.95, prediction=GREETED)
    assert list(Route.objects.order_by("id").values_list("rule", flat=True)) == ["Promised", "otherwise"]


@pytest.mark.django_db
def test_approving_approves_the_labels_of_turns_and_changing_one_is_a_correction():
    town = call_town()
    send_call(town)
    send_call(town)
    town.decide(town.people[0], town.take(town.people[0]))
    held = town.take(town.people[0])
    with pytest.raises(BadDecision):
        town.decide(town.people[0], held, "correct", output=PROPOSED)
    town.decide(town.people[0], held, "correct", output=GREETED)
    outputs = [json.loads(bytes(one.body))["output"] for one in Outcome.objects.order_by("id")]
    assert outputs == [PROPOSED, GREETED]
    said = json.loads(bytes(Decision.objects.latest("id").body))
    assert said["differences"] == [{"path": "turns.2", "from": "promise", "to": None}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "output", [on((4, ["promise"])), on((0, ["cow"])), on((0, ["promise"]), (0, ["greeting"])), on((0, ["inquiry"]))]
)
def test_a_decision_is_refused_whose_turns_do_not_fit_and_nothing_is_written(output):
    town = call_town()
    send_call(town)
    held = town.take(town.people[0])
    with pytest.raises(BadOutput) as refused:
        town.decide(town.people[0], held, "correct", output=output)
    assert refused.value.fields[0][0].startswith("turns.")
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_a_decision_with_turns_is_refused_where_the_project_labels_none():
    town = build()
    town.send(0.5, data={"turns": TURNS})
    with pytest.raises(BadOutput) as refused:
        town.decide(
            town.people[0], town.take(town.people[0]), "correct",
            output={"labels": ["dog"], "turns": [{"turn": 0, "labels": ["cat"]}]},
        )  # fmt: skip
    assert refused.value.fields == [("turns", "This project puts no labels on turns.")]
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_people_agree_by_the_labels_of_turns_whatever_their_order():
    town = call_town()
    send_call(town, impact="high")
    for who, labels in zip(town.people, (["greeting", "complaint"], ["complaint", "greeting"]), strict=False):
        town.decide(who, town.take(who), "correct", output=on((0, labels)))
    outcome = Outcome.objects.get()
    assert outcome.source == "consensus"
    assert json.loads(bytes(outcome.body))["output"] == on((0, ["greeting", "complaint"]))


@pytest.mark.django_db
def test_people_who_label_different_turns_disagree():
    town = call_town()
    send_call(town, impact="high")
    for who, turn in zip(town.people, (0, 1), strict=False):
        town.decide(who, town.take(who), "correct", output=on((turn, ["greeting"])))
    assert not Outcome.objects.exists()
    third = town.people[2]
    town.decide(third, town.take(third), "correct", output=on((1, ["greeting"])))
    assert json.loads(bytes(Outcome.objects.get().body))["output"] == on((1, ["greeting"]))


@pytest.mark.django_db
def test_what_two_settled_in_another_order_does_not_rest_on_the_third_who_differed():
    town = call_town()
    send_call(town, impact="high")
    answers = (["greeting", "promise"], ["complaint"], ["promise", "greeting"])
    made = [
        town.decide(who, town.take(who), "correct", output=on((0, labels)))
        for who, labels in zip(town.people, answers, strict=True)
    ]
    with pytest.raises(MovedOn):
        withdraw(decision=made[1].uuid, by=town.people[1], at=town.now)
    assert Outcome.objects.get().annulled_at is None


@pytest.mark.django_db
def test_queues_that_label_turns_give_no_batches():
    rights = RIGHTS | {"batch": {"queues": ["general"], "most": 50}}
    calls, cats = call_town(rights=rights), build(rights=rights)
    send_call(calls)
    cats.send(0.5)
    assert batch_lines(cats.people[0].person_id, cats.now) == {("cats", "general")}
    assert batch_lines(calls.people[0].person_id, calls.now) == set()
    with pytest.raises(NoBatch):
        claim_batch(queue=calls.queue(), by=calls.people[0], at=calls.now)


@pytest.mark.django_db
def test_labels_of_turns_are_told_in_words():
    town = call_town()
    send_call(town)
    mine = town.people[0]
    town.decide(mine, town.take(mine), "correct", output=on((3, ["promise", "complaint"])))
    taxonomy = json.loads(bytes(TaxonomyVersion.objects.get().body))
    assert words_of(PROPOSED, taxonomy) == [
        ("", "Complaint", 1), ("Turn 1", "Greeting", 3), ("Turn 3", "Promise", 4)
    ]  # fmt: skip
    item = Item.objects.get()
    told = history(item.pk, item.uuid, me=mine.pseudonym, quality=False)
    assert [one.changes for one in told if one.changes] == [
        [("", "Complaint", 1), ("Turn 4", "Promise", 4), ("Turn 4", "Complaint", 1)]
    ]
    assert "Turn 4: Promise" in stream(mine.person_id, town.now)[0].changes


@pytest.mark.django_db
def test_an_items_page_marks_turns_as_answered_beside_what_was_proposed_and_hides_both_with_the_rest():
    town = call_town()
    send_call(town)
    mine = town.people[0]
    town.decide(mine, town.take(mine), "correct", output=on((0, ["greeting"]), (3, ["promise"])))
    town.wait(minutes=1)
    release(at=town.now)
    item = Item.objects.get()
    shown = case(item, whole=True, veil=Veil())
    told = [[(mark.name, mark.proposed, mark.gone) for mark in turn.marks] for turn in shown.stage.turns]
    assert told == [[("Greeting", True, False)], [], [("Promise", True, True)], [("Promise", False, False)]]
    assert ("Turn 4", "Promise", 4) in shown.outcome_words
    withheld = case(item, whole=False, veil=Veil())
    assert not any(turn.marks for turn in withheld.stage.turns)


@pytest.mark.django_db
def test_a_projects_guideline_says_which_labels_go_where():
    town = call_town()
    guided = guide(town.project.pk)
    assert guided is not None
    assert [label.on for label in guided.reading.labels] == ["", "item", "turn", "turn"]


@pytest.mark.django_db
def test_a_draft_keeps_labels_of_turns_and_an_older_one_leaves_the_proposals():
    town = call_town()
    send_call(town)
    held = town.take(town.people[0])
    for draft, written in (({"labels": ["complaint"]}, ["", "1", "3"]), ({"turns": GREETED["turns"]}, ["", "1", ""])):
        object.__setattr__(held, "draft", draft)
        shown = pane(held)
        assert [one.written for one in shown.on_turns] == written
    assert [[mark.gone for mark in turn.marks] for turn in shown.stage.turns] == [[False], [], [True], []]


@pytest.mark.django_db
def test_proposed_labels_of_turns_are_shown_where_they_are_labelled_no_more():
    town = call_town()
    send_call(town)
    labels = [{key: value for key, value in label.items() if key != "on"} for label in LABELS]
    apply_project(
        document=project_file("calls", name="Calls", labels=labels), by=console(), at=town.now
    )  # fmt: skip
    shown = pane(town.take(town.people[0]))
    assert (shown.on_turns, shown.script["turns"], shown.script["proposal"]) == ([], False, {"labels": ["complaint"]})
    assert [[mark.name for mark in turn.marks] for turn in shown.stage.turns] == [["Greeting"], [], ["Promise"], []]


def form(**sent: str) -> Any:
    post = QueryDict(mutable=True)
    post.update({"verdict": "correct", "label": "complaint", **{name.replace("_", ":"): sent[name] for name in sent}})
    return sent_decision(post)


def test_a_page_without_a_script_sends_labels_by_the_numbers_of_their_turns() -> None:
    assert form(on_greeting=" 1, 4,", on_promise="4").output == on((0, ["greeting"]), (3, ["greeting", "promise"]))
    assert form(on_greeting="", on_promise=" ").output == {"labels": ["complaint"]}
    for bad in ("0", "-1", "one", "1 2", "²", "9" * 30):
        with pytest.raises(BadBody):
            form(on_greeting=bad)


@pytest.mark.django_db
def test_a_program_decides_with_labels_on_turns_and_is_told_what_does_not_fit():
    town = call_town()
    send_call(town)
    caller = Caller(town.project, who=town.people[0])
    claim = caller.claim()
    assert claim.told["proposal"] == PROPOSED
    assert claim.told["taxonomy"]["turns"] is True
    refused = caller.decide(claim, "correct", output=on((9, ["promise"])))
    assert problem(refused) == (422, "bad_output")
    assert refused.told["errors"][0]["field"] == "turns.0.turn"
    made = caller.decide(claim, "correct", output=GREETED)
    assert (made.status_code, made.told["output"]) == (201, GREETED)
    assert caller.decide(claim, "correct", output=GREETED).status_code == 200
    assert problem(caller.decide(claim, "correct", output=on())) == (409, "already_decided")


def test_the_api_describes_labels_on_turns(client) -> None:
    shapes = client.get("/api/v1/schema/").json()["components"]["schemas"]
    assert shapes["Labels"]["properties"]["turns"]["items"] == {"$ref": "#/components/schemas/LabelsOfTurn"}
    assert shapes["Labels"]["required"] == ["labels"]
    assert "classification" in shapes["DecisionShape"]["properties"]["output"]["description"]
    assert "classification" in shapes["ItemShape"]["properties"]["prediction"]["description"]
    assert msgspec.json.encode(shapes)
