"""Intake: items come in, are routed and drawn, and their work opens; each item whole or not at all."""

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project
from accounts.policies import role_in
from accounts.reads import Actor
from assets.models import Grant
from audit.models.sql import ask, many, postgres
from audit.reads import content_commitment
from reviews.actions.arriving import Arrival, arrive
from reviews.actions.landing import write_arrivals
from reviews.actions.seeding import seed_of_month
from reviews.actions.trail import Ground
from reviews.actions.versions import model_versions
from reviews.errors import BadItem, BadOutput, ItemDiffers, ItemGone, NoRights
from reviews.models import Endpoint
from reviews.outputs import read_output, unknown_labels
from reviews.reads.answers import answers
from reviews.reads.standing import Standing, standing
from reviews.reads.turns import turning
from reviews.wire import Refused, Submission

LONGEST_DEADLINE = dt.timedelta(days=366)
KNOWN = "SELECT external_id, salt, commitment FROM reviews_item WHERE project_id = %s AND external_id IN {places}"


@dataclass(frozen=True)
class Received:
    """What became of one sent item: created, known or refused, with the item as the API shows it, or the refusal."""

    external_id: str | None
    status: str
    item: dict[str, Any] | None = None
    problem: Refused | None = None


def receive(*, project: Project, entries: Sequence[Submission | Refused], by: Actor, at: dt.datetime) -> list[Received]:
    """Take items in, in the order sent; one bad item never spoils the rest.

    The same body again answers the same item; another body under a known external id is refused `item_differs`. Each
    request is one transaction, which locks nothing but the rows it makes.

    Raises:
        NoRights: the project has no decision rights in force.
    """
    by = by if by.role else by.as_role(sender_role(project, by, at))
    seed = seed_of_month(project=project, at=at)
    with transaction.atomic():
        now = standing(project)
        if now is None:
            raise NoRights
        refused = {id(entry): entry for entry in entries if isinstance(entry, Refused)}
        sent = _fitting([entry for entry in entries if isinstance(entry, Submission)], project, now, refused)
        sent = _in_time(sent, project, refused, at)
        created = _create(sent, project, now, seed, by, at)
        known = [one for one in sent if one.external_id not in created]
        _compare(known, project, refused)
        found = dict(created)
        if known:
            found |= answers(project.pk, "external_id", [one.external_id for one in known if id(one) not in refused])
    return [_received(entry, refused, created, found) for entry in entries]


def sender_role(project: Project, by: Actor, at: dt.datetime) -> str:
    """Name in which role items are sent: a program as service, a person in the first of their roles here."""
    return min(role_in(by.person_id, project.pk, at), default="person") if by.person_id else "service"


def _received(
    entry: Submission | Refused, refused: dict[int, Refused], created: dict[str, Any], found: dict[str, dict[str, Any]]
) -> Received:
    problem = refused.get(id(entry))
    if problem is not None:
        return Received(entry.external_id, "refused", problem=problem)
    status = "created" if entry.external_id in created else "known"
    return Received(entry.external_id, status, item=found[str(entry.external_id)])


def refusal(entry: Submission, problem: BadItem | BadOutput | ItemDiffers | ItemGone) -> Refused:
    """Shape a refusal as one entry's answer."""
    return Refused(external_id=entry.external_id, code=problem.code, sentence=problem.sentence, errors=problem.fields)


def _fitting(sent: list[Submission], project: Project, now: Standing, refused: dict[int, Refused]) -> list[Submission]:
    """Keep the items whose prediction fits the task type and whose files the project holds; refuse the rest."""
    wanted = {asset for one in sent for asset in one.asset_ids}
    granted, endpoints = _granted(project, wanted), _endpoints(project, {one.callback for one in sent if one.callback})
    fitting = []
    for one in sent:
        problem = _misfit(one, project, now, granted, endpoints)
        if problem is None:
            fitting.append(one)
        else:
            refused[id(one)] = refusal(one, problem)
    return fitting


def _in_time(
    sent: list[Submission], project: Project, refused: dict[int, Refused], at: dt.datetime
) -> list[Submission]:
    """Refuse new items whose deadline is over, or too far off; one that is known was in time when it came."""
    late = [one for one in sent if one.decide_by and not at < one.decide_by <= at + LONGEST_DEADLINE]
    for one in _unseen(late, project):
        said = _("A deadline lies in the future, at most %(n)d days from now.") % {"n": LONGEST_DEADLINE.days}
        refused[id(one)] = refusal(one, BadItem(fields=[("decide_by", said)]))
    return [one for one in sent if id(one) not in refused]


def _granted(project: Project, asset_ids: set[str]) -> dict[str, str]:
    """Give those of these files that the project holds, each with what it is."""
    if not asset_ids:
        return {}
    digests = [asset.removeprefix("sha256:") for asset in asset_ids]
    rows = Grant.objects.filter(project=project, asset__sha256__in=digests)
    kinds = rows.values_list("asset__sha256", "asset__media_type")
    return {f"sha256:{digest}": kind for digest, kind in kinds}


def _endpoints(project: Project, names: set[str]) -> set[str]:
    if not names:
        return set()
    return set(Endpoint.objects.filter(project=project, name__in=names).values_list("name", flat=True))


def _misfit(
    one: Submission, project: Project, now: Standing, granted: dict[str, str], endpoints: set[str]
) -> BadItem | None:
    if one.callback and one.callback not in endpoints:
        return BadItem(
            fields=[
                (
                    "callback",
                    _("This project has no endpoint %(name)s. Make it on its page Callbacks.") % {"name": one.callback},
                )
            ]
        )
    missing = [asset for asset in one.asset_ids if asset not in granted]
    moving = [asset for asset in one.asset_ids if granted.get(asset, "").startswith("video/")]
    if moving:
        said = _("%(asset)s is a video, which guidelines show; an item has pictures and sounds.") % {"asset": moving[0]}
        return BadItem(fields=[("data", said)])
    if missing:
        return BadItem(
            fields=[("data", _("This project holds no asset %(asset)s. Upload it first.") % {"asset": missing[0]})]
        )
    if one.prediction is None:
        return None
    known = set(now.labels) | set(unknown_labels(project.task_type, one.prediction, set(now.labels)))
    try:
        read_output(
            project.task_type,
            one.prediction,
            known,
            now.taxonomy["schema"],
            now.taxonomy["many"],
            turning(now.taxonomy, one.data),
        )
    except BadOutput as problem:
        return BadItem(
            "This prediction does not fit the project's task type.",
            fields=[(f"prediction.{path}".rstrip("."), message) for path, message in problem.fields],
        )
    return None


def _create(
    sent: list[Submission], project: Project, now: Standing, seed: bytes, by: Actor, at: dt.datetime
) -> dict[str, dict[str, Any]]:
    """Write the items that are new, with all that follows from their arrival; give them as the API shows them."""
    ground = Ground(project.pk, project.uuid, (project.log_id, project.log.origin))
    versions = model_versions(project, {one.model for one in sent if one.model}, at)
    fresh = sent if postgres() else _unseen(sent, project)
    arrivals: list[Arrival] = []
    for one in fresh:
        version = versions.get(one.model) if one.model else None
        arrivals.append(arrive(one, now=now, version=version, ground=ground, seed=seed, at=at))
    # two requests with the same ids in another order must not wait for each other
    return write_arrivals(sorted(arrivals, key=lambda one: one.sent.external_id), now=now, ground=ground, by=by, at=at)


def _unseen(sent: list[Submission], project: Project) -> list[Submission]:
    """Leave out what is known; SQLite's writer holds the database, so nothing can come between."""
    if not sent:
        return []
    placeholders, ids = many([one.external_id for one in sent])
    known = {row.external_id for row in ask(KNOWN.format(places=placeholders), [project.pk, *ids])}
    return [one for one in sent if one.external_id not in known]


def _compare(known: list[Submission], project: Project, refused: dict[int, Refused]) -> None:
    """Refuse the known items whose body is another one, or can no longer be compared."""
    if not known:
        return
    placeholders, ids = many([one.external_id for one in known])
    rows = {row.external_id: row for row in ask(KNOWN.format(places=placeholders), [project.pk, *ids])}
    for one in known:
        row = rows[one.external_id]
        if row.salt is None:
            refused[id(one)] = refusal(one, ItemGone())
        elif not hmac.compare_digest(content_commitment(row.salt, one.body), row.commitment):
            refused[id(one)] = refusal(one, ItemDiffers())


def would_refuse(*, project: Project, entries: Sequence[Submission | Refused]) -> list[Refused | None]:
    """Say what intake would refuse of these, in the order given, and take nothing.

    Raises:
        NoRights: the project has no decision rights in force.
    """
    now = standing(project)
    if now is None:
        raise NoRights
    refused = {id(entry): entry for entry in entries if isinstance(entry, Refused)}
    sent = _fitting([entry for entry in entries if isinstance(entry, Submission)], project, now, refused)
    seen = {one.external_id for one in sent} - {one.external_id for one in _unseen(sent, project)}
    _compare([one for one in sent if one.external_id in seen], project, refused)
    return [refused.get(id(entry)) for entry in entries]
