"""Bringing items by hand: rows and images stand in a tray, are judged as intake would, then are sent all at once."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Project
from accounts.reads import Actor
from assets.actions import store
from audit.errors import Refusal
from reviews.actions.governing import entitled, publish_rights
from reviews.actions.receiving import receive, would_refuse
from reviews.actions.seeding import seed_of_month
from reviews.errors import BadBody
from reviews.models import Tray
from reviews.outputs import unknown_labels
from reviews.reads.standing import standing
from reviews.reads.tray import answer_of, rows_of, table_of
from reviews.wire import MOST_ITEMS, Refused, Submission, read_items
from reviews.wire.rows import ONCE, ROLES, Brought, guessed_roles
from reviews.wire.tables import held_text

KEPT = dt.timedelta(days=1)
MOST_IMAGES, SHOWN = 200, 50


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a tray: items created, items known already, rows refused."""

    created: int
    known: int
    refused: int


def put_rows(*, project: Project, text: str, by: Actor, at: dt.datetime) -> Tray:
    """Put pasted rows, or a file's, in the tray; those that stood there before are gone, images stay.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        BadBody: they cannot be read at all.
    """
    entitled(project=project, by=by, at=at)
    held_text(text)
    tray = _mine(project, by).first() or _fresh(project, by, at)
    tray.text, tray.put_at, tray.plan = text, at, {}
    _plan(tray)
    return _judged(tray)


def put_images(
    *, project: Project, images: Iterable[tuple[str, IO[bytes]]], by: Actor, at: dt.datetime
) -> tuple[Tray, list[tuple[str, str]]]:
    """Put images in the tray, each kept and granted to the project; gives those refused too, with a sentence each.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        BadBody: none of them could be taken, or the tray holds too many.
    """
    by = entitled(project=project, by=by, at=at)
    tray = _mine(project, by).first() or _fresh(project, by, at)
    kept: dict[str, str] = dict(tray.files)
    refused: list[tuple[str, str]] = []
    for name, content in images:
        if len(kept) == MOST_IMAGES:
            refused.append((name, _("At most %(n)s images at once; send these first.") % {"n": MOST_IMAGES}))
            continue
        try:
            asset, _new = store(project=project, content=content, by=by, at=at)
        except Refusal as problem:
            refused.append((name, problem.sentence))
            continue
        if asset.duration_ms is not None:
            refused.append((name, _("This is a sound, and here are images. Send it with the API or `items load`.")))
            continue
        kept[_own(name, f"sha256:{asset.sha256}", kept)] = f"sha256:{asset.sha256}"
    if not kept:
        raise BadBody(_("None of these files could be taken."), fields=refused[:SHOWN])
    tray.files, tray.put_at = kept, at
    if tray.text:
        _plan(tray)
    return _judged(tray), refused


def plan_rows(*, project: Project, plan: dict[str, Any], by: Actor, at: dt.datetime) -> Tray:
    """Say how the rows in the tray are read: separator, header, the role of each column, the model version.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        BadBody: the tray is empty, or two columns have a role that only one can have.
    """
    entitled(project=project, by=by, at=at)
    tray = _standing_tray(project, by)
    before = tray.plan
    tray.plan = before | {key: plan[key] for key in ("separator", "header", "model", "version") if key in plan}
    _plan(tray)
    roles = plan.get("roles", [])
    if len(roles) == len(tray.plan["roles"]) and all(
        before.get(key) == tray.plan[key] for key in ("separator", "header")
    ):
        tray.plan["roles"] = [role if role in ROLES else "leave" for role in roles]
    twice = [role for role, often in Counter(tray.plan["roles"]).items() if often > 1 and role in ONCE]
    if twice:
        raise BadBody(_("Two columns are “%(role)s”; only one can be.") % {"role": twice[0].replace("_", " ")})
    return _judged(tray)


def put_away(*, project: Project, by: Actor, at: dt.datetime) -> None:
    """Empty the tray; images stay granted to the project.

    Raises:
        Forbidden: neither operations of the project nor an owner.
    """
    entitled(project=project, by=by, at=at)
    _mine(project, by).delete()


def send_tray(*, project: Project, rights: dict[str, Any] | None, reason: str, by: Actor, at: dt.datetime) -> Sent:
    """Publish the decision rights, if given, then send what stands in the tray: all good rows, or none.

    Locks the project.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        BadRights: the rights cannot be published.
    """
    by = entitled(project=project, by=by, at=at)
    seed_of_month(project=project, at=at)  # promised before the transaction that draws
    with transaction.atomic():
        if rights is not None:
            publish_rights(project=project, document=rights, reason=reason, by=by, at=at)
        tray = _mine(project, by).select_for_update(of=("self",)).first()
        if tray is None:
            return Sent(0, 0, 0)
        entries, refused = _entries(tray)
        statuses: Counter[str] = Counter(refused=len(refused))
        for start in range(0, len(entries), MOST_ITEMS):
            part = [entry for _number, entry in entries[start : start + MOST_ITEMS]]
            statuses.update(one.status for one in receive(project=project, entries=part, by=by, at=at))
        tray.delete()
    return Sent(statuses["created"], statuses["known"], statuses["refused"])


def sweep_trays(*, at: dt.datetime) -> int:
    """Empty the trays that nobody has touched for a day; give how many."""
    return Tray.objects.filter(put_at__lt=at - KEPT).delete()[0]


def _mine(project: Project, by: Actor) -> QuerySet[Tray]:
    return Tray.objects.select_related("project__log").filter(project=project, person_id=by.person_id or 0)


def _fresh(project: Project, by: Actor, at: dt.datetime) -> Tray:
    assert by.person_id is not None
    return Tray(project=project, person_id=by.person_id, put_at=at)


def _standing_tray(project: Project, by: Actor) -> Tray:
    tray = _mine(project, by).first()
    if tray is None or not tray.text:
        raise BadBody(_("Nothing stands here any more. Paste your rows again."))
    return tray


def _own(name: str, asset: str, kept: dict[str, str]) -> str:
    """Give an image a name of its own; the same bytes under the same name are one image."""
    stem, dot, kind = name.rpartition(".")
    found, number = name, 1
    while kept.get(found, asset) != asset:
        number += 1
        found = f"{stem}-{number}.{kind}" if dot else f"{name}-{number}"
    return found


def _plan(tray: Tray) -> None:
    """Read the text by what is said of it, and guess the rest."""
    table = table_of(tray)
    plan = {"model": "model", "version": "1"} | tray.plan | {"separator": table.separator, "header": table.header}
    tray.plan = plan | {"roles": list(guessed_roles(table, answer_of(tray.project), set(tray.files)))}


def _judged(tray: Tray) -> Tray:
    """Judge every row as intake would, note what came of it, and save the tray."""
    entries, refused = _entries(tray)
    now = standing(tray.project)
    labels = set(now.labels | now.retired) if now else set()
    counts: Counter[tuple[str | None, str, bool]] = Counter()
    for _number, entry in entries:
        unknown = entry.prediction is not None and bool(
            unknown_labels(tray.project.task_type, entry.prediction, labels)
        )
        told = None if entry.confidence is None else format(entry.confidence, "f")
        counts[told, entry.impact, unknown] += 1
    found = {
        "rows": len(entries) + len(refused),
        "good": len(entries),
        "refused": [[number, sentence] for number, sentence in sorted(refused)[:SHOWN]],
        "bad": len(refused),
        "counts": [[*key, often] for key, often in counts.items()],
    }
    return Tray.objects.update_or_create(
        project=tray.project,
        person_id=tray.person_id,
        defaults={
            "text": tray.text, "files": tray.files, "plan": tray.plan, "found": found, "put_at": tray.put_at,
        },
    )[0]  # fmt: skip


def _entries(tray: Tray) -> tuple[list[tuple[int, Submission]], list[tuple[int, str]]]:
    """Give the rows that intake would take, and those it would not, each with its number."""
    rows, refused = rows_of(tray)
    refused += [(row.number, row.problem) for row in rows if row.problem]
    whole = [row for row in rows if not row.problem]
    good: list[tuple[int, Submission]] = []
    first: dict[str, int] = {}
    for start in range(0, len(whole), MOST_ITEMS):
        part = whole[start : start + MOST_ITEMS]
        for row, (entry, problem) in zip(part, _looked_at(tray.project, part, first), strict=True):
            if problem or not isinstance(entry, Submission):
                refused.append((row.number, problem or _("This row cannot be taken.")))
            else:
                good.append((row.number, entry))
    return good, refused


def _looked_at(
    project: Project, part: Sequence[Brought], first: dict[str, int]
) -> list[tuple[Submission | Refused, str]]:
    """Read rows as one request of the API, and say of each why it would be refused."""
    entries = read_items(b"\n".join(row.body for row in part), "application/x-ndjson").entries
    found = []
    for row, entry, problem in zip(part, entries, would_refuse(project=project, entries=entries), strict=True):
        told = problem.sentence if problem else ""
        earlier = first.setdefault(entry.external_id, row.number) if entry.external_id else row.number
        if earlier != row.number:
            told = _("It has the same external id as row %(row)s; only the first counts.") % {"row": earlier}
        found.append((entry, told))
    return found
