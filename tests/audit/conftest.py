"""Keys of a test's own: what one test's ledger signed is not held against another's."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, settings) -> Path:
    settings.LEDGER_KEYS = tmp_path / "keys"
    settings.LEDGER_WITNESS = tmp_path / "witness.ndjson"
    return tmp_path / "keys"
