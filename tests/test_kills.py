"""Killed without warning: no decision lost, no fact without its event, nothing half-written."""

import io
import json
import random
import threading
import time

import pytest
from PIL import Image

from accounts.actions import make_token
from accounts.models import Person, Project
from accounts.reads import console
from audit.models import Checkpoint, Pending
from reviews.models import Decision, Item, Outcome, Seat
from tests.invariants import breaches
from tests.servers import Program, Server, free_port, worker
from tests.town import Town, build
from tests.verifying import ledger_verifies


@pytest.fixture
def programs():
    """Programs that are ended with the test, whatever happens in it."""
    started: list[Program] = []
    yield started
    for program in started:
        program.kill()


def tokens(town: Town) -> tuple[str, str]:
    """Give a service's token and the first reviewer's own."""
    project = Project.objects.get(pk=town.project.pk)
    scopes = ["items:write", "items:read", "outcomes:read", "assets:write"]
    _, service = make_token(projects=[project], scopes=scopes, service="model", by=console(), at=town.now)
    person = Person.objects.get(pk=town.people[0].person_id)
    _, own = make_token(projects=[project], scopes=["decisions:write"], person=person, by=console(), at=town.now)
    return service, own


def lines(start: int, count: int) -> bytes:
    rows = (
        {"external_id": f"k{number}", "data": {"text": "x"}, "model": {"name": "m", "version": "1"},
         "prediction": {"labels": ["cat"]}, "confidence": random.choice([0.5, 0.95])}
        for number in range(start, start + count)
    )  # fmt: skip
    return "\n".join(json.dumps(row) for row in rows).encode()


def killed_in_flight(programs: list[Program], path: str, token: str, bodies: list[bytes], after: float) -> bool:
    """Kill a server a while after bodies began to come; tell whether that cut a request off."""
    server = Server()
    programs.append(server)
    server.start()
    cut = threading.Event()
    began = threading.Event()

    def send() -> None:
        for body in bodies:
            began.set()
            try:
                server.call("POST", path, token, body, "application/x-ndjson")
            except ConnectionRefusedError:  # it was gone before this request began
                return
            except OSError:
                cut.set()
                return

    sender = threading.Thread(target=send)
    sender.start()
    began.wait(60)
    time.sleep(after)
    server.kill()
    sender.join(60)
    assert not sender.is_alive()
    return cut.is_set()


def test_a_server_killed_during_bulk_intake_leaves_each_request_whole_or_not_at_all(arena, programs):
    town = build(people=1, adjudicators=0)
    service, _ = tokens(town)
    path = f"/api/v1/projects/{town.project.slug}/items/"
    bodies = [lines(number * 200, 200) for number in range(8)]
    cut = 0
    for attempt in range(10):
        cut += killed_in_flight(programs, path, service, bodies, after=0.15 + 0.1 * attempt + random.random() * 0.2)
        assert Item.objects.count() % 200 == 0
        assert breaches() == []
        if cut and attempt >= 2:
            break
    assert cut, "no kill met a request in flight"
    server = Server()
    programs.append(server)
    server.start()
    for body in bodies:
        status, answer = server.call("POST", path, service, body, "application/x-ndjson")
        assert status == 200 and {one["status"] for one in answer["results"]} <= {"created", "known"}
    assert Item.objects.count() == 1600 and breaches() == []
    ledger_verifies()


def test_a_server_killed_between_claim_and_submit_loses_neither_claim_nor_draft(arena, programs):
    town = build(people=1, adjudicators=0)
    town.send(0.5)
    _, own = tokens(town)
    server = Server()
    programs.append(server)
    server.start()
    status, claimed = server.call("POST", "/api/v1/claims/", own)
    assert status == 201
    claim = f"/api/v1/claims/{claimed['claim']['token']}"
    assert server.call("PUT", f"{claim}/opening/", own)[0] < 300
    assert server.call("PUT", f"{claim}/draft/", own, b'{"rationale":"half"}')[0] < 300
    server.kill()
    assert Seat.objects.get().state == "leased" and breaches() == []
    server.start()
    status, _ = server.call("POST", f"{claim}/decision/", own, b'{"verdict":"approve"}')
    assert status == 201
    server.kill()
    server.start()
    status, _ = server.call("POST", f"{claim}/decision/", own, b'{"verdict":"approve"}')
    assert (status, Decision.objects.count()) == (200, 1) and breaches() == []
    ledger_verifies()


def test_a_killed_worker_loses_only_time(arena, programs, tmp_path, settings):
    settings.LEDGER_KEYS, settings.LEDGER_WITNESS = tmp_path / "keys", tmp_path / "witness.ndjson"
    own = {"LEDGER_KEYS": str(settings.LEDGER_KEYS), "LEDGER_WITNESS": str(settings.LEDGER_WITNESS)}
    town = build(people=2, adjudicators=0)
    for _ in range(60):
        town.send(random.choice([0.95, 0.5]))
    claimed = town.take(town.people[0])
    town.decide(town.people[0], claimed)
    town.take(town.people[1])
    due = Outcome.objects.filter(source="model").count()
    first = worker(**own)
    programs.append(first)
    first.start()
    wait_for(lambda: Outcome.objects.filter(position__isnull=False).exists())
    first.kill()
    assert breaches() == []
    for _ in range(20):
        town.send(0.95)
    second = worker(**own)
    programs.append(second)
    second.start()
    wait_for(lambda: Outcome.objects.filter(position__isnull=False, source="model").count() == due + 20)
    wait_for(lambda: Outcome.objects.filter(position__isnull=True).count() == 0)
    wait_for(lambda: not Pending.objects.exists())  # both sealed what they did, the killed one at any moment
    wait_for(Checkpoint.objects.exists)
    second.kill()
    assert breaches() == []
    ledger_verifies()


def wait_for(true: object) -> None:
    """Wait until something is so, at most a minute."""
    for _ in range(240):
        if true():  # type: ignore[operator]
            return
        time.sleep(0.25)
    raise AssertionError("it did not come to be")


def test_intake_and_review_go_on_while_the_broker_is_down(arena, programs):
    town = build(people=1, adjudicators=0)
    service, own = tokens(town)
    server = Server(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    programs.append(server)
    server.start()
    path = f"/api/v1/projects/{town.project.slug}"
    status, image = server.call("POST", f"{path}/assets/", service, picture(), "image/png")
    assert status == 201  # a worker that makes its renditions was asked for in vain
    body = json.dumps({"external_id": "a", "data": {"image": image["id"]}}).encode()
    status, answer = server.call("POST", f"{path}/items/", service, body)
    assert (status, answer["state"]) == (201, "waiting")
    _, claimed = server.call("POST", "/api/v1/claims/", own)
    claim = f"/api/v1/claims/{claimed['claim']['token']}"
    server.call("PUT", f"{claim}/opening/", own)
    assert server.call("POST", f"{claim}/decision/", own, b'{"output":{"labels":["cat"]}}')[0] == 201
    assert breaches() == []
    ledger_verifies()


def picture() -> bytes:
    """Give a small image."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()
