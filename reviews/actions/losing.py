"""Why a claim counts no more, for the person who had it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.models.sql import ask_one
from reviews.errors import ClaimLost

STATE = "SELECT i.state FROM reviews_seat s JOIN reviews_item i ON i.id = s.item_id WHERE s.id = %s"
WITHDRAWN = gettext_noop(
    "The system that sent this item has withdrawn it, so nothing is left to decide. Take the next one; what you typed "
    "is kept."
)


def lost(seat_id: int, otherwise: str | None = None) -> ClaimLost:
    """Give the refusal of a claim on this seat; `otherwise` is its sentence where the item still waits."""
    row = ask_one(STATE, [seat_id])
    return ClaimLost(_(WITHDRAWN) if row is not None and row.state == "withdrawn" else otherwise)
