"""The trail in words: to whom it is told, what of it, and how it is looked through."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import give_membership
from accounts.models import Person
from accounts.reads import console
from audit.models import Event
from reviews.actions import publish_rights
from reviews.reads import trail as reading
from reviews.reads.trail import Asked, Sight, trail
from tests.reviews.test_running import signed_in, with_role
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
ALL = Sight(items=True, quality=True)


@pytest.fixture
def town() -> Town:
    return build()


def page_of(town: Town, client, **asked: str):
    return html.unescape(client.get(reverse("trail", args=["cats"]), asked).content.decode())


def worked(town: Town) -> None:
    """Let somebody decide an item, and an accepted one be drawn for audit."""
    town.send(0.5)
    town.send(0.8)
    town.decide(town.people[0], town.take(town.people[0], "general"), "correct", "fox")


def test_compliance_reads_what_happened_newest_first_with_links_to_items(town):
    worked(town)
    page = page_of(town, signed_in(with_role(town, "compliance")))
    told = re.findall(r'<th scope="row">(?:<span[^>]*></span>)?([^<]+)', page)
    assert told.index("Decision: Corrected") < told.index("The item was on screen") < told.index("The task was claimed")
    assert "The item came in and went to people by “Unsure”" in told
    assert town.people[0].pseudonym in page and "item-1" in page and reverse("exports", args=["cats"]) in page


def test_a_records_officer_is_told_all_but_what_measures_people(town):
    worked(town)
    town.take(town.people[1])
    officer = page_of(town, signed_in(with_role(town, "records_officer")))
    tagged = [event for event in Event.objects.all() if b'"kind":"audit"' in bytes(event.leaf)]
    assert tagged and "Decision: Corrected" in officer
    shown = {entry.event for entry in trail({town.project.uuid: "cats"}, Sight(items=True, quality=False)).entries}
    measuring = {event.event_id for event in tagged if not event.type.startswith("reviews.outcome_")}
    assert measuring and not shown & measuring
    assert measuring <= {entry.event for entry in trail({town.project.uuid: "cats"}, ALL).entries}


def test_who_may_still_be_asked_is_told_of_no_item(town):
    worked(town)
    both = with_role(town, "compliance")
    give_membership(
        person=Person.objects.get(pk=both.person_id), project=town.project, role="reviewer", by=console(), at=town.now
    )
    for page in (page_of(town, signed_in(both)), signed_in(both).get("/").content.decode()):
        assert "item-1<" not in page and "Decision: Corrected" not in page
    assert "Decision rights 1 were published" in page_of(town, signed_in(both))


@pytest.mark.parametrize("role", ["reviewer", "adjudicator", "operations", "guideline_editor", "owner"])
def test_to_other_roles_the_trail_does_not_exist(town, role):
    client = signed_in(with_role(town, role))
    assert client.get(reverse("trail", args=["cats"])).status_code == 404
    assert "What happened last" not in client.get("/").content.decode()


def test_the_trail_is_that_of_the_project_alone(town):
    other = build(slug="dogs", people=1, adjudicators=0)
    other.send(0.5, label="cat")
    worked(town)
    told = {entry.event for entry in trail({town.project.uuid: "cats"}, ALL).entries}
    assert not told & set(Event.objects.filter(project=other.project.uuid).values_list("event_id", flat=True))


def test_it_is_filtered_by_actor_by_type_and_by_day(town):
    worked(town)
    who = town.people[0].pseudonym
    mine = trail({town.project.uuid: "cats"}, ALL, asked=Asked(who=who)).entries
    assert {entry.actor for entry in mine} == {who} and mine
    kind = "reviews.decision_submitted"
    assert {entry.type for entry in trail({town.project.uuid: "cats"}, ALL, asked=Asked(kind=kind)).entries} == {kind}
    today = timezone.localtime(town.now).date()
    assert trail({town.project.uuid: "cats"}, ALL, asked=Asked(day=today)).entries
    assert not trail({town.project.uuid: "cats"}, ALL, asked=Asked(day=today + dt.timedelta(days=1))).entries
    assert not trail({town.project.uuid: "cats"}, ALL, asked=Asked(day=today - dt.timedelta(days=1))).entries
    client = signed_in(with_role(town, "compliance"))
    assert "Nothing fits" in page_of(town, client, day="2001-01-01")
    assert "The item came in" in page_of(town, client, day="no day", type="no.type", after="nowhere")


def test_a_day_is_the_readers_own(town):
    late = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)
    publish_rights(
        project=town.project, document={**RIGHTS, "release_after": "PT1S"}, reason="Late", by=console(), at=late
    )
    for zone, day in (("UTC", dt.date(2026, 3, 1)), ("Asia/Tokyo", dt.date(2026, 3, 2))):
        with timezone.override(zone):
            (only,) = trail({town.project.uuid: "cats"}, ALL, asked=Asked(day=day)).entries
            assert only.day == day


def test_going_on_from_page_to_page_tells_every_event_once(town, monkeypatch):
    for _ in range(10):
        town.send(0.5)
    for window in (3, 7, 5000):
        monkeypatch.setattr(reading, "WINDOW", window)
        found, after = [], None
        while True:
            part = trail({town.project.uuid: "cats"}, ALL, asked=Asked(after=after), limit=4)
            found += [entry.event for entry in part.entries]
            if part.after is None:
                break
            after = part.after
        wanted = Event.objects.filter(project=town.project.uuid).values_list("event_id", flat=True)
        assert len(found) == len(set(found)) and set(found) == set(wanted)


def test_the_trail_takes_as_many_statements_for_much_as_for_little(town):
    client = signed_in(with_role(town, "compliance"))

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            page_of(town, client)
        return len(seen)

    worked(town)
    few = statements()
    for _ in range(20):
        worked(town)
    assert statements() <= few <= 3 + 11


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31"])
def test_a_day_before_or_after_all_time_holds_nothing(town, day):
    worked(town)
    client = signed_in(with_role(town, "compliance"))
    answer = client.get(reverse("trail", args=["cats"]), {"day": day})
    assert answer.status_code == 200
    assert "Decision: Corrected" not in html.unescape(answer.content.decode())
