"""Rows of the ledger, the guards over frozen rows, and SQL for hot paths."""

from audit.models.comparing import Flaw, flaws
from audit.models.guards import GUARDS, Check, Frozen, Refers, guard, put_in_place
from audit.models.ledger import Anchor, AnchorFailure, Checkpoint, Erasure, Event, Leaf, Log, Payload, Pending, Tile
from audit.models.waiting import Waits

__all__ = [
    "GUARDS",
    "Anchor",
    "AnchorFailure",
    "Check",
    "Checkpoint",
    "Erasure",
    "Event",
    "Flaw",
    "Frozen",
    "Leaf",
    "Log",
    "Payload",
    "Pending",
    "Refers",
    "Tile",
    "Waits",
    "flaws",
    "guard",
    "put_in_place",
]
