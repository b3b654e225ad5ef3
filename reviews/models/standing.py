"""What a project's loop runs by: decision rights, the switch, seeds, and how items are shown and to whom how long."""

from django.db import models
from django.utils.translation import gettext_lazy

from accounts.models import Person, Project
from audit.models import Event
from guidelines.models import ModelVersion


class RightsVersion(models.Model):
    """A project's published decision rights: numbered, hashed, never changed.

    `body` is RFC 8785 with all defaults filled in; `digest` is its SHA-256 in hex.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="rights", db_index=False)
    number = models.IntegerField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    reason = models.TextField()
    published_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    class Meta:
        verbose_name_plural = gettext_lazy("decision rights")
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="reviews_rightsversion_number")]

    def __str__(self) -> str:
        return f"Decision rights {self.number} of {self.project_id}"


class Position(models.TextChoices):
    """Where a switch stands."""

    NORMAL = "normal"
    ALL_TO_PEOPLE = "all-to-people"
    HOLD_EVERYTHING = "hold-everything"


class SwitchChange(models.Model):
    """Who turned which switch where, when and why; the newest row of a scope is in force.

    Neither project nor model version: the installation's switch.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True)
    position = models.CharField(max_length=16, choices=Position)
    reason = models.TextField()
    turned_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(project__isnull=True) | models.Q(model_version__isnull=True),
                name="reviews_switchchange_one_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(position__in=Position.values), name="reviews_switchchange_position"
            ),
        ]

    def __str__(self) -> str:
        return self.position


class Seed(models.Model):
    """A month's promise of a draw seed: SHA-256 of the seed first, the seed itself a week after the month."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    month = models.CharField(max_length=7)
    commitment = models.CharField(max_length=64)
    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    seed = models.CharField(max_length=64, null=True)
    revealed_at = models.DateTimeField(null=True)
    reveal_event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="revealed_seed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "month"], name="reviews_seed_month"),
            models.CheckConstraint(
                condition=models.Q(seed__isnull=True, revealed_at__isnull=True, reveal_event__isnull=True)
                | models.Q(seed__isnull=False, revealed_at__isnull=False, reveal_event__isnull=False),
                name="reviews_seed_revealed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.month}"


class Setup(models.Model):
    """How a project shows its items to people, and what it asks for before decision rights are published.

    `blur`, `grey` and `mute` veil hard content until a person looks or listens; `may_lift` lets each person do without.
    After `hard_items` items, or `hard_minutes` of them, a break of `break_minutes` is due; None: no such limit.
    `require_replay`: decision rights are published after a replay of the same document only.
    `publish_with_second`: decision rights are published by another person than proposed and last changed them;
    `alone_asked_by` has asked that one person be enough again, which takes another person's word.
    `calendar` holds working days, hours and holidays as the project file names them; None: all time is working time.
    `names_to_adjudicator`: who settles a disagreement reads whose decisions they are.
    """

    project = models.OneToOneField(Project, on_delete=models.PROTECT, primary_key=True)
    show_prediction = models.BooleanField(default=True)
    show_confidence = models.BooleanField(default=True)
    names_to_adjudicator = models.BooleanField(default=False, db_default=False)
    segments = models.JSONField(default=list)
    blur = models.BooleanField(default=False)
    grey = models.BooleanField(default=False)
    mute = models.BooleanField(default=False)
    may_lift = models.BooleanField(default=False)
    hard_items = models.IntegerField(null=True)
    hard_minutes = models.IntegerField(null=True)
    break_minutes = models.IntegerField(default=10)
    require_replay = models.BooleanField(default=False)
    publish_with_second = models.BooleanField(default=False)
    alone_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    calendar = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(hard_items__isnull=True) | models.Q(hard_items__range=(1, 1000)))
                & (models.Q(hard_minutes__isnull=True) | models.Q(hard_minutes__range=(1, 480)))
                & models.Q(break_minutes__range=(1, 480)),
                name="reviews_setup_break",
            ),
            models.CheckConstraint(
                condition=models.Q(alone_asked_by__isnull=True) | models.Q(publish_with_second=True),
                name="reviews_setup_alone_asked_of_two",
            ),
        ]

    def __str__(self) -> str:
        return str(self.project_id)


class Exposure(models.Model):
    """One person's present run of hard content: since when, how many items, and when one was last on their screen.

    A run is over once no such item has been on screen for as long as the project's break lasts.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True)
    since_at = models.DateTimeField()
    items = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(items__gte=1) & models.Q(last_at__gte=models.F("since_at")),
                name="reviews_exposure_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.items} items for {self.person_id}"
