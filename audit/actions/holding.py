"""Files of exports in a store with Object Lock, each locked until a day and read back as the store keeps it."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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


class Vault:
    """The bucket that settings name. One client speaks to it: each takes tens of megabytes."""

    def __init__(self) -> None:
        """Take up the store.

        Raises:
            NoVault: settings name none.
        """
        if not settings.LEDGER_S3_BUCKET:
            raise NoVault
        self.bucket: str = settings.LEDGER_S3_BUCKET
        with refused():
            self._store = store()

    def check(self) -> None:
        """See that the bucket locks, before anything is written.

        Raises:
            NoVault, VaultFailed: it does not, or does not say so.
        """
        with refused():
            found = self._store.get_object_lock_configuration(Bucket=self.bucket)
        if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
            raise NoVault

    def hold(self, path: Path, held: Held, until: dt.datetime) -> str:
        """Put a file into the bucket, locked in compliance mode; give the version that the store keeps, read back.

        Raises:
            NoVault: the store keeps it without this lock.
            VaultFailed: the store does not take it, or gives back something else.
        """
        if held.bytes > LARGEST:
            raise VaultFailed(f"{VaultFailed.sentence} It has more than {LARGEST >> 30} GiB; export a smaller range.")
        lock = {"ObjectLockMode": MODE, "ObjectLockRetainUntilDate": until}
        with path.open("rb") as file, refused():
            answer = self._store.put_object(Bucket=self.bucket, Key=held.object, Body=file, **lock)
        version = answer.get("VersionId")
        if not version or version == "null":
            raise NoVault
        self.look(held, str(version), until)
        return str(version)

    def newest(self, held: Held) -> str | None:
        """Give the newest version of an object, None where the store has none."""
        try:
            with refused():
                answer = self._store.head_object(Bucket=self.bucket, Key=held.object)
        except VaultFailed as problem:
            cause = problem.__cause__
            if isinstance(cause, ClientError) and cause.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise
        return str(answer.get("VersionId") or "")

    def look(self, held: Held, version: str, until: dt.datetime) -> None:
        """See that the store keeps this very object, in compliance mode until that day or longer.

        Raises:
            NoVault, VaultFailed: it does not, or does not say so.
        """
        self.fetch(held, version, Path("/dev/null"))
        try:
            found = self._store.get_object_retention(Bucket=self.bucket, Key=held.object, VersionId=version)
        except (BotoCoreError, ClientError) as problem:
            raise NoVault from problem
        kept = found.get("Retention", {})
        if kept.get("Mode") != MODE or "RetainUntilDate" not in kept or kept["RetainUntilDate"] < until:
            raise NoVault

    def fetch(self, held: Held, version: str, target: Path) -> None:
        """Read an object's version into a file, and hold it against its digest.

        Raises:
            VaultFailed: the store does not give it, or gives something else.
        """
        digest, count = hashlib.sha256(), 0
        with target.open("wb") as file, refused():
            answer = self._store.get_object(Bucket=self.bucket, Key=held.object, VersionId=version)
            for block in answer["Body"].iter_chunks(BLOCK):
                digest.update(block)
                count += len(block)
                file.write(block)
        if (digest.hexdigest(), count) != (held.sha256, held.bytes):
            raise VaultFailed("The store gives back something else than it was given.")


@contextmanager
def refused() -> Iterator[None]:
    """Say in our words what the store, or the way to it, refuses.

    Raises:
        NoVault, VaultFailed: instead of what its client raises.
    """
    try:
        yield
    except ClientError as problem:
        if problem.response["Error"]["Code"] in UNLOCKED:
            raise NoVault from problem
        raise VaultFailed(f"{VaultFailed.sentence} {problem}") from problem
    except BotoCoreError as problem:
        raise VaultFailed(f"{VaultFailed.sentence} {problem}") from problem
