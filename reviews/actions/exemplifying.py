"""An item becomes an example of the next guideline, where somebody who answers for its records lets it be shown."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from guidelines.actions import begin_guideline_draft, change_guideline_draft
from guidelines.content.editing import copied, fresh, set_out
from guidelines.models import GuidelineDraft
from guidelines.policies import editing
from guidelines.reads import taxonomy_in_force
from reviews.errors import BadExample, ConsentOver, ConsentWaits, NothingToShow, Veiled
from reviews.models import Consent, Item, ItemExample, Question
from reviews.policies import consenting, item_for, may_consent
from reviews.reads.consents import Showable, showables, veils
from reviews.reads.published import taxonomy_of

LONGEST = 2_000
WORDS = 5
"""Words of a caption that become an example's address."""
VERDICTS = ("correct", "incorrect", "borderline")


@dataclass(frozen=True, slots=True)
class Wish:
    """An example as an editor wants it: what of the item it shows, how that was judged and why, where it stands."""

    shows: str
    verdict: str
    caption: str
    label: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a wish: an example in the draft, or a consent that is asked for."""

    consent: Consent
    example: ItemExample | None = None


@dataclass
class _Desk:
    """An item under the lock of its project, with whoever writes the guideline."""

    project: Project
    item: Item
    by: Actor
    person: int
    at: dt.datetime

    def tell(self, kind: str, by: Actor | None = None, **told: Any) -> int:
        """Write an event about the item to the project's stream, as it ends now."""
        self.project = lock_project(self.project.pk)
        told = {"item": str(self.item.uuid), **told}
        return record_on_project(self.project, kind, by=by or self.by, at=self.at, sections={"consent": told})


@transaction.atomic
def make_example(
    *,
    item: Item,
    wish: Wish,
    reason: str = "",
    consents: bool = False,
    question: Question | None = None,
    by: Actor,
    at: dt.datetime,
) -> Made:
    """Put an item into the next draft as an example, where it may be shown; else ask whether it may, for a `reason`.

    Who answers for the project's records themselves says so in the same step (`consents`). Without a consent that
    stands nothing is copied. A draft is begun where there is none. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NotFound: the item does not exist for them.
        Veiled, NothingToShow: it can become no example.
        BadExample: the wish cannot be met as written, with each place.
        ConsentWaits: it was asked already, and this person cannot answer it.
    """
    by, person = editing(by=by, project=item.project, at=at)
    shown, _roles = item_for(item.project.slug, item.uuid, by=by, at=at)
    desk = _Desk(lock_project(item.project_id), shown, by, person, at)
    what = _showable(desk, wish)
    standing = Consent.objects.filter(item=shown, ended_at=None).first()
    gives = consents and may_consent(by=by, project=desk.project, at=at)
    if standing is None:
        standing = _ask(desk, wish, reason, question)
    elif standing.given_at is None and not gives:
        raise ConsentWaits
    if standing.given_at is None:
        if not gives:
            return Made(standing)
        _give(desk, standing)
    return Made(standing, _copied(desk, standing, wish, what))


@transaction.atomic
def give_consent(*, consent: Consent, by: Actor, at: dt.datetime) -> Consent:
    """Say that an item may be shown to everybody who reads the guideline. Locks the project.

    Raises:
        Forbidden: neither compliance of the project nor an owner.
        NotFound: the item does not exist for them.
        ConsentOver: it was answered meanwhile.
    """
    desk, row = _answering(consent, by, at)
    if row.state != "asked":
        raise ConsentOver
    return _give(desk, row)


@transaction.atomic
def end_consent(*, consent: Consent, reason: str, by: Actor, at: dt.datetime) -> Consent:
    """Decline to let an item be shown, or take that back. Locks the project.

    What is published stays as it is, for good; no later version is published while an example shows the item.

    Raises:
        Forbidden: neither compliance of the project nor an owner.
        NotFound: the item does not exist for them.
        BadExample: no reason is given.
        ConsentOver: it was answered meanwhile.
    """
    desk, row = _answering(consent, by, at)
    said = _reason(reason)
    if row.ended_at is not None:
        raise ConsentOver
    kind = "reviews.consent_withdrawn" if row.given_at else "reviews.consent_declined"
    event = desk.tell(kind, consent=str(row.uuid), reason=said)
    row.ended_by_id, row.ended_at, row.ended_reason, row.end_event_id = desk.person, at, said, event
    row.save(update_fields=["ended_by", "ended_at", "ended_reason", "end_event"])
    return row


def _answering(consent: Consent, by: Actor, at: dt.datetime) -> tuple[_Desk, Consent]:
    by, person = consenting(by=by, project=consent.project, at=at)
    item, _roles = item_for(consent.project.slug, consent.item.uuid, by=by, at=at)
    desk = _Desk(lock_project(consent.project_id), item, by, person, at)
    return desk, Consent.objects.get(pk=consent.pk)


def _ask(desk: _Desk, wish: Wish, reason: str, question: Question | None) -> Consent:
    made = Consent(
        item=desk.item, project=desk.project, question=question, asked_by_id=desk.person, asked_at=desk.at,
        reason=_reason(reason), wish=asdict(wish),
    )  # fmt: skip
    number = question.number if question else None
    made.ask_event_id = desk.tell("reviews.consent_asked", consent=str(made.uuid), reason=made.reason, question=number)
    made.save(force_insert=True)
    return made


def _give(desk: _Desk, row: Consent) -> Consent:
    by, person = consenting(by=desk.by, project=desk.project, at=desk.at)
    event = desk.tell("reviews.consent_given", by, consent=str(row.uuid))
    row.given_by_id, row.given_at, row.give_event_id = person, desk.at, event
    row.save(update_fields=["given_by", "given_at", "give_event"])
    return row


def _copied(desk: _Desk, consent: Consent, wish: Wish, what: Showable) -> ItemExample:
    """Write the example into the draft, under an address that none had, and keep of what it was made."""
    language = desk.project.language
    draft = begin_guideline_draft(project=desk.project, language=language, by=desk.by, at=desk.at)
    guideline = copied(draft.guideline, "examples")
    _stands(draft, guideline, wish, desk.project)
    used = ItemExample.objects.filter(project=desk.project, language=language).values_list("example", flat=True)
    taken = {str(row.get("id")) for row in guideline["examples"]} | set(used)
    row: dict[str, Any] = {
        "id": fresh(" ".join(wish.caption.split()[:WORDS]), taken, "example"),
        "kind": what.kind,
        "verdict": wish.verdict,
    }
    more = {"caption": wish.caption.strip(), "section": wish.section, "label": wish.label}
    set_out(row, {**more, "asset": what.asset, "text": what.text})
    guideline["examples"] = [*guideline["examples"], row]
    change_guideline_draft(
        project=desk.project, language=language, guideline=guideline, taxonomy=draft.taxonomy, summary=draft.summary,
        revision=draft.revision, by=desk.by, at=desk.at,
    )  # fmt: skip
    event = desk.tell(
        "reviews.example_made",
        consent=str(consent.uuid), example=row["id"], language=language, asset=what.asset or None,
    )  # fmt: skip
    return ItemExample.objects.create(
        consent=consent, project=desk.project, language=language, example=row["id"], asset=what.asset,
        person_id=desk.person, made_at=desk.at, event_id=event,
    )  # fmt: skip


def _showable(desk: _Desk, wish: Wish) -> Showable:
    """Find what of the item is to be shown, and see that the wish says what each example says."""
    if veils(desk.project.pk):
        raise Veiled
    offered = showables(desk.item)
    if not offered:
        raise NothingToShow
    faults = []
    what = next((one for one in offered if one.key == wish.shows), None)
    if what is None:
        faults.append(("shows", _("Choose what of the item the example shows.")))
    if wish.verdict not in VERDICTS:
        faults.append(("verdict", _("Say how it was judged.")))
    if not wish.caption.strip() or len(wish.caption) > LONGEST:
        told = _("Say in at most %(n)s characters what it shows and why it was judged so.")
        faults.append(("caption", told % {"n": f"{LONGEST:,}"}))
    if faults or what is None:
        raise BadExample(fields=faults)
    return what


def _stands(draft: GuidelineDraft, guideline: dict[str, Any], wish: Wish, project: Project) -> None:
    """See that label and section are there in the draft."""
    standing = taxonomy_in_force(project.pk)
    labels = (draft.taxonomy or {}).get("labels") or (taxonomy_of(bytes(standing.body))["labels"] if standing else [])
    faults = []
    if wish.label and wish.label not in {one.get("code") for one in labels}:
        faults.append(("label", _("The next version has no such label.")))
    if wish.section and wish.section not in {one.get("id") for one in guideline.get("sections") or []}:
        faults.append(("section", _("The next version has no such section.")))
    if faults:
        raise BadExample(fields=faults)


def _reason(reason: str) -> str:
    said = reason.replace("\r\n", "\n").replace("\x00", "").strip()
    if not said or len(said) > LONGEST:
        raise BadExample(fields=[("reason", _("Say why, in at most %(n)s characters.") % {"n": f"{LONGEST:,}"})])
    return said
