"""What commands share: files read, projects found, refusals told."""

from pathlib import Path

from django.core.management.base import CommandError

from accounts.models import Project
from audit.errors import Refusal


def content_of(file: Path) -> bytes:
    """Read a file.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror}.") from problem


def project_of(slug: str) -> Project:
    """Find a project by its slug.

    Raises:
        CommandError: there is none.
    """
    project = Project.objects.select_related("log").filter(slug=slug).first()
    if project is None:
        raise CommandError(f"There is no project {slug}.")
    return project


def said_of(problem: Refusal) -> str:
    """Tell a refusal on a terminal: the sentence, then each place at fault on a line of its own."""
    return "\n".join([problem.sentence, *(f"  {place}: {message}" for place, message in problem.fields)])
