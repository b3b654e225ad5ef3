"""Read decision rights: to be published, or as published."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from audit.errors import NotCanonical
from reviews.errors import BadRights

from .arms import filled
from .checks import problems_in
from .shape import ADJUDICATION, VERDICTS, Condition, Rights, Rule, Verdicts
from .wire import Unreadable, shaped

STARTING: dict[str, Any] = {
    "v": 1,
    "routing": [],
    "otherwise": {"arm": "review", "queue": "general"},
    "no_confidence": {"arm": "review", "queue": "general"},
}
"""What a project begins with: people decide everything."""


def read(sent: bytes | Mapping[str, Any], *, queues: Mapping[str, int], task_type: str | None = None) -> Rights:
    """Read a document that is to be published: check everything, then fill in the defaults that are hashed.

    Args:
        sent: JSON in UTF-8, at most 1 MiB, or the object read from it. Numbers in values and rates may be JSON
            numbers or text; they are kept as text, a number as its shortest.
        queues: level of each queue of the project, by slug; `adjudication` is always one of them.
        task_type: the project's, which says what measures of disagreement fit; None where no project is known.

    Returns:
        The document; its `body` and `digest` are what is published.

    Raises:
        BadRights: `fields` holds every problem, the path as in `routing[0].when[1].op` ("" is the whole document).
    """
    try:
        rights = _filled(shaped(sent), queues)
        problems = list(problems_in(rights, queues, task_type))
        problems or rights.body  # noqa: B018 - a text without an exact form shows here
    except Unreadable as problem:
        problems = problem.problems
    except NotCanonical as problem:
        problems = [("", problem.sentence)]
    if problems:
        raise BadRights(_sentence(problems), fields=problems)
    return rights


def load(body: bytes) -> Rights:
    """Read a published document back, without checking it again: the queues may have changed since."""
    return msgspec.json.decode(body, type=Rights)


def _sentence(problems: list[tuple[str, str]]) -> str:
    path, message = problems[0]
    more = len(problems) - 1
    rest = " " + _("And %(n)d more.") % {"n": more} if more else ""
    return f"{_(BadRights.sentence)} {f'{path}: ' if path else ''}{message}{rest}"


def _filled(rights: Rights, queues: Mapping[str, int]) -> Rights:
    no_confidence = filled(rights.no_confidence)
    audit = rights.audit
    return msgspec.structs.replace(
        rights,
        routing=tuple(_rule(rule) for rule in rights.routing),
        otherwise=filled(rights.otherwise),
        no_confidence=no_confidence,
        high_impact=filled(rights.high_impact) if rights.high_impact else no_confidence,
        verdicts=rights.verdicts + _verdicts_left_out(rights, queues),
        overrides=tuple(
            msgspec.structs.replace(
                row, when=_conditions(row.when), second_person_when=_conditions(row.second_person_when)
            )
            for row in rights.overrides
        ),
        audit=msgspec.structs.replace(audit, queue=audit.queue or no_confidence.queue or ADJUDICATION),
    )


def _rule(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, when=_conditions(rule.when), then=filled(rule.then))


def _conditions(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Fill in the value of `exists`: true."""
    return tuple(
        msgspec.structs.replace(part, value="true") if part.op == "exists" and part.value is None else part
        for part in conditions
    )


def _verdicts_left_out(rights: Rights, queues: Mapping[str, int]) -> tuple[Verdicts, ...]:
    """Give a queue without a row one: all verdicts, for reviewers, in `adjudication` for adjudicators."""
    left = sorted(set(queues) - {row.queue for row in rights.verdicts})
    return tuple(
        Verdicts(queue=queue, role="adjudicator" if queue == ADJUDICATION else "reviewer", allow=VERDICTS)
        for queue in left
    )
