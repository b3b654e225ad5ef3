"""Logs of projects: named at their creation, for good."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Project
from accounts.reads import clock
from audit.actions import open_log, seal
from audit.errors import BadOrigin
from audit.models import Event, Leaf, Log
from tests.town import project_file

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "project.json"
    path.write_text(json.dumps(project_file()))
    return path


def test_a_projects_events_stand_in_the_log_that_was_named_at_its_creation(file: Path) -> None:
    call_command("project", "apply", str(file), "--log", "ledger.example/retail")
    project = Project.objects.get()
    assert project.log.origin == "ledger.example/retail"
    told = Event.objects.filter(project=project.uuid)
    assert told.exists() and not told.exclude(log=project.log).exists()
    seal(by=clock(), at=AT)
    assert Leaf.objects.filter(log=project.log).count() == told.count()


def test_a_project_keeps_its_log(file: Path) -> None:
    call_command("project", "apply", str(file), "--log", "ledger.example/retail")
    call_command("project", "apply", str(file))
    call_command("project", "apply", str(file), "--log", "ledger.example/retail")
    with pytest.raises(CommandError, match="stand in another log, for good"):
        call_command("project", "apply", str(file), "--log", "ledger.example/other")
    assert not Log.objects.filter(origin="ledger.example/other").exists()


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "x" * 181])
def test_a_name_that_no_note_could_carry_is_refused(name: str) -> None:
    with pytest.raises(BadOrigin):
        open_log(name)
