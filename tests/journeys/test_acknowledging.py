"""A reviewer reads what changed, passes the quiz and is back at work, by keyboard; operations see and remind."""

import dataclasses
import io
import os
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from accounts.reads import console
from assets.actions import store
from guidelines.actions import acknowledge_guideline
from guidelines.content import guideline_of
from guidelines.models import GuidelineAcknowledgement, GuidelineVersion, QuizAttempt
from tests.assets.sounds import tone
from tests.guidelines.writing import QUIZZED, READ, answered, copied, editor, published
from tests.house import House
from tests.journeys.steps import ASKING, open_bench, ready, title
from tests.town import Town, build


def look(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def picture() -> bytes:
    made = Image.new("RGB", (960, 640), "#d8cfc0")
    drawn = ImageDraw.Draw(made)
    drawn.rectangle((120, 160, 420, 520), fill="#705030")
    drawn.ellipse((560, 240, 820, 500), fill="#405870")
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def with_files(town: Town) -> dict[str, Any]:
    """Give a guideline whose quiz asks about a picture with a part marked, a sound and a text."""
    image, _new = store(project=town.project, content=picture(), by=console(), at=town.now)
    sound, _new = store(project=town.project, content=tone("wav", 0.5), by=console(), at=town.now)
    made = copied(QUIZZED)
    made["examples"] = [
        {
            "id": "shelf",
            "kind": "image",
            "verdict": "correct",
            "caption": "The brown one is a cat: its outline shows ears.",
            "section": "cats",
            "label": "cat",
            "asset": f"sha256:{image.sha256}",
            "alt": "Two shapes on a light ground, the left one marked.",
            "regions": [{"x": 120, "y": 160, "width": 300, "height": 360, "note": "Its ears."}],
        },
        {
            "id": "purr",
            "kind": "audio",
            "verdict": "incorrect",
            "caption": "This is a machine, not a cat.",
            "label": "cat",
            "asset": f"sha256:{sound.sha256}",
            "alt": "A steady hum.",
            "regions": [{"start_ms": 100, "end_ms": 300, "note": "No breath."}],
        },
        *QUIZZED["examples"][:2],
    ]
    return made


def answer(page: Page, keys: dict[str, str], *, rightly: bool) -> None:
    """Answer the questions on screen until the result comes."""
    for number in range(1, 4):
        expect(page.get_by_text(f"Question {number} of 3")).to_be_visible()
        attempt = QuizAttempt.objects.get(answered_at=None)
        key = keys[attempt.questions[number - 1]]
        page.keyboard.press(key if rightly else "2" if key == "1" else "1")
        page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_visible()


def on_screen_while_it_changes(house: House, town: Town) -> tuple[Page, GuidelineVersion]:
    """Let a person acknowledge, publish the next version while an item is on their screen, and decide that one."""
    edna, me = editor(town), town.people[0]
    first = published(town, edna, READ)
    mine = dataclasses.replace(me, via="browser")
    acknowledge_guideline(project=town.project, number=first.number, by=mine, at=town.now)
    bench = open_bench(house, town, me)
    title(bench, "item-1")
    made = with_files(town)
    made["sections"][0]["text"] = "Say which animal is **meant** by whoever made the picture."
    version = published(town, edna, made, summary="What is meant counts, not what is seen.")
    bench.keyboard.press("a")
    ready(bench, "approve")
    bench.keyboard.press("Enter")
    expect(bench.locator("#task-pane h1")).not_to_have_text("item-1")
    return bench, version


def test_a_reviewer_acknowledges_by_a_quiz_and_goes_back_to_work(house: House) -> None:
    town = build(rights=ASKING)
    town.send(0.5)
    town.send(0.5)
    bench, version = on_screen_while_it_changes(house, town)
    examples = guideline_of(bytes(version.body)).examples
    keys = {one.id: "1" if one.verdict == "correct" else "2" for one in examples}
    bench.goto(f"{house.address}/")
    expect(bench.get_by_text("Cats: read what is in force and acknowledge it to get work")).to_be_visible()
    house.judge(bench)
    look(bench, "gquiz-home")
    bench.goto(f"{house.address}/projects/cats/guideline/acknowledgement/")
    expect(bench.get_by_role("heading", name="The guideline has changed.")).to_be_visible()
    expect(bench.locator(".runs ins").first).to_be_visible()
    house.judge(bench)
    look(bench, "gquiz-changes")
    bench.keyboard.press("Enter")
    expect(bench.get_by_text("Question 1 of 3")).to_be_visible()
    house.judge(bench)
    look(bench, "gquiz-question")
    answer(bench, keys, rightly=False)
    expect(bench.get_by_role("heading", name="Not yet")).to_be_visible()
    house.judge(bench)
    look(bench, "gquiz-not-yet")
    assert not GuidelineAcknowledgement.objects.filter(version=version).exists()
    bench.keyboard.press("Enter")
    answer(bench, keys, rightly=True)
    expect(bench.get_by_role("heading", name="Passed")).to_be_visible()
    bench.keyboard.press("Enter")
    expect(bench.get_by_role("heading", name="You have acknowledged it.")).to_be_visible()
    house.judge(bench)
    look(bench, "gquiz-done")
    bench.keyboard.press("Enter")
    expect(bench.locator("#task-pane h1")).to_contain_text("item-")
    bench.context.close()


def test_each_kind_of_example_is_asked_about_and_explained(house: House) -> None:
    town = build(rights=ASKING)
    made = with_files(town)
    made |= {"sections": made["sections"][:2], "examples": made["examples"][:2]}
    made["acknowledge"] = {"questions": 2, "right": 2}
    version = published(town, editor(town), made)
    page = house.page(town.people[0], viewport={"width": 1024, "height": 768})
    page.goto(f"{house.address}/projects/cats/guideline/acknowledgement/")
    page.keyboard.press("Enter")
    for number in (1, 2):
        expect(page.get_by_text(f"Question {number} of 2")).to_be_visible()
        asked = QuizAttempt.objects.get().questions[number - 1]
        if asked == "shelf":
            expect(page.locator(".drawn rect")).to_have_count(1)
            expect(page.locator(".picture")).to_have_js_property("complete", True)
            assert page.locator(".picture").evaluate("one => one.naturalWidth") > 0
        else:
            expect(page.locator("audio")).not_to_have_js_property("readyState", 0)
        look(page, f"gquiz-{asked}")
        house.judge(page)
        page.keyboard.press("2" if asked == "shelf" else "1")  # both wrong
        page.keyboard.press("Enter")
    expect(page.get_by_text("The brown one is a cat")).to_be_visible()
    expect(page.get_by_text("This is a machine, not a cat.")).to_be_visible()
    house.judge(page)
    look(page, "gquiz-explained")
    assert version.attempts.get().right == 0
    page.context.close()


def test_operations_see_who_has_not_and_remind_them(house: House) -> None:
    town = build(rights=ASKING)
    version = published(town, editor(town), QUIZZED)
    olga = editor(town, "olga", "operations")
    answered(town, dataclasses.replace(town.people[1], via="browser"), version, right=1)
    answered(town, dataclasses.replace(town.people[1], via="browser"), version)
    page = house.page(olga)
    page.goto(f"{house.address}/projects/cats/operations/")
    look(page, "gquiz-operations")
    page.get_by_role("link", name="Who has, and who has not").click()
    row = page.get_by_role("row").filter(has_text="reviewer 1")
    expect(row.get_by_role("cell").nth(1)).to_have_text("2")
    page.get_by_role("link", name="Who has not").click()
    expect(page.get_by_role("row").filter(has_text="reviewer 1")).to_have_count(0)
    look(page, "gquiz-not")
    page.get_by_role("row").filter(has_text="reviewer 0").get_by_role("button").click()
    expect(page.get_by_role("status").filter(has_text="is told so")).to_be_visible()
    house.judge(page)
    look(page, "gquiz-readers")
    page.context.close()
    other = house.page(town.people[0])
    other.goto(f"{house.address}/projects/cats/guideline/acknowledgement/")
    expect(other.get_by_text("olga asked you")).to_be_visible()
    house.judge(other)
    look(other, "gquiz-first-time")
    other.context.close()


def test_a_page_that_was_overtaken_says_so_and_signs_nothing(house: House) -> None:
    town = build(rights=ASKING)
    edna = editor(town)
    published(town, edna, READ)
    page = house.page(town.people[0])
    page.goto(f"{house.address}/projects/cats/guideline/acknowledgement/")
    expect(page.get_by_role("button", name="I have read it")).to_be_visible()
    other = copied(READ)
    other["sections"][1]["text"] = "Five legs, and pride."
    newer = published(town, edna, other)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Another version came in force since you opened the page.")).to_be_visible()
    assert not GuidelineAcknowledgement.objects.exists()
    house.judge(page)
    look(page, "gquiz-overtaken")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You have acknowledged it.")).to_be_visible()
    assert GuidelineAcknowledgement.objects.get().version == newer
    page.context.close()
