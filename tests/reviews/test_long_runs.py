"""Of long runs that may not run beside each other, one begins, however many workers begin at the same time."""

from functools import partial

import pytest

from reviews.actions.long_runs import REST, begin_run
from reviews.models import Export
from tests.arena import Worker
from tests.town import Town, build

MANY = 6


def asked_of(town: Town) -> list[Export]:
    """Write what each of some people asked for."""
    told = {"project": town.project, "asked_at": town.now, "moved_at": town.now, "chosen": "whole"}
    return [Export.objects.create(person_id=who.person_id, **told) for who in town.people]


@pytest.mark.parametrize("turn", range(3))
def test_workers_that_begin_at_once_begin_one(arena: str, turn: int) -> None:
    town = build(people=MANY)
    asked = asked_of(town)
    workers = [Worker() for _ in asked]
    begun = [
        worker.begin(partial(begin_run, Export.objects.select_related("person"), row.pk, town.now, alone=True))
        for worker, row in zip(workers, asked[turn:] + asked[:turn], strict=True)
    ]
    rows = [one.result(120) for one in begun]
    for worker in workers:
        worker.end()
    assert len([row for row in rows if row]) == 1
    assert list(Export.objects.filter(state="running").values_list("tries", flat=True)) == [1]


@pytest.mark.django_db
def test_one_whose_worker_is_lost_keeps_no_other_waiting_for_long() -> None:
    town = build(people=2)
    lost, next_one = asked_of(town)
    assert begin_run(Export.objects.all(), lost.pk, town.now, alone=True)
    assert begin_run(Export.objects.all(), next_one.pk, town.now, alone=True) is None
    assert begin_run(Export.objects.all(), next_one.pk, town.now + REST, alone=True)
