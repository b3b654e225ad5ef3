"""What a person prefers: their own keys and veils, and what is refused."""

from dataclasses import replace

import pytest
from django.utils import timezone

from accounts.actions import add_person, choose_keys, choose_telling, choose_veils, use_single_keys
from accounts.errors import BadPreference, Forbidden
from accounts.models import Preference
from accounts.reads import Actor, actor_of_person, console
from audit.models import Event

pytestmark = pytest.mark.django_db
HOUSE = {"told": "digest", "minutes": 30, "days": [0, 1, 2, 3, 4], "hours": (480, 1080), "zone": "", "language": ""}


@pytest.fixture
def me() -> Actor:
    person = add_person(name="Ada", email="ada@keys.invalid", by=console(), at=timezone.now())
    return actor_of_person(person, "browser")


def test_only_what_differs_from_the_house_is_kept_and_a_letter_counts_in_either_case(me):
    kept = choose_keys(keys={"a": "Y", "c": "c", "r": "", "1": " "}, single_keys=True, by=me)
    assert kept.keys == {"a": "y", "r": "", "1": ""}


def test_two_acts_swap_their_keys(me):
    assert choose_keys(keys={"a": "r", "r": "a"}, single_keys=True, by=me).keys == {"a": "r", "r": "a"}


def test_going_back_to_the_houses_keys_leaves_veils_as_they_are(me):
    choose_veils(blur=True, grey=None, mute=True, holds=False, by=me)
    choose_keys(keys={"a": "y"}, single_keys=False, by=me)
    choose_keys(keys={}, single_keys=True, by=me)
    kept = Preference.objects.get()
    assert (kept.keys, kept.single_keys, kept.blur, kept.holds) == ({}, True, True, False)


@pytest.mark.parametrize(
    ("keys", "at_fault"),
    [
        ({"a": "c"}, ["a"]),
        ({"a": "y", "c": "y"}, ["a", "c"]),
        ({"a": "1"}, ["a"]),
        ({"a": "ab"}, ["a"]),
        ({"a": "\x07"}, ["a"]),
        ({"x": "y"}, ["x"]),
    ],
)
def test_keys_that_cannot_be_told_apart_or_pressed_are_refused_by_name(me, keys, at_fault):
    with pytest.raises(BadPreference) as refused:
        choose_keys(keys=keys, single_keys=True, by=me)
    assert [act for act, _ in refused.value.fields] == at_fault
    assert not Preference.objects.exists()


def test_nobody_chooses_for_a_person_but_they_themselves_in_a_browser(me):
    for by in (console(), replace(me, via="api", token_id=1)):
        with pytest.raises(Forbidden):
            choose_keys(keys={"a": "y"}, single_keys=True, by=by)
        with pytest.raises(Forbidden):
            choose_veils(blur=False, grey=False, mute=False, holds=True, by=by)
        with pytest.raises(Forbidden):
            use_single_keys(on=False, by=by)
        with pytest.raises(Forbidden):
            choose_telling(**HOUSE, by=by)
    assert not Preference.objects.exists()


def test_what_a_person_prefers_is_told_to_nobody_by_the_ledger(me):
    before = Event.objects.count()
    choose_keys(keys={"a": "y"}, single_keys=True, by=me)
    choose_veils(blur=True, grey=True, mute=True, holds=True, by=me)
    choose_telling(**HOUSE, by=me)
    assert Event.objects.count() == before


def test_how_somebody_is_told_is_kept_and_any_time_leaves_days_and_hours_as_they_were(me):
    chosen = HOUSE | {"told": "at_once", "days": [6, 0], "hours": (0, 1440), "zone": "Asia/Tokyo", "language": "de"}
    choose_telling(**chosen, by=me)
    kept = choose_telling(**chosen | {"days": [], "hours": None}, by=me)
    assert (kept.told, kept.zone, kept.language, kept.any_time) == ("at_once", "Asia/Tokyo", "de", True)
    assert (kept.work_days, kept.work_from, kept.work_until) == ([0, 6], 0, 1440)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"told": "by pigeon"}, "told"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"days": []}, "days"),
        ({"days": [7]}, "days"),
        ({"days": [1, 1]}, "days"),
        ({"hours": (600, 600)}, "until"),
        ({"hours": (600, 1441)}, "until"),
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_what_cannot_be_kept_of_how_somebody_is_told_is_refused_by_name(me, wrong, field):
    with pytest.raises(BadPreference) as refused:
        choose_telling(**HOUSE | wrong, by=me)
    assert [one for one, _ in refused.value.fields] == [field] and not Preference.objects.exists()
