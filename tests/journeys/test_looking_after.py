"""Those who look after the work, in a real browser: by keyboard alone, on paper, without connection, judged by axe."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.actions import add_person, give_membership, name_owner
from accounts.models import Role
from accounts.reads import Actor, actor_of_person, console
from reviews.actions import release
from reviews.models import ClaimEnd, Item, Seat, SwitchChange
from tests.house import House
from tests.town import Town, build

SIZES = [{"width": 1280, "height": 720}, {"width": 834, "height": 1112}]


CUT = """[...document.querySelectorAll('main *')].some(one => one.scrollHeight > one.clientHeight + 1
    && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowY) && !one.closest('.sr'))"""


OPENED = """[...document.querySelectorAll('details')].every(one =>
    one.offsetHeight > one.querySelector('summary').offsetHeight + 8)"""


def with_role(town: Town, role: str) -> Actor:
    person = add_person(name=f"The {role}", email=f"{role}@after.invalid", by=console(), at=town.now)
    if role == "owner":
        name_owner(person=person, by=console(), at=town.now)
    else:
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    return actor_of_person(person, "browser")


def busy_town() -> Town:
    """Give a town with work waiting, an item held, one decided and released, and somebody at work."""
    town = build(guideline="# Cats\n\n## How\n\nLook at the tail.")
    for _ in range(3):
        town.send(0.5)
    town.send(0.95, label="unlisted")
    town.decide(town.people[0], town.take(town.people[0], "general"), "correct", "fox", rationale="Its tail")
    release(at=timezone.now() + timezone.timedelta(minutes=1))
    town.take(town.people[1], "general")
    return town


def focus(page: Page, words: str) -> None:
    """Move the focus by Tab to what is named so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if re.match(words, page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')")):
            return
    raise AssertionError(f"Tab never came to {words}")


def test_operations_give_a_claim_back_and_turn_the_switch_by_keyboard(house: House) -> None:
    town = busy_town()
    page = house.page(with_role(town, "operations"))
    page.goto(house.address)
    expect(page).to_have_title("Home · hitl")
    focus(page, "Operations, Cats")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operations")

    focus(page, "Give back")
    page.keyboard.press("Enter")
    expect(page.locator(".confirm h2")).to_have_text("Give back what reviewer 1 has claimed?")
    focus(page, "$")
    page.keyboard.type("Gone for the day")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody has an item open.")).to_be_visible()
    assert ClaimEnd.objects.get().reason == "ended" and not Seat.objects.filter(state="leased").exists()

    focus(page, "Send everything to people")
    page.keyboard.press("Enter")
    expect(page.locator(".confirm h2")).to_have_text("Send everything to people?")
    focus(page, "$")
    page.keyboard.type("It drifts")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for place in (page.get_by_role("complementary"), page.get_by_role("region", name="Turned switches")):
        expect(place.get_by_text("Everything goes to people")).to_be_visible()
    assert SwitchChange.objects.get().reason == "It drifts"
    assert house.faults == []


def test_figures_are_looked_at_again_while_somebody_looks_and_not_else(house: House) -> None:
    town = busy_town()
    page = house.page(with_role(town, "operations"))
    page.clock.install()
    asked: list[int] = []
    page.on("response", lambda answer: asked.append(answer.status) if "seen=" in answer.url else None)
    page.goto(f"{house.address}/projects/cats/operations/")
    general = page.locator("tr", has_text="General").locator("td").first
    expect(general).to_have_text("1")

    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    page.clock.run_for(120_000)
    page.wait_for_timeout(300)
    assert asked == []

    town.send(0.5)
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(general).to_have_text("2")
    page.clock.run_for(13_000)
    page.wait_for_timeout(500)
    assert asked[0] == 200 and set(asked[1:]) <= {204, 200}
    assert house.faults == []


def test_a_lost_connection_is_said_and_its_return_too(house: House) -> None:
    town = busy_town()
    page = house.page(with_role(town, "operations"))
    page.goto(house.address)
    page.wait_for_load_state("load")
    strip = page.locator(".offline")
    expect(strip).to_be_hidden()
    page.context.set_offline(True)
    expect(strip).to_contain_text("No connection.")
    expect(strip).to_be_visible()
    expect(page.locator("#live")).to_contain_text("No connection.")
    page.context.set_offline(False)
    expect(strip).to_be_hidden()
    expect(page.locator("#live")).to_have_text("The connection is back.")


def addresses() -> dict[str, list[str]]:
    """Give what each role is to look at."""
    item = Item.objects.get(external_id="item-1").uuid
    token = Seat.objects.get(state="leased").task.seats.get(state="leased").claim_id
    assert token
    return {
        "owner": ["/", "/switch/?position=hold-everything", "/projects/cats/operations/"],
        "operations": ["/", "/projects/cats/operations/", "/projects/cats/switch/?position=all-to-people", "/nowhere/"],
        "compliance": ["/", "/projects/cats/trail/", "/projects/cats/exports/", f"/projects/cats/items/{item}/"],
        "records_officer": ["/", "/projects/cats/trail/?type=reviews.opened"],
        "guideline_editor": ["/", "/projects/cats/guideline/"],
        "reviewer": ["/", "/switch/?position=normal"],
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_every_role_passes_axe_at_both_sizes(house: House, scheme: Any) -> None:
    town = busy_town()
    for role, paths in addresses().items():
        page = house.page(with_role(town, role), color_scheme=scheme)
        for path in paths:
            page.goto(house.address + path)
            for size in SIZES:
                page.set_viewport_size(size)  # type: ignore[arg-type]
                house.judge(page)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (role, path, size)
    assert [fault for fault in house.faults if "40" not in fault] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_admin_wears_the_house_and_leads_back(house: House, scheme: Any) -> None:
    town = busy_town()
    page = house.page(with_role(town, "owner"), color_scheme="light")
    page.context.add_cookies([{"name": "theme", "value": scheme, "url": house.address}])
    page.goto(f"{house.address}/admin/accounts/person/")
    told = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("link", name="Back to hitl").click()
    expect(page).to_have_title("Home · hitl")
    page.wait_for_load_state()
    ours = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (told, light) == (scheme, ours)
    assert house.faults == []


def test_a_case_is_printed_whole_black_on_white_with_its_name_and_time(house: House) -> None:
    town = busy_town()
    page = house.page(with_role(town, "compliance"), color_scheme="dark")
    item = Item.objects.get(external_id="item-1")
    page.goto(f"{house.address}/projects/cats/items/{item.uuid}/")
    shown = page.get_by_role("link", name="What was on the screen").first.get_attribute("href")
    for address in (page.url, f"{house.address}{shown}"):
        page.goto(address)
        expect(page.locator(".print-head")).to_be_hidden()
        page.emulate_media(media="print")
        head = page.locator(".print-head")
        expect(head).to_contain_text("item-1")
        expect(head).to_contain_text("Cats (cats)")
        expect(head).to_contain_text(str(item.uuid))
        expect(page.locator(".rail")).to_be_hidden()
        expect(page.locator(".bar")).to_be_hidden()
        ground, ink = page.evaluate(
            "[document.documentElement, document.querySelector('main')].map((one, place) =>"
            " getComputedStyle(one)[place ? 'color' : 'backgroundColor'])"
        )
        assert (ground, ink) == ("oklch(1 0 0)", "oklch(0 0 0)")
        cut = page.evaluate(CUT)
        assert not cut and page.evaluate(OPENED)
        page.evaluate("document.querySelector('[data-module=printed]').textContent = ''")
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
        expect(head.locator("[data-module=printed]")).not_to_have_text("")
        page.emulate_media(media="screen")
    assert house.faults == []


def test_a_stranger_to_the_demo_enters_by_keyboard(house: House, settings: Any, tmp_path: Any) -> None:
    town = build(people=0, adjudicators=0)
    for role in Role.values:
        person = add_person(name=f"{role} (demo)", email=f"{role}@demo.invalid", by=console(), at=town.now)
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    (tmp_path / "demo.txt").write_text("told")
    settings.HITL_DATA, settings.HITL_LOOPBACK, settings.HITL_DEMO_DOOR = tmp_path, True, True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    town.send(0.5)
    page = house.page()
    page.goto(house.address)
    focus(page, "Enter the demo")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Enter the demo · hitl")
    house.judge(page)
    focus(page, "Reviewer")
    page.keyboard.press("Enter")
    expect(page).to_have_title("My queues · hitl")
    focus(page, "Enter as another role")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Enter the demo · hitl")
    focus(page, "Operations")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Projects you run")).to_be_visible()
    assert house.faults == []
