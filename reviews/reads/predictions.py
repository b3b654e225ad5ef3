"""What other model versions said of an item, beside the one that routed it."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from reviews.models import Item, Prediction
from reviews.reads.pane import percent
from reviews.reads.said import words_of
from reviews.reads.words import WORDS


@dataclass(frozen=True, slots=True)
class Further:
    """One in words; `words` is None where it was erased.

    `problem` is `unknown_label` or `retired_label` where it names one that the project lacked, or had no more, then.
    """

    model: str
    purpose: str
    words: list[tuple[str, str, int]] | None
    percent: int | None
    problem: str
    received_at: dt.datetime


def further(item: Item, taxonomy: dict[str, Any]) -> list[Further]:
    """Read an item's further predictions in the order in which they came; one statement.

    Not for somebody who may still be asked about the item.
    """
    rows = Prediction.objects.select_related("model_version", "event").filter(item=item, event__isnull=False)
    return [
        Further(
            str(row.model_version),
            str(WORDS["purpose"][row.purpose]),
            words_of(json.loads(bytes(row.body))["prediction"], taxonomy) if row.body is not None else None,
            percent(str(row.confidence)) if row.confidence is not None else None,
            row.problem,
            row.event.recorded_at,  # type: ignore[union-attr] # all of these have one
        )
        for row in rows.order_by("pk")
    ]
