"""`ledger`: seal it, look at it, its keys, export it, verify what was exported."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.reads import console
from audit.actions import Seal, public_keys, rotate_key, seal
from audit.errors import Refusal
from audit.models import Log
from audit.reads import states
from hitl import exporting, verifying
from hitl.commands import said_of


class Command(BaseCommand):
    """What an operator does with the ledger."""

    help = "ledger seal | status | keys | rotate-key | export | verify"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("seal", help="give waiting events their places and sign checkpoints, now")
        verbs.add_parser("status", help="how far each log is sealed, what waits, and what is wrong")
        verbs.add_parser("keys", help="print the public keys that an auditor needs, for the file of --key")
        verbs.add_parser("rotate-key", help="let another key sign; a checkpoint signed by both stands in between")
        exporting.declare(verbs.add_parser("export", help=exporting.HELP))
        verifying.declare(verbs)

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
        self._tell(seal(by=console(), at=timezone.now(), wait=True))

    def _rotate_key(self, **_options: Any) -> None:
        self._tell(rotate_key(by=console(), at=timezone.now()))
        self.stdout.write("Another key signs now. Give auditors the output of `ledger keys`.")

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

    def _export(self, **options: Any) -> None:
        exporting.run(options, self.stdout)

    def _verify(self, **options: Any) -> None:
        verifying.run(options, self.stdout)

    def _keys(self, **_options: Any) -> None:
        for log in Log.objects.order_by("pk"):
            for key in public_keys(log.origin):
                self.stdout.write(str(key))
