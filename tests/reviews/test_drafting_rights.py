"""Verbs of a draft: begun, changed, proposed, published, discarded; by one person or by two."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import add_person, give_membership, name_owner
from accounts.errors import Forbidden
from accounts.models import Person
from accounts.reads import Actor, actor_of_person, console
from audit.errors import Refusal
from audit.models import Event, Payload
from reviews.actions import (
    apply_project,
    begin_draft,
    change_draft,
    discard_draft,
    propose_draft,
    publish_draft,
    publish_rights,
    send_tray,
    set_publishing,
    take_back_proposal,
)
from reviews.errors import BadProjectFile, BadRights, DraftStale, NoDraft, NotProposed, SecondPersonNeeded
from reviews.models import RightsDraft, RightsVersion, Setup
from reviews.rights import load
from tests.town import RIGHTS, Town, build, project_file

pytestmark = pytest.mark.django_db
OTHER = RIGHTS | {"lease": "PT20M"}


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


def someone(town: Town, name: str, role: str = "operations") -> Actor:
    person = add_person(name=name, email=f"{name}@drafts.invalid", by=console(), at=town.now)
    if role == "owner":
        name_owner(person=person, by=console(), at=town.now)
    else:
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    return actor_of_person(person, "browser")


def doing(town: Town, by: Actor) -> dict[str, Any]:
    return {"project": town.project, "by": by, "at": town.now}


def changed(town: Town, by: Actor, **changes: Any) -> RightsDraft:
    draft = begin_draft(**doing(town, by))
    return change_draft(body=draft.body | (changes or {"lease": "PT20M"}), revision=draft.revision, **doing(town, by))


def told(kind: str) -> list[Any]:
    """Give the one section of each event of a kind."""
    events = Event.objects.filter(type=kind).order_by("pk")
    return [json.loads(bytes(Payload.objects.get(event=event).body)) for event in events]


def test_a_draft_begins_as_what_is_in_force_and_there_is_one(town: Town) -> None:
    ada, ben = someone(town, "ada"), someone(town, "ben")
    first = begin_draft(**doing(town, ada))
    in_force = RightsVersion.objects.get()
    assert (first.base, first.revision, first.proposed_by) == (in_force, 1, None)
    assert load(json.dumps(first.body).encode()).digest == in_force.digest
    assert begin_draft(**doing(town, ben)).changed_by_id == ada.person_id
    assert RightsDraft.objects.count() == 1


def test_a_change_counts_the_revision_and_the_same_again_does_not(town: Town) -> None:
    ada = someone(town, "ada")
    draft = changed(town, ada)
    assert (draft.revision, draft.body["lease"]) == (2, "PT20M")
    assert change_draft(body=draft.body, revision=2, **doing(town, ada)).revision == 2


@pytest.mark.parametrize("verb", ["change", "discard", "propose", "publish"])
def test_whoever_read_an_older_draft_changes_nothing(town: Town, verb: str) -> None:
    ada, ben = someone(town, "ada"), someone(town, "ben")
    changed(town, ada)
    old = doing(town, ben) | {"revision": 1}
    verbs: dict[str, Any] = {
        "change": lambda: change_draft(body={"v": 1}, **old),
        "discard": lambda: discard_draft(**old),
        "propose": lambda: propose_draft(reason="Why", **old),
        "publish": lambda: publish_draft(reason="Why", against=1, **old),
    }
    with pytest.raises(DraftStale):
        verbs[verb]()
    draft = RightsDraft.objects.get()
    assert (draft.revision, draft.body["lease"], draft.proposed_by) == (2, "PT20M", None)
    assert RightsVersion.objects.count() == 1


def test_a_draft_is_published_as_the_next_version_with_its_reason_and_is_gone(town: Town) -> None:
    owner = someone(town, "owner", "owner")
    draft = changed(town, owner)
    made = publish_draft(revision=draft.revision, against=1, reason=" Longer claims ", **doing(town, owner))
    assert (made.number, made.reason, load(bytes(made.body)).lease) == (2, "Longer claims", "PT20M")
    assert not RightsDraft.objects.exists()
    section = told("reviews.rights_published")[-1]
    assert section == {"number": 2, "digest": made.digest, "reason": "Longer claims"}


def test_a_draft_without_reason_or_change_or_sense_is_not_published(town: Town) -> None:
    ada = someone(town, "ada")
    draft = begin_draft(**doing(town, ada))
    for reason, body in ((" ", OTHER), ("Why", draft.body), ("Why", OTHER | {"lease": "soon"}), ("Why", {})):
        draft = change_draft(body=body, revision=draft.revision, **doing(town, ada))
        with pytest.raises(BadRights):
            publish_draft(revision=draft.revision, against=1, reason=reason, **doing(town, ada))
    assert RightsVersion.objects.count() == 1 and RightsDraft.objects.get().body == {}


def test_a_draft_compared_with_an_older_version_is_not_published(town: Town) -> None:
    ada = someone(town, "ada")
    draft = changed(town, ada)
    publish_rights(document=RIGHTS | {"lease": "PT1H"}, reason="Meanwhile", **doing(town, console()))
    with pytest.raises(DraftStale):
        publish_draft(revision=draft.revision, against=1, reason="Why", **doing(town, ada))
    assert RightsVersion.objects.count() == 2
    assert publish_draft(revision=draft.revision, against=2, reason="Why", **doing(town, ada)).number == 3


def test_a_discarded_draft_is_gone_and_nothing_can_be_done_with_it(town: Town) -> None:
    ada = someone(town, "ada")
    draft = changed(town, ada)
    discard_draft(revision=draft.revision, **doing(town, ada))
    at = doing(town, ada) | {"revision": 2}
    for verb, more in (
        (change_draft, {"body": {}}),
        (discard_draft, {}),
        (propose_draft, {"reason": "Why"}),
        (publish_draft, {"reason": "Why", "against": 1}),
    ):
        with pytest.raises(NoDraft):
            verb(**at, **more)  # type: ignore[operator]


def test_a_proposal_is_told_and_a_change_or_a_word_ends_it(town: Town) -> None:
    ada = someone(town, "ada")
    draft = changed(town, ada)
    with pytest.raises(NotProposed):
        take_back_proposal(**doing(town, ada))
    propose_draft(revision=draft.revision, reason="Why", **doing(town, ada))
    with pytest.raises(DraftStale):
        propose_draft(revision=draft.revision, reason="Again", **doing(town, ada))
    again = change_draft(body=OTHER | {"lease": "PT30M"}, revision=draft.revision, **doing(town, ada))
    assert (again.proposed_by_id, again.proposed_at, again.reason) == (None, None, "")
    propose_draft(revision=again.revision, reason="Now", **doing(town, ada))
    assert take_back_proposal(**doing(town, ada)).proposed_by_id is None
    assert [one["reason"] for one in told("reviews.rights_proposed")] == ["Why", "Now"]
    assert [one["ending"] for one in told("reviews.rights_proposal_ended")] == ["changed", "taken_back"]


def test_a_draft_that_cannot_be_published_is_not_proposed(town: Town) -> None:
    ada = someone(town, "ada")
    draft = changed(town, ada, lease="soon")
    with pytest.raises(BadRights) as refused:
        propose_draft(revision=draft.revision, reason="Why", **doing(town, ada))
    assert [place for place, _message in refused.value.fields] == ["lease"]
    assert not Event.objects.filter(type="reviews.rights_proposed").exists()


@pytest.mark.parametrize("role", ["reviewer", "adjudicator", "guideline_editor", "compliance", "records_officer"])
def test_only_operations_and_owners_write_drafts(town: Town, role: str) -> None:
    ada, other = someone(town, "ada"), someone(town, "other", role)
    draft = changed(town, ada)
    at = doing(town, other)
    verbs: list[Any] = [
        lambda: begin_draft(**at),
        lambda: change_draft(body={}, revision=draft.revision, **at),
        lambda: discard_draft(revision=draft.revision, **at),
        lambda: propose_draft(revision=draft.revision, reason="Why", **at),
        lambda: take_back_proposal(**at),
        lambda: publish_draft(revision=draft.revision, against=1, reason="Why", **at),
        lambda: set_publishing(with_second=True, **at),
    ]
    for verb in verbs:
        with pytest.raises(Forbidden):
            verb()
    with pytest.raises(Forbidden):
        begin_draft(**doing(town, console()))
    assert RightsDraft.objects.get().revision == 2 and RightsVersion.objects.count() == 1


@pytest.fixture
def pair(town: Town) -> tuple[Actor, Actor]:
    """Two who govern a project that asks for two."""
    ada, ben = someone(town, "ada"), someone(town, "ben")
    set_publishing(with_second=True, **doing(town, ada))
    return ada, ben


def test_with_a_second_person_one_proposes_and_another_publishes(town: Town, pair: tuple[Actor, Actor]) -> None:
    ada, ben = pair
    draft = changed(town, ada)
    at = {"revision": draft.revision, "against": 1, "reason": "Mine"}
    with pytest.raises(NotProposed):
        publish_draft(**at, **doing(town, ben))
    propose_draft(revision=draft.revision, reason="Ada's reason", **doing(town, ada))
    with pytest.raises(SecondPersonNeeded):
        publish_draft(**at, **doing(town, ada))
    made = publish_draft(**at, **doing(town, ben))
    assert made.reason == "Ada's reason"
    pseudonym = Person.objects.get(pk=ada.person_id).pseudonym
    assert told("reviews.rights_published")[-1]["proposed_by"] == pseudonym
    assert Event.objects.get(pk=made.event_id).actor == Person.objects.get(pk=ben.person_id).pseudonym


def test_whoever_changed_the_draft_last_does_not_publish_what_another_proposed(
    town: Town, pair: tuple[Actor, Actor]
) -> None:
    ada, ben = pair
    cleo = someone(town, "cleo", "owner")
    draft = changed(town, ben)
    propose_draft(revision=draft.revision, reason="Why", **doing(town, ada))
    at = {"revision": draft.revision, "against": 1, "reason": ""}
    for who in (ada, ben):
        with pytest.raises(SecondPersonNeeded):
            publish_draft(**at, **doing(town, who))
    assert publish_draft(**at, **doing(town, cleo)).number == 2


def test_no_other_path_publishes_where_two_people_are_asked_for(
    town: Town, pair: tuple[Actor, Actor], tmp_path: Any
) -> None:
    ada, _ben = pair
    file = tmp_path / "rights.json"
    file.write_text(json.dumps(OTHER))
    paths: list[Any] = [
        lambda: publish_rights(document=OTHER, reason="Why", **doing(town, ada)),
        lambda: publish_rights(document=OTHER, reason="Why", **doing(town, console())),
        lambda: send_tray(rights=OTHER, reason="Why", **doing(town, ada)),
        lambda: apply_project(document=project_file(rights=OTHER), by=console(), at=town.now),
    ]
    for path in paths:
        with pytest.raises(SecondPersonNeeded):
            path()
    with pytest.raises(CommandError, match="two people"):
        call_command("rights", "publish", "cats", str(file), "--reason", "Why")
    assert RightsVersion.objects.count() == 1
    assert apply_project(document=project_file(), by=console(), at=town.now)[1] == []


def test_one_person_is_enough_again_only_when_two_say_so(town: Town, pair: tuple[Actor, Actor]) -> None:
    ada, ben = pair
    with pytest.raises(SecondPersonNeeded):
        set_publishing(with_second=False, **doing(town, console()))
    assert set_publishing(with_second=False, **doing(town, ada)).alone_asked_by_id == ada.person_id
    with pytest.raises(SecondPersonNeeded):
        set_publishing(with_second=False, **doing(town, ada))
    assert Setup.objects.get().publish_with_second
    assert set_publishing(with_second=True, **doing(town, ben)).alone_asked_by_id is None
    set_publishing(with_second=False, **doing(town, ben))
    assert not set_publishing(with_second=False, **doing(town, ada)).publish_with_second
    steps = [one["publishing"] for one in told("reviews.publishing_changed")]
    assert steps == ["two", "asked", "kept", "asked", "one"]


def test_a_project_file_asks_for_a_second_person_and_never_turns_it_off(town: Town) -> None:
    wanted = project_file(publish_with_second=True)
    changes = apply_project(document=wanted, by=console(), at=town.now)[1]
    assert changes == ["two people publish decision rights from now on"]
    assert apply_project(document=wanted, by=console(), at=town.now)[1] == []
    with pytest.raises(BadProjectFile) as refused:
        apply_project(document=project_file(publish_with_second=False), by=console(), at=town.now)
    assert [place for place, _message in refused.value.fields] == ["publish_with_second"]
    apply_project(document=project_file(), by=console(), at=town.now)
    assert Setup.objects.get().publish_with_second


def test_the_first_version_of_a_project_that_asks_for_two_is_its_founders(db: None) -> None:
    town = build(slug="fresh", people=0, adjudicators=0, publish_with_second=True)
    assert RightsVersion.objects.get().project == town.project
    with pytest.raises(Refusal):
        publish_rights(document=OTHER, reason="Why", **doing(town, console()))


def test_events_say_which_draft_was_proposed(town: Town, pair: tuple[Actor, Actor]) -> None:
    ada, ben = pair
    draft = changed(town, ada)
    propose_draft(revision=draft.revision, reason="Why", **doing(town, ada))
    made = publish_draft(revision=draft.revision, against=1, reason="", **doing(town, ben))
    assert told("reviews.rights_proposed")[0]["digest"] == made.digest
