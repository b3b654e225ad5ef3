"""Human work: tasks, seats, claims, and what each claim showed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from audit.models import Event
from guidelines.models import GuidelineVersion, ModelCard, TaxonomyVersion
from reviews.models.items import Item
from reviews.models.lines import Lane, Queue


class Kind(models.TextChoices):
    """What a task is for."""

    WORK = "work", _("Review")
    AUDIT = "audit", _("Audit")
    SECOND = "second", _("Second review")
    ADJUDICATION = "adjudication", _("Adjudication")
    ESCALATION = "escalation", _("Escalation")
    APPEAL = "appeal", _("Appeal")
    REREVIEW = "rereview", _("Re-review")
    LEARNING = "learning", _("Learning")
    GOLD = "gold", _("Gold")
    CATCH = "catch", _("Catch trial")
    CALIBRATION = "calibration", _("Calibration")


SETTLING = ("work", "learning", "adjudication", "escalation", "audit", "second", "rereview", "appeal")
APART = ("work", "audit", "second", "adjudication", "escalation", "appeal", "rereview")
CLIMBS = ("work", "learning", "escalation")
SHOWS_PRIOR = ("adjudication", "escalation", "appeal")


class TaskState(models.TextChoices):
    """Where a task stands: open for decisions, settled, passed on to another task, or closed without an answer."""

    OPEN = "open"
    SETTLED = "settled"
    PASSED_ON = "passed_on"
    CLOSED = "closed"


class Task(models.Model):
    """One piece of human work on an item in one queue; it wants `wanted` equal answers of different people.

    `sseq` and `head` are the end of its ledger stream (0 and NULL before its first event). `after` is the task that it
    came out of. `event` opened it (an item's receipt its first ones). At `climb_at` the clock passes it up.
    """

    uuid = models.UUIDField(unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="tasks")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    wanted = models.IntegerField(default=1)
    after = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False)
    opened_at = models.DateTimeField()
    climb_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=TaskState, default=TaskState.OPEN)
    sseq = models.IntegerField(default=0)
    head = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "kind", "item"], name="reviews_task_kind_of_item"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="reviews_task_kind"),
            models.CheckConstraint(condition=models.Q(state__in=TaskState.values), name="reviews_task_state"),
            models.CheckConstraint(condition=models.Q(wanted__gte=1, wanted__lte=9), name="reviews_task_wanted"),
        ]
        indexes = [
            models.Index(
                fields=["climb_at"],
                condition=models.Q(state="open", climb_at__isnull=False),
                name="reviews_task_climbing",
            ),
            models.Index(
                fields=["queue"], condition=models.Q(state="open", kind="escalation"), name="reviews_task_escalated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class Acknowledgement(models.Model):
    """Somebody at a higher level said of an escalated task that they have it in hand; it is no longer unanswered."""

    task = models.OneToOneField(Task, on_delete=models.PROTECT, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    acknowledged_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return str(self.task_id)


class SeatState(models.TextChoices):
    """Where a seat stands."""

    OPEN = "open"
    LEASED = "leased"
    DECIDED = "decided"
    CLOSED = "closed"


HELD = models.Q(state__in=["leased", "decided"])


class Seat(models.Model):
    """One wanted decision of a task. While leased or decided it has a person and the claim they hold it by.

    `slot` is `open` (on a screen), `prefetch`, or `batch` with a `place` from 1 to 50 in it: a person holds one seat a
    slot, and one a place. `single` says that it was left out of a batch, for single review. `rank` is smaller for what
    is worth more. `apart` says that the item's other apart tasks want other people. `kept_for` is the one person who
    may sit here until `kept_until`: the author of a decision that was returned for rework. `compared` says that
    somebody has been shown this task's decisions side by side; who has may not sit here.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="seats", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, db_index=False)
    rank = models.IntegerField()
    due_at = models.DateTimeField()
    apart = models.BooleanField()
    state = models.CharField(max_length=8, choices=SeatState, default=SeatState.OPEN)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, db_index=False)
    claim_id = models.BigIntegerField(null=True)
    slot = models.CharField(max_length=8, null=True)
    lease_until = models.DateTimeField(null=True)
    place = models.SmallIntegerField(null=True)
    single = models.BooleanField(default=False, db_default=False)
    kept_for = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    kept_until = models.DateTimeField(null=True)
    compared = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="reviews_seat_number"),
            models.UniqueConstraint(fields=["task", "person"], condition=HELD, name="reviews_seat_one_a_person"),
            models.UniqueConstraint(
                fields=["item", "person"], condition=HELD & models.Q(apart=True), name="reviews_seat_apart"
            ),
            models.UniqueConstraint(
                fields=["person", "slot"],
                condition=models.Q(state="leased", slot__in=["open", "prefetch"]),
                name="reviews_seat_slot",
            ),
            models.UniqueConstraint(
                fields=["person", "place"], condition=models.Q(place__isnull=False), name="reviews_seat_place"
            ),
            models.CheckConstraint(
                condition=models.Q(slot="batch", place__isnull=False, place__gte=1, place__lte=50)
                | (models.Q(place__isnull=True) & (models.Q(slot__isnull=True) | ~models.Q(slot="batch"))),
                name="reviews_seat_place_in_a_batch",
            ),
            models.CheckConstraint(
                condition=(HELD & models.Q(person__isnull=False, claim_id__isnull=False))
                | (~HELD & models.Q(person__isnull=True, claim_id__isnull=True)),
                name="reviews_seat_held_by_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state="leased", lease_until__isnull=False, slot__in=["open", "prefetch", "batch"])
                | (~models.Q(state="leased") & models.Q(lease_until__isnull=True, slot__isnull=True)),
                name="reviews_seat_lease",
            ),
            models.CheckConstraint(condition=models.Q(state__in=SeatState.values), name="reviews_seat_state"),
            models.CheckConstraint(
                condition=models.Q(kept_for__isnull=True, kept_until__isnull=True)
                | models.Q(kept_for__isnull=False, kept_until__isnull=False, compared=True),
                name="reviews_seat_kept_for_rework",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "rank", "due_at", "id"], condition=models.Q(state="open"), name="reviews_seat_line"
            ),
            models.Index(
                fields=["lane", "due_at", "id"],
                condition=models.Q(state__in=["open", "leased"]),
                name="reviews_seat_due",
            ),
            models.Index(fields=["lease_until"], condition=models.Q(state="leased"), name="reviews_seat_lapsing"),
            models.Index(fields=["person", "id"], condition=models.Q(state="decided"), name="reviews_seat_mine"),
            models.Index(
                fields=["kept_for", "id"], condition=models.Q(kept_for__isnull=False), name="reviews_seat_rework"
            ),
        ]

    def __str__(self) -> str:
        return f"Seat {self.number} of {self.task_id}"


class Onlooker(models.Model):
    """Somebody who has been shown a task's decisions side by side before it waited again: no seat of it is theirs."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="reviews_onlooker_once")]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.task_id}"


class Batch(models.Model):
    """Up to 50 proposals that one person looks at together; its claims name it, and their events tell of it."""

    uuid = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return str(self.uuid)


class Claim(models.Model):
    """One person's lease on a seat, from prefetch or opening to an end."""

    token = models.UUIDField(unique=True)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, db_index=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    via = models.CharField(max_length=8)
    claimed_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="claims", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "id"], condition=models.Q(batch__isnull=False), name="reviews_claim_of_batch")
        ]

    def __str__(self) -> str:
        return str(self.token)


class Presentation(models.Model):
    """The manifest of digests that a claim showed, at most 4 KB of RFC 8785, and the versions it names."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, primary_key=True)
    taxonomy = models.ForeignKey(TaxonomyVersion, on_delete=models.PROTECT, db_index=False)
    guideline = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, null=True, db_index=False)
    card = models.ForeignKey(ModelCard, on_delete=models.PROTECT, null=True, db_index=False)
    manifest = models.BinaryField()

    def __str__(self) -> str:
        return str(self.claim_id)


class Opening(models.Model):
    """The claim's item was on screen."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, primary_key=True)
    opened_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return str(self.claim_id)


class ClaimEnd(models.Model):
    """A claim that ended without a decision: lapsed, given back, left for single review, or ended by another verb."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, primary_key=True)
    reason = models.CharField(max_length=8)
    ended_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=["lapsed", "returned", "left", "ended"]), name="reviews_claimend_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.reason}"


class Draft(models.Model):
    """What a person has typed on a task and not yet sent; RFC 8785 bytes, erased on submit."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    body = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="reviews_draft_once")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.task_id}"
