"""Decision rights tried on the past in a real browser: asked for, watched, read; then published, and not before."""

import os
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Membership
from accounts.reads import console
from reviews.actions import fill_project, publish_rights
from reviews.errors import ReplayMissing
from reviews.jobs import make_replay
from reviews.models import Replay, RightsDraft, RightsVersion
from tests.house import House
from tests.journeys.test_looking_after import SIZES, focus, with_role
from tests.reviews.past import APART, looked_at, sharper
from tests.town import Town, build


def screen(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def draft(town: Town, who: Any, document: dict[str, Any]) -> RightsDraft:
    """Let somebody have begun the next version."""
    base = RightsVersion.objects.get(project=town.project)
    return RightsDraft.objects.update_or_create(
        project=town.project,
        defaults={
            "base": base, "body": document, "changed_by_id": who.person_id, "changed_at": timezone.now(),
        },
    )[0]  # fmt: skip


def busy_town() -> Town:
    """Give a town with a past, that asks for a replay before it publishes."""
    town = build(segments=["geography"], require_replay=True, rights=APART)
    town.wait(days=-1)
    Membership.objects.update(from_at=town.now)
    fill_project(town.project.pk)
    for place, sure in enumerate([0.3, 0.5, 0.7, 0.75, 0.85, 0.95, 0.99] * 12):
        town.send(sure, segments={"geography": ("DE", "FR", "NL")[place % 4 % 3]})
    who = town.people[0]
    looked_at(town, who, *["cat", "dog", "cat"] * 10)
    for _ in range(22):
        held = town.take(who, "general")
        town.wait(seconds=9)
        town.decide(who, held, active_ms=9000)
    return town


def test_operations_try_the_draft_by_keyboard_and_only_then_it_can_be_published(house: House) -> None:
    town = busy_town()
    who = with_role(town, "operations")
    document = sharper("0.80", audit={"queue": "senior"})
    draft(town, who, document)
    publish = {"project": town.project, "document": document, "reason": "Sharper", "by": console()}
    with pytest.raises(ReplayMissing):
        publish_rights(**publish, at=timezone.now())
    page = house.page(who)
    page.goto(house.address)
    focus(page, "Replays")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Replays")
    expect(page.get_by_label("Document")).to_have_value("draft")
    house.judge(page)
    page.get_by_label("Told apart by").select_option("geography")
    focus(page, "Try it on the past")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The past is being read.")).to_be_visible()
    expect(page.locator(".replay-progress .badge")).to_have_text("waiting to begin")
    house.judge(page)
    make_replay(Replay.objects.get().pk)
    expect(page.locator(".replay-progress .badge")).to_have_text("done")
    focus(page, "Read what it found")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Where items went, and would have gone")).to_be_visible()
    expect(page.locator(".headline")).to_contain_text("84")
    expect(page.get_by_text("This document may be published")).to_be_visible()
    house.judge(page)
    page.goto(f"{house.address}{reverse('admin:rights-publishing', args=['cats'])}")
    page.locator("[name=reason]").focus()
    page.keyboard.type("Sharper")
    focus(page, "Publish$")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    assert RightsVersion.objects.get(number=2).digest == Replay.objects.get().digest
    assert house.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_a_replay_passes_axe_at_both_sizes(house: House, scheme: Any) -> None:
    town = busy_town()
    who = with_role(town, "operations")
    page = house.page(who, color_scheme=scheme)
    page.goto(f"{house.address}/projects/cats/replays/")
    house.judge(page)
    screen(page, f"replays-empty-{scheme}")
    draft(town, who, sharper("0.80") | {"otherwise": {"arm": "accept", "audit_rate": "7"}})
    page.goto(f"{house.address}/projects/cats/replays/")
    page.get_by_label("Document").select_option("draft")
    page.get_by_role("button", name="Try it on the past").first.click()
    expect(page.get_by_text("What is wrong")).to_be_visible()
    house.judge(page)
    screen(page, f"replays-wrong-{scheme}")
    draft(town, who, sharper("0.80", audit={"queue": "senior"}))
    page.get_by_label("Told apart by").select_option("geography")
    page.get_by_role("button", name="Try it on the past").first.click()
    expect(page.locator(".replay-progress .badge")).to_have_text("waiting to begin")
    screen(page, f"replay-waiting-{scheme}")
    row = Replay.objects.get()
    make_replay(row.pk)
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{house.address}/projects/cats/replays/{row.uuid}/")
        house.judge(page)
        screen(page, f"replay-found-{size['width']}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, size
        page.goto(f"{house.address}/projects/cats/replays/")
        house.judge(page)
        screen(page, f"replays-list-{size['width']}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, size
    assert [fault for fault in house.faults if "422" not in fault] == []
