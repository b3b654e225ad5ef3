"""What a document may say where it chooses between words: asked of the checks themselves, so that both agree."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from .arms import ARMS
from .checks import EVENTS, problems_in
from .conditions import OPERATORS
from .shape import Arm, Disagreement, EscalationRule, EscalationTarget, Rights

_KNOWN: dict[str, tuple[str, ...]] = {
    "arm": ARMS,
    "no_confidence.arm": ARMS,
    "high_impact.arm": ARMS,
    "op": OPERATORS,
    "on": EVENTS,
    "measure": ("exact", "labels", "boxes", "regions", "spans", "overlaps", "words", "events", "fields", "decisive"),
    "disagreement.then": ("another", "adjudicate"),
    "disagreement.finally": ("adjudicate",),
    "on_deadline": ("escalate", "hold", "withdraw"),
    "audit.correction": ("supersede", "record"),
}
_QUEUES = {"general": 0, "adjudication": 9}


def _probe(name: str, value: str) -> tuple[Rights, str]:
    """Make a document that says one word in one place, and give the path of that place."""
    review = Arm(arm="review", queue="general", decisions=1, second_share="0", skills=())
    rights = Rights(1, (), review, review, high_impact=review)
    put = msgspec.structs.replace
    audit = put(rights.audit, queue="general")
    if name.endswith(".arm"):
        section = name.removesuffix(".arm")
        return put(rights, **{section: Arm(arm=value)}), name
    if name == "measure":
        return put(rights, disagreement=Disagreement(measure=value)), "disagreement.measure"
    if name == "disagreement.then":
        return put(rights, disagreement=Disagreement(then=value)), name
    if name == "disagreement.finally":
        return put(rights, disagreement=Disagreement(finally_=value)), name
    if name == "on":
        rule = EscalationRule("probe", value, EscalationTarget(0, "general"))
        return put(rights, escalation=(rule,)), "escalation[0].on"
    if name == "audit.correction":
        return put(rights, audit=put(audit, correction=value)), name
    return put(rights, on_deadline=value, audit=audit), name


@lru_cache(maxsize=1)
def allowed() -> dict[str, tuple[str, ...]]:
    """Give the words that may stand in each place that chooses."""
    return {name: tuple(_passing(name, words)) for name, words in _KNOWN.items()}


def _passing(name: str, words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if name in ("arm", "op"):
            yield word
            continue
        rights, path = _probe(name, word)
        if path not in {place for place, _message in problems_in(rights, _QUEUES)}:
            yield word


def words_for(section: str, key: str) -> tuple[str, ...]:
    """Give the words for a key, told apart by its section where two share a name; empty where any text may stand."""
    known: dict[str, Any] = allowed()
    found: tuple[str, ...] = known.get(f"{section}.{key}") or known.get(key) or ()
    return found
