"""The demo, made small: it loads, it is completed, it is told to its owner alone."""

import json
import shutil
import stat

import pytest
from django.core.management import call_command

from accounts.models import Token, User
from hitl.demo import founding, loading
from reviews.models import Decision, Item, Seat, Task


@pytest.fixture
def small(arena, tmp_path, settings, monkeypatch):
    """Give a demo of a few items: all of the credit cases that need people, and some photos."""
    source = founding.folder()
    for name, wanted in (("photos", 12), ("credit", 120)):
        folder = tmp_path / "demo" / name
        folder.mkdir(parents=True)
        for file in ("project.json", "guideline.md", "truth.jsonl"):
            shutil.copy(source / name / file, folder)
        lines = (source / name / "items.jsonl").read_text().splitlines()[:wanted]
        (folder / "items.jsonl").write_text("\n".join(lines))
        if (source / name / "media").is_dir():
            (folder / "media").mkdir()
            for line in lines[:2]:
                shutil.copy(source / name / "media" / json.loads(line)["data"]["image"], folder / "media")
    shutil.copy(source / "team.json", tmp_path / "demo")
    monkeypatch.setattr(founding, "folder", lambda: tmp_path / "demo")
    monkeypatch.setattr(loading, "folder", lambda: tmp_path / "demo")
    settings.HITL_DATA = tmp_path
    return tmp_path


def test_the_demo_leaves_a_story_half_told(small):
    call_command("demo", "load", verbosity=0)
    told = small / "demo.txt"
    assert stat.S_IMODE(told.stat().st_mode) == 0o600
    credit = Task.objects.filter(item__project__slug="credit")
    work = credit.filter(kind="work")
    assert 0 < work.filter(state="open").count() <= work.count() / 2 + 1
    assert credit.filter(kind="escalation", state="open").count() == 1
    assert Item.objects.filter(state="held").count() == 1
    assert not Seat.objects.filter(state="leased").exists()
    assert {name.endswith("(demo)") for name in Decision.objects.values_list("person__name", flat=True)} == {True}
    assert set(Decision.objects.values_list("via", flat=True)) == {"api"}
    assert Token.objects.filter(ended_at__isnull=True).count() == 1
    words = told.read_text().split()
    email, password = words[words.index("reviewer") + 1], words[words.index("reviewer") + 2]
    assert User.objects.get(email=email).check_password(password)


def test_a_load_that_was_killed_is_completed_and_one_that_is_there_stays(small, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(loading, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            loading.load(lambda _: None)
    items, decisions = Item.objects.count(), Decision.objects.count()
    assert not loading.is_loaded()
    loading.load(lambda _: None)
    assert (Item.objects.count(), Decision.objects.count()) == (items, decisions)
    token = (small / "demo.txt").read_text()
    call_command("demo", "load", verbosity=0)
    assert (small / "demo.txt").read_text() == token
