"""The seeds of the draws: promised before the first draw of a month, revealed a week after it."""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor, clock
from reviews.errors import SeedDiffers
from reviews.models import Seed
from reviews.rights import REVEALED_AFTER, month_seed, seed_commitment

log = logging.getLogger(__name__)


def seed_of_month(*, project: Project, at: dt.datetime) -> bytes:
    """Give the seed for items received now; its commitment is in the ledger before this returns.

    Raises:
        SeedDiffers: the draw master is not the one that the month's commitment was made with.
    """
    month = at.astimezone(dt.UTC).strftime("%Y-%m")
    if not Seed.objects.filter(project=project, month=month).exists():
        seed = month_seed(settings.DRAW_MASTER, project.uuid, month)
        _commit_to(project, month, seed_commitment(seed).hex(), clock(), at)
    return committed_seed(project=project, month=month)


def committed_seed(*, project: Project, month: str) -> bytes:
    """Give a month's seed, seen to be the one that the ledger has the commitment of.

    Raises:
        SeedDiffers: it is another one, so draws made with it could not be redone by anyone.
    """
    seed = month_seed(settings.DRAW_MASTER, project.uuid, month)
    if Seed.objects.get(project=project, month=month).commitment != seed_commitment(seed).hex():
        raise SeedDiffers
    return seed


@transaction.atomic
def _commit_to(project: Project, month: str, commitment: str, by: Actor, at: dt.datetime) -> None:
    """Promise a month's seed. Locks the project; the second of two finds it promised."""
    project = lock_project(project.pk)
    if Seed.objects.filter(project=project, month=month).exists():
        return
    event = record_on_project(
        project, "reviews.seed_committed", by=by, at=at, sections={"seed": {"month": month, "commitment": commitment}}
    )
    Seed.objects.create(project=project, month=month, commitment=commitment, event_id=event)


def reveal_seeds(*, at: dt.datetime) -> int:
    """Reveal the seeds of months that ended a week ago or earlier; give how many. Run twice it reveals each once."""
    last = (at.astimezone(dt.UTC) - REVEALED_AFTER).strftime("%Y-%m")
    due = Seed.objects.filter(seed__isnull=True, month__lt=last).select_related("project").order_by("pk")
    revealed = 0
    for one in due:
        try:
            revealed += _reveal(one.pk, clock(), at)
        except SeedDiffers as problem:  # the others are revealed all the same
            log.error("The seed of %s, %s, stays unrevealed: %s", one.project.slug, one.month, problem.sentence)
    return revealed


@transaction.atomic
def _reveal(seed_id: int, by: Actor, at: dt.datetime) -> int:
    project = lock_project(Seed.objects.get(pk=seed_id).project_id)
    one = Seed.objects.get(pk=seed_id)
    if one.seed is not None:
        return 0
    seed = committed_seed(project=project, month=one.month).hex()
    event = record_on_project(
        project, "reviews.seed_revealed", by=by, at=at, sections={"seed": {"month": one.month, "seed": seed}}
    )
    Seed.objects.filter(pk=seed_id, seed__isnull=True).update(seed=seed, revealed_at=at, reveal_event_id=event)
    return 1
