"""What people bring by hand, before it is sent."""

from django.db import models

from accounts.models import Person, Project


class Tray(models.Model):
    """What a person has brought to a project and not sent yet; gone when it is sent, put away, or a day old.

    `text` are rows as they were pasted or as a file held them; `files` the ids of brought images by file name. `plan`
    says how the text is read (separator, header, role of each column, model version); `found` what came of it (rows,
    good ones, refused ones with their sentences, confidences counted).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    text = models.TextField(blank=True)
    files = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    put_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="reviews_tray_once")]
        indexes = [models.Index(fields=["put_at"], name="reviews_tray_oldest")]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.project_id}"
