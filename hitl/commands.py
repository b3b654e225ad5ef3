"""What commands share: files read and written, projects and people found, refusals told."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError

from accounts.models import Project, User
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


def user_of(email: str) -> User:
    """Find a person's sign-in by its e-mail address.

    Raises:
        CommandError: there is none.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise CommandError(f"Nobody signs in with {email}.")
    return user


@contextmanager
def part_written(path: Path) -> Iterator[IO[bytes]]:
    """Open a file beside the path for writing; it takes its place when it is whole, and goes when it is not."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb+") as file:
            yield file
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def said_of(problem: Refusal) -> str:
    """Tell a refusal on a terminal: the sentence, then each place at fault on a line of its own."""
    return "\n".join([problem.sentence, *(f"  {place}: {message}" for place, message in problem.fields)])
