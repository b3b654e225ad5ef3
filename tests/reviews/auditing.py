"""Audits made by the dozen, and counted."""

from typing import Any

from audit.actions import sequence
from audit.models import Log
from reviews.actions import count_audits, release
from tests.town import Town


def audited(town: Town, *answers: str, label: str = "cat", confidence: float = 0.85, **more: Any) -> None:
    """Have answers of the model audited, one an answer that people give."""
    for answer in answers:
        town.send(confidence, label=label, **more)
        held = town.take(town.people[0])
        assert held.task.kind == "audit"
        town.decide(town.people[0], held, None, answer)


def counted(town: Town, **later: float) -> int:
    """Give all events their places, let time pass, release what is due and count; give how many sheets were counted."""
    town.wait(**(later or {"minutes": 1}))
    release(at=town.now)
    for log in Log.objects.all():
        while sequence(log.pk, wait=True):
            pass
    return count_audits(at=town.now)
