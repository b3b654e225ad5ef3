"""Model cards on pages: written in the admin, beside the item, asked for before the next one, and who has read them."""

import json
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.reads import Actor, console
from guidelines.actions import ask_for_second_editor, retire_card
from guidelines.models import CardAcknowledgement, ModelCard, ModelCardDraft
from reviews.actions import apply_project, claim_batch, claim_next, fill_project, give_back, open_claim, withdraw
from reviews.errors import AcknowledgementDue
from reviews.models import Claim, PersonLane, Presentation
from tests.guidelines.carding import ASKING, CARD, card_draft, card_read, carded, model_of
from tests.guidelines.writing import READ, editor, published
from tests.invariants import breaches
from tests.reviews.test_acknowledging_pages import at, signed_in
from tests.reviews.test_changed_beside import known
from tests.reviews.test_gate import acknowledge, browsing, kept
from tests.town import RIGHTS, Town, build, project_file

pytestmark = pytest.mark.django_db
CARDS = "/admin/guidelines/guidelineversion/cats/cards/"


@pytest.fixture
def town() -> Town:
    found = build(rights=RIGHTS | {"batch": {"queues": ["general"], "most": 50}})
    for _ in range(3):
        found.send(0.5)
    return found


@pytest.fixture
def edna(town) -> Actor:
    return editor(town)


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def desk(town: Town) -> str:
    return f"{CARDS}{model_of(town).pk}/"


def form(revision: int, **more: str) -> dict[str, Any]:
    return {**CARD, "summary": "Why.", "revision": revision, **more}


def test_an_editor_begins_writes_looks_publishes_and_retires(town, edna):
    client = signed_in(edna)
    assert "m 1" in said(client, CARDS) and "none yet" in said(client, CARDS)
    assert "It has no card yet" in said(client, desk(town))
    assert client.post(f"{desk(town)}draft/", {"begin": "empty"}).status_code == 302
    seen = client.post(f"{desk(town)}draft/preview/", form(1, purpose="Some **words** <script>x</script>"))
    assert b"<strong>words</strong>" in seen.content and b"<script" not in seen.content
    assert client.post(f"{desk(town)}draft/", form(1)).status_code == 302
    assert (ModelCardDraft.objects.get().card, ModelCardDraft.objects.get().summary) == (CARD, "Why.")
    on = client.post(f"{desk(town)}draft/", form(2, acknowledge="yes", publish="yes"))
    assert on["Location"] == f"{desk(town)}draft/publishing/"
    page = said(client, on["Location"])
    assert "Whom it affects" in page and "3 people" in page and "before the next item" in page
    assert "Foxes" not in page and "foxes at night" in page
    unsure = client.post(on["Location"], {"revision": 3})
    assert unsure.status_code == 422 and not ModelCard.objects.exists()
    done = client.post(on["Location"], {"revision": 3, "sure": "yes"}, follow=True)
    assert b"Card 1 is published and in force." in done.content
    assert ModelCard.objects.get().asks
    assert "Retire card 1 of m 1" in said(client, f"{desk(town)}retiring/")
    assert client.post(f"{desk(town)}retiring/", {"reason": " "}).status_code == 422
    gone = client.post(f"{desk(town)}retiring/", {"reason": "Out of use."}, follow=True)
    assert b"Card 1 is retired." in gone.content and b"Out of use." in gone.content
    assert client.get(f"{desk(town)}retiring/").status_code == 404
    assert breaches() == []


def test_a_stale_form_keeps_what_was_typed_and_says_whose_words_it_would_replace(town, edna):
    client, ella = signed_in(edna), editor(town, "ella")
    made = card_draft(town, ella)
    answer = client.post(f"{desk(town)}draft/", form(1, purpose="Mine."))
    page = unescape(answer.content.decode())
    assert answer.status_code == 409 and "Last changed by ella" in page and "Mine." in page
    assert ModelCardDraft.objects.get().card == CARD
    assert client.post(f"{desk(town)}draft/", form(made.revision, purpose="Mine.")).status_code == 302
    assert ModelCardDraft.objects.get().card["purpose"] == "Mine."


def test_a_summary_has_the_line_ends_of_a_text(town, edna):
    card_draft(town, edna)
    sent = form(2, summary="Why, and\r\nhow.")
    assert signed_in(edna).post(f"{desk(town)}draft/", sent).status_code == 302
    assert ModelCardDraft.objects.get().summary == "Why, and\nhow."


def test_what_keeps_a_card_from_being_published_leads_to_its_part(town, edna):
    client = signed_in(edna)
    card_draft(town, edna, {"purpose": "p"}, summary="")
    page = said(client, f"{desk(town)}draft/publishing/")
    assert "#id_limits" in page and "#id_summary" in page and 'name="sure"' not in page
    assert "Write this part" in said(client, f"{desk(town)}draft/")
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    card_draft(town, edna)
    assert "another editor reads it here" in said(client, f"{desk(town)}draft/publishing/")
    assert 'name="sure"' in said(signed_in(editor(town, "ella")), f"{desk(town)}draft/publishing/")


def test_a_new_version_starts_from_the_card_of_the_one_before_and_a_draft_is_discarded(town, edna):
    client = signed_in(edna)
    carded(town, edna)
    town.wait(days=1)
    newer = model_of(town, "2")
    assert "Start from card 1 of m 1" in said(client, f"{CARDS}{newer.pk}/")
    client.post(f"{CARDS}{newer.pk}/draft/", {"begin": "before"})
    assert ModelCardDraft.objects.get().card == CARD
    client.post(f"{CARDS}{newer.pk}/draft/discarding/", {"revision": 1})
    assert not ModelCardDraft.objects.exists()
    assert client.get(f"{CARDS}{newer.pk}/draft/").status_code == 409


@pytest.mark.parametrize("place", ["", "draft/", "draft/publishing/", "retiring/"])
def test_the_cards_desk_is_for_editors_alone(town, edna, place):
    card_draft(town, edna)
    assert signed_in(town.people[0]).get(f"{desk(town)}{place}").status_code == 403
    other = build(people=1, adjudicators=0, slug="dogs")
    assert signed_in(editor(other, "eve")).get(f"{desk(town)}{place}").status_code == 404
    assert signed_in(edna).get(f"{CARDS}{model_of(other).pk}/{place}").status_code == 404
    assert Client().get(f"{desk(town)}{place}").status_code == 302


def test_the_pane_says_that_there_is_no_card_and_that_nothing_is_known(town):
    page = said(signed_in(town.people[0]), at("work", town, "general"))
    assert "No model card yet" in page and "changes not known yet" in page
    assert 'id="side-card"' not in page


def test_the_pane_leads_to_the_card_and_tells_the_share_that_its_presentation_names(town, edna):
    card = carded(town, edna)
    known(town, 3)
    town.send(0.85, impact="high")
    client = signed_in(town.people[0])
    page = said(client, at("work", town, "general"))
    address = at("card-panel", town, card.digest)
    assert address in page and 'aria-controls="side-card"' in page
    panel = client.get(address)
    assert b"Where it is known to be weak" in panel.content and b"<strong>animal</strong>" in panel.content
    assert "immutable" in panel["Cache-Control"]
    assert client.get(at("card-panel", town, "0" * 64)).status_code == 404
    row = Presentation.objects.get()
    assert (row.card, json.loads(bytes(row.manifest))["model_card"]) == (card, card.digest)
    assert breaches() == []


def test_words_that_came_in_force_again_are_shown_as_the_card_that_says_them_now(town, edna):
    first = carded(town, edna)
    held = town.take(town.people[0])
    town.decide(town.people[0], held)
    town.wait(minutes=1)
    carded(town, edna, CARD | {"limits": "Other limits."}, summary="Other.")
    again = carded(town, edna, CARD, summary="As it was.")
    assert (again.number, again.digest) == (3, first.digest)
    client = signed_in(town.people[0])
    panel = said(client, at("card-panel", town, again.digest))
    assert "Card 3, published" in panel
    retire_card(model=model_of(town), number=3, reason="Gone.", by=edna, at=town.now)
    assert said(client, at("card-panel", town, again.digest)) == panel  # kept for good, so it tells no state
    assert "Card 1 of m 1" in said(client, at("presentation", town, held.token))


def test_an_items_replay_shows_the_card_and_the_share_as_they_were(town, edna):
    from reviews.actions import count_audits

    first = carded(town, edna)
    me = town.people[0]
    held = town.take(me)
    town.decide(me, held)
    carded(town, edna, CARD | {"limits": "Other limits."}, summary="Other.")
    count_audits(at=town.now)
    client = signed_in(me)
    page = said(client, at("presentation", town, held.token))
    assert "Card 1 of m 1" in page and "Other limits." not in page and first.digest[:16] in page
    assert "changes not known yet" in page and "no longer in force" in page


@pytest.mark.parametrize("how", ["show_prediction", "show_confidence"])
def test_what_hides_the_proposal_hides_the_card_and_what_hides_its_confidence_the_share(town, edna, how):
    card = carded(town, edna)
    known(town, 3)
    apply_project(document=project_file(**{how: False}), by=console(), at=town.now)
    page = said(signed_in(town.people[0]), at("work", town, "general"))
    row = Presentation.objects.get()
    shown = how == "show_confidence"
    assert (row.card is not None, 'id="side-card"' in page, card.digest in page) == (shown, shown, shown)
    assert "changed-beside" not in page and "changed" not in json.loads(bytes(row.manifest))
    assert "has no card yet" not in page
    assert breaches() == []


def test_an_audit_is_blind_to_the_card_too(town, edna):
    card = carded(town, edna)
    for _ in range(3):
        town.decide(town.people[0], town.take(town.people[0]))
    town.send(0.85)
    page = said(signed_in(town.people[0]), at("work", town, "general"))
    assert Presentation.objects.latest("pk").card is None and card.digest not in page and "side-card" not in page
    assert breaches() == []


def test_whoever_has_not_read_a_card_that_asks_gets_no_seat_and_then_does(town, edna):
    me = town.people[0]
    held = claim_next(by=me, at=town.now)
    assert held is not None
    card = carded(town, edna, ASKING)
    opened = open_claim(token=held.token, by=me, at=town.now)  # what was claimed before keeps what it named
    assert opened.presentation["model_card"] is None
    give_back(token=held.token, by=me, at=town.now)
    assert kept(town, me) and kept(town, me, None) and kept(town, town.people[1])
    with pytest.raises(AcknowledgementDue):
        claim_batch(queue=town.queue(), by=me, at=town.now)
    card_read(town, browsing(me), card)
    assert not kept(town, me) and kept(town, town.people[1])
    assert town.take(me).presentation["model_card"] == card.digest
    assert breaches() == []


def test_a_claim_sees_for_itself_whether_its_card_is_read(town, edna):
    carded(town, edna, ASKING)
    PersonLane.objects.update(gated=False)  # as if the card had come in force just now
    assert kept(town, town.people[0])
    PersonLane.objects.update(gated=False)
    with pytest.raises(AcknowledgementDue):
        claim_batch(queue=town.queue(), by=town.people[0], at=town.now)
    assert not Claim.objects.exists() and breaches() == []


def test_a_decision_is_taken_back_and_redone_under_a_card_that_came_meanwhile(town, edna):
    me = town.people[0]
    decided = town.decide(me, town.take(me))
    carded(town, edna, ASKING)
    held = withdraw(decision=decided.uuid, by=me, at=town.now)
    town.decide(me, open_claim(token=held.token, by=me, at=town.now))
    with pytest.raises(AcknowledgementDue):
        claim_next(by=me, at=town.now)
    assert breaches() == []


def test_all_cards_of_the_project_are_asked_for_and_a_retired_one_is_not(town, edna):
    first = carded(town, edna, ASKING)
    second = carded(town, edna, ASKING, version="2")
    me = town.people[0]
    card_read(town, browsing(me), first)
    assert kept(town, me)  # though all that waits is of the first
    retire_card(model=second.model, number=1, reason="Not in use.", by=edna, at=town.now)
    assert not kept(town, me)
    fill_project(town.project.pk)
    assert not kept(town, me) and breaches() == []


def test_guideline_and_cards_are_each_asked_for(town, edna):
    me = town.people[0]
    client = signed_in(me)
    version, card = published(town, edna, READ), carded(town, edna, ASKING)
    entry = at("guideline-acknowledgement", town)
    assert "I have read it" in said(client, entry)
    acknowledge(town, me, version)
    assert kept(town, me)
    assert client.get(entry)["Location"] == at("model-cards", town)
    page = said(client, at("model-cards", town))
    assert "One card asks to be acknowledged." in page and "The first one." in page
    on = client.post(at("card-acknowledgement", town, card.model_id, card.number))
    town.wait(minutes=1)
    assert on["Location"] == at("model-cards", town) and not kept(town, me)
    assert "You have acknowledged it." in said(client, entry)
    assert "Nothing here waits to be acknowledged by you." in said(client, at("model-cards", town))
    again = client.post(at("card-acknowledgement", town, card.model_id, 9))
    assert again.status_code == 409 and CardAcknowledgement.objects.count() == 1
    assert breaches() == []


def test_the_workbench_and_home_lead_to_a_card_that_is_due(town, edna):
    carded(town, edna, ASKING)
    client = signed_in(town.people[0])
    page = said(client, at("work", town, "general"))
    assert "Something is to be read and acknowledged first." in page
    assert at("guideline-acknowledgement", town) in page
    assert "Read what is in force in Cats, and acknowledge it" in said(client, "/")
    followed = client.get(at("guideline-acknowledgement", town), follow=True)
    assert followed.redirect_chain == [(at("model-cards", town), 302)]


def test_operations_see_who_has_read_a_card_and_who_has_not(town, edna):
    runs = signed_in(editor(town, "opal", role="operations"))
    assert "No version in force asks to be acknowledged." in said(runs, at("readers", town))
    card = carded(town, edna, ASKING)
    card_read(town, browsing(town.people[0]), card)
    everyone = said(runs, at("readers", town))
    assert "Card 1 of m 1: 1 of 5 have acknowledged it" in everyone and "reviewer 0" in everyone
    others = said(runs, at("readers", town) + "?has=not")
    assert "reviewer 0" not in others and "reviewer 1" in others
    assert "1 of 5 have acknowledged it" in said(runs, at("operations", town))


def test_an_owner_without_a_role_reads_cards_and_is_asked_nothing(town, edna):
    carded(town, edna, ASKING)
    owner = signed_in(editor(town, "olga", role="owner"))
    page = said(owner, at("model-cards", town))
    assert "I have read it" not in page and "m 1" in page
    assert "model-cards" not in owner.get(at("guideline-acknowledgement", town)).headers.get("Location", "")
