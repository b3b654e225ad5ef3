"""What upsets the random walk: other decision rights, a switch turned and turned back, and verbs cut off midway."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.db import DatabaseError, OperationalError, connection
from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.reads import Actor, console
from audit.errors import Refusal
from reviews.actions import (
    climb,
    hold_stranded,
    meet_deadlines,
    publish_rights,
    release,
    reroute,
    route_again,
    sweep,
    turn_and_reroute,
    turn_switch,
    withdraw,
)
from reviews.models import Decision, Item, Rerouting
from tests.arena import Worker
from tests.invariants import breaches
from tests.town import Town

WHO = st.integers(0, 4)
SAYS = st.sampled_from(["approve", "correct", "reject", "escalate", "skip", "return"])
ALL = ("hold-everything", "all-to-people", "normal", "normal", "normal")


class Cut:
    """Breaks the connection before the n-th statement: the server ends it, or SQLite's disk fails."""

    def __init__(self, step: int) -> None:
        self.left = step

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.left -= 1
        if self.left == 0:
            broken = context["connection"]
            if broken.vendor != "postgresql":
                raise OperationalError("cut off")
            told = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
            server = {name: broken.settings_dict[key] or None for name, key in told.items()}
            with psycopg.connect(**server, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [broken.connection.info.backend_pid])
        return execute(sql, params, many, context)


def cut_at(step: int, call: Callable[[], Any]) -> Callable[[], Any]:
    """Make a call whose connection breaks before its n-th statement, and is given up; told whether it came so far."""

    def broken() -> bool:
        cut = Cut(step)
        try:
            with connection.execute_wrapper(cut):
                call()
        except (Refusal, DatabaseError, ExceptionGroup):
            pass
        finally:
            connection.close()
        return cut.left <= 0

    return broken


class Upset:
    """Rules over a town: `documents` are decision rights to publish, `workers` have connections of their own."""

    town: Town
    everyone: list[Actor]
    workers: list[Worker]
    documents: list[dict[str, Any]]
    both: Any
    take: Any
    submit: Any
    together: Any
    confirm: Any
    aside: Any
    countersign: Any
    complain: Any
    guide: Any
    read: Any

    def publish(self, pick: int) -> Any:
        """Publish other decision rights, or the same again."""
        document = self.documents[pick % len(self.documents)]
        return publish_rights(project=self.town.project, document=document, reason="So", by=console(), at=self.town.now)

    def turn(self, position: str) -> Any:
        """Turn the project's switch."""
        told = {"reason": "So", "by": console(), "at": self.town.now, "project": self.town.project}
        return turn_switch(position=position, **told)

    @rule(pick=st.integers(0, 9), other=st.integers(0, 9), who=WHO, says=SAYS)
    def publish_against_a_decision(self, pick: int, other: int, who: int, says: str) -> None:
        self.both(lambda: self.publish(pick), lambda: self.submit(who, says, "dog"))
        self.both(lambda: self.publish(other), lambda: self.town.send(0.5))

    @rule(position=st.sampled_from(ALL), who=WHO)
    def turn_the_switch_against_an_arrival(self, position: str, who: int) -> None:
        self.both(lambda: self.turn(position), lambda: self.town.send(0.7))
        self.both(lambda: self.take(who))

    @rule(who=WHO, says=SAYS)
    def turn_the_switch_back_and_route_again(self, who: int, says: str) -> None:
        told = {"reason": "So", "by": console(), "at": self.town.now, "project": self.town.project}
        self.both(lambda: turn_and_reroute(position="normal", **told), lambda: self.submit(who, says, "cat"))
        row = Rerouting.objects.order_by("-pk").first()
        if row is not None:
            self.both(*[lambda: reroute(rerouting_id=row.pk, now=lambda: self.town.now)] * 2)

    def jobs(self, who: int, pick: int, says: str) -> list[Callable[[], Any]]:
        """Give calls that may be cut off, and made again as they were."""
        at, last = self.town.now, Decision.objects.order_by("-pk").first()
        author = next((one for one in self.everyone if last and one.person_id == last.person_id), None)
        held = Item.objects.filter(state="held").first()
        name = f"cut-{Decision.objects.count()}-{pick}"
        found: list[Callable[[], Any]] = [
            lambda: self.town.send(0.5, external_id=name),
            lambda: self.take(who),
            lambda: self.submit(who, says, "dog"),
            lambda: self.together(who),
            lambda: self.confirm(who, pick % 2 == 0, 0),
            lambda: last and author and withdraw(decision=last.uuid, by=author, at=at),
            lambda: held and route_again(item=held, by=console(), at=at),
            lambda: self.aside(who, pick, "fox"),
            lambda: self.countersign(who, pick % 2 == 0),
            lambda: self.complain(who, pick),
            lambda: self.publish(pick),
            lambda: self.turn(ALL[pick % len(ALL)]),
            lambda: (release(at=at), sweep(at=at)),
            lambda: (climb(at=at), meet_deadlines(at=at), hold_stranded(at=at)),
            lambda: self.guide(pick, pick % 5 if pick % 2 else None),
            lambda: self.read(who),
        ]
        return found

    @rule(job=st.integers(0, 15), step=st.integers(1, 40), who=WHO, pick=st.integers(0, 30), says=SAYS)
    def cut_off_and_done_again(self, job: int, step: int, who: int, pick: int, says: str) -> None:
        call = self.jobs(who, pick, says)[job]
        self.workers[0].begin(cut_at(step, call)).result(60)
        assert breaches() == []
        self.both(call)

    @rule(job=st.integers(0, 15), step=st.integers(1, 40), who=WHO, other=WHO, pick=st.integers(0, 30), says=SAYS)
    def cut_off_against_a_decision(self, job: int, step: int, who: int, other: int, pick: int, says: str) -> None:
        call = self.jobs(who, pick, says)[job]
        self.both(cut_at(step, call), lambda: self.submit(other, says, "fox"))
        assert breaches() == []
        self.both(call)
