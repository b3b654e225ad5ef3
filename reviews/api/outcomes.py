"""Outcomes out, in order."""

from django.http import HttpRequest, HttpResponse

from accounts.errors import Forbidden
from accounts.models import Scope
from accounts.policies import role_in
from reviews.api.answering import answer
from reviews.api.asking import Call, api, in_project
from reviews.errors import BadQuery
from reviews.policies import may_follow_outcomes
from reviews.reads.feed import feed

MOST, USUAL = 1000, 100
LAST = 2**63 - 1


@api("GET")
def outcomes(request: HttpRequest, project: str) -> HttpResponse:
    """Show released outcomes after a cursor; the same cursor gives the same ones again."""
    call = in_project(request, project, Scope.OUTCOMES_READ)
    _check(call)
    after = _number(request, "cursor", 0, 0, LAST)
    found = feed(call.project.pk, after=after, limit=_number(request, "limit", USUAL, 1, MOST))
    return answer({"outcomes": found, "next_cursor": str(found[-1]["position"] if found else after)})


def _check(call: Call) -> None:
    """See that a person who asks is not asked themselves.

    Raises:
        Forbidden: they review or adjudicate here, or their role does not look at items.
    """
    person = call.by.person_id
    if person is not None and not may_follow_outcomes(role_in(person, call.project.pk, call.at)):
        raise Forbidden("Whoever may still be asked about items does not follow their outcomes.")


def _number(request: HttpRequest, name: str, usual: int, least: int, most: int) -> int:
    """Read a number of the query.

    Raises:
        BadQuery: it is none, or out of range.
    """
    text = request.GET.get(name, "") or str(usual)
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and least <= int(text) <= most):
        numbers = f"a whole number from {least} to {most:,}"
        said = "the next_cursor of an earlier answer" if name == "cursor" else numbers
        raise BadQuery(f"{name} has to be {said}.", fields=[(name, f"This has to be {said}.")])
    return int(text)
