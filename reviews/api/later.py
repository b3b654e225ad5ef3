"""Calls of a later version: their addresses stand, and refuse in a sentence."""

from django.http import HttpRequest, HttpResponse

from accounts.models import Scope
from audit.errors import Refusal
from reviews.api.asking import api, in_project


class NotYet(Refusal):
    """This version does not take this call."""

    code = "not_yet"
    sentence = "This cannot be done yet. Come back to it with a later version; nothing was kept."


@api("GET")
def decisions(request: HttpRequest, project: str) -> HttpResponse:
    """Refuse the list of decisions."""
    in_project(request, project, Scope.AUDIT_READ)
    raise NotYet("Decisions cannot be listed yet. Read their outcomes, or ask again with a later version.")


@api("GET")
def ledger(request: HttpRequest, project: str) -> HttpResponse:
    """Refuse the list of the ledger's events."""
    in_project(request, project, Scope.AUDIT_READ)
    raise NotYet("The ledger cannot be read here yet. Ask again with a later version; every event is kept until then.")
