"""Each role's home: what it shows, in how many statements; one's own pace and quality; the guideline's page."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import give_membership
from accounts.models import Person, Role
from accounts.reads import console
from audit.actions import seal
from audit.models import Anchor, AnchorFailure, Checkpoint, Event, Log
from reviews.actions import apply_project, release, withdraw
from reviews.models import Decision
from reviews.reads import pace as pacing
from reviews.reads.pace import pace
from tests.reviews.test_running import signed_in, with_role
from tests.town import RIGHTS, Town, build, project_file

pytestmark = pytest.mark.django_db
SIGN_IN = 3
MOST = {"owner": 19, "operations": 16, "compliance": 20, "records_officer": 19, "guideline_editor": 12}


@pytest.fixture
def town() -> Town:
    return build()


def statements(client) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/").status_code == 200
    return len(seen)


def fill(town: Town) -> None:
    """Let there be work of every kind, and more people."""
    for _ in range(10):
        town.send(0.5)
        town.send(0.95, label="unlisted")
    town.wait(seconds=1)
    town.decide(town.people[0], town.take(town.people[0], "general"), "correct", "fox")
    for number in range(5):
        with_role_of(town, number)


def with_role_of(town: Town, number: int) -> None:
    from accounts.actions import add_person

    person = add_person(name=f"More {number}", email=f"{number}{town.sent}@more.invalid", by=console(), at=town.now)
    give_membership(person=person, project=town.project, role="operations", by=console(), at=town.now)


@pytest.mark.parametrize("role", [*MOST])
def test_each_home_takes_a_bounded_number_of_statements(town, role):
    client = signed_in(with_role(town, role))
    fill(town)
    few = statements(client)
    fill(town)
    assert statements(client) == few <= SIGN_IN + MOST[role]


@pytest.mark.parametrize(
    ("role", "shows"),
    [
        ("operations", ["Projects you run", "Cats", "held"]),
        ("compliance", ["What happened last", "Decision: Corrected", "The whole trail:", "Witness file"]),
        ("records_officer", ["What happened last", "The whole trail:", "Witness file"]),
        ("guideline_editor", ["Guidelines in force", "Version 1"]),
        (
            "owner",
            [
                "Projects",
                "reviewer 0",
                "Switch of the installation",
                "sends no e-mail",
                "Open the admin",
                "Witness file",
            ],
        ),
    ],
)
def test_each_home_shows_what_its_role_looks_after_and_nothing_of_others(town, role, shows):
    client = signed_in(with_role(town, role))
    fill(town)
    page = client.get("/").content.decode()
    assert [words for words in shows if words not in page] == []
    others = {
        "Projects you run",
        "What happened last",
        "Guidelines in force",
        "Switch of the installation",
        "Witness file",
    } - {*shows}
    assert [words for words in others if words in page] == []
    assert "Your last 7 days" not in page and "You work in no queue" not in page


def test_whoever_has_several_roles_finds_them_all_on_one_page(town):
    who = with_role(town, "operations")
    person = Person.objects.get(pk=who.person_id)
    for role in ("guideline_editor", "reviewer"):
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    town.send(0.5)
    page = signed_in(who).get("/").content.decode()
    for words in ("Projects you run", "Guidelines in force", "Queues you can work", "Your last 7 days"):
        assert words in page


def test_every_link_of_every_home_leads_somewhere(town):
    fill(town)
    for role in [*Role.values, "owner"]:
        client = signed_in(with_role(town, role))
        for address in set(re.findall(r'href="(/[^"#]*)"', client.get("/").content.decode())):
            if not address.startswith(("/static/", "/sign-out")):
                answer = client.get(address.replace("&amp;", "&"), follow=True)  # another queue leads to the open item
                assert answer.status_code == 200, (role, address)


def own_pace(town: Town, at=None):
    at = at or town.now
    return pace(town.people[0].person_id, at, today=at.replace(hour=0, minute=0, second=0, microsecond=0))


def decided(town: Town, *, label: str = "cat", active_ms: int = 1000) -> Decision:
    """Let the first reviewer decide a fresh item."""
    town.send(0.5, label="dog")
    held = town.take(town.people[0], "general")
    town.wait(milliseconds=active_ms)
    town.decide(town.people[0], held, "correct", label, active_ms=active_ms)
    return Decision.objects.latest("id")


def test_pace_counts_today_and_seven_days_without_what_was_withdrawn(town):
    town.now = (town.now + timezone.timedelta(days=1)).replace(hour=12)
    for spent in (1000, 3000, 9000):
        decided(town, active_ms=spent)
    taken_back = decided(town, active_ms=500_000)
    withdraw(decision=taken_back.uuid, by=town.people[0], at=town.now)
    found = own_pace(town)
    assert (found.today.decided, found.today.active, found.today.an_item) == (3, 13.0, 3.0)
    town.wait(days=3)
    assert (own_pace(town).today.decided, own_pace(town).week.decided) == (0, 3)
    town.wait(days=5)
    assert own_pace(town).week.decided == 0 and own_pace(town).week.an_item is None


def test_quality_is_not_known_before_enough_answers_are_out(town):
    decided(town)
    release(at=town.now + timezone.timedelta(minutes=1))
    town.wait(days=1)
    found = own_pace(town).quality
    assert (found.judged, found.known, found.missing) == (1, False, 19)
    page = signed_in(town.people[0]).get("/").content.decode()
    assert "Not known yet." in page


TWO = {
    **RIGHTS,
    "high_impact": {"arm": "review", "queue": "general", "decisions": 2},
    "disagreement": {**RIGHTS["disagreement"], "then": "adjudicate"},
}


def adjudicated_otherwise(town: Town) -> None:
    """Let two reviewers differ on an item, and an adjudicator side against the first one."""
    town.send(0.5, impact="high")
    for who, label in ((town.people[0], "dog"), (town.people[1], "fox")):
        town.decide(who, town.take(who, "general"), "correct", label)
    judge = town.adjudicators[0]
    town.decide(judge, town.take(judge, "adjudication"), "correct", "fox", rationale="Its tail")


def test_quality_counts_what_adjudication_answered_otherwise_once_it_is_out_and_the_day_is_over(monkeypatch):
    town = build(rights=TWO)
    monkeypatch.setattr(pacing, "ENOUGH", 2)
    town.now = (town.now + timezone.timedelta(days=1)).replace(hour=12)
    decided(town)
    decided(town)
    adjudicated_otherwise(town)
    assert own_pace(town).quality.judged == 0
    release(at=town.now + timezone.timedelta(minutes=1))
    assert own_pace(town, town.now + timezone.timedelta(minutes=2)).quality.judged == 0
    town.wait(days=1)
    found = own_pace(town).quality
    assert (found.judged, found.changed, found.percent, found.known) == (3, 1, 33, True)


def test_pace_calls_no_median_below_a_second_what_an_item_takes(town):
    town.now = (town.now + timezone.timedelta(days=1)).replace(hour=12)
    for spent in (5, 7, 2000):
        decided(town, active_ms=spent)
    assert (own_pace(town).week.decided, own_pace(town).week.an_item) == (3, None)


def test_quality_says_nothing_of_an_item_on_which_somebody_is_still_asked(town, monkeypatch):
    from reviews.models import Task

    decided(town)
    release(at=town.now + timezone.timedelta(minutes=1))
    town.wait(days=1)
    assert own_pace(town).quality.judged == 1
    Task.objects.update(state="open")
    assert own_pace(town).quality.judged == 0


def test_the_guideline_is_shown_as_it_was_published_version_by_version():
    town = build(guideline="# Cats\n\nLook at the *tail*.")
    apply_project(document=project_file(guideline="# Cats\n\nLook at the ears."), by=console(), at=town.now)
    client = signed_in(with_role(town, "guideline_editor"))
    url = reverse("guideline", args=["cats"])
    newest, first = client.get(url).content.decode(), client.get(url, {"version": "1"}).content.decode()
    assert "Look at the ears." in newest and "Fox" in newest and "Wrong label" in newest
    assert "Look at the <em>tail</em>." in first and "an earlier version" in first
    assert client.get(url, {"version": "9"}).status_code == 404
    assert not re.search(r"<form[^>]*(?!sign-out)action=", newest.partition("<main")[2])
    assert signed_in(town.people[0]).get(url).status_code == 200


def test_a_project_without_a_guideline_says_so(town):
    page = signed_in(town.people[0]).get(reverse("guideline", args=["cats"])).content.decode()
    assert "has written no guideline yet" in page and "Fox" in page


def test_the_ledgers_card_says_what_is_wrong_and_what_to_do_and_what_anchors_are_worth(town, settings):
    settings.LEDGER_WITNESS = None
    client = signed_in(with_role(town, "compliance"))
    page = client.get("/").content.decode()
    assert "No checkpoint has left this installation" in page and "Nobody is sent checkpoints by e-mail" in page
    assert "Witness file" not in page and "Sealed</dt><dd>not yet" in page
    log = Log.objects.get()
    event = Event.objects.order_by("-pk")[0]
    Anchor.objects.create(log=log, size=7, kind="s3", body=b"{}", created_at=timezone.now(), event=event)
    AnchorFailure.objects.create(log=log, kind="rfc3161", since=town.now, tried_at=town.now, problem="gone")
    Log.objects.update(alarm="guard_missing unheard_of", alarm_at=timezone.now())
    page = client.get("/").content.decode()
    assert "run manage.py migrate, which puts the guards back" in page and "unheard_of" in page
    assert "7 events" in page and "keeps it unchanged until its date" in page and "fails" in page
    assert "No checkpoint has left" not in page


def test_compliance_is_told_of_the_logs_of_its_own_projects_alone(town):
    Log.objects.create(origin="ledger.example/other", alarm="tree_differs", alarm_at=timezone.now())
    assert "ledger.example/other" not in signed_in(with_role(town, "compliance")).get("/").content.decode()
    owner = signed_in(with_role(town, "owner")).get("/").content.decode()
    assert owner.index("ledger.example/other") < owner.index(Log.objects.order_by("pk")[0].origin)


def test_the_newest_checkpoint_is_mailed_in_one_click_by_compliance_and_owners(town, settings, tmp_path, mailoutbox):
    settings.LEDGER_KEYS, settings.LEDGER_WITNESS = tmp_path / "keys", None
    seal(by=console(), at=timezone.now())
    log = Log.objects.get()
    there = reverse("checkpoint-mail", args=[log.uuid])
    compliance, owner = signed_in(with_role(town, "compliance")), signed_in(with_role(town, "owner"))
    assert there not in compliance.get("/").content.decode()
    refused = compliance.post(there)
    assert refused.status_code == 503 and "sends no e-mail" in refused.content.decode() and mailoutbox == []
    settings.EMAIL_HOST = "mail.invalid"
    assert there in owner.get("/").content.decode()
    assert there not in signed_in(with_role(town, "records_officer")).get("/").content.decode()
    page = compliance.post(there, follow=True).content.decode()
    assert f"The checkpoint of {log.tree_size} events is mailed to {mailoutbox[0].to[0]}." in page
    assert mailoutbox[0].attachments[0][1] == Checkpoint.objects.get().note.encode()
    settings.LEDGER_MAIL_TO = ["auditor@elsewhere.invalid", "board@elsewhere.invalid"]
    assert "goes to auditor@elsewhere.invalid, board@elsewhere.invalid" in owner.get("/").content.decode()
    owner.post(there)
    assert mailoutbox[1].to == settings.LEDGER_MAIL_TO


def test_a_log_of_other_projects_is_mailed_by_no_compliance_but_theirs(town, settings, mailoutbox):
    settings.EMAIL_HOST = "mail.invalid"
    other = Log.objects.create(origin="ledger.example/other")
    there = reverse("checkpoint-mail", args=[other.uuid])
    assert signed_in(with_role(town, "compliance")).post(there).status_code == 404
    assert signed_in(with_role(town, "owner")).post(there).status_code == 409  # nothing is signed there yet
    assert mailoutbox == []
