"""`switch`: turn a switch."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.reads import console
from audit.errors import Refusal
from guidelines.models import ModelVersion
from hitl.commands import project_of, said_of
from reviews.actions import turn_and_reroute, turn_switch
from reviews.models import Position


class Command(BaseCommand):
    """Turns the switch of the installation, a project or a model version; effective for the next item."""

    help = "switch SCOPE POSITION --reason TEXT [--route-again]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take scope, position and reason."""
        parser.add_argument("scope", help="installation, project:SLUG or model:SLUG/NAME/VERSION")
        parser.add_argument("position", choices=Position.values)
        parser.add_argument("--reason", required=True, help="kept with the switch")
        parser.add_argument(
            "--route-again", action="store_true", help="route again what switches held; a worker does it"
        )

    def handle(self, *_args: Any, scope: str, position: str, reason: str, route_again: bool, **_options: Any) -> None:
        """Turn it, and say so.

        Raises:
            CommandError: there is no such scope, or the turn was refused; nothing was written.
        """
        asked = {"position": position, "reason": reason, "by": console(), "at": timezone.now(), **scope_of(scope)}
        begun = []
        try:
            if route_again:
                begun = turn_and_reroute(**asked)
            else:
                turn_switch(**asked)
        except Refusal as problem:
            raise CommandError(said_of(problem)) from problem
        self.stdout.write(f"{scope} stands at {position}.")
        for one in begun:
            self.stdout.write(f"{one.total} held items of {one.project.slug} are being routed again.")


def scope_of(scope: str) -> dict[str, Any]:
    """Find what a scope names, as the verb takes it.

    Raises:
        CommandError: it names nothing.
    """
    kind, _, name = scope.partition(":")
    if scope == "installation":
        return {}
    if kind == "project":
        return {"project": project_of(name)}
    if kind != "model":
        raise CommandError("A scope is installation, project:SLUG or model:SLUG/NAME/VERSION.")
    slug, _, version = name.partition("/")
    known = ModelVersion.objects.select_related("project").filter(project=project_of(slug))
    found = [one for one in known if f"{one.name}/{one.version}" == version]  # either may hold a slash
    if len(found) != 1:
        raise CommandError(
            f"No one model version of {slug} is {version}. Known: {', '.join(map(str, known)) or 'none'}."
        )
    return {"model_version": found[0]}
