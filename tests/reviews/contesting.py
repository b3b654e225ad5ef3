"""Overrides and appeals in the random walk: put aside, signed, declined, raised and heard, two at once."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.actions import Proof
from accounts.reads import Actor
from reviews.actions import countersign, decline, end_overrides, put_aside, receive_appeal, release, take_override_back
from reviews.models import Item, Outcome, Override
from reviews.wire import read_appeal
from tests.town import Town

WHO = st.integers(0, 4)
SAID = st.sampled_from(["cat", "dog", "fox"])
OVERRIDES = [
    {
        "name": "Anyone",
        "roles": ["reviewer", "adjudicator"],
        "second_person_when": [{"field": "impact", "op": "=", "value": "high"}],
    }
]


class Contested:
    """Rules over a town: `everyone` in it, `both` runs calls at once, `take` and `submit` claim and decide."""

    town: Town
    everyone: list[Actor]
    both: Any
    take: Any
    submit: Any

    def aside(self, who: int, pick: int, label: str) -> Any:
        """Put an item's outcome aside, whatever it is."""
        items = Item.objects.select_related("project").order_by("pk")
        item = items[pick % len(items)]
        over = Outcome.objects.filter(item=item).order_by("-number").first()
        by = replace(self.everyone[who], via="browser")
        told = {"output": {"labels": [label]}, "reason": "So", "proof": Proof(by.person_id or 0, self.town.now)}
        return over and put_aside(item=item, over=over.uuid, by=by, at=self.town.now, **told)

    def countersign(self, who: int, signs: bool) -> Any:
        """Sign, or decline to, what waits last."""
        last = Override.objects.filter(second=True).order_by("-pk").first()
        by, at = replace(self.everyone[who], via="browser"), self.town.now
        if last is None or not signs:
            return last and decline(override=last.uuid, reason="No", by=by, at=at)
        return countersign(override=last.uuid, digest=last.digest, proof=Proof(by.person_id or 0, at), by=by, at=at)

    def complain(self, who: int, pick: int) -> Any:
        """Raise an appeal on an item, by API."""
        items = Item.objects.select_related("project").order_by("pk")
        sent = read_appeal(json.dumps({"grounds": f"It is wrong {pick}"}).encode())
        return receive_appeal(item=items[pick % len(items)], sent=sent, by=self.everyone[who], at=self.town.now)

    @rule(who=WHO, other=WHO, pick=st.integers(0, 30), same=st.booleans(), label=SAID)
    def put_aside_at_once(self, who: int, other: int, pick: int, same: bool, label: str) -> None:
        self.both(lambda: self.aside(who, pick, label), lambda: self.aside(other, pick if same else pick + 1, "owl"))
        self.both(lambda: self.aside(other, pick, "fox"))

    @rule(who=WHO, other=WHO, first=st.booleans(), second=st.booleans())
    def sign_at_once(self, who: int, other: int, first: bool, second: bool) -> None:
        self.both(lambda: self.countersign(who, first), lambda: self.countersign(other, second))

    @rule(who=WHO, other=WHO, pick=st.integers(0, 30))
    def appeal_against_an_override(self, who: int, other: int, pick: int) -> None:
        self.both(lambda: self.complain(who, pick), lambda: self.aside(other, pick, "fox"))

    @rule(who=WHO, other=WHO, pick=st.integers(0, 30), label=SAID)
    def hear(self, who: int, other: int, pick: int, label: str) -> None:
        self.both(lambda: self.complain(other, pick), lambda: self.take(who))
        self.both(lambda: self.submit(who, "correct", label), lambda: self.countersign(other, False))

    @rule(who=WHO, signs=st.booleans())
    def take_back_against_a_signature(self, who: int, signs: bool) -> None:
        last = Override.objects.filter(second=True, end__isnull=True).order_by("-pk").first()
        if last is not None:
            first = next(one for one in self.everyone if one.person_id == last.person_id)
            back = {"override": last.uuid, "by": replace(first, via="browser"), "at": self.town.now}
            self.both(lambda: take_override_back(**back), lambda: self.countersign(who, signs))

    @rule()
    def end_what_nobody_signed(self) -> None:
        self.both(lambda: end_overrides(at=self.town.now), lambda: release(at=self.town.now))
