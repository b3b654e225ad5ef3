"""The pages of re-review: asked for, watched, confirmed, let be."""

import html
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.actions import rereview
from reviews.models import Rereview
from tests.guidelines.writing import SPLIT, editor, published
from tests.reviews.test_rereview import accepted, labelled
from tests.reviews.test_running import signed_in, with_role
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
PAGE = reverse("rereviews", args=["cats"])


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """Stand in for the broker, and note which jobs were asked for."""
    from celery import current_app

    asked: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args: asked.append((name, args)))
    return asked


@pytest.fixture
def town() -> Town:
    return build(rights=RIGHTS | {"otherwise": {"arm": "accept"}, "release_after": "PT1S"}, segments=["geography"])


def said_by(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def address(name: str, run: Rereview) -> str:
    return reverse(name, args=["cats", run.uuid])


def test_operations_find_what_a_split_affects_and_put_it_up(town, sent, django_capture_on_commit_callbacks):
    client = signed_in(with_role(town, "operations"))
    accepted(town, "cat", 3)
    published(town, editor(town), labelled(), SPLIT)
    page = said_by(client.get(PAGE))
    assert "split into Kitten, Grown cat" in page and 'value="cat" checked' in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(PAGE, {"labels": ["cat"], "since": "all"})
    run = Rereview.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address("rereview", run))
    assert sent == [("reviews.rereview", [run.pk])]
    assert "looked through" in said_by(client.get(address("rereview", run)))
    rereview(rereview_id=run.pk, now=lambda: town.now)
    page = said_by(client.get(address("rereview", run)))
    assert "3 outcomes in force name" in page and "Put them up" in page
    refused = client.post(address("rereview", run), {"queue": "general", "percent": "101", "reason": ""})
    assert refused.status_code == 422
    answer = client.post(address("rereview", run), {"queue": "general", "percent": "100", "reason": "Split."})
    assert answer.status_code == 302
    rereview(rereview_id=run.pk, now=lambda: town.now)
    page = said_by(client.get(address("rereview", run)))
    assert "0 of 3 answered" in page
    item = reverse("item", args=["cats", run.picks.first().item.uuid])
    assert "Decided before taxonomy 2" in said_by(client.get(item))


def test_the_page_says_what_stays_as_it_is_and_what_is_not_released_yet(town):
    client = signed_in(with_role(town, "operations"))
    accepted(town, "cat", 1)
    client.post(PAGE, {"labels": ["cat"], "since": "all"})
    run = Rereview.objects.get()
    rereview(rereview_id=run.pk, now=lambda: town.now)
    page = said_by(client.get(address("rereview", run)))
    assert "decided by an override or an appeal" not in page and "not released yet" not in page
    Rereview.objects.update(kept=7, unreleased=3)
    page = said_by(client.get(address("rereview", run)))
    assert 'decided by an override or an appeal, so they stay</dt><dd class="num">7<' in page
    assert 'not released yet; look again later</dt><dd class="num">3<' in page


def test_a_wish_without_a_label_or_with_half_a_segment_is_refused(town):
    client = signed_in(with_role(town, "operations"))
    for sent in ({}, {"labels": ["cow"]}, {"labels": ["cat"], "segment": "geography"}):
        answer = client.post(PAGE, {"since": "all"} | sent)
        assert answer.status_code == 422 and not Rereview.objects.exists()


def test_a_run_that_was_found_can_be_let_be(town):
    client = signed_in(with_role(town, "operations"))
    client.post(PAGE, {"labels": ["cat"], "since": "30"})
    run = Rereview.objects.get()
    progress = client.get(address("rereview-progress", run))
    again = client.get(address("rereview-progress", run), headers={"If-None-Match": progress["ETag"]})
    assert (progress.status_code, again.status_code) == (200, 304)
    rereview(rereview_id=run.pk, now=lambda: town.now)
    assert "0 outcomes in force name" in said_by(client.get(address("rereview", run)))
    assert client.post(address("rereview-ending", run)).status_code == 302
    assert client.post(address("rereview-ending", run)).status_code == 409
    run.refresh_from_db()
    assert run.state == "dropped"


def test_one_project_does_not_show_anothers_run(town):
    client = signed_in(with_role(town, "operations"))
    client.post(PAGE, {"labels": ["cat"], "since": "all"})
    run = Rereview.objects.get()
    other = build(slug="others", people=0, adjudicators=0)
    client = signed_in(editor(other, "owen", role="operations"))
    assert client.get(address("rereview", run)).status_code == 404
    assert client.get(reverse("rereview", args=["others", run.uuid])).status_code == 404


def test_the_page_takes_few_statements_however_many_runs_there_are(town):
    client = signed_in(with_role(town, "operations"))
    for _ in range(8):
        client.post(PAGE, {"labels": ["cat"], "since": "all"})
        Rereview.objects.update(state="dropped")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(PAGE)
    assert len(few) <= 22
