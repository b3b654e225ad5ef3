"""`token add`: a key to the API, printed alone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import make_token
from accounts.models import Project, Scope, User
from accounts.reads import console
from audit.errors import Refusal


class Command(BaseCommand):
    """Makes tokens; each run makes another one."""

    help = "token add --project PROJECT [--project ...] --scope SCOPE [--scope ...] [--person EMAIL] [--days N]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `add`."""
        add = parser.add_subparsers(dest="verb", required=True).add_parser("add", help="print a new token")
        add.add_argument("--project", action="append", required=True, help="a project's slug")
        add.add_argument("--scope", action="append", required=True, help=", ".join(Scope.values))
        add.add_argument("--person", help="the e-mail of the person it belongs to")
        add.add_argument("--service", help="the service it belongs to; named after the first project when left out")
        add.add_argument("--days", type=int, default=365, help="how long it counts (365)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the token, and nothing else, on standard output.

        Raises:
            CommandError: something was refused; nothing was written.
        """
        known = {project.slug: project for project in Project.objects.filter(slug__in=options["project"])}
        missing = [slug for slug in options["project"] if slug not in known]
        if missing:
            raise CommandError(f"There is no project {', '.join(missing)}.")
        person, service = None, options["service"]
        if options["person"]:
            user = User.objects.filter(email__iexact=options["person"].strip()).first()
            if user is None:
                raise CommandError(f"Nobody signs in with {options['person']}.")
            person = user.person
        elif service is None:
            service = options["project"][0]
        try:
            _, plain = make_token(
                projects=list(known.values()),
                scopes=options["scope"],
                person=person,
                service=service,
                days=options["days"],
                by=console(),
                at=timezone.now(),
            )
        except Refusal as problem:
            raise CommandError(problem.sentence) from problem
        self.stdout.write(plain)
