"""A held item is routed again from its page, by operations alone."""

import pytest
from django.test import Client

from accounts.actions import add_person, give_membership
from accounts.reads import console
from reviews.models import Item
from tests.town import build

pytestmark = pytest.mark.django_db


def signed_in(town, role):
    person = add_person(name=role, email=f"{role}@again.invalid", by=console(), at=town.now)
    give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    client = Client()
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_operations_route_a_held_item_again_from_its_page():
    town = build()
    town.send(0.95, "owl")
    item = Item.objects.get()
    address = f"/projects/{town.project.slug}/items/{item.uuid}/"
    client = signed_in(town, "operations")
    assert b"Route it again" in client.get(address).content
    assert client.post(f"{address}routes/").status_code == 302
    assert Item.objects.get().routes.count() == 2  # held again: the label is still unknown
    compliance = signed_in(town, "compliance")
    assert b"Route it again" not in compliance.get(address).content
    assert compliance.post(f"{address}routes/").status_code == 403
    assert Item.objects.get().routes.count() == 2


def test_pages_tell_times_in_the_readers_zone():
    town = build()
    town.send(0.5)
    client = signed_in(town, "compliance")
    client.cookies["zone"] = "Asia%2FKathmandu"
    assert "in Kathmandu" in client.get("/").content.decode()
    client.cookies["zone"] = "../../etc/passwd"
    assert client.get("/").status_code == 200
