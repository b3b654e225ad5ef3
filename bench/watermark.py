"""The next item of someone who has decided what stands first in the lane, beside someone new to it."""

import argparse
import statistics

from accounts.reads import Actor
from django.db import connection
from django.utils import timezone
from reviews.actions import claim_next, give_back

from bench.filling import Town
from bench.measuring import Figure, seconds, turns

CLAIMS = 10


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    cold = statistics.median(_first(town) for _ in range(3))
    ratio, veteran, fresh = turns(
        lambda: _rate(town, town.veteran), lambda: _rate(town, town.fresh), max(options.rounds, 3)
    )
    decided = f"{town.size.decided:,} own decisions"
    return [
        Figure(f"claim behind {decided}, of a newcomer's", ratio, "", note=f"{1000 / veteran:.1f} ms beside {1000 / fresh:.1f} ms"),
        Figure(f"the first claim behind {decided}", cold * 1000, "ms", note="once a minute, and when work comes before the mark"),
    ]


def _first(town: Town) -> float:
    """Time a claim that looks from the start."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_watermark")
    return seconds(lambda: _claim(town, town.veteran)) if _settle(town, town.veteran) is None else 0


def _rate(town: Town, who: Actor) -> float:
    """Claim again and again, each claim given back; give claims a second of claiming alone."""
    return CLAIMS / sum(_timed(town, who) for _ in range(CLAIMS))


def _timed(town: Town, who: Actor) -> float:
    took = seconds(lambda: _claim(town, who))
    _settle(town, who)
    return took


def _claim(town: Town, who: Actor) -> None:
    if claim_next(by=who, at=timezone.now(), queue=town.double) is None:
        raise SystemExit("A claim found nothing; fill more rows")


def _settle(town: Town, who: Actor) -> None:
    held = connection.cursor()
    held.execute(
        "SELECT c.token FROM reviews_seat s JOIN reviews_claim c ON c.id = s.claim_id WHERE s.person_id = %s AND s.state = 'leased'",
        [who.person_id],
    )
    for (token,) in held.fetchall():
        give_back(token=token, by=who, at=timezone.now())
