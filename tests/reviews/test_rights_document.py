import hashlib
import json
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.reads.canonical import canonical
from reviews.errors import BadRights
from reviews.rights import ROLES, VERDICTS, duration, load, read

QUEUES = {"general": 0, "senior": 1, "adjudication": 2}
SMALL = {
    "v": 1,
    "routing": [],
    "otherwise": {"arm": "accept"},
    "no_confidence": {"arm": "review", "queue": "general"},
}
FULL = {
    "v": 1,
    "routing": [
        {
            "name": "Low confidence",
            "when": [{"field": "confidence", "op": "<", "value": "0.60"}],
            "then": {
                "arm": "review",
                "queue": "general",
                "decisions": 1,
                "second_share": "0.10",
                "skills": ["lang:{segments.language}"],
            },
        },
        {
            "name": "Medium",
            "when": [{"field": "confidence", "op": "<", "value": "0.90"}],
            "then": {"arm": "accept", "audit_rate": "0.15"},
        },
    ],
    "otherwise": {"arm": "accept", "audit_rate": "0.02"},
    "no_confidence": {"arm": "review", "queue": "general"},
    "high_impact": {"arm": "review", "queue": "senior", "decisions": 2},
    "verdicts": [{"queue": "general", "role": "reviewer", "allow": list(VERDICTS), "reason_for": ["reject", "skip"]}],
    "disagreement": {"measure": "exact", "agree_at": "1", "then": "another", "at_most": 3, "finally": "adjudicate"},
    "overrides": [
        {
            "name": "Senior override",
            "when": [],
            "roles": ["adjudicator"],
            "reason": True,
            "second_person_when": [{"field": "impact", "op": "=", "value": "high"}],
        }
    ],
    "escalation": [{"name": "Asked", "on": "asked", "to": {"level": 1, "queue": "senior", "notify": ["operations"]}}],
    "service_levels": [{"queue": "general", "due_after": "PT2H"}],
    "on_deadline": "escalate",
    "audit": {"queue": "general", "blind": True, "correction": "supersede"},
    "quality": {"gold_rate": "0", "catch_rate": "0", "blind_rate": "0", "pause": None},
    "sets": {"evaluation_rate": "0", "fresh_rate": "0"},
    "release_after": "PT15S",
    "lease": "PT15M",
    "ladder": None,
}


def changed(path, value, base=FULL):
    """A copy of a document with one place changed; the last key may be new."""
    document = deepcopy(base)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def problems(sent, queues=QUEUES):
    with pytest.raises(BadRights) as refused:
        read(sent, queues=queues)
    assert refused.value.code == "bad_rights"
    assert refused.value.fields
    return dict(refused.value.fields)


def condition(field, op, value=None):
    when = {"field": field, "op": op} | ({} if value is None else {"value": value})
    return changed(["routing", 0, "when"], [when])


def test_the_smallest_document_gets_every_default_before_it_is_hashed():
    everyone = {"allow": list(VERDICTS), "reason_for": []}
    review = {"arm": "review", "queue": "general", "decisions": 1, "second_share": "0", "skills": []}
    assert json.loads(read(SMALL, queues=QUEUES).body) == {
        "v": 1,
        "routing": [],
        "otherwise": {"arm": "accept", "audit_rate": "0"},
        "no_confidence": review,
        "high_impact": review,
        "verdicts": [
            {"queue": "adjudication", "role": "adjudicator", **everyone},
            {"queue": "general", "role": "reviewer", **everyone},
            {"queue": "senior", "role": "reviewer", **everyone},
        ],
        "disagreement": {
            "measure": "exact",
            "agree_at": "1",
            "then": "adjudicate",
            "at_most": 3,
            "finally": "adjudicate",
            "queue": "adjudication",
        },
        "overrides": [],
        "escalation": [],
        "service_levels": [],
        "on_deadline": "escalate",
        "audit": {"queue": "general", "blind": True, "correction": "supersede"},
        "quality": {"gold_rate": "0", "catch_rate": "0", "blind_rate": "0", "pause": None},
        "sets": {"evaluation_rate": "0", "fresh_rate": "0"},
        "release_after": "PT15S",
        "lease": "PT15M",
        "ladder": None,
    }


def test_the_full_document_reads_and_is_hashed_over_its_canonical_bytes():
    rights = read(FULL, queues=QUEUES)
    assert rights.body == canonical(json.loads(rights.body))
    assert rights.digest == hashlib.sha256(rights.body).hexdigest()
    assert rights.release_delay == timedelta(seconds=15)
    assert rights.lease_length == timedelta(minutes=15)
    assert rights.due_after("general") == timedelta(hours=2)
    assert rights.due_after("senior") is None
    assert rights.verdicts_of("general", "reviewer").reason_for == ("reject", "skip")
    assert rights.verdicts_of("general", "adjudicator") is None
    assert rights.verdicts_of("adjudication", "adjudicator").allow == VERDICTS
    assert rights.set_rates() == {"evaluation": Decimal(0), "fresh": Decimal(0)}


def test_the_digest_of_the_full_document_never_changes():
    assert read(FULL, queues=QUEUES).digest == "6ccd354a837a85b34714bf20239a66bcadf6a06bd123b2459fdd6aedd211c373"


def test_batches_are_said_only_where_there_are_some():
    assert b"batch" not in read(FULL, queues=QUEUES).body
    together = read(FULL | {"batch": {"queues": ["general"]}}, queues=QUEUES)
    assert json.loads(together.body)["batch"] == {"queues": ["general"], "most": 50}
    assert load(together.body).digest == together.digest
    assert (together.most_in_a_batch("general"), together.most_in_a_batch("senior")) == (50, 0)


@pytest.mark.parametrize(
    ("batch", "path", "words"),
    [
        ({"queues": ["general"], "most": 51}, "batch.most", "1 to 50"),
        ({"queues": ["general"], "most": 0}, "batch.most", "1 to 50"),
        ({"queues": []}, "batch.queues", "at least one"),
        ({"queues": ["none"]}, "batch.queues[0]", "no queue"),
        ({"queues": ["adjudication"]}, "batch.queues[0]", "one by one"),
        ({"queues": ["general", "general"]}, "batch.queues[1]", "twice"),
        ({"queues": ["general"], "least": 2}, "batch.least", ""),
    ],
)
def test_batches_that_cannot_be_are_refused_by_name(batch, path, words):
    with pytest.raises(BadRights) as refused:
        read(FULL | {"batch": batch}, queues=QUEUES)
    assert [(place, words in message) for place, message in refused.value.fields] == [(path, True)]


def test_bytes_an_object_and_what_was_published_give_the_same_digest():
    rights = read(FULL, queues=QUEUES)
    assert read(json.dumps(FULL, indent=3).encode(), queues=QUEUES).digest == rights.digest
    assert read(rights.body, queues=QUEUES) == rights
    assert load(rights.body) == rights
    assert load(rights.body).digest == rights.digest


def test_reading_changes_nothing_that_was_sent():
    sent = deepcopy(FULL)
    read(sent, queues=QUEUES)
    assert sent == FULL


def test_leaving_a_default_out_and_writing_it_out_is_the_same_document():
    explicit = json.loads(read(SMALL, queues=QUEUES).body)
    for key in set(explicit) - {"v", "routing", "otherwise", "no_confidence"}:
        del explicit[key]
        assert read(explicit, queues=QUEUES).digest == read(SMALL, queues=QUEUES).digest


@pytest.mark.parametrize("key", ["v", "routing", "otherwise", "no_confidence"])
def test_what_is_required_is_asked_for(key):
    left = {name: value for name, value in FULL.items() if name != key}
    assert problems(left) == {key: "This is required."}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (["extra"], "extra"),
        (["routing", 1, "extra"], "routing[1].extra"),
        (["routing", 0, "when", 0, "extra"], "routing[0].when[0].extra"),
        (["routing", 0, "then", "extra"], "routing[0].then.extra"),
        (["audit", "extra"], "audit.extra"),
        (["escalation", 0, "to", "extra"], "escalation[0].to.extra"),
    ],
)
def test_an_unknown_key_is_refused_at_its_place(path, place):
    assert problems(changed(path, 1)) == {place: "This key is not known here; leave it out."}


@pytest.mark.parametrize(
    ("path", "value", "place", "part"),
    [
        (["v"], 2, "v", "Version 1"),
        (["v"], "1", "v", "a whole number"),
        (["routing", 0, "name"], "", "routing[0].name", "1 to 100"),
        (["routing", 0, "name"], "a\nb", "routing[0].name", "1 to 100"),
        (["routing", 0, "name"], "switch", "routing[0].name", "reserved"),
        (["routing", 0, "name"], "unknown_label", "routing[0].name", "reserved"),
        (["routing", 1, "name"], "Low confidence", "routing[1].name", "twice"),
        (["routing", 0, "then", "arm"], "guess", "routing[0].then.arm", "accept, review, hold"),
        (["routing", 0, "then", "queue"], None, "routing[0].then.queue", "needs a queue"),
        (["routing", 0, "then", "queue"], "none", "routing[0].then.queue", "no queue 'none'"),
        (["routing", 0, "then", "decisions"], 0, "routing[0].then.decisions", "1 to 9"),
        (["routing", 0, "then", "decisions"], 10, "routing[0].then.decisions", "1 to 9"),
        (["routing", 0, "then", "decisions"], 1.5, "routing[0].then.decisions", "a whole number"),
        (["routing", 0, "then", "audit_rate"], "0", "routing[0].then.audit_rate", "belongs to the arm accept"),
        (["routing", 0, "then", "second_share"], "1.1", "routing[0].then.second_share", "from 0 to 1"),
        (["routing", 0, "then", "skills"], ["lang:{data.x}"], "routing[0].then.skills[0]", "only segments"),
        (["routing", 0, "then", "skills"], ["a{segments.}"], "routing[0].then.skills[0]", "only segments"),
        (["routing", 0, "then", "skills"], ["ok", " "], "routing[0].then.skills[1]", "1 to 100"),
        (["routing", 1, "then", "second_share"], "0.1", "routing[1].then.second_share", "belongs to the arm review"),
        (["routing", 1, "then", "queue"], "general", "routing[1].then.queue", "belongs to the arm review"),
        (["routing", 1, "then", "audit_rate"], "15%", "routing[1].then.audit_rate", "from 0 to 1"),
        (["otherwise"], {"arm": "hold", "audit_rate": "0.1"}, "otherwise.audit_rate", "not to hold"),
        (["no_confidence"], {"arm": "accept"}, "no_confidence.arm", "choose review or hold"),
        (["high_impact"], {"arm": "accept"}, "high_impact.arm", "choose review or hold"),
        (["verdicts", 0, "queue"], "none", "verdicts[0].queue", "no queue"),
        (["verdicts", 0, "role"], "boss", "verdicts[0].role", "Choose one of: reviewer"),
        (["verdicts", 0, "role"], "compliance", "verdicts[0].role", "changes nothing"),
        (["verdicts", 0, "allow"], [], "verdicts[0].allow", "at least one"),
        (["verdicts", 0, "allow"], ["approve", "shrug"], "verdicts[0].allow[1]", "Choose one of"),
        (["verdicts", 0, "allow"], ["approve", "approve"], "verdicts[0].allow[1]", "twice"),
        (["verdicts", 0, "reason_for"], ["shrug"], "verdicts[0].reason_for[0]", "Choose one of"),
        (["disagreement", "measure"], "iou", "disagreement.measure", "Choose one of: exact, labels"),
        (["disagreement", "agree_at"], "0.75", "disagreement.agree_at", "agree at 1 or not at all"),
        (["disagreement", "agree_at"], "0", "disagreement.agree_at", "At 0 everything agrees"),
        (["disagreement", "match_at"], "0.5", "disagreement.match_at", "matches no elements"),
        (["disagreement", "agree_at"], "x", "disagreement.agree_at", "from 0 to 1"),
        (["disagreement", "then"], "fight", "disagreement.then", "another, adjudicate"),
        (["disagreement", "finally"], "accept", "disagreement.finally", "adjudicate"),
        (["disagreement", "at_most"], 1, "disagreement.at_most", "at least 2"),
        (["disagreement", "at_most"], 0, "disagreement.at_most", "1 to 20"),
        (["disagreement", "queue"], "none", "disagreement.queue", "no queue"),
        (["overrides", 0, "roles"], ["boss"], "overrides[0].roles[0]", "Choose one of"),
        (["overrides", 0, "roles"], [], "overrides[0].roles", "at least one"),
        (["overrides", 0, "when"], [{"field": "mood", "op": "="}], "overrides[0].when[0].field", "no field"),
        (["escalation", 0, "on"], "overdue", "escalation[0].after", "Say how long"),
        (["escalation", 0, "on"], "label", "escalation[0].labels", "at least one label"),
        (["escalation", 0, "on"], "skips", "escalation[0].count", "1 to 100"),
        (["escalation", 0, "on"], "cost", "escalation[0].over", "above which cost"),
        (["escalation", 0, "labels"], ["cat"], "escalation[0].labels", "belongs to a rule on label"),
        (["escalation", 0, "count"], 3, "escalation[0].count", "belongs to a rule on skips"),
        (["escalation", 0, "over"], 10, "escalation[0].over", "belongs to a rule on cost"),
        (["escalation", 0, "labels"], "cat", "escalation[0].labels", "a list"),
        (["escalation", 0, "on"], "whim", "escalation[0].on", "Choose one of"),
        (["escalation", 0, "after"], "PT4H", "escalation[0].after", "leave this out"),
        (["escalation", 0, "to", "level"], 2, "escalation[0].to.level", "at level 1"),
        (["escalation", 0, "to", "queue"], "none", "escalation[0].to.queue", "no queue"),
        (["escalation", 0, "to", "notify"], ["boss"], "escalation[0].to.notify[0]", "Choose one of"),
        (["service_levels", 0, "queue"], "none", "service_levels[0].queue", "no queue"),
        (["service_levels", 0, "due_after"], "2h", "service_levels[0].due_after", "as in PT15M"),
        (["on_deadline"], "approve", "on_deadline", "Choose one of"),
        (["audit", "queue"], "none", "audit.queue", "no queue"),
        (["audit", "correction"], "ignore", "audit.correction", "supersede, record"),
        (["quality", "gold_rate"], "0.05", "quality.gold_rate", "later version; leave it out"),
        (["quality", "catch_rate"], "-1", "quality.catch_rate", "from 0 to 1"),
        (["quality", "pause"], {}, "quality.pause", "later version; leave it out"),
        (["sets", "fresh_rate"], "2", "sets.fresh_rate", "from 0 to 1"),
        (["ladder"], [], "ladder", "later version; leave it out"),
        (["release_after"], "PT0S", "release_after", "more than zero"),
        (["lease"], "P401D", "lease", "at most 400 days"),
        (["lease"], 900, "lease", "a text"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_place_in_a_sentence(path, value, place, part):
    found = problems(changed(path, value))
    assert list(found) == [place]
    assert part in found[place]


@pytest.mark.parametrize(
    ("field", "op", "value", "place", "part"),
    [
        ("mood", "=", "good", "field", "no field 'mood'"),
        ("data.", "=", "x", "field", "no field"),
        ("data..x", "=", "x", "field", "no field"),
        ("sum:data.x", "=", "1", "field", "no field"),
        ("min:confidence", "<", "1", "field", "no field"),
        ("min:segments.x", "=", "1", "field", "no field"),
        ("confidence", "~", "1", "op", "Choose one of"),
        ("confidence", "contains", "1", "op", "takes only"),
        ("segments.geography", "<", "1", "op", "takes only"),
        ("impact", ">", "normal", "op", "takes only"),
        ("min:data.x", "contains", "1", "op", "takes only"),
        ("confidence", "<", "low", "value", "Write a number"),
        ("confidence", "<", "60", "value", "from 0 to 1"),
        ("scores.cat", "<", "60", "value", "from 0 to 1"),
        ("data.x", "<", "1e3", "value", "Write a number"),
        ("confidence", "<", None, "value", "required"),
        ("segments.x", "=", "", "value", "required"),
        ("confidence", "in", "0.5", "value", "takes a list"),
        ("confidence", "in", [], "value", "required"),
        ("confidence", "in", ["0.5", "x"], "value[1]", "Write a number"),
        ("confidence", "=", ["0.5"], "value", "takes one value"),
        ("impact", "=", "low", "value", "normal or high"),
        ("data.x", "exists", "maybe", "value", "true or false"),
        ("data.x", "=", "x" * 201, "value", "at most 200"),
        ("data.x", "=", {"a": 1}, "value", "a text or a list of texts"),
    ],
)
def test_a_condition_that_cannot_be_compared_is_refused(field, op, value, place, part):
    found = problems(condition(field, op, value))
    assert list(found) == [f"routing[0].when[0].{place}"]
    assert part in found[f"routing[0].when[0].{place}"]


def test_every_problem_is_told_at_once():
    document = changed(["routing", 0, "name"], "otherwise")
    document["routing"][1]["then"] = {"arm": "review", "audit_rate": "0.1"}
    document["audit"]["queue"] = "none"
    document["lease"] = "soon"
    document["service_levels"] *= 2
    document["verdicts"] *= 2
    found = problems(document)
    assert set(found) == {
        "routing[0].name",
        "routing[1].then.audit_rate",
        "routing[1].then.queue",
        "audit.queue",
        "lease",
        "service_levels[1].queue",
        "verdicts[1]",
    }
    with pytest.raises(BadRights, match="And 6 more"):
        read(document, queues=QUEUES)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"v": 1, "v": 1}',
        b'{"v": NaN}',
        b"[" * 100_000,
        b" " * 2_000_000,
        {"v": 2**60 + 1},
        {"v": float("inf")},
        {"v": "\ud800"},
        {"v": Decimal("0.123456789012345678901")},
    ],
)
def test_what_is_no_json_object_of_exact_numbers_is_refused(sent):
    assert len(problems(sent)) == 1


def test_a_key_that_stands_twice_is_refused_and_named():
    sent = json.dumps(SMALL).replace('"v": 1', '"v": 1, "lease": "PT1M", "lease": "PT15M"').encode()
    assert "'lease' stands twice" in problems(sent)[""]


def test_a_deeply_nested_object_is_refused():
    deep = {}
    for _ in range(5000):
        deep = {"a": deep}
    assert problems(deep)


@pytest.mark.parametrize(("sent", "kept"), [(0.6, "0.6"), (1e-7, "0.0000001"), (1, "1"), (1.0, "1"), ("0.60", "0.60")])
def test_a_json_number_becomes_its_shortest_text_and_a_text_stays(sent, kept):
    assert read(condition("confidence", "<", sent), queues=QUEUES).routing[0].when[0].value == kept


def test_json_numbers_in_bytes_keep_their_decimals():
    sent = json.dumps(condition("confidence", "<", 0.125)).encode()
    assert read(sent.replace(b"0.125", b"0.70"), queues=QUEUES).routing[0].when[0].value == "0.7"
    found = problems(sent.replace(b"0.125", b"0.1234567890123456789"))
    assert list(found) == ["routing[0].when[0].value"]


def test_rates_may_be_json_numbers_and_exists_needs_no_value():
    assert read(changed(["otherwise", "audit_rate"], 0.15), queues=QUEUES).otherwise.audit_rate == "0.15"
    assert read(condition("data.x", "exists"), queues=QUEUES).routing[0].when[0].value == "true"
    assert read(condition("data.x", "exists", False), queues=QUEUES).routing[0].when[0].value == "false"


def test_a_held_no_confidence_leaves_audits_to_adjudication():
    rights = read(SMALL | {"no_confidence": {"arm": "hold"}}, queues=QUEUES)
    assert rights.audit.queue == "adjudication"
    assert rights.high_impact.arm == "hold"


def test_more_than_64_lanes_in_a_queue_are_refused():
    def rules(count):
        arms = [{"arm": "review", "queue": "senior", "skills": [f"s{n}"]} for n in range(count)]
        return SMALL | {"routing": [{"name": f"r{n}", "when": [], "then": arm} for n, arm in enumerate(arms)]}

    read(rules(64), queues=QUEUES)
    assert list(problems(rules(65))) == ["routing[64].then.skills"]


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"compliance"}))
def test_every_role_but_compliance_can_be_given_verdicts(role):
    assert read(changed(["verdicts", 0, "role"], role), queues=QUEUES).verdicts[0].role == role


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT15S", timedelta(seconds=15)),
        ("PT90M", timedelta(minutes=90)),
        ("PT1H30M5S", timedelta(hours=1, minutes=30, seconds=5)),
        ("P2D", timedelta(days=2)),
        ("P1DT12H", timedelta(days=1, hours=12)),
        ("P400D", timedelta(days=400)),
    ],
)
def test_durations_read_as_iso_8601(text, length):
    assert duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "1H", "PT1.5H", "-PT1H", "P1Y", "P1W", "PT1S ", "pt1s", "PT0S", "P400DT1S"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=r"^(Write a|A) duration"):
        duration(text)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
places = st.sampled_from(
    [
        ["v"],
        ["x"],
        ["routing"],
        ["routing", 0],
        ["routing", 0, "when", 0, "value"],
        ["otherwise", "audit_rate"],
        ["verdicts"],
        ["quality", "pause"],
        ["lease"],
        ["disagreement", "at_most"],
    ]
)


@given(anything, places)
def test_whatever_stands_in_a_document_it_is_read_or_refused_with_a_place(value, place):
    try:
        rights = read(changed(place, value), queues=QUEUES)
    except BadRights as problem:
        refused = problem.fields
    else:
        refused = []
        assert load(rights.body) == read(rights.body, queues=QUEUES) == rights
    assert all(isinstance(path, str) and message.endswith(".") for path, message in refused)
