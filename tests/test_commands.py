"""What can be scripted: projects, rights, items, outcomes, switches."""

import io
import json
import os

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from audit.models import Event
from hitl.celery import celery
from reviews.actions import release
from reviews.models import Item, RightsVersion, SwitchChange
from reviews.reads.answers import answers
from tests.reviews.caller import item
from tests.town import RIGHTS, build, project_file

pytestmark = pytest.mark.django_db


def said(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return str(path)

    return written


def test_a_project_is_applied_and_applied_again_changes_nothing(write):
    path = write("p.json", project_file())
    assert "created the project cats" in said("project", "apply", path)
    before = Event.objects.count()
    assert said("project", "apply", path) == "nothing changed\n"
    assert Event.objects.count() == before
    assert "settings" in said("project", "apply", write("p.json", project_file(name="Felines")))


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (project_file(labels=[{"code": "A B", "name": "x"}]), "labels[0].code"),
        (project_file(queues=[{"slug": "general", "name": "G", "level": 99}]), "queues[0].level"),
        (project_file(time_zone="Mars"), "time_zone"),
        (project_file(rights={**RIGHTS, "otherwise": {"arm": "perhaps"}}), "otherwise"),
        (project_file(colour="red"), "colour"),
        (b"{", "read"),
    ],
)
def test_a_bad_project_file_is_refused_with_its_place(write, document, place):
    before = Event.objects.count()
    with pytest.raises(CommandError, match="") as problem:
        said("project", "apply", write("p.json", document))
    assert place in str(problem.value)
    assert Event.objects.count() == before


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        said("project", "apply", str(tmp_path / "none.json"))


def test_rights_are_published_with_number_and_hash(write):
    town = build()
    path = write("r.json", {**RIGHTS, "lease": "PT20M"})
    told = said("rights", "publish", "cats", path, "--reason", "Longer leases")
    version = RightsVersion.objects.get(project=town.project, number=2)
    assert told.split() == ["2", version.digest]
    assert "in force already" in said("rights", "publish", "cats", path, "--reason", "Again")
    with pytest.raises(CommandError, match="routing"):
        said("rights", "publish", "cats", write("r.json", {**RIGHTS, "routing": 3}), "--reason", "x")
    with pytest.raises(CommandError, match="There is no project dogs"):
        said("rights", "publish", "dogs", path, "--reason", "x")


def test_items_are_loaded_with_their_files_and_a_refused_line_stops_no_other(write, tmp_path, capsys):
    town = build()
    media = tmp_path / "media"
    media.mkdir()
    Image.new("RGB", (4, 4)).save(media / "a.png")
    (media / "b.png").write_bytes(b"broken")
    (tmp_path / "secret.png").write_bytes(b"x")
    lines = [
        json.dumps(item("a", data={"image": "a.png", "n": 0})).replace('"n": 0', '"n": 12345678901234567890').encode(),
        b"",
        json.dumps(item("b", data={"image": "b.png"})).encode(),
        b"\xff",
        json.dumps(item("c", data={"text": "../secret.png"})).encode(),
        json.dumps(item("a")).encode(),
        b'{"external_id": "d", "data": {"x": 1, "x": 2}}',
        json.dumps(item("e", data={"n": 0.1})).encode(),
    ]
    path = write("items.jsonl", b"\n".join(lines))
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("items", "load", "cats", path, "--media", str(media), stdout=out)
    assert ended.value.code == 1
    told = out.getvalue()
    assert "created 2, known 0, refused 5" in told
    assert "line 1 a: bad_item" in told and "12345678901234567890" in told
    assert "line 3 b: not_an_image" in told
    assert "line 4: bad_body" in told
    assert "line 6 a: duplicate_in_request" in told
    assert "line 7" in told and "twice" in told
    assert {"c", "e"} <= set(Item.objects.filter(project=town.project).values_list("external_id", flat=True))
    good = write("good.jsonl", lines[4] + b"\n" + lines[7])
    assert "created 0, known 2, refused 0" in said("items", "load", "cats", good, "--media", str(media))


def test_files_are_named_by_their_ids_in_what_is_kept(write, tmp_path):
    build()
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    path = write("i.jsonl", json.dumps(item("a", data={"image": "a.png", "more": ["a.png", "b.png"]})).encode())
    said("items", "load", "cats", path, "--media", str(tmp_path))
    data = json.loads(bytes(Item.objects.get().body))["data"]
    assert data["image"].startswith("sha256:") and data["more"] == [data["image"], "b.png"]


def test_outcomes_are_printed_one_a_line_in_order():
    town = build()
    for _ in range(3):
        town.send(0.95)
    release(at=town.now)
    lines = [json.loads(line) for line in said("outcomes", "cats").splitlines()]
    assert [line["position"] for line in lines] == [1, 2, 3]
    assert lines[0]["output"] == {"labels": ["cat"]}
    assert len(said("outcomes", "cats", "--after", "2").splitlines()) == 1


def test_switches_are_turned_by_scope():
    town = build()
    town.send(0.95)
    assert "all-to-people" in said("switch", "model:cats/m/1", "all-to-people", "--reason", "A bad batch")
    assert town.send(0.95)["route"]["arm"] == "review"
    said("switch", "project:cats", "hold-everything", "--reason", "Stop")
    assert town.send(0.95)["route"]["arm"] == "hold"
    said("switch", "installation", "normal", "--reason", "All is well here")
    assert SwitchChange.objects.count() == 3
    for scope in ("model:cats/m/2", "model:cats", "project:dogs", "elsewhere"):
        with pytest.raises(CommandError):
            said("switch", scope, "normal", "--reason", "x")
    assert SwitchChange.objects.count() == 3
    told = said("switch", "project:cats", "normal", "--reason", "It is mended", "--route-again")
    assert "1 held items of cats are being routed again." in told


def test_the_clock_does_what_is_due():
    town = build()
    sent = town.send(0.95)
    town.send(0.5)
    held = town.take(town.people[0])
    for task in (
        "reviews.release",
        "reviews.sweep",
        "reviews.reveal_seeds",
        "reviews.fill_lanes",
        "reviews.sweep_trays",
    ):
        celery.loader.import_default_modules()
        celery.tasks[task]()
        celery.tasks[task]()
    assert answers(town.project.pk, "external_id", [sent["external_id"]])
    assert held is not None
    planned = {plan["task"] for plan in celery.conf.beat_schedule.values()}
    assert planned <= set(celery.tasks)
    assert os.environ["REDIS_URL"]
