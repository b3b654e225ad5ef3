"""Appeals, as those who hear them see them, and as whoever sent them asks after them."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from audit.models.sql import Row, ask, ask_one
from reviews.outputs import same
from reviews.reads.published import rights_of
from reviews.rights import duration

COMPLAINT = """
SELECT a.uuid, a.body, a.commitment, a.received_at, o.uuid AS over_uuid, o.number, o.source, o.body AS over_body,
    o.commitment AS over_commitment
FROM reviews_appeal a JOIN reviews_outcome o ON o.item_id = a.item_id AND {which}
WHERE a.task_id = %s ORDER BY o.number DESC LIMIT 1
"""
APPEALS = """
SELECT a.uuid, a.external_id, a.body, a.received_at, a.person_id, b.number AS over, t.state AS task_state,
    d.decided_at, d.verdict, d.body AS said, o.number, o.released_at, rv.body AS rights_body,
    (SELECT count(*) FROM reviews_seat s WHERE s.task_id = t.id AND s.state = 'leased') AS sitting
FROM reviews_appeal a JOIN reviews_task t ON t.id = a.task_id JOIN reviews_outcome b ON b.id = a.over_id
JOIN reviews_route r ON r.item_id = a.item_id
    AND r.number = (SELECT max(x.number) FROM reviews_route x WHERE x.item_id = a.item_id)
JOIN reviews_rightsversion rv ON rv.id = r.rights_id
LEFT JOIN reviews_outcome o ON o.task_id = t.id AND o.annulled_at IS NULL
LEFT JOIN reviews_decision d ON d.id = (SELECT max(x.id) FROM reviews_decision x
    WHERE x.task_id = t.id AND t.state = 'settled' AND x.verdict IN ('approve', 'correct', 'reject'))
WHERE a.item_id = %s{which} ORDER BY a.id DESC
"""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody hears: the complaint, and the answer that it is about. `grounds` is None where it was erased."""

    uuid: uuid.UUID
    grounds: str | None
    sender: str
    received_at: dt.datetime
    number: int
    source: str
    output: Any
    shown: dict[str, Any]

    def said(self, task_type: str, output: Any) -> bool:
        """Tell whether an answer says the same as the one that this is about; a rejection says nothing."""
        return self.output is not None and output is not None and same(task_type, self.output, output)


def complaint_of(task_id: int, outcome: str = "") -> Complaint:
    """Read the appeal that a task hears, and the outcome it is measured by: the one that is named, else the newest."""
    which, named = ("o.uuid = %s", [uuid.UUID(outcome)]) if outcome else ("o.annulled_at IS NULL", [])
    row = ask_one(COMPLAINT.format(which=which), [*named, task_id])
    assert row is not None
    told = json.loads(row.body) if row.body is not None else {}
    shown = {
        "appeal": str(row.uuid),
        "commitment": row.commitment.hex(),
        "outcome": {"outcome": str(row.over_uuid), "commitment": row.over_commitment.hex()},
    }
    output = json.loads(row.over_body)["output"] if row.over_body is not None else None
    return Complaint(
        row.uuid, told.get("grounds"), told.get("from", ""), row.received_at, row.number, row.source, output, shown
    )


def upholds(seen: Row, output: Any) -> bool:
    """Tell whether a looked-at seat hears an appeal, and an answer says the same as the outcome that it was shown."""
    shown = json.loads(seen.manifest).get("appeal") if seen.kind == "appeal" and seen.manifest is not None else None
    return shown is not None and complaint_of(seen.task_id, shown["outcome"]["outcome"]).said(seen.task_type, output)


@dataclass(frozen=True, slots=True)
class Appealed:
    """An appeal and where it stands: waiting, in_hearing, upheld or overturned.

    It ends once what was decided can no longer be taken back: upheld, the outcome stands, or overturned, outcome
    `outcome` supersedes it. `reasons` are the grounds of that end. `grounds` is None where the text was erased.
    """

    uuid: uuid.UUID
    external_id: str | None
    grounds: str | None
    sender: str
    received_at: dt.datetime
    over: int
    state: str
    reasons: str | None
    ended_at: dt.datetime | None
    outcome: int | None


def appeals_of(item_id: int, at: dt.datetime, which: uuid.UUID | None = None) -> list[Appealed]:
    """List the appeals on an item, or one of them, newest first; one statement."""
    named = [] if which is None else [which]
    return [_appealed(row, at) for row in ask(APPEALS.format(which=" AND a.uuid = %s" * len(named)), [item_id, *named])]


def _appealed(row: Row, at: dt.datetime) -> Appealed:
    told = json.loads(row.body) if row.body is not None else {}
    state, ended = _state(row, at)
    said = json.loads(row.said)["sent"] if ended and row.said is not None else {}
    return Appealed(
        row.uuid,
        row.external_id,
        told.get("grounds"),
        told.get("from", ""),
        row.received_at,
        row.over,
        state,
        said.get("rationale"),
        ended,
        row.number if state == "overturned" else None,
    )


def _state(row: Row, at: dt.datetime) -> tuple[str, dt.datetime | None]:
    """Say where an appeal stands, and when it ended."""
    if row.task_state == "settled" and row.released_at is not None:
        return "overturned", row.released_at
    if row.task_state == "settled" and row.number is None:
        final = row.decided_at + duration(rights_of(row.rights_body).release_after)
        if at > final:
            return "upheld", final
    return ("in_hearing" if row.task_state == "settled" or row.sitting else "waiting"), None
