"""Checkpoints in a store with Object Lock: in compliance mode nobody, its owner included, can change them in time."""

import datetime as dt
import hashlib
import urllib.parse
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from audit.errors import AnchorFailed, AnchorUnlocked
from audit.models import Checkpoint, Log
from audit.reads import canonical, timestamp

MODE = "COMPLIANCE"
UNLOCKED = {"InvalidRequest", "InvalidBucketState", "ObjectLockConfigurationNotFoundError"}
"""What stores answer for a bucket without Object Lock."""
PATIENCE = Config(connect_timeout=10, read_timeout=30, retries={"total_max_attempts": 2})


def lock_away(log: Log, checkpoint: Checkpoint, at: dt.datetime) -> bytes:
    """Put a checkpoint's note into the bucket, locked; give where it stands, as canonical JSON.

    What the store says it keeps is read back: the note, the mode and until when.

    Raises:
        AnchorFailed: the store did not take it, or gives back something else.
        AnchorUnlocked: the store keeps it unlocked, in another mode, or for a shorter time.
    """
    note = checkpoint.note.encode()
    digest = hashlib.sha256(note).hexdigest()
    until = (at + dt.timedelta(days=settings.LEDGER_S3_DAYS)).replace(microsecond=0)
    where = {
        "Bucket": settings.LEDGER_S3_BUCKET,
        "Key": f"{urllib.parse.quote(log.origin)}/{checkpoint.size}-{digest[:16]}.checkpoint",
    }
    try:
        version = _put(where, note, until)
        found = _read_back(where | {"VersionId": version}, note)
    except (BotoCoreError, ClientError) as problem:
        raise AnchorFailed(f"The store did not take the checkpoint: {problem}") from problem
    if found.get("Mode") != MODE or found.get("RetainUntilDate", at) < until:
        raise AnchorUnlocked
    return canonical(
        {
            "bucket": where["Bucket"],
            "endpoint": settings.LEDGER_S3_ENDPOINT or "aws",
            "key": where["Key"],
            "mode": found["Mode"],
            "retain_until": timestamp(found["RetainUntilDate"]),
            "sha256": digest,
            "size": checkpoint.size,
            "version": version,
        }
    )


def store() -> Any:
    """Give the client of the store that settings name."""
    return boto3.client("s3", endpoint_url=settings.LEDGER_S3_ENDPOINT or None, config=PATIENCE)


def _put(where: dict[str, str], note: bytes, until: dt.datetime) -> str:
    try:
        answer = store().put_object(
            **where,
            Body=note,
            ContentType="text/plain; charset=utf-8",
            ObjectLockMode=MODE,
            ObjectLockRetainUntilDate=until,
        )
    except ClientError as problem:
        if problem.response["Error"]["Code"] in UNLOCKED:
            raise AnchorUnlocked from problem
        raise
    version = answer.get("VersionId")
    if not version or version == "null":
        raise AnchorUnlocked
    return str(version)


def _read_back(where: dict[str, str], note: bytes) -> dict[str, Any]:
    client = store()
    if client.get_object(**where)["Body"].read(len(note) + 1) != note:
        raise AnchorFailed("The store gives back another checkpoint than it was given.")
    try:
        found: dict[str, Any] = client.get_object_retention(**where).get("Retention", {})
    except ClientError as problem:
        raise AnchorUnlocked from problem
    return found
