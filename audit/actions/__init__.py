"""Verbs of the ledger."""

from audit.actions.anchoring import Tried, anchor, places
from audit.actions.exporting import Exported, Wanted, export
from audit.actions.guarding import check_guards
from audit.actions.keys import public_keys
from audit.actions.lagging import check_lag
from audit.actions.logs import Voice, lock_log, open_log, record_on_log
from audit.actions.mailing import mail_checkpoint
from audit.actions.recording import NO_HEAD, TAGS, Entry, Fact, Head, entry, record
from audit.actions.rotating import rotate_key
from audit.actions.sealing import Seal, seal
from audit.actions.sequencing import sequence

__all__ = [
    "NO_HEAD",
    "TAGS",
    "Entry",
    "Exported",
    "Fact",
    "Head",
    "Seal",
    "Tried",
    "Voice",
    "Wanted",
    "anchor",
    "check_guards",
    "check_lag",
    "entry",
    "export",
    "lock_log",
    "mail_checkpoint",
    "open_log",
    "places",
    "public_keys",
    "record",
    "record_on_log",
    "rotate_key",
    "seal",
    "sequence",
]
