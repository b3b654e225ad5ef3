"""Loading the demo, step by step; each step looks at what is there, so that a load that was killed is completed."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Project
from accounts.reads import actor_of_person, console
from hitl.demo.answering import NAME, call, endpoint_of
from hitl.demo.asking import ask
from hitl.demo.calling import Door
from hitl.demo.carding import card
from hitl.demo.contesting import contest
from hitl.demo.founding import (
    Member,
    end_tokens,
    folder,
    found_projects,
    found_team,
    give_passwords,
    names,
    personal_door,
    rows,
    service_door,
)
from hitl.demo.guiding import guide
from hitl.demo.team import Mind, in_turn
from hitl.demo.trying import try_draft
from reviews.actions import give_back, release
from reviews.models import Claim, Decision, Seat, Task

Say = Callable[[str], None]
ADJUDICATIONS = 3


def told_at() -> Path:
    """Give the file that tells sign-ins and token."""
    return Path(settings.HITL_DATA) / "demo.txt"


def is_loaded() -> bool:
    """Tell whether the demo stands in this database, and its sign-ins are told."""
    return told_at().exists() and Project.objects.filter(slug__in=names()).count() == len(names())


def load(say: Say) -> None:
    """Load the demo, or complete it."""
    connection.ensure_connection()
    connection.close_at = None  # each request would close it, and SQLite then writes its log home
    by, at = console(), timezone.now()
    projects = found_projects(by, at)
    team = found_team(projects, by, at)
    say(f"{len(projects)} projects, {len(team)} people")
    end_tokens(by, at)
    clear_desks(team)
    door = service_door(projects, by, at)
    secrets = {name: secret for name, project in projects.items() if (secret := endpoint_of(project, by))}
    media = {name: upload(door, name) for name in projects}
    for name, project in projects.items():
        guide(project, team, worked=False)
        say(f"{name}: {send(door, name, media[name], NAME if name in secrets else None)} items")
    minds = {
        member.name: Mind(member.name, personal_door(member, projects, by, at), member.accuracy, turn)
        for turn, member in enumerate(team)
        if member.accuracy is not None
    }
    for name, project in projects.items():
        say(f"{name}: {review(project, team, minds)} decisions")
        guide(project, team, worked=True)
    end_tokens(by, timezone.now(), of_people_only=True)
    release(at=timezone.now())
    stories: tuple[tuple[Callable[[Project], int], str], ...] = (
        (lambda project: contest(project, team, door, by), "contested"),
        (lambda project: ask(project, team), "questions asked"),
        (lambda project: try_draft(project, team), "draft tried on the past"),
        (call, "outcomes told to its program"),
        (lambda project: card(project, team), "people have read its model's card"),
    )
    for name, project in projects.items():
        for tell, told in stories:
            if count := tell(project):
                say(f"{name}: {count} {told}")
    write(give_passwords(team, by, timezone.now()), door, secrets)


def upload(door: Door, name: str) -> dict[str, str]:
    """Send a project's files through the API; give their ids by name."""
    media = folder() / name / "media"
    found = sorted(media.iterdir()) if media.is_dir() else []
    return dict(zip((file.name for file in found), _sent(door, name, found), strict=True))


def send(door: Door, name: str, media: dict[str, str], callback: str | None) -> int:
    """Send a project's items through the API, their files by the ids that they have; give how many there are.

    `callback` is the endpoint that they name.
    """
    items = rows(folder() / name / "items.jsonl")
    for item in items:
        item["data"] = {
            key: media.get(value, value) if isinstance(value, str) else value for key, value in item["data"].items()
        }
    if "labels" in items[0]["prediction"]:
        items.append(_held(items[0]))
    if callback:
        items = [{**item, "callback": callback} for item in items]
    told = door.must("POST", f"projects/{name}/items/", {"items": items})
    refused = [one for one in told["results"] if one["status"] == "refused"]
    assert not refused, refused[:3]
    return len(items)


def _sent(door: Door, name: str, files: list[Path]) -> list[str]:
    """Send files, some at once where the database takes it: each is decoded in a process of its own."""

    def one(file: Path) -> str:
        try:
            return str(
                door.must("POST", f"projects/{name}/assets/", file.read_bytes(), "application/octet-stream")["id"]
            )
        finally:
            if not connection.in_atomic_block:
                connection.close()

    if connection.in_atomic_block:
        return [one(file) for file in files]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(one, files))


def _held(like: dict[str, Any]) -> dict[str, Any]:
    """Make an item whose prediction holds a label that the project does not know: it is held for operations."""
    strange = {"model": {"name": like["model"]["name"], "version": "candidate"}, "prediction": {"labels": ["unlisted"]}}
    return {**like, "external_id": f"{like['external_id']}-candidate", "scores": None, "confidence": 0.97, **strange}


def review(project: Project, team: list[Member], minds: dict[str, Mind]) -> int:
    """Let the team do half of a project's reviews, and leave adjudications and an escalation open; give how many."""
    known = {row["external_id"]: row["answer"] for row in rows(folder() / project.slug / "truth.jsonl")}
    roles = {member.name: member.roles.get(project.slug) for member in team}
    reviewers = [mind for name, mind in minds.items() if roles[name] == "reviewer"]
    judges = [mind for name, mind in minds.items() if roles[name] == "adjudicator"]
    for queue in ("senior", "general"):
        turns = in_turn(reviewers, project.slug, queue, known)
        while _half_waits(project, queue) and next(turns, None):
            pass
    if not _tasks(project, "escalation").exists():
        reviewers[0].work(project.slug, "general", known, escalate=True)
    turns = in_turn(reviewers, project.slug, "audits", known)
    while _audits_wait(project) and next(turns, None):
        pass
    spare = _tasks(project, "adjudication").filter(state="open").count() - ADJUDICATIONS
    for _ in islice(in_turn(judges, project.slug, "adjudication", known), max(0, spare)):
        pass
    return Decision.objects.filter(task__item__project=project).count()


def _audits_wait(project: Project) -> bool:
    """Tell whether audits wait in a queue of their own; those that share one are left as they come."""
    return _tasks(project, "audit").filter(queue__slug="audits", state="open").exists()


def _tasks(project: Project, kind: str) -> QuerySet[Task]:
    return Task.objects.filter(item__project=project, kind=kind)


def _half_waits(project: Project, queue: str) -> bool:
    """Tell whether more than half of a queue's reviews are still open."""
    work = _tasks(project, "work").filter(queue__slug=queue)
    return work.filter(state="open").count() * 2 > work.count()


def clear_desks(team: list[Member]) -> None:
    """Give back what a load that was killed has left on the team's screens."""
    for member in team:
        by = actor_of_person(member.person, "command")
        for seat in Seat.objects.filter(person=member.person, state="leased"):
            give_back(token=Claim.objects.get(pk=seat.claim_id or 0).token, by=by, at=timezone.now())


def write(sign_ins: list[tuple[str, str, str]], door: Door, secrets: dict[str, str]) -> None:
    """Write the file that tells sign-ins, token and secrets, whole, for its owner alone."""
    lines = ["Sign in to the demo as:", *(f"  {role:<17} {email:<28} {password}" for role, email, password in sign_ins)]
    lines += ["", "API token of the demo's model system:", f"  {door.token}", ""]
    for name, secret in secrets.items():
        lines += [f"Secret of the program that {name} calls back (python3 demo/receiver.py is one):", f"  {secret}", ""]
    fresh = told_at().with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines))
    fresh.rename(told_at())
