"""Lines of work: queues, lanes, who may work them, and how far each has looked."""

import uuid

from django.db import models

from accounts.models import Membership, Person, Project


class Queue(models.Model):
    """A named line of work with a level and skills."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="queues", db_index=False)
    slug = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)
    level = models.IntegerField(default=0)
    skills = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="reviews_queue_once")]

    def __str__(self) -> str:
        return self.name


class Lane(models.Model):
    """A queue and a skill set: what a claim scans. `skills` are sorted, parted by spaces."""

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="lanes", db_index=False)
    skills = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "skills"], name="reviews_lane_once")]

    def __str__(self) -> str:
        return f"{self.queue_id} [{self.skills}]"


class PersonLane(models.Model):
    """A person may work a lane, by one membership: a cache that verbs keep; a claim still checks the membership.

    `gated` keeps them from claims there until they acknowledge the guideline in force.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT)
    gated = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "lane", "membership"], name="reviews_personlane_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.lane_id}"


class Watermark(models.Model):
    """Up to where a person need not look in a lane again, until it is dropped."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT)
    rank = models.IntegerField()
    due_at = models.DateTimeField()
    seat_id = models.BigIntegerField()
    drop_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "lane"], name="reviews_watermark_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.lane_id}"
