"""Real concurrent connections on one person, one project, one name."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts.actions import (
    add_person,
    create_project,
    end_ownership,
    end_token,
    give_membership,
    make_token,
    name_owner,
)
from accounts.models import Membership, Person, Project, Service, Token
from accounts.reads import actor_of_person, console
from audit.errors import Refusal
from audit.models import Event
from tests.arena import Worker
from tests.conftest import AT

CROWD = 8


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """Run a call on as many connections as the crowd has; give answers and refusals."""
    workers = [Worker() for _ in range(CROWD)]
    futures = [worker.begin(lambda turn=turn: call(turn)) for turn, worker in enumerate(workers)]
    found: list[Any] = []
    for future in futures:
        try:
            found.append(future.result(60))
        except Refusal as refusal:
            found.append(refusal.code)
    for worker in workers:
        worker.end()
    return found


def streams_hold() -> bool:
    """Tell whether every stream counts from 1 without a gap and its head is its last event."""
    for row in [*Person.objects.all(), *Project.objects.all()]:
        kind = "person" if isinstance(row, Person) else "project"
        events = list(Event.objects.filter(stream=f"{kind}/{row.uuid}").order_by("sseq"))
        if [event.sseq for event in events] != list(range(1, row.sseq + 1)):
            return False
        if bytes(row.head or b"") != bytes(events[-1].leaf_hash):
            return False
    return True


def test_one_address_is_added_once(arena: str) -> None:
    by = console()
    found = at_once(lambda turn: type(add_person(name="Ines", email="Ines@example.org", by=by, at=AT)).__name__)
    assert Counter(found) == {"Person": 1, "email_taken": CROWD - 1}
    assert Person.objects.count() == 1 and streams_hold()


def test_one_role_is_given_once(arena: str) -> None:
    by = console()
    person = add_person(name="Ines", email="ines@example.org", by=by, at=AT)
    project = create_project(slug="shelves", name="Shelves", task_type="form", by=by, at=AT)
    found = at_once(lambda turn: give_membership(person=person, project=project, role="reviewer", by=by, at=AT).pk)
    assert len(set(found)) == Membership.objects.count() == 1
    assert streams_hold()


def test_other_skills_at_once_leave_one_standing_role(arena: str) -> None:
    by = console()
    person = add_person(name="Ines", email="ines@example.org", by=by, at=AT)
    project = create_project(slug="shelves", name="Shelves", task_type="form", by=by, at=AT)
    at_once(
        lambda turn: (
            give_membership(
                person=person,
                project=project,
                role="reviewer",
                skills=[f"s{turn}"],
                by=by,
                at=AT + timedelta(minutes=turn),
            ).pk
        )
    )
    assert Membership.objects.filter(until_at=None).count() == 1 and Membership.objects.count() == CROWD
    assert streams_hold()


def test_one_service_is_made_for_all_its_tokens_and_a_token_ends_once(arena: str) -> None:
    by = console()
    projects = [
        create_project(slug=f"p{turn}", name="P", task_type="form", by=by, at=AT) for turn in range(3)
    ]  # named in every order: the locks are taken in one
    at_once(
        lambda turn: make_token(
            projects=projects[turn % 3 :] + projects[: turn % 3], scopes=["items:read"], service="s", by=by, at=AT
        )[1]
    )
    assert Service.objects.count() == 1 and Token.objects.count() == CROWD
    token = Token.objects.all()[0]
    found = at_once(lambda turn: type(end_token(token=token, by=by, at=AT)).__name__)
    assert Counter(found) == {"Token": 1, "token_ended": CROWD - 1}
    assert streams_hold()


def test_owners_who_end_each_others_ownership_at_once_leave_one(arena: str) -> None:
    by = console()
    owners = [add_person(name=f"Owner {turn}", email=f"o{turn}@example.org", by=by, at=AT) for turn in range(CROWD)]
    for person in owners:
        name_owner(person=person, by=by, at=AT)
    actors = [actor_of_person(person, "browser") for person in owners]
    found = at_once(lambda turn: end_ownership(person=owners[(turn + 1) % CROWD], by=actors[turn], at=AT).is_owner)
    left = Person.objects.filter(is_owner=True).count()
    assert left >= 1 and Event.objects.filter(type="accounts.ownership_ended").count() == CROWD - left
    assert set(found) <= {False, "forbidden", "last_owner"} and found.count(False) == CROWD - left
    assert streams_hold()
