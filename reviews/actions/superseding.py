"""An item under lock, and a new outcome over the one that is in force there."""

import datetime as dt
import json
import os
from dataclasses import dataclass
from typing import Any

from accounts.models import Project
from accounts.reads import Actor
from audit.models.sql import ask, ask_one, insert, lock, run
from audit.reads import canonical, content_commitment, uuid7
from reviews.actions.trail import Ground, Trail
from reviews.models import Item, Outcome, RightsVersion

ITEM = "SELECT sseq, head, state FROM reviews_item i WHERE i.id = %s"
TASKS = "SELECT t.id FROM reviews_task t WHERE t.item_id = %s AND t.state = 'open' ORDER BY t.id"
MODEL = """
SELECT mv.uuid FROM reviews_prediction pr JOIN guidelines_modelversion mv ON mv.id = pr.model_version_id
WHERE pr.item_id = %s AND pr.purpose = 'route'
"""
MOVE = "UPDATE reviews_item SET state = %s, sseq = %s, head = %s WHERE id = %s"
INVOLVEMENT = {"item_id": "bigint", "person_id": "bigint", "event_id": "bigint"}


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that may be erased one day, with their salt and what stays of them."""

    body: bytes
    salt: bytes
    commitment: bytes

    def columns(self) -> dict[str, bytes]:
        """Give them as columns of a row."""
        return {"body": self.body, "salt": self.salt, "commitment": self.commitment}


def content(value: Any) -> Content:
    """Make erasable content of a JSON value."""
    body, salt = canonical(value), os.urandom(32)
    return Content(body, salt, content_commitment(salt, body))


@dataclass
class Locked:
    """An item locked with its open tasks, and the events told of it so far."""

    item: Item
    trail: Trail
    tags: dict[str, Any]

    @property
    def stream(self) -> str:
        """The item's ledger stream."""
        return f"item/{self.item.uuid}"

    def tell(self, kind: str, source: str | None = None, **sections: Any) -> int:
        """Add an event to the item's stream; give its place in what `write` answers."""
        return self.trail.add(self.stream, kind, {**self.tags, "source": source}, **sections)

    def write(self) -> list[int]:
        """Record the events, and the item's state with the new end of its stream; give the events' row ids."""
        events = self.trail.write()
        head = self.trail.heads[self.stream]
        run(MOVE, [self.item.state, head.sseq, head.hash, self.item.pk])
        return events


def lock_item(item: Item, *, rights: RightsVersion | None, by: Actor, at: dt.datetime) -> Locked:
    """Lock an item, then its open tasks in order: what people hold of it stays as it is until the commit."""
    row = ask_one(ITEM + lock("i"), [item.pk])
    assert row is not None
    ask(TASKS + lock("t"), [item.pk])
    item.state = row.state
    project = Project.objects.select_related("log").get(pk=item.project_id)
    trail = Trail(Ground(project.pk, project.uuid, (project.log_id, project.log.origin)), by, at)
    trail.at_head(f"item/{item.uuid}", row.sseq, row.head)
    model = ask_one(MODEL, [item.pk])
    tags = {"item": str(item.uuid), "model": str(model.uuid) if model else None}
    return Locked(item, trail, tags | ({"rights": rights.number} if rights else {}))


@dataclass(frozen=True, slots=True)
class Superseding:
    """A new outcome over the one in force, told and still to be written."""

    values: dict[str, Any]
    place: int


def supersede(locked: Locked, *, over: Outcome, output: Any, source: str, at: dt.datetime) -> Superseding:
    """Settle an outcome of no task over the one in force; it is due at once, and the releaser gives it its place."""
    kept, uuid = content({"output": output}), uuid7(at)
    last = Outcome.objects.filter(item=locked.item).order_by("-number").values_list("number", flat=True)[0]
    told = {
        "outcome": str(uuid),
        "number": last + 1,
        "supersedes": over.number,
        "source": source,
        "task": None,
        "content": kept.commitment.hex(),
    }
    place = locked.tell("reviews.outcome_settled", source, outcome=told)
    locked.item.state = "decided"
    values = {
        "uuid": uuid,
        "item": locked.item,
        "project_id": locked.item.project_id,
        "number": last + 1,
        "supersedes": over.number,
        "source": source,
        **kept.columns(),
        "settled_at": at,
        "release_at": at,
    }
    return Superseding(values, place)


def involve(item_id: int, people: list[int], event: int) -> None:
    """Write that people had a part in an item outside its seats; those who are written already stay as they are."""
    known = {row.person_id for row in ask("SELECT person_id FROM reviews_involvement WHERE item_id = %s", [item_id])}
    fresh = sorted(set(people) - known)
    insert("reviews_involvement", INVOLVEMENT, [(item_id, person, event) for person in fresh], unless_known=True)


def read_content(body: Any) -> dict[str, Any]:
    """Read what a row keeps; {} where it was erased."""
    found: dict[str, Any] = json.loads(bytes(body)) if body is not None else {}
    return found
