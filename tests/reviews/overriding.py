"""A town whose released outcomes may be put aside, and those who do it."""

from typing import Any

from django.http import HttpRequest

from accounts.actions import Proof, add_person, give_membership, prove
from accounts.models import User
from accounts.reads import Actor, actor_of_person, console
from reviews.actions import put_aside, release
from reviews.models import Item, Outcome, Override
from tests.town import RIGHTS, Town, build

PASSWORD = "a long and quiet password"
HIGH = {"field": "impact", "op": "=", "value": "high"}
ROW = {"name": "Adjudicators", "roles": ["adjudicator"], "second_person_when": [HIGH]}


def town_with(*rows: dict[str, Any], adjudicators: int = 3, **changes: Any) -> Town:
    """Build a town whose adjudicators put outcomes aside, in the browser."""
    rights = RIGHTS | {"overrides": list(rows) or [ROW]} | changes.pop("rights", {})
    town = build(adjudicators=adjudicators, rights=rights, **changes)
    town.adjudicators = [in_browser(one) for one in town.adjudicators]
    return town


def in_browser(who: Actor) -> Actor:
    """Give the same person with a password, signed in."""
    user = User.objects.get(person_id=who.person_id)
    user.set_password(PASSWORD)
    user.save()
    return actor_of_person(user.person, "browser")


def one_more(town: Town, role: str) -> Actor:
    """Add somebody in a role, in the browser."""
    number = User.objects.count()
    person = add_person(name=f"The {role}", email=f"{role}{number}@override.invalid", by=console(), at=town.now)
    give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    return in_browser(actor_of_person(person, "browser"))


def accepted(town: Town, **more: Any) -> Item:
    """Send an item whose outcome is the model's, released at intake."""
    return Item.objects.select_related("project").get(uuid=town.send(0.95, **more)["id"])


def decided(town: Town, *people: Actor, label: str = "cat", **more: Any) -> Item:
    """Send an item that people decide and whose outcome is released."""
    item = Item.objects.select_related("project").get(uuid=town.send(0.5, **more)["id"])
    for who in people:
        town.decide(who, town.take(who), "correct" if label != "cat" else "approve", label if label != "cat" else None)
    town.wait(minutes=1)
    release(at=town.now)
    item.refresh_from_db()
    return item


def high(town: Town) -> Item:
    """Send an item of high impact whose outcome two people have decided and that is released."""
    return decided(town, town.people[0], town.people[1], impact="high")


def in_force(item: Item) -> Outcome:
    """Give the newest outcome that is not annulled."""
    return Outcome.objects.filter(item=item, annulled_at__isnull=True).order_by("-number")[0]


def proof_of(who: Actor, town: Town, password: str = PASSWORD) -> Proof:
    """Let somebody give their password."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1"}
    return prove(request=request, user=User.objects.get(person_id=who.person_id), password=password, at=town.now)


def put(town: Town, item: Item, who: Actor, label: str = "fox", **more: Any) -> Override:
    """Put the answer in force aside; with `signed` the person signs it."""
    proof = proof_of(who, town) if more.pop("signed", False) else None
    told = {"output": {"labels": [label]}, "reason": "It is one", "over": in_force(item).uuid} | more
    return put_aside(item=Item.objects.get(pk=item.pk), by=who, at=town.now, proof=proof, **told)
