"""`project apply`: a project from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.reads import console
from audit.errors import Refusal
from hitl.commands import content_of, said_of
from reviews.actions import apply_project


class Command(BaseCommand):
    """Applies project files; run twice it changes nothing."""

    help = "project apply FILE.json [--log ORIGIN]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `apply`."""
        apply = parser.add_subparsers(dest="verb", required=True).add_parser("apply", help="create or update a project")
        apply.add_argument("file", type=Path)
        apply.add_argument("--log", metavar="ORIGIN", help="keep a new project's events in a log of this name")

    def handle(self, *_args: Any, file: Path, log: str | None, **_options: Any) -> None:
        """Apply, and say what changed.

        Raises:
            CommandError: the file was refused; nothing was written.
        """
        try:
            _, changes = apply_project(document=content_of(file), by=console(), at=timezone.now(), log=log)
        except Refusal as problem:
            raise CommandError(said_of(problem)) from problem
        for change in changes or ["nothing changed"]:
            self.stdout.write(change)
