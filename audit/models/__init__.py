"""Rows of the ledger, the guards over frozen rows, and SQL for hot paths."""

from audit.models.guards import GUARDS, Check, Frozen, Refers, guard, put_in_place
from audit.models.ledger import Anchor, Checkpoint, Erasure, Event, Leaf, Log, Payload, Pending, Tile

__all__ = [
    "GUARDS",
    "Anchor",
    "Check",
    "Checkpoint",
    "Erasure",
    "Event",
    "Frozen",
    "Leaf",
    "Log",
    "Payload",
    "Pending",
    "Refers",
    "Tile",
    "guard",
    "put_in_place",
]
