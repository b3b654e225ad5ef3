"""Exports with holes, and what an auditor does with a bundle without our code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from accounts.reads import console
from audit.actions import NO_HEAD, entry, public_keys, record, seal
from audit.models import Erasure, Event, Leaf, Log, Payload
from audit.reads import uuid7
from audit.tree import LogKey
from reviews.actions import reveal_seeds
from reviews.models import Item
from tests.audit.exports import busy, exported, lines_of, verified

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("erasures_told")]
ERASED = "compliance.subject_erased"


def erase(item: Item, *others: list[str]) -> None:
    """Erase an item's body and a section of its receipt, as an approved request would, and name what else is."""
    log = Log.objects.get()
    received = Event.objects.get(stream=f"item/{item.uuid}", sseq=1)
    gone = [[str(received.event_id), "route"], [Leaf.objects.get(event=received).log_index, item.commitment.hex()]]
    made = entry(
        log=(log.pk, log.origin), type=ERASED, actor=console().pseudonym, role="console", via="command", project=None,
        stream=f"delivery/{uuid7(timezone.now())}", head=NO_HEAD, at=timezone.now(),
        sections={"erased": {"entries": gone + list(others)}, "basis": {"law": "GDPR 17"}},
    )  # fmt: skip
    with transaction.atomic():
        erasure = Erasure.objects.create(event_id=record([made])[0], kind="request")
        Payload.objects.filter(event=received, section="route").update(body=None, salt=None, erasure=erasure)
        Item.objects.filter(pk=item.pk).update(body=None, salt=None, erasure=erasure)


def erase_section(item: Item, section: str) -> None:
    """Erase a section of an item's receipt alone: its body stays, and no payload names it any more."""
    received = Event.objects.get(stream=f"item/{item.uuid}", sseq=1)
    Payload.objects.filter(event=received, section=section).update(body=None, salt=None, erasure=Erasure.objects.get())


def sealed() -> int:
    """Seal the log; give its size."""
    seal(by=console(), at=timezone.now(), wait=True)
    return Log.objects.get().tree_size


def test_what_was_erased_is_named_with_the_event_that_permits_it(tmp_path):
    busy(items=3)
    end = sealed()
    item = Item.objects.order_by("pk")[0]
    commitment = bytes(item.commitment).hex()
    kept = Item.objects.order_by("pk")[1]
    erase(item, [str(Event.objects.get(stream=f"item/{kept.uuid}", sseq=1).event_id), "received"])
    erase_section(kept, "received")
    place = sealed() - 1
    exported(tmp_path / "whole")
    report = verified(tmp_path / "whole")
    assert (report["exit"], report["beside"]) == (0, ["ERASED 3 sections or bodies"]), report
    (named,) = lines_of(tmp_path / "whole", "erasures.json")
    index = Leaf.objects.get(event__stream=f"item/{item.uuid}", event__sseq=1).log_index
    assert {(one["i"], one["by"], one.get("section", one.get("commitment"))) for one in named} == {
        (index, place, "route"), (index, place, commitment),
        (Leaf.objects.get(event__stream=f"item/{kept.uuid}", event__sseq=1).log_index, place, "received"),
    }  # fmt: skip
    assert lines_of(tmp_path / "whole", "outside.ndjson") == []
    # the erasure lies behind the range: it comes along with a proof of its own, and nothing else of it is told
    exported(tmp_path / "range", begin=0, end=end)
    report = verified(tmp_path / "range")
    assert (report["exit"], report["beside"]) == (0, ["PARTIAL", "ERASED 3 sections or bodies"]), report
    assert [one["i"] for one in lines_of(tmp_path / "range", "outside.ndjson")] == [place]
    behind = [one["section"] for one in lines_of(tmp_path / "range", "payloads.ndjson") if one["i"] == place]
    assert behind == ["erased"]
    # nor does a filter that passes it over leave it out
    exported(tmp_path / "filtered", types=("reviews.item_received",))
    report = verified(tmp_path / "filtered")
    assert (report["exit"], report["beside"]) == (0, ["PARTIAL", "ERASED 3 sections or bodies"]), report


def test_an_erasure_that_overtakes_an_export_makes_it_begin_anew(tmp_path):
    from accounts.actions import Choice, export_records

    busy(items=3)
    item = Item.objects.order_by("pk")[0]
    seen = []

    def told(path, _done, _all):
        seen.append(path)
        if path == "contents.ndjson" and len(seen) < 5 and Item.objects.get(pk=item.pk).body is not None:
            erase(item)

    export_records(
        log=Log.objects.get(), choice=Choice(), target=tmp_path / "bundle", by=console(), now=timezone.now, told=told
    )
    assert seen.count("entries.ndjson") == 2
    report = verified(tmp_path / "bundle")
    assert (report["exit"], report["beside"]) == (0, ["ERASED 2 sections or bodies"]), report
    assert all(
        bytes(item.commitment).hex() != one["commitment"] for one in lines_of(tmp_path / "bundle", "contents.ndjson")
    )


def draws(bundle: Path) -> list[str]:
    """Redo the draws by the script of fifteen lines."""
    script = bundle / "draws.py"
    assert len(script.read_text().splitlines()) <= 15
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


def test_fifteen_lines_redo_every_draw_and_name_the_one_that_differs(tmp_path):
    town = busy(items=6)
    exported(tmp_path / "early")
    waiting = draws(tmp_path / "early")
    assert len(waiting) == 14 and all("its seed is not revealed here" in line for line in waiting[:-1])
    end = sealed()
    town.wait(days=60)
    assert reveal_seeds(at=timezone.now() + (town.now - timezone.now())) == 1
    exported(tmp_path / "late", begin=0, end=end)  # the reveal lies behind the range and comes along
    assert draws(tmp_path / "late") == ["1 seeds are revealed here"]
    report = verified(tmp_path / "late", None, "--skew", "9000000")
    assert (report["exit"], report["draws redone"]) == (0, 13), report
    payloads = tmp_path / "late" / "payloads.ndjson"
    lines = payloads.read_text().split("\n")
    changed = next(at for at, line in enumerate(lines) if '"section":"draws"' in line)
    u = re.search(r'\\"u\\":\\"([0-9a-f])', lines[changed])
    lines[changed] = lines[changed][: u.start(1)] + ("0" if u[1] != "0" else "1") + lines[changed][u.end(1) :]
    payloads.write_text("\n".join(lines))
    wrong = draws(tmp_path / "late")
    assert len(wrong) == 2 and wrong[0].endswith("DIFFERS") and f"entry {json.loads(lines[changed])['i']}," in wrong[0]


def shell(bundle: Path, part: str, key: str) -> str:
    """Run the commands of a part of VERIFY.md in a bundle's folder."""
    text = (bundle / "VERIFY.md").read_text()
    commands = re.search(rf"<!-- run: {part} -->\n```sh\n(.*?)```", text, re.DOTALL)[1]
    ran = subprocess.run(["sh", "-c", f"KEY='{key}'\n{commands}"], cwd=bundle, capture_output=True, text=True)
    return ran.stdout + ran.stderr


def test_a_bundle_is_checked_without_our_code_as_verify_md_says(tmp_path):
    busy(items=4)
    bundle = tmp_path / "bundle"
    exported(bundle, begin=3, end=20)
    key = str(public_keys(Log.objects.get().origin)[0])
    assert shell(bundle, "signatures", key).count("Signature Verified Successfully") == 2
    while "+" not in (other := str(LogKey(key.split("+")[0], Ed25519PrivateKey.generate()).public)).split("+", 2)[2]:
        pass
    assert shell(bundle, "signatures", other).count("Signature Verification Failure") == 2
    assert shell(bundle, "files", key) == "all files as signed\n"
    first = Leaf.objects.get(log_index=3)
    assert shell(bundle, "leaf", key).split()[0] == bytes(first.leaf_hash).hex()
    ours, theirs = shell(bundle, "root", key).split()
    assert ours == theirs
    line = lines_of(bundle, "payloads.ndjson")[0]
    leaf = lines_of(bundle, "entries.ndjson")[line["i"] - 3]
    assert leaf["pay"][line["section"]] in shell(bundle, "payload", key)
    (bundle / "entries.ndjson").write_bytes((bundle / "entries.ndjson").read_bytes().replace(b'"v":1', b'"v":2', 1))
    assert "FAILED" in shell(bundle, "files", key)
    ours, theirs = shell(bundle, "root", key).split()
    assert ours != theirs
    (bundle / "manifest.note").write_text((bundle / "manifest.note").read_text().replace("range 3", "range 4"))
    assert shell(bundle, "signatures", key).count("Signature Verified Successfully") == 1
    (bundle / "extra").touch()
    assert "> extra" in shell(bundle, "files", key) or "FAILED" in shell(bundle, "files", key)
