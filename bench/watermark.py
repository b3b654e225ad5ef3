"""The next item of someone who has decided what stands first in the lane, beside someone new to it."""

import argparse
import statistics

from django.db import connection
from django.utils import timezone

from accounts.reads import Actor
from bench.filling import Town
from bench.measuring import Figure, seconds, turns
from reviews.actions import claim_next, give_back
from reviews.models import Claim, Seat

CLAIMS = 10


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    cold = statistics.median(_first(town) for _ in range(3))
    ratio, veteran, fresh = turns(
        lambda: _rate(town, town.veteran), lambda: _rate(town, town.fresh), max(options.rounds, 3)
    )
    decided = f"{town.size.decided:,} own decisions"
    beside = f"{1000 / veteran:.1f} ms beside {1000 / fresh:.1f} ms"
    return [
        Figure(f"claim behind {decided}, of a newcomer's", ratio, "", note=beside),
        Figure(
            f"first claim behind {decided}",
            cold * 1000,
            "ms",
            note="once a minute, and when work comes before the mark",
        ),
    ]


def _first(town: Town) -> float:
    """Time a claim that looks from the start."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_watermark")
    return _timed(town, town.veteran)


def _rate(town: Town, who: Actor) -> float:
    """Claim again and again, each claim given back; give claims a second of claiming alone.

    The first is not counted: what the other side gave back has dropped the mark.
    """
    _timed(town, who)
    return CLAIMS / sum(_timed(town, who) for _ in range(CLAIMS))


def _timed(town: Town, who: Actor) -> float:
    took = seconds(lambda: _claim(town, who))
    _settle(town, who)
    return took


def _claim(town: Town, who: Actor) -> None:
    if claim_next(by=who, at=timezone.now(), queue=town.double) is None:
        raise SystemExit("A claim found nothing; fill more rows")


def _settle(town: Town, who: Actor) -> None:
    """Give back what a person holds."""
    for token in Claim.objects.filter(
        pk__in=Seat.objects.filter(person_id=who.person_id, state="leased").values("claim_id")
    ).values_list("token", flat=True):
        give_back(token=token, by=who, at=timezone.now())
