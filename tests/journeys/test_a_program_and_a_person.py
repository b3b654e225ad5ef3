"""A program that waits for its answer and one that is called back, while a person decides; and who looks after both."""

import json
import os
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.reads import clock, console
from audit.actions import seal
from reviews.actions import add_endpoint, call_back, find_callbacks
from reviews.models import Delivery, Endpoint, Item, Told
from tests.house import House
from tests.journeys.steps import open_bench, ready, title
from tests.journeys.test_looking_after import SIZES, focus, with_role
from tests.receiver import Receiver, receiving
from tests.reviews.caller import Caller, item
from tests.reviews.test_callbacks import short_patience
from tests.town import RIGHTS, Town, build


@pytest.fixture(autouse=True)
def kept(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS, settings.LEDGER_WITNESS = tmp_path / "keys", tmp_path / "witness.ndjson"
    settings.CALLBACK_HOSTS = frozenset({"127.0.0.1"})


def screen(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def clock_comes_by() -> None:
    """Do what the clock and the workers do."""
    seal(by=clock(), at=timezone.now())
    for endpoint_id in find_callbacks(at=timezone.now()):
        call_back(endpoint_id=endpoint_id, now=timezone.now)


def sent_and_waited_for(house: House, caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json", "Prefer": "wait=60"}
    path = f"{house.address}/api/v1/projects/{caller.project.slug}/items/"
    request = urllib.request.Request(path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=90) as answer:
        return dict(json.loads(answer.read()))


def town_that_releases_soon() -> Town:
    return build(rights=RIGHTS | {"release_after": "PT1S"})


def test_one_program_waits_and_one_is_called_back_while_a_person_decides(house: House) -> None:
    town = town_that_releases_soon()
    waiting, called = Caller(town.project), Caller(town.project, service="called")
    inward = "http://10.0.0.1/hook"
    script: list[int | str] = [503, "stall", inward]
    with receiving(script=script) as receiver, short_patience(1), ThreadPoolExecutor() as pool:
        _, secret = add_endpoint(
            project=town.project, name="main", url=receiver.url, events=Told.values, by=console(), at=town.now
        )
        answer = pool.submit(sent_and_waited_for, house, waiting, item("waited-for"))
        while not Item.objects.exists():
            threading.Event().wait(0.05)
        assert called.send(item("called-back", callback="main")).status_code == 201
        page = open_bench(house, town)
        title(page, "waited-for")
        ready(page, "approve")
        page.keyboard.press("2")
        ready(page, "correct")
        page.keyboard.press("Enter")
        title(page, "called-back")
        page.keyboard.press("a")
        told = answer.result(90)
        assert told["outcome"]["output"] == {"labels": ["dog"]} and told["outcome"]["source"] == "reviewer"
        for _ in range(200):
            clock_comes_by()
            called.call("GET", "projects/cats/items/called-back/", Prefer="wait=1")
            Delivery.objects.filter(state="waiting").update(next_at=timezone.now())  # as after the pauses
            Endpoint.objects.update(rests_until=None)
            if len(receiver.got) == 4:
                break
        failed, stalled, redirected, taken = receiver.got
        assert failed.id == stalled.id == redirected.id == taken.id and taken.signed_by(secret)
        assert taken.told["data"]["outcome"]["output"] == {"labels": ["cat"]}
        assert {one.path for one in receiver.got} == {"/hook"} and Delivery.objects.get().state == "sent"
    assert house.faults == []


def test_an_item_withdrawn_under_a_reviewers_eyes_says_so_and_keeps_their_words(house: House) -> None:
    town = town_that_releases_soon()
    caller = Caller(town.project)
    caller.send(item("frame-1"))
    page = open_bench(house, town)
    title(page, "frame-1")
    ready(page, "approve")
    assert caller.call("POST", "projects/cats/items/frame-1/withdrawal/").status_code == 200
    page.keyboard.press("a")
    expect(page.get_by_text("has withdrawn it").first).to_be_visible()
    house.judge(page)
    screen(page, "withdrawn-under-eyes")
    assert [fault for fault in house.faults if "409" not in fault] == []


def made(house: House, page: Page, url: str) -> str:
    """Make the endpoint main by keyboard; give its secret."""
    focus(page, "Make the first one")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab") if not page.locator("#id_name").evaluate(
        "one => one === document.activeElement"
    ) else None
    page.locator("#id_name").focus()
    page.keyboard.type("main")
    page.keyboard.press("Tab")
    page.keyboard.type("http://10.0.0.1/hook")
    page.keyboard.press("Enter")
    expect(page.locator("#url-said-new .error")).to_contain_text("https")
    house.judge(page)
    page.locator("#url-new").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(url)
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_contain_text("whsec_")
    house.judge(page)
    return page.locator("#secret").inner_text()


def test_callbacks_are_looked_after_by_keyboard(house: House) -> None:
    town = town_that_releases_soon()
    page = house.page(with_role(town, "operations"))
    page.goto(house.address)
    focus(page, "Callbacks, Cats")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Callbacks")
    expect(page.get_by_text("No program is called back yet.")).to_be_visible()
    house.judge(page)
    screen(page, "callbacks-empty")
    with receiving(body=b"taken, thank you") as receiver:
        secret = made(house, page, receiver.url)
        screen(page, "callbacks-secret")
        a_test_sent(page, 1)
        expect(page.locator(".deliveries .badge")).to_have_text("delivered")
        assert receiver.got[0].signed_by(secret)
        expect(page.locator("#live")).to_contain_text("Test")
        pressed(page, "New secret")
        expect(page.locator("#secret")).not_to_have_text(secret)
        a_test_sent(page, 2)
        assert receiver.got[1].signed_by(secret)
        gone_and_back(house, page, receiver)
        pressed(page, "Change")
        expect(page.locator(".changing")).to_be_visible()
        house.judge(page)
        page.locator(".changing [value='item.held']").focus()
        page.keyboard.press("Space")
        pressed(page, "Save")
        expect(page.get_by_text("main is changed.")).to_be_visible()
    assert Endpoint.objects.get().events == ["outcome.released", "outcome.superseded", "item.escalated"]
    assert [fault for fault in house.faults if "422" not in fault] == []


def pressed(page: Page, words: str) -> None:
    focus(page, words)
    page.keyboard.press("Enter")


def a_test_sent(page: Page, count: int) -> None:
    """Send the count-th test, and let it arrive."""
    pressed(page, "Send a test")
    expect(page.locator(".deliveries > li")).to_have_count(count)
    clock_comes_by()


def gone_and_back(house: House, page: Page, receiver: Receiver) -> None:
    """Meet 410, switch the endpoint on again, and send again what failed."""
    receiver.then = 410
    a_test_sent(page, 3)
    expect(page.locator(".deliveries .badge").first).to_have_text("failed")
    page.reload()
    expect(page.get_by_text("It answered 410 Gone, so it was switched off.")).to_be_visible()
    house.judge(page)
    screen(page, "callbacks-gone")
    receiver.then = 200
    pressed(page, "Switch on")
    expect(page.get_by_text("main is switched on.")).to_be_visible()
    pressed(page, "Send again, Test")
    expect(page.get_by_text("1 message goes again.")).to_be_visible()
    clock_comes_by()
    expect(page.locator(".deliveries .badge").first).to_have_text("delivered")
    assert receiver.got[-1].id == receiver.got[-2].id


@pytest.mark.parametrize("size", SIZES, ids=["desk", "tablet"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_callbacks_page_is_sound_in_light_and_dark_and_in_german(house: House, size: Any, theme: Any) -> None:
    town = town_that_releases_soon()
    with receiving(script=[500], then=200, body=b'{"error": "no such table: answers"}') as receiver:
        for name, url in (("main", receiver.url), ("archive", "https://archive.example.com/hooks/hitl")):
            add_endpoint(project=town.project, name=name, url=url, events=Told.values, by=console(), at=town.now)
        for number in range(4):
            town.send(0.5, "owl", external_id=f"frame-{number}", callback="main")
        clock_comes_by()
        Delivery.objects.filter(state="waiting").update(
            state="failed", said="No connection could be made.", status=None
        )
        Delivery.objects.filter(item__external_id="frame-3").update(state="waiting", status=503, said="come back")
    page = house.page(with_role(town, "owner"), viewport=size, color_scheme=theme)
    page.goto(f"{house.address}/projects/cats/callbacks/")
    expect(page.locator(".deliveries > li")).to_have_count(4)
    house.judge(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screen(page, f"callbacks-{theme}-{size['width']}")
    page.get_by_role("link", name="Only those that failed").click()
    expect(page.get_by_role("heading", name="Messages that failed")).to_be_visible()
    house.judge(page)
    assert house.faults == []
