"""An item as it was sent, read again from the bytes that are kept."""

import json
from typing import Any


def sent_of(body: bytes | memoryview | None) -> dict[str, Any]:
    """Read an item's body, {} where it is gone. A key sent as null is left out: null is the same as absent."""
    sent: dict[str, Any] = json.loads(bytes(body)) if body else {}
    return {key: value for key, value in sent.items() if value is not None}
