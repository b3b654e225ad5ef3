"""The pages of the loop: who sees what, what they do, and in how many statements."""

import hashlib
import io
import json
import re
import uuid

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.actions import give_membership
from accounts.models import Person, User
from accounts.reads import console
from assets.actions import store
from assets.models import Asset
from assets.reads import RECIPES
from reviews.actions import release
from reviews.models import Decision, Draft, Presentation, Seat
from tests.town import RIGHTS as RIGHTS_OF_TOWN
from tests.town import Town, build

pytestmark = pytest.mark.django_db
SIGN_IN = 3


@pytest.fixture
def town() -> Town:
    return build(rights=RIGHTS)


RIGHTS = {
    "v": 1,
    "routing": RIGHTS_OF_TOWN["routing"],
    "otherwise": {"arm": "accept"},
    "no_confidence": {"arm": "review", "queue": "general"},
    "high_impact": {"arm": "review", "queue": "general", "decisions": 2},
    "disagreement": {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3, "finally": "adjudicate"},
    "escalation": [{"name": "Asked", "on": "asked", "to": {"level": 1, "queue": "senior"}}],
}  # fmt: skip


def signed_in(actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(person_id=actor.person_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def with_role(town: Town, role: str, *, email: str = "other@cats.invalid"):
    from accounts.actions import add_person
    from accounts.reads import actor_of_person

    person = add_person(name=role or "Stranger", email=email, by=console(), at=town.now)
    person = getattr(person, "person", person)
    if role:
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    return actor_of_person(person, "browser")


def bench(client: Client, queue: str = "general", **headers):
    return client.get(reverse("work", args=["cats", queue]), headers=headers)


def token_of(page) -> uuid.UUID:
    return uuid.UUID(re.search(r"/claims/([0-9a-f-]{36})/decision/", page.content.decode())[1])


def decide(client: Client, token: uuid.UUID, **body):
    return client.post(reverse("decision", args=[token]), {"body": json.dumps(body)}, headers={"HX-Request": "true"})


def statements(client: Client, *args, method: str = "get", **kwargs) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = getattr(client, method)(*args, **kwargs)
    assert answer.status_code == 200, answer.content
    return len([one for one in seen if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])


def test_every_page_asks_to_sign_in_first(town):
    item = town.send(0.5)["id"]
    for name, args in {
        "home": [], "work": ["cats", "general"], "items": ["cats"], "item": ["cats", item],
        "presentation": ["cats", uuid.uuid4()], "media": ["cats", "0" * 64, "screen"],
    }.items():  # fmt: skip
        answer = Client().get(reverse(name, args=args))
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("sign-in")), name


def test_home_shows_my_queues_with_what_waits_and_my_last_decisions(town):
    for _ in range(3):
        town.send(0.5)
    client = signed_in(town.people[0])
    decide(client, token_of(bench(client)), verdict="approve")
    page = client.get("/").content.decode()
    assert "General" in page and "item-1" in page and "Withdraw" in page
    assert "Adjudication" not in page and f'href="{reverse("items", args=["cats"])}"' not in page


def test_home_takes_as_many_statements_for_many_seats_as_for_few(town):
    client = signed_in(town.people[0])
    town.send(0.5)
    few = statements(client, "/")
    for _ in range(30):
        town.send(0.5)
    assert statements(client, "/") == few <= SIGN_IN + 12


def test_what_a_person_has_a_part_in_is_not_counted_as_waiting_for_them(town):
    town.send(0.5, impact="high")
    client, other = signed_in(town.people[0]), signed_in(town.people[1])
    decide(client, token_of(bench(client)), verdict="approve")
    assert "Nothing waits for you" in client.get("/").content.decode()
    assert "Nothing waits for you" not in other.get("/").content.decode()


def test_the_bench_shows_an_item_and_the_same_one_again_on_reload(town):
    town.send(0.5)
    town.send(0.5)
    client = signed_in(town.people[0])
    first, again = bench(client), bench(client)
    assert token_of(first) == token_of(again)
    assert "A cat?" in first.content.decode() and "50 %" in first.content.decode()


def test_deciding_shows_the_next_item_in_the_pane(town):
    town.send(0.5)
    town.send(0.5)
    client = signed_in(town.people[0])
    answer = decide(client, token_of(bench(client)), verdict="correct", output={"labels": ["dog"]}, active_ms=1)
    text = answer.content.decode()
    assert "item-2" in text and "<html" not in text and 'id="task-pane"' in text
    made = Decision.objects.get()
    assert (made.verdict, made.active_ms, made.via) == ("correct", 1, "browser")


def test_deciding_without_script_leads_back_to_the_bench(town):
    town.send(0.5)
    client = signed_in(town.people[0])
    answer = client.post(
        reverse("decision", args=[token_of(bench(client))]),
        {"verdict": "correct", "label": "fox", "category": "wrong", "rationale": "Red."},
    )
    assert answer.url == reverse("work", args=["cats", "general"])
    sent = json.loads(Decision.objects.get().body)["sent"]
    assert sent == {
        "verdict": "correct",
        "output": {"labels": ["fox"]},
        "error_categories": ["wrong"],
        "rationale": "Red.",
    }


def test_deciding_and_the_next_item_take_few_statements(town):
    for _ in range(3):
        town.send(0.5)
    client = signed_in(town.people[0])
    url = reverse("decision", args=[token_of(bench(client))])
    body = {"body": json.dumps({"verdict": "approve"})}
    assert statements(client, url, body, method="post", headers={"HX-Request": "true"}) <= SIGN_IN + 40


def test_an_empty_queue_says_where_work_is(town):
    town.send(0.5)
    adjudicator = town.adjudicators[0]
    give_membership(
        person=Person.objects.get(pk=adjudicator.person_id),
        project=town.project,
        role="reviewer",
        by=console(),
        at=town.now,
    )
    client = signed_in(adjudicator)
    page = bench(client, "adjudication").content.decode()
    assert "Nothing waits for you here." in page and reverse("work", args=["cats", "general"]) in page


def test_a_draft_comes_back_with_the_item(town):
    town.send(0.5)
    client = signed_in(town.people[0])
    token = token_of(bench(client))
    draft = {"labels": ["fox"], "rationale": "Its tail", "error_categories": []}
    answer = client.put(reverse("draft", args=[token]), json.dumps(draft), content_type="application/json")
    page = bench(client).content.decode()
    assert answer.status_code == 204 and "Its tail" in page
    assert re.search(r'value="fox" checked', page) and not re.search(r'value="cat" checked', page)


def test_a_claim_is_prolonged_and_given_back(town):
    town.send(0.5)
    client = signed_in(town.people[0])
    token = token_of(bench(client))
    assert "until" in client.patch(reverse("claim", args=[token])).json()
    assert client.delete(reverse("claim", args=[token])).status_code == 204
    assert Seat.objects.get().state == "open"
    assert client.patch(reverse("claim", args=[token])).status_code == 409


def test_a_withdrawn_decision_comes_back_to_the_screen(town):
    town.send(0.5)
    client = signed_in(town.people[0])
    decide(client, token_of(bench(client)), verdict="approve")
    made = Decision.objects.get()
    answer = client.post(reverse("withdrawal", args=[made.uuid]), headers={"HX-Request": "true"})
    assert "item-1" in answer.content.decode()
    assert answer["HX-Replace-Url"] == reverse("work", args=["cats", "general"])


def test_a_refusal_says_why_and_changes_nothing(town):
    town.send(0.5)
    client = signed_in(town.people[0])
    token = token_of(bench(client))
    answer = decide(client, token, verdict="correct", output={"labels": ["cat"]})
    assert answer.status_code == 422 and 'data-refusal="bad_decision"' in answer.content.decode()
    assert not Decision.objects.exists()


def test_strangers_find_nothing(town):
    item = town.send(0.5)["id"]
    client = signed_in(town.people[0])
    token = token_of(bench(client))
    stranger = signed_in(with_role(town, ""))
    for name, args in {
        "work": ["cats", "general"], "items": ["cats"], "item": ["cats", item], "presentation": ["cats", token],
        "media": ["cats", "0" * 64, "screen"],
    }.items():  # fmt: skip
        assert stranger.get(reverse(name, args=args)).status_code == 404, name
    for answer in (
        stranger.post(reverse("decision", args=[token]), {"verdict": "approve"}),
        stranger.delete(reverse("claim", args=[token])),
        stranger.put(reverse("draft", args=[token]), "{}", content_type="application/json"),
    ):
        assert answer.status_code == 404
    assert not Decision.objects.exists() and not Draft.objects.exists()


def test_a_reviewer_looks_through_no_items_and_sees_only_what_they_had_a_part_in(town):
    mine, other = town.send(0.5)["id"], town.send(0.5)["id"]
    client = signed_in(town.people[0])
    decide(client, token_of(bench(client)), verdict="approve")
    client.delete(reverse("claim", args=[token_of(bench(client))]))
    assert client.get(reverse("items", args=["cats"])).status_code == 404
    assert client.get(reverse("item", args=["cats", mine])).status_code == 200
    assert client.get(reverse("item", args=["cats", other])).status_code == 404


def test_who_still_decides_sees_the_item_and_nobody_elses_decision(town):
    item = town.send(0.5, impact="high")["id"]
    first, second = signed_in(town.people[0]), signed_in(town.people[1])
    decide(first, token_of(bench(first)), verdict="correct", output={"labels": ["fox"]}, rationale="Its tail")
    bench(second)
    for client, why in ((second, "You have this item open"), (first, "can still be withdrawn")):
        page = client.get(reverse("item", args=["cats", item])).content.decode()
        assert why in page and "A cat?" in page and "Its tail" not in page and "What happened" not in page


def test_what_others_said_is_told_once_the_outcome_is_released(town):
    item = town.send(0.5)["id"]
    client = signed_in(town.people[0])
    decide(client, token_of(bench(client)), verdict="correct", output={"labels": ["fox"]}, rationale="Its tail")
    release(at=timezone.now() + timezone.timedelta(minutes=1))
    page = client.get(reverse("item", args=["cats", item])).content.decode()
    assert "Its tail" in page and "What happened" in page and "Outcome 1 was settled (Reviewer)" in page


def test_only_compliance_sees_draws_and_tasks_that_measure_people(town):
    item = town.send(0.8)["id"]
    for role, sees in (("operations", False), ("compliance", True)):
        client = signed_in(with_role(town, role, email=f"{role}@cats.invalid"))
        page = client.get(reverse("item", args=["cats", item])).content.decode()
        assert ("hmac.digest" in page) is sees, role


def test_an_items_history_takes_as_many_statements_for_much_as_for_little(town):
    item = town.send(0.5)["id"]
    client = signed_in(with_role(town, "compliance"))
    few = statements(client, reverse("item", args=["cats", item]))
    for number in range(2):
        held = town.take(town.people[number])
        town.decide(town.people[number], held, "skip")
    assert statements(client, reverse("item", args=["cats", item])) == few <= SIGN_IN + 21


def test_items_are_paged_filtered_and_found_by_their_id(town):
    for _ in range(55):
        town.send(0.95)
    town.send(0.5)
    client, url = signed_in(with_role(town, "operations")), reverse("items", args=["cats"])
    first = client.get(url).content.decode()
    older = re.search(r"after=(\d+)", first)
    assert "item-56<" in first and "item-6<" not in first and older
    assert "item-6<" in client.get(url, {"after": older[1]}).content.decode()
    waiting = client.get(url, {"state": "waiting"}).content.decode()
    assert "item-56<" in waiting and "item-55<" not in waiting
    found = client.get(url, {"external_id": "item-7"}).content.decode()
    assert "item-7<" in found and "item-8<" not in found
    assert statements(client, url) <= SIGN_IN + 9


def test_a_presentation_is_shown_again_to_those_who_may_see_the_item(town):
    town.send(0.5)
    reviewer = signed_in(town.people[0])
    token = token_of(bench(reviewer))
    url = reverse("presentation", args=["cats", token])
    assert "build 0.1.0" in reviewer.get(url).content.decode()
    assert "build 0.1.0" in signed_in(with_role(town, "compliance")).get(url).content.decode()
    assert signed_in(town.people[1]).get(url).status_code == 404


def test_an_adjudicator_sees_both_decisions_side_by_side(town):
    town.send(0.5, impact="high")
    for who, label in ((town.people[0], "dog"), (town.people[1], "fox")):
        town.decide(who, town.take(who), "correct", label, rationale=f"A {label}.")
    client = signed_in(town.adjudicators[0])
    page = bench(client, "adjudication").content.decode()
    assert "As Reviewer 1" in page and "A dog." in page and "<ins>Fox</ins>" in page
    answer = decide(client, token_of(bench(client, "adjudication")), verdict="correct", output={"labels": ["fox"]})
    assert answer.status_code == 200


def test_hidden_proposals_stay_hidden():
    town = build(rights=RIGHTS, show_prediction=False)
    town.send(0.5, label="fox")
    page = bench(signed_in(town.people[0])).content.decode()
    assert "hidden here" in page and "checked" not in page.partition('id="decision-form"')[2].partition("</form>")[0]
    assert '"proposal": null' in page and "50 %" not in page


def photographed(town: Town) -> Asset:
    """Send an item with a photograph that tells of its camera; no worker has made anything of it."""
    exif = Image.Exif()
    exif[0x010F] = "A camera with a name"
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "JPEG", exif=exif)
    asset, _ = store(project=town.project, content=file.getvalue(), by=console(), at=town.now)
    town.send(0.5, data={"image": f"sha256:{asset.sha256}"})
    return asset


def seen(client: Client, asset: Asset, recipe: str, status: int = 200) -> bytes:
    answer = client.get(reverse("media", args=["cats", asset.sha256, recipe]))
    assert answer.status_code == status
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_picture_is_served_to_members_alone_and_kept_by_their_browser_alone(town):
    asset, other = photographed(town), build(slug="dogs", rights=RIGHTS)
    client, stranger = signed_in(town.people[0]), signed_in(other.people[0])
    for recipe, kept in (("screen-1", "31536000, immutable"), ("screen", "60")):
        answer = client.get(reverse("media", args=["cats", asset.sha256, recipe]))
        told = {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")}
        assert b"".join(answer.streaming_content)
        assert told == {
            "Content-Type": "image/webp",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": f"private, max-age={kept}",
        }
    for who, project, recipe in ((stranger, "cats", "screen"), (stranger, "dogs", "original"), (client, "cats", "x")):
        assert who.get(reverse("media", args=[project, asset.sha256, recipe])).status_code == 404


def test_no_reviewer_is_served_what_a_camera_wrote_and_nobody_waits_for_a_worker(town):
    asset, client = photographed(town), signed_in(town.people[0])
    page = bench(client).content.decode()
    assert reverse("media", args=["cats", asset.sha256, "screen-1"]) in page
    shown = Image.open(io.BytesIO(seen(client, asset, "screen-1")))
    assert (shown.format, dict(shown.getexif())) == ("WEBP", {})
    assert b"camera" in seen(signed_in(with_role(town, "compliance")), asset, "original")
    for role in ("reviewer", "adjudicator"):
        who = signed_in(with_role(town, role, email=f"{role}@asked.invalid"))
        assert "camera wrote" in seen(who, asset, "original", 403).decode()


def test_what_is_served_during_a_claim_is_what_its_presentation_names(town, monkeypatch):
    asset, (first, second) = photographed(town), map(signed_in, town.people[:2])
    page = bench(first)
    before = json.loads(bytes(Presentation.objects.get(claim__token=token_of(page)).manifest))
    assert (before["recipe"], before["renditions"]) == ("screen-1", {})
    shown = hashlib.sha256(seen(first, asset, "screen-1")).hexdigest()
    monkeypatch.setitem(RECIPES, "screen", (2, 4))
    again = bench(first).content.decode()
    assert "/screen-1/" in again and "/screen-2/" not in again
    assert hashlib.sha256(seen(first, asset, "screen-1")).hexdigest() == shown
    first.delete(reverse("claim", args=[token_of(page)]))
    monkeypatch.setitem(RECIPES, "screen", (1, 1600))
    after = json.loads(bytes(Presentation.objects.get(claim__token=token_of(bench(second))).manifest))
    assert after["renditions"] == {f"sha256:{asset.sha256}": shown}


def test_the_page_of_a_defect_needs_no_database_and_the_theme_is_read_from_its_cookie(town):
    with CaptureQueriesContext(connection) as seen:
        assert "nothing was changed" in render_to_string("500.html")
    assert len(seen) == 0
    client = signed_in(town.people[0])
    for chosen, written in (("dark", 'data-theme="dark"'), ('"><script>', "")):
        client.cookies["theme"] = chosen
        root = client.get("/").content.decode().partition("<head>")[0]
        assert (written in root) and ("script" not in root)


def test_every_script_and_style_is_ours_or_carries_the_nonce(town):
    answer = signed_in(town.people[0]).get("/")
    page = answer.content.decode()
    assert "nonce-" in answer["Content-Security-Policy"] and "unsafe" not in answer["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*nonce=)", page)
