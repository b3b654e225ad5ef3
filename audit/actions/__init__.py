"""Verbs of the ledger."""

from audit.actions.recording import NO_HEAD, TAGS, Entry, Head, entry, record

__all__ = ["NO_HEAD", "TAGS", "Entry", "Head", "entry", "record"]
