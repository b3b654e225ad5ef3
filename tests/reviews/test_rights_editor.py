"""The pages of decision rights in the admin: who gets them, what they keep, what they say beside each row."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_person, give_membership, name_owner
from accounts.models import Role
from accounts.reads import Actor, actor_of_person, console
from reviews.actions import begin_draft, publish_rights, set_publishing
from reviews.models import RightsDraft, RightsVersion
from reviews.reads.drafting import offered
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
HOME = "/admin/reviews/rightsversion/"
CATS = f"{HOME}cats/"


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


def someone(town: Town, role: str, name: str = "Ada") -> tuple[Client, Actor]:
    person = add_person(name=name, email=f"{name}@editor.invalid".lower(), by=console(), at=town.now)
    if role == "owner":
        name_owner(person=person, by=console(), at=town.now)
    elif role != "outsider":
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    client = Client()
    client.force_login(person.users.get(), "django.contrib.auth.backends.ModelBackend")
    return client, actor_of_person(person, "browser")


def fields_of(page: str) -> dict[str, list[str]]:
    """Read the form as a browser would send it."""
    form = re.search(r'<form id="draft".*?</form>', page, re.DOTALL)
    assert form
    found: dict[str, list[str]] = {}
    pattern = r"<input([^>]*)>|<select([^>]*)>(.*?)</select>"
    for given in re.finditer(pattern, form[0], re.DOTALL):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', given[1] or given[2] or ""))
        if "name" not in attributes:
            continue
        if given[3] is not None:
            chosen = re.search(r'value="([^"]*)" selected', given[3]) or re.search(r'value="([^"]*)"', given[3])
            found.setdefault(attributes["name"], []).append(unescape(chosen[1]) if chosen else "")
        elif attributes.get("type") != "checkbox" or " checked" in given[1]:
            found.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    return found


def editor(town: Town, name: str = "Ada") -> tuple[Client, dict[str, list[str]]]:
    """Begin a draft and give its form."""
    client, by = someone(town, "operations", name)
    begin_draft(project=town.project, by=by, at=town.now)
    return client, fields_of(client.get(f"{CATS}draft/").content.decode())


ROLES = [*Role.values, "owner", "outsider", "stranger"]
PAGES: list[tuple[str, str, int]] = [
    ("GET", "", 200),
    ("GET", "draft/", 200),
    ("GET", "draft/publishing/", 200),
    ("GET", "versions/1/", 200),
    ("POST", "drafts/", 302),
    ("POST", "draft/", 302),
    ("POST", "draft/proposal/", 422),
    ("POST", "draft/publishing/", 422),
    ("POST", "draft/proposal/withdrawal/", 409),
    ("POST", "publishers/", 302),
    ("POST", "draft/discarding/", 302),
]


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_to_operations_and_owners_alone(town: Town, role: str) -> None:
    _client, whole = editor(town, "Founder")
    client = Client() if role == "stranger" else someone(town, role)[0]
    refused = {"stranger": 302, "outsider": 404, "reviewer": 404}.get(role, 403)
    for method, path, status in PAGES:
        sent = whole if path == "draft/" else {"revision": ["1"], "against": ["1"]}
        answer = client.generic(method, CATS + path) if method == "GET" else client.post(CATS + path, sent)
        expected = status if role in ("operations", "owner") else refused
        assert (path, answer.status_code) == (path, expected)
        if role == "stranger":
            assert answer["Location"].startswith("/sign-in/")
    listed = client.get(HOME).status_code
    assert listed == (200 if role in ("operations", "owner") else 302 if role == "stranger" else 404)
    if role not in ("operations", "owner"):
        assert RightsDraft.objects.get().revision == 1


@pytest.mark.parametrize("path", [path for method, path, _status in PAGES if method == "POST"])
def test_an_address_that_changes_something_is_not_read(town: Town, path: str) -> None:
    client, _by = someone(town, "owner")
    taken = {"draft/", "draft/publishing/"}
    assert client.get(CATS + path).status_code == (302 if path in taken else 405)
    assert client.delete(CATS + path).status_code == 405


def test_a_form_that_nobody_touched_changes_nothing(town: Town) -> None:
    odd = {"otherwise": {"arm": "accept", "audit_rate": "0.10"}, "lease": "PT60M", "release_after": "PT0H90S"}
    publish_rights(project=town.project, document=RIGHTS | odd, reason="Odd", by=console(), at=town.now)
    client, sent = editor(town)
    before = RightsDraft.objects.get().body
    assert client.post(f"{CATS}draft/", sent).status_code == 302
    draft = RightsDraft.objects.get()
    assert (draft.revision, draft.body) == (1, before)


def test_what_is_typed_is_kept_in_the_words_of_the_document(town: Town) -> None:
    client, sent = editor(town)
    sent |= {
        "routing.0.when.0.value": ["55 %"],
        "routing.1.then.audit_rate": ["12,5 %"],
        "routing.0.then.skills": ["fr, lang:{segments.language}"],
        "release_after": ["2 min"],
        "verdicts.1.allow": ["", "approve", "reject"],
        "verdicts.1.reason_for": ["", "reject"],
        "batch.queues": ["", "general"],
        "batch.most": ["20"],
        "audit.blind": [""],
    }
    client.post(f"{CATS}draft/", sent)
    body = RightsDraft.objects.get().body
    assert body["routing"][0]["when"] == [{"field": "confidence", "op": "<", "value": "0.55"}]
    assert body["routing"][0]["then"]["skills"] == ["fr", "lang:{segments.language}"]
    assert body["routing"][1]["then"] == {"arm": "accept", "audit_rate": "0.125"}
    assert body["release_after"] == "PT2M" and body["batch"] == {"queues": ["general"], "most": 20}
    assert body["verdicts"][1] == {
        "queue": "general", "role": "reviewer", "allow": ["approve", "reject"], "reason_for": ["reject"],
    }  # fmt: skip
    assert body["audit"]["blind"] is False


def test_an_arm_keeps_only_what_belongs_to_it(town: Town) -> None:
    client, sent = editor(town)
    client.post(f"{CATS}draft/", sent | {"routing.0.then.arm": ["hold"], "otherwise.arm": ["review"]})
    body = RightsDraft.objects.get().body
    assert body["routing"][0]["then"] == {"arm": "hold"}
    assert "audit_rate" not in body["otherwise"] and body["otherwise"]["arm"] == "review"


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("up:routing.1", ["Middling", "Unsure"]),
        ("down:routing.0", ["Middling", "Unsure"]),
        ("move:routing.1:0", ["Middling", "Unsure"]),
        ("up:routing.0", ["Unsure", "Middling"]),
        ("remove:routing.0", ["Middling"]),
        ("add:routing", ["Unsure", "Middling", ""]),
        ("remove:routing.9", ["Unsure", "Middling"]),
        ("add:otherwise", ["Unsure", "Middling"]),
        ("up:v.0", ["Unsure", "Middling"]),
        ("nonsense", ["Unsure", "Middling"]),
    ],
)
def test_a_button_moves_adds_and_removes_rows_and_else_does_nothing(town: Town, act: str, names: list[str]) -> None:
    client, sent = editor(town)
    assert client.post(f"{CATS}draft/", sent | {"act": [act]}).status_code == 302
    assert [rule["name"] for rule in RightsDraft.objects.get().body["routing"]] == names


def test_conditions_are_added_and_removed_inside_a_rule(town: Town) -> None:
    client, sent = editor(town)
    answer = client.post(f"{CATS}draft/", sent | {"act": ["add:routing.0.when"]})
    assert answer["Location"].endswith("#row-routing-0-when-1")
    sent = fields_of(client.get(f"{CATS}draft/").content.decode())
    sent |= {"routing.0.when.1.field": ["impact"], "routing.0.when.1.value": ["high"]}
    client.post(f"{CATS}draft/", sent | {"act": ["remove:routing.0.when.0"]})
    expected = [{"field": "impact", "op": "=", "value": "high"}]
    assert RightsDraft.objects.get().body["routing"][0]["when"] == expected


def test_a_bad_document_is_kept_as_typed_and_says_why_beside_each_row(town: Town) -> None:
    client, sent = editor(town)
    sent |= {
        "routing.0.when.0.value": ["a lot"],
        "otherwise.audit_rate": ["most"],
        "lease": ["soon"],
        "routing.1.name": ["Unsure"],
    }
    client.post(f"{CATS}draft/", sent)
    page = client.get(f"{CATS}draft/").content.decode()
    for typed in ("a lot", "most", "soon"):
        assert f'value="{typed}"' in page
    beside = dict(re.findall(r'<div class="notes" id="notes-(\S+)" data-said>(.+?)</div>', page))
    assert "Write a number, as in 0.60." in beside["id_routing-0-when-0-value"]
    assert "Write a share from 0 to 100 %" in beside["id_otherwise-audit_rate"]
    assert "Write a time of at most 400 days" in beside["id_lease"]
    assert "stands here twice" in beside["id_routing-1-name"]
    assert "4 places keep it from being published" in page
    answer = client.post(f"{CATS}draft/publishing/", {"revision": 2, "against": 1, "reason": "My reason"})
    assert answer.status_code == 422 and "What keeps it from being published" in answer.content.decode()
    assert RightsVersion.objects.count() == 1


def test_a_stale_page_is_shown_what_it_typed_and_saves_nothing(town: Town) -> None:
    client, sent = editor(town)
    client.post(f"{CATS}draft/", sent | {"lease": ["20 min"]})
    answer = client.post(f"{CATS}draft/", sent | {"lease": ["40 min"]})
    page = answer.content.decode()
    assert answer.status_code == 409 and 'value="40 min"' in page and "changed this draft" in page
    assert RightsDraft.objects.get().body["lease"] == "PT20M"
    client.post(f"{CATS}draft/", fields_of(page) | {"act": ["save"]})
    assert RightsDraft.objects.get().body["lease"] == "PT40M"


def test_a_script_gets_the_form_alone(town: Town) -> None:
    client, sent = editor(town)
    answer = client.post(f"{CATS}draft/", sent | {"lease": ["20 min"]}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200 and page.lstrip().startswith('<form id="draft"') and "<html" not in page
    assert 'name="revision" value="2"' in page


DOUBTS: list[tuple[dict[str, Any], str]] = [
    ({"routing": [RIGHTS["routing"][1], RIGHTS["routing"][0]]}, "Never reached: rule 1 takes all of these."),
    ({"high_impact": {"arm": "review", "queue": "general", "skills": ["fr"]}}, "decides there and fr."),
    ({"high_impact": {"arm": "review", "queue": "general", "decisions": 2}}, "2 people are asked, and only 1 can work"),
    ({"overrides": [{"name": "Any", "roles": ["records_officer"]}]}, "Nobody holds this role now: Records officer."),
    ({}, "Nobody holds this role now: Adjudicator."),
    ({}, "nobody can say how often the model is wrong here."),
    (
        {"verdicts": [{"queue": "general", "role": "guideline_editor", "allow": ["approve"]}]},
        "Nobody can work in General: no member has a role that decides there.",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), DOUBTS)
def test_what_is_odd_is_said_and_may_be_published(town: Town, change: dict[str, Any], sentence: str) -> None:
    client, _sent = editor(town)
    draft = RightsDraft.objects.get()
    RightsDraft.objects.update(body=draft.body | change | {"lease": "PT20M"})
    assert sentence in client.get(f"{CATS}draft/").content.decode()
    page = client.get(f"{CATS}draft/publishing/").content.decode()
    assert sentence in page
    answer = client.post(f"{CATS}draft/publishing/", {"revision": 1, "against": 1, "reason": "Meant"})
    assert answer.status_code == 302 and RightsVersion.objects.count() == 2


def test_a_rate_of_nothing_is_not_odd_where_a_set_is_drawn(town: Town) -> None:
    client, _sent = editor(town)
    RightsDraft.objects.update(body=RightsDraft.objects.get().body | {"sets": {"fresh_rate": "0.01"}})
    assert "nobody can say" not in client.get(f"{CATS}draft/").content.decode()


def test_the_difference_and_whom_it_affects_stand_before_publishing(town: Town) -> None:
    client, sent = editor(town)
    client.post(f"{CATS}draft/", sent | {"routing.0.when.0.value": ["0.55"]})
    page = client.get(f"{CATS}draft/publishing/").content.decode()
    assert "below 0.60" in re.findall(r"<del>(.*?)</del>", page)[0]
    assert "below 0.55" in re.findall(r"<ins>(.*?)</ins>", page)[0]
    assert re.search(r"<dt>General</dt><dd class=\"num\">1 person</dd>", page)
    assert "It counts from the next item routed on." in page
    refused = client.post(f"{CATS}draft/publishing/", {"revision": 2, "against": 1, "reason": " "})
    assert refused.status_code == 422 and "Say why" in refused.content.decode()
    assert client.post(f"{CATS}draft/publishing/", {"revision": 2, "against": 1, "reason": "Fewer"}).status_code == 302
    page = client.get(CATS).content.decode()
    version = RightsVersion.objects.get(number=2)
    assert "Version 2" in page and "Fewer" in page and version.digest[:12] in page and "Ada" in page
    assert "below 0.55" in client.get(f"{CATS}versions/2/?against=1").content.decode()
    assert client.get(f"{CATS}versions/3/").status_code == 404
    assert client.get(f"{CATS}versions/2/?against=x").status_code == 200


def test_the_proposer_is_told_who_else_may_publish(town: Town) -> None:
    client, sent = editor(town)
    other, by = someone(town, "owner", "Cleo")
    set_publishing(project=town.project, with_second=True, by=by, at=town.now)
    client.post(f"{CATS}draft/", sent | {"lease": ["20 min"]})
    client.post(f"{CATS}draft/proposal/", {"revision": 2, "reason": "Longer"})
    page = client.get(f"{CATS}draft/publishing/").content.decode()
    assert "another person publishes it: Cleo" in " ".join(page.split())
    refused = client.post(f"{CATS}draft/publishing/", {"revision": 2, "against": 1})
    assert refused.status_code == 409 and "two people" in refused.content.decode()
    assert RightsVersion.objects.count() == 1
    assert other.post(f"{CATS}draft/publishing/", {"revision": 2, "against": 1}).status_code == 302


def test_the_threshold_page_says_that_two_publish_and_publishes_nothing(town: Town) -> None:
    client, by = someone(town, "owner")
    simple = RIGHTS | {"routing": RIGHTS["routing"][:1]}
    publish_rights(project=town.project, document=simple, reason="One", by=console(), at=town.now)
    address = "/projects/cats/threshold/"
    assert 'id="id_reason"' in client.get(address).content.decode()
    set_publishing(project=town.project, with_second=True, by=by, at=town.now)
    page = client.get(address).content.decode()
    assert "decision rights take two people" in page and 'id="publish"' not in page
    assert client.post(address, {"threshold": "70", "audit": "5", "reason": "Mine"}).status_code == 200
    assert RightsVersion.objects.count() == 2


def test_what_items_hold_is_offered_in_as_many_statements_for_two_as_for_forty(town: Town) -> None:
    counts = []
    for often in (2, 38):
        for _ in range(often):
            town.send(
                0.5,
                segments={"geography": "DE"},
                scores={"cat": 0.5, "dog": 0.5},
                data={"text": "A cat?", "price": 3, "lines": [{"sku": "a"}]},
            )
        client, _by = someone(town, "operations", f"Ada{often}")
        client.post(f"{CATS}drafts/")
        with CaptureQueriesContext(
            connection,
        ) as statements:
            assert client.get(f"{CATS}draft/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    found = {one.name: one for one in offered(town.project)}
    assert found["segments.geography"].values == ("DE",) and "<" not in found["segments.geography"].takes
    assert "<" in found["data.price"].takes and "contains" not in found["data.price"].takes
    assert "<" not in found["data.text"].takes and "count:data.lines" in found
    assert {"scores.cat", "scores.fox", "data.lines.sku", "prediction.labels"} <= set(found)
    assert found["model.version"].values == ("1",) and found["prediction.labels"].values == ("cat", "dog", "fox")


def test_what_is_not_sampled_is_bounded_and_erased_bodies_are_passed_over(town: Town) -> None:
    town.send(0.5, data={"text": "x" * 40_000, "huge": 1})
    town.send(0.5, data={f"k{number}": number for number in range(900)})
    names = {one.name for one in offered(town.project)}
    assert "data.huge" not in names and 300 < len(names) < 500


def test_a_published_row_resists_the_admin(town: Town) -> None:
    client, _by = someone(town, "owner")
    version = RightsVersion.objects.get()
    for path in (f"{HOME}{version.pk}/change/", f"{HOME}{version.pk}/delete/"):
        assert client.get(path).status_code == 404 and client.post(path, {"reason": "x"}).status_code == 404
    assert client.get(f"{HOME}add/").status_code == 404 and client.post(f"{HOME}add/").status_code == 405
    assert client.post(f"{CATS}versions/1/", {"reason": "x"}).status_code == 405
    with pytest.raises(DatabaseError), transaction.atomic():
        RightsVersion.objects.update(reason="x")


def test_pages_hold_nothing_that_the_policy_forbids(town: Town) -> None:
    client, _sent = editor(town)
    for path in (HOME, CATS, f"{CATS}draft/", f"{CATS}draft/publishing/", f"{CATS}versions/1/"):
        page = client.get(path).content.decode()
        assert not re.findall(r"<script(?![^>]*\s(?:src|nonce)=)|\sstyle=|<style|\son\w+=", page)


def test_what_people_typed_is_never_markup(town: Town) -> None:
    client, sent = editor(town)
    client.post(f"{CATS}draft/", sent | {"routing.0.name": ['<b>"x"'], "routing.0.when.0.field": ["data.<i>"]})
    for path in ("draft/", "draft/publishing/"):
        page = client.get(CATS + path).content.decode()
        assert "<b>" not in page.replace("<b>hitl", "") and "<i>" not in page
