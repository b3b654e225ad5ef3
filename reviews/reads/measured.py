"""How often people changed answers like the one at hand, as last counted."""

import json
from decimal import Decimal
from functools import lru_cache

from audit.models.sql import Row, ask_one
from reviews.outputs import kind_of
from reviews.rights import Changed, Sheet, changed_of, sheet_of


def changed_beside(seen: Row) -> Changed | None:
    """Give how often people changed answers like a looked-at seat's proposal; None while that is not known.

    No statement where this process has read that count before, else one.
    """
    if seen.audits is None or seen.prediction_body is None:
        return None
    try:
        sheet = _sheet(seen.audits)
    except LookupError:  # counted anew since the seat was looked at
        return None
    label = kind_of(seen.task_type, json.loads(seen.prediction_body)["prediction"])
    return changed_of(sheet, label, Decimal(str(seen.confidence)))


@lru_cache(maxsize=256)
def _sheet(digest: str) -> Sheet:
    found = ask_one("SELECT body FROM reviews_audited WHERE digest = %s LIMIT 1", [digest])
    if found is None:
        raise LookupError(digest)
    return sheet_of(bytes(found.body))
