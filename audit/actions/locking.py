"""Exports under Object Lock: two objects, proofs for all to see and an encrypted one, whose key is kept here alone."""

import datetime as dt
import json
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit.actions import exportkeys
from audit.actions.bundling import Told
from audit.actions.exporting import Exported, Wanted, export
from audit.actions.holding import Held, Vault
from audit.actions.logs import Voice, lock_log, record_on_log
from audit.actions.parting import NONE_CHOSEN, encrypt_part, held, lock_part
from audit.actions.staging import staged
from audit.bundle import encrypting
from audit.errors import ErasedMeanwhile, ExportKeyGone, ExportKeyUnread, NoVault, RetentionPast, VaultFailed
from audit.models import Log, Payload
from audit.reads.gone import erased_after
from audit.reads.ids import timestamp

LOCKED, DESTROYED = "audit.export_locked", "audit.export_key_destroyed"


@dataclass(frozen=True)
class Locked:
    """A locked export: the id of its key, and what the ledger says of it."""

    key: str
    export: dict[str, Any]


def lock_export(
    *,
    log: Log,
    wanted: Wanted,
    until: dt.datetime,
    by: Voice,
    now: Callable[[], dt.datetime],
    names: Mapping[UUID, str] | None = None,
    told: Told = lambda _path, _done, _all: None,
) -> Locked:
    """Export into the store, locked until a day: first the encrypted part, then the proofs, then the event.

    The key is on the disk before anything leaves. Only the part with the proofs makes an export whole, so one that is
    killed before leaves an encrypted part alone; killed after it, the next run puts it on record.

    Raises:
        RetentionPast, NoVault, VaultFailed: it cannot be locked so.
        ExportBusy: another locked export is on its way.
        ErasedMeanwhile: something was erased before anything left.
        NothingToExport, NotCited, ErasedElsewhere: see `export`.
    """
    until = until.astimezone(dt.UTC).replace(microsecond=0)
    if until <= now():
        raise RetentionPast
    vault = Vault()
    vault.check()
    with staged() as folder:
        _finish_stopped(vault, by, now)
        made = export(
            log=log, wanted=wanted, target=folder / "bundle", by=by, now=now, names=names, told=told
        )  # fmt: skip
        key, locked = _part(folder, log, wanted, made, until, by, now())
        if erased_after(log.pk, made.size):
            raise ErasedMeanwhile
        key_id = exportkeys.keep(key, locked)
        versions = {"encrypted": vault.hold(folder / "encrypted", part_of(locked, "encrypted"), until)}
        versions["locked"] = vault.hold(folder / "locked.zip", part_of(locked, "locked"), until)
        return _put_on_record(key_id, locked, versions, by, now())


def _part(
    folder: Path, log: Log, wanted: Wanted, made: Exported, until: dt.datetime, by: Voice, at: dt.datetime
) -> tuple[bytes, dict[str, Any]]:
    """Make both parts of a bundle; give the key, and what is to be known of the export."""
    key = encrypting.fresh_key()
    prefix = f"{urllib.parse.quote(log.origin)}/exports/{made.begin}-{made.end}-{made.manifest[:16]}"
    digest, length = encrypt_part(made.target, folder / "encrypted", key)
    encrypted = {"bytes": length, "object": f"{prefix}.encrypted", "sha256": digest}
    where = {"bucket": settings.LEDGER_S3_BUCKET, "endpoint": settings.LEDGER_S3_ENDPOINT or "aws"}
    whole = {"manifest": made.manifest, "retain_until": timestamp(until), **where}
    plan = {
        "origin": log.origin, "range": [made.begin, made.end], "tree": made.size, "filter": NONE_CHOSEN,
        "exporter": by.pseudonym, "made": timestamp(at),
    }  # fmt: skip
    names_it = {"cipher": encrypting.NAME, "key": encrypting.key_digest(key), **encrypted, **whole}
    manifest = lock_part(made.target, folder / "locked.zip", log.pk, plan, names_it)
    locked = asdict(held(f"{prefix}.zip", folder / "locked.zip")) | {"manifest": manifest}
    cut = {name: plan[name] for name in ("origin", "range", "tree")} | {"filter": wanted.chosen.document()}
    return key, cut | whole | {"encrypted": encrypted, "locked": locked}


def part_of(export: Mapping[str, Any], part: str) -> Held:
    """Say of the part `locked` or `encrypted` what the store has to give back."""
    return Held(*(export[part][name] for name in ("object", "sha256", "bytes")))


def _finish_stopped(vault: Vault, by: Voice, now: Callable[[], dt.datetime]) -> None:
    """Put on record what was whole in the store when its export was stopped; leave alone what is not."""
    for key_id in sorted(_unfinished()):
        try:
            export = exportkeys.key_of(key_id).export
            if export["bucket"] != vault.bucket:
                continue
            versions = _versions(vault, export)
        except (ExportKeyGone, ExportKeyUnread, NoVault, VaultFailed):
            continue  # it is listed as unfinished, and its key can be destroyed
        _put_on_record(key_id, export, versions, by, now())


def _unfinished() -> set[str]:
    """Give the keys of exports that are not on record, and whose end has not begun."""
    return set(exportkeys.kept()) - set(exportkeys.all_begun()) - {one["key"] for one in said_of_exports(LOCKED)}


def _versions(vault: Vault, export: Mapping[str, Any]) -> dict[str, str]:
    """Give the versions of both parts that stand in the store, locked and as they were made."""
    until, versions = dt.datetime.fromisoformat(export["retain_until"]), {}
    for part in ("encrypted", "locked"):
        one = part_of(export, part)
        version = vault.newest(one)
        if version is None:
            raise VaultFailed
        vault.look(one, version, until)
        versions[part] = version
    return versions


@transaction.atomic
def _put_on_record(
    key_id: str, export: Mapping[str, Any], versions: Mapping[str, str], by: Voice, at: dt.datetime
) -> Locked:
    """Record that both parts are in the store and locked, once. Locks the log."""
    log = lock_log(Log.objects.get(origin=export["origin"]).pk)
    parts = {part: export[part] | {"version": version} for part, version in versions.items()}
    told = {"key": key_id, **export, **parts}
    if told_of(key_id) is None:
        record_on_log(log, LOCKED, by=by, at=at, sections={"export": told})
    return Locked(key_id, told)


def told_of(key_id: str) -> dict[str, Any] | None:
    """Say what the ledger says of the export of a key; None where it says nothing."""
    return next((one for one in said_of_exports(LOCKED) if one["key"] == key_id), None)


def said_of_exports(kind: str) -> Iterator[dict[str, Any]]:
    """Give what events of a kind say in the streams of logs, the oldest first."""
    streams = [f"log/{uuid}" for uuid in Log.objects.values_list("uuid", flat=True)]
    said = Payload.objects.filter(event__stream__in=streams, event__type=kind, body__isnull=False)
    for payload in said.order_by("event_id"):
        yield json.loads(bytes(payload.body or b""))


def locked_exports() -> list[tuple[str, str, dict[str, Any]]]:
    """List locked exports: key, state, what was exported.

    The state is `here` (it can be opened), `destroyed`, `missing` (no key, and nobody said so), `unfinished` (its
    export was stopped), `unread` (so too, and its file cannot be used to say of what) or `destroying` (its destruction
    was stopped before it was on record).
    """
    here, stopped = set(exportkeys.kept()), set(exportkeys.all_begun())
    gone = {one["key"] for one in said_of_exports(DESTROYED)}
    found = []
    for one in said_of_exports(LOCKED):
        state = "destroyed" if one["key"] in gone else "missing"
        found.append((one["key"], "here" if one["key"] in here else state, one))
    known = {key for key, _, _ in found}
    found += [_left(key) for key in sorted(here - stopped - known)]
    found += [(key, "destroying", exportkeys.begun(key) or {}) for key in sorted(stopped - known)]
    return [(key, "destroying" if key in stopped else state, export) for key, state, export in found]


def _left(key_id: str) -> tuple[str, str, dict[str, Any]]:
    """Say of a key what it says of its export, which was stopped."""
    try:
        return key_id, "unfinished", exportkeys.key_of(key_id).export
    except (ExportKeyGone, ExportKeyUnread):
        return key_id, "unread", {}
