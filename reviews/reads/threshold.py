"""The threshold page: what is in force, what would go where, and how confident the model was."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Project
from reviews.models import Item, Prediction, Tray
from reviews.reads.standing import Standing
from reviews.rights import (
    Counted,
    Rights,
    Share,
    arm_for_people,
    audit_rate_of,
    read,
    share,
    threshold_of,
    with_threshold,
)

LAST, BINS = 1000, 25
HEIGHT, STEP = 60, 16


@dataclass(frozen=True, slots=True)
class Bar:
    """Items whose confidence lies in one bin: where its bar stands in the drawing, and who decides them."""

    x: int
    y: float
    height: float
    people: bool


@dataclass(frozen=True, slots=True)
class Likely:
    """Where items would go under some rights. `percent` of them go to people; `seconds` of work in all."""

    share: Share
    percent: int
    seconds: int
    bars: list[Bar]
    mark: float


def counted_in(project: Project, tray: Tray | None) -> tuple[list[Counted], str]:
    """Count the items of the tray by what routing looks at, else the project's last 1,000; says which it was."""
    if tray is not None:
        return [(one[0], one[1], one[2], one[3]) for one in tray.found["counts"]], "tray"
    impacts = dict(Item.objects.filter(project=project).order_by("-pk").values_list("pk", "impact")[:LAST])
    known = Prediction.objects.filter(item__in=impacts, purpose="route").values_list("item_id", "confidence")
    sure = {item: None if value is None else format(value.normalize(), "f") for item, value in known}
    counts = Counter((sure.get(item), impact, False) for item, impact in impacts.items())
    return [(*key, often) for key, often in counts.items()], "project"


def likely(counted: list[Counted], rights: Rights, switch: str, seconds: int) -> Likely:
    """Say where counted items would go, at so many seconds an item."""
    found = share(counted, rights, switch)
    threshold = threshold_of(rights)
    work = found.people + round(found.audited)
    return Likely(
        found,
        round(100 * found.people / found.total) if found.total else 0,
        work * seconds,
        _bars(counted, threshold or Decimal(0)),
        float(threshold or 0) * BINS * STEP,
    )


def settings_in_force(now: Standing) -> tuple[str, str] | None:
    """Give threshold and audit rate in percent, to a tenth; None for rights of another shape, or that name no queue."""
    threshold = threshold_of(now.rights)
    if threshold is None or arm_for_people(now.rights) is None:
        return None
    return _percent(threshold), _percent(audit_rate_of(now.rights))


def just_founded(now: Standing) -> bool:
    """Tell whether people decide everything by the first rights, as in a project that has chosen no threshold yet."""
    return now.rights_number == 1 and threshold_of(now.rights) == 1


def _percent(part: Decimal) -> str:
    return format((part * 100).quantize(Decimal("0.1")).normalize(), "f")


def moved(now: Standing, threshold: Decimal, audit_rate: Decimal) -> Rights:
    """Give the rights in force with another threshold and audit rate, as they would be published."""
    queues = {slug: queue.level for slug, queue in now.queues.items()}
    return read(with_threshold(now.rights, threshold, audit_rate), queues=queues, task_type=now.task_type)


def _bars(counted: list[Counted], threshold: Decimal) -> list[Bar]:
    bins: Counter[int] = Counter()
    for confidence, _impact, _unknown, often in counted:
        if confidence is not None:
            bins[min(int(Decimal(confidence) * BINS), BINS - 1)] += often
    most = max(bins.values(), default=1)
    heights = {place: max(2.0, round(HEIGHT * often / most, 1)) for place, often in bins.items()}
    return [
        Bar(place * STEP + 2, HEIGHT - height, height, Decimal(place + 1) / BINS <= threshold)
        for place, height in sorted(heights.items())
    ]
