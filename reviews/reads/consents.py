"""Items as examples of a guideline: what of one can be shown, whether it may be, and examples that lost that."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Project
from guidelines.content import Fault, Guideline, guideline_of
from guidelines.models import GuidelineVersion
from reviews.models import Consent, Item, ItemExample, Outcome, Setup
from reviews.reads.facts import data_of
from reviews.reads.media import FILE, sounds_in
from reviews.reads.stages import Stage, stage

WAITING = 50
SHOWN = ("language", "example", "asset")
Made = tuple[str, str, str]
"""An example that was made of an item: its language, its address and its file, "" without one."""


@dataclass(frozen=True, slots=True)
class Showable:
    """One thing of an item that an example can show: `key` names it in a form, `kind` is image, audio or text."""

    key: str
    kind: str
    asset: str = ""
    text: str = ""
    place: int = 1


def showables(item: Item) -> list[Showable]:
    """List what of an item an example can show: its pictures, its sounds, its text; nothing where its body is gone."""
    data = data_of(item)
    seen: Stage = stage(data, sounds=sounds_in(data))
    pictures = [Showable(one.sha256, "image", FILE + one.sha256, place=n) for n, one in enumerate(seen.pictures, 1)]
    sounds = [Showable(one.sha256, "audio", FILE + one.sha256, place=n) for n, one in enumerate(seen.sounds, 1)]
    words = [Showable("text", "text", text=seen.text)] if seen.text.strip() else []
    return [*pictures, *sounds, *words]


def veils(project_id: int) -> bool:
    """Tell whether a project lays a veil over its items."""
    found = Setup.objects.filter(project=project_id).values_list("blur", "grey", "mute").first()
    return any(found or ())


def label_in_force(item: Item) -> str:
    """Give the code of the one label that the answer in force has; "" where it has none or several, or is gone."""
    rows = Outcome.objects.filter(item=item, released_at__isnull=False, annulled_at__isnull=True)
    newest = rows.order_by("-number").first()
    output = json.loads(bytes(newest.body))["output"] if newest and newest.body is not None else None
    whole = output.get("labels") or [output.get("label")] if isinstance(output, dict) else []
    codes = {one for one in whole if isinstance(one, str)} if isinstance(whole, list) else set()
    return codes.pop() if len(codes) == 1 else ""


def consent_of(item: Item) -> Consent | None:
    """Give the newest consent of an item, whatever became of it."""
    rows = Consent.objects.select_related("asked_by", "given_by", "ended_by", "project", "item", "question")
    return rows.filter(item=item).order_by("-pk").first()


def consents_waiting(projects: list[int]) -> list[Consent]:
    """List what waits in these projects for somebody to say whether an item may be shown, the oldest first."""
    rows = Consent.objects.select_related("asked_by", "project", "item")
    return list(rows.filter(project__in=projects, ended_at=None, given_at=None).order_by("pk")[:WAITING])


def consents_given(project: Project) -> list[Consent]:
    """List the items that may be shown and are no example yet, the oldest first."""
    rows = Consent.objects.select_related("given_by", "item").filter(project=project, ended_at=None)
    return list(rows.filter(given_at__isnull=False, examples=None).order_by("pk")[:WAITING])


def examples_of(item: Item) -> list[ItemExample]:
    """List the examples that were made of an item."""
    return list(ItemExample.objects.filter(consent__item=item).order_by("pk"))


def waiting_with(item: Item) -> list[int]:
    """Number the published versions that wait for their day and show an item; two statements."""
    made = list(ItemExample.objects.filter(consent__item=item).values_list(*SHOWN))
    rows = GuidelineVersion.objects.filter(project=item.project_id, term__began_at=None, term__ended_at=None)
    waiting = rows.order_by("pk").values_list("number", "body") if made else []
    return [number for number, body in waiting if _showing(guideline_of(bytes(body)), made)]


def objections(project: Project, guideline: Guideline) -> Iterator[Fault]:
    """Find the examples that show an item which may be shown no longer; one statement."""
    standing = Consent.objects.filter(project=project, given_at__isnull=False, ended_at=None).values("item_id")
    lost = ItemExample.objects.filter(project=project).exclude(consent__item__in=standing).values_list(*SHOWN)
    for place in _showing(guideline, list(lost)):
        yield Fault(
            f"examples[{place}]", _("The item that this example shows may be shown no longer: take the example out.")
        )


def _showing(guideline: Guideline, made: list[Made]) -> list[int]:
    return shown_by(guideline.language, [(one.id, one.asset) for one in guideline.examples], made)


def shown_by(language: str, examples: Sequence[tuple[object, object]], made: Sequence[Made]) -> list[int]:
    """Give the places of the examples, each its address and file, that are one of these, by address or by file."""
    names = {example for spoken, example, _asset in made if spoken == language}
    files = {asset for *_place, asset in made if asset}
    return [place for place, (name, asset) in enumerate(examples) if name in names or asset in files]
