"""Pages of questions and of items as examples: who sees what, what is said, and how many statements it takes."""
# broken once: `kept_from` giving nothing lets an editor who decides on the item read the question beside it

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import end_membership, give_membership
from accounts.models import Membership, Person, User
from accounts.reads import console
from guidelines.actions import begin_guideline_draft, publish_guideline_draft
from guidelines.models import GuidelineDraft
from reviews.actions import answer_question, give_back, give_consent, withdraw
from reviews.models import Consent, Question
from tests.guidelines.writing import GUIDELINE, copied, editor, published
from tests.reviews.asking import asked, asked_beside, asking_town, exemplified, item_of

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\n<b>bold</b> \"'"


def client_of(who: Any) -> Client:
    client = Client()
    client.force_login(User.objects.get(person_id=who.person_id), "django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_somebody_asks_from_a_page_and_reads_the_answer_there():
    town, edna = asking_town()
    ann = client_of(town.people[0])
    address = reverse("new-question", args=["cats"])
    form = text_of(ann.get(address, {"at": "toys"}))
    assert '<option value="toys" selected lang="en">Toys</option>' in form
    bad = ann.post(address, {"text": " ", "section": "toys"})
    assert bad.status_code == 422 and "Write something first." in text_of(bad)
    sent = {"text": HOSTILE, "section": "toys", "question": str(uuid4())}
    assert ann.post(address, sent).status_code == 302
    assert ann.post(address, sent).status_code == 302 and Question.objects.count() == 1
    page = text_of(client_of(edna).get(reverse("questions", args=["cats"])))
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page and ">Toys</h2>" in page
    one = reverse("question", args=["cats", Question.objects.get().uuid])
    assert client_of(edna).post(one, {"how": "answered", "text": HOSTILE}).status_code == 302
    assert "&lt;script&gt;alert(1)" in text_of(ann.get(one))
    assert "Your questions were answered" in text_of(ann.get(reverse("home")))
    assert "covered by" not in text_of(ann.get(reverse("questions", args=["cats"])))


def test_the_panel_gets_the_form_alone_and_a_sentence_when_it_is_sent():
    town, _edna = asking_town()
    held = town.take(town.people[0])
    ann, address = client_of(town.people[0]), reverse("new-question", args=["cats"])
    form = text_of(ann.get(address, {"claim": str(held.token)}, headers={"HX-Request": "true"}))
    assert "<html" not in form and f'value="{held.token}"' in form and "Asked beside item-1" in form
    told = ann.post(address, {"text": "?", "claim": str(held.token)}, headers={"HX-Request": "true"})
    assert (told.status_code, told["Content-Type"]) == (201, "text/plain; charset=utf-8")
    assert Question.objects.get().item == item_of(town)
    other = client_of(town.people[1])
    assert other.get(address, {"claim": str(held.token)}).status_code == 404
    assert other.post(address, {"text": "?", "claim": str(held.token)}).status_code == 404


def test_others_questions_are_for_editors_alone():
    town, edna = asking_town()
    made = asked(town)
    one = reverse("question", args=["cats", made.uuid])
    assert client_of(town.people[1]).get(one).status_code == 404
    assert client_of(town.people[0]).post(one, {"how": "answered", "text": "So."}).status_code == 403
    listed = text_of(client_of(town.people[1]).get(reverse("questions", args=["cats"]), {"state": "open"}))
    assert "What of shadows?" not in listed and "You have asked nothing here yet" in listed
    assert "What of shadows?" in text_of(client_of(edna).get(one))
    assert client_of(town.people[0]).post(one, {"how": "withdrawn"}).status_code == 302
    assert client_of(edna).post(one, {"how": "answered", "text": "So."}).status_code == 409


def test_an_editor_who_sees_no_items_sees_the_question_without_it():
    town, _edna = asking_town()
    made = asked_beside(town, town.people[0])
    one = reverse("question", args=["cats", made.uuid])
    page = text_of(client_of(editor(town, "owen", "owner")).get(one))
    assert "What of shadows?" in page and "one that you do not see" in page
    assert "item-1" not in page and "A cat?" not in page


def test_an_editor_who_decides_on_the_item_reads_the_question_later():
    town, edna = asking_town()
    person = Person.objects.get(pk=town.people[1].person_id)
    give_membership(person=person, project=town.project, role="guideline_editor", by=console(), at=town.now)
    held = town.take(town.people[0])
    made = asked(town, claim=held.token)
    town.decide(town.people[0], held, "skip", rationale="Unsure")
    while (again := town.take(town.people[1])).item.external_id != "item-1":
        town.decide(town.people[1], again)
    assert client_of(town.people[1]).get(reverse("item-example", args=["cats", made.item.uuid])).status_code == 403
    for address in (reverse("questions", args=["cats"]), reverse("question", args=["cats", made.uuid])):
        assert "What of shadows?" not in text_of(client_of(town.people[1]).get(address))
        assert "What of shadows?" in text_of(client_of(edna).get(address))


def test_an_editor_who_took_a_decision_back_reads_the_question_later_too():
    town, edna = asking_town()
    bob = town.people[1]
    person = Person.objects.get(pk=bob.person_id)
    give_membership(person=person, project=town.project, role="guideline_editor", by=console(), at=town.now)
    made = asked(town, edna, item=item_of(town).uuid)
    held = town.take(bob)
    assert held.item.external_id == "item-1"
    decided = town.decide(bob, held)
    again = withdraw(decision=decided.uuid, by=bob, at=town.now)
    give_back(token=again.token, by=bob, at=town.now)
    for address in (reverse("questions", args=["cats"]), reverse("question", args=["cats", made.uuid])):
        assert "What of shadows?" not in text_of(client_of(bob).get(address))


def test_questions_are_grouped_in_the_guidelines_order_with_what_is_not_covered_first():
    town, edna = asking_town()
    for section in ("toys", "", "cats", "toys"):
        asked(town, section=section, text=f"On {section or 'nothing'}?")
    page = text_of(client_of(edna).get(reverse("questions", args=["cats"])))
    heads = [f'id="group-{place}">{title}</h2>' for place, title in enumerate(("Not covered", "Cats", "Toys"), 1)]
    assert [page.count(head) for head in heads] == [1, 1, 1] and page.count("On toys?") == 2


def test_a_section_that_is_gone_keeps_its_name():
    town, edna = asking_town()
    asked(town, section="cats")
    rest = copied(GUIDELINE)
    rest["sections"] = [one for one in rest["sections"] if one["id"] != "cats"]
    published(town, edna, rest)
    page = text_of(client_of(edna).get(reverse("questions", args=["cats"])))
    assert ">Cats</h2>" in page and "this section is gone" in page


def test_two_thousand_questions_are_read_a_page_at_a_time(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("reviews.actions.questioning.MOST_OPEN", 10_000)
    town, edna = asking_town()
    for number in range(60):
        asked(town, section=("", "cats", "toys")[number % 3], text=f"Number {number}?")
    client, address = client_of(edna), reverse("questions", args=["cats"])
    client.get(address)
    for page, first in ((1, "Number 0?"), (2, "Number 16?"), (3, "Number 59?")):
        with django_assert_max_num_queries(18):
            shown = text_of(client.get(address, {"page": page}))
        assert shown.count("said-by") <= 25 and (first in shown) == (page != 2 or "Number 16?" in shown)
    assert "Page 3 of 3" in shown
    assert client.get(address, {"page": "x"}).status_code == client.get(address, {"page": "99999"}).status_code == 200


def test_an_editor_wishes_compliance_lets_it_be_shown_and_the_editor_makes_it():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    made = asked_beside(town, town.people[0], section="toys")
    address = reverse("item-example", args=["cats", made.item.uuid])
    desk, records = client_of(edna), client_of(carl)
    form = text_of(desk.get(address, {"question": str(made.uuid)}))
    assert '<option value="toys" selected>' in form and "Ask whether it may be shown" in form
    wish = {
        "shows": "text",
        "verdict": "borderline",
        "caption": HOSTILE,
        "section": "toys",
        "label": "",
        "reason": "Rare.",
    }
    assert desk.post(address, wish | {"question": str(made.uuid)}).status_code == 302
    assert desk.post(address, wish).status_code == 409
    assert "May these items be shown" in text_of(records.get(reverse("home")))
    assert records.post(address, {"act": "give"}).status_code == 302
    assert desk.post(address, {"act": "end", "reason": "No."}).status_code == 403
    ready = text_of(desk.get(reverse("questions", args=["cats"])))
    assert "May be shown, and no example yet" in ready
    again = text_of(desk.get(address))
    assert "&lt;script&gt;" in again and "<script>alert" not in again and "Put it into the draft" in again
    answer = desk.post(address, wish)
    assert answer.status_code == 302 and answer["Location"].startswith("/admin/guidelines/")
    assert desk.get(answer["Location"]).status_code == 200
    assert records.post(address, {"act": "end", "reason": "It shows a neighbour."}).status_code == 302
    writing = text_of(desk.get(reverse("admin:guidelines-draft", args=["cats", "en"])))
    assert "may be shown no longer" in writing
    assert Consent.objects.get().state == "withdrawn"


def test_whoever_withdraws_a_consent_is_told_of_the_version_that_waits_for_its_day_with_it():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    give_consent(consent=exemplified(town, edna).consent, by=carl, at=town.now)
    exemplified(town, edna)
    draft = GuidelineDraft.objects.get()
    GuidelineDraft.objects.update(summary="An example more.")
    publish_guideline_draft(
        project=town.project, language="en", revision=draft.revision, starts_at=town.now + timedelta(days=1), by=edna,
        at=town.now,
    )  # fmt: skip
    address, records = reverse("item-example", args=["cats", item_of(town).uuid]), client_of(carl)
    told = text_of(records.post(address, {"act": "end", "reason": "It shows a neighbour."}, follow=True))
    assert "Version 2 waits for its day and shows the item" in told
    exemplified(town, edna, item=item_of(town, 1))
    other = reverse("item-example", args=["cats", item_of(town, 1).uuid])
    assert "waits for its day" not in text_of(records.post(other, {"act": "end", "reason": "No."}, follow=True))


def test_an_example_asked_for_badly_says_what_is_wrong():
    town, edna = asking_town()
    address = reverse("item-example", args=["cats", item_of(town).uuid])
    answer = client_of(edna).post(address, {"verdict": "x", "caption": "", "shows": "text", "reason": "So."})
    assert answer.status_code == 422 and "Say how it was judged." in text_of(answer)
    exemplified(town, edna)
    assert client_of(editor(town, "carl", "compliance")).post(address, {"act": "end"}).status_code == 422


def test_homes_count_questions_and_drafts():
    town, edna = asking_town()
    for _ in range(3):
        asked(town)
    answer_question(question=Question.objects.first(), text="So.", by=edna, at=town.now)
    page = text_of(client_of(edna).get(reverse("home")))
    assert "2 questions on the guideline wait" in page and reverse("questions", args=["cats"]) in page


def test_whoever_has_left_a_project_reads_no_answer_of_it_at_home():
    town, edna = asking_town()
    answer_question(question=asked(town), text="It is none.", by=edna, at=town.now)
    ann = client_of(town.people[0])
    assert "It is none." in text_of(ann.get(reverse("home")))
    row = Membership.objects.get(person_id=town.people[0].person_id)
    end_membership(membership=row, by=console(), at=timezone.now())
    assert "It is none." not in text_of(ann.get(reverse("home")))


def test_a_draft_without_labels_is_no_obstacle_to_the_page_of_an_example():
    town, edna = asking_town()
    begin_guideline_draft(project=town.project, language="en", by=edna, at=town.now)
    GuidelineDraft.objects.update(taxonomy={"many": True})
    address = reverse("item-example", args=["cats", item_of(town).uuid])
    assert client_of(edna).get(address).status_code == 200
