"""Where switches stand: who reads what, since when, and why."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Q

from accounts.models import Membership
from audit.models.sql import Row, ask, many
from reviews.models import Position, SwitchChange

MODELS_SHOWN = 20
OF_PROJECT = f"""
SELECT mv.uuid AS model_uuid, mv.name, mv.version, s.position, s.reason, s.turned_at
FROM guidelines_modelversion mv
LEFT JOIN reviews_switchchange s ON s.model_version_id = mv.id
    AND s.id = (SELECT max(o.id) FROM reviews_switchchange o WHERE o.model_version_id = mv.id)
WHERE mv.project_id = %s AND (s.position <> 'normal' OR mv.id IN (SELECT n.id FROM (SELECT m.id
    FROM guidelines_modelversion m WHERE m.project_id = %s ORDER BY m.id DESC LIMIT {MODELS_SHOWN}) n))
ORDER BY mv.id DESC
"""  # noqa: S608 - a constant
OF_SCOPES = """
SELECT s.project_id, s.position, s.reason, s.turned_at FROM reviews_switchchange s WHERE s.id IN (
    SELECT max(o.id) FROM reviews_switchchange o WHERE o.model_version_id IS NULL {where} GROUP BY o.project_id)
"""


@dataclass(frozen=True, slots=True)
class Switch:
    """Where one switch stands; `turned_at` is None for one that was never turned."""

    position: str
    reason: str = ""
    turned_at: dt.datetime | None = None
    name: str = ""
    model: UUID | None = None


@dataclass(frozen=True, slots=True)
class Switches:
    """The installation's, a project's, and those of its newest model versions and of each one that is turned."""

    installation: Switch
    project: Switch
    models: list[Switch]


def switches_of(project_id: int) -> Switches:
    """Read the switches that rule a project's items; two statements."""
    found = positions([project_id])
    models = [
        _switch(row, f"{row.name} {row.version}", row.model_uuid) for row in ask(OF_PROJECT, [project_id, project_id])
    ]
    return Switches(found[None], found.get(project_id, Switch(Position.NORMAL.value)), models)


def switch_of_model(model_id: int) -> Switch:
    """Give where one model version's switch stands; one statement."""
    last = SwitchChange.objects.filter(model_version_id=model_id).order_by("-pk").first()
    return Switch(last.position, last.reason, last.turned_at) if last else Switch(Position.NORMAL.value)


def positions(projects: list[int] | None = None) -> dict[int | None, Switch]:
    """Give where the installation's switch stands (None), and those of these projects or of all; one statement."""
    places, params = many(projects or [])
    where = "" if projects is None else f"AND (o.project_id IS NULL OR o.project_id IN {places})"
    found: dict[int | None, Switch] = {None: Switch(Position.NORMAL.value)}
    for row in ask(OF_SCOPES.format(where=where), params if where else []):
        found[row.project_id] = _switch(row)
    return found


def _switch(row: Row, name: str = "", model: UUID | None = None) -> Switch:
    if row.position is None:
        return Switch(Position.NORMAL.value, name=name, model=model)
    return Switch(row.position, row.reason, row.turned_at, name, model)


@dataclass(frozen=True, slots=True)
class Turned:
    """A switch that does not stand at normal: of a model version, of a project, or (no project) the installation's.

    `turnable` says that whoever reads of it may turn it.
    """

    position: str
    turned_at: dt.datetime
    project: str = ""
    project_name: str = ""
    model: str = ""
    model_uuid: UUID | None = None
    turnable: bool = False


def turned_for(person_id: int, at: dt.datetime, *, owner: bool) -> list[Turned]:
    """List the switches away from normal that rule a person's projects, an owner's all; one statement."""
    newest = SwitchChange.objects.order_by().values("project", "model_version").annotate(last=Max("pk")).values("last")
    found = SwitchChange.objects.filter(pk__in=newest).exclude(position=Position.NORMAL)
    if not owner:
        mine = Membership.objects.standing(at).filter(person_id=person_id).values("project_id")
        everywhere = Q(project__isnull=True, model_version__isnull=True)
        found = found.filter(everywhere | Q(project__in=mine) | Q(model_version__project__in=mine))
    turned = found.select_related("project", "model_version__project").order_by("pk")
    return [_turned(one) for one in turned]


def _turned(one: SwitchChange) -> Turned:
    model = one.model_version
    project = model.project if model else one.project
    if project is None:
        return Turned(one.position, one.turned_at)
    named = f"{model.name} {model.version}" if model else ""
    return Turned(one.position, one.turned_at, project.slug, project.name, named, model.uuid if model else None)
