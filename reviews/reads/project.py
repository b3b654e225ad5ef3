"""A project's own page: what is in force, what came in, who works on it."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership, Project, Role
from audit.models.sql import ask
from reviews.models import Item
from reviews.reads.home import Line, lines
from reviews.reads.listing import COUNTED, Listed, listing
from reviews.reads.replays import requires_replay
from reviews.reads.standing import Standing, standing
from reviews.reads.threshold import settings_in_force
from reviews.rights import arm_sentence, sentence

NEWEST = 12
COUNTS = f"""
SELECT i.state, count(*) AS often FROM (
    SELECT state FROM reviews_item WHERE project_id = %s ORDER BY id DESC LIMIT {COUNTED}) i GROUP BY i.state
"""  # noqa: S608 - a constant
QUEUES = f"""
SELECT q.slug, q.name, (SELECT count(*) FROM (SELECT s.id FROM reviews_seat s JOIN reviews_lane l ON l.id = s.lane_id
    WHERE l.queue_id = q.id AND s.state = 'open' LIMIT {COUNTED}) w) AS waiting
FROM reviews_queue q WHERE q.project_id = %s ORDER BY q.level, q.name, q.id
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Team:
    """A person with their roles here, by their names."""

    name: str
    roles: list[str]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The newest items, and how many of the last 2,000 stand where."""

    rows: list[Listed]
    counts: list[tuple[str, int]]
    full: bool

    @property
    def total(self) -> int:
        """How many items were counted."""
        return sum(often for _state, often in self.counts)


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """The page. `works` are the reader's queues there, `mine` the one to start with, None where they have none.

    `replays` tells that decision rights are tried on the past before they are published.
    """

    now: Standing | None
    rules: list[str]
    one_threshold: bool
    arrivals: Arrivals
    queues: list[Any]
    team: list[Team]
    mine: Line | None
    works: set[str]
    replays: bool


def arrivals(project: Project, reader: int, at: dt.datetime) -> Arrivals:
    """Read what came in; four statements."""
    counts = {row.state: row.often for row in ask(COUNTS, [project.pk])}
    found = listing(project.pk, reader=reader, at=at)
    order = [state for state in Item._meta.get_field("state").choices or [] if state[0] in counts]
    told = [(str(state), counts[state]) for state, _name in order]
    return Arrivals(found.rows[:NEWEST], told, sum(counts.values()) >= COUNTED)


def project_page(project: Project, reader: int, at: dt.datetime) -> ProjectPage:
    """Read a project's page."""
    now = standing(project)
    mine = [line for line in lines(reader, at) if line.project == project.slug]
    return ProjectPage(
        now,
        _rules(now) if now else [],
        now is not None and settings_in_force(now) is not None,
        arrivals(project, reader, at),
        ask(QUEUES, [project.pk]),
        _team(project, at),
        max(mine, key=lambda line: line.waiting, default=None),
        {line.queue for line in mine},
        requires_replay(project.pk),
    )


def free_slug(name: str) -> str:
    """Make an address word of a name that no project has yet; who is faster may still take it."""
    stem = slugify(name)[:44].strip("-_") or "project"
    taken = set(Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(one for one in [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))] if one not in taken)


def example_of(project: Project, now: Standing | None) -> str:
    """Write an item that this project takes, as JSON with no single quote in it, for a command line."""
    taxonomy = now.taxonomy if now else {}
    labels = taxonomy.get("labels") or []
    item: dict[str, Any] = {"external_id": "example-1", "data": {"text": "An example, to see it arrive"}}
    if project.task_type == "classification" and labels:
        proposed = {"labels": [labels[0]["code"]]}
        item |= {"model": {"name": "my-model", "version": "1"}, "prediction": proposed, "confidence": 0.62}
    return json.dumps(item, ensure_ascii=True)


def _rules(now: Standing) -> list[str]:
    names = {slug: queue.name for slug, queue in now.queues.items()}
    told = [sentence(rule, names) for rule in now.rights.routing]
    last = arm_sentence(now.rights.otherwise, names)
    doubt = arm_sentence(now.rights.no_confidence, names)
    otherwise = _("Otherwise %(arm)s") if told else _("Always %(arm)s")
    return [*told, otherwise % {"arm": last}, _("Without a confidence %(arm)s") % {"arm": doubt}]


def _team(project: Project, at: dt.datetime) -> list[Team]:
    rows = Membership.objects.standing(at).filter(project=project).order_by("person__name", "person_id", "role")
    found: dict[tuple[int, str], list[str]] = {}
    for person, name, role in rows.values_list("person_id", "person__name", "role")[:200]:
        found.setdefault((person, name), []).append(str(Role(role).label))
    return [Team(name, roles) for (_person, name), roles in found.items()]
