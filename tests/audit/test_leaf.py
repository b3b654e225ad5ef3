"""The bytes of a leaf, beside another implementation of RFC 8785."""

import datetime as dt
import json
import uuid

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.actions import NO_HEAD, Head
from audit.actions.recording import entry
from audit.errors import NotCanonical
from audit.reads import payload_commitment

AT = dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC)
MEMBERS = {"v", "log", "id", "ts", "type", "actor", "role", "via", "proj", "tags", "stream", "sseq", "sprev", "pay"}
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def made(**given_: object):
    told = {
        "log": (1, "hitl.invalid/log"), "type": "reviews.item_received", "actor": "s_1", "role": "service",
        "via": "api", "project": None, "stream": "item/1", "head": NO_HEAD, "at": AT,
    }  # fmt: skip
    return entry(**{**told, **given_})


@given(
    origin=WORDS,
    head=st.builds(Head, st.integers(0, 2**31), st.binary(min_size=32, max_size=32)) | st.just(NO_HEAD),
    project=st.uuids() | st.none(),
    tags=st.dictionaries(st.sampled_from(["item", "queue", "model", "kind", "source"]), WORDS | st.none()),
    rights=st.integers(0, 2**53 - 1) | st.none(),
    sections=st.dictionaries(st.sampled_from(["route", "draws", "outcome", "received", "a"]), WORDS),
)
def test_a_leaf_is_the_rfc_8785_bytes_of_its_members(origin, head, project, tags, rights, sections):
    one = made(log=(1, origin), head=head, project=project, tags={**tags, "rights": rights}, sections=sections)

    told = json.loads(one.leaf)
    assert one.leaf == rfc8785.dumps(told)
    assert set(told) == MEMBERS
    assert set(told["tags"]) == {"item", "queue", "model", "rights", "kind", "source"}
    assert (told["v"], told["sseq"], told["log"]) == (1, head.sseq + 1, origin)
    assert told["sprev"] == (head.hash.hex() if head.hash else None)
    assert told["proj"] == (str(project) if project else None)
    assert {name: told["tags"][name] for name in tags} == tags and told["tags"]["rights"] == rights
    kept = {name: payload_commitment(name, salt, body).hex() for name, salt, body in one.sections}
    assert told["pay"] == kept and set(kept) == set(sections)


@pytest.mark.parametrize("value", [1.5, True, -1, 2**53, ["x"], uuid.UUID(int=0)])
def test_a_tag_of_another_kind_is_refused(value):
    with pytest.raises(NotCanonical):
        made(tags={"rights": value})


def test_a_word_that_is_no_tag_is_refused():
    with pytest.raises(KeyError):
        made(tags={"person": "someone"})


def test_a_lone_surrogate_is_refused():
    with pytest.raises(NotCanonical):
        made(stream="item/\ud800")
