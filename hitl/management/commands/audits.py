"""`audits`: count anew what audits found."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reviews.actions import count_audits_anew


class Command(BaseCommand):
    """Counts from the ledger's beginning how often audits changed what models had answered; it gives the same."""

    help = "audits recount"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is to be done."""
        parser.add_argument("act", choices=["recount"])

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Count, and say for how many model versions."""
        counted = count_audits_anew(at=timezone.now())
        self.stdout.write(f"Counted anew for {counted} model versions.")
