"""A sound in a real browser: played and sought by key, silent once it is left, muted until someone listens."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.actions import choose_veils
from accounts.reads import console
from assets.actions import show, showing, store
from reviews.models import Decision, Seat
from tests.assets.conftest import picture
from tests.assets.sounds import tone
from tests.house import House
from tests.journeys.test_conversations import SCREENS, look
from tests.journeys.test_review_by_keyboard import fits, open_bench, title, town_of
from tests.town import Town

MUTED = {"blur": False, "grey": False}


def recorded(town: Town, seconds: float = 40, **more: object) -> None:
    asset, _ = store(project=town.project, content=tone("ogg", seconds), by=console(), at=town.now)
    town.send(0.5, data={"recording": str(asset), **more})


def state(page: Page, name: str) -> object:
    return page.locator("audio").first.evaluate(f"audio => audio.{name}")


def until(page: Page, held: str) -> None:
    """Wait until it holds of the sound, `audio`."""
    page.locator("audio").first.evaluate(
        """(audio) => new Promise((done, failed) => {
            const from = Date.now();
            const look = () => {
                if (HELD) done();
                else if (Date.now() - from > 8000) failed(new Error("never"));
                else setTimeout(look, 30);
            };
            look();
        })""".replace("HELD", held)
    )


def test_a_sound_is_played_and_stopped_by_one_key_and_sought_by_arrows(house: House):
    town = town_of(0)
    recorded(town, text="A complaint")
    page = open_bench(house, town)
    player = page.get_by_role("group", name="Recording")
    expect(player).to_contain_text("0:40")
    until(page, "audio.readyState >= 1")
    assert (state(page, "paused"), state(page, "muted"), state(page, "controls")) == (True, False, False)
    page.keyboard.press("Control+Space")
    until(page, "!audio.paused && audio.currentTime > 0.2")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Control+Space")
    until(page, "audio.paused")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    before = state(page, "currentTime")
    page.get_by_role("slider", name="Place in the sound").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until(page, f"Math.abs(audio.currentTime - {before} - 10) < 0.01")
    page.keyboard.press("ArrowLeft")
    until(page, f"Math.abs(audio.currentTime - {before} - 5) < 0.01")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "0:05 of 0:40")
    page.get_by_role("button", name="Speed").click()
    assert state(page, "playbackRate") == 1.25
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert house.faults == []


def test_seeking_loads_a_part_that_was_not_loaded(house: House):
    town = town_of(0)
    recorded(town)
    page = open_bench(house, town)
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(f"{answer.status}") if "/media/" in answer.url else None)
    page.reload()
    until(page, "audio.readyState >= 1")
    page.locator("audio").evaluate("audio => { audio.currentTime = 30 }")
    until(page, "!audio.seeking && audio.readyState >= 2 && Math.abs(audio.currentTime - 30) < 0.1")
    assert "206" in asked


def test_typing_goes_on_while_a_key_plays(house: House):
    town = town_of(0)
    recorded(town)
    page = open_bench(house, town)
    until(page, "audio.readyState >= 1")
    page.keyboard.press("r")
    expect(page.locator("#rationale")).to_be_focused()
    page.keyboard.type("so it ")
    page.keyboard.press("Control+Space")
    until(page, "!audio.paused")
    page.keyboard.type("is")
    expect(page.locator("#rationale")).to_have_value("so it is")


def test_the_next_item_is_silent_and_the_one_left_is_let_go(house: House):
    town = town_of(0)
    recorded(town)
    recorded(town, 39)
    page = open_bench(house, town)
    page.wait_for_timeout(1200)  # the next item stands ready by now
    page.locator("audio").evaluate("audio => { window.first = audio }")
    page.keyboard.press("Control+Space")
    until(page, "audio.currentTime > 0.1")
    page.keyboard.press("a")
    title(page, "item-2")
    assert page.locator("audio").count() == 1
    assert page.evaluate("() => [first.isConnected, first.paused, first.hasAttribute('src'), first.networkState]") == [
        False,
        True,
        False,
        0,
    ]
    expect(page.locator(".player").get_by_text("being prepared")).to_be_hidden()
    until(page, "audio.readyState >= 1")
    assert (state(page, "paused"), state(page, "currentTime")) == (True, 0)
    page.keyboard.press("Control+Space")
    until(page, "audio.currentTime > 0.1")
    assert house.faults == []


def test_an_item_that_comes_back_can_be_heard_again_and_is_muted_again(house: House):
    town = town_of(0, hard_content=MUTED)
    recorded(town)
    recorded(town, 39)
    page = open_bench(house, town)
    page.wait_for_timeout(1200)  # the next item stands ready by now
    Seat.objects.filter(slot="open").update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    page.keyboard.down("v")
    assert state(page, "muted") is False
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("Your claim on this task has ended")
    title(page, "item-1")
    assert state(page, "muted") is True
    expect(page.locator("[data-muted]")).to_be_visible()
    page.keyboard.up("v")
    until(page, "audio.readyState >= 1")
    page.keyboard.press("Control+Space")
    until(page, "audio.currentTime > 0.1")


def test_it_is_muted_until_the_key_is_held_and_again_after(house: House):
    town = town_of(0, hard_content=MUTED)
    recorded(town)
    page = open_bench(house, town)
    until(page, "audio.readyState >= 1")
    sign = page.locator("[data-muted]")
    expect(sign).to_be_visible()
    page.keyboard.press("Control+Space")
    until(page, "audio.currentTime > 0.1")
    assert state(page, "muted") is True
    page.keyboard.down("v")
    assert (state(page, "muted"), state(page, "paused")) == (False, False)
    expect(sign).to_be_hidden()
    expect(page.get_by_role("button", name="Hold to listen")).to_have_attribute("aria-pressed", "true")
    page.keyboard.up("v")
    assert state(page, "muted") is True
    expect(sign).to_be_visible()
    page.keyboard.down("v")
    page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    assert state(page, "muted") is True
    page.keyboard.up("v")
    assert house.faults == []


def test_who_cannot_hold_hears_it_from_one_press_to_the_next(house: House):
    town = town_of(0, hard_content=MUTED)
    recorded(town)
    choose_veils(blur=None, grey=None, mute=None, holds=False, by=replace(town.people[0], via="browser"))
    page = open_bench(house, town)
    for muted in (False, True, False):
        page.keyboard.press("v")
        assert state(page, "muted") is muted
    assert page.get_by_role("button", name="Listen").count() == 1


def test_the_item_that_follows_is_muted_though_the_key_is_still_held(house: House):
    town = town_of(0, hard_content=MUTED)
    recorded(town)
    recorded(town, 39)
    page = open_bench(house, town)
    page.wait_for_timeout(1200)
    page.keyboard.down("v")
    assert state(page, "muted") is False
    page.keyboard.press("a")
    title(page, "item-2")
    assert state(page, "muted") is True


def test_a_sound_that_is_being_made_is_said_and_comes(house: House, monkeypatch: pytest.MonkeyPatch):
    town = town_of(0)
    recorded(town)
    monkeypatch.setattr(showing, "LONGEST_MS", 0)
    page = open_bench(house, town)
    expect(page.get_by_text("The sound is being prepared.").first).to_be_visible()
    monkeypatch.undo()
    until(page, "audio.readyState >= 1")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_a_sound_passes_axe_wherever_it_is_heard(house: House, width, height, scheme):
    town = town_of(0, hard_content={})
    asset, _ = store(project=town.project, content=picture(size=(640, 420)), by=console(), at=town.now)
    recorded(town, text="A complaint", channel="phone")
    recorded(town, 39, photo=str(asset))
    turns = [{"speaker": "Caller", "text": "Hear this", "voice": str(_sound(town)), "start_ms": 0}]
    town.send(0.5, data={"turns": turns})
    screen = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = open_bench(house, town, **screen)
    until(page, "audio.readyState >= 1")
    fits(house, page)
    look(page, f"sound-{width}-{scheme}")
    page.keyboard.down("v")
    look(page, f"sound-heard-{width}-{scheme}")
    page.keyboard.up("v")
    page.keyboard.press("a")
    title(page, "item-2")
    fits(house, page)
    look(page, f"sound-picture-{width}-{scheme}")
    page.keyboard.press("a")
    title(page, "item-3")
    fits(house, page)
    look(page, f"sound-turn-{width}-{scheme}")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    decision = Decision.objects.order_by("id")[0]
    for address in (f"items/{decision.task.item.uuid}", f"presentations/{decision.claim.token}"):
        page.goto(f"{house.address}/projects/cats/{address}/")
        until(page, "audio.readyState >= 1")
        assert state(page, "muted") is True
        fits(house, page)
        look(page, f"sound-{address[:5]}-{width}-{scheme}")
    expect(page.get_by_text("blurred, in grey, muted")).to_be_visible()


def _sound(town: Town):
    asset, _ = store(project=town.project, content=tone("wav", 2), by=console(), at=town.now)
    show(asset=asset, recipe="listen", at=town.now).file.close()
    return asset
