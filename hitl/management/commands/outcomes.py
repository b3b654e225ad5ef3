"""`outcomes`: released outcomes as lines of JSON."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from hitl.commands import project_of
from reviews.reads.feed import feed

CHUNK = 1000


class Command(BaseCommand):
    """Prints the feed of a project in its order, as much as is released now."""

    help = "outcomes PROJECT"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the project."""
        parser.add_argument("project", help="the project's slug")
        parser.add_argument("--after", type=int, default=0, help="only what follows this position")

    def handle(self, *_args: Any, project: str, after: int, **_options: Any) -> None:
        """Print one outcome a line."""
        place = project_of(project)
        try:
            while found := feed(place.pk, after=after, limit=CHUNK):
                for one in found:
                    self.stdout.write(msgspec.json.encode(one).decode())
                after = found[-1]["position"]
        except BrokenPipeError:  # whoever read has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
