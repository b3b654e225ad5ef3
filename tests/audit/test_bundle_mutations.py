"""Every way to spoil a bundle is refused, and each with its own exit code."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.bundle import verify
from tests.audit import making, mutations_beside, mutations_laid, mutations_told
from tests.audit.mutations import MUTATIONS, Case, spoilt

pytestmark = pytest.mark.one_engine

assert mutations_beside and mutations_laid and mutations_told  # they add to MUTATIONS


def ending(case: Case, files: making.Files, verifier=verify) -> verify.Report:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "keys").write_text(making.KEYS)
        for name, raw in case.given.items():
            (root / name).write_bytes(raw)
        bundle = case.write(root / "bundle", files)
        told = [one.format(**{name: root / name for name in case.given}) for one in case.arguments]
        return verifier.verify(verifier.arguments().parse_args([str(bundle), "--key", str(root / "keys"), *told]))


def refused(name: str, seed: int) -> None:
    case, files, code = spoilt(name, seed)
    report = ending(case, files)
    found = [f"{one.kind}: {one.text} [{one.file}:{one.line}]" for one in report.findings.told]
    assert report.exit == code, (name, seed, found)
    assert report.verdict == ("NOT PROVEN" if code == verify.CODES["known_unproven"] else "BROKEN")
    assert code in {verify.CODES[kind] for kind in report.findings.counts}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_spoilt_bundle_is_refused_with_its_own_code(name):
    refused(name, random.Random(name).randrange(100))


@pytest.mark.long
@pytest.mark.parametrize("name", MUTATIONS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9))
def test_a_spoilt_bundle_is_refused_wherever_it_is_spoilt(name, seed):
    refused(name, seed)
