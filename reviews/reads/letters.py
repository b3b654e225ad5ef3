"""What an e-mail says: what waits for one person, project by project, by ids and names of queues alone."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Project
from reviews.models import Notice, Why

LISTED = 20
"""How many items an e-mail names, each with its link; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits; `since_at` is None where it stands for several."""

    sentence: str
    address: str
    since_at: dt.datetime | None = None


@dataclass(slots=True)
class Part:
    """What waits in one project."""

    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to one person, in the language and time zone that were on when it was made."""

    subject: str
    greeting: str
    parts: list[Part]
    foot: str
    settings: str


def letter(items: Iterable[Notice], queues: Iterable[Notice], address: str) -> Letter:
    """Say what waits: `items` by name, those of `queues` only as so many in their queue; `address` is this house's."""
    named = sorted(items, key=lambda one: (one.happened_at, one.pk))
    parts: dict[int, Part] = {}
    for one in named[:LISTED]:
        line = Line(_sentence(one), address + _path(one), one.happened_at)
        _part(parts, one.project).lines.append(line)
    rest = named[LISTED:]
    for one, number in _counted(rest):
        _part(parts, one.project).lines.append(Line(_more(one, number), address + _place(one)))
    waiting = list(queues)
    for one, number in _counted(waiting):
        said = ngettext(
            "%(n)d escalated item waits in %(queue)s", "%(n)d escalated items wait in %(queue)s", number
        ) % {"n": number, "queue": _queue(one)}
        _part(parts, one.project).lines.append(Line(said, address + _bench(one)))
    found = sorted(parts.values(), key=lambda part: part.name)
    zone = timezone.get_current_timezone_name()
    return Letter(
        _subject(len(named) + len(waiting), found),
        _("This waits for you. What was settled before this e-mail was sent is left out."),
        found,
        _("Times are those of %(zone)s. When and how you are told, you choose in your settings:") % {"zone": zone},
        address + reverse("settings") + "#telling-card",
    )


def _part(parts: dict[int, Part], project: Project) -> Part:
    return parts.setdefault(project.pk, Part(project.name))


def _subject(number: int, parts: list[Part]) -> str:
    where = " ".join(parts[0].name.split()) if len(parts) == 1 else ""
    if where:
        said = ngettext("%(n)d thing waits for you in %(project)s", "%(n)d things wait for you in %(project)s", number)
        return said % {"n": number, "project": where}
    return ngettext("%(n)d thing waits for you", "%(n)d things wait for you", number) % {"n": number}


def _sentence(one: Notice) -> str:
    if one.question is not None:
        if one.why == Why.ANSWERED:
            return _("Your question %(n)s on the guideline was answered") % {"n": one.question.number}
        return _("Question %(n)s on the guideline waits for an answer") % {"n": one.question.number}
    told = {"item": one.item.external_id if one.item else "", "queue": _queue(one)}
    if one.why == Why.ESCALATED:
        return _("%(item)s was escalated to %(queue)s") % told
    if one.why == Why.HELD:
        return _("%(item)s is held: in %(queue)s nobody is left who answers it") % told
    if one.why == Why.RETURNED:
        return _("Your decision on %(item)s in %(queue)s was returned to you") % told
    return _("An answer put forward over the outcome of %(item)s waits for your signature") % told


def _more(one: Notice, number: int) -> str:
    told = {"n": number, "queue": _queue(one)}
    if one.why == Why.ESCALATED:
        said = ngettext("%(n)d more was escalated to %(queue)s", "%(n)d more were escalated to %(queue)s", number)
    elif one.why == Why.HELD:
        said = ngettext("%(n)d more is held, last in %(queue)s", "%(n)d more are held, last in %(queue)s", number)
    elif one.why == Why.RETURNED:
        said = ngettext(
            "%(n)d more was returned to you in %(queue)s", "%(n)d more were returned to you in %(queue)s", number
        )
    elif one.why == Why.QUESTION:
        said = ngettext("%(n)d more question waits for an answer", "%(n)d more questions wait for an answer", number)
    elif one.why == Why.ANSWERED:
        said = ngettext("%(n)d more question was answered", "%(n)d more questions were answered", number)
    else:
        said = ngettext("%(n)d more waits for your signature", "%(n)d more wait for your signature", number)
    return said % told


def _queue(one: Notice) -> str:
    return one.queue.name if one.queue is not None else ""


def _counted(rows: Iterable[Notice]) -> list[tuple[Notice, int]]:
    """Count notices by project, reason and queue, each with one of them that stands for all."""
    first: dict[tuple[int, str, int], Notice] = {}
    counts: Counter[tuple[int, str, int]] = Counter()
    for one in rows:
        key = (one.project.pk, one.why, one.queue_id or 0)
        first.setdefault(key, one)
        counts[key] += 1
    return [(one, counts[key]) for key, one in first.items()]


def _path(one: Notice) -> str:
    """Lead to where it is done, or to the item's own page."""
    slug = one.project.slug
    if one.question is not None:
        return reverse("question", args=[slug, one.question.uuid])
    if one.override is not None:
        return reverse("signature", args=[slug, one.override.uuid])
    return _bench(one) if one.why == Why.RETURNED else reverse("item", args=[slug, one.item.uuid if one.item else ""])


def _place(one: Notice) -> str:
    """Lead to where several of its kind are seen."""
    if one.question is not None:
        return reverse("questions", args=[one.project.slug])
    if one.why in {Why.ESCALATED, Why.HELD}:
        return f"{reverse('items', args=[one.project.slug])}?state={one.why}"
    return _bench(one) if one.why == Why.RETURNED else reverse("home")


def _bench(one: Notice) -> str:
    """Lead to the work of a queue."""
    return reverse("work", args=[one.project.slug, one.queue.slug if one.queue is not None else ""])
