"""Who of a project has acknowledged the guideline in force, and since when the others are kept from work."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Project
from audit.models.sql import ask
from guidelines.models import GuidelineVersion, ModelCard
from guidelines.reads import BETWEEN_REMINDERS, cards_asked, guideline_in_force

READERS = """
SELECT x.uuid, x.name, ak.acknowledged_at, min(m.from_at) AS from_at,
    (SELECT count(*) FROM guidelines_quizattempt a WHERE a.version_id = %s AND a.person_id = x.id
        AND a.answered_at IS NOT NULL) AS attempts,
    (SELECT max(r.reminded_at) FROM guidelines_guidelinereminder r WHERE r.version_id = %s AND r.person_id = x.id)
        AS reminded_at
FROM reviews_personlane pl JOIN accounts_person x ON x.id = pl.person_id
JOIN accounts_membership m ON m.id = pl.membership_id AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
JOIN reviews_lane l ON l.id = pl.lane_id JOIN reviews_queue q ON q.id = l.queue_id
LEFT JOIN guidelines_guidelineacknowledgement ak ON ak.version_id = %s AND ak.person_id = x.id
WHERE q.project_id = %s GROUP BY x.id, x.uuid, x.name, ak.acknowledged_at ORDER BY x.name, x.id
"""
CARD_READERS = """
SELECT DISTINCT x.id, x.name, mc.id AS card_id, ka.acknowledged_at
FROM guidelines_modelcard mc JOIN guidelines_modelversion mv ON mv.id = mc.model_id
JOIN reviews_queue q ON q.project_id = mv.project_id JOIN reviews_lane l ON l.queue_id = q.id
JOIN reviews_personlane pl ON pl.lane_id = l.id JOIN accounts_person x ON x.id = pl.person_id
JOIN accounts_membership m ON m.id = pl.membership_id AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
LEFT JOIN guidelines_cardacknowledgement ka ON ka.card_id = mc.id AND ka.person_id = x.id
WHERE mv.project_id = %s AND mc.ended_at IS NULL AND mc.asks ORDER BY x.name, x.id
"""
REMINDED = """
SELECT p.slug, x.name, r.reminded_at FROM guidelines_guidelinereminder r
JOIN guidelines_guidelineterm gt ON gt.version_id = r.version_id AND gt.began_at IS NOT NULL AND gt.ended_at IS NULL
JOIN accounts_project p ON p.id = gt.project_id JOIN accounts_person x ON x.id = r.reminded_by_id
WHERE r.person_id = %s ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who works in a project: when they acknowledged the version in force, and answered quizzes before.

    `kept_since` is from when on they get no work, None where they do. `remindable`: nobody has lately.
    """

    uuid: UUID
    name: str
    acknowledged_at: dt.datetime | None
    attempts: int
    kept_since: dt.datetime | None
    reminded_at: dt.datetime | None
    remindable: bool


@dataclass(frozen=True, slots=True)
class Readers:
    """The version in force that asks to be acknowledged, and all who work in its project, by name."""

    version: GuidelineVersion
    everyone: list[Reader]

    @property
    def kept(self) -> list[Reader]:
        """List those who have not."""
        return [one for one in self.everyone if one.kept_since is not None]

    @property
    def done(self) -> int:
        """Count those who have."""
        return len(self.everyone) - len(self.kept)


@dataclass(frozen=True, slots=True)
class CardReaders:
    """A card in force that asks to be acknowledged, and all who work in its project, by name, with when they did."""

    card: ModelCard
    everyone: list[tuple[str, dt.datetime | None]]

    @property
    def kept(self) -> list[tuple[str, dt.datetime | None]]:
        """List those who have not."""
        return [one for one in self.everyone if one[1] is None]

    @property
    def done(self) -> int:
        """Count those who have."""
        return len(self.everyone) - len(self.kept)


def card_readers(project: Project, at: dt.datetime) -> list[CardReaders]:
    """Read who works in a project and has acknowledged its cards, card by card; one statement, or two."""
    cards = cards_asked(project)
    rows = ask(CARD_READERS, [at, at, project.pk]) if cards else []
    return [
        CardReaders(card, [(row.name, row.acknowledged_at) for row in rows if row.card_id == card.pk]) for card in cards
    ]


def readers(project: Project, at: dt.datetime) -> Readers | None:
    """Read who works in a project and has acknowledged; None where no version asks for it. At most four statements."""
    version = guideline_in_force(project)
    if version is None or not version.to_acknowledge:
        return None
    began = version.term.began_at
    rows = ask(READERS, [version.pk, version.pk, at, at, version.pk, project.pk])
    return Readers(
        version,
        [
            Reader(
                row.uuid,
                row.name,
                row.acknowledged_at,
                row.attempts,
                None if row.acknowledged_at else max(began, row.from_at),
                row.reminded_at,
                not row.acknowledged_at and (not row.reminded_at or row.reminded_at <= at - BETWEEN_REMINDERS),
            )
            for row in rows
        ],
    )


def reminded(person_id: int) -> dict[str, tuple[str, dt.datetime]]:
    """Give who reminded a person last of a guideline in force, and when, by the project's slug; one statement."""
    return {row.slug: (row.name, row.reminded_at) for row in ask(REMINDED, [person_id])}
