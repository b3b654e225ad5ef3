"""`items load`: intake from a file."""

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from audit.errors import Refusal
from hitl.commands import project_of, said_of
from hitl.loading import lines_of, load, with_media


class Command(BaseCommand):
    """Sends the items of a file, by the same verbs as the API; a refused line does not stop the rest."""

    help = "items load PROJECT FILE.jsonl [--media FOLDER]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `load`."""
        loads = parser.add_subparsers(dest="verb", required=True).add_parser("load", help="send one item a line")
        loads.add_argument("project", help="the project's slug")
        loads.add_argument("file", type=Path)
        loads.add_argument("--media", type=Path, help="the folder of files that are named in data")

    def handle(self, *_args: Any, project: str, file: Path, media: Path | None, **_options: Any) -> None:
        """Send, and say what became of the lines; end with 1 if any was refused.

        Raises:
            CommandError: project, file or folder is not there, or the project takes no items yet.
        """
        if not file.is_file() or (media and not media.is_dir()):
            raise CommandError(f"There is no {file if not file.is_file() else media}.")
        place, said = project_of(project), Console(stderr=True, highlight=False)
        lines = lines_of(file)
        if media:
            lines = [with_media(line, place, media) for line in track(lines, "Files", console=said)]
        try:
            told = self._told(track(load(place, lines), "Items", total=len(lines), console=said))
        except Refusal as problem:
            raise CommandError(said_of(problem)) from problem
        self.stdout.write(f"created {told['created']}, known {told['known']}, refused {told['refused']}")
        if told["refused"]:
            sys.exit(1)

    def _told(self, results: Any) -> Counter[str]:
        """Count what became of the lines, and print each refused one with its reasons."""
        told: Counter[str] = Counter()
        for number, one in results:
            told[one.status] += 1
            if one.problem:
                reasons = "".join(f"\n    {place}: {message}" for place, message in one.problem.errors)
                name = f" {one.external_id}" if one.external_id else ""
                self.stdout.write(f"line {number}{name}: {one.problem.code}: {one.problem.sentence}{reasons}")
        return told
