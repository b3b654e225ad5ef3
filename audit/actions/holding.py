"""Files of exports in a store with Object Lock, each locked until a day and read back as the store keeps it."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from audit.actions.vaulting import MODE, UNLOCKED, store
from audit.errors import NoVault, VaultFailed

BLOCK = 1 << 20
LARGEST = 5 << 30
"""Bytes that a store takes in one piece."""


@dataclass(frozen=True)
class Held:
    """An object as it is known before it is sent: its name in the bucket, its SHA-256, its length."""

    object: str
    sha256: str
    bytes: int


def check_vault() -> None:
    """See that settings name a bucket that locks, before anything is written.

    Raises:
        NoVault, VaultFailed: they do not.
    """
    if not settings.LEDGER_S3_BUCKET:
        raise NoVault
    try:
        found = store().get_object_lock_configuration(Bucket=settings.LEDGER_S3_BUCKET)
    except ClientError as problem:
        raise _refused(problem) from problem
    except BotoCoreError as problem:
        raise VaultFailed(f"{VaultFailed.sentence} {problem}") from problem
    if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
        raise NoVault


def hold(path: Path, held: Held, until: dt.datetime) -> str:
    """Put a file into the bucket, locked in compliance mode; give the version that the store keeps, read back.

    Raises:
        NoVault: the store keeps it without this lock.
        VaultFailed: the store does not take it, or gives back something else.
    """
    if held.bytes > LARGEST:
        raise VaultFailed(f"{VaultFailed.sentence} It has more than {LARGEST >> 30} GiB; export a smaller range.")
    where = {"Bucket": settings.LEDGER_S3_BUCKET, "Key": held.object}
    try:
        with path.open("rb") as file:
            answer = store().put_object(
                **where, Body=file, ObjectLockMode=MODE, ObjectLockRetainUntilDate=until
            )  # fmt: skip
    except ClientError as problem:
        raise _refused(problem) from problem
    except BotoCoreError as problem:
        raise VaultFailed(f"{VaultFailed.sentence} {problem}") from problem
    version = answer.get("VersionId")
    if not version or version == "null":
        raise NoVault
    look(held, str(version), until)
    return str(version)


def newest(held: Held) -> str | None:
    """Give the newest version of an object, None where the store has none."""
    try:
        answer = store().head_object(Bucket=settings.LEDGER_S3_BUCKET, Key=held.object)
    except ClientError as problem:
        if problem.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise _refused(problem) from problem
    except BotoCoreError as problem:
        raise VaultFailed(f"{VaultFailed.sentence} {problem}") from problem
    return str(answer.get("VersionId") or "")


def look(held: Held, version: str, until: dt.datetime) -> None:
    """See that the store keeps this very object, in compliance mode until that day or longer.

    Raises:
        NoVault, VaultFailed: it does not, or does not say so.
    """
    fetch(held, version, None)
    try:
        found = store().get_object_retention(
            Bucket=settings.LEDGER_S3_BUCKET, Key=held.object, VersionId=version
        )  # fmt: skip
    except (BotoCoreError, ClientError) as problem:
        raise NoVault from problem
    kept: dict[str, Any] = found.get("Retention", {})
    if kept.get("Mode") != MODE or "RetainUntilDate" not in kept or kept["RetainUntilDate"] < until:
        raise NoVault


def fetch(held: Held, version: str, target: Path | None) -> None:
    """Read an object's version into a file, or only through, and hold it against its digest.

    Raises:
        VaultFailed: the store does not give it, or gives something else.
    """
    digest, count = hashlib.sha256(), 0
    try:
        body = store().get_object(Bucket=settings.LEDGER_S3_BUCKET, Key=held.object, VersionId=version)["Body"]
        with (target or Path("/dev/null")).open("wb") as file:
            for block in body.iter_chunks(BLOCK):
                digest.update(block)
                count += len(block)
                file.write(block)
    except (BotoCoreError, ClientError) as problem:
        raise VaultFailed(f"The store does not give back what it was given. {problem}") from problem
    if (digest.hexdigest(), count) != (held.sha256, held.bytes):
        raise VaultFailed("The store gives back something else than it was given.")


def _refused(problem: ClientError) -> NoVault | VaultFailed:
    if problem.response["Error"]["Code"] in UNLOCKED:
        return NoVault()
    return VaultFailed(f"{VaultFailed.sentence} {problem}")
