"""Judging what was sent: which verdict it is, what it amounts to, and whether the rights allow it."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.models.sql import Row
from reviews.errors import BadDecision, BadOutput, VerdictNotAllowed
from reviews.models import SHOWS_PRIOR
from reviews.outputs import differences, read_output, same
from reviews.reads.complaints import upholds
from reviews.reads.held import hides_proposal, said_of
from reviews.reads.published import taxonomy_of
from reviews.reads.retired import retired_in
from reviews.reads.sent import sent_of
from reviews.reads.turns import turning
from reviews.wire import DecisionBody


@dataclass(frozen=True)
class Judged:
    """A judgement that fits: its verdict, the output it amounts to, and the differences from the proposal."""

    verdict: str
    output: Any
    differences: list[dict[str, Any]]


def judge(seen: Row, sent: DecisionBody) -> Judged:
    """Fit what was sent to the task, by the taxonomy of the claim and the verdicts of the rights in force.

    Raises:
        BadDecision: verdict, output, categories or reason do not go together.
        BadOutput: the output does not fit the task type and labels.
        VerdictNotAllowed: the rights do not give this verdict.
    """
    taxonomy = taxonomy_of(seen.taxonomy_body)
    proposed = json.loads(seen.prediction_body)["prediction"] if seen.prediction_body else None
    shown = proposed is not None and not hides_proposal(seen)
    output = sent.output
    if output is not None:
        output = _answer(seen, output, taxonomy)
    verdict = _verdict(seen, sent, output, proposed, shown)
    if verdict == "approve" and output is None:
        output = proposed
        _check_still_said(seen, taxonomy, proposed)
    _check_allowed(seen, verdict, sent)
    _check_categories(taxonomy, verdict, sent, shown=shown)
    if output is None or proposed is None or not verdict_answers(verdict):
        changed: list[dict[str, Any]] = []
    else:
        changed = differences(seen.task_type, proposed, output)
    return Judged(verdict, output if verdict_answers(verdict) else None, changed)


def fitted(task_type: str, output: Any, taxonomy: dict[str, Any], data: dict[str, Any]) -> Any:
    """Give an answer back if it fits the task type, the taxonomy, and the turns of what was sent.

    Raises:
        BadOutput: it does not; `fields` names the places.
    """
    labels = {label["code"] for label in taxonomy["labels"]}
    return read_output(task_type, output, labels, taxonomy["schema"], taxonomy["many"], turning(taxonomy, data))


def _answer(seen: Row, output: Any, taxonomy: dict[str, Any]) -> Any:
    """Give an answer back if it fits, or says what an appeal is about: that may stand, whatever was retired since."""
    try:
        return fitted(seen.task_type, output, taxonomy, sent_data(seen))
    except BadOutput:
        if not upholds(seen, output):
            raise
        return output


def sent_data(seen: Row) -> dict[str, Any]:
    """Give what was sent of a looked-at seat's item; {} where it is gone."""
    found: dict[str, Any] = sent_of(seen.item_body).get("data", {})
    return found


def verdict_answers(verdict: str) -> bool:
    """Tell whether a verdict gives an answer that carries an output."""
    return verdict in {"approve", "correct"}


def _verdict(seen: Row, sent: DecisionBody, output: Any, proposed: Any, shown: bool) -> str:
    """Give the verdict sent, or derive it by comparison where the proposal was hidden or absent."""
    if sent.verdict is None or (not shown and sent.verdict == "correct"):
        if shown:
            raise BadDecision(fields=[("verdict", _("Send a verdict: the proposal was shown."))])
        return _derived(seen, output, proposed)
    if sent.verdict == "approve" and not shown:
        raise BadDecision(
            fields=[("verdict", _("No proposal was shown, so there is none to approve. Send your output."))]
        )
    if sent.verdict == "correct":
        if output is None:
            raise BadDecision(fields=[("output", _("A correction needs the corrected output."))])
        if same(seen.task_type, proposed, output) and seen.kind not in SHOWS_PRIOR:
            raise BadDecision(fields=[("output", _("Nothing differs from the proposal. Approve it instead."))])
    elif output is not None:
        raise BadDecision(
            fields=[
                ("output", _("An output goes with a correction, not with %(verdict)s.") % {"verdict": sent.verdict})
            ]
        )
    return sent.verdict


def _derived(seen: Row, output: Any, proposed: Any) -> str:
    if output is None:
        raise BadDecision(fields=[("output", _("No proposal was shown, so your answer needs an output."))])
    return "approve" if proposed is not None and same(seen.task_type, proposed, output) else "correct"


def _check_allowed(seen: Row, verdict: str, sent: DecisionBody) -> None:
    """See that the rights give this verdict; where it is derived, nothing asked here may tell what it came to."""
    allowed, reasons = said_of(seen)
    wanted = "correct" if verdict == "approve" and sent.verdict != "approve" else verdict
    if verdict == "return" and seen.kind != "escalation":
        raise BadDecision(fields=[("verdict", _("Only what was escalated can be returned to the level below."))])
    if wanted not in allowed:
        raise VerdictNotAllowed
    if wanted in reasons and not (sent.rationale or "").strip():
        raise BadDecision(fields=[("rationale", _("The decision rights ask for a reason with this verdict."))])


def _check_still_said(seen: Row, taxonomy: dict[str, Any], proposed: Any) -> None:
    """See that the proposal names no label that was retired since: approving it would say that label again.

    Of an appeal it may be the answer in force, and that stands.
    """
    gone = retired_in(seen.task_type, proposed, taxonomy)
    if gone is not None and not upholds(seen, proposed):
        told = _("“%(name)s” may not be said any more, so the proposal cannot be approved. Correct it.")
        raise BadDecision(fields=[("verdict", told % {"name": gone})])


def _check_categories(taxonomy: dict[str, Any], verdict: str, sent: DecisionBody, *, shown: bool) -> None:
    if sent.error_categories and not shown and verdict_answers(verdict):
        raise BadDecision(
            fields=[("error_categories", _("No proposal was shown, so there is no error of it to name."))]
        )
    known = {category["code"] for category in taxonomy["error_categories"]}
    if sent.error_categories and verdict not in {"correct", "reject"}:
        raise BadDecision(fields=[("error_categories", _("Error categories go with a correction or a rejection."))])
    for code in sent.error_categories:
        if code not in known:
            raise BadDecision(
                fields=[
                    ("error_categories", _("There is no error category “%(code)s” in this project.") % {"code": code})
                ]
            )
