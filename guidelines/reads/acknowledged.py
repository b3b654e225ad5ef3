"""What a person is asked to acknowledge: the version in force, what changed since they last did, and its quiz."""

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.models import Membership, Person, Project
from guidelines.content import Acknowledge, Example, Guideline, guideline_of, taxonomy_doc
from guidelines.content.differing import Difference, Version, differences
from guidelines.models import GuidelineAcknowledgement, GuidelineReminder, GuidelineVersion, QuizAttempt
from guidelines.reads.standing import guideline_in_force

BETWEEN_REMINDERS = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ToRead:
    """A version in force that asks to be acknowledged, as it stands for one person.

    `before` is the version that they acknowledged last, None where this is their first, and `changes` what differs from
    it. `published` lists the versions since, the newest first, with their summaries. `attempts` are theirs at this
    version's quiz, the oldest first.
    """

    version: GuidelineVersion
    guideline: Guideline
    acknowledged_at: dt.datetime | None
    before: GuidelineVersion | None
    changes: list[Difference]
    published: list[GuidelineVersion]
    attempts: list[QuizAttempt]
    reminder: GuidelineReminder | None

    @property
    def asked(self) -> Acknowledge:
        """Give what the version asks for."""
        return self.guideline.acknowledge or Acknowledge()

    @property
    def unanswered(self) -> QuizAttempt | None:
        """Give the attempt that is not answered to its end."""
        return self.attempts[-1] if self.attempts and self.attempts[-1].answered_at is None else None

    @property
    def last(self) -> QuizAttempt | None:
        """Give the last attempt that was answered to its end."""
        return next((one for one in reversed(self.attempts) if one.answered_at is not None), None)


@dataclass(frozen=True, slots=True)
class Question:
    """One example that is asked about: its place from 0, the name of its label and the title of its section.

    `answer` is what was given, "" before.
    """

    place: int
    example: Example
    label: str
    section: str
    answer: str = ""

    @property
    def right(self) -> bool:
        """Tell whether the answer says what the guideline says."""
        return self.answer == self.example.verdict


def to_be_read(project: Project, person_id: int) -> ToRead | None:
    """Read what a project asks a person to acknowledge; None where no version in force asks anybody. Six statements."""
    version = guideline_in_force(project)
    if version is None or not version.to_acknowledge:
        return None
    done = (
        GuidelineAcknowledgement.objects.select_related("version__taxonomy")
        .filter(person=person_id, version__project=project, version__term__language=version.term.language)
        .order_by("-version__number")
    )
    mine = {one.version.number: one for one in done[:50]}
    now = mine.get(version.number)
    before = next((one.version for number, one in mine.items() if number < version.number), None)
    since = GuidelineVersion.objects.filter(
        project=project,
        term__language=version.term.language,
        term__began_at__isnull=False,
        number__lte=version.number,
        number__gt=before.number if before else version.number - 1,
    )
    return ToRead(
        version,
        guideline_of(bytes(version.body)),
        now.acknowledged_at if now else None,
        before,
        differences(_whole(before), _whole(version)) if before else [],
        list(since.order_by("-number")),
        list(QuizAttempt.objects.filter(version=version, person=person_id).order_by("number")),
        GuidelineReminder.objects.select_related("reminded_by")
        .filter(version=version, person=person_id)
        .order_by("-pk")
        .first(),
    )


def questions_of(version: GuidelineVersion, attempt: QuizAttempt) -> list[Question]:
    """Give an attempt's questions with what was answered so far."""
    taxonomy, guideline = _whole(version)
    examples = {one.id: one for one in guideline.examples}
    labels = {one.code: one.name for one in taxonomy.labels}
    sections = {one.id: one.title for one in guideline.sections}
    given = [*(attempt.answers or attempt.given), *[""] * len(attempt.questions)]
    return [
        Question(
            place,
            examples[address],
            labels.get(examples[address].label or "", ""),
            sections.get(examples[address].section or "", ""),
            given[place],
        )
        for place, address in enumerate(attempt.questions)
    ]


def reader_of(project_id: int, reader: str, at: dt.datetime) -> Person | None:
    """Find a person with a role in a project by their uuid."""
    try:
        wanted = uuid.UUID(reader)
    except ValueError:
        return None
    standing = Membership.objects.standing(at).filter(project_id=project_id)
    return Person.objects.filter(uuid=wanted, pk__in=standing.values("person_id")).first()


def _whole(version: GuidelineVersion) -> Version:
    return taxonomy_doc(bytes(version.taxonomy.body)), guideline_of(bytes(version.body))
