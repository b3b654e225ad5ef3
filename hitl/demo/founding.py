"""Founding the demo: projects from their files, people with roles, passwords and tokens."""

import datetime as dt
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from accounts.actions import add_person, end_token, give_membership, make_token, name_owner, set_password
from accounts.models import Person, Project, Scope, Token, User
from accounts.reads import Actor
from hitl.demo.calling import Door
from reviews.actions import apply_project

SERVICE = "demo model"
SCOPES = (Scope.ITEMS_WRITE, Scope.ITEMS_READ, Scope.OUTCOMES_READ, Scope.ASSETS_WRITE)


def folder() -> Path:
    """Give where the demo's inputs stand."""
    return Path(settings.BASE_DIR) / "demo"


def names() -> list[str]:
    """Name the projects of the demo, in the order that they are shown in."""
    return [name for name in ("photos", "reviews", "credit") if (folder() / name / "project.json").exists()]


def rows(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team: their row, sign-in, the roles by project, and how often they are right (None: never decides)."""

    person: Person
    email: str
    name: str
    owner: bool
    roles: dict[str, str]
    accuracy: float | None


def found_projects(by: Actor, at: dt.datetime) -> dict[str, Project]:
    """Create or update the projects."""
    found = {}
    for name in names():
        document = json.loads((folder() / name / "project.json").read_bytes())
        found[name], _ = apply_project(document=document, by=by, at=at)
    return found


def found_team(projects: dict[str, Project], by: Actor, at: dt.datetime) -> list[Member]:
    """Add the people who are not there yet, and give them their roles; run twice it changes nothing."""
    team = []
    for told in json.loads((folder() / "team.json").read_text())["people"]:
        name, email = f"{told['name']} (demo)", told["email"]
        user = User.objects.filter(email__iexact=email).first()
        person = user.person if user else add_person(name=name, email=email, by=by, at=at)
        if told.get("owner"):
            name_owner(person=person, by=by, at=at)
        roles = {role["project"]: role["role"] for role in told["roles"] if role["project"] in projects}
        for project, role in roles.items():
            give_membership(
                person=person, project=projects[project], role=role, skills=told.get("skills", []), by=by, at=at
            )
        team.append(Member(person, email, name, bool(told.get("owner")), roles, told.get("accuracy")))
    return team


def end_tokens(by: Actor, at: dt.datetime, *, of_people_only: bool = False) -> None:
    """End the tokens that the team decides by, and those of an earlier load, whose texts are lost."""
    mine = Q(person__users__email__endswith="@demo.invalid")
    mine = mine if of_people_only else mine | Q(service__name=SERVICE)
    for token in Token.objects.filter(mine, ended_at__isnull=True):
        end_token(token=token, by=by, at=at)


def service_door(projects: dict[str, Project], by: Actor, at: dt.datetime) -> Door:
    """Make the token of the model's system."""
    return Door(make_token(projects=list(projects.values()), scopes=SCOPES, service=SERVICE, by=by, at=at)[1])


def personal_door(member: Member, projects: dict[str, Project], by: Actor, at: dt.datetime) -> Door:
    """Make a token by which one of the team decides."""
    where = [projects[name] for name in member.roles]
    return Door(
        make_token(projects=where, scopes=[Scope.DECISIONS_WRITE], person=member.person, days=1, by=by, at=at)[1]
    )


def give_passwords(team: list[Member], by: Actor, at: dt.datetime) -> list[tuple[str, str, str]]:
    """Give one of each role a new password; list role, e-mail and password."""
    given: dict[str, tuple[str, str, str]] = {}
    for member in team:
        role = "owner" if member.owner else next(iter(member.roles.values()), "")
        if role and role not in given:
            password = f"{secrets.token_urlsafe(12)}-demo"
            set_password(user=member.person.users.get(), password=password, by=by, at=at)
            given[role] = (role, member.email, password)
    return list(given.values())
