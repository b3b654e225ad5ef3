"""Frozen rows stay as they are, whoever asks: ORM, raw SQL, upsert, REPLACE, TRUNCATE."""

import io
import uuid

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import F, UniqueConstraint
from PIL import Image

from accounts.reads import console
from assets.actions import show, store
from audit.actions import seal
from audit.models import GUARDS, Anchor, Checkpoint, Erasure, Event, Leaf, Log, Payload, Tile
from reviews.actions import apply_project, claim_batch, release, reveal_seeds, withdraw
from reviews.models import Decision, Item, Outcome, Seat, Task
from tests.audit.test_sealing import write
from tests.reviews.everything import called_back, contested, guided, returned
from tests.reviews.past import operator, tried
from tests.town import RIGHTS, build, project_file

pytestmark = pytest.mark.django_db

FROZEN = [rule.model._meta.db_table for rule in GUARDS.frozen]


def refused(sql: str, params: list[object] | None = None) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params or [])
    except DatabaseError:
        return True
    return False


def plain(row: tuple[object, ...]) -> list[object]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


@pytest.fixture
def busy_town(db):
    """A town in which every frozen table has a row."""
    rights = RIGHTS | {"batch": {"queues": ["general"], "most": 50}}
    town = build(people=2, rights=rights)
    apply_project(document=project_file(guideline="# Cats\n", rights=rights), by=console(), at=town.now)
    from reviews.actions import turn_switch

    turn_switch(position="normal", reason="As it was", by=console(), at=town.now, project=town.project)
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    asset, _ = store(project=town.project, content=file.getvalue(), by=console(), at=town.now)
    show(asset=asset, recipe="screen", at=town.now).file.close()
    town.send(0.5)
    town.send(0.95)
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    held = withdraw(decision=decided.uuid, by=who, at=town.now)
    from reviews.actions import give_back

    give_back(token=held.token, by=who, at=town.now)
    town.decide(who, town.take(who))
    town.wait(days=40)
    release(at=town.now)
    reveal_seeds(at=town.now)
    write(256)
    seal(by=console(), at=town.now)
    log = Log.objects.get()
    event = Event.objects.order_by("-pk")[0]
    Erasure.objects.create(event=event, kind="expiry")
    Anchor.objects.create(log=log, size=log.tree_size, kind="s3", body=b"{}", created_at=town.now, event=event)
    return town


def column_of(table: str) -> str:
    """Name a column that nothing may change."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return model._meta.pk.column


def test_a_frozen_table_refuses_every_way_to_change_or_lose_a_row(busy_town, strangers_connection):
    busy_town.send(0.5)
    assert claim_batch(queue=busy_town.queue(), by=busy_town.people[1], at=busy_town.now)
    assert tried(busy_town, operator(busy_town)).result
    for happen in (contested, returned, called_back, guided):
        happen(f"cats-{happen.__name__.replace('_', '-')}")
    for table in FROZEN:
        refuses_all(table)


@pytest.fixture
def strangers_connection(db):
    """SQLite as a stranger opens it: REPLACE fires no trigger for the row that goes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=OFF")
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=ON")


def refuses_all(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        before = [plain(row) for row in cursor.fetchall()]
    assert before, f"the test needs a row in {table}"
    key = column_of(table)
    assert refused(f"UPDATE {table} SET {key} = {key} + 100000"), table
    assert refused(f"DELETE FROM {table}"), table
    replaces_none(table)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # else what waits for the commit refuses it, and not the guard
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert refused(f"TRUNCATE {table} CASCADE"), table
        upsert = f"ON CONFLICT ({key}) DO UPDATE SET {key} = {table}.{key} + 100000"
        assert refused(f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1 {upsert}")
    else:
        assert refused(f"REPLACE INTO {table} SELECT * FROM {table}")
        assert refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        assert [plain(row) for row in cursor.fetchall()] == before


def replaces_none(table: str) -> None:
    """Try to put another row in a row's place over each of its unique keys, and over no other one at a time."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    own = ", ".join(f'"{field.column}"' for field in fields)
    whole = [one for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
    keys = [[model._meta.get_field(name) for name in one.fields] for one in whole]
    where = [one._get_condition_sql(model, connection.schema_editor()) for one in whole]
    singles = [[field] for field in fields if field.unique]
    keys, where = keys + singles, where + [None] * len(singles)
    for key, condition in zip(keys, where, strict=True):
        if any(field.primary_key for field in key):
            continue  # a key that holds a row's number is tried beside this one
        rests = [[field for field in other if field not in key] for other in keys if other != key]
        others = {changeable(rest) for rest in rests if rest}
        row = ", ".join(another(field) if field in others else f'"{field.column}"' for field in fields)
        known = " AND ".join([condition or "1 = 1", *(f'"{field.column}" IS NOT NULL' for field in key)])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {known}")
            if not cursor.fetchone()[0]:
                continue
        insert = f"INTO {table} ({own}) SELECT {row} FROM {table} WHERE {known} ORDER BY 1 DESC LIMIT 1"
        over = ", ".join(f'"{field.column}"' for field in key)
        change = f"{column_of(table)} = {table}.{column_of(table)} + 100000"
        assert refused(f"INSERT {insert} ON CONFLICT ({over}) DO UPDATE SET {change}"), (table, over)
        if connection.vendor == "sqlite":
            assert refused(f"REPLACE {insert}"), (table, over)


def changeable(fields):
    """Choose the column that another value harms least: one that refers to nothing."""
    return min(fields, key=lambda field: field.is_relation)


def another(field) -> str:
    number = "Integer" in field.get_internal_type() or field.is_relation
    return f'"{field.column}" + 100000' if number else f"'{uuid.uuid4().hex}'"


def test_no_row_goes_where_another_takes_its_place_later(busy_town, strangers_connection):
    """What may be filled in once, or moves, gives no way to put a row over another one."""
    taken = Outcome.objects.filter(position__isnull=False).first()
    town = busy_town
    town.send(0.95)
    before = Outcome.objects.count()
    way = "UPDATE OR REPLACE" if connection.vendor == "sqlite" else "UPDATE"
    for changes in (
        f"position = {taken.position} WHERE position IS NULL",
        f"position = {taken.position}, released_at = settled_at WHERE annulled_at IS NULL AND position IS NULL",
    ):
        assert refused(f"{way} reviews_outcome SET {changes}")
    assert Outcome.objects.filter(pk=taken.pk, position=taken.position).exists() and Outcome.objects.count() == before


def test_each_column_of_an_item_but_state_and_head_is_frozen(busy_town):
    free = {"state", "sseq", "head", "deadline_at"}
    for field in Item._meta.local_concrete_fields:
        value = Item.objects.values_list(field.attname, flat=True)[0]
        if field.column in free or field.primary_key:
            continue
        other = "NULL" if value is not None else "1"
        assert refused(f"UPDATE reviews_item SET {field.column} = {other}"), field.column
    Item.objects.update(state="open")


def test_the_orm_changes_no_event_either(busy_town):
    for change in (
        lambda: Event.objects.update(type="x"),
        lambda: Event.objects.all().delete(),
        lambda: Decision.objects.update(verdict="reject"),
        lambda: Event.objects.first().delete(),
        lambda: Leaf.objects.update(log_index=F("log_index") + 1),
        lambda: Leaf.objects.bulk_update([changed(Leaf, leaf_hash=bytes(32))], ["leaf_hash"]),
        lambda: Tile.objects.all()._raw_delete("default"),
        lambda: Tile.objects.bulk_create(
            [changed(Tile, hashes=b"x")],
            update_conflicts=True, unique_fields=["log", "level", "index"], update_fields=["hashes"],
        ),
        lambda: Checkpoint.objects.filter(size__gt=0).update(note="x"),
        lambda: changed(Checkpoint, root=bytes(32)).save(),
        lambda: Checkpoint.objects.update_or_create(pk=Checkpoint.objects.first().pk, defaults={"size": 1}),
        lambda: Anchor.objects.update(body=b"x"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def changed(model, **values):
    one = model.objects.first()
    for name, value in values.items():
        setattr(one, name, value)
    return one


def test_the_admin_has_no_page_that_changes_the_ledger():
    from django.contrib.admin import site

    assert not [model for model in site._registry if model._meta.app_label == "audit"]


def test_only_an_erasure_takes_a_body_and_takes_its_salt_along(busy_town):
    assert refused("UPDATE reviews_item SET body = NULL")
    assert refused("UPDATE reviews_item SET body = NULL, salt = NULL")
    assert refused("UPDATE audit_payload SET body = NULL, salt = NULL")
    event = Event.objects.order_by("-pk")[1]
    erasure = Erasure.objects.create(event=event, kind="request")
    item = Item.objects.first()
    Item.objects.filter(pk=item.pk).update(body=None, salt=None, erasure=erasure)
    Payload.objects.filter(event__stream=f"item/{item.uuid}").update(body=None, salt=None, erasure=erasure)
    assert refused("UPDATE reviews_item SET erasure_id = NULL")
    assert refused("UPDATE reviews_item SET body = commitment, salt = commitment, erasure_id = NULL")
    Decision.objects.update(body=None, salt=None, erasure=erasure)
    assert refused("DELETE FROM audit_erasure") and refused("UPDATE audit_erasure SET kind = 'expiry'")


def test_an_outcome_gets_its_place_once_and_is_never_annulled_after_release(busy_town):
    outcome = Outcome.objects.filter(position__isnull=False).first()
    assert refused("UPDATE reviews_outcome SET position = position + 10 WHERE id = %s", [outcome.pk])
    assert refused("UPDATE reviews_outcome SET position = NULL, released_at = NULL WHERE id = %s", [outcome.pk])
    assert refused("UPDATE reviews_outcome SET annulled_at = released_at WHERE id = %s", [outcome.pk])


def test_an_outcome_belongs_to_a_task_of_its_own_item_and_kind(busy_town):
    outcome = Outcome.objects.get(source="reviewer", annulled_at__isnull=True)
    other = Item.objects.exclude(pk=outcome.item_id).get()
    row = {
        "uuid": uuid.uuid4(), "item_id": other.pk, "project_id": outcome.project_id, "number": 9, "source": "reviewer",
        "task_id": outcome.task_id, "task_kind": "work", "body": b"{}", "salt": b"s", "commitment": b"c",
        "settled_at": outcome.settled_at, "release_at": outcome.release_at, "event_id": outcome.event_id,
    }  # fmt: skip
    Outcome.objects.filter(pk=outcome.pk)
    for change in ({}, {"item_id": outcome.item_id, "task_kind": "audit", "source": "audit"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Outcome.objects.create(**(row | change))


def test_a_gold_answer_cannot_leave_as_an_outcome(busy_town):
    task = Task.objects.first()
    gold = Task.objects.create(
        uuid=uuid.uuid4(), item=task.item, queue=task.queue, kind="gold", event=task.event, opened_at=task.opened_at
    )
    for source in ("reviewer", "consensus", "adjudicator", "audit", "appeal", "model", "override"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Outcome.objects.create(
                uuid=uuid.uuid4(), item=task.item, project_id=task.item.project_id, number=90, source=source, task=gold,
                task_kind="gold", body=b"{}", salt=b"s", commitment=b"c", settled_at=task.opened_at,
                release_at=task.opened_at, event=task.event,
            )  # fmt: skip


def test_attempt_two_needs_the_withdrawal_of_attempt_one(busy_town):
    decision = Decision.objects.order_by("-pk")[0]
    row = {
        field.attname: getattr(decision, field.attname)
        for field in Decision._meta.local_concrete_fields
        if not field.primary_key
    }
    for attempt in (decision.attempt, decision.attempt + 1):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.create(
                **(row | {"uuid": uuid.uuid4(), "attempt": attempt, "prev_attempt": attempt - 1 or None, "claim_id": 1})
            )


def test_nobody_sits_twice_on_a_task_or_in_two_apart_tasks_of_an_item(busy_town):
    seat = Seat.objects.get(state="decided")
    other = Task.objects.create(
        uuid=uuid.uuid4(), item=seat.item, queue=seat.task.queue, kind="adjudication", event=seat.task.event,
        opened_at=seat.task.opened_at,
    )  # fmt: skip
    base = {
        "item": seat.item, "lane": seat.lane, "rank": 0, "due_at": seat.due_at, "apart": True, "state": "leased",
        "person": seat.person, "claim_id": 1, "slot": "open", "lease_until": seat.due_at,
    }  # fmt: skip
    for task, number in ((seat.task, 9), (other, 1)):
        with pytest.raises(DatabaseError), transaction.atomic():
            Seat.objects.create(task=task, number=number, **base)
    with pytest.raises(DatabaseError), transaction.atomic():
        Seat.objects.create(task=other, number=1, **(base | {"person": None}))


def test_a_missing_trigger_comes_back_with_the_next_migrate():
    from audit.models import put_in_place

    drop = "DROP TRIGGER reviews_decision_frozen"
    with connection.cursor() as cursor:
        cursor.execute(drop + (" ON reviews_decision" if connection.vendor == "postgresql" else ""))
    put_in_place()
    build(people=1)
    town = build(slug="more", people=1)
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]))
    assert refused("UPDATE reviews_decision SET mode = 'batch'")
