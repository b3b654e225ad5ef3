"""What an export by time, and one of draws, shows to be whole: by an entry on each side, by promises from before."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.reads import console
from audit.bundle.verify import CARRIED
from audit.models import Event, Leaf
from audit.reads.telling import BODIES
from reviews.actions import reveal_seeds, route_again, turn_switch
from reviews.models import Item
from tests.audit.exports import DRAWN, busy, exported, lines_of, verified
from tests.audit.test_exports_checked import draws, sealed
from tests.town import build

pytestmark = pytest.mark.django_db
LATE = "TIME NOT PROVEN COMPLETE"


def test_a_range_of_a_time_that_was_shifted_is_not_proven_complete(tmp_path: Path) -> None:
    busy()
    first = Event.objects.order_by("recorded_at")[0].recorded_at
    since, until = first - dt.timedelta(days=1), timezone.now() + dt.timedelta(days=1)
    for name, span, sides in (
        ("middle", (5, 9), ["before", "behind"]),
        ("tail", (5, None), ["before"]),
        ("head", (None, 9), ["behind"]),
        ("whole", (None, None), []),
    ):
        exported(tmp_path / name, since=since, until=until, begin=span[0], end=span[1])
        report = verified(tmp_path / name)
        told = [note.split()[-3] for note in report["notes"] if note.startswith("leaves of the filter's time")]
        assert (report["exit"], LATE in report["beside"], told) == (0, bool(sides), sides), report


@pytest.mark.parametrize("name", ["since", "until"])
def test_a_time_with_one_end_is_proven_complete_by_the_end_of_the_log(tmp_path: Path, name: str) -> None:
    town = busy()
    town.wait(hours=3)
    town.send(0.5)
    town.send(0.5)
    choice: dict[str, Any] = {name: town.now - dt.timedelta(hours=1)}
    made = exported(tmp_path / "b", **choice)
    report = verified(tmp_path / "b")
    assert (report["exit"], report["beside"]) == (0, ["PARTIAL"]), report
    assert made.begin > 0 if name == "since" else made.end < made.size


def test_a_skew_that_is_larger_than_the_exporters_shows_less(tmp_path: Path) -> None:
    town = busy()
    town.wait(hours=1)
    since = town.now
    town.send(0.5)
    exported(tmp_path / "b", since=since)
    assert LATE not in verified(tmp_path / "b")["beside"]
    assert LATE in verified(tmp_path / "b", None, "--skew", "9000")["beside"]


def test_an_entry_that_lies_too_near_to_a_time_shows_nothing_of_what_lies_beyond_it(tmp_path: Path) -> None:
    town = busy()
    times = []
    for _ in range(3):
        times.append(town.wait(minutes=2) or town.now)
        town.send(0.5)
    town.wait(minutes=20)
    town.send(0.5)
    exported(tmp_path / "b", since=times[1], until=times[1] + dt.timedelta(seconds=60))
    report = verified(tmp_path / "b")
    assert (report["exit"], report["beside"]) == (0, ["PARTIAL"]), report


def test_every_stored_body_that_is_exported_is_asked_for_by_the_verifier() -> None:
    told = {(kind, section) for kind, sections in CARRIED.items() for section in sections}
    found = {(kind, one.sql(True).partition("'")[2].partition("'")[0]) for one in BODIES.values() for kind in one.types}
    assert found == told


def test_the_promise_of_a_seed_comes_along_from_before_the_range(tmp_path: Path) -> None:
    town = busy(items=6)
    end = sealed()
    town.wait(days=60)
    reveal_seeds(at=timezone.now() + (town.now - timezone.now()))
    promise = Leaf.objects.get(event__type="reviews.seed_committed").log_index
    made = exported(tmp_path / "late", begin=promise + 1, end=end)
    assert lines_of(tmp_path / "late", "outside.ndjson")[0]["i"] == promise < made.begin
    report = verified(tmp_path / "late", None, "--skew", "9000000")
    assert report["exit"] == 0 and report["draws redone"] > 0, report
    assert not [note for note in report["notes"] if "promised" in note]
    assert draws(tmp_path / "late") == ["1 seeds are revealed here"]


def test_draws_of_items_that_were_routed_again_bring_their_seeds(tmp_path: Path) -> None:
    town = build(rights=DRAWN)
    turn_switch(position="hold-everything", reason="x", by=console(), at=town.now, project=town.project)
    town.send(0.95)
    turn_switch(position="normal", reason="x", by=console(), at=town.now, project=town.project)
    route_again(item=Item.objects.get(), by=console(), at=town.now)
    sealed()
    town.wait(days=60)
    reveal_seeds(at=timezone.now() + (town.now - timezone.now()))
    exported(tmp_path / "again", types=("reviews.item_routed_again",))
    report = verified(tmp_path / "again", None, "--skew", "9000000")
    assert report["exit"] == 0 and report["draws redone"] > 0, report


def test_a_seed_whose_promise_is_not_here_is_noted(tmp_path: Path) -> None:
    town = busy(items=3)
    sealed()
    town.wait(days=60)
    reveal_seeds(at=timezone.now() + (town.now - timezone.now()))
    exported(tmp_path / "few", types=("reviews.seed_revealed",))
    report = verified(tmp_path / "few", None, "--skew", "9000000")
    assert report["exit"] == 0 and any("when it was promised is not shown" in note for note in report["notes"])
