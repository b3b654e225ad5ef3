"""Numbers that no page counts to: thousands of digits, digits that are none, more than a database holds."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import name_owner
from accounts.models import Person, Role
from accounts.reads import console
from guidelines.models import GuidelineDraft
from reviews.models import Decision, RightsDraft
from tests.guidelines.writing import draft, editor
from tests.reviews.test_founding_pages import client_of
from tests.reviews.test_pages import signed_in
from tests.reviews.test_rights_editor import editor as rights_editor
from tests.town import Town, build

pytestmark = pytest.mark.django_db
ODD = ("1" * 5000, "²", "٣", "-1", "1e3", str(2**31), str(2**63), "9" * 40)


@pytest.fixture
def town() -> Town:
    return build()


def failed(answers: dict[str, int]) -> list[str]:
    return [asked for asked, status in answers.items() if status >= 500]


def test_a_page_that_is_asked_for_by_an_odd_number_is_answered(town: Town) -> None:
    client = client_of(*Role.values, project=town.project, raise_request_exception=False)
    name_owner(person=Person.objects.latest("pk"), by=console(), at=town.now)
    draft(town, editor(town))
    asked = {
        "/projects/cats/items/": ("after",),
        "/projects/cats/trail/": ("after", "day"),
        "/projects/cats/guideline/": ("version", "at"),
        "/projects/cats/guideline/changes/": ("from", "to"),
        "/projects/cats/questions/": ("version", "page", "after"),
        "/projects/cats/questions/new/": ("version", "item"),
        "/projects/cats/threshold/": ("threshold", "audit", "seconds"),
        "/projects/cats/replays/": ("threshold", "audit", "document"),
        "/projects/cats/callbacks/": ("after", "page"),
        "/admin/reviews/rightsversion/cats/versions/1/": ("against",),
        "/admin/guidelines/guidelineversion/cats/draft/en/examples/": ("page",),
        "/admin/accounts/project/": ("p", "id", "o"),
    }
    answers = {
        f"{address}?{name}={number[:9]}": client.get(address, {name: number}).status_code
        for address, names in asked.items()
        for name in names
        for number in ODD
    }
    answers |= {
        f"{address}{number[:9]}": client.get(f"{address}{number}/").status_code
        for address in ("/admin/reviews/rightsversion/cats/versions/", "/admin/accounts/project/")
        for number in ODD
    }
    for number in ODD:
        address = f"/projects/cats/guideline/versions/{number}/archive/"
        answers[f"archive {number[:9]}"] = client.get(address).status_code
    assert failed(answers) == []


def test_a_turn_that_is_named_by_thousands_of_digits_is_refused(town: Town) -> None:
    town.send()
    who = town.people[0]
    held = town.take(who)
    for number in (f"000000001{'1' * 5000}", *ODD):
        sent = {"verdict": "correct", "label": "dog", "on:cat": number}
        assert signed_in(who).post(reverse("decision", args=[held.token]), sent).status_code == 422, number[:12]
    assert not Decision.objects.exists()


def test_rights_that_are_written_with_odd_numbers_are_kept_or_refused(town: Town) -> None:
    client, sent = rights_editor(town)
    client.raise_request_exception = False
    answers = {}
    for number in ODD:
        for row in ({"routing": [number]}, {"release_after": [f"{number} h"]}, {"release_after": [f"P{number}D"]}):
            revision = str(RightsDraft.objects.get().revision)
            whole = sent | {"revision": [revision]} | row
            answers[str(row)[:40]] = client.post("/admin/reviews/rightsversion/cats/draft/", whole).status_code
        answers[f"page {number[:9]}"] = client.get("/admin/reviews/rightsversion/cats/draft/").status_code
        for act in (f"up:routing.{number[:150]}", f"move:routing.0:{number[:150]}", f"add:routing.{number[:150]}.when"):
            revision = str(RightsDraft.objects.get().revision)
            whole = sent | {"revision": [revision], "act": [act]}
            answers[act[:20]] = client.post("/admin/reviews/rightsversion/cats/draft/", whole).status_code
        old = sent | {"revision": [number]}
        answers[f"revision {number[:9]}"] = client.post("/admin/reviews/rightsversion/cats/draft/", old).status_code
        against = {"revision": revision, "against": number, "reason": "x"}
        answers[f"against {number[:9]}"] = client.post(
            "/admin/reviews/rightsversion/cats/draft/publishing/", against
        ).status_code
    assert failed(answers) == []


def test_a_guideline_that_is_sent_with_odd_numbers_is_kept_or_refused(town: Town) -> None:
    edna = editor(town)
    draft(town, edna)
    client = signed_in(edna)
    client.raise_request_exception = False
    base = "/admin/guidelines/guidelineversion/cats/draft/en/"
    answers = {}
    for number in ODD:
        now = GuidelineDraft.objects.get().revision
        for name, page, sent in [
            ("facts", "facts/", {"revision": now, "summary": "x", "acknowledge": "yes", "questions": number}),
            ("stale", "facts/", {"revision": number, "summary": "x"}),
            ("over", "facts/", {"revision": 1, "over": number, "summary": "x"}),
            ("move", "acts/", {"revision": now, "act": f"section:to:cats:{number}"}),
            ("publish", "publishing/", {"revision": number, "when": "now", "sure": "on"}),
        ]:
            answers[f"{name} {number[:9]}"] = client.post(f"{base}{page}", sent).status_code
    assert failed(answers) == []


@pytest.mark.parametrize("day", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_guideline_begins_on_no_day_that_no_calendar_has(town: Town, day: str) -> None:
    edna = editor(town)
    draft(town, edna)
    client = signed_in(edna)
    for zone in ("America/New_York", "Asia/Tokyo"):
        client.cookies["zone"] = zone
        sent = {"revision": GuidelineDraft.objects.get().revision, "when": "day", "starts_at": day, "sure": "on"}
        answer = client.post("/admin/guidelines/guidelineversion/cats/draft/en/publishing/", sent)
        assert answer.status_code in {302, 422}


def test_settings_that_are_sent_with_odd_numbers_are_refused(town: Town) -> None:
    client = signed_in(town.people[0])
    for number in ODD:
        sent = {"told": "daily", "minutes": number, "days": [number], "starts": "08:00", "ends": "17:00"}
        assert client.post(reverse("telling"), sent).status_code == 422, number[:12]


def test_a_body_that_tells_an_odd_length_is_refused(town: Town) -> None:
    client = client_of("operations", project=town.project)
    for length in ("9" * 5000, "²"):
        answer = client.post(reverse("tray", args=["cats"]), {"rows": "a"}, CONTENT_LENGTH=length)
        assert answer.status_code == 413, length[:3]
        headers = {"CONTENT_LENGTH": length, "HTTP_AUTHORIZATION": "Bearer none"}
        assert Client().post("/api/v1/projects/cats/assets/", b"x", "image/png", **headers).status_code == 401
