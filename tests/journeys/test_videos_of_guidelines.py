"""A video in a guideline by keyboard: brought and marked by its editor, played in parts by its reader, and printed."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from guidelines.models import GuidelineDraft
from tests.assets.videos import video
from tests.guidelines.filmed import filmed, walk
from tests.guidelines.writing import GUIDELINE, READ, TAXONOMY, copied, draft, editor, published
from tests.house import House
from tests.journeys.test_looking_after import focus
from tests.journeys.test_reading_guidelines import opened, until
from tests.journeys.test_writing_guidelines import CATS, saved, typed
from tests.journeys.test_writing_rights import faults, kept
from tests.town import build

PLAYED = "document.querySelector('video')?.currentTime > 0.7 && document.querySelector('video').paused"
"""A part that begins at 0.8 s or later was played to its end."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_video_is_brought_and_its_parts_are_marked_by_keyboard(house: House, scheme: Any) -> None:
    town = build(people=0, adjudicators=0)
    edna = editor(town)
    content = video(size=(640, 360))
    walk(town, content)  # what is played of it is made, as a worker would
    draft(town, edna)
    page = house.page(edna, color_scheme=scheme)
    page.goto(f"{house.address}{CATS}draft/en/examples/")
    page.locator("#id_files").set_input_files([{"name": "walk.mp4", "mimeType": "video/mp4", "buffer": content}])  # type: ignore[list-item]
    focus(page, "Bring them")
    page.keyboard.press("Enter")
    expect(page.locator(".markable video")).to_be_visible()
    until(page, "document.querySelector('.markable video')?.readyState >= 1")
    marked(page)
    typed(page, "A walk: see how it stops.", "id_caption")
    page.keyboard.press("Tab")
    expect(page.locator("#notes-example-video")).to_be_empty()
    saved(page)
    house.judge(page)
    kept(page, f"video-{scheme}-marked")
    (region,) = GuidelineDraft.objects.get().guideline["examples"][-1]["regions"]
    assert 1000 <= region["start_ms"] < region["end_ms"] <= 2100 and region["note"] == "It stops."
    page.goto(f"{house.address}{CATS}draft/en/examples/")
    expect(page.locator(".film img")).to_have_js_property("naturalWidth", 320)
    house.judge(page)
    kept(page, f"video-{scheme}-list")
    assert faults(house) == []


def marked(page: Page) -> None:
    """Go on a second in the video, mark what follows, and set where it ends."""
    line = page.get_by_role("slider", name="Place in the video")
    line.focus()
    page.evaluate("const v = document.querySelector('video'); v.currentTime = 1.2")
    expect(page.locator("[data-now]")).to_have_text("1200 ms")
    focus(page, "Mark a part")
    page.keyboard.press("Enter")
    expect(page.locator("[name=region-start_ms]")).to_be_focused()
    expect(page.locator("[name=region-start_ms]")).to_have_value("1200")
    page.locator("[name=region-note]").focus()
    page.keyboard.type("It stops.")
    page.evaluate("document.querySelector('video').currentTime = 1.8")
    expect(page.locator("[data-now]")).to_have_text("1800 ms")
    page.get_by_role("button", name="The part ends here").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=region-end_ms]")).to_have_value("1800")
    expect(page.locator(".markable rect")).to_be_hidden()


def test_a_box_is_drawn_on_the_video_and_takes_its_time(house: House) -> None:
    town = build(people=0, adjudicators=0)
    edna = editor(town)
    draft(town, edna, filmed(town, regions=[]))
    page = house.page(edna)
    page.goto(f"{house.address}{CATS}draft/en/examples/walk/")
    until(page, "document.querySelector('.markable video')?.readyState >= 1")
    place = page.locator(".markable svg").bounding_box()
    assert place
    page.mouse.move(place["x"] + 40, place["y"] + 30)
    page.mouse.down()
    page.mouse.move(place["x"] + 140, place["y"] + 90, steps=4)
    page.mouse.up()
    saved(page)
    kept(page, "video-boxed")
    (region,) = GuidelineDraft.objects.get().guideline["examples"][-1]["regions"]
    assert region["width"] > 50 and (region.get("start_ms", 0), region["end_ms"]) == (0, 1000)
    assert faults(house) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reader_plays_a_video_and_one_part_of_it_by_keyboard(house: House, scheme: Any) -> None:
    town = build()
    published(town, editor(town), filmed(town), TAXONOMY)
    page = opened(house, town, "#example-walk", color_scheme=scheme)
    house.judge(page)
    kept(page, f"video-{scheme}-still")
    page.locator("#example-walk").get_by_role("button", name="0:00.8").focus()
    page.keyboard.press("Enter")
    until(page, PLAYED)
    until(page, "document.querySelector('video').currentTime >= 1.4")
    expect(page.locator(".playing rect")).to_be_visible()
    kept(page, f"video-{scheme}-playing")
    house.judge(page)
    page.locator("#example-walk").get_by_role("button", name="0:00.0").focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('video').currentTime < 0.7")
    expect(page.locator(".playing rect")).to_be_hidden()
    page.locator("video").focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(f"{house.address}/projects/cats/guideline/#example-walk")
    page.emulate_media(media="print")
    expect(page.locator("#example-walk .shot[data-play] img")).to_be_visible()
    expect(page.locator("#example-walk video")).to_be_hidden()
    kept(page, f"video-{scheme}-print")
    assert faults(house) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_video_is_asked_about_in_the_quiz_and_stands_in_the_saved_page(
    house: House, scheme: Any, tmp_path: Path
) -> None:
    town = build()
    document = {**copied(READ), "examples": [walk(town, section="cats")], "acknowledge": {"questions": 1, "right": 1}}
    document["sections"] = [one for one in copied(GUIDELINE)["sections"] if one["kind"] != "edge_case"]
    published(town, editor(town), document, TAXONOMY)
    page = house.page(town.people[0], color_scheme=scheme)
    page.goto(f"{house.address}/projects/cats/guideline/acknowledgement/")
    focus(page, "I have read it: begin the quiz")
    page.keyboard.press("Enter")
    play = page.locator("[data-play]")
    play.focus()
    page.keyboard.press("Enter")
    expect(page.locator("video")).to_be_focused()
    until(page, "document.querySelector('video').currentTime > 0.2")
    house.judge(page)
    kept(page, f"video-{scheme}-quiz")
    saved_page = page.request.get(f"{house.address}/projects/cats/guideline/export/").text()
    (tmp_path / "guideline.html").write_text(saved_page)
    assert faults(house) == []
    alone = house.browser.new_page(color_scheme=scheme)
    alone.goto(f"file://{tmp_path}/guideline.html")
    alone.locator("video").focus()
    alone.keyboard.press("Space")
    until(alone, "document.querySelector('video').currentTime > 0.2")
    alone.locator("video").scroll_into_view_if_needed()
    kept(alone, f"video-{scheme}-saved")
    alone.close()
