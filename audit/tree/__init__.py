"""The Merkle tree and what is signed over it: pure functions after RFC 6962 and C2SP, no database."""

from audit.tree.hashing import EMPTY, node_hash, root_of
from audit.tree.notes import (
    CosignerKey,
    LogKey,
    PublicKey,
    checkpoint_text,
    key_id,
    log_public_key,
    parse_checkpoint,
    signed,
)
from audit.tree.proofs import consistency, consistent, inclusion, range_hashes, subtree
from audit.tree.ranges import Frontier, decompose

__all__ = [
    "EMPTY",
    "CosignerKey",
    "Frontier",
    "LogKey",
    "PublicKey",
    "checkpoint_text",
    "consistency",
    "consistent",
    "decompose",
    "inclusion",
    "key_id",
    "log_public_key",
    "node_hash",
    "parse_checkpoint",
    "range_hashes",
    "root_of",
    "signed",
    "subtree",
]
