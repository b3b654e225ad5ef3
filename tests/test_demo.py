"""The demo, made small: it loads, it is completed, it is told to its owner alone."""

import datetime as dt
import hashlib
import json
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from accounts.models import Person, Token, User
from accounts.reads import actor_of_person, clock, console
from audit.actions import seal, sequence
from audit.actions.keys import log_keys
from audit.models import Checkpoint
from audit.reads import canonical
from audit.tree import checkpoint_text, parse_checkpoint, signed
from guidelines.content import faults, read, taxonomy_body, unpacked
from guidelines.models import GuidelineDraft, GuidelineVersion, ModelCard, TaxonomyVersion
from hitl.demo import answering, founding, loading
from reviews.actions import call_back, claim_next, count_audits, find_callbacks, open_claim, send_again, switch_endpoint
from reviews.models import (
    Appeal,
    Audited,
    Decision,
    Delivery,
    Endpoint,
    Item,
    Override,
    OverrideEnd,
    PersonLane,
    Replay,
    RightsDraft,
    Seat,
    Task,
)
from tests.verifying import reports


@pytest.fixture
def small(arena, tmp_path, settings, monkeypatch):
    """Give a demo of a few items: all of the credit cases that need people, and some photos."""
    source = founding.folder()
    for name, wanted in (("photos", 12), ("credit", 120)):
        folder = tmp_path / "demo" / name
        folder.mkdir(parents=True)
        for file in ("project.json", "truth.jsonl"):
            shutil.copy(source / name / file, folder)
        lines = (source / name / "items.jsonl").read_text().splitlines()[:wanted]
        (folder / "items.jsonl").write_text("\n".join(lines))
        if (source / name / "media").is_dir():
            (folder / "media").mkdir()
            for line in lines[:2]:
                shutil.copy(source / name / "media" / json.loads(line)["data"]["image"], folder / "media")
        shutil.copytree(source / "guidelines" / name, tmp_path / "demo" / "guidelines" / name)
    shutil.copy(source / "team.json", tmp_path / "demo")
    shutil.copy(source / "guidelines" / "editions.json", tmp_path / "demo" / "guidelines")
    for number in ("1", "2"):
        with_one_picture(tmp_path / "demo" / "guidelines" / "photos" / number)
    monkeypatch.setattr(founding, "folder", lambda: tmp_path / "demo")
    monkeypatch.setattr(loading, "folder", lambda: tmp_path / "demo")
    settings.HITL_DATA = tmp_path
    settings.CALLBACK_HOSTS, settings.CALLBACK_KEY = frozenset({"127.0.0.1"}), b"k" * 32
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(answering, "PORT", free.getsockname()[1])
    return tmp_path


def with_one_picture(place: Path) -> None:
    """Let all examples but a video show one picture, since each takes a process to decode."""
    files = sorted(file for file in (place / "files").iterdir() if file.suffix != ".webm")
    head = (place / "guideline.json").read_text()
    for file in files[1:]:
        head = head.replace(file.stem, files[0].stem)
        file.unlink()
    (place / "guideline.json").write_text(head)


def its_editor_published_the_guidelines() -> None:
    """Look that each version came in force in its turn, the second one after the work."""
    found = {(row.project.slug, row.number): row for row in GuidelineVersion.objects.select_related("project", "term")}
    assert found.keys() == {("photos", 1), ("photos", 2), ("credit", 1), ("credit", 2)}
    assert {row.published_by.name for row in found.values()} == {"Guideline editor (demo)"}
    assert all(row.edited and len(row.summary) > 50 for row in found.values())
    assert {key: row.term.state for key, row in found.items()} == {
        ("photos", 1): "ended",
        ("photos", 2): "in_force",
        ("credit", 1): "in_force",
        ("credit", 2): "in_force",
    }
    assert [found["credit", number].term.language for number in (1, 2)] == ["en", "de"]
    assert found["photos", 1].taxonomy.number == found["credit", 1].taxonomy.number == 1
    began = found["photos", 2].term.begin_event_id
    assert Decision.objects.filter(task__item__project__slug="photos", event_id__gt=began).count() == 0
    assert Item.objects.filter(project__slug="photos", state="held").count() == 1
    assert [draft.project.slug for draft in GuidelineDraft.objects.all()] == ["photos"]  # with an example more


@pytest.mark.parametrize(
    ("place", "sections", "examples"),
    [
        ("photos/1", 27, 31),
        ("photos/2", 29, 37),
        ("reviews/1", 17, 31),
        ("reviews/2", 18, 34),
        ("credit/1", 20, 26),
        ("credit/1-de", 20, 26),
    ],
)
def test_a_guideline_of_the_demo_is_of_real_size_and_could_be_published(place, sections, examples):
    source = founding.folder() / "guidelines" / place
    with unpacked(source) as packed:
        found = read(packed)
    assert (len(found.guideline.sections), len(found.guideline.examples)) == (sections, examples)
    name, number = place.split("/")
    told = json.loads((source.parents[1] / "editions.json").read_text())[name]
    assert [row["folder"] for row in told] == sorted(path.name for path in source.parent.iterdir())
    task_type = json.loads((founding.folder() / name / "project.json").read_text())["task_type"]
    before = None
    if number == "2":
        with unpacked(source.parent / "1") as packed:
            before = read(packed).taxonomy
        body = canonical(taxonomy_body(before))
        assert found.taxonomy.mapping.before == hashlib.sha256(body).hexdigest()
        assert {row.kind for row in found.taxonomy.mapping.rows} == {"split"}
    files = {f"sha256:{sha256}": "video" if file.endswith("webm") else "image" for sha256, file in found.files.items()}
    assert faults(found.taxonomy, found.guideline, task_type=task_type, before=before, files=files) == []
    shown = {example.section for example in found.guideline.examples}
    assert {one.id for one in found.guideline.sections if one.kind == "edge_case"} <= shown
    assert {example.verdict for example in found.guideline.examples} == {"correct", "incorrect", "borderline"}


def test_what_the_demos_guidelines_show_are_the_demos_own_pictures_texts_and_cases():
    demo = founding.folder()
    media = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in (demo / "photos" / "media").iterdir()}
    for number in ("1", "2"):
        with unpacked(demo / "guidelines" / "photos" / number) as packed:
            found = read(packed)
        filmed = {sha256 for sha256, name in found.files.items() if name.endswith(".webm")}
        assert found.files.keys() - filmed <= media.keys() and len(filmed) == int(number == "2")
        for example in found.guideline.examples:
            if example.asset and example.kind != "video":
                with Image.open(media[example.asset.removeprefix("sha256:")]) as picture:
                    size = picture.size
                for part in example.regions:
                    assert part.x + part.width <= size[0] and part.y + part.height <= size[1], (example.id, size)
    texts = {row["data"]["text"] for row in founding.rows(demo / "reviews" / "items.jsonl")}
    for number in ("1", "2"):
        with unpacked(demo / "guidelines" / "reviews" / number) as packed:
            assert {example.text for example in read(packed).guideline.examples} <= texts


def its_models_have_cards() -> None:
    """See each model's card in force, that of the credit model read by all of its team but one, its audits answered."""
    asks = {card.model.project.slug: card.asks for card in ModelCard.objects.filter(ended_at=None)}
    assert asks == {"photos": False, "credit": True}
    kept = PersonLane.objects.filter(gated=True).values_list("person__name", "lane__queue__project__slug")
    assert set(kept) == {("Reviewer 3 (demo)", "credit")}
    audits = Task.objects.filter(kind="audit", queue__slug="audits")
    assert audits.count() > 10 and not audits.filter(state="open").exists()
    log = audits[0].item.project.log_id
    while sequence(log):
        continue
    count_audits(at=timezone.now() + dt.timedelta(minutes=1))
    cells = json.loads(bytes(Audited.objects.get(model__project__slug="credit").body))["cells"]
    assert sum(n for _label, band, pi, n, _changed in cells if (band, pi) == (4, "1")) >= 20  # all 200 have 42


def test_the_demo_leaves_a_story_half_told(small):
    call_command("demo", "load", verbosity=0)
    its_editor_published_the_guidelines()
    its_models_have_cards()
    told = small / "demo.txt"
    assert stat.S_IMODE(told.stat().st_mode) == 0o600
    credit = Task.objects.filter(item__project__slug="credit")
    work = credit.filter(kind="work")
    assert 0 < work.filter(state="open").count() <= work.count() / 2 + 1
    assert credit.filter(kind="escalation", state="open").count() == 1
    assert Item.objects.filter(state="held").count() == 1
    waits = Override.objects.get()
    assert waits.second and waits.item.impact == "high" and not OverrideEnd.objects.exists()
    assert Appeal.objects.get().task.state == "open" and Appeal.objects.get().service is not None
    assert not Seat.objects.filter(state="leased").exists()
    assert {name.endswith("(demo)") for name in Decision.objects.values_list("person__name", flat=True)} == {True}
    assert set(Decision.objects.values_list("via", flat=True)) == {"api"}
    assert Token.objects.filter(ended_at__isnull=True).count() == 1
    words = told.read_text().split()
    email, password = words[words.index("reviewer") + 1], words[words.index("reviewer") + 2]
    assert User.objects.get(email=email).check_password(password)


@pytest.mark.one_engine
def test_the_demo_has_tried_a_draft_on_its_own_photos(small):
    call_command("demo", "load", verbosity=0)
    done = Replay.objects.get()
    assert (done.project.slug, done.state, done.total) == (
        "photos",
        "done",
        Item.objects.filter(project=done.project).count(),
    )
    draft = RightsDraft.objects.get(project=done.project)
    tried, in_force = json.loads(bytes(done.body)), json.loads(bytes(done.base.body))
    assert draft.body["routing"] == tried["routing"] != in_force["routing"]
    assert done.person.name == "Operations (demo)" and json.loads(done.result)


@pytest.mark.one_engine
def test_the_demos_program_took_some_messages_was_gone_and_takes_the_rest_when_it_is_back(small):
    call_command("demo", "load", verbosity=0)
    endpoint = Endpoint.objects.get()
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    assert states.count("failed") == 1 and 0 < states.count("sent") <= answering.TAKES
    failed = Delivery.objects.get(state="failed")
    assert failed.status == 410 and "moved" in failed.said and not endpoint.active and "410" in endpoint.off_why
    environment = {"HITL_DATA": str(small), "RECEIVER_PORT": str(answering.PORT)}
    program = founding.Path(__file__).parent.parent / "demo" / "receiver.py"
    receiver = subprocess.Popen([sys.executable, str(program)], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert receiver.stdout and "Listening" in receiver.stdout.readline()
        time.sleep(0.2)
        at = timezone.now()
        switch_endpoint(endpoint=endpoint, on=True, by=console(), at=at)
        assert send_again(endpoint=endpoint, by=console(), at=at) == 1
        find_callbacks(at=at)
        call_back(endpoint_id=endpoint.pk, now=timezone.now)
    finally:
        receiver.terminate()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    told = [line for line in receiver.stdout.read().splitlines() if "outcome.released" in line]
    assert len(told) == len(states) - states.count("sent")


@pytest.mark.one_engine
def test_a_demo_that_may_call_nobody_names_no_endpoint(small, settings):
    settings.CALLBACK_HOSTS = frozenset()
    call_command("demo", "load", verbosity=0)
    assert not Endpoint.objects.exists() and "whsec_" not in (small / "demo.txt").read_text()


def test_the_demos_ledger_verifies_with_a_checkpoint_kept_from_an_earlier_day(small, settings):
    settings.LEDGER_KEYS, settings.LEDGER_WITNESS = small / "keys", small / "witness.ndjson"
    call_command("demo", "load", verbosity=0)
    seal(by=clock(), at=timezone.now())
    kept = small / "kept"
    kept.write_text(Checkpoint.objects.get().note)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    reviewer = actor_of_person(Person.objects.get(name="Reviewer 1 (demo)"), "browser")
    held = claim_next(by=reviewer, at=tomorrow)
    assert held is not None and open_claim(token=held.token, by=reviewer, at=tomorrow)
    (report,) = reports([kept])
    assert report["exit"] == 0 and report["verdict"].startswith("ANCHORED"), report
    other = parse_checkpoint(Checkpoint.objects.earliest("size").note)
    forged = checkpoint_text(other.origin, other.size, bytes(32))
    kept.write_text(signed(forged, [key.line(forged) for key in log_keys(other.origin)]))
    (report,) = reports([kept])
    assert (report["exit"], report["verdict"]) == (60, "BROKEN")


def test_a_load_that_was_killed_is_completed_and_one_that_is_there_stays(small, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(loading, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            loading.load(lambda _: None)
    items, decisions = Item.objects.count(), Decision.objects.count()
    assert not loading.is_loaded()
    loading.load(lambda _: None)
    assert (Item.objects.count(), Decision.objects.count()) == (items, decisions)
    assert GuidelineVersion.objects.count() == 4 and TaxonomyVersion.objects.count() == 3
    token = (small / "demo.txt").read_text()
    call_command("demo", "load", verbosity=0)
    assert (small / "demo.txt").read_text() == token
