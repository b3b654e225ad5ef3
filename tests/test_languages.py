"""The language of pages: what the browser asks for, what a person chose, and what never changes with it."""

import gettext
import json
import re
import uuid
from collections.abc import Iterator
from html import unescape

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from accounts import models as of_accounts
from accounts.actions import give_membership, make_token
from accounts.models import Scope, User
from accounts.reads import console, set_password_path
from audit.errors import Refusal
from audit.models import Event, Payload
from audit.reads import KINDS
from hitl.templatetags.look import day, minute, second, since, span, until, weekday
from reviews import models as of_reviews
from reviews.actions import release
from reviews.api.later import NotYet
from reviews.errors import BadRights
from reviews.models import Claim, Presentation
from reviews.outputs.forms import misfits
from reviews.reads.words import PURPOSES, WORDS, condition_words
from reviews.rights import read as read_rights
from reviews.rights import sentence
from tests.reviews.test_routing import ACCEPT, REVIEW, SENIOR, rights, rule
from tests.town import Town, build

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
CATALOGUE = settings.BASE_DIR / "locale" / "de" / "LC_MESSAGES" / "django.mo"
SAME = {  # one word in both languages
    "Adjudication", "Compliance", "E-mail", "Gold", "Label", "Labels", "Name", "Person", "Status", "hitl", "Normal",
    "correct",  # a code too, as attributes name it
}  # fmt: skip


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Leave the thread in the language that it had: a request activates its own and the next one another."""
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build()


def client_of(who, **cookies: str) -> Client:
    client = Client(headers=GERMAN)
    user = User.objects.get(person_id=who.person_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def english() -> list[str]:
    """List the English sentences that have a German one; short words may stand in names and are left out."""
    with CATALOGUE.open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    told = {key[0] if isinstance(key, tuple) else key: said for key, said in known.items()}
    return [text for text, said in told.items() if text and text != said and len(text) > 3]


def words_of(page: str) -> list[str]:
    """Give what a page says: its text, and its attributes that are spoken."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    spoken = re.findall(r'(?:alt|aria-label|placeholder|title|data-[a-z]+)="([^"]*)"', body)
    return [" ".join(unescape(text).split()) for text in [*re.split(r"<[^>]*>", body), *spoken] if text.strip()]


def assert_german(page: str) -> None:
    assert '<html lang="de"' in page
    left = {text for text in english() if text not in SAME} & set(words_of(page))
    assert left == set()


def item_of(town: Town) -> uuid.UUID:
    """Walk an item to its outcome: two people disagree, one escalates no more."""
    item = town.send(0.5)["id"]
    town.decide(town.people[0], town.take(town.people[0]), "correct", "dog", rationale="A dog")
    town.wait(minutes=1)
    release(at=town.now)
    return item


def test_the_door_speaks_what_the_browser_asks_for():
    page = Client(headers=GERMAN).get("/sign-in/")
    assert_german(page.content.decode())
    assert "Anmelden" in page.content.decode() and page["Content-Language"] == "de"
    assert "Accept-Language" in page["Vary"]
    for asked in ({}, {"Accept-Language": "fr"}):
        page = Client(headers=asked).get("/sign-in/").content.decode()
        assert '<html lang="en"' in page and "Sign in" in page


def test_a_wrong_password_and_a_link_of_no_use_are_told_in_german(town):
    page = Client(headers=GERMAN).post("/sign-in/", {"username": "nobody@example.org", "password": "x"})
    assert "E-Mail und Passwort passen nicht zusammen." in page.content.decode()
    assert_german(page.content.decode())
    assert_german(Client(headers=GERMAN).get(reverse("set-password", args=["none", "none"])).content.decode())


def test_a_weak_password_is_told_in_german(town):
    client = Client(headers=GERMAN)
    path = client.get(set_password_path(User.objects.get(email="reviewer0@cats.invalid")))["Location"]
    assert_german(client.get(path).content.decode())
    page = client.post(path, {"new_password1": "password", "new_password2": "password"}).content.decode()
    assert "Dieses Passwort ist zu kurz" in page
    assert_german(page)


def test_every_page_of_a_reviewer_is_german(town):
    town.send(0.5)
    town.send(0.5)
    client = client_of(town.people[0])
    assert_german(client.get("/").content.decode())
    bench = client.get(reverse("work", args=["cats", "general"])).content.decode()
    assert_german(bench)
    assert "Bestätigen" in bench and "Ihre Entscheidung" in bench
    token = re.search(r"/claims/([0-9a-f-]{36})/decision/", bench)[1]
    pane = client.post(
        reverse("decision", args=[token]), {"body": '{"verdict": "approve"}'}, headers={"HX-Request": "true"}
    )
    assert 'data-said="Gesendet."' in pane.content.decode()
    assert "Meine letzten Entscheidungen" in client.get("/").content.decode()
    assert_german(client.get("/nowhere/").content.decode())
    assert_german(client_of(town.adjudicators[0]).get("/").content.decode())


def test_the_pages_of_looking_back_are_german_and_name_rules_conditions_and_draws_in_words(town):
    item = item_of(town)
    person = town.adjudicators[1]
    for role in ("operations", "compliance"):
        give_membership(
            person=of_accounts.Person.objects.get(pk=person.person_id),
            project=town.project,
            role=role,
            by=console(),
            at=town.now,
        )
    client = client_of(person)
    page = client.get(reverse("item", args=["cats", item])).content.decode()
    assert_german(page)
    assert "Der Vorgang kam herein. Sein Weg: Menschen, nach „Unsure“" in page
    assert "Prüfperson 1" in page and "Konfidenz &lt; 0.60" in page
    assert_german(client.get(reverse("items", args=["cats"])).content.decode())
    token = Claim.objects.get().token
    assert_german(client.get(reverse("presentation", args=["cats", token])).content.decode())


def test_a_refusal_is_a_page_in_the_language_of_whoever_asked(town):
    town.send(0.5)
    held = town.take(town.people[0])
    page = client_of(town.people[1]).post(reverse("decision", args=[held.token]), {"body": '{"verdict": "approve"}'})
    assert page.status_code == 404 and "Hier ist nichts." in page.content.decode()
    page = client_of(town.people[0]).post(reverse("decision", args=[held.token]), {"body": '{"verdict": "answer"}'})
    assert page.status_code == 422
    page = client_of(town.adjudicators[0]).get(reverse("work", args=["cats", "general"]))
    assert page.status_code == 403 and "Sie haben keine Rolle, die in dieser Warteschlange" in page.content.decode()
    assert_german(page.content.decode())


def test_the_pages_of_last_resort_are_german_too():
    with translation.override("de"):
        assert_german(render_to_string("500.html"))
        assert_german(render_to_string("403.html"))
        assert_german(render_to_string("accounts/locked_out.html", {"hours": 2}))


def test_a_choice_is_kept_in_the_browser_and_goes_before_what_it_asks_for(town):
    client = client_of(town.people[0])
    page = client.get("/?x=1").content.decode()
    assert '<button type="submit" name="language" value="en" lang="en">' in page and "English" in page
    assert 'name="next" value="/?x=1"' in page
    answer = client.post("/language/", {"language": "en", "next": "/?x=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/?x=1")
    kept = answer.cookies["language"]
    assert (kept.value, kept["httponly"], kept["samesite"], kept["max-age"]) == ("en", True, "Lax", 31_536_000)
    page = client.get("/").content.decode()
    assert '<html lang="en"' in page and "My queues" in page and 'value="de" lang="de"' in page


def test_a_choice_leads_nowhere_else_and_takes_no_unknown_language(town):
    client = Client()
    answer = client.post("/language/", {"language": "xx", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/" and "language" not in answer.cookies
    assert client.get("/language/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "de"}).status_code == 403


def test_programs_are_answered_in_english_whatever_they_ask_for(town):
    _, plain = make_token(
        projects=[town.project], scopes=[Scope.ITEMS_WRITE], by=console(), at=town.now, service="System"
    )
    bearer = {"Authorization": f"Bearer {plain}", **GERMAN}
    answer = Client().post(
        reverse("api-items", args=["cats"]), b"{}", "application/json", headers=bearer | {"Cookie": "language=de"}
    )
    assert (answer.status_code, answer["Content-Language"]) == (422, "en")
    assert "Accept-Language" not in answer.get("Vary", "")
    refused = Client().get(reverse("api-outcomes", args=["cats"]), headers=GERMAN | {"Cookie": "language=de"})
    assert refused.json()["detail"] == "Send a token that is in force: Authorization: Bearer <token>."


def test_the_ledger_says_the_same_in_every_language(town):
    town.send(0.5)
    town.send(0.5)
    told = []
    with CATALOGUE.open("rb") as file:
        german = [said for said in gettext.GNUTranslations(file)._catalog.values() if " " in said]
    for who, language in zip(town.people, ("de", "en"), strict=False):
        with translation.override(language):
            town.decide(who, town.take(who), "correct", "dog", rationale="A dog")
        assert json.loads(bytes(Presentation.objects.latest("pk").manifest))["locale"] == language
        leaves = [json.loads(one.leaf) for one in Event.objects.filter(actor=who.pseudonym)]
        told.append([(one["type"], one["role"], {**one["tags"], "item": None}) for one in leaves])
    assert told[0] == told[1] and len(told[0]) == 4
    kept = [bytes(one) for one in Event.objects.values_list("leaf", flat=True)]
    kept += [bytes(one) for one in Payload.objects.values_list("body", flat=True)]
    assert [text for text in german if any(text.encode() in one for one in kept)] == []


def test_every_refusal_every_event_and_every_choice_has_german_words():
    bare = [one.sentence for one in refusals(Refusal) if not issubclass(one, NotYet)]
    kinds = [str(kind.sentence) for kind in KINDS.values()]
    assert len(bare) > 40 and len(kinds) > 30
    with translation.override("de"):
        assert [text for text in bare if translation.gettext(text) == text] == []
        assert {str(kind.sentence) for kind in KINDS.values()} & set(kinds) == set()
        shown = [of_accounts.Role, of_accounts.TaskType, of_reviews.Kind, of_reviews.Source, of_reviews.Verdict]
        labels = {str(label) for one in shown for label in labels_of(one)}
    assert labels & {str(label) for one in shown for label in labels_of(one)} <= SAME
    codes = [word for words in WORDS.values() for word in words.values()] + list(PURPOSES.values())
    plain = [str(word) for word in codes]
    with translation.override("de"):
        assert {str(word) for word in codes} & set(plain) <= SAME


ODD = {
    "v": 2,
    "routing": [
        {"name": "switch", "when": [{"field": "colour", "op": "~", "value": "x"}], "then": {"arm": "yes"}},
        {"name": " ", "when": [{"field": "confidence", "op": "<", "value": "2"}], "then": {"arm": "review"}},
        {"name": "a", "when": [{"field": "impact", "op": "in", "value": "low"}], "then": {"arm": "hold", "queue": "x"}},
    ],
    "otherwise": {"arm": "review", "queue": "nowhere", "decisions": 10, "second_share": "2", "skills": ["{a}", " "]},
    "no_confidence": {"arm": "accept"},
    "verdicts": [{"queue": "general", "role": "compliance", "allow": []}],
    "disagreement": {"measure": "boxes", "agree_at": "0", "match_at": "0", "then": "x", "at_most": 0},
    "escalation": [{"name": "b", "on": "overdue", "count": 1, "to": {"level": 9, "queue": "general"}}],
    "overrides": [{"name": "c", "roles": [], "max_age": "soon"}],
    "quality": {"gold_rate": "0.5", "pause": {}},
    "sets": {"fresh_rate": "x"},
    "lease": "PT0S",
}  # fmt: skip


@pytest.mark.parametrize("sent", [ODD, b"[]", b"{", {"v": 1, "way": 1}, {"v": "1"}, {}])
def test_what_keeps_decision_rights_from_being_published_is_said_in_the_readers_language(sent):
    said = {}
    for language in ("en", "de"):
        with translation.override(language), pytest.raises(BadRights) as refused:
            read_rights(sent, queues={"general": 0, "adjudication": 0}, task_type="classification")
        said[language] = refused.value.fields
    assert [place for place, _ in said["en"]] == [place for place, _ in said["de"]]
    same = [one for one, other in zip(said["en"], said["de"], strict=True) if one == other]
    assert same == [] and (sent is not ODD or len(said["en"]) > 25)


def refusals(base: type[Refusal]) -> list[type[Refusal]]:
    return [base, *(found for one in base.__subclasses__() for found in refusals(one))]


def labels_of(choices: type[models.TextChoices]) -> list[str]:
    return [label for _, label in choices.choices]


def test_dates_and_spans_read_as_the_language_writes_them(town):
    at = town.now.replace(year=2026, month=3, day=5, hour=15, minute=4, second=7)
    assert [day(at), weekday(at)] == ["5 March 2026", "Thursday 5 March, 15:04"]
    assert [minute(at), second(at)] == ["5 Mar 2026, 15:04", "5 Mar 2026, 15:04:07"]
    with translation.override("de"):
        assert [day(at), weekday(at)] == ["5. März 2026", "Donnerstag, 5. März, 15:04"]
        assert [minute(at), second(at)] == ["5. März 2026, 15:04", "5. März 2026, 15:04:07"]
        assert (span(3 * 86_400), since(None), until(None)) == ("3 Tage", "–", "–")


def test_instants_are_told_in_the_zone_of_the_readers_browser(town):
    town.now = town.now.replace(year=2027, month=1, day=31, hour=23, minute=30)
    item = item_of(town)
    person = of_accounts.Person.objects.get(pk=town.adjudicators[0].person_id)
    give_membership(person=person, project=town.project, role="compliance", by=console(), at=town.now)
    address = reverse("item", args=["cats", item])
    there = client_of(town.adjudicators[0], zone="Asia%2FKolkata").get(address).content.decode()
    assert "1. Feb. 2027, 05:00<" in there and "05:00:" in there and "31. Januar 2027" not in there
    assert "31. Januar 2027" in client_of(town.adjudicators[0]).get(address).content.decode()
    assert "31. Januar 2027" in client_of(town.adjudicators[0], zone="Nowhere/Else").get(address).content.decode()


def test_a_condition_reads_as_a_sentence_in_both_languages():
    assert condition_words("segments.country", "in", ["AT", "DE"]) == "segments.country is one of AT, DE"
    assert condition_words("impact", "=", "high") == "impact = High"
    assert condition_words("cost", "exists", "false") == "cost is not there"
    with translation.override("de"):
        assert condition_words("confidence", ">=", "0.90") == "Konfidenz ≥ 0.90"
        assert condition_words("cost", "exists", "true") == "Kosten ist da"


@override_settings(LANGUAGE_CODE="en")
def test_commands_speak_english_whatever_stood_in_the_thread(town, capsys):
    with pytest.raises(Exception, match="There is no project nowhere"):
        call_command("rights", "publish", "nowhere", "/dev/null", "--reason", "x")


def test_what_a_forms_schema_asks_for_is_told_in_plain_words_of_both_languages():
    rate, kind, note = {"type": "number", "maximum": 0.5}, {"enum": ["a", "b"]}, {"minLength": 3}
    schema = {"type": "object", "properties": {"rate": rate, "kind": kind, "note": note}, "required": ["rate", "kind"]}
    wrong = {"rate": 0.75, "note": "x"}
    assert dict(misfits(wrong, schema)) == {
        "rate": "This has to be at most 0.5.",
        "note": "This needs at least 3 characters.",
        "": "Missing here: kind.",
    }
    assert dict(misfits({"rate": "much", "kind": "c"}, schema)) == {
        "rate": "This has to be a number.",
        "kind": "Choose one of these: a, b.",
    }
    assert misfits([], schema) == [("", "This has to be an object.")]
    with translation.override("de"):
        assert misfits({}, schema) == [("", "Hier fehlt: rate, kind.")]
        assert dict(misfits(wrong, schema))["rate"] == "Das darf höchstens 0,5 sein."


def test_a_rule_reads_back_in_german():
    document = rights(
        rule(("confidence", "<", "0.60")),
        rule(("impact", "=", "high"), ("cost", ">", 250), then=SENIOR, name="b"),
        rule(("data.x", "exists", False), then={**ACCEPT, "audit_rate": 0.15}, name="c"),
        rule(then={**REVIEW, "second_share": "0.2"}, name="e"),
    )
    with translation.override("de"):
        told = [sentence(part) for part in document.routing]
    assert told == [
        "Wenn die Konfidenz unter 0.60 liegt: eine Prüfperson in General entscheidet",
        "Wenn die Tragweite hoch ist und cost über 250 liegt: zwei Prüfpersonen in Senior entscheiden",
        "Wenn data.x fehlt: die Antwort des Modells wird übernommen und 15 % werden kontrolliert",
        "Immer: eine Prüfperson in General entscheidet und 20 % werden nochmals angesehen",
    ]
