"""What the clock asks of the loop; each asks for what is due now, so that a run missed or doubled does no harm."""

from celery import shared_task
from django.utils import timezone

from accounts.models import Project
from reviews import actions

AT_ONCE = 200


@shared_task(name="reviews.sweep")
def sweep() -> None:
    """Return lapsed seats to their lines."""
    while actions.sweep(at=timezone.now(), limit=AT_ONCE) == AT_ONCE:
        pass


@shared_task(name="reviews.release")
def release() -> None:
    """Release the outcomes that are due."""
    actions.release(at=timezone.now())


@shared_task(name="reviews.climb")
def climb() -> None:
    """Pass on what nobody answered in time."""
    while actions.climb(at=timezone.now(), limit=AT_ONCE) == AT_ONCE:
        pass


@shared_task(name="reviews.hold_stranded")
def hold_stranded() -> None:
    """Hold the items whose rework nobody is left to do."""
    while actions.hold_stranded(at=timezone.now(), limit=AT_ONCE) == AT_ONCE:
        pass


@shared_task(name="reviews.meet_deadlines")
def meet_deadlines() -> None:
    """Do with items past their deadline what the decision rights say."""
    while actions.meet_deadlines(at=timezone.now(), limit=AT_ONCE) == AT_ONCE:
        pass


@shared_task(name="reviews.count_audits")
def count_audits() -> None:
    """Count what audits found of models' answers."""
    actions.count_audits(at=timezone.now())


@shared_task(name="reviews.reveal_seeds")
def reveal_seeds() -> None:
    """Reveal the seeds of months that are over."""
    actions.reveal_seeds(at=timezone.now())


@shared_task(name="reviews.fill_lanes")
def fill_lanes() -> None:
    """Write anew who may work which lanes: roles begin and end by the calendar, without a verb."""
    for project_id in Project.objects.order_by("pk").values_list("pk", flat=True):
        actions.fill_project(project_id)


@shared_task(name="reviews.sweep_trays")
def sweep_trays() -> None:
    """Empty the trays that nobody has touched for a day."""
    actions.sweep_trays(at=timezone.now())


@shared_task(name="reviews.end_overrides")
def end_overrides() -> None:
    """End the overrides that nobody may sign any more."""
    while actions.end_overrides(at=timezone.now(), limit=AT_ONCE) == AT_ONCE:
        pass


@shared_task(name="reviews.find_exports")
def find_exports() -> None:
    """Ask again for exports that a lost broker or a killed worker left."""
    actions.find_exports(at=timezone.now())


@shared_task(name="reviews.drop_exports")
def drop_exports() -> None:
    """Remove the files of exports whose time is over."""
    actions.drop_exports(at=timezone.now())


@shared_task(name="reviews.find_reroutings")
def find_reroutings() -> None:
    """Ask again for held items that a lost broker or a killed worker left."""
    actions.find_reroutings(at=timezone.now())


@shared_task(name="reviews.find_replays")
def find_replays() -> None:
    """Ask again for replays that a lost broker or a killed worker left."""
    actions.find_replays(at=timezone.now())


@shared_task(name="reviews.find_callbacks")
def find_callbacks() -> None:
    """Note what programs are to be told, and have them called back."""
    actions.find_callbacks(at=timezone.now())


@shared_task(name="reviews.drop_deliveries")
def drop_deliveries() -> None:
    """Forget the messages that programs took long ago."""
    actions.drop_deliveries(at=timezone.now())


@shared_task(name="reviews.find_rereviews")
def find_rereviews() -> None:
    """Ask again for re-reviews that a lost broker or a killed worker left."""
    actions.find_rereviews(at=timezone.now())


@shared_task(name="reviews.tell_people")
def tell_people() -> None:
    """Note what people are to be told, and e-mail it to those for whom it is time."""
    actions.tell_people(now=timezone.now)


@shared_task(name="reviews.drop_notices")
def drop_notices() -> None:
    """Forget what people were told long ago."""
    actions.drop_notices(at=timezone.now())
