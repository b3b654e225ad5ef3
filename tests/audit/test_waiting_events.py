"""Events that wait for their place are lost on no way: the list lets go of what a leaf has, and of nothing else."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.reads import clock
from audit.actions import check_guards, seal, sequence
from audit.models import Event, Leaf, Log, Pending, flaws, put_in_place
from tests.audit.test_guards import refused
from tests.audit.test_sealing import AT, settle, write

pytestmark = pytest.mark.django_db
POSTGRES_ALONE = ["TRUNCATE audit_pending", "TRUNCATE audit_pending CASCADE"]
WAYS = [
    "DELETE FROM audit_pending",
    "DELETE FROM audit_pending WHERE event_id = (SELECT max(event_id) FROM audit_pending)",
    "UPDATE audit_pending SET event_id = (SELECT max(event_id) FROM audit_leaf)",
]


def test_an_event_that_waits_cannot_be_taken_off_the_list() -> None:
    settle()
    write(5)
    for sql in WAYS + (POSTGRES_ALONE if connection.vendor == "postgresql" else []):
        assert refused(sql), sql
    with pytest.raises(DatabaseError), transaction.atomic():
        Pending.objects.all().delete()
    assert Pending.objects.count() == 5
    assert sequence(Log.objects.get().pk) == 5
    assert Event.objects.count() == Leaf.objects.count() and not Pending.objects.exists()


def test_one_of_many_that_has_no_place_keeps_all_on_the_list() -> None:
    settle()
    write(3)
    assert sequence(Log.objects.get().pk) == 3
    write(1)
    placed = Leaf.objects.order_by("-log_index")[0].event_id
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_pending (event_id) VALUES (%s)", [placed])
    assert refused("DELETE FROM audit_pending")
    assert not refused(f"DELETE FROM audit_pending WHERE event_id = {placed}")
    assert seal(by=clock(), at=AT)[0].placed == 1


@pytest.mark.parametrize("name", ["frozen", "kept", "placed", "whole"])
def test_a_guard_of_the_list_that_is_gone_is_found_and_put_back(name: str) -> None:
    on_table = " ON audit_pending" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS audit_pending_{name}{on_table}")
    here = {"frozen", "placed", "whole"} if connection.vendor == "postgresql" else {"frozen", "kept"}
    assert [str(flaw) for flaw in flaws()] == ([f"audit_pending_{name} on audit_pending is missing"] * (name in here))
    assert bool(check_guards(by=clock(), at=AT)) == (name in here) == bool(Log.objects.get().alarm)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    put_in_place()
    assert check_guards(by=clock(), at=AT) == [] and Log.objects.get().alarm == ""
