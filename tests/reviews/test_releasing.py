"""Releasing: what fails in one project stays there."""

import json
import logging

import pytest

from audit.models import Event
from audit.models.sql import run
from reviews.actions import release
from reviews.beat import release as clock_releases
from reviews.models import Outcome
from tests.invariants import breaches
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db


def settled(slug: str) -> Town:
    """Found a town with one outcome to be released."""
    town = build(people=1, adjudicators=0, slug=slug)
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]))
    return town


def test_a_project_that_fails_holds_none_of_the_others_back_and_is_told_of(caplog: pytest.LogCaptureFixture):
    towns = [settled(slug) for slug in ("first", "broken", "third")]
    broken = towns[1].project
    run("DELETE FROM reviews_feed WHERE project_id = %s", [broken.pk])
    towns[2].wait(seconds=60)
    with caplog.at_level(logging.ERROR), pytest.raises(ExceptionGroup) as failed:
        release(at=towns[2].now)
    released = Outcome.objects.filter(position__isnull=False).values_list("project__slug", flat=True)
    assert sorted(released) == ["first", "third"]
    assert [problem.__notes__ for problem in failed.value.exceptions] == [[f"project {broken.uuid}"]]
    assert str(broken.uuid) in caplog.text and "Traceback" in caplog.text
    assert breaches() == []


def test_the_clocks_job_fails_when_a_project_does():
    build(people=1, adjudicators=0).send(0.95)
    run("DELETE FROM reviews_feed")
    assert clock_releases.apply().state == "FAILURE"


def test_a_second_reviews_opening_carries_model_and_rights_as_the_release_does():
    routing = [{"name": "All", "when": [], "then": {"arm": "review", "queue": "general", "second_share": "1"}}]
    town = build(rights=RIGHTS | {"routing": routing})
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]))
    town.wait(seconds=16)
    release(at=town.now)
    released, opened = (
        json.loads(bytes(Event.objects.get(type=f"reviews.{kind}").leaf))["tags"]
        for kind in ("outcome_released", "task_opened")
    )
    assert opened == released | {"kind": "second", "source": None} and opened["model"] and opened["rights"] == 1


def test_the_items_page_calls_the_newest_released_outcome_in_force_and_a_newer_one_settled() -> None:
    import re

    from django.urls import reverse

    from tests.reviews.test_rights_editor import someone

    town = build(people=1, adjudicators=0, rights=RIGHTS | {"release_after": "PT4H"})
    client, _by = someone(town, "operations")
    item = town.send(0.8)["id"]

    def said() -> list[str]:
        page = client.get(reverse("item", args=["cats", item])).content.decode()
        shown = (
            re.findall(r"<b>Outcome (\d)</b>.*?</p>", page, re.DOTALL),
            re.findall(
                r"in force</span>|settled, not released yet|superseded</span>", page[page.find('<ol class="chain') :]
            ),
        )
        return [f"{number} {words.removesuffix('</span>')}" for number, words in zip(*shown, strict=True)]

    town.decide(town.people[0], town.take(town.people[0], "general"), None, "dog")
    assert said() == ["2 settled, not released yet", "1 in force"]
    town.wait(hours=4)
    release(at=town.now)
    assert said() == ["2 in force", "1 superseded"]
