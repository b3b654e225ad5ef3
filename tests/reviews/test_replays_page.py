"""The page of replays, and publishing where a project asks for one first: by page, command and project file."""

import html
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.reads import console
from reviews.actions import apply_project, ask_replay, publish_rights
from reviews.errors import ReplayMissing
from reviews.jobs import make_replay
from reviews.models import Replay, RightsDraft, RightsVersion
from reviews.reads.threshold import moved
from tests.reviews.past import APART, in_force, looked_at, operator, sharper, tried
from tests.reviews.test_running import signed_in, with_role
from tests.town import RIGHTS, Town, build, project_file

pytestmark = pytest.mark.django_db
PAGE = reverse("replays", args=["cats"])
DOCUMENT = sharper("0.80", audit=APART["audit"])


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """Stand in for the broker, and note which jobs were asked for."""
    from celery import current_app

    asked: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args: asked.append((name, args)))
    return asked


@pytest.fixture
def town() -> Town:
    return build(rights=APART, segments=["geography"])


def said_by(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def begun(town: Town, who: Any, document: Any) -> RightsDraft:
    """Let a draft be there."""
    changed = {"base": in_force(town), "body": document, "changed_by_id": who.person_id, "changed_at": town.now}
    return RightsDraft.objects.update_or_create(project=town.project, defaults=changed)[0]


def asked(client: Client, **more: str) -> Replay:
    answer = client.post(PAGE, {"document": "draft", "span": "30", "segment": ""} | more)
    row = Replay.objects.latest("pk")
    assert (answer.status_code, answer.get("Location")) == (302, reverse("replay", args=["cats", row.uuid]))
    return row


def publish(town: Town, document: dict[str, Any]) -> RightsVersion:
    return publish_rights(project=town.project, document=document, reason="x", by=console(), at=timezone.now())[0]


def test_a_draft_is_tried_watched_and_read(town, sent, django_capture_on_commit_callbacks):
    for sure in (0.3, 0.7, 0.75, 0.95):
        town.send(sure, segments={"geography": "DE"})
    looked_at(town, town.people[0], "dog")
    who = operator(town)
    begun(town, who, DOCUMENT)
    client = signed_in(who)
    assert "Nothing was tried on the past yet." in said_by(client.get(PAGE))
    with django_capture_on_commit_callbacks(execute=True):
        row = asked(client, segment="geography")
    assert sent == [("reviews.make_replay", [row.pk])] and row.segment == "geography"
    address = reverse("replay", args=["cats", row.uuid])
    assert "waiting to begin" in said_by(client.get(address))
    make_replay(row.pk)
    progress = reverse("replay-progress", args=["cats", row.uuid])
    first = client.get(progress)
    assert "Read what it found" in said_by(first)
    assert client.get(progress, headers={"If-None-Match": first["ETag"]}).status_code == 304
    page = said_by(client.get(address))
    assert "General by “Unsure”" in page and "acceptance by “Middling”" in page
    assert "By geography" in page and "too few were timed" in page
    assert "have no answer that is out yet" in page and "stood no chance of an audit" in page
    listed = client.get(reverse("replays-list", args=["cats"]))
    assert row.digest[:12] in said_by(listed)


def test_a_wrong_draft_is_told_what_is_wrong_and_what_was_chosen_stays(town):
    who = operator(town)
    begun(town, who, RIGHTS | {"otherwise": {"arm": "accept", "audit_rate": "7"}})
    for wrong in (None, {}, {"v": 1}, []):
        if wrong is not None:
            begun(town, who, wrong)
        answer = signed_in(who).post(PAGE, {"document": "draft", "span": "7", "segment": ""})
        assert answer.status_code == 422 and "What is wrong" in said_by(answer)
        assert '<option value="7" selected>' in said_by(answer)
    assert not Replay.objects.exists()


def test_a_published_version_and_a_threshold_are_tried_as_well(town):
    who = operator(town)
    publish(town, DOCUMENT)
    client = signed_in(who)
    page = said_by(client.get(PAGE))
    assert "version 2, in force" in page and ">version 1<" in page and ">the draft<" not in page
    row = asked(client, document="version:1", span="all")
    assert (row.number, row.since_at, row.digest) == (1, None, RightsVersion.objects.get(number=1).digest)
    assert client.post(PAGE, {"document": "version:7", "span": "7"}).status_code == 422
    assert client.post(PAGE, {"document": "threshold:70:5", "span": "7"}).status_code == 422  # of another shape


def test_a_version_of_another_project_cannot_be_tried(town):
    other = build(slug="dogs", people=0, adjudicators=0)
    publish(other, DOCUMENT)
    assert signed_in(operator(town)).post(PAGE, {"document": "version:2", "span": "7"}).status_code == 422


def test_a_cancelled_replay_says_so_and_only_of_its_own_project_there_is_one(town):
    who = operator(town)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    client = signed_in(who)
    assert client.post(PAGE, {"document": "version:1", "span": "7"}).status_code == 409
    ending = reverse("replay-ending", args=["cats", row.uuid])
    assert client.post(ending).status_code == 302
    assert client.post(ending).status_code == 409
    assert "cancelled" in said_by(client.get(reverse("replay", args=["cats", row.uuid])))
    build(slug="dogs", people=0, adjudicators=0)
    assert signed_in(with_owner(town)).get(reverse("replay", args=["dogs", row.uuid])).status_code == 404


def with_owner(town: Town) -> Any:
    return with_role(town, "owner")


def test_a_failed_replay_says_why(town):
    who = operator(town)
    row = ask_replay(project=town.project, document=RIGHTS, by=who, at=town.now)
    Replay.objects.filter(pk=row.pk).update(state="failed", said="The program was stopped several times.")
    page = said_by(signed_in(who).get(reverse("replay", args=["cats", row.uuid])))
    assert "The program was stopped several times." in page


def test_the_page_takes_the_same_number_of_statements_however_many_replays_there_are(town):
    who = operator(town)
    client = signed_in(who)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(PAGE).status_code == 200
        return len(seen)

    tried(town, who)
    few = statements()
    for rate in ("0.1", "0.2", "0.3"):
        tried(town, who, RIGHTS | {"otherwise": {"arm": "accept", "audit_rate": rate}})
    assert statements() == few <= 20


def test_a_project_without_rights_has_nothing_to_try(by):
    from accounts.actions import create_project

    create_project(slug="cats", name="Cats", task_type="classification", by=by, at=timezone.now())
    owner = with_role_of_owner()
    page = said_by(signed_in(owner).get(PAGE))
    assert "once decision rights are published" in page
    assert signed_in(owner).post(PAGE, {"document": "draft", "span": "7"}).status_code == 409


def with_role_of_owner() -> Any:
    from accounts.actions import add_person, name_owner
    from accounts.reads import actor_of_person

    made = add_person(name="Owner", email="owner@replays.invalid", by=console(), at=timezone.now())
    person = getattr(made, "person", made)
    name_owner(person=person, by=console(), at=timezone.now())
    return actor_of_person(person, "browser")


def asking(**more: Any) -> Town:
    """Give a town that asks for a replay; its first version needed none."""
    return build(rights=APART, require_replay=True, **more)


def test_where_a_project_asks_for_it_only_a_document_tried_against_the_version_in_force_is_published():
    town = asking()
    who = operator(town)
    assert publish(town, APART).number == 1  # in force already
    with pytest.raises(ReplayMissing):
        publish(town, DOCUMENT)
    row = ask_replay(project=town.project, document=DOCUMENT, by=who, at=town.now)
    with pytest.raises(ReplayMissing):
        publish(town, DOCUMENT)
    make_replay(row.pk)
    with pytest.raises(ReplayMissing):
        publish(town, DOCUMENT | {"lease": "PT20M"})
    assert publish(town, DOCUMENT).number == 2
    with pytest.raises(ReplayMissing):  # tried then, and not against what is in force now
        publish(town, APART)
    tried(town, who, APART)
    assert publish(town, APART).number == 3
    with pytest.raises(ReplayMissing):
        publish(town, DOCUMENT)
    assert RightsVersion.objects.count() == 3


def test_a_replay_that_was_cancelled_or_failed_or_of_another_project_is_none():
    town, other = asking(), build(slug="dogs", people=0, adjudicators=0, rights=APART)
    who = operator(town)
    for state in ("cancelled", "failed"):
        row = ask_replay(project=town.project, document=DOCUMENT, by=who, at=town.now)
        Replay.objects.filter(pk=row.pk).update(state=state)
    row = ask_replay(project=other.project, document=DOCUMENT, by=with_role(other, "owner"), at=town.now)
    make_replay(row.pk)
    with pytest.raises(ReplayMissing):
        publish(town, DOCUMENT)


def test_the_command_and_the_project_file_ask_for_it_too(tmp_path: Path):
    town = asking()
    path = tmp_path / "rights.json"
    path.write_text(json.dumps(DOCUMENT))
    with pytest.raises(CommandError, match="tried on the past"):
        call_command("rights", "publish", "cats", str(path), "--reason", "x")
    changed = project_file(rights=DOCUMENT, require_replay=True, name="Other cats")
    with pytest.raises(ReplayMissing):
        apply_project(document=changed, by=console(), at=timezone.now())
    town.project.refresh_from_db()
    assert (RightsVersion.objects.count(), town.project.name) == (1, "Cats")
    same = project_file(rights=APART, require_replay=True)
    assert apply_project(document=same, by=console(), at=timezone.now())[1] == []
    tried(town, operator(town), DOCUMENT)
    call_command("rights", "publish", "cats", str(path), "--reason", "x")
    assert RightsVersion.objects.count() == 2


def test_the_threshold_page_says_so_and_leads_to_the_replay_that_it_asks_for():
    simple = APART | {"routing": APART["routing"][:1], "otherwise": {"arm": "accept", "audit_rate": "0"}}
    town = asking()
    who = operator(town)
    tried(town, who, simple)
    publish(town, simple)
    client = signed_in(who)
    threshold = reverse("threshold", args=["cats"])
    page = said_by(client.get(threshold, {"threshold": "70", "audit": "5"}))
    assert "asks for a replay before decision rights are published" in page
    assert 'href="/projects/cats/replays/?threshold=70&audit=5"' in page
    answer = client.post(threshold, {"threshold": "70", "audit": "5"})
    assert answer.status_code == 409 and "tried on the past" in said_by(answer)
    offered = said_by(client.get(PAGE, {"threshold": "70", "audit": "5"}))
    assert '<option value="threshold:70:5" selected>' in offered
    row = asked(client, document="threshold:70:5")
    make_replay(row.pk)
    from decimal import Decimal

    from reviews.reads.standing import standing

    assert row.digest == moved(standing(town.project), Decimal("0.7"), Decimal("0.05")).digest
    assert client.post(threshold, {"threshold": "70", "audit": "5"}).status_code == 302
    assert in_force(town).digest == row.digest


@pytest.mark.parametrize(
    "query", ["threshold=x&audit=5", "threshold=170&audit=5", "threshold=NaN&audit=5", "threshold=70"]
)
def test_a_threshold_that_cannot_be_is_not_offered(town, query):
    publish(town, APART | {"routing": APART["routing"][:1]})
    page = signed_in(operator(town)).get(f"{PAGE}?{query}")
    assert page.status_code == 200 and "threshold:" not in said_by(page)


def test_a_project_shows_that_it_asks_for_a_replay(town):
    shown = "A replay on the past comes first"
    owner = with_role(town, "owner")
    assert shown not in said_by(signed_in(owner).get(reverse("project", args=["cats"])))
    apply_project(document=project_file(rights=APART, require_replay=True), by=console(), at=timezone.now())
    assert shown in said_by(signed_in(owner).get(reverse("project", args=["cats"])))
