"""`ledger`: seal it, guard it, anchor it, export it, verify what was exported."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from accounts.reads import console
from audit.actions import (
    Seal,
    anchor,
    check_guards,
    check_lag,
    mail_checkpoint,
    places,
    public_keys,
    rotate_key,
    seal,
)
from audit.errors import ALARMS, GuardMissing, Refusal
from audit.models import Log
from audit.reads import anchor_states, states
from hitl import exporting, locking, verifying
from hitl.commands import said_of
from hitl.roles import Roles, statements


class Command(BaseCommand):
    """What an operator does with the ledger."""

    help = (
        "ledger seal | status | guards | anchor | mail-checkpoint | keys | rotate-key | roles | export | verify | "
        "locked | open-locked | destroy-export-key"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("seal", help="give waiting events their places and sign checkpoints, now")
        verbs.add_parser("status", help="how far each log is sealed, what waits, and what is wrong")
        verbs.add_parser("guards", help="compare the guards in the database with the declared ones")
        anchored = verbs.add_parser("anchor", help="send checkpoints to the places that settings name, now")
        anchored.add_argument("--kind", action="append", default=[], choices=["rfc3161", "s3", "mail"])
        mailed = verbs.add_parser("mail-checkpoint", help="mail the newest checkpoint to someone who keeps it")
        mailed.add_argument("address")
        roles = verbs.add_parser("roles", help="print the SQL of three PostgreSQL roles that do not trust each other")
        for name in ("owner", "app", "sequencer"):
            roles.add_argument(f"--{name}", required=True)
        roles.add_argument("--apply", action="store_true", help="run it, as a superuser or the tables' owner")
        verbs.add_parser("keys", help="print the public keys that an auditor needs, for the file of --key")
        verbs.add_parser("rotate-key", help="let another key sign; a checkpoint signed by both stands in between")
        exporting.declare(verbs.add_parser("export", help=exporting.HELP))
        verifying.declare(verbs)
        locking.declare(verbs)

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        """Do what was asked.

        Raises:
            CommandError: it was refused.
        """
        try:
            getattr(self, f"_{verb.replace('-', '_')}")(**options)
        except Refusal as problem:
            raise CommandError(said_of(problem)) from problem
        except ExceptionGroup as several:
            raise CommandError("\n".join(map(str, several.exceptions))) from several

    def _seal(self, **_options: Any) -> None:
        self._tell(seal(by=console(), at=timezone.now(), wait=True, now=timezone.now))
        check_lag(by=console(), at=timezone.now())

    def _rotate_key(self, **_options: Any) -> None:
        self._tell(rotate_key(by=console(), at=timezone.now()))
        signing = "Both keys sign now: let LEDGER_SIGNER give the next one alone." if settings.LEDGER_SIGNER else ""
        self.stdout.write(f"{signing or 'Another key signs now.'} Give auditors the output of `ledger keys`.")

    def _tell(self, sealed: list[Seal]) -> None:
        for one in sealed:
            signed = f"signed a checkpoint of {one.checkpoint.size}" if one.checkpoint else "nothing to sign"
            self.stdout.write(f"{one.origin}: {one.placed} events placed, {signed}")

    def _status(self, **_options: Any) -> None:
        for one in states(timezone.now()):
            when = one.sealed_at.isoformat(" ", "seconds") if one.sealed_at else "never"
            self.stdout.write(f"{one.origin}: {one.size} events placed, {one.sealed} sealed, last checkpoint {when}")
            if one.waiting:
                self.stdout.write(f"  {one.waiting} events wait, the oldest for {one.lag.total_seconds():.0f} s")
            if one.alarm:
                self.stdout.write(f"  ALARM {one.alarm} since {one.alarm_at}")
                for code in one.alarm.split():
                    self.stdout.write(f"    {ALARMS[code].sentence if code in ALARMS else code}")
        for found in anchor_states():
            made = f"{found.size} events at {found.made_at}" if found.made_at else "none yet"
            self.stdout.write(f"{found.origin}: anchor {found.kind}: {made}")
            if found.failing_at:
                self.stdout.write(f"  fails since {found.failing_at}: {found.problem}")

    def _guards(self, **_options: Any) -> None:
        found = check_guards(by=console(), at=timezone.now())
        if found:
            said = [f"{flaw}\n    {flaw.cure}" if flaw.cure else str(flaw) for flaw in found]
            raise CommandError("\n".join([*said, str(GuardMissing.sentence)]))
        self.stdout.write("All guards stand.")

    def _anchor(self, kind: list[str], **_options: Any) -> None:
        if not places():
            raise CommandError("Settings name no place for anchors; see docs/anchors.md.")
        tried = anchor(by=console(), at=timezone.now(), kinds=kind, now=True)
        for one in tried:
            self.stdout.write(
                f"{one.origin}: {one.kind} of {one.size} events{f': {one.problem}' if one.problem else ''}"
            )
        if any(one.problem for one in tried):
            raise CommandError("Not every checkpoint got its anchor; the clock tries again.")
        if not tried:
            self.stdout.write("There is no newer checkpoint to anchor.")

    def _mail_checkpoint(self, address: str, **_options: Any) -> None:
        for log in Log.objects.order_by("pk"):
            sent = mail_checkpoint(log, [address], by=console(), at=timezone.now())
            self.stdout.write(f"{log.origin}: mailed the checkpoint of {sent.size} events to {address}")

    def _roles(self, owner: str, app: str, sequencer: str, apply: bool, **_options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles; on SQLite whoever reads the file can write it.")
        try:
            found = list(statements(Roles(owner, app, sequencer)))
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        if not apply:
            self.stdout.write(";\n".join(found) + ";")
            return
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in found:
                cursor.execute(statement)
        self.stdout.write(
            f"{owner} owns the tables. Give {app} and {sequencer} passwords, and run this after each migrate."
        )

    def _export(self, **options: Any) -> None:
        exporting.run(options, self.stdout)

    def _verify(self, **options: Any) -> None:
        verifying.run(options, self.stdout)

    def _locked(self, **_options: Any) -> None:
        locking.tell(self.stdout)

    def _open_locked(self, **options: Any) -> None:
        locking.open_parts(options, self.stdout)

    def _destroy_export_key(self, **options: Any) -> None:
        locking.destroy(options, self.stdout)

    def _keys(self, **_options: Any) -> None:
        for log in Log.objects.order_by("pk"):
            for key in public_keys(log.origin):
                self.stdout.write(str(key))
