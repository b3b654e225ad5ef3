"""A town of a given size: a project made by the product's verbs, its rows by set-based SQL."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.actions import add_person, give_membership
from accounts.models import Project
from accounts.reads import Actor, actor_of_person, console
from bench.rows import DECISIONS, EVENTS, ITEMS, LEASES
from guidelines.models import TaxonomyVersion
from reviews.actions import apply_project
from reviews.actions.lines import fill_project, lane
from reviews.actions.versions import model_versions
from reviews.models import Queue, RightsVersion

CLIENTS = 32
LABELS = ["cat", "dog", "fox", "owl", "elk", "hare", "mole", "none"]
UNSURE = {"field": "confidence", "op": "<", "value": "0.60"}
MIDDLING = {"field": "confidence", "op": "<", "value": "0.90"}
RIGHTS: dict[str, Any] = {
    "v": 1,
    "routing": [
        {"name": "Unsure", "when": [UNSURE], "then": {"arm": "review", "queue": "general"}},
        {"name": "Middling", "when": [MIDDLING], "then": {"arm": "accept", "audit_rate": "0.15"}},
    ],
    "otherwise": {"arm": "accept", "audit_rate": "0.02"},
    "no_confidence": {"arm": "review", "queue": "general"},
    "high_impact": {"arm": "review", "queue": "double", "decisions": 2},
}  # fmt: skip
PROJECT = {
    "slug": "bench",
    "name": "Bench",
    "task_type": "classification",
    "labels": [{"code": code, "name": code.title()} for code in LABELS],
    "error_categories": [{"code": "wrong", "name": "Wrong label"}],
    "segments": ["geography"],
    "queues": [{"slug": "general", "name": "General"}, {"slug": "double", "name": "Two decisions"}],
    "rights": RIGHTS,
}
COUNTED = (
    "accounts_person", "accounts_membership", "audit_event", "reviews_item", "reviews_prediction", "reviews_route",
    "reviews_task", "reviews_seat", "reviews_claim", "reviews_decision",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much there is: open seats, seats leased to others, seats that the veteran has decided."""

    open: int

    @property
    def leased(self) -> int:
        """Seats leased to other people: a fiftieth of the open ones."""
        return max(self.open // 50, 2)

    @property
    def decided(self) -> int:
        """Seats at the head of the lane that the veteran has decided: a hundredth of the open ones."""
        return max(self.open // 100, 2)

    @property
    def double(self) -> int:
        """Open seats of the queue of two decisions: a tenth."""
        return self.open // 10


@dataclass(frozen=True)
class Town:
    """The project, its two queues, people by what they are for, and how much there is."""

    project: Project
    general: Queue
    double: Queue
    people: list[Actor]
    veteran: Actor
    fresh: Actor
    size: Size


def fill(size: Size, people: int) -> None:
    """Migrate, found the project, and fill its tables."""
    call_command("migrate", verbosity=0)
    at = timezone.now()
    project, _ = apply_project(document=PROJECT, by=console(), at=at)
    with transaction.atomic():
        version = model_versions(project, {("shelf-detector", "2026.11.1")}, at)["shelf-detector", "2026.11.1"]
    names = {
        "project": project.pk,
        "project_uuid": str(project.uuid),
        "log": project.log_id,
        "rights": RightsVersion.objects.get(project=project).pk,
        "version": version.pk,
        "taxonomy": TaxonomyVersion.objects.get(project=project).pk,
        "at": at,
        "holders": 10 * (people + 2),
        "claims": EVENTS + 2 * size.open,
        "decisions": EVENTS + 4 * size.open,
        "veteran": _people(project, people + 2, at)[-1],
    }
    _rows(size, project, names)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def town(size: Size, people: int) -> Town:
    """Read a filled town."""
    project = Project.objects.select_related("log").get(slug="bench")
    queues = {queue.slug: queue for queue in Queue.objects.filter(project=project)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.pseudonym, p.name FROM accounts_person p JOIN accounts_membership m ON m.person_id = p.id "
            "WHERE m.role = 'reviewer' ORDER BY p.id LIMIT %s", [people + 2]
        )  # fmt: skip
        actors = [Actor(pseudonym, "api", person_id=number, name=name) for number, pseudonym, name in cursor.fetchall()]
    return Town(project, queues["general"], queues["double"], actors[:-2], actors[-1], actors[-2], size)


def _people(project: Project, count: int, at: dt.datetime) -> list[int]:
    """Make reviewers, with their places in both lanes; give their row ids."""
    for queue in Queue.objects.filter(project=project, slug__in=["general", "double"]):
        lane(queue, [])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_person (uuid, pseudonym, name, is_owner, created_at, sseq) "
            "SELECT gen_random_uuid(), 'p_' || left(md5(n::text), 24), 'Reviewer ' || n, false, %s, 0 "
            "FROM generate_series(1, %s) n RETURNING id",
            [at, count],
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO accounts_membership (role, team, grade, skills, from_at, person_id, project_id) "
            "SELECT 'reviewer', '', '', '[]', %s, id, %s FROM unnest(%s::bigint[]) id",
            [at, project.pk, ids],
        )
    fill_project(project.pk)
    return ids


@transaction.atomic
def _rows(size: Size, project: Project, names: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign key checks while filling
        except DatabaseError:
            pass  # not a superuser: the same rows, slower
        lanes = {queue.slug: (queue.pk, lane(queue, []).pk) for queue in Queue.objects.filter(project=project)}  # type: ignore[union-attr]
        single = size.open - size.double
        parts = (  # first, last, queue, seats a task wants, number of the open seat, rank of the head
            (1, single, "general", 1, 1),
            (single + 1, single + size.leased, "general", 1, 1),
            (single + size.leased + 1, single + size.leased + size.double, "double", 2, 2),
        )
        for first, last, slug, wanted, number in parts:
            queue, line = lanes[slug]
            given = names | {
                "first": first,
                "last": last,
                "queue": queue,
                "lane": line,
                "wanted": wanted,
                "number": number,
            }
            for statement in ITEMS:
                cursor.execute(statement, given)
        leases = names | {"first": parts[1][0], "last": parts[1][1]}
        for statement in LEASES:
            cursor.execute(statement, leases)
        first = parts[2][0]
        heads = names | {"first": first, "last": first + min(size.decided, size.double) - 1, "lane": lanes["double"][1]}
        for statement in DECISIONS:
            cursor.execute(statement, heads)
        for table in COUNTED:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def hamlet() -> tuple[Queue, Actor]:
    """Found the project with one reviewer on whatever engine there is; give its general queue and the reviewer."""
    call_command("migrate", verbosity=0)
    at, by = timezone.now(), console()
    project, _ = apply_project(document=PROJECT, by=by, at=at)
    made = add_person(name="Reviewer", email="reviewer@hitl.invalid", by=by, at=at)
    person = getattr(made, "person", made)
    give_membership(person=person, project=project, role="reviewer", by=by, at=at)
    return Queue.objects.get(project=project, slug="general"), actor_of_person(person, "api")
