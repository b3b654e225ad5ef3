"""One item as its page shows it, beside its history."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from guidelines.models import TaxonomyVersion
from guidelines.reads import taxonomy_in_force
from reviews.models import Item, Prediction, Source
from reviews.reads.answers import answers
from reviews.reads.marks import marked
from reviews.reads.media import sounds_in
from reviews.reads.pane import percent, step
from reviews.reads.retired import taxonomy_within
from reviews.reads.said import words_of
from reviews.reads.sent import sent_of
from reviews.reads.stages import Stage, stage
from reviews.reads.veils import Veil


@dataclass(frozen=True, slots=True)
class Case:
    """The item's stage and facts; proposal and answer only where the reader may see the `whole` of it.

    `before` is the number of the taxonomy in force where the outcome was decided before that came in force.
    """

    stage: Stage
    segments: dict[str, str]
    state: str
    outcome: dict[str, Any] | None
    outcome_words: list[tuple[str, str, int]]
    source_name: str
    model: str | None
    proposal_words: list[tuple[str, str, int]]
    percent: int | None
    step: int
    before: int | None = None


def case(item: Item, *, whole: bool, veil: Veil) -> Case:
    """Read an item's page; at most four statements. `veil` lies over the item."""
    body = sent_of(item.body)
    answer = answers(item.project_id, "uuid", [item.uuid])[item.uuid]
    shown, words = body.get("data", {}), body.get("segments", {})
    seen = stage(shown, veil=veil, sounds=sounds_in(shown))
    if not whole:
        return Case(seen, words, "", None, [], "", None, [], None, 4)
    standing = taxonomy_in_force(item.project_id)
    taxonomy = taxonomy_within(item.project_id, standing.digest, bytes(standing.body)) if standing else {}
    made = Prediction.objects.select_related("model_version").filter(item=item, purpose="route").first()
    sure = str(made.confidence) if made and made.confidence is not None else None
    proposed = json.loads(bytes(made.body))["prediction"] if made and made.body is not None else None
    outcome = answer["outcome"]
    return Case(
        marked(seen, taxonomy, proposed, outcome["output"] if outcome else proposed),
        words,
        answer["state"],
        outcome,
        words_of(outcome["output"], taxonomy) if outcome else [],
        str(Source(outcome["source"]).label) if outcome else "",
        str(made.model_version) if made else None,
        words_of(proposed, taxonomy),
        percent(sure),
        step(sure),
        _before(standing, outcome),
    )


def _before(standing: TaxonomyVersion | None, outcome: dict[str, Any] | None) -> int | None:
    """Give the number of the taxonomy in force where an outcome is older than it."""
    if standing is None or outcome is None or standing.term.began_at is None:
        return None
    return standing.number if dt.datetime.fromisoformat(outcome["decided_at"]) < standing.term.began_at else None
