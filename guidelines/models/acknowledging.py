"""Who has read a guideline version and said so, and the quizzes on the way there."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Person
from audit.models import Event
from guidelines.models.versions import GuidelineVersion


class QuizAttempt(models.Model):
    """One person's n-th try at a version's quiz: the examples that were drawn, and the answers once all are given.

    `questions` are addresses of the version's examples, in the order asked. `given` is what was answered so far, each
    `correct` or `incorrect`, and may still be given up; `answers` is all of it, with how many were `right`, once the
    last one is in. An attempt that is never answered to its end counts as none.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    questions = models.JSONField()
    begun_at = models.DateTimeField()
    begin_event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    given = models.JSONField(default=list)
    answers = models.JSONField(null=True)
    right = models.IntegerField(null=True)
    passed = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person", "number"], name="guidelines_quizattempt_number"),
            models.UniqueConstraint(
                fields=["version", "person"],
                condition=Q(answered_at__isnull=True),
                name="guidelines_quizattempt_one_unanswered",
            ),
            models.CheckConstraint(
                condition=Q(
                    answers__isnull=True,
                    right__isnull=True,
                    passed__isnull=True,
                    answered_at__isnull=True,
                    answer_event__isnull=True,
                )
                | Q(
                    answers__isnull=False,
                    right__isnull=False,
                    passed__isnull=False,
                    answered_at__isnull=False,
                    answer_event__isnull=False,
                ),
                name="guidelines_quizattempt_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.person_id} at {self.version_id}"


class GuidelineAcknowledgement(models.Model):
    """One person has read one guideline version and says so; `attempt` is the quiz that they passed, where it has one.

    Not to be mixed up with the acknowledgement of an escalation, which is of `reviews`.
    """

    version = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, related_name="acknowledgements", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    attempt = models.OneToOneField(QuizAttempt, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="guidelines_guidelineacknowledgement_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.version_id}"


class GuidelineReminder(models.Model):
    """Someone who runs the project asked a person to read a version; the person is shown it until they acknowledge."""

    version = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    reminded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    reminded_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["version", "person"], name="guidelines_reminder_of")]

    def __str__(self) -> str:
        return f"{self.person_id} was asked to read {self.version_id}"
