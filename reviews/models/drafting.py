"""Decision rights while they are being written."""

from django.db import models

from accounts.models import Person, Project
from reviews.models.standing import RightsVersion


class RightsDraft(models.Model):
    """The next version of a project's decision rights, as it stands while people edit it; gone when it is published.

    `body` is the document as JSON and need not be right yet. `base` is the version it was begun from. `revision` grows
    with every change, so that two editors do not write over each other. Who proposed it for publishing, when and why,
    stand in `proposed_by`, `proposed_at` and `reason`; a change takes the proposal back.
    """

    project = models.OneToOneField(Project, on_delete=models.PROTECT, primary_key=True)
    base = models.ForeignKey(RightsVersion, on_delete=models.PROTECT, null=True, db_index=False)
    body = models.JSONField(default=dict)
    revision = models.IntegerField(default=1)
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(proposed_by__isnull=True, proposed_at__isnull=True)
                | models.Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="reviews_rightsdraft_proposed_whole",
            )
        ]

    def __str__(self) -> str:
        return f"Draft of decision rights of {self.project_id}"
