"""Questions on a guideline and on items, and items that became examples of it, with who let them be shown."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Project
from audit.models import Erasure, Event
from guidelines.models import GuidelineVersion
from reviews.models.items import Item, erased_whole


class Question(models.Model):
    """One thing that somebody asks of a project's guideline; numbered from 1 in the project, open until it has an end.

    `guideline` is the version that they were reading and `section` the address of the section that it is on; "" where
    the guideline does not cover it. `item` is what they had before them. `body` is RFC 8785 {"text"}.
    """

    uuid = models.UUIDField(unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    guideline = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    section = models.CharField(max_length=64, blank=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="reviews_question_number"),
            models.CheckConstraint(
                condition=models.Q(section="") | models.Q(guideline__isnull=False), name="reviews_question_section"
            ),
            erased_whole("reviews_question_erased_whole"),
        ]
        indexes = [
            models.Index(fields=["person", "project", "-number"], name="reviews_question_of_person"),
            models.Index(fields=["item"], condition=models.Q(item__isnull=False), name="reviews_question_of_item"),
        ]

    def __str__(self) -> str:
        return f"Question {self.number} in {self.project_id}"


class QuestionHow(models.TextChoices):
    """How a question ends: with an answer, by a version that covers it, or taken back by whoever asked."""

    ANSWERED = "answered", _("Answered")
    COVERED = "covered", _("Covered")
    WITHDRAWN = "withdrawn", _("Taken back")


class QuestionEnd(models.Model):
    """How one question ended. `version` covers it now; `body` is RFC 8785 {"text"}, "" where no word was needed."""

    question = models.OneToOneField(Question, on_delete=models.PROTECT, primary_key=True, related_name="end")
    how = models.CharField(max_length=9, choices=QuestionHow)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(how__in=QuestionHow.values), name="reviews_questionend_how"),
            models.CheckConstraint(
                condition=models.Q(how="covered", version__isnull=False)
                | (~models.Q(how="covered") & models.Q(version__isnull=True)),
                name="reviews_questionend_covered_by",
            ),
            erased_whole("reviews_questionend_erased_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.how}"


class Consent(models.Model):
    """Whether one item may be shown to everybody who reads the project's guideline, in files of it too.

    Asked for by an editor with a `reason`; `wish` is the example that they would make. Given by somebody who answers
    for the project's records, or declined; what was given may be withdrawn, with what is said then in `ended_reason`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    reason = models.TextField()
    wish = models.JSONField()
    ask_event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    given_at = models.DateTimeField(null=True)
    give_event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(null=True)
    end_event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(ended_at__isnull=True), name="reviews_consent_one_an_item"
            ),
            models.CheckConstraint(
                condition=models.Q(given_by__isnull=True, given_at__isnull=True, give_event__isnull=True)
                | models.Q(given_by__isnull=False, given_at__isnull=False, give_event__isnull=False),
                name="reviews_consent_given_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ended_by__isnull=True, ended_at__isnull=True, ended_reason__isnull=True, end_event__isnull=True
                )
                | models.Q(
                    ended_by__isnull=False, ended_at__isnull=False, ended_reason__isnull=False, end_event__isnull=False
                ),
                name="reviews_consent_ended_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "id"],
                condition=models.Q(ended_at__isnull=True, given_at__isnull=True),
                name="reviews_consent_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"Consent for {self.item_id}"

    @property
    def state(self) -> str:
        """Say how it stands: asked, given, declined or withdrawn."""
        if self.ended_at is None:
            return "given" if self.given_at else "asked"
        return "withdrawn" if self.given_at else "declined"


class ItemExample(models.Model):
    """An item that became an example of the guideline in a language, by a consent that stood then.

    `example` is its address there, `asset` the file that it shows, "" for words.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="examples")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=16)
    example = models.CharField(max_length=64)
    asset = models.CharField(max_length=71, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "language", "example"], name="reviews_itemexample_address")
        ]

    def __str__(self) -> str:
        return f"{self.example} of {self.consent_id}"
