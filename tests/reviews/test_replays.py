"""Decision rights tried on the past: what would have gone where, what is known of it, and what is not."""

from typing import Any

import pytest

from tests.reviews.past import found, in_force, operator, sharper, tried
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """Stand in for the broker, and note which jobs were asked for."""
    from celery import current_app

    asked: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args: asked.append((name, args)))
    return asked


@pytest.fixture
def town() -> Town:
    return build()


def test_the_version_in_force_tried_on_what_it_routed_gives_what_happened(town):
    for sure in (0.3, 0.55, 0.7, 0.95, None):
        town.send(sure)
    town.send(0.99, impact="high")
    town.send(0.2, impact="high")
    town.send(0.99, label="unicorn")
    told = found(tried(town, operator(town)))
    assert (told["items"], told["moved"], told["unknown"]) == (8, 0, 0)
    assert told["arms"] == [["accept", "accept", 2], ["hold", "hold", 1], ["review", "review", 5]]
    work = {(row["queue"], row["kind"]): (row["then"], row["would"]) for row in told["work"]}
    assert work == {("general", "work"): (5, 5), ("senior", "work"): (2, 2), ("general", "audit"): (1, 1)}
    assert told["moves"] == []
    assert all(row["then"] == row["would"] for row in told["rules"])


def test_a_sharper_threshold_sends_more_to_people_and_says_which(town):
    for sure in (0.5, 0.7, 0.7, 0.95):
        town.send(sure)
    told = found(tried(town, operator(town), sharper("0.80")))
    assert (told["items"], told["moved"]) == (4, 2)
    assert told["moves"] == [
        {"from": ["accept", "Middling", "general", 0], "to": ["review", "Unsure", "general", 1], "items": 2}
    ]
    assert told["arms"] == [["accept", "accept", 1], ["accept", "review", 2], ["review", "review", 1]]
