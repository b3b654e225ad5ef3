"""A running house and its visitors, for tests in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from accounts.models import User
from accounts.reads import Actor

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class House:
    """A running house. `faults` collects what a browser complains of: script errors, refused resources."""

    address: str
    browser: Browser
    axe: str
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def page(self, who: Actor | None = None, *, at: str | None = None, **options: Any) -> Page:
        """Open a page in a browser of its own, signed in as someone; `at` is another address of the same house."""
        context = self.browser.new_context(
            **{"viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce"} | options
        )
        self.contexts.append(context)
        if who is not None:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session(who), "url": at or self.address}]
            )
        page = context.new_page()
        page.set_default_timeout(20_000)
        wait_for_keys(page)
        page.on("pageerror", lambda problem: self.faults.append(str(problem)))
        page.on("console", lambda said: self.faults.append(complaint(said)) if said.type == "error" else None)
        return page

    def judge(self, page: Page) -> None:
        """Let axe judge a page; nothing may be found."""
        page.evaluate(self.axe)
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        told = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]
        assert not told, f"{page.url}: {told}"


def complaint(said: ConsoleMessage) -> str:
    """Say what a browser complains of, and of which address."""
    return f"{said.text} {said.location['url']}"


def wait_for_keys(page: Page) -> None:
    """Let each key wait until the page's scripts listen: words are on screen before them."""
    press = page.keyboard.press

    def pressed(key: str, **options: Any) -> None:
        page.wait_for_load_state("domcontentloaded")
        press(key, **options)

    page.keyboard.press = pressed  # type: ignore[method-assign]


def session(who: Actor) -> str:
    """Make a sign-in of a person and give its cookie."""
    user = User.objects.get(person_id=who.person_id)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


@contextmanager
def served(browser: Browser, axe: str) -> Iterator[House]:
    """Serve this process's database on a port of its own, with whitenoise for the static files."""
    server = LiveServerThread("127.0.0.1", lambda _: WSGIHandler())
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    found = House(f"http://127.0.0.1:{server.port}", browser, axe)
    try:
        yield found
    finally:
        for context in found.contexts:
            context.close()
        server.terminate()
