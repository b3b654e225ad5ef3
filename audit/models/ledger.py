"""The tables of the ledger (ledger.md section 1)."""

from uuid import uuid4

from django.db import models


class Log(models.Model):
    """One append-only Merkle tree with its own origin; one by default.

    `sseq` and `head` are the end of its own stream, `log/<uuid>`: keys, anchors, exports, alarms. `alarm` holds the
    codes of what is wrong with it, parted by spaces, in the order of the alphabet; it is empty while nothing is.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sseq = models.IntegerField(default=0)
    head = models.BinaryField(null=True)
    alarm = models.CharField(max_length=200, blank=True, default="")
    alarm_at = models.DateTimeField(null=True)

    origin = models.CharField(max_length=200, unique=True)
    tree_size = models.BigIntegerField(default=0)
    root = models.BinaryField(default=bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    frontier = models.BinaryField(default=b"")
    key_name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.origin


class Event(models.Model):
    """One entry of the trail: the exact leaf bytes, their hash, and copies of members to look it up by."""

    event_id = models.UUIDField(unique=True)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)
    recorded_at = models.DateTimeField()
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()
    stream = models.CharField(max_length=64)
    sseq = models.IntegerField()
    type = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    project = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "sseq"], name="audit_event_stream"),
            models.CheckConstraint(condition=models.Q(sseq__gte=1), name="audit_event_sseq_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Erasure(models.Model):
    """A lawful removal of bodies and salts, permitted by one ledger event."""

    KINDS = [("request", "request"), ("expiry", "expiry")]

    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16, choices=KINDS)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["request", "expiry"]), name="audit_erasure_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Payload(models.Model):
    """One salted section of what an event tells; the only part of the ledger that can be erased."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="payloads", db_index=False)
    section = models.CharField(max_length=32)
    salt = models.BinaryField(null=True)
    body = models.BinaryField(null=True)
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "section"], name="audit_payload_section"),
            models.CheckConstraint(
                condition=models.Q(body__isnull=False, salt__isnull=False, erasure__isnull=True)
                | models.Q(body__isnull=True, salt__isnull=True, erasure__isnull=False),
                name="audit_payload_erased_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.event_id}"


class Pending(models.Model):
    """An event that the sequencer has yet to give a place in its log."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class Leaf(models.Model):
    """The place of an event in its log, written by the sequencer alone."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)
    log_index = models.BigIntegerField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="place")
    leaf_hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "log_index"], name="audit_leaf_place")]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.log_index}"


class Tile(models.Model):
    """A full tile of 256 hashes at one level of a log's tree."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)
    level = models.IntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "level", "index"], name="audit_tile_place")]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement of a log's size and root: one when it grew, one of the same size as a heartbeat when idle."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "size", "created_at"], name="audit_checkpoint_moment")]

    def __str__(self) -> str:
        return f"{self.log_id} at {self.size}"


class Anchor(models.Model):
    """What came back when a checkpoint of this size went where this installation cannot change it.

    `body` is the token, the locked object's place, or the note that was mailed (docs/anchors.md); `event` told of it.
    """

    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    body = models.BinaryField()
    created_at = models.DateTimeField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="anchor")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "kind", "size"], name="audit_anchor_place")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.size}"


class AnchorFailure(models.Model):
    """A kind of anchor that fails for a log since `since`; `problem` is what the last try, at `tried_at`, said."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=32)
    since = models.DateTimeField()
    tried_at = models.DateTimeField()
    problem = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "kind"], name="audit_anchorfailure_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind} fails since {self.since}"
