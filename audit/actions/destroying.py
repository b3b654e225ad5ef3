"""Destroying the key of a locked export: what it encrypted can never be read again, and nothing undoes it."""

import datetime as dt
from typing import Any

from django.db import transaction

from audit.actions import exportkeys
from audit.actions.locking import DESTROYED, Locked, said_of_exports, told_of
from audit.actions.logs import Voice, lock_log, record_on_log
from audit.errors import NoBasis
from audit.models import Log
from audit.reads.ids import timestamp


def destroy_export_key(*, key_id: str, basis: str, by: Voice, at: dt.datetime) -> Locked:
    """Destroy a key and record that, by which right and of which export. Said again after a kill it ends what began.

    The event is written first and committed last: where it cannot be written nothing is destroyed, and the ledger never
    tells of a destruction that did not happen. A note on the disk, older than both, sees that one which did happen
    is told. Locks the log.

    Raises:
        NoBasis: nobody says by what right.
        ExportKeyGone: there is no such key here, and none whose destruction was stopped.
        ExportKeyUnread: neither its file nor the ledger says what it encrypted.
    """
    told = exportkeys.begun(key_id) or _begun_now(key_id, basis, by, at)
    with transaction.atomic():
        log = lock_log(Log.objects.get(origin=told["origin"]).pk)
        told = exportkeys.begun(key_id) or told  # others may have come first, and be through
        if exportkeys.begun(key_id) is None:
            exportkeys.require(key_id)
        if not any(told == one for one in said_of_exports(DESTROYED)):
            record_on_log(log, DESTROYED, by=by, at=at, sections={"destroyed": told})
        exportkeys.begin_destroying(key_id, told)
        exportkeys.destroy(key_id)
    exportkeys.settled(key_id)
    return Locked(key_id, told)


def _begun_now(key_id: str, basis: str, by: Voice, at: dt.datetime) -> dict[str, Any]:
    basis = basis.strip()
    if not 1 <= len(basis) <= 500:
        raise NoBasis
    exportkeys.require(key_id)
    export = told_of(key_id) or exportkeys.key_of(key_id).export
    what = {"manifest": export["manifest"], "origin": export["origin"], "range": export["range"]}
    parts = {"locked": export["locked"]["manifest"], "encrypted": export["encrypted"]["sha256"]}
    return {"key": key_id, "basis": basis, "asked_by": by.pseudonym, "asked_at": timestamp(at), **what, **parts}
