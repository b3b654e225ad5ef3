"""Asking in tests: a town with a guideline, somebody who asks, editors and those who answer for its records."""

import dataclasses
from typing import Any

from accounts.reads import Actor
from reviews.actions import Made, Wish, ask_question, make_example
from reviews.models import Item, Question
from tests.guidelines.writing import editor, published
from tests.town import Town, build

WISH = Wish(shows="text", verdict="borderline", caption="A shadow is no cat.", label="cat", section="toys")


def asking_town(**changes: Any) -> tuple[Town, Actor]:
    """Build a town whose guideline is published, with items that wait; its editor with it."""
    town = build(**changes)
    for _ in range(3):
        town.send(0.5)
    edna = editor(town)
    published(town, edna)
    return town, edna


def at_browser(who: Actor) -> Actor:
    """Give somebody as they are in a browser."""
    return dataclasses.replace(who, via="browser")


def asked(town: Town, who: Actor | None = None, text: str = "What of shadows?", **more: Any) -> Question:
    """Ask of the town's guideline."""
    return ask_question(project=town.project, text=text, by=at_browser(who or town.people[0]), at=town.now, **more)


def asked_beside(town: Town, who: Actor, **more: Any) -> Question:
    """Take the next item, and ask beside it."""
    return asked(town, who, claim=town.take(who).token, **more)


def item_of(town: Town, place: int = 0) -> Item:
    """Give one of the town's items."""
    return Item.objects.select_related("project__log").filter(project=town.project).order_by("pk")[place]


def exemplified(town: Town, by: Actor, **more: Any) -> Made:
    """Make an example of the first item, or ask whether it may be one."""
    told: dict[str, Any] = {"item": item_of(town), "wish": WISH, "reason": "Nobody has seen such a shadow."} | more
    return make_example(**told, by=by, at=town.now)
