"""The guideline beside the item: where it opens, what it shows, who may read it, and that it gives nothing away."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from guidelines.models import GuidelineVersion
from tests.guidelines.illustrated import ILLUSTRATED, illustrated
from tests.guidelines.writing import GUIDELINE, editor, published
from tests.reviews.test_pages import bench, signed_in, with_role
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings: LazySettings, tmp_path: Path) -> None:
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "file_permissions_mode": 0o600}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


def town_of(**changes: Any) -> Town:
    town = build(people=2, adjudicators=0, **changes)
    published(town, editor(town), illustrated(town), ILLUSTRATED)
    return town


def panel(client: Client, **asked: str) -> Any:
    version = GuidelineVersion.objects.get(project__slug="cats")
    return client.get(reverse("guideline-panel", args=["cats", version.digest, version.taxonomy.digest]), asked)


def words(client: Client, **asked: str) -> str:
    answer = panel(client, **asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def attributes(page: Any) -> dict[str, str]:
    tag = re.search(r'<section class="guide panel"[^>]*>', page.content.decode())
    assert tag is not None
    return dict(re.findall(r'data-([a-z]+)="([^"]*)"', tag[0]))


def test_the_panel_opens_at_what_the_model_proposes():
    town = town_of()
    town.send(0.5, "dog")
    told = attributes(bench(signed_in(town.people[0])))
    version = GuidelineVersion.objects.get()
    assert told["at"] == "label-dog"
    assert f"/panel/{version.digest}/{version.taxonomy.digest}/?" in told["panel"] and "lang=en" in told["panel"]


def test_the_panel_never_opens_at_a_proposal_that_is_hidden():
    town = town_of(show_prediction=False)
    town.send(0.5, "dog")
    page = bench(signed_in(town.people[0]))
    assert "What the model proposed is hidden here" in page.content.decode()
    told = attributes(page)
    assert told["at"] == "" and "label-" not in told["panel"]


def test_an_audit_that_is_blind_opens_the_panel_at_the_beginning():
    town = town_of(rights=RIGHTS | {"audit": {"queue": "general", "blind": True}})
    town.send(0.7, "fox")
    page = bench(signed_in(town.people[0]))
    assert "What the model proposed is hidden here" in page.content.decode()
    assert attributes(page)["at"] == ""


def test_two_items_of_one_version_read_the_same_address():
    town = town_of()
    for label in ("dog", "fox"):
        town.send(0.5, label)
    first, second = (attributes(bench(signed_in(who))) for who in town.people)
    assert first["panel"] == second["panel"] and first["at"] != second["at"]


def test_a_label_brings_its_sections_and_its_examples():
    town = town_of()
    reader = signed_in(town.people[0])
    cat, dog = words(reader, at="label-cat"), words(reader, at="label-dog")
    assert "Four legs, and pride." in cat and "A hiss is a cat." in cat and "Picture 2 is incorrect." in cat
    assert "Picture 3" not in cat and "Picture 3 is borderline." in dog and "Four legs" not in dog


def test_an_error_brings_its_definition_and_its_section():
    reader = signed_in(town_of().people[0])
    told = words(reader, at="error-wrong")
    assert "Another label than the one that holds." in told and "Say what is wrong." in told
    assert "Animal overlooked" in words(reader, at="error-missed")


def test_a_section_stands_alone_and_the_beginning_lists_them_all():
    reader = signed_in(town_of().people[0])
    told, start = words(reader, at="section-night"), words(reader)
    assert "Look for the eyes." in told and "Four legs" not in told
    assert "Say which animal is" in start and "Pictures at night" in start and "Look for the eyes." not in start


def test_words_are_found_without_regard_to_case_and_accents():
    reader = signed_in(town_of().people[0])
    assert "Sections: 1. Examples: 0." in words(reader, find="ÉYES look")
    assert "Sections: 0. Examples: 1." in words(reader, find="plush")
    assert "Nothing here has these words." in words(reader, find="zebra")


def test_what_was_read_is_kept_for_good():
    answer = panel(signed_in(town_of().people[0]), at="label-cat")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_place_that_there_is_not_says_so():
    reader = signed_in(town_of().people[0])
    for at in ("label-zebra", "section-none", "error-none", "nonsense", "label-", "-"):
        assert "The guideline says nothing more on this." in words(reader, at=at), at


def test_a_stranger_and_another_projects_digests_find_nothing():
    town = town_of()
    version = GuidelineVersion.objects.get()
    assert panel(signed_in(with_role(town, "")), at="label-cat").status_code == 404
    other = build(slug="dogs", people=1, adjudicators=0)
    foreign = published(other, editor(other, "eve"), GUIDELINE)
    reader = signed_in(town.people[0])
    for pair in ([foreign.digest, foreign.taxonomy.digest], [version.digest, foreign.taxonomy.digest], ["0", "0"]):
        assert reader.get(reverse("guideline-panel", args=["cats", *pair])).status_code == 404


def test_without_a_guideline_the_labels_definitions_stand_alone():
    town = build(people=1, adjudicators=0)
    town.send(0.5)
    page = bench(signed_in(town.people[0])).content.decode()
    assert "data-panel" not in page and "written no guideline yet" in page
