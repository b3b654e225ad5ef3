"""Exports: what is in a bundle, and that the verifier takes it."""

import json

import pytest

from audit.models import Event
from tests.audit.exports import busy, exported, files_of, lines_of, verified

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_the_verifier_takes_a_whole_log_as_folder_and_as_zip(tmp_path, name):
    busy()
    made = exported(tmp_path / name)
    report = verified(tmp_path / name)
    assert report["verdict"] == "INTERNALLY CONSISTENT", report
    assert (report["leaves"], made.begin, made.end, made.size) == (made.size, 0, made.size, made.size)
    assert report["older checkpoints"] > 1 and "PARTIAL" not in report["beside"]
    assert not list(tmp_path.glob("*.part")) and not list(tmp_path.glob("*.journal"))
