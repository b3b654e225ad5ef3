"""What the list of items keeps from a reader who has a part in it."""

import datetime as dt

import pytest

from reviews.models import Item
from reviews.reads.listing import listing
from tests.town import RIGHTS, build

pytestmark = pytest.mark.django_db


def test_a_fresh_audit_has_no_state_for_its_author_until_it_can_no_longer_be_taken_back():
    """The state would tell a blind auditor whether they agreed with the model, while they can still change it."""
    audited = {"routing": [], "otherwise": {"arm": "accept", "audit_rate": "1"}, "release_after": "PT15S"}
    town = build(rights=RIGHTS | audited)
    who, other = town.people[:2]
    town.send(0.99)
    town.decide(who, town.take(who), None, "cat")

    def seen(by, at: dt.datetime, **asked: str):
        return [row.state for row in listing(town.project.pk, reader=by.person_id, at=at, **asked).rows]

    assert Item.objects.get().state == "accepted"
    assert seen(other, town.now) == ["accepted"]
    assert seen(who, town.now) == [""]
    assert seen(who, town.now, state="accepted") == []
    assert seen(who, town.now + dt.timedelta(seconds=16)) == ["accepted"]
