"""`demo load`: the demo, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.errors import Refusal
from hitl.commands import said_of
from hitl.demo.calling import DemoFailed
from hitl.demo.loading import is_loaded, load, told_at


class Command(BaseCommand):
    """Loads the demo; one that was killed half-way is completed, one that is there is left alone."""

    help = "demo load"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `load`."""
        parser.add_subparsers(dest="verb", required=True).add_parser("load", help="load the demo, or complete it")

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load, and say what is done.

        Raises:
            CommandError: something was refused; run it again once that is mended.
        """
        if is_loaded():
            return self.stdout.write(f"The demo is loaded; {told_at()} tells who can sign in.")
        try:
            load(lambda sentence: self.stdout.write(f"  {sentence}"))
        except Refusal as problem:
            raise CommandError(said_of(problem)) from problem
        except DemoFailed as problem:
            raise CommandError(str(problem)) from problem
        return None
