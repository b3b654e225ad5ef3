"""The door and the owners' admin in a real browser, by keyboard alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test.testcases import LiveServerThread

from accounts.actions import add_person, name_owner
from accounts.reads import console, set_password_path
from tests.accounts.conftest import PASSWORD
from tests.conftest import AT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def address(arena: str) -> Iterator[str]:
    """Serve the installation; its own middleware serves the hashed files."""
    server = LiveServerThread("127.0.0.1", lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """Give a page whose errors and breaches of the policy fail the test."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: said.append(str(problem)))
    yield page
    context.close()
    assert [line for line in said if "410" not in line] == []


def breaches(page: "Page", axe: str) -> list[Any]:
    page.evaluate(axe)
    found = page.evaluate("() => axe.run()")
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]


def test_an_owner_sets_a_password_signs_in_and_out_by_keyboard(address: str, page: "Page", axe: str) -> None:
    by = console()
    person = add_person(name="Olga", email="olga@example.org", by=by, at=AT)
    name_owner(person=person, by=by, at=AT)
    path = set_password_path(person.users.get())
    page.goto(address + path)
    assert breaches(page, axe) == []
    page.locator("#id_new_password1").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/sign-in/")
    page.goto(f"{address}/admin/")
    assert page.url == f"{address}/sign-in/?next=/admin/"
    assert breaches(page, axe) == []
    page.keyboard.type("Olga@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/admin/")
    page.goto(f"{address}/admin/accounts/person/")
    assert page.locator("#result_list tbody tr").count() == 1
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/sign-in/")
    page.goto(address + path)
    assert page.get_by_role("heading").inner_text() == "This link counts no longer"
    assert breaches(page, axe) == []


def test_a_wrong_password_is_said_beside_the_fields(address: str, page: "Page", axe: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.keyboard.type("nobody@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert "do not match" in page.get_by_role("alert").inner_text()
    assert breaches(page, axe) == []
