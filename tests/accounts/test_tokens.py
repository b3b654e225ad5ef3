"""Tokens are made, read and ended."""

import hashlib

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.actions import end_membership, end_token, make_token
from accounts.errors import BadToken, Forbidden, NotFound, NotSignedIn, TokenEnded, TokenNeedsPerson, TokenNeedsRole
from accounts.models import Membership, Person, Project, Scope, Service, Token, User
from accounts.policies import may_see_project, visible_projects
from accounts.reads import Actor, actor_of_person, actor_of_token
from audit.models import Event, Payload
from tests.accounts.conftest import HOUR
from tests.conftest import AT

pytestmark = pytest.mark.django_db
READ, DECIDE = Scope.ITEMS_READ.value, Scope.DECISIONS_WRITE.value


@pytest.fixture
def plain(project: Project, by: Actor) -> str:
    return make_token(projects=[project], scopes=[READ], service="shelf-system", by=by, at=AT)[1]


def test_only_the_digest_of_a_token_is_kept(project: Project, other: Project, by: Actor) -> None:
    token, plain = make_token(projects=[project, other], scopes=[READ], service="shelf-system", by=by, at=AT)
    assert plain.startswith("hitl_") and len(plain) == 48
    assert bytes(Token.objects.get().digest) == hashlib.sha256(plain.encode()).digest()
    made = Event.objects.filter(type="accounts.token_made")
    assert {event.project for event in made} == {project.uuid, other.uuid}
    for event in made:
        body = bytes(Payload.objects.get(event=event).body)
        assert READ.encode() in body
        assert plain.encode() not in body + bytes(event.leaf) and token.digest.hex().encode() not in body
    assert (token.until_at - AT).days == 365


def test_a_service_is_known_by_its_name(plain: str, project: Project, by: Actor) -> None:
    again, _ = make_token(projects=[project], scopes=[READ], service="shelf-system", by=by, at=AT)
    assert Service.objects.count() == 1 and Token.objects.filter(service=again.service).count() == 2


def test_a_token_gives_its_bearer_in_one_statement(
    plain: str, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        actor = actor_of_token(plain, scope=READ, project=project, at=AT)
    service = Service.objects.get()
    assert (actor.service_id, actor.person_id, actor.via, actor.name) == (service.pk, None, "api", "shelf-system")
    assert actor.pseudonym == service.pseudonym


def test_an_unknown_or_broken_token_is_not_signed_in(plain: str, project: Project) -> None:
    for wrong in ("", "hitl_", plain[:-1], plain.upper(), plain + "\x00", "\ud800"):
        with pytest.raises(NotSignedIn):
            actor_of_token(wrong, scope=READ, project=project, at=AT)


def test_a_token_past_its_end_is_not_signed_in(project: Project, by: Actor) -> None:
    _, plain = make_token(projects=[project], scopes=[READ], service="s", days=1, by=by, at=AT)
    assert actor_of_token(plain, scope=READ, project=project, at=AT + 24 * HOUR - HOUR)
    with pytest.raises(NotSignedIn):
        actor_of_token(plain, scope=READ, project=project, at=AT + 24 * HOUR)


def test_a_token_lacks_the_scopes_it_was_not_given(plain: str, project: Project) -> None:
    with pytest.raises(Forbidden):
        actor_of_token(plain, scope="items:write", project=project, at=AT)


def test_another_project_does_not_exist_for_a_token_even_without_the_scope(plain: str, other: Project) -> None:
    for scope in (READ, "items:write"):
        with pytest.raises(NotFound):
            actor_of_token(plain, scope=scope, project=other, at=AT)


def test_a_token_sees_its_own_projects_alone(plain: str, project: Project, other: Project) -> None:
    actor = actor_of_token(plain, scope=READ, project=None, at=AT)
    assert list(visible_projects(by=actor, at=AT)) == [project]
    assert not may_see_project(by=actor, project=other, at=AT)


def test_an_ended_token_is_not_signed_in_and_ends_once(plain: str, project: Project, by: Actor) -> None:
    token = end_token(token=Token.objects.get(), by=by, at=AT + HOUR)
    with pytest.raises(NotSignedIn):
        actor_of_token(plain, scope=READ, project=project, at=AT + HOUR)
    with pytest.raises(TokenEnded):
        end_token(token=token, by=by, at=AT + 2 * HOUR)
    assert Token.objects.get().ended_at == AT + HOUR
    assert Event.objects.filter(type="accounts.token_ended").count() == 1


def test_a_persons_token_acts_as_the_person_while_they_have_a_role(reviewer: Membership, by: Actor) -> None:
    ines, project = reviewer.person, reviewer.project
    token, plain = make_token(projects=[project], scopes=[DECIDE], person=ines, by=by, at=AT)
    assert token.writes_decisions
    actor = actor_of_token(plain, scope=DECIDE, project=project, at=AT)
    assert (actor.person_id, actor.service_id, actor.pseudonym) == (ines.pk, None, ines.pseudonym)
    end_membership(membership=reviewer, by=by, at=AT + HOUR)
    with pytest.raises(NotFound):
        actor_of_token(plain, scope=DECIDE, project=project, at=AT + HOUR)
    assert not may_see_project(by=actor, project=project, at=AT + HOUR)


def test_a_persons_token_ends_with_their_sign_in(reviewer: Membership, by: Actor) -> None:
    _, plain = make_token(projects=[reviewer.project], scopes=[DECIDE], person=reviewer.person, by=by, at=AT)
    User.objects.update(is_active=False)
    with pytest.raises(NotSignedIn):
        actor_of_token(plain, scope=DECIDE, project=reviewer.project, at=AT)


def test_only_people_with_a_role_in_every_project_write_decisions(
    reviewer: Membership, other: Project, by: Actor
) -> None:
    with pytest.raises(TokenNeedsPerson):
        make_token(projects=[reviewer.project], scopes=[DECIDE], service="s", by=by, at=AT)
    with pytest.raises(TokenNeedsRole, match="calls"):
        make_token(projects=[reviewer.project, other], scopes=[DECIDE], person=reviewer.person, by=by, at=AT)
    assert not Token.objects.exists() and not Service.objects.exists()
    assert not Event.objects.filter(type="accounts.token_made").exists()


def test_a_person_makes_and_ends_their_own_deciding_token_and_no_other(reviewer: Membership, plain: str) -> None:
    ines, project = reviewer.person, reviewer.project
    someone = actor_of_person(ines, "browser")
    for wrong in ({"service": "s", "scopes": [READ]}, {"person": ines, "scopes": [DECIDE, "audit:read"]}):
        with pytest.raises(Forbidden):
            make_token(projects=[project], by=someone, at=AT, **wrong)
    with pytest.raises(Forbidden):
        end_token(token=Token.objects.get(), by=someone, at=AT)
    assert Token.objects.get().ended_at is None
    token, _ = make_token(projects=[project], person=ines, scopes=[DECIDE], by=someone, at=AT)
    end_token(token=token, by=someone, at=AT)
    assert Event.objects.filter(type="accounts.token_ended", actor=ines.pseudonym).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"projects": []}, "projects"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"service": None}, "person"),
        ({"service": " "}, "service"),
        ({"days": 0}, "days"),
        ({"days": 3651}, "days"),
    ],
)
def test_a_token_that_cannot_be_is_refused(wrong: dict[str, object], field: str, project: Project, by: Actor) -> None:
    with pytest.raises(BadToken) as refused:
        make_token(**{"projects": [project], "scopes": [READ], "service": "s", "by": by, "at": AT, **wrong})
    assert [place for place, _ in refused.value.fields] == [field]
    assert not Token.objects.exists()


def test_the_database_holds_that_a_token_has_one_bearer(plain: str, ines: Person) -> None:
    for change in ({"person": ines}, {"service": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Token.objects.update(**change)


def test_the_database_holds_that_only_people_decide(plain: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.update(writes_decisions=True)


def test_the_database_holds_that_a_service_has_its_name_alone(plain: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.create(name="shelf-system", pseudonym="s_x", created_at=AT)
