"""Earlier decisions, as a seat that settles between them is shown them."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.models.sql import ask
from reviews.models import SHOWS_PRIOR

PRIOR = """
SELECT d.uuid, d.verdict, d.body, d.commitment, d.person_id, d.decided_at, t.kind, p.name, su.names_to_adjudicator
FROM reviews_decision d
JOIN reviews_task t ON t.id = d.task_id
JOIN reviews_item i ON i.id = t.item_id JOIN reviews_setup su ON su.project_id = i.project_id
JOIN accounts_person p ON p.id = d.person_id
JOIN reviews_seat s ON s.id = d.seat_id AND s.claim_id = d.claim_id AND s.state = 'decided'
WHERE t.item_id = %s AND t.id <> %s AND t.kind IN ('work', 'second', 'learning', 'escalation', 'adjudication')
ORDER BY d.id
"""


@dataclass(frozen=True)
class Prior:
    """An earlier decision that the presentation names; `who` is a neutral name, the same through the page.

    `name` is the person's own, which the page says in its place where `named`: as the project is set up now.
    """

    uuid: uuid.UUID
    who: str
    verdict: str
    output: Any
    rationale: str | None
    differences: list[dict[str, Any]]
    decided_at: dt.datetime
    commitment: str
    kind: str
    name: str
    named: bool


def prior_of(item_id: int, task_id: int, kind: str) -> list[Prior]:
    """List the standing decisions that a seat of this task is shown; none but for adjudication, escalation, appeal.

    Those of its own task are not among them: who decides beside others decides independently.
    """
    if kind not in SHOWS_PRIOR:
        return []
    names: dict[int, str] = {}
    found = []
    for row in ask(PRIOR, [item_id, task_id]):
        who = names.setdefault(row.person_id, _("Reviewer %(n)d") % {"n": len(names) + 1})
        body = json.loads(row.body) if row.body else {"sent": {}, "output": None, "differences": []}
        found.append(
            Prior(
                row.uuid,
                who,
                row.verdict,
                body["output"],
                body["sent"].get("rationale"),
                body["differences"],
                row.decided_at,
                row.commitment.hex(),
                row.kind,
                row.name,
                bool(row.names_to_adjudicator),
            )
        )
    return found
