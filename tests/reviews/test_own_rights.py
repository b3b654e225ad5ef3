"""A page says what somebody may do and why not, and what it says is what the pages do."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import add_person, give_membership, name_owner
from accounts.models import Role
from accounts.reads import console
from reviews.models import Item
from reviews.policies import abilities, may_put_aside, work_in
from reviews.reads.in_force import in_force_in
from tests.town import RIGHTS, build

pytestmark = pytest.mark.django_db


def signed_in(town, *roles, owner=False):
    person = add_person(name="reader", email=f"{len(roles)}{owner}@own.invalid", by=console(), at=town.now)
    for role in roles:
        at = town.now - dt.timedelta(minutes=1)
        give_membership(person=person, project=town.project, role=role, by=console(), at=at)
    if owner:
        name_owner(person=person, by=console(), at=town.now)
    client = Client()
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", [*Role.values, "owner"])
def test_what_is_said_is_what_the_pages_do(role):
    town = build()
    town.send(0.95, "owl")
    client = signed_in(town, *([] if role == "owner" else [role]), owner=role == "owner")
    item = Item.objects.get()
    for one in abilities({role}):
        if one.page in ("items", "operations", "threshold", "trail", "guideline", "replays", "callbacks"):
            may = client.get(reverse(one.page, args=["cats"])).status_code == 200
        elif one.page == "appeals":
            continue  # told by an item of its own below
        elif one.page == "switch":
            may = client.post(reverse("switch", args=["cats"])).status_code == 422
        elif one.page == "routes":
            may = client.post(reverse("routes", args=["cats", item.uuid])).status_code == 302
        elif one.page == "exports":
            may = client.post(reverse("exports", args=["cats"])).status_code == 422
        else:
            page = client.get(reverse("item", args=["cats", item.uuid]))
            may = b"hmac.digest" in page.content or role == "compliance"  # nothing is drawn of a held item
        assert one.may == may, one
        assert one.may or one.why_not.endswith(".")


def test_a_role_that_is_named_as_allowed_is_allowed():
    for one in abilities(set()):
        for role in Role:
            if f": {role.label}" in one.why_not or f", {role.label}" in one.why_not:
                assert next(found for found in abilities({role}) if found.said == one.said).may, (one, role)


def test_compliance_that_may_be_asked_is_told_why_it_sees_no_draws():
    both = {one.page: one.why_not for one in abilities({"compliance", "reviewer"})}
    assert both["item"].startswith("You may be asked") and both["exports"].startswith("You may be asked")
    assert {one.page: one.why_not for one in abilities({"compliance"})}["item"] == ""


def test_who_puts_outcomes_aside_is_read_from_the_rights_in_force():
    town = build(rights=RIGHTS | {"overrides": [{"name": "Seniors", "roles": ["adjudicator", "operations"]}]})
    _, rights = in_force_in([town.project.pk])[town.project.pk]
    assert may_put_aside(rights, {"adjudicator"}).may
    assert may_put_aside(rights, {"reviewer"}).why_not == "This is for: Adjudicator, Operations."
    assert may_put_aside(None, {"adjudicator"}).why_not == "The decision rights let nobody."


@pytest.mark.parametrize("role", [*Role.values, "owner"])
def test_who_takes_complaints_in_is_who_the_page_lets(role):
    town = build()
    item = Item.objects.get(uuid=town.send(0.95)["id"])
    client = signed_in(town, *([] if role == "owner" else [role]), owner=role == "owner")
    page = client.get(reverse("appeals", args=["cats", item.uuid]))
    assert next(one for one in abilities({role}) if one.page == "appeals").may == (page.status_code == 200)


def test_verdicts_are_those_of_the_rights_in_force():
    rows = [{"queue": "general", "role": "reviewer", "allow": ["approve", "reject"], "reason_for": ["reject"]}]
    town = build(rights=RIGHTS | {"verdicts": rows})
    queues, rights = in_force_in([town.project.pk])[town.project.pk]
    general, senior, adjudication = work_in(queues, rights, {"reviewer"})
    assert (general.verdicts, general.reasons) == (["Approve", "Reject"], ["Reject"])
    assert senior.verdicts and adjudication.why_not == "By the decision rights, these decide here: Adjudicator."
    assert work_in(queues, None, {"reviewer"})[0].why_not == "The project has no decision rights yet."


def test_the_page_tells_each_project_and_a_refusal_leads_there():
    town = build()
    client = signed_in(town, "reviewer", "guideline_editor")
    page = client.get(reverse("own-rights")).content.decode()
    assert "Decide in General" in page and "This is for: Compliance, Records officer." in page
    refused = client.post(reverse("routes", args=["cats", town.send(0.95, "owl")["id"]]))
    assert refused.status_code == 403 and reverse("own-rights") in refused.content.decode()


def test_many_projects_take_as_many_statements_as_one():
    counts = []
    for many in (1, 4):
        towns = [build(slug=f"cats-{many}-{number}") for number in range(many)]
        client = signed_in(towns[0], *(["reviewer"] * many))
        person = add_person(name="x", email=f"x{many}@own.invalid", by=console(), at=towns[0].now)
        for town in towns:
            give_membership(person=person, project=town.project, role="reviewer", by=console(), at=towns[0].now)
        client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("own-rights")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 3 + 8
