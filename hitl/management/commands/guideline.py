"""`guideline`: a whole guideline with its files taken out as one archive, and brought in from one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.reads import actor_of_user, console
from audit.errors import Refusal
from guidelines.actions import export_guideline, import_guideline
from hitl.commands import part_written, project_of, said_of, user_of


class Command(BaseCommand):
    """Moves guidelines between installations, and in and out of git."""

    help = "guideline export | import"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        out = verbs.add_parser("export", help="write a published version as an archive")
        out.add_argument("project", help="the project's slug")
        out.add_argument("--language", help="the project's own when left out")
        out.add_argument("--version", dest="number", type=int, metavar="N", help="the one in force when left out")
        out.add_argument("--to", type=Path, required=True, help="a path that ends in .zip, else a folder, for git")
        brought = verbs.add_parser("import", help="make an archive the draft of its language")
        brought.add_argument("project", help="the project's slug")
        brought.add_argument("path", type=Path, help="the zip or the folder")
        brought.add_argument("--by", metavar="EMAIL", required=True, help="the editor or owner whose draft it becomes")
        brought.add_argument("--replace", action="store_true", help="put a draft aside that somebody else is writing")
        brought.add_argument("--publish", action="store_true", help="publish it at once; needs --summary")
        brought.add_argument("--summary", default="", help="what changes and why, for readers; kept with the version")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        """Do what was asked.

        Raises:
            CommandError: it was refused; nothing was written.
        """
        try:
            self._export(**options) if verb == "export" else self._import(**options)
        except Refusal as problem:
            raise CommandError(said_of(problem)) from problem

    def _export(self, project: str, language: str | None, number: int | None, to: Path, **_options: Any) -> None:
        place = project_of(project)
        wanted = language or (place.language if number is None else None)
        made = export_guideline(project=place, number=number, language=wanted, by=console(), at=timezone.now())
        if not to.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {to.absolute().parent}.")
        if to.suffix == ".zip":
            with part_written(to) as file:
                made.to_zip(file)
        else:
            made.to_folder(to)
        self.stdout.write(f"{to}: guideline {made.version.number} {made.version.digest}")

    def _import(
        self, project: str, path: Path, by: str, replace: bool, publish: bool, summary: str, **_options: Any
    ) -> None:
        if not path.exists():
            raise CommandError(f"There is nothing at {path}.")
        done = import_guideline(
            project=project_of(project),
            source=path,
            replace=replace,
            publish=publish,
            summary=summary,
            by=actor_of_user(user_of(by), "command"),
            at=timezone.now(),
        )
        if done.version is not None:
            known = " (in force already)" if done.known else ""
            self.stdout.write(f"guideline {done.version.number} {done.version.digest}{known}")
        elif done.draft is not None:
            self.stdout.write(f"draft in {done.draft.language}, revision {done.draft.revision}; not published")
