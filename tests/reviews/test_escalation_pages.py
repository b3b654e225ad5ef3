"""Levels on the pages and in the API: who is told, who acknowledges, what is about to be late, why an item is held."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.actions import climb, meet_deadlines
from reviews.models import Acknowledgement, Item, Task
from tests.reviews.caller import Caller
from tests.reviews.test_escalation import CLOCK, levels, rule
from tests.reviews.test_pages import signed_in, with_role
from tests.town import Town

pytestmark = pytest.mark.django_db
WAITS = "1 escalated item waits for an answer"
TELLING = [
    {"name": "Late", "on": "overdue", "after": "PT1H", "to": {"level": 1, "queue": "senior", "notify": ["operations"]}},
    {"name": "Later", "on": "overdue", "after": "PT2H"}
    | {"to": {"level": 2, "queue": "head", "notify": ["guideline_editor"]}},
]


def late_town(*rules: dict[str, Any], hours: int = 3) -> Town:
    """Build a town whose one item came in some hours ago, and let the clock act on it."""
    town = levels(*(rules or TELLING), rule("asked"))
    town.now -= dt.timedelta(hours=hours)
    town.send(0.5)
    town.now = timezone.now()
    climb(at=town.now)
    return town


def said(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def item_page() -> str:
    return reverse("item", args=["cats", Item.objects.get().uuid])


def test_an_escalation_is_told_to_whom_can_answer_it_and_to_the_roles_that_its_rule_names():
    town = late_town()
    operator, editor = with_role(town, "operations"), with_role(town, "guideline_editor", email="editor@cats.invalid")
    assert [WAITS in said(signed_in(who), "/") for who in (town.people[0], operator, editor, town.adjudicators[0])] == [
        True, True, False, False,
    ]  # fmt: skip


def test_what_is_acknowledged_needs_nobody_any_more():
    town = late_town()
    operator = signed_in(with_role(town, "operations"))
    task = Task.objects.get(kind="escalation")
    answer = signed_in(town.people[0]).post(reverse("acknowledgement", args=["cats", task.uuid]), {"work": "1"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("work", args=["cats", "senior"]))
    assert WAITS not in said(operator, "/") and "Acknowledged" in said(operator, item_page())


def test_an_items_page_shows_its_levels_and_lets_only_an_answerer_acknowledge():
    town = late_town()
    watcher = signed_in(with_role(town, "guideline_editor"))
    shown = said(watcher, item_page())
    assert "Senior" in shown and "nobody answered in time (“Late”)" in shown and "Acknowledge<" not in shown
    task = Task.objects.get(kind="escalation")
    assert watcher.post(reverse("acknowledgement", args=["cats", task.uuid])).status_code == 403
    assert not Acknowledgement.objects.exists()


def test_an_item_without_levels_shows_none():
    town = levels(rule("asked"))
    town.send(0.5)
    assert "<h2>Levels</h2>" not in said(signed_in(with_role(town, "operations")), item_page())


def test_operations_see_what_is_about_to_be_late_first_and_why_an_item_is_held():
    town = levels(*CLOCK, rule("asked"), on_deadline="hold")
    town.now = timezone.now()
    town.send(0.5)
    town.send(0.5, decide_by=(town.now + dt.timedelta(minutes=5)).isoformat())
    town.send(0.7)  # an audit, which is no work that anybody waits for
    page = reverse("operations", args=["cats"])
    client = signed_in(with_role(town, "operations"))
    rows = said(client, page).split('id="late"')[1].split("</tbody>")[0]
    assert rows.index("item-2") < rows.index("item-1") and "item-3" not in rows
    meet_deadlines(at=town.now + dt.timedelta(minutes=5))
    assert "nobody had answered by its deadline" in said(client, page)


def test_a_program_reads_guidance_acknowledges_and_sees_an_item_expire():
    town = late_town()
    first, senior, third = town.people[:3]
    task = Task.objects.get(kind="escalation").uuid
    caller = Caller(town.project, who=senior)
    path = f"projects/cats/tasks/{task}/acknowledgement/"
    since = caller.call("PUT", path)
    assert since.status_code == 200 and caller.call("PUT", path).told == since.told
    claim = caller.claim("senior")
    assert caller.decide(claim, "return").status_code == 422
    assert caller.decide(claim, "return", rationale="Mind the ears.").told["verdict"] == "return"
    assert Caller(town.project, who=first).claim().told["task"]["guidance"] == "Mind the ears."
    assert caller.call("PUT", path).status_code == 409
    assert third.person_id not in Acknowledgement.objects.values_list("person_id", flat=True)


def test_the_api_says_expired_and_until_when_an_answer_was_wanted():
    town = levels(rule("asked"), on_deadline="withdraw")
    until = timezone.now() + dt.timedelta(hours=1)
    town.now = timezone.now()
    town.send(0.5, decide_by=until.isoformat())
    meet_deadlines(at=until)
    told = Caller(town.project).call("GET", "projects/cats/items/item-1/").told
    assert (told["state"], told["outcome"], told["decide_by"][:16]) == ("expired", None, until.isoformat()[:16])
