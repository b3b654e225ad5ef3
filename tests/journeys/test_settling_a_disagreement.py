"""Two reviewers disagree; an adjudicator sees what differs, sends one back, and settles; all by keyboard."""

import io
import json
import os
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.reads import console
from assets.actions import store
from reviews.actions import decide
from reviews.models import Decision, Outcome, Withdrawal
from reviews.wire import read_decision
from tests.house import House
from tests.journeys.steps import ASKING, open_bench, ready
from tests.town import Town, build

TWO = {"arm": "review", "queue": "general", "decisions": 2}
TO_TWO = ASKING | {"routing": [], "otherwise": TWO, "no_confidence": TWO}


def look(page: Page, name: str) -> None:
    """Keep a picture where TEST_SCREENS names a folder."""
    if folder := os.environ.get("TEST_SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png")


def say(town: Town, who: Any, output: Any) -> None:
    held = town.take(who)
    sent = read_decision(json.dumps({"output": output, "rationale": "As I see it."}).encode())
    decide(token=held.token, sent=sent, by=who, at=town.now)


def answer(house: House, town: Town, who: Any, key: str) -> None:
    page = open_bench(house, town, who)
    page.keyboard.press(key)
    ready(page, "correct")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    page.context.close()


def test_two_reviewers_disagree_one_is_asked_again_and_an_adjudicator_settles(house: House) -> None:
    town = build(rights=TO_TWO)
    town.send(0.5)
    for who, key in zip(town.people[:2], "23", strict=True):  # dog, fox
        answer(house, town, who, key)
    judge = open_bench(house, town, town.adjudicators[0], "adjudication")
    expect(judge.get_by_label("Earlier decisions").locator("ins")).to_have_text(["Dog", "Fox"])
    house.judge(judge)
    look(judge, "disagree-adjudication")
    judge.keyboard.press("b")
    expect(judge.get_by_role("heading", name="Return for rework")).to_be_visible()
    house.judge(judge)
    look(judge, "disagree-return")
    judge.keyboard.press("1")
    judge.get_by_label("What should they look at again").focus()
    judge.keyboard.type("Mind the snout.")
    look(judge, "disagree-return-filled")
    judge.keyboard.press("Tab")
    judge.keyboard.press("Enter")
    expect(judge.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert Withdrawal.objects.get().returned_by_id == town.adjudicators[0].person_id
    redo(house, town.people[0])
    judge.keyboard.press("Enter")  # look again
    expect(judge.get_by_label("Earlier decisions").locator("ins")).to_have_text(["Fox", "Dog"])
    judge.keyboard.press("2")
    ready(judge, "correct")
    judge.keyboard.press("Enter")
    expect(judge.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    outcome = Outcome.objects.get()
    assert outcome.source == "adjudicator" and b'"labels":["dog"]' in bytes(outcome.body)
    assert house.faults == []


def redo(house: House, who: Any) -> None:
    """Read the note at home and in the workbench, and say the same again."""
    author = house.page(who)
    author.goto(house.address)
    expect(author.get_by_role("heading", name="Returned to you")).to_be_visible()
    expect(author.get_by_text("Mind the snout.")).to_be_visible()
    house.judge(author)
    look(author, "disagree-home")
    author.keyboard.press("Enter")
    expect(author.locator("[data-returned]")).to_contain_text("Mind the snout.")
    expect(author.get_by_label("Earlier decisions")).to_have_count(0)
    house.judge(author)
    look(author, "disagree-rework")
    author.keyboard.press("2")  # dog, again
    ready(author, "correct")
    author.keyboard.press("Enter")
    expect(author.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert Decision.objects.latest("pk").attempt == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_each_drew_lies_over_the_picture_in_a_stroke_of_its_own(house: House, scheme: Any) -> None:
    rights = TO_TWO | {"disagreement": {"measure": "boxes", "agree_at": "0.9", "then": "adjudicate"}}
    town = build(task_type="detection", rights=rights, names_to_adjudicator=True)
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "slategray").save(file, "PNG")
    asset, _ = store(project=town.project, content=file.getvalue(), by=console(), at=town.now)
    town.send(None, data={"image": f"sha256:{asset.sha256}"})
    for who, x in zip(town.people, (60, 200), strict=False):
        shared = {"id": "1", "label": "dog", "x": 400, "y": 200, "width": 180, "height": 200}
        mine = {"id": "2", "label": "cat", "x": x, "y": 80, "width": 160, "height": 140}
        say(town, who, {"boxes": [shared, mine]})
    page = open_bench(house, town, town.adjudicators[0], "adjudication", color_scheme=scheme)
    drawn = page.get_by_role("img", name="What each of them drew")
    expect(drawn).to_be_visible()
    assert drawn.get_attribute("viewBox") == "0 0 640 480"
    assert page.locator(".drawn rect").count() == 4
    expect(page.locator(".take h2")).to_have_text(["reviewer 0", "reviewer 1"])  # the project shows names
    expect(page.locator(".take ins")).to_have_count(2)
    page.get_by_role("img", name="Picture of item").evaluate("image => image.decode()")
    house.judge(page)
    look(page, f"disagree-boxes-{scheme}")
    page.keyboard.press("2")
    ready(page, "correct")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you here.")).to_be_visible()
    assert json.loads(bytes(Outcome.objects.get().body))["output"]["boxes"][1]["x"] == 200
    assert house.faults == []


def test_a_transcript_shows_the_words_that_differ_and_a_table_the_values(house: House) -> None:
    town = build(task_type="transcript", rights=TO_TWO | {"disagreement": {"measure": "words"}}, labels=[])
    town.send(None)
    for who, words in zip(town.people, ("the cat sat on the mat", "the cat sat at the mat today"), strict=False):
        say(town, who, {"segments": [{"id": "1", "start_ms": 0, "end_ms": 9, "speaker": None, "text": words}]})
    page = open_bench(house, town, town.adjudicators[0], "adjudication", viewport={"width": 834, "height": 1112})
    expect(page.locator(".take ins")).to_have_text(["on", "at", "today"])
    expect(page.locator(".take h2")).to_have_text(["Reviewer 1", "Reviewer 2"])
    house.judge(page)
    look(page, "disagree-words")
    other = build(task_type="fields", rights=TO_TWO | {"disagreement": {"measure": "fields"}}, labels=[], slug="bills")
    other.send(None)
    for who, total in zip(other.people, ("12.50", "21.50"), strict=False):
        named = {"total": total, "name": "Doe"}
        say(other, who, {"fields": [{"name": name, "value": value, "page": 0} for name, value in named.items()]})
    page = open_bench(house, other, other.adjudicators[0], "adjudication")
    expect(page.locator(".take ins")).to_have_text(["12.50", "21.50"])
    house.judge(page)
    look(page, "disagree-fields")
    assert house.faults == []
