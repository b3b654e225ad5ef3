"""The next version of a guideline, while it is being written."""

from django.db import models
from django.db.models import Q

from accounts.models import Person, Project
from guidelines.models.versions import GuidelineVersion, TaxonomyVersion


class GuidelineSetup(models.Model):
    """How a project publishes guidelines: `with_second` asks that another editor reads each draft and agrees.

    `taxonomy` and `guideline` are what claims show now, worked out from the terms whenever one begins or ends: the
    guideline in the project's language, else the first there is.
    """

    project = models.OneToOneField(Project, on_delete=models.PROTECT, primary_key=True, related_name="+")
    with_second = models.BooleanField(default=False)
    taxonomy = models.ForeignKey(TaxonomyVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    guideline = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"Guidelines of {self.project_id}"


class GuidelineDraft(models.Model):
    """The next version of a project's guideline in one language, as it stands while editors write it.

    `guideline` and `taxonomy` are documents as JSON and need not be right yet; a draft in another language than the
    project's has no taxonomy of its own and stands on the one in force. `base` and `taxonomy_base` are what it was
    begun from. `revision` grows with every change, so that two editors do not write over each other. `summary` says
    what changes and why. Who asked for it to be read, and who agreed, stand here until the next change takes both back;
    `note` is what a second editor asked for who did not agree.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=16)
    base = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, null=True, db_index=False)
    taxonomy_base = models.ForeignKey(TaxonomyVersion, on_delete=models.PROTECT, null=True, db_index=False)
    guideline = models.JSONField(default=dict)
    taxonomy = models.JSONField(null=True)
    summary = models.TextField(blank=True)
    revision = models.IntegerField(default=1)
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    agreed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "language"], name="guidelines_guidelinedraft_one_a_language"),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True, proposed_at__isnull=True)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="guidelines_guidelinedraft_proposed_whole",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False, proposed_by__isnull=False)
                & ~Q(agreed_by=models.F("proposed_by"))
                & ~Q(agreed_by=models.F("changed_by")),
                name="guidelines_guidelinedraft_agreed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Draft of the guideline of {self.project_id} in {self.language}"
