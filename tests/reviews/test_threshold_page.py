"""The threshold page over rights that did not come from it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviews.models import RightsVersion
from tests.reviews.test_founding_pages import client_of
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
PEOPLE = {"arm": "review", "queue": "general"}
ONE = RIGHTS | {
    "routing": [{"name": "Low", "when": [{"field": "confidence", "op": "<", "value": "0.6"}], "then": PEOPLE}],
    "otherwise": {"arm": "accept", "audit_rate": "0.02"},
    "no_confidence": PEOPLE,
}
NO_QUEUE = ONE | {"routing": [], "otherwise": {"arm": "accept"}, "no_confidence": {"arm": "hold"}}


def page_of(rights: dict[str, Any], **asked: str) -> tuple[Town, Client, str]:
    town = build(rights=rights)
    client = client_of("operations", project=town.project)
    answer = client.get(reverse("threshold", args=[town.project.slug]), asked)
    assert answer.status_code == 200
    return town, client, answer.content.decode()


def stands_at(page: str) -> list[str]:
    return [
        value
        for name in ("threshold", "audit")
        for value in re.findall(rf'<input[^>]*id="id_{name}"[^>]*value="([^"]*)"', page)
    ]


def test_the_page_begins_with_the_threshold_that_is_in_force() -> None:
    assert stands_at(page_of(ONE)[2]) == ["60", "2"]


def test_a_project_in_which_people_decide_everything_begins_at_80() -> None:
    assert stands_at(page_of(ONE | {"routing": [], "otherwise": PEOPLE})[2]) == ["80", "5"]


@pytest.mark.parametrize("asked", [{}, {"threshold": "70", "audit": "5"}])
def test_rights_that_name_no_arm_for_people_are_led_to_the_editor(asked: dict[str, str]) -> None:
    town, client, page = page_of(NO_QUEUE, **asked)
    assert stands_at(page) == [] and "name no queue" in page and reverse("admin:rights", args=["cats"]) in page
    assert client.post(reverse("threshold", args=["cats"]), {"threshold": "70", "audit": "5"}).status_code == 200
    wish = client.get(reverse("replays", args=["cats"]), {"threshold": "70", "audit": "5"})
    assert wish.status_code == 200 and "threshold:70:5" not in wish.content.decode()
    assert client.get(reverse("project", args=["cats"])).status_code == 200
    assert RightsVersion.objects.filter(project=town.project).count() == 1


def test_a_nothing_of_a_million_digits_is_nothing() -> None:
    _town, client, _page = page_of(ONE)
    answer = client.post(reverse("threshold", args=["cats"]), {"threshold": "0e999999", "audit": "0e999999"})
    assert answer.status_code == 302
    assert len(bytes(RightsVersion.objects.latest("number").body)) < 4096
