"""Writing guidelines in tests: editors, and documents that may be published."""

import datetime as dt
import json
from typing import Any

from accounts.actions import add_person, give_membership, name_owner
from accounts.reads import Actor, actor_of_person, console
from guidelines.actions import (
    answer_question,
    begin_guideline_draft,
    begin_quiz,
    change_guideline_draft,
    publish_guideline_draft,
)
from guidelines.models import GuidelineDraft, GuidelineVersion, QuizAttempt
from tests.town import Town

LABELS: list[dict[str, Any]] = [
    {"code": "cat", "name": "Cat", "key": "1", "definition": "A cat can be seen."},
    {"code": "dog", "name": "Dog", "key": "2", "definition": "A dog can be seen."},
    {"code": "fox", "name": "Fox", "key": "3", "definition": "A fox can be seen."},
]
TAXONOMY: dict[str, Any] = {
    "labels": LABELS,
    "error_categories": [{"code": "wrong", "name": "Wrong label"}],
    "many": False,
    "schema": None,
}
SPLIT: dict[str, Any] = TAXONOMY | {
    "labels": [
        {"code": "kitten", "name": "Kitten", "key": "1", "definition": "A cat of less than a year."},
        {"code": "grown", "name": "Grown cat", "key": "4", "definition": "A cat of a year and more."},
        *LABELS[1:],
        {**LABELS[0], "active": False},
    ],
    "mapping": {"rows": [{"was": ["cat"], "now": ["kitten", "grown"], "note": "By age."}]},
}
MERGED: dict[str, Any] = TAXONOMY | {
    "labels": [{"code": "canid", "name": "Dog or fox", "key": "2", "definition": "Either."}, LABELS[0]],
    "mapping": {"rows": [{"was": ["dog", "fox"], "now": ["canid"]}]},
}
GUIDELINE: dict[str, Any] = {
    "sections": [
        {"id": "start", "kind": "overview", "title": "What this is", "text": "Say which animal is **seen**."},
        {"id": "cats", "kind": "label", "title": "Cats", "label": "cat", "text": "Four legs, and pride."},
        {"id": "toys", "kind": "edge_case", "title": "Toys", "text": "A toy is what it stands for."},
    ],
    "examples": [
        {
            "id": "plush",
            "kind": "text",
            "verdict": "correct",
            "caption": "A plush cat is a cat.",
            "section": "toys",
            "label": "cat",
            "text": "A plush cat on a shelf.",
        },
        {
            "id": "cloud",
            "kind": "text",
            "verdict": "incorrect",
            "caption": "A cloud is none.",
            "section": "toys",
            "label": "cat",
            "text": "A cloud in the form of a cat.",
        },
    ],
}


def editor(town: Town, name: str = "edna", role: str = "guideline_editor") -> Actor:
    """Make an editor of the town's guidelines, or an owner."""
    person = add_person(name=name, email=f"{name}@{town.project.slug}.invalid", by=console(), at=town.now)
    if role == "owner":
        name_owner(person=person, by=console(), at=town.now)
    else:
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    return actor_of_person(person, "browser")


def copied(document: dict[str, Any]) -> dict[str, Any]:
    """Give a document that may be changed."""
    made: dict[str, Any] = json.loads(json.dumps(document))
    return made


def draft(
    town: Town,
    by: Actor,
    guideline: dict[str, Any] = GUIDELINE,
    taxonomy: dict[str, Any] | None = TAXONOMY,
    summary: str = "Said more plainly.",
    language: str = "en",
) -> GuidelineDraft:
    """Begin a draft and write these documents into it."""
    begun = begin_guideline_draft(project=town.project, language=language, by=by, at=town.now)
    return change_guideline_draft(
        project=town.project,
        language=language,
        guideline=copied(guideline),
        taxonomy=copied(taxonomy) if taxonomy is not None else None,
        summary=summary,
        revision=begun.revision,
        by=by,
        at=town.now,
    )


def published(
    town: Town, by: Actor, *documents: Any, starts_at: dt.datetime | None = None, **more: Any
) -> GuidelineVersion:
    """Write a draft and publish it."""
    made = draft(town, by, *documents, **more)
    return publish_guideline_draft(
        project=town.project, language=made.language, revision=made.revision, starts_at=starts_at, by=by, at=town.now
    )


READ: dict[str, Any] = GUIDELINE | {"acknowledge": {}}
QUIZZED: dict[str, Any] = GUIDELINE | {
    "examples": [
        *GUIDELINE["examples"],
        *(
            {
                "id": f"more-{number}",
                "kind": "text",
                "verdict": "correct" if number % 2 else "incorrect",
                "caption": f"Why number {number} was judged so.",
                "section": "cats",
                "label": "cat",
                "text": f"Animal number {number}.",
            }
            for number in range(1, 7)
        ),
        {"id": "odd", "kind": "text", "verdict": "borderline", "caption": "Who knows.", "text": "A shadow."},
    ],
    "acknowledge": {"questions": 3, "right": 2},
}


def answered(town: Town, by: Actor, version: GuidelineVersion, *, right: int = 3) -> QuizAttempt:
    """Take the quiz of a version with so many right answers."""
    verdicts = {one["id"]: one["verdict"] for one in json.loads(bytes(version.body))["examples"]}
    attempt = begin_quiz(project=town.project, number=version.number, by=by, at=town.now)
    for place, question in enumerate(attempt.questions):
        truth = verdicts[question]
        wrong = "incorrect" if truth == "correct" else "correct"
        attempt = answer_question(
            project=town.project,
            number=version.number,
            attempt=attempt.number,
            place=place,
            answer=truth if place < right else wrong,
            by=by,
            at=town.now,
        )
    return attempt
