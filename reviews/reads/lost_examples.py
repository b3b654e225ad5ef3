"""Examples still being written, or waiting for their day, of items that may be shown no longer."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from guidelines.content import guideline_of
from guidelines.models import GuidelineDraft, GuidelineVersion
from reviews.models import Consent, ItemExample
from reviews.reads.consents import Made, shown_by


@dataclass(frozen=True, slots=True)
class Lost:
    """A consent that was taken back, and where the item stands all the same.

    `drafts` are languages, `waiting` the numbers of versions that wait for their day.
    """

    consent: Consent
    drafts: list[str]
    waiting: list[int]


def lost_examples(projects: Collection[int]) -> list[Lost]:
    """List what was taken back in these projects and still stands in a draft or a waiting version, the newest first.

    At most three statements.
    """
    if not projects:
        return []
    standing = Consent.objects.filter(project__in=projects, given_at__isnull=False, ended_at=None).values("item_id")
    rows = ItemExample.objects.select_related("consent__item", "consent__project", "consent__ended_by")
    made = list(rows.filter(project__in=projects).exclude(consent__item__in=standing).order_by("-consent_id", "pk"))
    if not made:
        return []
    drafts = list(GuidelineDraft.objects.filter(project__in=projects).order_by("language"))
    waits = GuidelineVersion.objects.filter(project__in=projects, term__began_at=None, term__ended_at=None)
    versions = list(waits.select_related("term").order_by("number"))
    return [one for one in _each(made, drafts, versions) if one.drafts or one.waiting]


def _each(made: list[ItemExample], drafts: list[GuidelineDraft], versions: list[GuidelineVersion]) -> Iterator[Lost]:
    for consent in {one.consent_id: one.consent for one in made}.values():
        shown: list[Made] = [(one.language, one.example, one.asset) for one in made if one.consent_id == consent.pk]
        mine = consent.project_id
        yield Lost(
            consent,
            [one.language for one in drafts if one.project_id == mine and shown_by(one.language, _drafted(one), shown)],
            [one.number for one in versions if one.project_id == mine and shown_by(*_published(one), shown)],
        )


def _drafted(draft: GuidelineDraft) -> list[tuple[object, object]]:
    """Give address and file of each example of a draft, which need not be right yet."""
    written = draft.guideline.get("examples")
    rows = [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []
    return [(one.get("id"), one.get("asset")) for one in rows]


def _published(version: GuidelineVersion) -> tuple[str, list[tuple[object, object]]]:
    guideline = guideline_of(bytes(version.body))
    return guideline.language, [(one.id, one.asset) for one in guideline.examples]
