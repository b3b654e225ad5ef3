"""A stranger with rows of their own: from sign-in to the first decision, and the project's page as items arrive."""

import json
import re
import urllib.request

from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.actions import add_person, name_owner
from accounts.models import Person
from accounts.reads import Actor, actor_of_person, console
from reviews.models import Decision, Item
from tests.house import House
from tests.journeys.steps import sent
from tests.journeys.test_review_by_keyboard import PASSWORD

ROWS = "id\ttext\tlabel\tconfidence\tcountry\n" + "".join(
    f"r-{number}\tGood, even very good: no. {number}\t{'Positive' if number % 2 else 'negative'}\t0.{number}5\tDE\n"
    for number in range(1, 10)
)


def owner() -> Actor:
    by, at = console(), timezone.now()
    person = add_person(name="Noor", email="noor@first.invalid", by=by, at=at)
    person = Person.objects.get(pk=getattr(person, "person", person).pk)
    name_owner(person=person, by=by, at=at)
    return actor_of_person(person, "browser")


def sign_in(house: House, who: Actor) -> Page:
    user = Person.objects.get(pk=who.person_id).users.get()
    user.set_password(PASSWORD)
    user.save()
    page = house.page()
    page.goto(house.address)
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("Home · hitl")
    return page


def found(page: Page, name: str, labels: list[str]) -> None:
    """Fill in the first step, by keyboard alone."""
    page.get_by_role("link", name="New project").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(name)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Labels, one a line")).to_be_focused()
    page.keyboard.type("\n".join(labels))
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_a_stranger_pastes_rows_and_decides_the_first_by_keyboard(house):
    page = sign_in(house, owner())
    found(page, "Review tone", ["Positive", "Negative [d]"])

    expect(page.get_by_role("heading", level=1)).to_have_text("Bring items")
    house.judge(page)
    expect(page.get_by_label("Paste rows")).to_be_focused()
    page.keyboard.insert_text(ROWS)
    page.get_by_role("button", name="Look at them").press("Enter")

    expect(page.locator("main h2").first).to_have_text("9 items are ready")
    house.judge(page)
    page.get_by_role("link", name="Choose the threshold").press("Enter")

    share = page.locator("#share-said")
    expect(share).to_have_text("7 of 9 (78 %) go to people")
    house.judge(page)
    slider = page.get_by_label("People decide what the model is less sure of than")
    slider.focus()
    for _ in range(3):
        slider.press("PageDown")
    expect(share).to_have_text("4 of 9 (44 %) go to people")
    expect(page.locator("#live")).to_have_text("4 of 9 (44 %) go to people")
    page.get_by_role("button", name="Publish and send 9 items").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Review tone")
    expect(page.get_by_text("9 items came in.")).to_be_visible()
    assert Item.objects.filter(state="open").count() == 4
    house.judge(page)
    page.keyboard.press("Enter")
    expect(page.locator("#task-pane h1")).to_have_text("r-1")
    expect(page.locator(".verdict[data-ready]")).to_have_attribute("value", "approve")
    page.keyboard.press("a")
    expect(page.locator("#task-pane h1")).to_have_text("r-2")
    sent(page)
    assert Decision.objects.get().verdict == "approve"
    assert house.faults == []


def shelves(house: House) -> Page:
    """Found a project and open its page."""
    page = house.page(owner())
    page.goto(f"{house.address}/new-project/")
    page.get_by_label("Name").fill("Shelves")
    page.get_by_label("Labels, one a line").fill("In stock\nOut of stock")
    page.get_by_role("button", name="Create and bring items").click()
    page.goto(f"{house.address}/projects/shelves/")
    return page


def test_an_item_appears_on_the_project_page_as_it_arrives(house):
    page = shelves(house)
    expect(page.get_by_text("No item has come in yet.")).to_be_visible()
    page.get_by_role("button", name="Make a token and fill it in").click()
    expect(page.get_by_role("button", name="Copy the command")).to_be_focused()
    command = page.locator("#command").text_content() or ""
    house.judge(page)
    address, token, body = (
        re.search(pattern, command)[1] for pattern in (r"POST '(\S+)'", r"(Bearer \S+)'", r"-d '(.*)'")
    )
    assert address.startswith(house.address)

    sent = urllib.request.Request(
        address, body.encode(), {"Authorization": token, "Content-Type": "application/json"}, method="POST"
    )
    assert urllib.request.urlopen(sent).status == 201

    row = page.locator("[data-arrival]")
    expect(row).to_contain_text("example-1", timeout=8_000)
    expect(page.locator("#live")).to_have_text("Arrived: example-1")
    expect(row).to_have_attribute("data-new", "")
    page.reload()
    expect(page.locator("#command")).to_contain_text("…")
    assert json.loads(body)["prediction"] == {"labels": ["in_stock"]}
    assert house.faults == []


def test_a_page_asks_for_news_while_it_is_seen_and_rests_while_hidden(house):
    page = shelves(house)
    asked: list[int] = []
    page.on("response", lambda answer: asked.append(answer.status) if "/arrivals/" in answer.url else None)
    page.wait_for_timeout(10_000)
    assert asked[0] == 200 and set(asked[1:]) == {304}
    hide = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); "
    hide += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    page.wait_for_timeout(500)
    asked.clear()
    page.wait_for_timeout(4_000)
    assert asked == []
    page.evaluate(hide, False)
    page.wait_for_timeout(4_000)
    assert asked == [304]
    assert house.faults == []


def test_a_folder_of_images_is_brought_and_its_first_image_decided(house, tmp_path):
    for number, colour in enumerate(("red", "green", "blue")):
        Image.new("RGB", (64, 48), colour).save(tmp_path / f"shelf-{number}.jpg")
    (tmp_path / "notes.txt").write_text("no image")
    page = house.page(owner(), viewport={"width": 834, "height": 1112}, color_scheme="dark")
    page.goto(f"{house.address}/new-project/")
    page.get_by_role("button", name="Create and bring items").click()
    expect(page.get_by_text("Name the project.")).to_be_visible()
    house.judge(page)
    assert [fault for fault in house.faults if "422" not in fault] == []
    house.faults.clear()
    page.get_by_label("Name").fill("Shelves")
    page.get_by_label("Images", exact=True).check()
    page.get_by_label("Labels, one a line").fill("In stock\nOut of stock")
    page.get_by_role("button", name="Create and bring items").click()
    house.judge(page)
    page.get_by_label("Or a folder of images").set_input_files(tmp_path)
    page.get_by_role("button", name="Look at them").click()
    expect(page.locator("main h2").first).to_have_text("3 items are ready")
    expect(page.get_by_text("notes.txt: This file is no whole JPEG")).to_be_visible()
    house.judge(page)
    page.get_by_role("link", name="Choose the threshold").click()
    expect(page.locator("#share-said")).to_have_text("3 of 3 (100 %) go to people")
    page.get_by_role("button", name="Publish and send 3 items").click()
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.locator(".stage img")).to_be_visible()
    page.get_by_role("button", name="In stock").or_(page.get_by_label("In stock")).first.click()
    page.keyboard.press("Enter")
    sent(page)
    assert json.loads(bytes(Decision.objects.get().body))["output"] == {"labels": ["in_stock"]}
    assert house.faults == []


def test_a_form_is_founded_from_fields_and_answered(house):
    page = house.page(owner())
    page.goto(f"{house.address}/new-project/")
    page.get_by_label("Name").fill("Claims")
    page.get_by_label("Facts, such as the fields of a case").check()
    page.get_by_label("Fill in fields").check()
    expect(page.get_by_label("Labels, one a line")).to_be_hidden()
    page.get_by_label("Fields, one a line").fill("Decision: grant, refuse\nNote")
    page.get_by_role("button", name="Create and bring items").click()
    page.get_by_label("Paste rows").fill("id,income,decision,confidence\n1,40,grant,0.4\n2,12,refuse,0.99")
    page.get_by_role("button", name="Look at them").click()
    page.get_by_role("link", name="Choose the threshold").click()
    page.get_by_role("button", name="Publish and send 2 items").click()
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.get_by_text("Income")).to_be_visible()
    expect(page.locator(".verdict[data-ready]")).to_have_attribute("value", "approve")
    page.keyboard.press("a")
    sent(page)
    assert Decision.objects.get().verdict == "approve"
    assert house.faults == []


def test_files_are_taken_where_they_are_dropped_and_too_large_ones_are_refused_at_once(house):
    page = house.page(owner())
    page.goto(f"{house.address}/new-project/")
    page.get_by_label("Name").fill("Drops")
    page.get_by_label("Labels, one a line").fill("Yes\nNo")
    page.get_by_role("button", name="Create and bring items").click()
    dropped = page.evaluate_handle("""() => {
        const found = new DataTransfer();
        found.items.add(new File(["id,text\\n1,Hello"], "rows.csv", {type: "text/csv"}));
        return found;
    }""")
    page.locator(".drop").first.dispatch_event("drop", {"dataTransfer": dropped})
    field = page.get_by_label("Or a file of rows")
    assert field.evaluate("field => [field.files.length, field.validity.valid]") == [1, True]
    page.locator(".drop").first.evaluate("box => { box.dataset.most = '5'; }")
    field.dispatch_event("change")
    assert field.evaluate("field => field.validationMessage").startswith("These are too large")
    page.locator(".drop").first.evaluate("box => { box.dataset.most = '500'; }")
    field.dispatch_event("change")
    page.get_by_role("button", name="Look at them").click()
    expect(page.locator("main h2").first).to_have_text("1 item is ready")
    assert house.faults == []
