"""`rights publish`: decision rights from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.reads import console
from audit.errors import Refusal
from hitl.commands import content_of, project_of, said_of
from reviews.actions import publish_rights


class Command(BaseCommand):
    """Publishes decision rights; the document in force again changes nothing."""

    help = "rights publish PROJECT FILE.json --reason TEXT"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `publish`."""
        publish = parser.add_subparsers(dest="verb", required=True).add_parser("publish", help="publish a next version")
        publish.add_argument("project", help="the project's slug")
        publish.add_argument("file", type=Path)
        publish.add_argument("--reason", required=True, help="kept with the version")

    def handle(self, *_args: Any, project: str, file: Path, reason: str, **_options: Any) -> None:
        """Publish, and say number and hash.

        Raises:
            CommandError: the document was refused; nothing was written.
        """
        try:
            version, new = publish_rights(
                project=project_of(project), document=content_of(file), reason=reason, by=console(), at=timezone.now()
            )
        except Refusal as problem:
            raise CommandError(said_of(problem)) from problem
        self.stdout.write(f"{version.number} {version.digest}" + ("" if new else " (in force already)"))
