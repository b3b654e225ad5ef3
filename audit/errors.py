"""What the ledger refuses, and the base of every refusal in hitl."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class Refusal(Exception):  # noqa: N818 - a refusal is a fact that a person can act on, not a defect
    """A verb said no: nothing was changed.

    `code` is stable and part of the contract. `sentence` says what happened, then what to do: a class has it in
    English, one that is raised in the language of whoever asked. `fields` names the places in what was sent:
    (path, message) pairs.
    """

    code = "refused"
    sentence = _("This cannot be done.")

    def __init__(self, sentence: str | None = None, *, fields: list[tuple[str, str]] | None = None) -> None:
        self.sentence = sentence or gettext(type(self).sentence)
        self.fields = fields or []
        super().__init__(self.sentence)


class NotCanonical(Refusal):
    """The value has no RFC 8785 form that reads back as it was."""

    code = "not_canonical"
    sentence = _("This value has no exact JSON form.")


class Alarm(Refusal):
    """What is wrong with the ledger, until someone has looked and mended it."""

    code = "ledger_alarm"
    sentence = _("Something is wrong with the ledger.")


class GuardMissing(Alarm):
    """A trigger or constraint over frozen rows is not what was declared."""

    code = "guard_missing"
    sentence = _(
        "A guard over the ledger's rows is missing or was changed. Find out who did it and since when, compare the "
        "database with a backup, then run manage.py migrate, which puts the guards back; for a key that is no longer "
        "unique manage.py ledger guards prints the statement."
    )


class SealingLate(Alarm):
    """Events have waited for their place for over a minute."""

    code = "sealing_late"
    sentence = _(
        "Events wait to be sealed for over a minute. See whether worker and clock run, or run manage.py ledger seal."
    )


class AnchorLate(Alarm):
    """A copy outside this installation is older than twice its interval."""

    code = "anchor_late"
    sentence = _(
        "Checkpoints have not reached a place outside this installation for too long. See what ledger status says of "
        "the tries, mend it, and run manage.py ledger anchor."
    )


class AnchorUnlocked(Alarm):
    """The store took a checkpoint and did not lock it in compliance mode."""

    code = "anchor_unlocked"
    sentence = _(
        "The store keeps checkpoints without the lock that was asked for. Use a bucket with versions and Object Lock "
        "in compliance mode, and run manage.py ledger anchor."
    )


class AnchorFailed(Refusal):
    """A checkpoint did not reach a place outside."""

    code = "anchor_failed"
    sentence = _("This checkpoint did not get its anchor.")


class NoCheckpoint(Refusal):
    """Nothing of the log was signed yet."""

    code = "no_checkpoint"
    sentence = _("There is no checkpoint yet. Run manage.py ledger seal first.")


class NoMail(Refusal):
    """No server is named that takes e-mail."""

    code = "no_mail"
    sentence = _("This installation sends no e-mail. Set HITL_MAIL_URL and HITL_MAIL_FROM.")


class TreeFault(Alarm):
    """What keeps a log from being sealed. Nothing is signed meanwhile."""

    code = "ledger_fault"
    sentence = _("The ledger cannot be sealed.")


class EventAltered(TreeFault):
    """A leaf that waits for its place is not what its hash says."""

    code = "event_altered"
    sentence = _("An event was changed after it was written. Compare the database with a backup before you go on.")


class TreeDiffers(TreeFault):
    """The tree does not begin with what was signed before."""

    code = "tree_differs"
    sentence = _(
        "The ledger's tree is not the one that was signed before. Compare the database with a backup, "
        "and with checkpoints that others keep, before you go on."
    )


class TreeSetBack(TreeFault):
    """The tree is smaller than one that was signed: an older copy of the database is in use."""

    code = "tree_set_back"
    sentence = _(
        "The ledger is shorter than what was signed before: this looks like an older copy of the database. "
        "Restore the newest one."
    )


class WitnessDiffers(TreeFault):
    """The tree does not begin with what the witness file saw signed."""

    code = "witness_differs"
    sentence = _(
        "The ledger's tree does not begin with the one in the witness file: rows were rewritten and signed anew, or an "
        "older copy of the database is in use. Compare it with a backup and with anchors elsewhere before you go on."
    )


class WitnessUnread(TreeFault):
    """The witness file cannot be read or written."""

    code = "witness_unread"
    sentence = _("The witness file (LEDGER_WITNESS) cannot be read or written. Put its copy back, or mend its rights.")


class KeyUnsafe(TreeFault):
    """A key's file is none, or is open to others."""

    code = "key_unsafe"
    sentence = _(
        "A key of the ledger cannot be used: its file must be an Ed25519 key that only its owner can read (0600)."
    )


class KeyElsewhere(Refusal):
    """The key that signs is kept by what settings name."""

    code = "key_elsewhere"
    sentence = _("LEDGER_SIGNER keeps the key that signs and offers no next one (next_signer). See docs/anchors.md.")


class NothingToExport(Refusal):
    """No entry lies in what was asked for."""

    code = "nothing_to_export"
    sentence = _("The ledger has no entry in this range.")


class TargetTaken(Refusal):
    """Something stands where the bundle is to go."""

    code = "target_taken"
    sentence = _("There is something at this path already. Choose another one, or move it away.")


class ExportHalfWritten(Refusal):
    """An export was stopped before its end."""

    code = "export_half_written"
    sentence = _(
        "An export to this path was stopped before its end. Go on with --resume, or remove the files that end in "
        ".part and .journal beside it."
    )


class ExportDiffers(Refusal):
    """What is to be resumed was begun as something else."""

    code = "export_differs"
    sentence = _("The export to this path was begun with other choices. Resume it with the same ones.")


class ExportBusy(Refusal):
    """Two exports to one place."""

    code = "export_busy"
    sentence = _("Another export writes to this path just now.")


class NotCited(Refusal):
    """A record to cite lies outside of the range."""

    code = "not_cited"
    sentence = _("A record that is to be cited does not lie in the range of this export.")


class ErasedElsewhere(Refusal):
    """The event that permits an erasure stands in another log."""

    code = "erased_elsewhere"
    sentence = _("Something was erased by an event that stands in another log, so this bundle could not name it.")


class ErasedMeanwhile(Refusal):
    """Erasures kept overtaking an export."""

    code = "erased_meanwhile"
    sentence = _("While the export ran, more was erased each time. Export a smaller range, or later.")


class NoVault(Refusal):
    """No store is named that keeps an export locked as asked."""

    code = "no_vault"
    sentence = _("Set LEDGER_S3_BUCKET to a bucket with versions and Object Lock; it must lock in compliance mode.")


class VaultFailed(Refusal):
    """The store did not take an export, or does not give it back."""

    code = "vault_failed"
    sentence = _("The store does not take the export, or does not give it back.")


class RetentionPast(Refusal):
    """An export would be locked until a time that is over."""

    code = "retention_past"
    sentence = _("This time is over. Lock an export until one to come.")


class ExportKeyGone(Refusal):
    """The key of a locked export is not here."""

    code = "export_key_gone"
    sentence = _("The key of this export is not here: it was destroyed, or never was.")


class ExportKeyUnread(Refusal):
    """The file of an export's key is none, or is open to others."""

    code = "export_key_unread"
    sentence = _("The key's file cannot be used: it must be as it was written, and its owner's alone (0600).")


class NotDecrypted(Refusal):
    """An encrypted part does not open."""

    code = "not_decrypted"
    sentence = _("The encrypted part does not open: it was cut or changed, or the key is another one.")


class NoBasis(Refusal):
    """A key is to be destroyed, and nobody says by what right."""

    code = "no_basis"
    sentence = _("Say in 1 to 500 characters which law or decision asks for it.")


class BadOrigin(Refusal):
    """A log cannot have this name."""

    code = "bad_origin"
    sentence = _("A log's name has 1 to 180 characters without spaces and +, like ledger.example.com/retail.")


class LogFixed(Refusal):
    """A project's log was chosen when it was created."""

    code = "log_fixed"
    sentence = _("This project's events stand in another log, for good: a project's log is chosen when it is created.")


def _kinds(base: type[Alarm]) -> list[type[Alarm]]:
    return [base, *(kind for below in base.__subclasses__() for kind in _kinds(below))]


ALARMS = {kind.code: kind for kind in _kinds(Alarm)}
"""Every alarm by its code."""
SEALING = frozenset(kind.code for kind in _kinds(TreeFault))
"""The codes of what keeps a log from being sealed."""
