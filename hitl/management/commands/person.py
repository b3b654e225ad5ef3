"""`person add`: a person, their sign-in, and a role; `person link`: a new one-time link for a lost password.

`person end-ownership`, `person switch-off` and `person switch-on`: access taken away, and given back.
"""

import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.actions import add_person, end_ownership, give_membership, name_owner, set_password, switch_off, switch_on
from accounts.models import Membership, Person, Project, User
from accounts.reads import console, set_password_path
from audit.errors import Refusal

ACCESS = {
    "end-ownership": "take the installation from an owner; the last one who can sign in stays",
    "switch-off": "switch a sign-in off: sessions and tokens end with it, what was done stays",
    "switch-on": "switch a sign-in on again",
}


class Command(BaseCommand):
    """Adds people and takes access away; run twice it does so once."""

    help = "person add EMAIL --role ROLE --project PROJECT, or person add EMAIL --owner"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `add`, `link`, and what takes access away."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, told in ACCESS.items():
            verbs.add_parser(verb, help=told).add_argument("email")
        verbs.add_parser("link", help="print a new one-time link to set a password").add_argument("email")
        add = verbs.add_parser("add", help="add a person or give a role")
        add.add_argument("email")
        add.add_argument(
            "--role", help="reviewer, adjudicator, operations, guideline_editor, compliance, records_officer"
        )
        add.add_argument("--project", help="the project's slug")
        add.add_argument("--owner", action="store_true", help="make them an owner of the installation")
        add.add_argument("--name", help="their name; the address' first part when left out")
        add.add_argument("--skills", help="skills for the role, parted by commas: lang:de,radiology")
        add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Add, give, and say what was done.

        Raises:
            CommandError: something was refused; nothing was written.
        """
        try:
            with transaction.atomic():
                said = self._said(options, timezone.now())
        except Refusal as problem:
            raise CommandError(" ".join([problem.sentence, *(message for _, message in problem.fields)])) from problem
        for line in said:
            self.stdout.write(line)

    def _said(self, options: dict[str, Any], at: datetime) -> list[str]:
        if options["verb"] == "link":
            return [settings.HITL_ADDRESS + set_password_path(sign_in(options["email"], is_active=True))]
        if options["verb"] in ACCESS:
            return [self._access(options["verb"], sign_in(options["email"]), at)]
        if bool(options["role"]) != bool(options["project"]):
            raise CommandError("--role and --project go together.")
        if not options["role"] and not options["owner"]:
            raise CommandError("Say what they are: --role ROLE --project PROJECT, or --owner.")
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        return self._add(options, password, at)

    def _access(self, verb: str, user: User, at: datetime) -> str:
        if verb == "end-ownership":
            end_ownership(person=user.person, by=console(), at=at)
            return f"{user.email} is no owner of the installation."
        if verb == "switch-off":
            switch_off(user=user, by=console(), at=at)
            return f"{user.email} can sign in no more. Roles stay until they are ended."
        switch_on(user=user, by=console(), at=at)
        return f"{user.email} can sign in again."

    def _add(self, options: dict[str, Any], password: str | None, at: datetime) -> list[str]:
        by, said = console(), []
        email = options["email"].strip().lower()
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            name = options["name"] or email.partition("@")[0]
            person = add_person(name=name, email=email, password=password, by=by, at=at)
            user = person.users.get()
            said.append(f"{email} was added.")
        elif password is not None:
            set_password(user=user, password=password, by=by, at=at)
            said.append(f"{email} has a new password.")
        if options["owner"]:
            name_owner(person=user.person, by=by, at=at)
            said.append(f"{email} is an owner of the installation.")
        if options["role"]:
            self._give(options, user.person, at)
            said.append(f"{email} is {options['role']} in {options['project']}.")
        if not user.has_usable_password():
            said.append(f"One-time link to set a password: {settings.HITL_ADDRESS}{set_password_path(user)}")
            said.append("No e-mail is sent: pass the link on yourself. It counts for three days, and once.")
        return said

    def _give(self, options: dict[str, Any], person: Person, at: datetime) -> Membership:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        skills = None
        if options["skills"] is not None:
            skills = [skill for skill in options["skills"].split(",") if skill.strip()]
        return give_membership(person=person, project=project, role=options["role"], skills=skills, by=console(), at=at)


def sign_in(email: str, **narrowed: bool) -> User:
    """Find the sign-in with an address.

    Raises:
        CommandError: there is none.
    """
    user = User.objects.filter(email__iexact=email.strip(), **narrowed).first()
    if user is None:
        raise CommandError(f"Nobody signs in with {email}.")
    return user
