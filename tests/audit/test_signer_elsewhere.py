"""A signer elsewhere keeps the key: what it signs verifies, and it rotates when it offers its next key."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.management import CommandError, call_command

from accounts.reads import clock, console
from audit.actions import public_keys, rotate_key, seal
from audit.errors import KeyElsewhere
from audit.models import Checkpoint, Event, Log
from audit.tree import parse_checkpoint
from tests.audit.exports import busy, exported, verified
from tests.audit.test_sealing import write

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HERE = "tests.audit.test_signer_elsewhere"
pytestmark = pytest.mark.django_db


class Elsewhere:
    """What a client of a KMS would be: it signs, tells its public key, and never gives its key."""

    name = "one"

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def public_key(self) -> Ed25519PublicKey:
        return self._key.public_key()

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.name.encode()).digest())


class Next(Elsewhere):
    name = "two"


class Rotating(Elsewhere):
    next_signer = Next()


@pytest.fixture
def signer(settings) -> None:
    settings.LEDGER_SIGNER = f"{HERE}.Elsewhere"


def newest() -> str:
    return Checkpoint.objects.order_by("size", "created_at").last().note  # type: ignore[union-attr]


def test_what_a_signer_elsewhere_signs_verifies_and_no_key_lies_here(signer, keys: Path, tmp_path: Path) -> None:
    busy(items=1)
    exported(tmp_path / "bundle")
    assert verified(tmp_path / "bundle")["exit"] == 0
    assert not list(keys.glob("ledger-key*"))


def test_a_signer_that_offers_no_next_key_is_not_rotated_and_nothing_happens(signer, keys: Path) -> None:
    write(1)
    seal(by=clock(), at=AT)
    before, told = newest(), Event.objects.count()
    with pytest.raises(KeyElsewhere):
        rotate_key(by=console(), at=AT + MINUTE)
    with pytest.raises(CommandError, match="next_signer"):
        call_command("ledger", "rotate-key")
    assert newest() == before and Event.objects.count() == told and not list(keys.glob("ledger-key*"))


def test_a_signer_that_offers_its_next_key_is_rotated_with_a_checkpoint_signed_by_both(
    signer, settings, keys: Path, tmp_path: Path
) -> None:
    busy(items=1)
    origin = Log.objects.get().origin
    old = public_keys(origin)[0]
    exported(tmp_path / "before")
    settings.LEDGER_SIGNER = f"{HERE}.Rotating"
    for _ in range(2):  # said again it is one rotation
        rotate_key(by=console(), at=dt.datetime.now(dt.UTC))
    assert Event.objects.filter(type="audit.key_rotated").count() == 1
    new = public_keys(origin)[1]
    assert parse_checkpoint(newest()).signed_by(old) and parse_checkpoint(newest()).signed_by(new) and old != new
    between = Checkpoint.objects.count()
    seal(by=clock(), at=dt.datetime.now(dt.UTC))
    assert Checkpoint.objects.count() == between  # both sign when there is something to sign, not each second
    settings.LEDGER_SIGNER = f"{HERE}.Next"
    seal(by=clock(), at=dt.datetime.now(dt.UTC) + 16 * MINUTE)
    assert parse_checkpoint(newest()).signed_by(new) and not parse_checkpoint(newest()).signed_by(old)
    assert public_keys(origin)[:2] == [new, old] and not list(keys.glob("ledger-key")) and len(public_keys(origin)) == 3
    exported(tmp_path / "after")
    report = verified(tmp_path / "after", None, "--known", str(tmp_path / "before" / "checkpoint"), "--skew", "2000")
    assert (report["exit"], report["verdict"][:8]) == (0, "ANCHORED"), report


def test_a_checkpoint_before_the_next_key_was_offered_is_signed_again_by_both(signer, settings) -> None:
    write(1)
    seal(by=clock(), at=AT)
    count = Checkpoint.objects.count()
    settings.LEDGER_SIGNER = f"{HERE}.Rotating"
    seal(by=clock(), at=AT + MINUTE)
    seal(by=clock(), at=AT + 2 * MINUTE)
    assert Checkpoint.objects.count() == count + 1
