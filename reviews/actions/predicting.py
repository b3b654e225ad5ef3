"""Further predictions: what other model versions say of an item that is here. They route nothing and change nothing."""

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.errors import Forbidden, NotFound
from accounts.models import Project
from accounts.policies import role_in
from accounts.reads import Actor
from audit.errors import Refusal
from audit.models.sql import Row, ask_one, lock, run
from audit.reads import canonical, content_commitment
from guidelines.models import ModelVersion
from reviews.actions.arriving import content
from reviews.actions.receiving import sender_role
from reviews.actions.trail import Ground, Trail
from reviews.actions.versions import model_versions
from reviews.errors import BadOutput, BadPrediction, ItemOver, PredictionDiffers, PredictionGone
from reviews.models import Item, ItemState, Prediction
from reviews.outputs import read_output, unknown_labels
from reviews.policies import may_be_asked
from reviews.reads.facts import data_of, taxonomy_in_force
from reviews.reads.turns import turning
from reviews.wire import PredictionBody
from reviews.wire.canonical import canonical as as_sent

ITEM = "SELECT i.state, i.sseq, i.head FROM reviews_item i WHERE i.id = %s"
MOVE = "UPDATE reviews_item SET sseq = %s, head = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Predicted:
    """A further prediction that stands, and whether this call brought it."""

    prediction: Prediction
    new: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What holds for all that is sent at once: for which project, by whom and when, and what is looked up once."""

    project: Project
    by: Actor
    at: dt.datetime
    versions: dict[tuple[str, str], ModelVersion]
    taxonomy: dict[str, Any]


@transaction.atomic
def receive_prediction(*, item: Item, sent: PredictionBody, by: Actor, at: dt.datetime) -> Predicted:
    """Keep what another model version says of an item; one with a label that the project lacks is kept and marked.

    The same again, by item, model version and purpose, answers the same, whatever became of the item. Locks the item.

    Raises:
        Forbidden: a person who may be asked about the item; whether a guess differs would tell what a model said.
        PredictionDiffers: this version said something else for this purpose.
        PredictionGone: what it said was erased.
        ItemOver: the item is withdrawn, has expired or was erased.
        BadPrediction: it does not fit the task type, or is of the very version that the item came with.
    """
    project = Project.objects.select_related("log").get(pk=item.project_id)
    return _taken(item, sent, _desk(project, {sent.model}, by, at))


def receive_predictions(
    *, project: Project, entries: Sequence[tuple[str, PredictionBody]], by: Actor, at: dt.datetime
) -> list[Predicted | Refusal]:
    """Keep several, each as `receive_prediction` would, or give its refusal, in the order given; none spoils the rest.

    New model versions are noted first. Each is a transaction of its own that locks its item: others work between them.

    Raises:
        Forbidden: a person who may be asked about the project's items.
    """
    desk = _desk(project, {sent.model for _name, sent in entries}, by, at)
    names = {name for name, _sent in entries}
    items = {one.external_id: one for one in Item.objects.filter(project=project, external_id__in=names)}
    return [_answered(items.get(name), sent, desk) for name, sent in entries]


def _answered(item: Item | None, sent: PredictionBody, desk: Desk) -> Predicted | Refusal:
    if item is None:
        return NotFound()
    try:
        with transaction.atomic():
            return _taken(item, sent, desk)
    except Refusal as problem:
        return problem


def _desk(project: Project, models: set[tuple[str, str]], by: Actor, at: dt.datetime) -> Desk:
    if by.person_id is not None and may_be_asked(role_in(by.person_id, project.pk, at)):
        raise Forbidden(_("You may be asked about this project’s items yourself, so you send no predictions of them."))
    by = by if by.role else by.as_role(sender_role(project, by, at))
    with transaction.atomic():
        versions = model_versions(project, models, at)
    return Desk(project, by, at, versions, taxonomy_in_force(project))


def _taken(item: Item, sent: PredictionBody, desk: Desk) -> Predicted:
    """Keep one, or find it kept. Locks the item, in the caller's transaction."""
    project, version = desk.project, desk.versions[sent.model]
    row = ask_one(ITEM + lock("i"), [item.pk])
    assert row is not None
    body = _body(sent)
    said = {one.purpose: one for one in _said(item, version)}
    known = said.get(sent.purpose)
    if known is not None:
        if known.salt is None:
            raise PredictionGone
        if not hmac.compare_digest(content_commitment(bytes(known.salt), body), bytes(known.commitment)):
            raise PredictionDiffers
        return Predicted(known, False)
    _see_it_live(row.state)
    problem = _see_it_fits(item, desk, sent)
    if "route" in said:
        told = _("The item came with a prediction of this version. Send another version’s.")
        raise BadPrediction(f"model: {told}", fields=[("model", told)])
    ground = Ground(project.pk, project.uuid, (project.log_id, project.log.origin))
    return Predicted(_write(item, row, (sent, version, body, problem), Trail(ground, desk.by, desk.at)), True)


def _body(sent: PredictionBody) -> bytes:
    """Write all that is said as RFC 8785."""
    sure = b"null" if sent.confidence is None else canonical(str(sent.confidence))
    scores = canonical({label: str(score) for label, score in sent.scores.items()})
    return b'{"confidence":' + sure + b',"prediction":' + as_sent(sent.prediction) + b',"scores":' + scores + b"}"


def _said(item: Item, version: ModelVersion) -> QuerySet[Prediction]:
    """List what a version has said of an item: for each purpose once."""
    return Prediction.objects.select_related("model_version", "event").filter(item=item, model_version=version)


def _see_it_live(state: str) -> None:
    """Refuse an item of which nothing more is kept.

    Raises:
        ItemOver: it is one.
    """
    told = {
        ItemState.WITHDRAWN: _("This item was withdrawn, so no further prediction of it is kept."),
        ItemState.EXPIRED: _("This item has expired, so no further prediction of it is kept."),
        ItemState.ERASED: _("This item was erased, so no further prediction of it is kept."),
    }
    if state in told:
        raise ItemOver(told[ItemState(state)])


def _see_it_fits(item: Item, desk: Desk, sent: PredictionBody) -> str:
    """Hold a prediction to the task type exactly as at intake; give its problem, "" where it names no odd label.

    Raises:
        BadPrediction: `fields` names each place.
    """
    project, taxonomy = desk.project, desk.taxonomy
    labels = {label["code"] for label in taxonomy["labels"]}
    unknown = unknown_labels(project.task_type, sent.prediction, labels)
    turns = turning(taxonomy, data_of(item))
    try:
        read_output(
            project.task_type, sent.prediction, labels | set(unknown), taxonomy["schema"], taxonomy["many"], turns
        )
    except BadOutput as problem:
        raise BadPrediction(
            _("This prediction does not fit the project's task type."),
            fields=[(f"prediction.{path}".rstrip("."), message) for path, message in problem.fields],
        ) from None
    retired = {label["code"] for label in taxonomy.get("retired", [])}
    if set(unknown) <= retired:
        return "retired_label" if unknown else ""
    return "unknown_label"


def _write(item: Item, row: Row, said: tuple[PredictionBody, ModelVersion, bytes, str], trail: Trail) -> Prediction:
    """Tell of it on the item's stream, and keep it."""
    sent, version, body, problem = said
    kept, stream = content(body), f"item/{item.uuid}"
    trail.at_head(stream, row.sseq, row.head)
    told = {
        "purpose": sent.purpose,
        "model": str(version),
        "problem": problem or None,
        "content": kept.commitment.hex(),
    }
    trail.add(
        stream, "reviews.prediction_received", {"item": str(item.uuid), "model": str(version.uuid)}, prediction=told
    )
    event = trail.write()[0]
    head = trail.heads[stream]
    run(MOVE, [head.sseq, head.hash, item.pk])
    return Prediction.objects.create(
        item=item, model_version=version, purpose=sent.purpose, confidence=sent.confidence, problem=problem,
        event_id=event, body=kept.body, salt=kept.salt, commitment=kept.commitment,
    )  # fmt: skip
