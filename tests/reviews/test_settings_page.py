"""The page of personal settings: what it keeps, what it refuses, and what it says of labels that keep a key."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Preference
from tests.reviews.test_pages import signed_in
from tests.town import Town, build

pytestmark = pytest.mark.django_db
LABELS = [{"code": "cat", "name": "Cat", "key": "d"}, {"code": "dog", "name": "Dog"}]


@pytest.fixture
def town() -> Town:
    return build(labels=LABELS, people=2, adjudicators=0)


def form(**keys: str) -> dict[str, str]:
    return {f"key-{ord(act)}": key for act, key in keys.items()}


def words(client: Client) -> str:
    return re.sub(r"\s+", " ", client.get(reverse("settings")).content.decode())


def test_keys_are_kept_on_the_server_for_every_page_and_browser_of_the_person(town):
    signed_in(town.people[0]).post(reverse("keys"), form(a="Y", c="C") | {"single": "on"})
    page = signed_in(town.people[0]).get("/").content.decode()
    assert 'data-keys="mine"' in page
    assert "&quot;a&quot;: &quot;y&quot;" in page
    assert 'data-keys="mine"' not in signed_in(town.people[1]).get("/").content.decode()


def test_a_key_given_twice_is_refused_beside_its_field_and_what_was_typed_stays(town):
    client = signed_in(town.people[0])
    answer = client.post(reverse("keys"), form(a="c") | {"single": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "C is there twice." in page
    assert re.search(r'id="key-97" name="key-97" value="C"[^>]*aria-invalid="true"', page)
    assert not Preference.objects.exists()


def test_a_label_that_keeps_a_key_is_named_with_what_the_act_has_there(town):
    client = signed_in(town.people[0])
    client.post(reverse("keys"), form(a="d") | {"single": "on"})
    assert "In Cats, D is the label Cat: “Approve” has A there." in words(client)
    client.post(reverse("keys"), form(a="d", r="a") | {"single": "on"})
    assert "In Cats, D is the label Cat: “Approve” has no key there." in words(client)


def test_single_keys_are_switched_off_and_on_and_reset_brings_everything_back(town):
    client = signed_in(town.people[0])
    off = '<input type="checkbox" data-switch>'
    client.delete(reverse("single-keys"))
    assert off in words(client)
    client.put(reverse("single-keys"))
    assert off not in words(client)
    client.post(reverse("keys"), form(a="y"))
    assert off in words(client)
    client.post(reverse("keys"), {"reset": "1"})
    kept = Preference.objects.get()
    assert (kept.keys, kept.single_keys) == ({}, True)


def test_wishes_on_hard_content_are_kept_and_unknown_ones_refused(town):
    client = signed_in(town.people[0])
    client.post(reverse("veils"), {"blur": "always", "grey": "never", "mute": "always", "look": "press"})
    kept = Preference.objects.get()
    assert (kept.blur, kept.grey, kept.mute, kept.holds) == (True, False, True, False)
    answer = client.post(reverse("veils"), {"blur": "sometimes", "grey": "asked", "mute": "asked", "look": "hold"})
    assert answer.status_code == 422
    assert Preference.objects.get().blur is True


TELLING = {"told": "at_once", "minutes": "45", "days": ["0", "5"], "starts": "07:30", "ends": "00:00"}


def test_how_and_when_somebody_is_told_is_kept_and_shown_again(town, settings):
    settings.EMAIL_HOST = "mail.example"
    client = signed_in(town.people[0])
    assert client.post(reverse("telling"), TELLING | {"zone": "Asia/Tokyo", "language": "de"}).status_code == 302
    kept = Preference.objects.get()
    assert (kept.told, kept.told_minutes, kept.work_days) == ("at_once", 45, [0, 5])
    assert (kept.work_from, kept.work_until, kept.zone, kept.language) == (450, 1440, "Asia/Tokyo", "de")
    page = words(client)
    assert 'value="at_once" checked' in page and 'value="07:30"' in page and 'value="00:00"' in page
    assert '<option value="Asia/Tokyo" selected>' in page and "sends no e-mail" not in page
    assert re.findall(r'name="days" value="(\d)" checked', page) == ["0", "5"]
    client.post(reverse("telling"), {"told": "page", "minutes": "45", "any_time": "1"})
    kept.refresh_from_db()
    assert (kept.told, kept.any_time, kept.work_days) == ("page", True, [0, 5])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"told": "by pigeon"}, "Select a valid choice"),
        ({"minutes": "2"}, "Give 5 to 1440 minutes."),
        ({"minutes": "soon"}, "Write a whole number."),
        ({"days": []}, "Choose at least one day."),
        ({"starts": ""}, "Give a time, or choose any time."),
        ({"starts": "25:00"}, "Write a time as in 08:30."),
        ({"ends": "07:00"}, "Give a time that is later than the first one."),
    ],
)
def test_what_cannot_be_kept_of_how_somebody_is_told_is_said_beside_its_field(town, wrong, said):
    client = signed_in(town.people[0])
    answer = client.post(reverse("telling"), TELLING | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "This was not kept." in page
    assert not Preference.objects.exists()


def test_an_installation_that_sends_no_email_says_so_where_people_choose(town):
    assert "This installation sends no e-mail, so you are told on its pages alone." in words(signed_in(town.people[0]))


def test_the_theme_is_kept_in_the_browser_before_the_page_is_drawn(town):
    client = signed_in(town.people[0])
    client.post(reverse("theme"), {"theme": "dark"})
    assert '<html lang="en" data-theme="dark">' in client.get("/").content.decode()
    assert client.post(reverse("theme"), {"theme": "pink"}).status_code == 422


def test_operations_read_on_the_list_of_items_how_hard_content_is_shown_and_nobodys_count():
    from tests.reviews.test_pages import with_role

    town = build(hard_content={"break_after_items": 1, "break_minutes": 5})
    for _ in range(2):
        town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]))
    page = signed_in(with_role(town, "operations")).get(reverse("items", args=["cats"])).content.decode()
    assert "people see it blurred and in grey until they look" in page
    assert "After 1 item everyone in this project rests for 5 minutes." in page
    assert "reviewer 0" not in page
