"""A claim by hand: the fewest reads that find a seat safely, and the very writes of hitl's claim.

Peek the lane, scan and lock one seat, write event, payloads and pending, write claim, presentation, lease and head:
four statements, prepared. The leaf is made here as its writer would make it, by json and hashlib alone.
"""

# ruff: noqa: E501 - statements read best unbroken

import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
import time
import uuid
from typing import Any

import psycopg

PEEK = """
SELECT pl.lane_id, coalesce(w.rank, -1), coalesce(w.due_at, '0002-01-01Z'::timestamptz), coalesce(w.seat_id, 0)
FROM reviews_personlane pl
JOIN accounts_membership m ON m.id = pl.membership_id AND m.from_at <= %(at)s AND (m.until_at IS NULL OR m.until_at > %(at)s)
JOIN reviews_lane l ON l.id = pl.lane_id
LEFT JOIN reviews_watermark w ON w.person_id = pl.person_id AND w.lane_id = pl.lane_id AND w.drop_at > %(at)s
CROSS JOIN LATERAL (
    SELECT s.rank, s.due_at FROM reviews_seat s WHERE s.lane_id = pl.lane_id AND s.state = 'open'
        AND (s.rank, s.due_at, s.id) > (coalesce(w.rank, -1), coalesce(w.due_at, '0002-01-01Z'::timestamptz), coalesce(w.seat_id, 0))
    ORDER BY s.rank, s.due_at, s.id LIMIT 1) h
WHERE pl.person_id = %(person)s AND l.queue_id = %(queue)s ORDER BY h.rank, h.due_at LIMIT 1
"""
SCAN = """
WITH taken AS (
    SELECT s.id, t.id AS task_id, t.uuid, t.sseq, t.head, t.kind, s.number, s.item_id, q.uuid AS queue_uuid
    FROM (SELECT o.id, o.rank, o.due_at FROM reviews_seat o WHERE o.lane_id = %(lane)s AND o.state = 'open'
            AND (o.rank, o.due_at, o.id) > (%(rank)s, %(due)s::timestamptz, %(seat)s)
          ORDER BY o.rank, o.due_at, o.id LIMIT 64) c
    JOIN reviews_seat s ON s.id = c.id JOIN reviews_task t ON t.id = s.task_id JOIN reviews_queue q ON q.id = t.queue_id
    WHERE s.state = 'open'
        AND NOT EXISTS (SELECT 1 FROM reviews_seat x WHERE x.task_id = s.task_id AND x.person_id = %(person)s
            AND x.state IN ('leased', 'decided'))
        AND (NOT s.apart OR NOT EXISTS (SELECT 1 FROM reviews_seat x WHERE x.item_id = s.item_id
            AND x.person_id = %(person)s AND x.apart AND x.state IN ('leased', 'decided')))
    ORDER BY c.rank, c.due_at, c.id LIMIT 1 FOR NO KEY UPDATE OF t, s SKIP LOCKED)
SELECT taken.*, i.uuid, i.commitment, p.commitment, mv.uuid
FROM taken JOIN reviews_item i ON i.id = taken.item_id
LEFT JOIN reviews_prediction p ON p.item_id = i.id AND p.purpose = 'route'
LEFT JOIN guidelines_modelversion mv ON mv.id = p.model_version_id
"""
EVENT = """
WITH written AS (
    INSERT INTO audit_event (event_id, log_id, recorded_at, leaf, leaf_hash, stream, sseq, type, actor, project)
    VALUES (%(id)s, %(log)s, %(at)s, %(leaf)s, %(hash)s, %(stream)s, %(sseq)s, 'reviews.claimed', %(actor)s, %(project)s)
    RETURNING id
), told AS (
    INSERT INTO audit_payload (event_id, section, salt, body)
    SELECT written.id, x.section, x.salt, x.body
    FROM written, (VALUES ('claim', %(salt1)b::bytea, %(body1)b::bytea), ('presentation', %(salt2)b::bytea, %(body2)b::bytea)) x(section, salt, body)
), waiting AS (INSERT INTO audit_pending (event_id) SELECT id FROM written)
SELECT id FROM written
"""
LEASE = """
WITH made AS (
    INSERT INTO reviews_claim (token, seat_id, task_id, person_id, via, claimed_at, event_id)
    VALUES (%(token)s, %(seat)s, %(task)s, %(person)s, 'api', %(at)s, %(event)s) RETURNING id
), shown AS (
    INSERT INTO reviews_presentation (claim_id, taxonomy_id, guideline_id, card_id, manifest)
    SELECT id, %(taxonomy)s::bigint, NULL, NULL, %(manifest)b::bytea FROM made
), moved AS (UPDATE reviews_task SET sseq = %(sseq)s, head = %(head)s WHERE id = %(task)s)
UPDATE reviews_seat SET state = 'leased', person_id = %(person)s, slot = 'prefetch', lease_until = %(until)s,
    claim_id = (SELECT id FROM made) WHERE id = %(seat)s
"""


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def uuid7() -> uuid.UUID:
    chance = secrets.randbits(74)
    return uuid.UUID(
        int=(time.time_ns() // 1_000_000 << 80)
        | (0x7 << 76)
        | (chance >> 62 << 64)
        | (0b10 << 62)
        | chance & (1 << 62) - 1
    )


def commit(section: str, salt: bytes, body: bytes) -> str:
    return hmac.digest(salt, b"hitl-audit/payload/v1\n" + section.encode() + b"\n" + body, "sha256").hex()


def claim(connection: psycopg.Connection, about: dict[str, Any], person: int, actor: str) -> uuid.UUID | None:
    """Claim the next seat of a queue, again where others took all that was looked at.

    `about` holds what a program keeps in memory: log, project, versions.
    """
    tries = (_claim(connection, about, person, actor) for _ in range(9))
    return next(filter(None, tries), None)


def _claim(connection: psycopg.Connection, about: dict[str, Any], person: int, actor: str) -> uuid.UUID | None:
    at = dt.datetime.now(dt.UTC)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(PEEK, {"at": at, "person": person, "queue": about["queue"]}, prepare=True)
        found = cursor.fetchone()
        if found is None:
            return None
        lane, rank, due, seat = found
        cursor.execute(SCAN, {"lane": lane, "rank": rank, "due": due, "seat": seat, "person": person}, prepare=True)
        found = cursor.fetchone()
        if found is None:
            return None
        seat, task, task_uuid, sseq, head, kind, number, _item, queue_uuid, item_uuid, committed, predicted, model = (
            found
        )
        token, event, stream = uuid7(), uuid7(), f"task/{task_uuid}"
        manifest = encode({**about["manifest"], "item": committed.hex(), "prediction": predicted.hex()})
        told = encode({"token": str(token), "slot": "prefetch", "seat": number})
        salt1, salt2 = os.urandom(32), os.urandom(32)
        leaf = encode(
            {
                "v": 1, "log": about["origin"], "id": str(event), "ts": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "type": "reviews.claimed", "actor": actor, "role": "reviewer", "via": "api", "proj": about["project"],
                "tags": {"item": str(item_uuid), "queue": str(queue_uuid), "model": str(model), "rights": 1, "kind": kind, "source": None},
                "stream": stream, "sseq": sseq + 1, "sprev": head.hex() if head else None,
                "pay": {"claim": commit("claim", salt1, told), "presentation": commit("presentation", salt2, manifest)},
            }
        )  # fmt: skip
        digest = hashlib.sha256(b"\x00" + leaf).digest()
        cursor.execute(
            EVENT,
            {
                "id": event, "log": about["log"], "at": at, "leaf": leaf, "hash": digest, "stream": stream, "sseq": sseq + 1,
                "actor": actor, "project": about["project_uuid"], "salt1": salt1, "body1": told, "salt2": salt2, "body2": manifest,
            },
            prepare=True,
        )  # fmt: skip
        row = cursor.fetchone()
        assert row is not None
        cursor.execute(
            LEASE,
            {
                "token": token, "seat": seat, "task": task, "person": person, "at": at, "event": row[0],
                "taxonomy": about["taxonomy"], "manifest": manifest, "sseq": sseq + 1, "head": digest,
                "until": at + dt.timedelta(minutes=2),
            },
            prepare=True,
        )  # fmt: skip
    return token
