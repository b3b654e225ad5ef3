"""A reviewer's day without a mouse, in a real browser, on a real server."""

import datetime as dt
import io
import re
import threading

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.reads import console
from assets.actions import showing, store
from reviews.models import Decision, Draft, Seat, Withdrawal
from tests.house import House
from tests.journeys.steps import ASKING, open_bench, ready, sent, title, town_of
from tests.town import Town, build

PASSWORD = "a ring of solid squares"


def sign_in(house: House, town: Town) -> Page:
    user = User.objects.get(person_id=town.people[0].person_id)
    user.set_password(PASSWORD)
    user.save()
    page = house.page()
    page.goto(house.address)
    page.keyboard.type(user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("My queues · hitl")
    page.wait_for_load_state("load")
    return page


def test_a_reviewer_signs_in_and_says_every_verdict_by_key(house):
    page = sign_in(house, town_of(6))
    page.keyboard.press("Enter")

    title(page, "item-1")
    ready(page, "approve")
    page.keyboard.press("a")
    title(page, "item-2")

    page.keyboard.press("2")
    ready(page, "correct")
    expect(page.locator(".tally")).to_contain_text("1")
    page.keyboard.press("Enter")
    title(page, "item-3")

    page.keyboard.press("r")
    page.keyboard.type("a, c, e, s and z are words here")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    title(page, "item-4")

    page.keyboard.press("e")
    title(page, "item-5")

    page.keyboard.press("s")
    page.keyboard.type("Too dark")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    title(page, "item-6")
    sent(page)

    said = list(Decision.objects.order_by("id").values_list("verdict", flat=True))
    assert said == ["approve", "correct", "reject", "escalate", "skip"]
    assert all(0 <= ms < 60_000 for ms in Decision.objects.values_list("active_ms", flat=True))
    assert house.faults == []


def test_the_last_decision_is_withdrawn_by_z_and_each_swap_is_told(house):
    town = town_of(2)
    page = open_bench(house, town)
    title(page, "item-1")
    page.keyboard.press("a")
    title(page, "item-2")
    expect(page.locator("#live")).to_contain_text("item-2")
    expect(page.locator("#task-pane h1")).to_be_focused()
    page.keyboard.press("z")
    title(page, "item-1")
    expect(page.locator("#live")).to_contain_text("Withdrawn")
    assert Withdrawal.objects.count() == 1


def test_a_verdict_pressed_twice_is_sent_once(house):
    town = town_of(3)
    page = open_bench(house, town)
    title(page, "item-1")
    page.evaluate("() => { for (const _ of [1, 2, 3]) document.querySelector('.verdict[value=approve]').click() }")
    title(page, "item-2")
    page.wait_for_timeout(300)
    assert Decision.objects.count() == 1


def test_keys_rest_while_typing_and_leave_the_browser_its_own(house):
    town = town_of(2)
    page = open_bench(house, town)
    title(page, "item-1")
    for combination in ("Control+a", "Alt+r", "Meta+e", "Shift+S"):
        page.keyboard.press(combination)
    page.keyboard.press("r")
    page.keyboard.type("ace srz 123 ?")
    expect(page.locator("#rationale")).to_have_value("ace srz 123 ?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    house.judge(page)
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator("[data-opens=keys]").click()
    page.locator("[data-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    title(page, "item-1")
    assert not Decision.objects.exists()


def test_what_is_typed_survives_a_reload(house):
    town = town_of(1)
    page = open_bench(house, town)
    page.keyboard.press("3")
    page.locator("#rationale").fill("Its tail")
    expect(page.locator("[data-kept]")).to_have_text("Saved")
    assert Draft.objects.count() == 1
    page.reload()
    ready(page, "correct")
    expect(page.locator("#rationale")).to_have_value("Its tail")
    expect(page.locator("[name=label]:checked")).to_have_value("fox")


def test_a_lapsed_claim_says_so_and_keeps_what_was_typed(house):
    town = town_of(1)
    page = open_bench(house, town)
    page.keyboard.press("3")
    expect(page.locator("[data-kept]")).to_have_text("Saved")
    Seat.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("Your claim on this task has ended")
    assert not Decision.objects.exists()
    page.get_by_role("link", name="Take the next one").click()
    title(page, "item-1")
    expect(page.locator("[name=label]:checked")).to_have_value("fox")


def test_the_clock_turns_orange_and_says_what_to_do(house):
    town = town_of(1)
    town.take(town.people[0])
    Seat.objects.update(lease_until=timezone.now() + dt.timedelta(seconds=90))
    page = open_bench(house, town)
    expect(page.locator(".clock[data-soon]")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("Two minutes left")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"1:[0-3]\d"))


def test_an_adjudicator_takes_a_decision_by_its_number(house):
    town = town_of(0)
    town.send(0.5, impact="high")
    for who, label in ((town.people[0], "dog"), (town.people[1], "fox")):
        town.decide(who, town.take(who), "correct", label)
    page = open_bench(house, town, town.adjudicators[0], "adjudication")
    expect(page.locator(".verdict[data-ready]")).to_have_count(0)
    house.judge(page)
    page.keyboard.press("2")
    ready(page, "correct")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert b'"labels":["fox"]' in bytes(Decision.objects.last().body)
    assert house.faults == []


def test_a_form_is_filled_and_corrected_by_keyboard(house):
    schema = {
        "type": "object",
        "properties": {
            "decision": {"enum": ["approve", "decline"]},
            "amount": {"type": "integer", "title": "Amount"},
            "note": {"type": "string"},
            "again": {"type": "boolean"},
        },
        "required": ["decision"],
    }
    town = build(rights=ASKING, task_type="form", schema=schema, labels=[])
    proposal = {"decision": "approve", "amount": 500}
    model = {"name": "m", "version": "1"}
    town.send(None, data={"income": 2910, "job": "baker"}, model=model, prediction=proposal)
    page = open_bench(house, town)
    ready(page, "approve")
    house.judge(page)
    page.get_by_label("Amount").fill("many")
    page.keyboard.press("Enter")
    page.keyboard.press("c")
    expect(page.locator("[data-notice]")).to_contain_text("does not read")
    page.get_by_label("Amount").fill("400")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    expect(page.locator(".tally")).to_contain_text("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert b'"output":{"amount":400,"decision":"decline"}' in bytes(Decision.objects.get().body)


def test_a_picture_is_on_screen(house):
    town = town_of(0)
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "PNG")
    asset, _ = store(project=town.project, content=file.getvalue(), by=console(), at=town.now)
    town.send(0.5, data={"image": f"sha256:{asset.sha256}"})
    page = open_bench(house, town)
    picture = page.get_by_role("img", name="Picture of item item-1")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") == 64
    assert house.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (834, 1112)])
def test_every_page_passes_axe_and_fits_its_screen(house, scheme, width, height):
    town = town_of(3)
    screen = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = open_bench(house, town, **screen)
    for act in ("", "r"):
        page.keyboard.press(act) if act else None
        fits(house, page)
    page.keyboard.type("Blurred")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    title(page, "item-2")
    sent(page)
    for address in ("/", f"/projects/cats/items/{Decision.objects.get().task.item.uuid}/", "/nowhere/"):
        page.goto(house.address + address)
        fits(house, page)


def fits(house: House, page: Page) -> None:
    house.judge(page)
    wide = page.evaluate(
        "() => [document.documentElement, document.querySelector('main')].map(p => p.scrollWidth - p.clientWidth)"
    )
    assert max(wide) <= 0, page.url


def test_a_picture_that_is_not_ready_says_so_and_comes_by_itself(house: House, monkeypatch: pytest.MonkeyPatch):
    town, file = town_of(0), io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    asset, _ = store(project=town.project, content=file.getvalue(), by=console(), at=town.now)
    town.send(0.5, data={"image": f"sha256:{asset.sha256}"})
    busy = threading.BoundedSemaphore(1)
    monkeypatch.setattr(showing, "_decoders", busy)
    monkeypatch.setattr(showing, "PATIENCE_S", 0.01)
    busy.acquire()
    page = open_bench(house, town)
    expect(page.get_by_text("The picture is being prepared.").first).to_be_visible()
    expect(page.locator("img.picture")).to_be_hidden()
    house.judge(page)
    busy.release()
    expect(page.locator("img.picture")).to_be_visible()
    expect(page.get_by_role("region", name="Item").locator("[data-told]")).to_be_hidden()
    assert page.locator("img.picture").evaluate("one => one.naturalWidth") == 40
    house.faults.clear()  # the browser tells of every refused picture


def test_a_label_far_down_the_list_comes_into_sight_as_its_key_is_pressed(house: House):
    labels = [{"code": "cat", "name": "Cat"}, *({"code": f"l{n}", "name": f"Label {n}"} for n in range(2, 8))]
    labels += [{"code": f"m{n}", "name": f"More {n}", "key": key} for n, key in enumerate("dfhotx")]
    page = open_bench(house, town_of(1, labels=labels), viewport={"width": 1280, "height": 560})
    last = page.locator(".choice").filter(has_text="More 5")
    expect(last).not_to_be_in_viewport()
    page.keyboard.press("x")
    expect(last).to_be_in_viewport(ratio=0.9)


def test_a_form_too_old_to_be_sent_offers_the_page_afresh(house: House):
    page = open_bench(house, town_of(2))
    title(page, "item-1")
    page.wait_for_load_state("networkidle")  # what answers a request sets the cookie again
    page.context.clear_cookies(name="csrftoken")
    page.keyboard.press("a")
    expect(page.locator("#task-pane:not([data-fresh]) [data-notice]")).to_contain_text("too old")
    page.get_by_role("link", name="Load the page again").click()
    title(page, "item-1")
    ready(page, "approve")
    page.keyboard.press("a")
    title(page, "item-2")
    sent(page)
    assert Decision.objects.count() == 1
