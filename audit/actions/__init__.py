"""Verbs of the ledger."""

from audit.actions.recording import NO_HEAD, TAGS, Entry, Fact, Head, entry, record

__all__ = ["NO_HEAD", "TAGS", "Entry", "Fact", "Head", "entry", "record"]
