"""The seeds of the draws: promised before the first draw of a month, revealed a week after it."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor, clock
from reviews.models import Seed
from reviews.rights import month_seed, seed_commitment

REVEALED_AFTER = dt.timedelta(days=7)


def seed_of_month(*, project: Project, at: dt.datetime) -> bytes:
    """Give the seed for items received now; its commitment is in the ledger before this returns."""
    month = at.astimezone(dt.UTC).strftime("%Y-%m")
    seed = month_seed(settings.DRAW_MASTER, project.uuid, month)
    if not Seed.objects.filter(project=project, month=month).exists():
        _commit_to(project, month, seed_commitment(seed).hex(), clock(), at)
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
    return sum(_reveal(one.pk, clock(), at) for one in due)


@transaction.atomic
def _reveal(seed_id: int, by: Actor, at: dt.datetime) -> int:
    project = lock_project(Seed.objects.get(pk=seed_id).project_id)
    one = Seed.objects.get(pk=seed_id)
    if one.seed is not None:
        return 0
    seed = month_seed(settings.DRAW_MASTER, project.uuid, one.month).hex()
    event = record_on_project(
        project, "reviews.seed_revealed", by=by, at=at, sections={"seed": {"month": one.month, "seed": seed}}
    )
    Seed.objects.filter(pk=seed_id, seed__isnull=True).update(seed=seed, revealed_at=at, reveal_event_id=event)
    return 1
