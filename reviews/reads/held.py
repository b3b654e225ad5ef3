"""What a claim holds: everything that the page or the program needs to decide, as it was when it was claimed."""

import datetime as dt
import json
import re
import uuid
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from audit.models.sql import Row, ask, postgres
from reviews.models import SHOWS_PRIOR
from reviews.reads.complaints import Complaint, complaint_of
from reviews.reads.levels import guidance_of
from reviews.reads.prior import Prior
from reviews.reads.published import published_body, rights_of
from reviews.reads.retired import retired_in, taxonomy_within
from reviews.reads.sent import sent_of
from reviews.reads.veils import Veil, veil_of_seat
from reviews.rights import Rights

SPACED = re.compile(r" (=|<=|>=|<>|>|<) | ?([()]) ?")
NAMED = re.compile(r"(?<=[\w)]) AS (?=[a-z])")  # what a column is called needs no word before it
LOOK = """
{first}SELECT s.id AS seat_id, s.number AS seat_number, s.slot, s.lease_until, s.claim_id,
    s.place AS seat_place, s.person_id, s.lane_id, s.rank, s.due_at, s.apart,
    t.id AS task_id, t.uuid AS task_uuid, t.kind, t.wanted, t.state AS task_state, t.after_id, {line},
    i.id AS item_id, i.uuid AS item_uuid, i.external_id, i.impact, i.received_at,
    i.decide_by, i.body AS item_body, i.commitment AS item_commitment,
    pr.body AS prediction_body, pr.commitment AS prediction_commitment, pr.confidence,
    mv.uuid AS model_uuid, mv.name AS model_name, mv.version AS model_version,
    rv.number AS rights_number, rv.digest AS rights_digest, nv.digest AS standing_digest,
    q.uuid AS queue_uuid, q.slug AS queue_slug, q.name AS queue_name, q.level AS queue_level,
    p.id AS project_id, p.uuid AS project_uuid, p.slug AS project_slug, p.name AS project_name, p.task_type,
    l.id AS log_id, l.origin,
    tv.id AS taxonomy_id, tv.digest AS taxonomy_digest,
    gv.id AS guideline_id, gv.digest AS guideline_digest, gv.to_acknowledge, ak.id AS acknowledged_id,
    mc.id AS card_id, mc.digest AS card, mc.asks AND ka.id IS NULL AS card_due, au.digest AS audits,
    su.show_prediction, su.show_confidence, su.blur, su.grey, su.mute, su.may_lift, su.hard_items, su.hard_minutes,
    su.break_minutes, pf.blur AS own_blur, pf.grey AS own_grey, pf.mute AS own_mute, pf.holds,
    ex.since_at AS exposed_since_at, ex.items AS exposed_items, ex.last_at AS exposed_last_at,
    c.id AS looked_claim_id, c.person_id AS claimant_id, c.token, c.claimed_at, ps.manifest,
    op.opened_at, dr.body AS draft_body,
    (SELECT {join}(role, ' ') FROM accounts_membership WHERE project_id = p.id AND person_id = %s
        AND from_at <= %s AND (until_at IS NULL OR until_at > %s)) AS roles
FROM {source}
JOIN reviews_task t ON t.id = s.task_id
JOIN reviews_item i ON i.id = s.item_id
JOIN accounts_project p ON p.id = i.project_id
JOIN audit_log l ON l.id = p.log_id
JOIN reviews_queue q ON q.id = t.queue_id
JOIN reviews_setup su ON su.project_id = p.id
JOIN reviews_route r ON r.item_id = i.id
    AND r.number = (SELECT max(o.number) FROM reviews_route o WHERE o.item_id = i.id)
JOIN reviews_rightsversion rv ON rv.id = r.rights_id
JOIN reviews_rightsversion nv ON nv.project_id = p.id
    AND nv.number = (SELECT max(o.number) FROM reviews_rightsversion o WHERE o.project_id = p.id)
LEFT JOIN reviews_prediction pr ON pr.item_id = i.id AND pr.purpose = 'route'
LEFT JOIN guidelines_modelversion mv ON mv.id = pr.model_version_id
LEFT JOIN reviews_claim c ON c.id = {claim}
LEFT JOIN reviews_presentation ps ON ps.claim_id = c.id
LEFT JOIN reviews_opening op ON op.claim_id = c.id
LEFT JOIN reviews_draft dr ON dr.task_id = t.id AND dr.person_id = %s
LEFT JOIN accounts_preference pf ON pf.person_id = %s
LEFT JOIN reviews_exposure ex ON ex.person_id = %s
JOIN guidelines_guidelinesetup gs ON gs.project_id = p.id
JOIN guidelines_taxonomyversion tv ON tv.id = COALESCE(ps.taxonomy_id, gs.taxonomy_id)
LEFT JOIN guidelines_guidelineversion gv
    ON gv.id = CASE WHEN ps.claim_id IS NULL THEN gs.guideline_id ELSE ps.guideline_id END
LEFT JOIN guidelines_guidelineacknowledgement ak ON ak.version_id = gv.id AND ak.person_id = %s
LEFT JOIN guidelines_modelcard mc ON mc.model_id = mv.id AND mc.ended_at IS NULL
LEFT JOIN guidelines_cardacknowledgement ka ON ka.card_id = mc.id AND ka.person_id = %s
LEFT JOIN reviews_audited au ON au.model_id = mv.id
WHERE {where}
"""
AS_IT_STANDS = {"first": "", "source": "reviews_seat s", "line": "t.sseq AS task_sseq, t.head AS task_head, 0 AS place"}
BY_SEAT = {**AS_IT_STANDS, "claim": "s.claim_id", "where": "s.id = %s"}
BY_TOKEN = {
    **AS_IT_STANDS,
    "claim": "(SELECT x.id FROM reviews_claim x WHERE x.token = %s)",
    "where": "s.id = (SELECT x.seat_id FROM reviews_claim x WHERE x.token = %s)",
}
BY_TAKING = {
    "first": "WITH k AS ({take}) ",
    "source": "k JOIN reviews_seat s ON s.id = k.seat_id",
    "line": "k.sseq AS task_sseq, k.head AS task_head, k.place",  # as locked, not as found
    "claim": "s.claim_id",
    "where": "1 = 1",
}


@dataclass(frozen=True)
class TaskOf:
    """The task of a claim."""

    uuid: uuid.UUID
    kind: str
    queue: str
    queue_name: str
    project: str
    project_name: str
    task_type: str


@dataclass(frozen=True)
class ItemOf:
    """The item of a claim; `data` is what was sent, {} where it is gone."""

    uuid: uuid.UUID
    external_id: str
    data: dict[str, Any]
    segments: dict[str, str]
    impact: str
    received_at: dt.datetime


@dataclass(frozen=True)
class Held:
    """A claim with what it shows. `proposal` and `confidence` are None where hidden or absent (`hidden` tells).

    `veil` is what hard content is shown under: as the claim said, or more where its person now wants more. `guidance`
    is the note with which a higher level returned the item.
    """

    token: uuid.UUID
    until: dt.datetime
    slot: str
    opened: bool
    task: TaskOf
    item: ItemOf
    presentation: dict[str, Any]
    proposal: Any
    hidden: bool
    confidence: str | None
    model: str | None
    due_at: dt.datetime | None
    prior: list[Prior]
    taxonomy: dict[str, Any]
    allowed: list[str]
    reason_for: list[str]
    draft: dict[str, Any] | None = None
    seat_number: int = 1
    wanted: int = 1
    roles: list[str] = field(default_factory=list)
    veil: Veil = field(default_factory=Veil)
    guidance: str = ""
    complaint: Complaint | None = None


def look_at_seat(seat_id: int, person_id: int, at: dt.datetime) -> Row | None:
    """Read a seat with its task, item, route, versions, claim, and this person's roles; one statement, no lock."""
    return _look(BY_SEAT, [person_id, at, at, *[person_id] * 5, seat_id])


def look_at_taken(take: str, taking: list[Any], person_id: int, at: dt.datetime) -> Row | None:
    """Take a seat and read it, as `look_at_seat`, in one statement.

    `take` locks an open seat with its task and gives (seat_id, sseq, head, place in the line).
    """
    how = {**BY_TAKING, "first": BY_TAKING["first"].format(take=take)}
    return _look(how, [*taking, person_id, at, at, *[person_id] * 5])


def look_at_claim(token: uuid.UUID, person_id: int, at: dt.datetime) -> Row | None:
    """Read the seat of a claim, as `look_at_seat`, with that claim's manifest even when it has ended."""
    return _look(BY_TOKEN, [person_id, at, at, token, *[person_id] * 5, token])


def look_all(how: dict[str, str], params: list[Any]) -> list[Row]:
    """Read seats in one of the ways above."""
    rows = ask(written(postgres(), **how), params)
    for seen in rows:
        seen.roles = sorted((seen.roles or "").split())
        seen.rights_body = published_body("reviews_rightsversion", seen.rights_digest)
        seen.standing_body = published_body("reviews_rightsversion", seen.standing_digest)
        seen.taxonomy_body = published_body("guidelines_taxonomyversion", seen.taxonomy_digest)
    return rows


@lru_cache(maxsize=64)
def written(on_postgres: bool, **how: str) -> str:
    """Give the statement in few characters: psycopg keeps what it made of a statement of less than 4,096."""
    words = LOOK.format(join="string_agg" if on_postgres else "group_concat", **how).split()
    short = " ".join(words).replace(", ", ",")
    return SPACED.sub(r"\1\2", NAMED.sub(" ", short))


def _look(how: dict[str, str], params: list[Any]) -> Row | None:
    found = look_all(how, params)
    return found[0] if found else None


def hides_proposal(seen: Row) -> bool:
    """Tell whether a seat is blind to the model's proposal: as its claim said, else as the project is set up now.

    A re-review always is: the model's answer may be the very one that is decided anew.
    """
    if seen.manifest is not None:
        return bool(json.loads(seen.manifest)["prediction"] == "hidden")
    blind = seen.kind == "audit" and rights_of(seen.rights_body).audit.blind
    return bool(blind or seen.kind == "rereview" or not seen.show_prediction)


def verdicts_for(rights: Rights, queue: str, roles: list[str], kind: str = "") -> tuple[list[str], list[str]]:
    """Give what these roles may say in a queue, and for which of it a reason is asked.

    An appeal ends with whoever hears it, so it is not escalated, and with grounds, so every verdict asks for a reason.
    """
    rows = [row for row in rights.verdicts if row.queue == queue and row.role in roles]
    allowed = [
        verdict
        for verdict in ("approve", "correct", "reject", "escalate", "skip")
        if any(verdict in row.allow for row in rows)
    ]
    if kind == "appeal":
        allowed = [verdict for verdict in allowed if verdict != "escalate"]
        return allowed, sorted(allowed)
    return allowed, sorted({verdict for row in rows for verdict in row.reason_for})


def said_of(seen: Row) -> tuple[list[str], list[str]]:
    """Give what a looked-at seat's person may say of it, and for which of it a reason is asked.

    What was escalated may be returned to the level below; that, and handing it up again, always takes a reason.
    """
    allowed, reasons = verdicts_for(rights_of(seen.standing_body), seen.queue_slug, seen.roles, seen.kind)
    if seen.kind != "escalation" or not allowed:
        return allowed, reasons
    return [*allowed, "return"], sorted({*reasons, "return", "escalate"})


def held(seen: Row, *, prior: list[Prior], manifest: dict[str, Any]) -> Held:
    """Shape a looked-at seat into what its claimant may see."""
    hidden = manifest["prediction"] == "hidden"
    proposed = json.loads(seen.prediction_body)["prediction"] if seen.prediction_body and not hidden else None
    allowed, reasons = said_of(seen)
    taxonomy = taxonomy_within(seen.project_id, seen.taxonomy_digest, seen.taxonomy_body)
    complaint = _complaint(seen, manifest)
    stands = complaint is not None and complaint.said(seen.task_type, proposed)
    if proposed is None or (retired_in(seen.task_type, proposed, taxonomy) and not stands):
        allowed = [verdict for verdict in allowed if verdict != "approve"]
    named = {entry["decision"] for entry in manifest.get("prior", [])}
    return Held(
        token=seen.token,
        until=seen.lease_until,
        slot=seen.slot,
        opened=seen.opened_at is not None,
        task=_task_of(seen),
        item=_item_of(seen),
        presentation=manifest,
        proposal=proposed,
        hidden=hidden,
        confidence=_shortest(seen.confidence) if manifest["confidence"] else None,
        model=f"{seen.model_name} {seen.model_version}" if seen.model_name else None,
        due_at=due(seen.due_at, seen.received_at),
        prior=[replace(one, who=one.name) if manifest.get("names") else one for one in prior if str(one.uuid) in named],
        taxonomy=taxonomy,
        allowed=allowed,
        reason_for=reasons,
        draft=json.loads(seen.draft_body) if seen.draft_body else None,
        seat_number=seen.seat_number,
        wanted=seen.wanted,
        roles=seen.roles,
        veil=veil_of_seat(seen).over(manifest.get("veil", [])),
        guidance=guidance_of(seen.task_id) if seen.kind in {"work", "audit"} and seen.after_id else "",
        complaint=complaint,
    )


def _complaint(seen: Row, manifest: dict[str, Any]) -> Complaint | None:
    """Read the appeal that a seat hears, with the outcome that its manifest names."""
    shown = manifest.get("appeal")
    return complaint_of(seen.task_id, shown["outcome"]["outcome"]) if shown else None


def _task_of(seen: Row) -> TaskOf:
    """Name the task; a second review reads as a review, since its person must not know that there was a first."""
    kind = seen.kind if seen.kind in {"work", "audit", *SHOWS_PRIOR} else "work"
    queue, project = (seen.queue_slug, seen.queue_name), (seen.project_slug, seen.project_name)
    return TaskOf(seen.task_uuid, kind, *queue, *project, seen.task_type)


def _item_of(seen: Row) -> ItemOf:
    body = sent_of(seen.item_body)
    data, segments = body.get("data", {}), body.get("segments", {})
    return ItemOf(seen.item_uuid, seen.external_id, data, segments, seen.impact, seen.received_at)


NEVER_DUE = dt.timedelta(days=3650)


def due(due_at: dt.datetime, since: dt.datetime) -> dt.datetime | None:
    """Give the time a seat is due, or None where no service level sets one (it then stands ten years off)."""
    return due_at if due_at - since < NEVER_DUE / 2 else None


def _shortest(value: Any) -> str:
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
