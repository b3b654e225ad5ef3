"""What may be read of the ledger, and the bytes it is made of."""

from audit.reads.anchors import AnchorState, anchor_files, anchor_states
from audit.reads.canonical import canonical, content_commitment, leaf_hash, payload_commitment
from audit.reads.filters import Filter
from audit.reads.ids import first_uuid7, pseudonym, timestamp, uuid7
from audit.reads.kinds import KINDS, EventKind, learn
from audit.reads.state import LogState, states

__all__ = [
    "KINDS",
    "AnchorState",
    "EventKind",
    "Filter",
    "LogState",
    "anchor_files",
    "anchor_states",
    "canonical",
    "content_commitment",
    "first_uuid7",
    "leaf_hash",
    "learn",
    "payload_commitment",
    "pseudonym",
    "states",
    "timestamp",
    "uuid7",
]
