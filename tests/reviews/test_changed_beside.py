"""How often people changed answers like the one at hand: counted from audits, told beside the confidence."""

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest

from accounts.reads import console
from audit.actions import sequence
from audit.models import Log
from audit.reads import canonical
from reviews.actions import apply_project, count_audits, count_audits_anew, open_claim, turn_switch, withdraw
from reviews.models import Audited, AuditFinding, AuditWalk
from reviews.rights import Changed, Sheet, band_of, changed_as_told, changed_of, read_changed, wilson
from reviews.rights.changed import edges_of
from tests.guidelines.carding import model_of
from tests.invariants import breaches
from tests.reviews.auditing import audited, counted
from tests.town import RIGHTS, Town, build, project_file

HIGH: dict[str, Any] = {"impact": "high"}
ALONE = RIGHTS | {"high_impact": {"arm": "review", "queue": "general"}}


@pytest.fixture
def town(db) -> Town:
    return build(people=2, rights=ALONE)


def like(town: Town, **more: Any) -> Any:
    """Show somebody else an item like those audited, and give the share that its presentation names."""
    town.send(**{"confidence": 0.85, "label": "cat", **HIGH, **more})
    held = town.take(town.people[1])
    assert held.task.kind == "work"
    town.decide(town.people[1], held)
    return held.presentation["changed"]


def known(town: Town, changed: int) -> None:
    """Have a sheet say that of 30 audits so many were changed."""
    body = canonical({"cells": [["cat", 4, "1", 30, changed]]})
    told = {"body": body, "digest": hashlib.sha256(body).hexdigest(), "counted_at": None}
    Audited.objects.update_or_create(model=model_of(town), defaults=told)


def cells() -> list[list[Any]]:
    """Give what is counted of the one model version."""
    found: list[list[Any]] = json.loads(bytes(Audited.objects.get().body))["cells"]
    return found


def told(n: int, share: str, low: str, high: str, among: str = "label") -> dict[str, Any]:
    return {"n": n, "share": share, "low": low, "high": high, "among": among, "from": "0.8", "to": "0.9"}


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_meets_newcombes_table(k, n, low, high):
    """Newcombe 1998, table I, method 3."""
    found = wilson(k / n, n)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


def test_the_same_label_counts_before_all_labels_and_another_confidence_never():
    sheet = Sheet((("cat", 4, "1", 40, 10), ("dog", 4, "1", 60, 0), ("dog", 5, "1", 500, 500)))
    of_cats, of_dogs, of_foxes = (changed_of(sheet, label, Decimal("0.85")) for label in ("cat", "dog", "fox"))
    assert of_cats and (of_cats.n, of_cats.share, of_cats.among) == (40, "0.25", "label")
    assert of_dogs and (of_dogs.n, of_dogs.share, of_dogs.among) == (60, "0", "label")
    assert of_foxes and (of_foxes.n, of_foxes.share, of_foxes.among) == (100, "0.1", "band")
    assert of_foxes.start, of_foxes.end == ("0.8", "0.9")
    assert changed_of(sheet, "cat", Decimal("0.5")) is None
    assert changed_of(Sheet(), "cat", Decimal("0.85")) is None


def test_thirty_audits_are_enough_and_one_less_is_not():
    assert changed_of(Sheet((("cat", 4, "0.1", 29, 9),)), "cat", Decimal("0.85")) is None
    assert changed_of(Sheet((("cat", 4, "0.1", 30, 9),)), "cat", Decimal("0.85")) is not None


def test_what_was_drawn_rarely_weighs_more_and_tells_less():
    """Half of the answers were drawn at 1 in 10, half at 1: 15 of 30 and 0 of 300 changed, so a quarter was."""
    sheet = Sheet((("cat", 4, "0.1", 30, 15), ("cat", 4, "1", 300, 0)))
    found = changed_of(sheet, "cat", Decimal("0.85"))
    assert found and (found.n, found.share) == (330, "0.25")
    effective = (30 * 10 + 300) ** 2 / (30 * 100 + 300)  # Kish 1965
    assert (float(found.low), float(found.high)) == pytest.approx(wilson(0.25, effective), abs=1e-4)
    few = Sheet((("cat", 4, "0.01", 20, 15), ("cat", 4, "1", 300, 0)))
    assert changed_of(few, "cat", Decimal("0.85")) is None


def test_bands_have_no_gap():
    assert [band_of(Decimal(text)) for text in ("0", "0.4999", "0.5", "0.8", "0.8999", "0.9", "0.95", "1")] == [
        0, 0, 1, 4, 4, 5, 6, 6,
    ]  # fmt: skip
    assert [edges_of(band)[1] for band in range(6)] == [edges_of(band + 1)[0] for band in range(6)]


def test_it_is_not_known_until_thirty_audits_are_released(town):
    assert like(town) is None
    audited(town, *["cat"] * 26, *["dog"] * 4)
    assert counted(town, seconds=1) == 1
    assert like(town) is None  # nothing of it is released: each could be taken back
    assert counted(town) == 1
    assert like(town) == told(30, "0.1333", "0.0531", "0.2968")
    assert like(town, label="fox") == told(30, "0.1333", "0.0531", "0.2968", "band")
    assert like(town, confidence=0.95) is None
    assert counted(town) == 0
    assert breaches() == []


def test_what_a_claim_was_told_stays_as_it_was(town):
    known(town, 0)
    town.send(0.85, **HIGH)
    held = town.take(town.people[1])
    known(town, 15)
    again = open_claim(token=held.token, by=town.people[1], at=town.now)
    assert again.presentation["changed"] == held.presentation["changed"] == told(30, "0", "0", "0.1135")
    town.decide(town.people[1], again)
    assert like(town)["share"] == "0.5"
    assert breaches() == []


def test_an_audit_that_is_taken_back_is_not_counted(town):
    audited(town, "cat", "cat")
    town.send(0.85)
    held = town.take(town.people[0])
    made = town.decide(town.people[0], held, None, "dog")
    counted(town, seconds=1)
    assert AuditFinding.objects.count() == 3 and cells() == []
    redo = withdraw(decision=made.uuid, by=town.people[0], at=town.now)
    counted(town)
    assert AuditFinding.objects.count() == 2 and cells() == [["cat", 4, "1", 2, 0]]
    opened = open_claim(token=redo.token, by=town.people[0], at=town.now)
    town.decide(town.people[0], opened, None, "fox")
    counted(town)
    assert cells() == [["cat", 4, "1", 3, 1]]
    assert breaches() == []


def test_an_audit_taken_back_after_it_was_counted_is_taken_out(town):
    audited(town, "cat")
    town.send(0.85)
    made = town.decide(town.people[0], town.take(town.people[0]), None, "dog")
    for log in Log.objects.all():
        sequence(log.pk, wait=True)
    town.wait(minutes=1)
    count_audits(at=town.now)  # the releaser has not come by yet
    assert cells() == [["cat", 4, "1", 2, 1]]
    withdraw(decision=made.uuid, by=town.people[0], at=town.now)
    counted(town, seconds=1)
    assert cells() == [["cat", 4, "1", 1, 0]]
    assert breaches() == []


def test_counted_anew_from_the_beginning_it_is_the_same(town):
    audited(town, "cat", "dog", "cat")
    counted(town)
    before = (list(AuditFinding.objects.order_by("pk").values()), Audited.objects.get().digest)
    assert count_audits_anew(at=town.now) == 1
    assert (list(AuditFinding.objects.order_by("pk").values()), Audited.objects.get().digest) == before
    assert count_audits(at=town.now) == 0
    assert AuditWalk.objects.count() == 1
    assert breaches() == []


def test_reviews_and_second_looks_at_people_are_no_audits_of_the_model(town):
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "correct", "dog")
    counted(town)
    assert not AuditFinding.objects.exists() and not Audited.objects.exists()


@pytest.mark.parametrize("how", ["prediction", "confidence", "audit"])
def test_nothing_is_told_where_the_proposal_or_its_confidence_is_hidden(town, how):
    known(town, 3)
    if how != "audit":
        document = project_file(rights=ALONE, **{f"show_{how}": False})
        apply_project(document=document, by=console(), at=town.now)
    town.send(0.85, **({} if how == "audit" else HIGH))
    held = town.take(town.people[1])
    assert "changed" not in held.presentation
    assert breaches() == []


def test_where_no_model_proposed_anything_nothing_is_told(town):
    town.send(None)
    held = town.take(town.people[0])
    assert "changed" not in held.presentation and held.presentation["model_card"] is None


def test_items_that_the_switch_sends_to_people_are_told_too(town):
    known(town, 0)
    turn_switch(position="all-to-people", reason="A look.", by=console(), at=town.now, project=town.project)
    town.send(0.85)
    held = town.take(town.people[1])
    assert held.presentation["changed"] == told(30, "0", "0", "0.1135")


def test_the_share_is_whole_in_the_presentation():
    share = Changed(30, "0.1", "0.03", "0.26", "label", "0.8", "0.9")
    assert changed_as_told(share) == {
        "n": 30, "share": "0.1", "low": "0.03", "high": "0.26", "among": "label", "from": "0.8", "to": "0.9",
    }  # fmt: skip
    assert read_changed(changed_as_told(share)) == share
    assert changed_as_told(None) is None and read_changed(None) is None
