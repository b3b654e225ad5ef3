from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _guard_again(**_: object) -> None:
    from audit.models import put_in_place

    put_in_place()


class AuditConfig(AppConfig):
    """The ledger."""

    name = "audit"

    def ready(self) -> None:
        """Declare the guards of the ledger's tables and put all guards back after every migrate."""
        from django.utils.translation import gettext_lazy as _

        from audit import models
        from audit.models import Check, Frozen, Waits, guard
        from audit.reads import EventKind, learn

        guard(
            *(Frozen(model) for model in (models.Event, models.Erasure)),
            *(Frozen(model) for model in (models.Leaf, models.Tile, models.Checkpoint, models.Anchor)),
            Frozen(models.Payload, erasable=True),
            Waits(models.Pending, "event_id", until=models.Leaf),
            Check("audit_event_leaf_hash", models.Event, r"leaf_hash = sha256('\x00'::bytea || leaf)"),
        )
        learn(
            EventKind("audit.key_rotated", _("Another key signs the ledger now")),
            EventKind("audit.exported", _("A part of the ledger was exported: entries {range}")),
            EventKind("audit.export_locked", _("An export was locked in a store until {retain_until}")),
            EventKind("audit.export_key_destroyed", _("The key of a locked export was destroyed: {basis}")),
            EventKind("audit.alarm_raised", _("The ledger raised an alarm: {code}")),
            EventKind("audit.anchor_recorded", _("A checkpoint of {size} events got an anchor: {kind}")),
        )
        post_migrate.connect(_guard_again, sender=self, dispatch_uid="guards")
