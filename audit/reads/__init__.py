"""What may be read of the ledger, and the bytes it is made of."""

from audit.reads.canonical import canonical, content_commitment, leaf_hash, payload_commitment

__all__ = ["canonical", "content_commitment", "leaf_hash", "payload_commitment"]
