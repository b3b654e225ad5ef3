"""A guideline written in the admin: by keyboard from draft to publishing by a second editor, judged by axe."""

import io
import re
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from accounts.reads import Actor
from guidelines.actions import ask_for_second_editor, begin_guideline_draft, change_guideline_draft
from guidelines.content import guideline_of, taxonomy_doc
from guidelines.models import GuidelineDraft, GuidelineVersion
from tests.guidelines.writing import GUIDELINE, TAXONOMY, copied, draft, editor, published
from tests.house import House
from tests.journeys.test_looking_after import focus
from tests.journeys.test_writing_rights import faults, kept
from tests.town import Town, build

CATS = "/admin/guidelines/guidelineversion/cats/"


def picture() -> bytes:
    """Draw a cat of sorts, 400 by 300."""
    image = Image.new("RGB", (400, 300), "lightsteelblue")
    drawn = ImageDraw.Draw(image)
    drawn.ellipse((120, 80, 280, 240), fill="sienna")
    drawn.polygon([(140, 110), (150, 40), (190, 90)], fill="sienna")
    drawn.polygon([(260, 110), (250, 40), (210, 90)], fill="sienna")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def two_editors(town: Town) -> tuple[Actor, Actor]:
    """Give two editors of a project with a first version, whose second editor is asked for."""
    edna, ben = editor(town), editor(town, "Ben")
    published(town, edna, GUIDELINE, TAXONOMY, "The first one.")
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    return edna, ben


def unmeant(house: House) -> list[str]:
    """Leave out that a browser tells of the refusals that were asked for."""
    return [one for one in faults(house) if "422" not in one]


def saved(page: Page) -> None:
    expect(page.locator("[data-part=status]")).to_have_text("Saved")


def typed(page: Page, words: str, field: str) -> None:
    """Write into a field that Tab comes to."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            break
    else:
        raise AssertionError(f"Tab never came to {field}")
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


def begun(house: House, edna: Actor, scheme: Any) -> Page:
    """Come from home to the project's guidelines, and start the next version."""
    page = house.page(edna, color_scheme=scheme)
    page.goto(f"{house.address}/")
    focus(page, "Edit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cats: guidelines")
    house.judge(page)
    kept(page, f"guidelines-{scheme}-project")
    focus(page, "Start the next version from version 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cats: draft")
    typed(page, "Kittens are told apart.", "id_summary")
    page.keyboard.press("Tab")
    saved(page)
    return page


def write(house: House, page: Page, scheme: Any) -> None:
    """Add a section, see it as reviewers will, and move it up by keys."""
    typed(page, "Lost cats", "id_new_title")
    page.keyboard.press("Enter")
    expect(page.locator("#section-lost-cats details")).to_have_attribute("open", "")
    typed(page, "Look for a **collar**.\n\n- red\n- blue", "text-lost-cats")
    expect(page.locator("#preview-lost-cats strong")).to_have_text("collar")
    expect(page.locator("#preview-lost-cats li")).to_have_count(2)
    page.keyboard.press("Tab")
    saved(page)
    house.judge(page)
    kept(page, f"guidelines-{scheme}-text")
    page.locator("#head-section-lost-cats").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-list=section] > li").nth(2)).to_have_id("section-lost-cats")
    expect(page.locator("#head-section-lost-cats")).to_be_focused()
    saved(page)


def split(house: House, page: Page, scheme: Any) -> None:
    """Split the label cat in two, each with its definition."""
    page.get_by_role("link", name="Labels").first.focus()
    page.keyboard.press("Enter")
    page.locator("#head-label-cat").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#form-label-cat")).to_be_visible()
    house.judge(page)
    focus(page, "Split$")
    page.keyboard.press("Enter")
    for words, field in [
        ("kitten", "part-code-1-cat"),
        ("Kitten", "part-name-1-cat"),
        ("grown", "part-code-2-cat"),
        ("Grown cat", "part-name-2-cat"),
        ("By age.", "split-note-cat"),
    ]:
        typed(page, words, field)
    kept(page, f"guidelines-{scheme}-split")
    page.keyboard.press("Enter")
    expect(page.locator("#mapping")).to_contain_text("kitten, grown")
    for code, meaning in [("kitten", "Less than a year."), ("grown", "A year and more.")]:
        page.locator(f"#head-label-{code}").focus()
        page.keyboard.press("Enter")
        typed(page, meaning, f"definition-{code}")
        page.keyboard.press("Tab")
        expect(page.locator(f"#notes-label-{code}")).to_be_empty()
    house.judge(page)
    kept(page, f"guidelines-{scheme}-labels")


def shown(house: House, page: Page, scheme: Any) -> None:
    """Bring a picture, mark a part of it by keys, and say what it shows."""
    page.get_by_role("link", name="Examples").first.focus()
    page.keyboard.press("Enter")
    hostile = {"name": "<img src=x onerror=alert(1)>.svg.png", "mimeType": "image/png", "buffer": picture()}
    page.locator("#id_files").set_input_files([hostile])  # type: ignore[list-item]
    focus(page, "Bring them")
    page.keyboard.press("Enter")
    expect(page.locator(".markable img")).to_be_visible()
    expect(page.locator("#notes-example-image")).to_contain_text("Say under the example")
    focus(page, "Mark a part")
    page.keyboard.press("Enter")
    expect(page.locator(".markable rect")).to_be_focused()
    expect(page.locator("[name=region-x]")).to_have_value("150")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[name=region-x]")).to_have_value("146")
    typed(page, "A kitten: see its ears.", "id_caption")
    page.keyboard.press("Tab")
    expect(page.locator("#notes-example-image")).to_be_empty()
    saved(page)
    house.judge(page)
    kept(page, f"guidelines-{scheme}-example")


def agreed(house: House, page: Page, ben: Actor, scheme: Any) -> None:
    """Look at the differences and ask for the draft to be read; the second editor agrees."""
    page.get_by_role("link", name="Differences and publishing").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".changes").first).to_contain_text("kitten, grown")
    focus(page, "Ask for it to be read")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You wrote it or asked for it, so another editor agrees: Ben")).to_be_visible()
    house.judge(page)
    kept(page, f"guidelines-{scheme}-asked")

    other = house.page(ben, color_scheme=scheme)
    other.goto(f"{house.address}{CATS}draft/en/publishing/")
    focus(other, "Agree to it")
    other.keyboard.press("Enter")
    expect(other.get_by_text("Agreed. It can be published now.")).to_be_visible()


def publish(house: House, page: Page, scheme: Any) -> None:
    """Publish what was agreed to; without the tick it says what is missing."""
    page.reload()
    focus(page, "Publish$")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tick that you have read")).to_be_visible()
    house.judge(page)
    kept(page, f"guidelines-{scheme}-publishing")
    page.locator("[name=sure]").focus()
    page.keyboard.press("Space")
    focus(page, "Publish$")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 2 is published and in force.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_guideline_is_written_by_keyboard_and_published_with_a_second_editor(house: House, scheme: Any) -> None:
    town = build(people=2, adjudicators=0)
    edna, ben = two_editors(town)
    page = begun(house, edna, scheme)
    write(house, page, scheme)
    split(house, page, scheme)
    shown(house, page, scheme)
    agreed(house, page, ben, scheme)
    publish(house, page, scheme)
    page.goto(f"{house.address}{CATS}versions/2/?against=1")
    expect(page.locator("ins").first).to_be_visible()
    house.judge(page)
    kept(page, f"guidelines-{scheme}-version")
    made = GuidelineVersion.objects.select_related("taxonomy").get(number=2)
    written = guideline_of(bytes(made.body))
    assert [one.id for one in written.sections] == ["start", "cats", "lost-cats", "toys"]
    image = next(one for one in written.examples if one.kind == "image")
    assert (image.regions[0].x, image.regions[0].y, image.regions[0].height) == (146, 113, 79)
    mapping = taxonomy_doc(bytes(made.taxonomy.body)).mapping
    assert mapping is not None and (mapping.rows[0].was, mapping.rows[0].now) == (("cat",), ("kitten", "grown"))
    assert not GuidelineDraft.objects.exists() and unmeant(house) == []
    assert made.agreed_by_id == ben.person_id and re.fullmatch("[0-9a-f]{64}", made.digest)


def test_somebody_elses_change_is_never_written_over(house: House) -> None:
    town = build(people=0, adjudicators=0)
    edna, ben = editor(town), editor(town, "Ben")
    draft(town, edna)
    page = house.page(edna)
    page.goto(f"{house.address}{CATS}draft/en/?open=cats")
    theirs = copied(GUIDELINE)
    theirs["sections"][0]["text"] = "By Ben."
    change_guideline_draft(
        project=town.project, language="en", guideline=theirs, taxonomy=copied(TAXONOMY), summary="Ben was here.",
        revision=GuidelineDraft.objects.get().revision, by=ben, at=town.now,
    )  # fmt: skip
    page.locator("#text-cats").fill("By Edna.")
    expect(page.locator("#conflict-section-cats [role=alert]")).to_contain_text("Ben changed this draft")
    house.judge(page)
    kept(page, "guidelines-conflict")
    assert "By Edna." not in str(GuidelineDraft.objects.get().guideline)
    page.get_by_role("button", name="Save mine over this part").click()
    expect(page.locator("#conflict-section-cats")).to_be_empty()
    now = GuidelineDraft.objects.get()
    assert (now.guideline["sections"][0]["text"], now.guideline["sections"][1]["text"]) == ("By Ben.", "By Edna.")
    assert now.summary == "Ben was here."


def test_cards_are_dragged_and_parts_drawn_with_the_pointer(house: House) -> None:
    town = build(people=0, adjudicators=0)
    edna = editor(town)
    draft(town, edna)
    page = house.page(edna)
    page.goto(f"{house.address}{CATS}draft/en/")
    page.locator("#section-toys [data-grip]").drag_to(page.locator("#section-start"), target_position={"x": 60, "y": 3})
    expect(page.locator("[data-list=section] > li").first).to_have_id("section-toys")
    page.goto(f"{house.address}{CATS}draft/en/examples/")
    kept(page, "guidelines-examples")
    page.locator("#id_files").set_input_files([{"name": "cat.png", "mimeType": "image/png", "buffer": picture()}])  # type: ignore[list-item]
    page.get_by_role("button", name="Bring them").click()
    expect(page.get_by_role("button", name="Mark a part")).to_be_visible()
    expect(page.locator(".markable img")).to_have_js_property("naturalWidth", 400)
    canvas = page.locator(".markable svg")
    canvas.scroll_into_view_if_needed()
    place = canvas.bounding_box()
    assert place
    page.mouse.move(place["x"] + 40, place["y"] + 30)
    page.mouse.down()
    page.mouse.move(place["x"] + 140, place["y"] + 90, steps=4)
    page.mouse.up()
    saved(page)
    regions = GuidelineDraft.objects.get().guideline["examples"][-1]["regions"]
    assert [round(regions[0][name] / 10) for name in ("x", "y", "width", "height")] == [4, 3, 10, 6]
    page.set_viewport_size({"width": 834, "height": 1112})
    kept(page, "guidelines-tablet")
    house.judge(page)
    assert faults(house) == []


def test_hostile_words_stay_words_in_the_preview(house: House) -> None:
    town = build(people=0, adjudicators=0)
    edna = editor(town)
    begin_guideline_draft(project=town.project, language="en", by=edna, at=town.now)
    hostile = copied(GUIDELINE)
    hostile["sections"][0]["title"] = "<script>alert(1)</script>"
    hostile["sections"][0]["text"] = (
        "<script>alert(1)</script>\n\n[go](javascript:alert(1)) ![far](https://elsewhere.invalid/x.png)\n\n"
        '<img src=x onerror="alert(1)"> <svg onload=alert(1)>'
    )
    draft(town, edna, hostile)
    page = house.page(edna)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("dialog", lambda one: asked.append(f"dialog {one.message}"))
    page.goto(f"{house.address}{CATS}draft/en/?open=start")
    expect(page.locator("#preview-start")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("#preview-start :is(script, img, svg, a)").count() == 0
    assert all(one.startswith((house.address, "data:")) for one in asked)
    assert faults(house) == []
