"""Taking a claim back: operations end what another person holds."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project
from accounts.reads import Actor
from audit.models.sql import ask_one
from reviews.actions.ending import end_claims
from reviews.actions.governing import entitled
from reviews.errors import ClaimOver, ReasonMissing

LONGEST_REASON = 1000
FIND = """
SELECT s.id AS seat_id FROM reviews_claim c JOIN reviews_seat s ON s.claim_id = c.id
JOIN reviews_item i ON i.id = s.item_id WHERE c.token = %s AND i.project_id = %s AND s.state = 'leased'
"""


@transaction.atomic
def take_back(*, project: Project, token: uuid.UUID, reason: str, by: Actor, at: dt.datetime) -> None:
    """End a claim that somebody holds: its seat waits for anyone again, what they typed is kept. Locks task, seat.

    The ledger keeps who ended it, and why.

    Raises:
        Forbidden: the actor may not govern this project.
        ReasonMissing: no reason is given, or one of more than 1,000 characters.
        ClaimOver: the project has no such claim, or it has ended.
    """
    by = entitled(project=project, by=by, at=at)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonMissing(fields=[("reason", _("A reason has 1 to %(n)d characters.") % {"n": LONGEST_REASON})])
    found = ask_one(FIND, [token, project.pk])
    if found is None or not end_claims([found.seat_id], reason="ended", by=by, at=at, tokens=[token], why=reason):
        raise ClaimOver
