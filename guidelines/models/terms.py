"""From when to when a version is in force: one at a time a project, and of guidelines one at a time a language."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Project
from audit.models import Event
from guidelines.models.versions import GuidelineVersion, TaxonomyVersion

WAITS = Q(began_at__isnull=True, ended_at__isnull=True)
STANDS = Q(began_at__isnull=False, ended_at__isnull=True)


class TaxonomyTerm(models.Model):
    """The time in force of a taxonomy version: not begun before its day, ended by the next one, or called off."""

    version = models.OneToOneField(TaxonomyVersion, on_delete=models.PROTECT, related_name="term")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=STANDS, name="guidelines_taxonomyterm_one_stands"),
            models.UniqueConstraint(fields=["project"], condition=WAITS, name="guidelines_taxonomyterm_one_waits"),
        ]

    def __str__(self) -> str:
        return f"Term of {self.version}"


class GuidelineTerm(models.Model):
    """The time in force of a guideline version: `starts_at` is its day, `began_at` when it came in force.

    It ends when the next one of its language begins, or when it is retired or, before its day, called off: then with
    who and why.
    """

    version = models.OneToOneField(GuidelineVersion, on_delete=models.PROTECT, related_name="term")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=16)
    starts_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    begin_event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(null=True)
    end_event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = _("guidelines")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "language"], condition=STANDS, name="guidelines_guidelineterm_one_stands"
            ),
            models.UniqueConstraint(
                fields=["project", "language"], condition=WAITS, name="guidelines_guidelineterm_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(began_at__isnull=True) | Q(begin_event__isnull=False),
                name="guidelines_guidelineterm_begun_with_its_event",
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=True, end_event__isnull=True)
                | Q(ended_at__isnull=False, reason__isnull=False, end_event__isnull=False),
                name="guidelines_guidelineterm_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], condition=WAITS, name="guidelines_guidelineterm_due")]

    def __str__(self) -> str:
        return f"Term of {self.version}"

    @property
    def state(self) -> str:
        """Name where it stands: waiting, in force, ended, or called off before it began."""
        if self.ended_at is not None:
            return "ended" if self.began_at is not None else "called_off"
        return "waiting" if self.began_at is None else "in_force"
