"""Projects are created, and their settings changed."""

import json

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import change_project, create_project, give_membership
from accounts.errors import BadProject, Forbidden, SlugTaken
from accounts.models import Membership, Person, Project
from accounts.reads import Actor, actor_of_person
from audit.models import Event, Log, Payload
from tests.accounts.conftest import HOUR
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def told(project: Project) -> list[str]:
    return list(Event.objects.filter(stream=f"project/{project.uuid}").order_by("sseq").values_list("type", flat=True))


def test_a_project_stands_in_the_one_log_and_in_the_ledger(project: Project) -> None:
    assert project.log == Log.objects.get()
    (event,) = Event.objects.filter(project=project.uuid)
    assert event.type == "accounts.project_created"
    body = json.loads(bytes(Payload.objects.get(event=event).body))
    assert body["slug"] == "shelves" and body["time_zone"] == "UTC"
    project.refresh_from_db()
    assert (project.sseq, bytes(project.head)) == (1, bytes(event.leaf_hash))


def test_two_projects_cannot_have_one_slug(project: Project, by: Actor) -> None:
    with pytest.raises(SlugTaken):
        create_project(slug="shelves", name="Others", task_type="form", by=by, at=AT)
    assert Project.objects.count() == 1 and Event.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "Shelves"}, "slug"),
        ({"slug": "-a"}, "slug"),
        ({"slug": "a" * 51}, "slug"),
        ({"name": " "}, "name"),
        ({"task_type": "magic"}, "task_type"),
        ({"time_zone": "Hamburg"}, "time_zone"),
        ({"currency": "euro"}, "currency"),
        ({"language": "English"}, "language"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, str], field: str, by: Actor) -> None:
    sound = {"slug": "shelves", "name": "Shelves", "task_type": "form"}
    with pytest.raises(BadProject) as refused:
        create_project(**{**sound, **wrong}, by=by, at=AT)
    assert [place for place, _ in refused.value.fields] == [field]
    assert not Project.objects.exists() and not Event.objects.exists()


def test_a_change_tells_what_was_and_what_is(project: Project, by: Actor) -> None:
    changed = change_project(project=project, name="All shelves", currency="EUR", by=by, at=AT + HOUR)
    assert changed.name == "All shelves"
    body = json.loads(bytes(Payload.objects.get(event__type="accounts.project_changed").body))
    assert body == {"name": {"from": "Shelves", "to": "All shelves"}}


def test_a_change_of_nothing_writes_nothing(project: Project, by: Actor) -> None:
    change_project(project=project, name="Shelves", time_zone="UTC", by=by, at=AT)
    assert told(project) == ["accounts.project_created"]


def test_a_change_to_what_cannot_be_is_refused(project: Project, by: Actor) -> None:
    for wrong in ({"time_zone": "Hamburg"}, {"name": " "}, {"currency": ""}):
        with pytest.raises(BadProject):
            change_project(project=project, by=by, at=AT, **wrong)
    project.refresh_from_db()
    assert (project.time_zone, project.name, project.currency) == ("UTC", "Shelves", "EUR")
    assert told(project) == ["accounts.project_created"]


def test_operations_change_a_project_and_reviewers_do_not(reviewer: Membership, ines: Person, by: Actor) -> None:
    someone, project = actor_of_person(ines, "browser"), reviewer.project
    with pytest.raises(Forbidden):
        change_project(project=project, name="Mine", by=someone, at=AT)
    assert told(project) == ["accounts.project_created"]
    give_membership(person=ines, project=project, role="operations", by=by, at=AT)
    change_project(project=project, name="Ours", by=someone, at=AT)
    assert json.loads(bytes(Event.objects.get(type="accounts.project_changed").leaf))["role"] == "operations"


def test_only_owners_create_projects(ines: Person) -> None:
    with pytest.raises(Forbidden):
        create_project(slug="mine", name="Mine", task_type="form", by=actor_of_person(ines, "browser"), at=AT)
    assert not Project.objects.exists()


def test_the_database_knows_the_task_types(project: Project) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(task_type="magic")
