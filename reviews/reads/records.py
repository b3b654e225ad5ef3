"""Decisions as rows for people: who decided what, when, having seen what."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from audit.models.sql import Row, ask, many
from audit.reads import timestamp
from audit.reads.telling import Records
from reviews.models import RightsVersion
from reviews.reads.published import taxonomy_of
from reviews.reads.said import words_of

COLUMNS = (
    "decided_at", "person", "pseudonym", "role", "project", "item", "item_id", "task", "queue", "saw", "proposal",
    "confidence", "guideline", "taxonomy", "model_card", "rights", "verdict", "answer", "error_categories", "reason",
    "escalated_to", "mode", "via", "active_ms", "withdrawn_at",
)  # fmt: skip
DECISIONS = """
SELECT d.event_id AS event_number, d.decided_at, p.name, p.pseudonym, e.leaf, pj.slug AS project, i.external_id,
    i.uuid AS item_uuid, t.kind, q.slug AS queue, ps.manifest, pr.body AS prediction_body, pr.confidence,
    pj.id AS project_id, gv.number AS guideline, tv.number AS taxonomy, tv.body AS taxonomy_body,
    mc.number AS model_card, d.verdict, d.body,
    d.mode, d.via, d.active_ms, w.withdrawn_at, nq.slug AS escalated_to
FROM reviews_decision d
JOIN audit_event e ON e.id = d.event_id
JOIN accounts_person p ON p.id = d.person_id
JOIN reviews_task t ON t.id = d.task_id
JOIN reviews_queue q ON q.id = t.queue_id
JOIN reviews_item i ON i.id = t.item_id
JOIN accounts_project pj ON pj.id = i.project_id
JOIN reviews_presentation ps ON ps.claim_id = d.claim_id
JOIN guidelines_taxonomyversion tv ON tv.id = ps.taxonomy_id
LEFT JOIN guidelines_guidelineversion gv ON gv.id = ps.guideline_id
LEFT JOIN guidelines_modelcard mc ON mc.id = ps.card_id
LEFT JOIN reviews_prediction pr ON pr.item_id = i.id AND pr.purpose = 'route'
LEFT JOIN reviews_withdrawal w ON w.task_id = d.task_id AND w.person_id = d.person_id AND w.attempt = d.attempt
LEFT JOIN reviews_task nt ON d.verdict = 'escalate' AND nt.item_id = i.id AND nt.after_id = t.id
    AND nt.kind = 'escalation'
LEFT JOIN reviews_queue nq ON nq.id = nt.queue_id
WHERE d.event_id IN {places}
"""
ERASED = "(erased)"


def _cells(events: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    """Give the cells of decisions by the id of their event; two statements."""
    places, ids = many(events)
    rows = ask(DECISIONS.format(places=places), ids)
    rights = _rights({row.project_id for row in rows})
    return {row.event_number: _cells_of(row, rights) for row in rows}


def _rights(projects: Iterable[int]) -> dict[tuple[int, str], int]:
    """Give the numbers of decision rights by project and digest; of two of one wording, the later one."""
    known = RightsVersion.objects.filter(project__in=projects).order_by("number")
    return {(project, digest): number for project, digest, number in known.values_list("project", "digest", "number")}


def _cells_of(row: Row, rights: dict[tuple[int, str], int]) -> list[Any]:
    manifest = json.loads(row.manifest)
    taxonomy = taxonomy_of(bytes(row.taxonomy_body))
    saw = {None: "nothing", "hidden": "hidden"}.get(manifest["prediction"], "proposal")
    said = json.loads(row.body) if row.body is not None else None
    sent = said["sent"] if said else {}
    return [
        timestamp(row.decided_at),
        row.name,
        row.pseudonym,
        json.loads(row.leaf)["role"],
        row.project,
        row.external_id,
        row.item_uuid,
        row.kind,
        row.queue,
        saw,
        _proposal(row, taxonomy) if saw == "proposal" else "",
        _shortest(row.confidence) if manifest["confidence"] and row.confidence is not None else "",
        row.guideline,
        row.taxonomy,
        row.model_card,
        rights.get((row.project_id, manifest["rights"])),
        row.verdict,
        _in_words(said["output"], taxonomy) if said else ERASED,
        " ".join(sent.get("error_categories") or ()),
        sent.get("rationale") if said else ERASED,
        row.escalated_to,
        row.mode,
        row.via,
        row.active_ms,
        timestamp(row.withdrawn_at) if row.withdrawn_at else "",
    ]


def _proposal(row: Row, taxonomy: dict[str, Any]) -> str:
    if row.prediction_body is None:
        return ERASED
    return _in_words(json.loads(row.prediction_body)["prediction"], taxonomy)


def _in_words(output: Any, taxonomy: dict[str, Any]) -> str:
    return "; ".join(f"{term}: {word}" if term else word for term, word, _colour in words_of(output, taxonomy))


def _shortest(value: Any) -> str:
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


RECORDS = Records(frozenset({"reviews.decision_submitted"}), COLUMNS, _cells)
