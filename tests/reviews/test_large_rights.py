"""The rights editor with the largest documents, and with numbers that are none."""

import pytest
from django.conf import settings

from accounts.reads import console
from reviews.actions import publish_rights
from reviews.models import RightsDraft
from reviews.rights import reaching
from reviews.rights.checks import MOST_RULES
from reviews.rights.conditions import MOST_CONDITIONS
from reviews.rights.shape import Arm, Condition, Rule
from tests.reviews.test_rights_editor import CATS, editor, fields_of
from tests.town import RIGHTS, below, build

pytestmark = pytest.mark.django_db


def many(rules: int) -> dict:
    when = [{"field": "segments.customer", "op": "=", "value": "c"}, below("0.80")]
    then = {"arm": "review", "queue": "general"}
    return RIGHTS | {"routing": [{"name": f"Rule {n}", "when": when, "then": then} for n in range(rules)]}


def test_the_editor_keeps_a_document_of_as_many_rules_as_there_may_be():
    town = build(people=1, adjudicators=0)
    publish_rights(project=town.project, document=many(MOST_RULES), reason="x", by=console(), at=town.now)
    client, fields = editor(town)
    sent = sum(len(values) for values in fields.values())
    assert sent > 1000
    answer = client.post(
        f"{CATS}draft/", fields | {"act": ["save"], "routing.0.name": ["Another"]}, HTTP_HX_REQUEST="true"
    )
    assert answer.status_code == 200
    kept = RightsDraft.objects.get().body["routing"]
    assert (len(kept), kept[0]["name"]) == (MOST_RULES, "Another")
    a_rule = 10 + 4 * MOST_CONDITIONS
    assert MOST_RULES * a_rule + sent <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


def test_the_editor_says_why_where_a_document_is_too_large_to_be_sent():
    town = build(people=1, adjudicators=0)
    client, fields = editor(town)
    page = client.get(f"{CATS}draft/").content.decode()
    assert 'data-large="Not saved: this is more than this installation takes at once.' in page
    large = fields | {"more": ["x"] * settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
    assert client.post(f"{CATS}draft/", large, HTTP_HX_REQUEST="true").status_code in {400, 413}


def test_two_hundred_rules_looked_at_again_cost_only_what_changed():
    def rule(place: int, cost: str) -> Rule:
        when = (Condition("confidence", "<", f"0.{100 + place}"), Condition("cost", ">", cost))
        return Rule(name=f"R{place}", when=when, then=Arm(arm="review", queue="general"))

    rules = [rule(place, str(900 - place)) for place in range(MOST_RULES)]
    reaching._implied.cache_clear()
    assert reaching.unreached(rules) == []
    before = reaching._implied.cache_info().misses
    rules[100] = rule(100, "1000")
    assert reaching.unreached(rules) == []
    assert reaching._implied.cache_info().misses - before <= 2 * MOST_RULES


@pytest.mark.parametrize("number", ["²", "٣", "9" * 30, "9" * 5000, "-1", "1.0"])
def test_a_number_that_is_none_is_no_fault_of_the_editor(number):
    town = build(people=1, adjudicators=0)
    client, fields = editor(town)
    assert client.get(f"{CATS}versions/1/", {"against": number}).status_code == 200
    assert client.post(f"{CATS}draft/", fields | {"routing": ["", number]}).status_code in {200, 302}
    for act in (f"up:routing.{number}", f"move:routing.0:{number}", f"add:routing.{number}.when"):
        fields = fields_of(client.get(f"{CATS}draft/").content.decode())
        assert client.post(f"{CATS}draft/", fields | {"act": [act]}).status_code in {200, 302, 409}
    told = {"revision": number, "against": number, "reason": "x"}
    assert client.post(f"{CATS}draft/publishing/", told).status_code in {200, 409, 422}


def test_no_version_has_a_number_of_thirty_digits():
    town = build(people=1, adjudicators=0)
    client, _fields = editor(town)
    assert [client.get(f"{CATS}versions/{'9' * n}/").status_code for n in (30, 5000)] == [404, 404]
