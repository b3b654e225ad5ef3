"""Keys of a test's own: what one test's ledger signed is not held against another's. And a store that locks."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.elsewhere import Store


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, settings) -> Path:
    settings.LEDGER_KEYS = tmp_path / "keys"
    settings.LEDGER_WITNESS = tmp_path / "witness.ndjson"
    return tmp_path / "keys"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    found = Store(tmp_path_factory.mktemp("s3") / "store")
    try:
        found.bucket("locked", locked=True)
        yield found
    finally:
        found.stop()


@pytest.fixture
def bucket(store: Store, settings, monkeypatch: pytest.MonkeyPatch) -> Store:
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials of the store before
    settings.LEDGER_S3_BUCKET, settings.LEDGER_S3_ENDPOINT, settings.LEDGER_S3_DAYS = "locked", store.endpoint, 2
    return store
