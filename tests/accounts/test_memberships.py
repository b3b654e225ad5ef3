"""Roles are given and ended, never deleted."""

import json

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import end_membership, give_membership
from accounts.errors import BadMembership, Forbidden, MembershipEnded, UnknownRole
from accounts.models import Membership, Person, Project
from accounts.policies import may_see_project, role_in
from accounts.reads import Actor, actor_of_person
from audit.models import Event, Payload
from tests.accounts.conftest import HOUR
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def told(person: Person) -> list[str]:
    return list(Event.objects.filter(stream=f"person/{person.uuid}").order_by("sseq").values_list("type", flat=True))


def test_a_role_counts_from_its_start_until_its_end(ines: Person, project: Project, by: Actor) -> None:
    given = give_membership(person=ines, project=project, role="reviewer", from_at=AT + HOUR, by=by, at=AT)
    assert role_in(ines.pk, project.pk, AT) == set()
    assert role_in(ines.pk, project.pk, AT + HOUR) == {"reviewer"}
    end_membership(membership=given, by=by, at=AT + 2 * HOUR)
    assert role_in(ines.pk, project.pk, AT + 2 * HOUR) == set()
    assert role_in(ines.pk, project.pk, AT + 2 * HOUR - HOUR / 60) == {"reviewer"}
    assert told(ines)[1:] == ["accounts.membership_given", "accounts.membership_ended"]


def test_the_event_of_a_role_names_project_and_role(reviewer: Membership) -> None:
    event = Event.objects.get(type="accounts.membership_given")
    assert event.project == reviewer.project.uuid
    body = json.loads(bytes(Payload.objects.get(event=event).body))
    assert (body["role"], body["project"], body["until"]) == ("reviewer", "shelves", None)


def test_a_role_that_has_not_begun_never_will_once_ended(ines: Person, project: Project, by: Actor) -> None:
    given = give_membership(person=ines, project=project, role="reviewer", from_at=AT + HOUR, by=by, at=AT)
    end_membership(membership=given, by=by, at=AT)
    assert role_in(ines.pk, project.pk, AT + HOUR) == set()


def test_giving_the_same_role_again_writes_nothing(reviewer: Membership, by: Actor) -> None:
    again = give_membership(
        person=reviewer.person, project=reviewer.project, role="reviewer", by=by, at=AT + HOUR, skills=[]
    )
    assert again.pk == reviewer.pk
    assert Membership.objects.count() == 1 and len(told(reviewer.person)) == 2


def test_other_skills_end_the_old_role_and_begin_a_new_one(reviewer: Membership, by: Actor) -> None:
    later = AT + HOUR
    new = give_membership(
        person=reviewer.person, project=reviewer.project, role="reviewer", skills=["lang:de"], by=by, at=later
    )
    reviewer.refresh_from_db()
    assert reviewer.until_at == new.from_at == later and new.skills == ["lang:de"]
    assert role_in(reviewer.person_id, reviewer.project_id, later) == {"reviewer"}


def test_what_is_left_out_stays_as_it_was(reviewer: Membership, by: Actor) -> None:
    args = {"person": reviewer.person, "project": reviewer.project, "role": "reviewer", "by": by}
    give_membership(**args, skills=["lang:de"], at=AT + HOUR)
    new = give_membership(**args, team="Vendor", at=AT + 2 * HOUR)
    assert (new.skills, new.team) == (["lang:de"], "Vendor")


def test_an_ended_role_is_not_ended_again(reviewer: Membership, by: Actor) -> None:
    end_membership(membership=reviewer, by=by, at=AT + HOUR)
    with pytest.raises(MembershipEnded):
        end_membership(membership=reviewer, by=by, at=AT + 2 * HOUR)
    reviewer.refresh_from_db()
    assert reviewer.until_at == AT + HOUR and len(told(reviewer.person)) == 3


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"role": "boss"}, UnknownRole),
        ({"skills": ["a,b"]}, BadMembership),
        ({"skills": [""]}, BadMembership),
        ({"team": "x" * 101}, BadMembership),
        ({"grade": "x" * 51}, BadMembership),
    ],
)
def test_a_role_that_cannot_be_is_refused(
    wrong: dict[str, object], refusal: type[Exception], ines: Person, project: Project, by: Actor
) -> None:
    with pytest.raises(refusal):
        give_membership(**{"person": ines, "project": project, "role": "reviewer", "by": by, "at": AT, **wrong})
    assert not Membership.objects.exists() and told(ines) == ["accounts.person_added"]


def test_a_person_gives_themselves_no_role(reviewer: Membership) -> None:
    someone = actor_of_person(reviewer.person, "browser")
    with pytest.raises(Forbidden):
        give_membership(person=reviewer.person, project=reviewer.project, role="compliance", by=someone, at=AT)
    with pytest.raises(Forbidden):
        end_membership(membership=reviewer, by=someone, at=AT)
    assert Membership.objects.get().until_at is None


def test_projects_are_visible_to_those_with_a_role_and_to_owners(
    reviewer: Membership, other: Project, by: Actor
) -> None:
    someone = actor_of_person(reviewer.person, "browser")
    assert may_see_project(by=someone, project=reviewer.project, at=AT)
    assert not may_see_project(by=someone, project=other, at=AT)
    Person.objects.filter(pk=reviewer.person_id).update(is_owner=True)
    assert set(Project.objects.visible_to(reviewer.person_id, AT)) == {reviewer.project, other}
    assert may_see_project(by=by, project=other, at=AT)


def test_the_database_holds_one_standing_role_of_a_kind(reviewer: Membership) -> None:
    twice = Membership(person=reviewer.person, project=reviewer.project, role="reviewer", from_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save()
    twice.until_at = AT
    twice.save()


def test_the_database_holds_that_a_role_ends_after_its_start(reviewer: Membership) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.update(until_at=AT - HOUR)


def test_the_database_knows_the_roles(reviewer: Membership) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.update(role="boss")
