"""Looking back: what the list and the page of an item tell, and what a reviewer saw."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import add_person, give_membership
from accounts.models import User
from accounts.reads import Actor, actor_of_person, console
from tests.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def person(town: Town, *roles: str) -> Actor:
    made = add_person(name="Pat", email=f"{'-'.join(roles)}@back.invalid", by=console(), at=town.now)
    for role in roles:
        give_membership(person=made, project=town.project, role=role, by=console(), at=town.now)
    return actor_of_person(made, "browser")


def signed_in(actor: Actor) -> Client:
    client = Client()
    user = User.objects.get(person_id=actor.person_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(who: Actor, name: str, *args: object, **asked: str) -> str:
    answer = signed_in(who).get(reverse(name, args=args), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_compliance_that_may_be_asked_itself_sees_no_draws_of_a_route(town: Town):
    item = town.send(0.8)["id"]
    for roles, sees in ((["compliance"], True), (["compliance", "reviewer"], False)):
        text = page(person(town, *roles), "item", "cats", item)
        assert ("<summary>Draws</summary>" in text) is sees and "What happened" in text
