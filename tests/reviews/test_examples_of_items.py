"""Items that become examples of the next guideline: by consent alone, and no longer than it stands; on both engines."""
# broken once: `OBJECTIONS` asked of no draft publishes an example whose consent was withdrawn

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.actions import give_membership
from accounts.errors import Forbidden, NotFound
from accounts.models import Person
from accounts.reads import console
from assets.actions import store
from guidelines.actions import change_guideline_draft, publish_guideline_draft
from guidelines.errors import BadGuideline
from guidelines.models import GuidelineDraft, GuidelineVersion
from reviews.actions import end_consent, give_consent, release
from reviews.errors import BadExample, ConsentOver, ConsentWaits, NothingToShow, Veiled
from reviews.models import Consent, Item, ItemExample, Setup
from reviews.reads.consents import label_in_force
from reviews.reads.lost_examples import lost_examples
from tests.guidelines.illustrated import drawn
from tests.guidelines.test_guideline_editor import signed_in
from tests.guidelines.writing import editor
from tests.invariants import breaches
from tests.reviews.asking import WISH, asked_beside, asking_town, at_browser, exemplified, item_of
from tests.town import RIGHTS, build

pytestmark = pytest.mark.django_db


def changed(wish=WISH, **more):
    return type(wish)(**{**{name: getattr(wish, name) for name in wish.__slots__}, **more})


def drafted():
    found = GuidelineDraft.objects.first()
    return found.guideline["examples"] if found else None


def publish(town, by):
    draft = GuidelineDraft.objects.get()
    summary = draft.summary or "An example more."
    kept = change_guideline_draft(
        project=town.project, language="en", guideline=draft.guideline, taxonomy=draft.taxonomy, summary=summary,
        revision=draft.revision, by=by, at=town.now,
    )  # fmt: skip
    return publish_guideline_draft(project=town.project, language="en", revision=kept.revision, by=by, at=town.now)


def test_without_a_consent_nothing_is_copied_and_with_it_the_example_is_published():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    question = asked_beside(town, town.people[0])
    made = exemplified(town, edna, question=question)
    assert (made.example, made.consent.state, made.consent.question) == (None, "asked", question)
    assert not GuidelineDraft.objects.exists() and not ItemExample.objects.exists()
    with pytest.raises(ConsentWaits):
        exemplified(town, edna)
    assert give_consent(consent=made.consent, by=carl, at=town.now).state == "given"
    assert not GuidelineDraft.objects.exists()
    example = exemplified(town, edna).example
    row = drafted()[-1]
    assert row == {
        "id": example.example, "kind": "text", "verdict": "borderline", "caption": "A shadow is no cat.",
        "label": "cat", "section": "toys", "text": "A cat?",
    }  # fmt: skip
    version = publish(town, edna)
    assert row in json.loads(bytes(version.body))["examples"]
    assert breaches() == []


def test_an_owner_who_sees_no_items_makes_no_example_of_one():
    town, _edna = asking_town()
    with pytest.raises(NotFound):
        exemplified(town, editor(town, "owen", "owner"), consents=True)
    assert not Consent.objects.exists()


def test_an_editor_who_is_of_compliance_consents_and_makes_it_at_once():
    town, edna = asking_town()
    person = Person.objects.get(pk=edna.person_id)
    give_membership(person=person, project=town.project, role="compliance", by=console(), at=town.now)
    made = exemplified(town, edna, consents=True)
    assert made.example is not None and made.consent.given_by == person and len(drafted()) == 3
    assert breaches() == []


def test_an_editors_tick_is_no_consent():
    town, edna = asking_town()
    assert exemplified(town, edna, consents=True).example is None
    assert Consent.objects.get().state == "asked"


def test_a_picture_is_shown_by_the_projects_own_grant():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    asset, _new = store(project=town.project, content=drawn("teal", 3), by=console(), at=town.now)
    town.send(0.5, data={"photo": f"sha256:{asset.sha256}", "text": "Seen from above"})
    item = item_of(town, 3)
    for shows in ("", "sha256:0", "0" * 64):
        with pytest.raises(BadExample):
            exemplified(town, edna, item=item, wish=changed(shows=shows))
    wish = changed(shows=asset.sha256)
    give_consent(consent=exemplified(town, edna, item=item, wish=wish).consent, by=carl, at=town.now)
    example = exemplified(town, edna, item=item, wish=wish).example
    assert example.asset == drafted()[-1]["asset"] == f"sha256:{asset.sha256}"
    publish(town, edna)
    assert breaches() == []


def test_after_a_withdrawal_no_version_is_published_that_shows_the_item_and_what_is_published_stays():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    give_consent(consent=exemplified(town, edna).consent, by=carl, at=town.now)
    exemplified(town, edna)
    before = publish(town, edna)
    exemplified(town, edna, wish=changed(caption="The same again."))
    consent = Consent.objects.get()
    assert end_consent(consent=consent, reason="It shows a neighbour.", by=carl, at=town.now).state == "withdrawn"
    with pytest.raises(BadGuideline) as refused:
        publish(town, edna)
    assert [place for place, _why in refused.value.fields] == ["examples[2]", "examples[3]"]
    draft = GuidelineDraft.objects.get()
    draft.guideline["examples"] = draft.guideline["examples"][:2]
    GuidelineDraft.objects.filter(pk=draft.pk).update(guideline=draft.guideline, summary="Two examples taken out.")
    assert len(json.loads(bytes(publish(town, edna).body))["examples"]) == 2
    assert len(json.loads(bytes(GuidelineVersion.objects.get(pk=before.pk).body))["examples"]) == 3
    with pytest.raises(ConsentOver):
        end_consent(consent=consent, reason="Again.", by=carl, at=town.now)
    assert breaches() == []


def test_the_same_file_under_another_address_is_refused_too():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    asset, _new = store(project=town.project, content=drawn("teal", 3), by=console(), at=town.now)
    town.send(0.5, data={"photo": f"sha256:{asset.sha256}"})
    told = {"item": item_of(town, 3), "wish": changed(shows=asset.sha256)}
    give_consent(consent=exemplified(town, edna, **told).consent, by=carl, at=town.now)
    exemplified(town, edna, **told)
    end_consent(consent=Consent.objects.get(), reason="No more.", by=carl, at=town.now)
    draft = GuidelineDraft.objects.get()
    draft.guideline["examples"][-1]["id"] = "another"
    GuidelineDraft.objects.filter(pk=draft.pk).update(guideline=draft.guideline)
    with pytest.raises(BadGuideline):
        publish(town, edna)
    give_consent(consent=exemplified(town, edna, **told).consent, by=carl, at=town.now)
    assert publish(town, edna).number == 2  # somebody let it be shown again
    assert breaches() == []


def test_what_is_declined_is_not_copied_and_may_be_asked_again():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    consent = exemplified(town, edna).consent
    with pytest.raises(BadExample):
        end_consent(consent=consent, reason=" ", by=carl, at=town.now)
    assert end_consent(consent=consent, reason="A child is seen.", by=carl, at=town.now).state == "declined"
    with pytest.raises(ConsentOver):
        give_consent(consent=consent, by=carl, at=town.now)
    assert not GuidelineDraft.objects.exists()
    assert exemplified(town, edna).consent.pk != consent.pk
    assert breaches() == []


def test_only_editors_make_examples_and_only_compliance_and_owners_who_see_the_item_consent():
    town, edna = asking_town()
    carl, opal = editor(town, "carl", "compliance"), editor(town, "opal", "operations")
    for who in (town.people[0], town.adjudicators[0], carl, opal):
        with pytest.raises(Forbidden):
            exemplified(town, at_browser(who))
    consent = exemplified(town, edna).consent
    for who in (town.people[0], town.adjudicators[0], edna, opal):
        for verb in (give_consent, end_consent):
            more = {"reason": "So."} if verb is end_consent else {}
            with pytest.raises(Forbidden):
                verb(consent=consent, by=at_browser(who), at=town.now, **more)
    with pytest.raises(NotFound):  # an owner without a role there sees none of its items
        give_consent(consent=consent, by=editor(town, "owen", "owner"), at=town.now)
    assert Consent.objects.get().state == "asked" and breaches() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "fine"},
        {"caption": " "},
        {"caption": "x" * 2001},
        {"shows": "body"},
        {"label": "hamster"},
        {"section": "hats"},
    ],
)
def test_a_wish_that_cannot_be_met_changes_nothing(wrong):
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    give_consent(consent=exemplified(town, edna).consent, by=carl, at=town.now)
    with pytest.raises(BadExample) as refused:
        exemplified(town, edna, wish=changed(**wrong))
    assert [place for place, _why in refused.value.fields] == list(wrong)
    assert not GuidelineDraft.objects.exists() and not ItemExample.objects.exists() and breaches() == []


def test_what_a_guideline_cannot_show_is_refused():
    town, edna = asking_town()
    town.send(0.5, data={"amount": 12, "purpose": "car"})
    town.send(0.5, data={"turns": [{"speaker": "Ann", "text": "Hello"}]})
    for place in (3, 4):
        with pytest.raises(NothingToShow):
            exemplified(town, edna, item=item_of(town, place))
    Setup.objects.filter(project=town.project).update(blur=True)
    with pytest.raises(Veiled):
        exemplified(town, edna)
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reviews_consent SET reason = 'Other'",
        "UPDATE reviews_consent SET given_by_id = asked_by_id",
        "DELETE FROM reviews_consent",
        "UPDATE reviews_itemexample SET asset = 'x'",
        "DELETE FROM reviews_itemexample",
    ],
)
def test_a_consent_never_changes_once_it_is_said(change):
    town, edna = asking_town()
    give_consent(consent=exemplified(town, edna).consent, by=editor(town, "carl", "compliance"), at=town.now)
    exemplified(town, edna)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Item.objects.count() == 3


@pytest.mark.parametrize("labels", [3, "cat", {"cat": 1}, None, []])
def test_a_form_may_have_a_field_of_any_kind_that_is_called_labels(labels):
    kinds = {"type": ["integer", "string", "object", "array", "null"]}
    town = build(
        task_type="form", labels=[], schema={"type": "object", "properties": {"labels": kinds}}, decisive=["labels"],
        rights=RIGHTS | {"otherwise": {"arm": "accept"}, "release_after": "PT1S"},
    )  # fmt: skip
    edna = editor(town)
    town.send(0.99, prediction={"labels": labels})
    town.wait(seconds=5)
    release(at=town.now)
    item = Item.objects.get()
    assert item.state == "accepted" and label_in_force(item) == ""
    assert signed_in(edna).get(reverse("item-example", args=["cats", item.uuid])).status_code == 200


def test_whoever_writes_the_guideline_is_told_at_home_where_an_item_stands_whose_consent_was_taken_back():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    home = signed_in(edna)
    give_consent(consent=exemplified(town, edna).consent, by=carl, at=town.now)
    exemplified(town, edna)
    assert lost_examples([town.project.pk]) == []
    consent = Consent.objects.get()
    end_consent(consent=consent, reason="It shows a neighbour.", by=carl, at=town.now)
    page = home.get("/").content.decode()
    assert "Examples to be taken out" in page and "It shows a neighbour." in page and "in the draft (en)" in page
    assert consent.item.external_id in page and "1 item stands in a guideline without consent" in page
    assert "Nothing needs you now." not in page
    stranger = build(slug="dogs", people=0, adjudicators=0)
    assert "Examples to be taken out" not in signed_in(editor(stranger, "dora")).get("/").content.decode()
    draft = GuidelineDraft.objects.get()
    kept = draft.guideline["examples"]
    for examples in (kept[:-1], "none", [3]):
        GuidelineDraft.objects.filter(pk=draft.pk).update(guideline=draft.guideline | {"examples": examples})
        assert lost_examples([town.project.pk]) == []
    assert "Examples to be taken out" not in home.get("/").content.decode()


def test_a_version_that_waits_with_such_an_item_is_named_and_no_other():
    town, edna = asking_town()
    carl = editor(town, "carl", "compliance")
    give_consent(consent=exemplified(town, edna).consent, by=carl, at=town.now)
    exemplified(town, edna)
    draft = GuidelineDraft.objects.get()
    kept = change_guideline_draft(
        project=town.project, language="en", guideline=draft.guideline, taxonomy=draft.taxonomy, summary="One more.",
        revision=draft.revision, by=edna, at=town.now,
    )  # fmt: skip
    waits = publish_guideline_draft(
        project=town.project, language="en", revision=kept.revision, starts_at=town.now + dt.timedelta(days=2),
        by=edna, at=town.now,
    )  # fmt: skip
    assert lost_examples([town.project.pk]) == []
    end_consent(consent=Consent.objects.get(), reason="No.", by=carl, at=town.now)
    assert [(one.drafts, one.waiting) for one in lost_examples([town.project.pk])] == [([], [waits.number])]
    page = signed_in(edna).get("/").content.decode()
    assert f"Version {waits.number} comes in force with it: call it off" in page
    exemplified(town, edna)  # asked again
    assert len(lost_examples([town.project.pk])) == 1
    give_consent(consent=Consent.objects.latest("pk"), by=carl, at=town.now)
    assert lost_examples([town.project.pk]) == []
