"""Guidelines drafted, read by a second editor, published at once or for a day, retired."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Forbidden
from accounts.reads import Actor, console
from audit.errors import Refusal
from audit.models import Event, Payload
from guidelines.actions import (
    answer_guideline_draft,
    ask_for_second_editor,
    begin_due,
    begin_guideline_draft,
    change_guideline_draft,
    discard_guideline_draft,
    end_guideline,
    propose_guideline_draft,
    publish_guideline_draft,
    rebase_guideline_draft,
)
from guidelines.errors import (
    BadGuideline,
    GuidelineDraftStale,
    NoGuidelineDraft,
    NotInForce,
    NotReviewed,
    ScheduleWaits,
    SecondEditorNeeded,
    WrittenByEditors,
)
from guidelines.models import GuidelineDraft, GuidelineTerm, GuidelineVersion, TaxonomyTerm
from guidelines.reads import guideline_html, guideline_in_force, judged, taxonomy_in_force
from hitl.errors import STATUS
from reviews.actions import apply_project
from tests.guidelines.writing import GUIDELINE, MERGED, SPLIT, TAXONOMY, copied, draft, editor, published
from tests.invariants import breaches
from tests.town import Town, build, project_file

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


@pytest.fixture
def edna(town) -> Actor:
    return editor(town)


def events(kind: str) -> list[dict[str, Any]]:
    found = Payload.objects.filter(event__in=Event.objects.filter(type=kind)).order_by("event_id")
    return [json.loads(bytes(row.body)) for row in found]


def labelled(label: str) -> dict[str, Any]:
    other = copied(GUIDELINE)
    other["sections"][1]["label"] = label
    for example in other["examples"]:
        example["label"] = label
    return other


def doing(town: Town, by: Actor, revision: int) -> dict[str, Any]:
    return {"project": town.project, "language": "en", "revision": revision, "by": by, "at": town.now}


def test_a_draft_is_published_with_its_taxonomy_and_is_in_force_at_once(town, edna):
    version = published(town, edna)
    standing = guideline_in_force(town.project)
    assert standing == version and version.published_by_id == edna.person_id and version.edited
    taxonomy = taxonomy_in_force(town.project.pk)
    assert taxonomy == version.taxonomy and taxonomy.number == 2
    assert json.loads(bytes(version.body))["taxonomy"] == taxonomy.digest
    told = events("guidelines.guideline_published")[-1]
    assert told["digest"] == version.digest and told["summary"] == "Said more plainly."
    assert not GuidelineDraft.objects.exists()
    assert TaxonomyTerm.objects.get(version__number=1).ended_at == town.now


def test_each_change_of_a_draft_is_told_with_the_hash_of_all_in_it(town, edna):
    first = draft(town, edna)
    told = events("guidelines.draft_changed")
    assert [one["revision"] for one in told] == [2]
    again = change_guideline_draft(
        guideline=copied(GUIDELINE), taxonomy=copied(TAXONOMY), summary=first.summary, **doing(town, edna, 2)
    )
    assert again.revision == 2 and len(events("guidelines.draft_changed")) == 1
    change_guideline_draft(
        guideline=copied(GUIDELINE), taxonomy=copied(TAXONOMY), summary="More", **doing(town, edna, 2)
    )
    hashes = {one["digest"] for one in events("guidelines.draft_changed")}
    assert len(hashes) == 2


def test_what_the_next_claim_shows_is_the_version_in_force(town, edna):
    town.send()
    version = published(town, edna)
    held = town.take(town.people[0])
    assert held.presentation["guideline"] == version.digest
    assert held.presentation["taxonomy"] == version.taxonomy.digest
    assert held.taxonomy["labels"][0]["definition"] == "A cat can be seen."
    assert "<strong>seen</strong>" in guideline_html(version.digest)


def test_a_claim_keeps_the_versions_it_began_with(town, edna):
    town.send()
    first = published(town, edna)
    held = town.take(town.people[0])
    other = copied(GUIDELINE)
    other["sections"][1]["label"] = "kitten"
    for example in other["examples"]:
        example["label"] = "kitten"
    published(town, edna, other, SPLIT)
    assert town.decide(town.people[0], held).verdict == "approve"
    assert held.presentation["guideline"] == first.digest


def test_on_its_day_a_version_comes_in_force_with_its_taxonomy(town, edna):
    first = published(town, edna)
    other = copied(GUIDELINE)
    other["sections"][0]["text"] = "Tomorrow."
    version = published(town, edna, other, MERGED, starts_at=town.now + HOUR)
    assert guideline_in_force(town.project) == first
    assert taxonomy_in_force(town.project.pk) == first.taxonomy
    assert begin_due(at=town.now) == 0
    town.wait(hours=2)
    assert begin_due(at=town.now) == 1
    assert begin_due(at=town.now) == 0
    assert guideline_in_force(town.project) == version
    assert taxonomy_in_force(town.project.pk) == version.taxonomy
    assert GuidelineTerm.objects.get(version=first).ended_at == town.now
    assert events("guidelines.guideline_began")[-1]["digest"] == version.digest


def test_one_version_waits_at_a_time_and_can_be_called_off(town, edna):
    first = published(town, edna)
    waits = published(town, edna, GUIDELINE, MERGED, starts_at=town.now + HOUR)
    again = draft(town, edna, GUIDELINE | {"examples": GUIDELINE["examples"][:1]})
    with pytest.raises(ScheduleWaits):
        publish_guideline_draft(starts_at=town.now + HOUR, **doing(town, edna, again.revision))
    with pytest.raises(BadGuideline):
        end_guideline(project=town.project, number=waits.number, reason=" ", by=edna, at=town.now)
    term = end_guideline(project=town.project, number=waits.number, reason="Too early.", by=edna, at=town.now)
    assert term.state == "called_off" and not TaxonomyTerm.objects.filter(began_at=None, ended_at=None).exists()
    town.wait(hours=2)
    assert begin_due(at=town.now) == 0
    assert guideline_in_force(town.project) == first
    assert events("guidelines.guideline_called_off")[-1]["reason"] == "Too early."


def test_a_retired_version_leaves_the_taxonomy_alone(town, edna):
    version = published(town, edna)
    end_guideline(project=town.project, number=version.number, reason="Wrong advice.", by=edna, at=town.now)
    assert guideline_in_force(town.project) is None
    assert taxonomy_in_force(town.project.pk) == version.taxonomy
    town.send()
    assert town.take(town.people[0]).presentation["guideline"] is None
    with pytest.raises(NotInForce):
        end_guideline(project=town.project, number=version.number, reason="Again.", by=edna, at=town.now)


def test_a_second_editor_agrees_and_never_the_one_who_wrote_it(town, edna):
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    nora, written = editor(town, "nora"), draft(town, edna)
    with pytest.raises(NotReviewed):
        publish_guideline_draft(**doing(town, edna, written.revision))
    with pytest.raises(NoGuidelineDraft):
        answer_guideline_draft(agrees=True, **doing(town, nora, written.revision))
    propose_guideline_draft(**doing(town, edna, written.revision))
    with pytest.raises(GuidelineDraftStale):
        propose_guideline_draft(**doing(town, nora, written.revision))
    with pytest.raises(SecondEditorNeeded):
        answer_guideline_draft(agrees=True, **doing(town, edna, written.revision))
    with pytest.raises(BadGuideline):
        answer_guideline_draft(agrees=False, **doing(town, nora, written.revision))
    back = answer_guideline_draft(agrees=False, note="Say more of toys.", **doing(town, nora, written.revision))
    assert back.proposed_by is None and back.note == "Say more of toys."
    propose_guideline_draft(**doing(town, edna, written.revision))
    answer_guideline_draft(agrees=True, **doing(town, nora, written.revision))
    version = publish_guideline_draft(**doing(town, edna, written.revision))
    assert version.agreed_by_id == nora.person_id
    assert events("guidelines.guideline_published")[-1]["agreed_by"]


def test_a_change_takes_the_agreement_back(town, edna):
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    nora, written = editor(town, "nora"), draft(town, edna)
    propose_guideline_draft(**doing(town, edna, written.revision))
    answer_guideline_draft(agrees=True, **doing(town, nora, written.revision))
    changed = draft(town, edna, summary="And more.")
    with pytest.raises(NotReviewed):
        publish_guideline_draft(**doing(town, edna, changed.revision))


def test_only_an_owner_lets_one_editor_publish_alone_again(town, edna):
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    with pytest.raises(Forbidden):
        ask_for_second_editor(project=town.project, with_second=False, by=edna, at=town.now)
    owner = editor(town, "olga", role="owner")
    assert not ask_for_second_editor(project=town.project, with_second=False, by=owner, at=town.now).with_second
    assert len(events("guidelines.second_editor_asked")) == 2


def test_a_draft_of_two_editors_is_not_written_over(town, edna):
    first = draft(town, edna)
    with pytest.raises(GuidelineDraftStale):
        change_guideline_draft(
            guideline={}, taxonomy=copied(TAXONOMY), summary="", **doing(town, edna, first.revision - 1)
        )
    discard_guideline_draft(**doing(town, edna, first.revision))
    with pytest.raises(NoGuidelineDraft):
        discard_guideline_draft(**doing(town, edna, first.revision))
    assert events("guidelines.draft_discarded")


def test_a_draft_of_what_is_no_longer_in_force_is_looked_at_again(town, edna):
    begun = draft(town, edna)
    changed = [{"code": "cat", "name": "Cat"}, {"code": "cow", "name": "Cow"}]
    apply_project(document=project_file(labels=changed), by=console(), at=town.now)
    with pytest.raises(GuidelineDraftStale):
        publish_guideline_draft(**doing(town, edna, begun.revision))
    taken = rebase_guideline_draft(**doing(town, edna, begun.revision))
    with pytest.raises(BadGuideline) as refused:
        publish_guideline_draft(**doing(town, edna, taken.revision))
    assert any("cow could be said before" in sentence for _, sentence in refused.value.fields)


def test_a_project_file_puts_nothing_aside_that_editors_published(town, edna):
    version = published(town, edna)
    _, changes = apply_project(document=project_file(), by=console(), at=town.now)
    assert changes == [] and taxonomy_in_force(town.project.pk) == version.taxonomy
    with pytest.raises(WrittenByEditors):
        apply_project(document=project_file(labels=[{"code": "cow", "name": "Cow"}]), by=console(), at=town.now)
    with pytest.raises(WrittenByEditors):
        apply_project(document=project_file(guideline="Say cow."), by=console(), at=town.now)


def test_a_project_file_brings_back_nothing_that_was_retired(town, edna):
    file = project_file(guideline="# Cats")
    apply_project(document=file, by=console(), at=town.now)
    end_guideline(project=town.project, number=1, reason="Wrong.", by=edna, at=town.now)
    _, changes = apply_project(document=file, by=console(), at=town.now)
    assert changes == [] and guideline_in_force(town.project) is None
    ask_for_second_editor(project=town.project, with_second=True, by=edna, at=town.now)
    with pytest.raises(NotReviewed):
        apply_project(document=project_file(guideline="# Dogs"), by=console(), at=town.now)
    with pytest.raises(NotReviewed):
        apply_project(document=project_file(labels=[{"code": "cow", "name": "Cow"}]), by=console(), at=town.now)


def test_no_labels_are_published_under_a_version_that_waits(town, edna):
    published(town, edna)
    other = copied(GUIDELINE)
    other["sections"][0]["text"] = "Later."
    published(town, edna, other, starts_at=town.now + HOUR)
    changed = draft(town, edna, labelled("kitten"), SPLIT)
    with pytest.raises(ScheduleWaits):
        publish_guideline_draft(**doing(town, edna, changed.revision))


def test_only_editors_and_owners_write_and_never_by_token(town, edna):
    for who in (town.people[0], editor(town, "opal", role="operations")):
        with pytest.raises(Forbidden):
            begin_guideline_draft(project=town.project, language="en", by=who, at=town.now)
    with pytest.raises(Forbidden):
        begin_guideline_draft(
            project=town.project, language="en", by=dataclasses.replace(edna, token_id=7), at=town.now
        )
    begin_guideline_draft(project=town.project, language="en", by=editor(town, "olga", role="owner"), at=town.now)


@pytest.mark.parametrize(
    ("guideline", "taxonomy"),
    [
        ({"sections": 7}, TAXONOMY),
        ({"sections": [{"id": "a", "kind": "poem", "title": "A"}]}, TAXONOMY),
        (GUIDELINE, {"labels": [{"name": "no code"}]}),
        (GUIDELINE | {"extra": 1}, TAXONOMY),
        (GUIDELINE | {"sections": [{"id": "a", "kind": "other", "title": "\ud800"}]}, TAXONOMY),
        (GUIDELINE | {"sections": [{"id": "a", "kind": "other", "title": "A", "text": "x" * (9 << 20)}]}, TAXONOMY),
    ],
)
def test_what_is_no_guideline_at_all_is_not_even_kept(town, edna, guideline, taxonomy):
    begun = begin_guideline_draft(project=town.project, language="en", by=edna, at=town.now)
    with pytest.raises(BadGuideline):
        change_guideline_draft(guideline=guideline, taxonomy=taxonomy, summary="", **doing(town, edna, begun.revision))
    assert GuidelineDraft.objects.get().revision == 1


def test_a_translation_stands_on_the_taxonomy_in_force(town, edna):
    english = published(town, edna)
    german = draft(town, edna, taxonomy=TAXONOMY | {"labels": []}, language="de")
    assert german.taxonomy is None
    version = publish_guideline_draft(
        project=town.project, language="de", revision=german.revision, by=edna, at=town.now
    )
    assert version.taxonomy == english.taxonomy
    assert guideline_in_force(town.project) == english and guideline_in_force(town.project, "de") == version
    town.send()
    assert town.take(town.people[0]).presentation["guideline"] == english.digest


@pytest.mark.parametrize("day", [dt.timedelta(0), -HOUR, dt.timedelta(days=400)])
def test_a_day_is_a_day_to_come_within_a_year(town, edna, day):
    written = draft(town, edna)
    with pytest.raises(BadGuideline):
        publish_guideline_draft(starts_at=town.now + day, **doing(town, edna, written.revision))
    assert GuidelineVersion.objects.count() == 0 and GuidelineDraft.objects.count() == 1


def test_after_a_split_the_text_changes_without_the_labels(town, edna):
    split = published(town, edna, GUIDELINE | {"sections": GUIDELINE["sections"][:1], "examples": []}, SPLIT)
    begun = begin_guideline_draft(project=town.project, language="en", by=edna, at=town.now)
    begun.guideline["sections"][0]["text"] = "Say which animal is **meant**."
    kept = change_guideline_draft(
        **doing(town, edna, begun.revision),
        guideline=begun.guideline,
        taxonomy=begun.taxonomy,
        summary="What is meant counts.",
    )
    assert judged(town.project, kept).faults == []
    version = publish_guideline_draft(**doing(town, edna, kept.revision))
    assert version.number == split.number + 1 and version.taxonomy_id == split.taxonomy_id


def test_the_same_again_is_not_published(town, edna):
    published(town, edna)
    written = draft(town, edna)
    with pytest.raises(BadGuideline):
        publish_guideline_draft(**doing(town, edna, written.revision))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE guidelines_guidelineversion SET summary = 'another'",
        "DELETE FROM guidelines_guidelineversion",
        "UPDATE guidelines_taxonomyversion SET edited = NOT edited",
        "UPDATE guidelines_guidelineterm SET language = 'fr'",
        "UPDATE guidelines_guidelineterm SET began_at = NULL",
        "UPDATE guidelines_taxonomyterm SET ended_at = NULL",
        "DELETE FROM guidelines_taxonomyterm",
    ],
)
def test_what_is_published_stays_as_it_is(town, edna, statement):
    published(town, edna)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_claims_show_is_what_is_in_force(town, edna):
    assert breaches() == []
    version = published(town, edna, language="de")
    assert breaches() == []
    apply_project(document=project_file(language="de"), by=console(), at=town.now)
    assert breaches() == []
    end_guideline(project=town.project, number=version.number, reason="Gone.", by=edna, at=town.now)
    assert breaches() == []


def test_two_are_never_in_force_at_once(town, edna):
    published(town, edna)
    other = copied(GUIDELINE)
    other["sections"][0]["text"] = "Else."
    waits = published(town, edna, other, starts_at=town.now + HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        GuidelineTerm.objects.filter(version=waits).update(began_at=town.now, begin_event_id=waits.event_id)


def test_a_refusal_is_a_refusal_to_programs_too():
    for kind in (BadGuideline, GuidelineDraftStale, NoGuidelineDraft, NotInForce, NotReviewed, ScheduleWaits):
        assert issubclass(kind, Refusal) and STATUS[kind.code] in {409, 422}
