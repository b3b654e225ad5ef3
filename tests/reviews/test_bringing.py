"""Items brought by hand: what stands in the tray, what intake would refuse, and all of it sent or none."""

import io
import json

import pytest
from PIL import Image

from accounts.actions import add_person, give_membership, name_owner
from accounts.errors import Forbidden, SlugTaken
from accounts.models import Membership, Person, Project
from accounts.reads import Actor, actor_of_person, console
from audit.models import Event
from reviews.actions import (
    claim_next,
    found_project,
    open_claim,
    plan_rows,
    put_away,
    put_images,
    put_rows,
    send_tray,
    sweep_trays,
)
from reviews.errors import BadBody, BadRights
from reviews.models import Item, Prediction, RightsVersion, Route, Tray
from reviews.reads.standing import standing
from reviews.rights import with_threshold
from tests.assets.sounds import tone
from tests.town import Town, build, project_file

pytestmark = pytest.mark.django_db
ROWS = "id,text,label,confidence\na,One,cat,0.3\nb,Two,Dog,0.95\nc,Three,fox,\n"


@pytest.fixture
def town() -> Town:
    return build()


def person(town: Town, *roles: str, owns: bool = False) -> Actor:
    made = add_person(name="Hands", email=f"hands{len(roles)}{owns}@cats.invalid", by=console(), at=town.now)
    found = Person.objects.get(pk=getattr(made, "person", made).pk)
    for role in roles:
        give_membership(person=found, project=town.project, role=role, by=console(), at=town.now)
    if owns:
        name_owner(person=found, by=console(), at=town.now)
    return actor_of_person(found, "browser")


def moved(town: Town, threshold: str) -> dict:
    now = standing(town.project)
    assert now is not None
    from decimal import Decimal

    simple = {**project_file()["rights"], "routing": project_file()["rights"]["routing"][:1]}
    from reviews.rights import read

    queues = {slug: queue.level for slug, queue in now.queues.items()}
    return with_threshold(read(simple, queues=queues), Decimal(threshold), Decimal(0))


def picture(colour: str = "red") -> io.BytesIO:
    found = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(found, "PNG")
    found.seek(0)
    return found


def test_rows_stand_in_the_tray_judged_and_nothing_has_come_in(town):
    tray = put_rows(project=town.project, text=ROWS, by=person(town, "operations"), at=town.now)
    assert (tray.found["good"], tray.found["bad"]) == (3, 0)
    assert sorted(map(str, tray.found["counts"])) == [
        "['0.3', 'normal', False, 1]",
        "['0.95', 'normal', False, 1]",
        "[None, 'normal', False, 1]",
    ]
    assert not Item.objects.exists()


def test_the_tray_is_sent_under_the_rights_published_with_it(town):
    by = person(town, "operations")
    put_rows(project=town.project, text=ROWS, by=by, at=town.now)
    sent = send_tray(project=town.project, rights=moved(town, "0.5"), reason="Tried", by=by, at=town.now)

    assert (sent.created, sent.known, sent.refused) == (3, 0, 0)
    newest = RightsVersion.objects.latest("number")
    assert (newest.number, newest.reason) == (2, "Tried")
    arms = dict(Route.objects.values_list("item__external_id", "arm"))
    assert arms == {"a": "review", "b": "accept", "c": "review"}
    assert set(Route.objects.values_list("rights_id", flat=True)) == {newest.pk}
    assert dict(Prediction.objects.values_list("item__external_id", "model_version__name")) == {
        "a": "model",
        "b": "model",
        "c": "model",
    }
    assert Event.objects.filter(type="reviews.item_received").count() == 3
    assert not Tray.objects.exists()


def test_the_same_rows_again_are_known_and_make_nothing(town):
    by = person(town, "operations")
    for known in (0, 3):
        put_rows(project=town.project, text=ROWS, by=by, at=town.now)
        sent = send_tray(project=town.project, rights=None, reason="", by=by, at=town.now)
        assert (sent.created, sent.known) == (3 - known, known)
    assert Item.objects.count() == 3


def test_rights_that_are_refused_send_nothing_and_the_tray_stands(town):
    by = person(town, "operations")
    put_rows(project=town.project, text=ROWS, by=by, at=town.now)
    with pytest.raises(BadRights):
        send_tray(project=town.project, rights={"v": 1}, reason="Tried", by=by, at=town.now)
    assert (Item.objects.count(), RightsVersion.objects.count(), Tray.objects.count()) == (0, 1, 1)


def test_refused_rows_are_named_and_left_out(town):
    by = person(town, "operations")
    town.send(0.5)
    text = ROWS + "a,Again,cat,0.4\nd,Four,bird,0.4\nitem-1,Another body,cat,0.4\n"
    tray = put_rows(project=town.project, text=text, by=by, at=town.now)
    assert tray.found["refused"] == [
        [5, "It has the same external id as row 2; only the first counts."],
        [6, "The label “bird” is none of this project’s."],
        [7, "This external_id was used with another body. Send the same body, or choose another external_id."],
    ]
    sent = send_tray(project=town.project, rights=None, reason="", by=by, at=town.now)
    assert (sent.created, sent.refused) == (3, 3)
    assert Item.objects.count() == 4


def test_rows_by_the_thousand_go_in_and_an_id_that_comes_again_in_the_next_thousand_is_seen(town):
    by = person(town, "operations")
    text = "id\ttext\n" + "".join(f"x-{number % 1100}\tNo. {number}\n" for number in range(1150))
    tray = put_rows(project=town.project, text=text, by=by, at=town.now)
    assert (tray.found["good"], tray.found["bad"]) == (1100, 50)
    assert tray.found["refused"][0] == [1102, "It has the same external id as row 2; only the first counts."]
    assert send_tray(project=town.project, rights=None, reason="", by=by, at=town.now).created == 1100


def test_columns_are_what_they_are_said_to_be(town):
    by = person(town, "operations")
    put_rows(project=town.project, text="ref,words,guess,place\n1,One,cat,DE", by=by, at=town.now)
    roles = ["external_id", "text", "label", "segment"]
    plan_rows(project=town.project, plan={"roles": roles, "model": "m", "version": "2"}, by=by, at=town.now)
    send_tray(project=town.project, rights=None, reason="", by=by, at=town.now)
    body = json.loads(bytes(Item.objects.get().body))
    assert body["segments"] == {"place": "DE"}
    assert (body["external_id"], body["data"], body["model"]) == ("1", {"text": "One"}, {"name": "m", "version": "2"})


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800"])
def test_signs_that_no_database_keeps_refuse_their_line_alone(town, sign):
    by = person(town, "operations")
    good = '{"text": "Fine"}'
    text = "\n".join([good, f'{{"text": "a{sign}"}}', f'{{"a{sign}": "b"}}', f'{{"text": "x", "label": "c{sign}"}}'])
    tray = put_rows(project=town.project, text=text, by=by, at=town.now)
    assert (tray.found["good"], [number for number, _said in tray.found["refused"]]) == (1, [2, 3, 4])
    assert send_tray(project=town.project, rights=None, reason="", by=by, at=town.now).created == 1


def test_items_as_the_api_takes_them_go_through_whole_with_unknown_labels_held(town):
    by = person(town, "operations")
    item = {
        "external_id": "whole",
        "model": {"name": "m", "version": "3"},
        "prediction": {"labels": ["bird"]},
        "confidence": 0.99,
        "data": {"text": "x", "turns": [1, 2]},
        "impact": "high",
    }
    tray = put_rows(project=town.project, text=json.dumps(item), by=by, at=town.now)
    assert tray.found["counts"] == [["0.99", "high", True, 1]]
    send_tray(project=town.project, rights=None, reason="", by=by, at=town.now)
    assert (Item.objects.get().state, json.loads(bytes(Item.objects.get().body))) == ("held", item)


def test_two_columns_cannot_both_be_the_text_and_the_plan_stays(town):
    by = person(town, "operations")
    before = put_rows(project=town.project, text="text,more\nOne,Two", by=by, at=town.now)
    with pytest.raises(BadBody, match="only one can be"):
        plan_rows(project=town.project, plan={"roles": ["text", "text"], "header": True}, by=by, at=town.now)
    assert Tray.objects.get().plan == before.plan


def test_images_are_items_and_with_rows_the_rows_name_them(town):
    by = person(town, "operations")
    sent = [("a.png", picture()), ("b.png", picture("blue")), ("notes.txt", io.BytesIO(b"no image"))]
    tray, refused = put_images(project=town.project, images=sent, by=by, at=town.now)
    assert (tray.found["good"], [name for name, _said in refused]) == (2, ["notes.txt"])
    tray = put_rows(
        project=town.project, text="image,label,confidence\na.png,cat,0.2\nz.png,cat,0.2", by=by, at=town.now
    )
    assert tray.found["refused"] == [[3, "The image “z.png” is not among the images you brought."]]
    send_tray(project=town.project, rights=None, reason="", by=by, at=town.now)
    assert json.loads(bytes(Item.objects.get().body))["data"] == {"image": tray.files["a.png"]}


def test_two_images_of_one_name_are_both_kept(town):
    by = person(town, "operations")
    sent = [("a.png", picture()), ("a.png", picture("blue")), ("a.png", picture())]
    tray, _refused = put_images(project=town.project, images=sent, by=by, at=town.now)
    assert sorted(tray.files) == ["a-2.png", "a.png"]


def test_a_sound_among_images_is_refused_with_where_it_belongs(town):
    sent = [("a.png", picture()), ("call.png", io.BytesIO(tone(seconds=0.2)))]
    tray, refused = put_images(project=town.project, images=sent, by=person(town, "operations"), at=town.now)
    assert list(tray.files) == ["a.png"] and "This is a sound" in dict(refused)["call.png"]


def test_whoever_may_not_govern_brings_nothing(town):
    reviewer = person(town, "reviewer")
    for verb in (
        lambda: put_rows(project=town.project, text=ROWS, by=reviewer, at=town.now),
        lambda: put_images(project=town.project, images=[("a.png", picture())], by=reviewer, at=town.now),
        lambda: plan_rows(project=town.project, plan={}, by=reviewer, at=town.now),
        lambda: put_away(project=town.project, by=reviewer, at=town.now),
        lambda: send_tray(project=town.project, rights=None, reason="", by=reviewer, at=town.now),
    ):
        with pytest.raises(Forbidden):
            verb()
    assert (Tray.objects.count(), Item.objects.count()) == (0, 0)


def test_a_tray_is_ones_own_and_is_emptied_after_a_day(town):
    mine, other = person(town, "operations"), person(town, owns=True)
    put_rows(project=town.project, text=ROWS, by=mine, at=town.now)
    put_away(project=town.project, by=other, at=town.now)
    assert Tray.objects.count() == 1
    town.wait(hours=23)
    assert sweep_trays(at=town.now) == 0
    town.wait(hours=2)
    assert sweep_trays(at=town.now) == 1


def test_a_founded_project_is_what_its_file_says_and_its_founder_reviews_at_once(town):
    owner = person(town, owns=True)
    document = project_file("fresh", rights=None)
    del document["rights"]
    project = found_project(document=document, reviews=True, by=owner, at=town.now)
    put_rows(project=project, text=ROWS, by=owner, at=town.now)
    send_tray(project=project, rights=None, reason="", by=owner, at=town.now)
    held = claim_next(by=owner, at=town.now)
    assert held is not None
    assert open_claim(token=held.token, by=owner, at=town.now).item.external_id in {"a", "b", "c"}


def test_a_project_that_is_there_is_never_founded_over(town):
    before = Event.objects.count()
    with pytest.raises(SlugTaken):
        found_project(document=project_file(), reviews=True, by=person(town, owns=True), at=town.now)
    assert not Membership.objects.filter(person__is_owner=True).exists()
    assert Event.objects.filter(type="reviews.project_set_up").count() == 1 and before <= Event.objects.count()


def test_only_owners_found_projects(town):
    with pytest.raises(Forbidden):
        found_project(document=project_file("fresh"), reviews=True, by=person(town, "operations"), at=town.now)
    assert Project.objects.count() == 1
