"""Every page and call by every role and a stranger; an address without a row fails."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.actions import add_person, give_membership, make_token, name_owner
from accounts.models import Person, Project, Role
from accounts.reads import actor_of_person, console
from guidelines.models import GuidelineVersion, ModelVersion, TaxonomyVersion
from reviews.actions import add_endpoint, claim_next, open_claim
from reviews.models import Decision, Endpoint, Item, Question
from tests.reviews.asking import asked
from tests.town import Town, build, project_file

pytestmark = pytest.mark.django_db
ROLES = [*Role.values, "owner", "outsider", "stranger"]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
SEES, GONE, DOOR, REASON = 200, 404, 302, 403
BROWSERS = {"adjudicator", "operations", "guideline_editor", "compliance", "records_officer"}


def only(*roles: str, found: int = SEES, stranger: int = DOOR) -> dict[str, int]:
    """Let these roles in; to everyone else signed in it does not exist, a stranger is sent to the door."""
    return {role: found if role in roles else stranger if role == "stranger" else GONE for role in ROLES}


def governs(found: int) -> dict[str, int]:
    """Let operations and owners act; who may look around there is told why not."""
    return only() | dict.fromkeys(BROWSERS, REASON) | dict.fromkeys(["operations", "owner"], found)


MEMBERS = set(Role.values)
# (method, name) -> what each role gets; POST rows send nothing, so 422 says that they got in
PAGES: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "demo-door"): dict.fromkeys(ROLES, GONE),
    ("POST", "demo-door"): dict.fromkeys(ROLES, GONE),
    ("GET", "home"): only(*ROLES[:-1]),
    ("GET", "counts"): only(*ROLES[:-1]),
    ("GET", "own-rights"): only(*ROLES[:-1]),
    ("GET", "work"): only("reviewer") | dict.fromkeys([*BROWSERS, "owner"], REASON),
    ("POST", "claims"): only("reviewer", found=201) | dict.fromkeys([*BROWSERS, "owner"], REASON),
    ("POST", "acknowledgement"): only() | dict.fromkeys([*MEMBERS, "owner"], 409),
    ("POST", "renewal"): only(),
    ("GET", "batch"): only() | dict.fromkeys([*MEMBERS, "owner"], REASON),  # this town's rights have no batches
    ("DELETE", "batch-held"): only(),
    ("PATCH", "batch-held"): only(),
    ("POST", "batch-held"): only(),
    ("PUT", "batch-openings"): only(),
    ("POST", "batch-decisions"): only(),
    ("POST", "batch-withdrawals"): only(),
    ("GET", "items"): only(*BROWSERS),
    ("GET", "item"): only(*BROWSERS),
    ("POST", "routes"): only() | dict.fromkeys(BROWSERS, REASON) | {"operations": 409},
    ("GET", "override"): only() | dict.fromkeys(BROWSERS, REASON),  # this town's rights let nobody
    ("POST", "override"): only() | dict.fromkeys(BROWSERS, REASON),
    ("GET", "appeals"): only() | dict.fromkeys(BROWSERS, REASON) | {"operations": 409},
    ("POST", "appeals"): only() | dict.fromkeys(BROWSERS, REASON) | {"operations": 409},
    ("GET", "signature"): only(),
    ("POST", "signature"): only(),
    ("GET", "override-ending"): only(),
    ("POST", "override-ending"): only(),
    ("GET", "operations"): only("operations", "owner"),
    ("POST", "unmanned-holding"): only() | dict.fromkeys(["operations", "owner"], DOOR),
    ("GET", "claim-ending"): only() | dict.fromkeys(["operations", "owner"], 409),
    ("POST", "claim-ending"): only() | dict.fromkeys(["operations", "owner"], 422),
    ("GET", "switch"): only(),  # without a position there is nothing to confirm
    ("POST", "switch"): only() | dict.fromkeys(["operations", "owner"], 422),
    ("GET", "reroutings"): only("operations", "owner"),
    ("POST", "reroutings"): only() | dict.fromkeys(["operations", "owner"], 409),
    ("GET", "rereviews"): only("operations", "owner"),
    ("POST", "rereviews"): only() | dict.fromkeys(["operations", "owner"], 422),
    ("GET", "rereview"): only(),
    ("POST", "rereview"): only(),
    ("GET", "rereview-progress"): only(),
    ("POST", "rereview-ending"): only(),
    ("GET", "installation-switch"): dict.fromkeys(ROLES, REASON) | {"owner": GONE, "stranger": DOOR},
    ("POST", "installation-switch"): dict.fromkeys(ROLES, REASON) | {"owner": 422, "stranger": DOOR},
    ("GET", "callbacks"): only("operations", "owner"),
    ("POST", "callbacks"): only() | dict.fromkeys(["operations", "owner"], 422),
    ("GET", "callbacks-list"): only("operations", "owner"),
    ("POST", "endpoint"): only() | dict.fromkeys(["operations", "owner"], 422),
    ("POST", "endpoint-secrets"): only("operations", "owner"),
    ("POST", "endpoint-switch"): only() | dict.fromkeys(["operations", "owner"], DOOR),
    ("POST", "endpoint-tests"): only() | dict.fromkeys(["operations", "owner"], 422),  # it was switched off above
    ("POST", "endpoint-deliveries"): only() | dict.fromkeys(["operations", "owner"], 409),
    ("GET", "trail"): only("compliance", "records_officer"),
    ("POST", "checkpoint-mail"): only()
    | {"compliance": 503, "owner": 503, "records_officer": REASON},  # mail is not set
    ("GET", "exports"): only("compliance", "records_officer"),
    ("POST", "exports"): only() | {"compliance": 422, "records_officer": REASON},
    ("GET", "exports-list"): only("compliance", "records_officer"),
    ("GET", "export"): only() | {"records_officer": REASON},
    ("GET", "replays"): governs(SEES),
    ("POST", "replays"): governs(422),
    ("GET", "replays-list"): governs(SEES),
    ("GET", "replay"): governs(GONE),
    ("GET", "replay-progress"): governs(GONE),
    ("POST", "replay-ending"): governs(GONE),
    ("GET", "guideline"): only(*MEMBERS, "owner"),
    ("GET", "guideline-archive"): only(*MEMBERS, "owner", found=REASON)
    | dict.fromkeys(["guideline_editor", "compliance", "owner"], SEES),
    ("GET", "guideline-acknowledgement"): only(*MEMBERS, "owner"),
    ("POST", "guideline-acknowledgement"): only() | dict.fromkeys(MEMBERS, 409) | {"owner": REASON},
    ("GET", "quiz"): only() | dict.fromkeys([*MEMBERS, "owner"], DOOR),  # no version asks for one
    ("POST", "quiz"): only() | {"owner": REASON},
    ("GET", "quiz-media"): only(),
    ("GET", "readers"): only("operations", "owner"),
    ("POST", "reminder"): only() | dict.fromkeys(["operations", "owner"], 409),
    ("GET", "model-cards"): only(*MEMBERS, "owner"),
    ("GET", "card-panel"): only(),  # no model of this town has a card
    ("POST", "card-acknowledgement"): only() | dict.fromkeys(MEMBERS, 409) | {"owner": REASON},
    ("GET", "questions"): only(*MEMBERS, "owner"),
    ("GET", "new-question"): only(*MEMBERS) | {"owner": REASON},
    ("POST", "new-question"): only() | dict.fromkeys(MEMBERS, 422) | {"owner": REASON},
    ("GET", "question"): only("guideline_editor", "owner"),  # the town's one reviewer asked it
    ("POST", "question"): only() | dict.fromkeys(["guideline_editor", "owner"], 422),
    ("GET", "item-example"): only() | dict.fromkeys(BROWSERS, REASON) | {"guideline_editor": SEES, "compliance": SEES},
    ("POST", "item-example"): only() | dict.fromkeys(BROWSERS, REASON) | {"guideline_editor": 422},
    ("GET", "guideline-changes"): only(),  # there is no version before this one
    ("GET", "guideline-export"): only(*MEMBERS, "owner"),
    ("GET", "guideline-panel"): only(*MEMBERS, "owner"),
    ("GET", "guideline-media"): only(),  # no guideline of this town shows it
    ("GET", "presentation"): only(*BROWSERS),
    ("GET", "new-project"): dict.fromkeys(ROLES, REASON) | {"owner": SEES, "stranger": DOOR},
    ("POST", "new-project"): dict.fromkeys(ROLES, REASON) | {"owner": 422, "stranger": DOOR},
    ("GET", "project"): only(*BROWSERS, "owner"),
    ("GET", "arrivals"): only(*BROWSERS, "owner"),
    ("POST", "tokens"): governs(422),
    ("GET", "tray"): governs(SEES),
    ("POST", "tray"): governs(422),
    ("POST", "columns"): governs(422),
    ("POST", "emptying"): governs(DOOR),
    ("GET", "threshold"): governs(SEES),
    ("POST", "threshold"): governs(422),
    ("GET", "media"): only(),
    ("DELETE", "claim"): only(),
    ("PATCH", "claim"): only(),
    ("POST", "claim"): only(),
    ("GET", "return"): only(),
    ("POST", "return"): only(),
    ("POST", "decision"): only(),
    ("PUT", "draft"): only(),
    ("POST", "withdrawal"): only(),
    ("GET", "settings"): only(*ROLES[:-1]),
    ("POST", "keys"): only(*ROLES[:-1], found=422),
    ("PUT", "single-keys"): only(*ROLES[:-1], found=204),
    ("DELETE", "single-keys"): only(*ROLES[:-1], found=204),
    ("POST", "veils"): only(*ROLES[:-1], found=422),
    ("POST", "telling"): only(*ROLES[:-1], found=422),
    ("POST", "theme"): only(*ROLES[:-1], found=422),
    ("GET", "sign-in"): dict.fromkeys(ROLES, DOOR) | {"stranger": SEES},
    ("POST", "sign-in"): dict.fromkeys(ROLES, DOOR) | {"stranger": SEES},
    ("POST", "sign-out"): dict.fromkeys(ROLES, DOOR),
    ("POST", "language"): dict.fromkeys(ROLES, DOOR),
    ("GET", "set-password"): dict.fromkeys(ROLES, 410),
    ("POST", "set-password"): dict.fromkeys(ROLES, 410),
}
CALLERS = ["none", "wrong", "elsewhere", "service", "reviewer", "operations", "compliance", "both", "narrow"]


def api(
    none: int, elsewhere: int, service: int, reviewer: int, narrow: int, browsing: int | None = None
) -> dict[str, int]:
    """Say what a call answers without a token, with a wrong one, one of another project, a service's, a person's.

    `browsing` is for persons who read items and outcomes: an operator and a compliance officer, and a reviewer who is
    compliance too, whose token only what it is asked for holds back.
    """
    browsers = dict.fromkeys(["operations", "compliance", "both"], narrow if browsing is None else browsing)
    return {
        "none": none,
        "wrong": none,
        "elsewhere": elsewhere,
        "service": service,
        "reviewer": reviewer,
        "narrow": narrow,
        **browsers,
    }


CALLS: dict[tuple[str, str], dict[str, int]] = {
    ("POST", "api-items"): api(401, 404, 422, 403, 403),
    ("GET", "api-item"): api(401, 404, 200, 403, 403, 200),
    ("GET", "api-item-by-id"): api(401, 404, 200, 403, 403, 200),
    ("POST", "api-predictions"): api(401, 404, 422, 403, 403),
    ("GET", "api-predictions"): api(401, 404, 404, 403, 403, 404),
    ("POST", "api-predictions-list"): api(401, 404, 422, 403, 403),
    ("POST", "api-item-withdrawal"): api(401, 404, 409, 403, 403),
    ("GET", "api-item-withdrawal"): api(401, 404, 404, 403, 403, 404),
    ("POST", "api-appeals"): api(401, 404, 422, 403, 403),
    ("GET", "api-appeal"): api(401, 404, 404, 403, 403, 404),
    ("POST", "api-assets"): api(401, 404, 422, 403, 403),
    ("POST", "api-queue-claims"): api(401, 404, 403, 201, 403),
    ("POST", "api-claims"): api(401, 403, 403, 201, 403),
    ("PATCH", "api-claim"): api(401, 404, 403, 404, 403),
    ("DELETE", "api-claim"): api(401, 404, 403, 404, 403),
    ("PUT", "api-opening"): api(401, 404, 403, 404, 403),
    ("PUT", "api-draft"): api(401, 404, 403, 404, 403),
    ("POST", "api-decision"): api(401, 404, 403, 404, 403),
    ("POST", "api-withdrawal"): api(401, 404, 403, 404, 403),
    ("PUT", "api-acknowledgement"): api(401, 404, 403, 409, 403),
    ("GET", "api-outcomes"): api(401, 404, 200, 403, 403, 200) | {"both": 403},
    ("GET", "api-decisions"): api(401, 404, 403, 403, 501, 403),
    ("GET", "api-ledger"): api(401, 404, 403, 403, 501, 403),
    ("GET", "api-schema"): api(200, 200, 200, 200, 200),
    ("GET", "api-docs"): api(200, 200, 200, 200, 200),
}


def addresses(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    """List all our addresses; the admin's have a matrix of their own."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            if one.namespace != "admin":
                yield from addresses(one.url_patterns)
        elif isinstance(one, URLPattern):
            yield one


def test_every_address_has_its_row():
    pages = {str(one.name) for one in addresses() if not str(one.name).startswith("api-")}
    assert pages == {name for _, name in PAGES}
    calls = [one for one in addresses() if str(one.name).startswith("api-")]
    taken = {(method, str(one.name)) for one in calls for method in one.callback.methods}
    assert taken == CALLS.keys()


@pytest.mark.parametrize("name", sorted({name for _, name in CALLS}))
def test_a_call_takes_the_methods_of_its_rows_and_no_other(town, name):
    taken = {method for method, row in CALLS if row == name}
    headers = bearer("service", town)
    for method in METHODS - taken:
        answer = Client().generic(method, path_of(name, town), b"{}", "application/json", headers=headers)
        assert (method, answer.status_code) == (method, 405)
        assert set(answer["Allow"].split(", ")) - {"HEAD"} == taken


OF_NOTHING_THERE = (
    "export", "replay", "replay-progress", "replay-ending", "rereview", "rereview-progress", "rereview-ending",
    "signature", "override-ending", "acknowledgement", "api-acknowledgement", "reminder",
)  # fmt: skip
OF_A_PROJECT = (
    "project", "arrivals", "tokens", "tray", "columns", "emptying", "threshold", "items", "operations", "switch",
    "reroutings", "trail", "guideline", "exports", "exports-list", "replays", "replays-list", "callbacks",
    "callbacks-list", "guideline-changes", "guideline-export", "rereviews", "guideline-acknowledgement", "quiz",
    "readers", "model-cards", "questions", "new-question",
)  # fmt: skip


OF_AN_ENDPOINT = ("endpoint", "endpoint-secrets", "endpoint-switch", "endpoint-tests", "endpoint-deliveries")


def digests(town: Town) -> list[str]:
    """Name the town's guideline and taxonomy as the panel's address does."""
    return [kind.objects.get(project=town.project).digest for kind in (GuidelineVersion, TaxonomyVersion)]


def of_files(project: str, town: Town) -> dict[str, list[Any]]:
    """Give what addresses of files, and of what is read beside them, are made of."""
    return {
        "guideline-archive": [project, 1],
        **{name: [project, "0" * 64, "screen"] for name in ("media", "quiz-media", "guideline-media")},
        "guideline-panel": [project, *digests(town)],
        "card-panel": [project, "0" * 64],
        "card-acknowledgement": [project, ModelVersion.objects.get(project=town.project).pk, 1],
    }


def path_of(name: str, town: Town) -> str:
    """Give the address of another person's things in the town's project."""
    from django.urls import reverse

    item = Item.objects.get(external_id="item-1")
    decision = Decision.objects.get()
    project = town.project.slug
    arguments: dict[str, list[Any]] = {
        **{name: [project, "general"] for name in ("work", "claims", "batch")},
        **{name: [project] for name in OF_A_PROJECT},
        **{name: [uuid4()] for name in ("batch-held", "batch-openings", "batch-decisions", "batch-withdrawals")},
        "claim-ending": [project, decision.claim.token],
        "unmanned-holding": [project, "general"],
        **{name: [project, item.uuid] for name in ("item", "routes", "override", "appeals", "item-example")},
        "question": [project, Question.objects.get().uuid],
        "api-appeals": [project, item.external_id],
        "api-appeal": [project, item.external_id, uuid4()],
        "presentation": [project, decision.claim.token],
        **{name: [project, uuid4()] for name in OF_NOTHING_THERE},
        **{name: [project, Endpoint.objects.get().uuid] for name in OF_AN_ENDPOINT},
        **of_files(project, town),
        **{name: [decision.claim.token] for name in ("claim", "return", "renewal", "decision", "draft")},
        "withdrawal": [decision.uuid],
        "checkpoint-mail": [town.project.log.uuid],
        "set-password": ["none", "none"],
        "api-items": [project],
        "api-item": [project, item.external_id],
        "api-item-by-id": [item.uuid],
        "api-assets": [project],
        "api-queue-claims": [project, "general"],
        "api-outcomes": [project],
        "api-predictions": [project, item.external_id],
        "api-predictions-list": [project],
        "api-item-withdrawal": [project, item.external_id],
        "api-decisions": [project],
        "api-ledger": [project],
    }
    token = name in {"api-claim", "api-opening", "api-draft", "api-decision"}
    fallback = [decision.claim.token] if token else [decision.uuid] if name == "api-withdrawal" else []
    return reverse(name, args=arguments.get(name, fallback))


@pytest.fixture
def town() -> Town:
    """A town in which one person has decided, and another holds nothing."""
    town = build(people=1, adjudicators=1, guideline="Look at the tail.")
    for _ in range(4):
        town.send(0.5)
    who = town.people[0]
    held = claim_next(by=who, at=town.now)
    assert held is not None
    open_claim(token=held.token, by=who, at=town.now)
    town.decide(who, held)
    url, events = "https://example.com/hook", ["outcome.released"]
    add_endpoint(project=town.project, name="main", url=url, events=events, by=console(), at=town.now)
    asked(town)
    return town


def signed_in(role: str, town: Town) -> Client:
    """Sign somebody in who has this role and no part in anything yet."""
    client = Client()
    if role == "stranger":
        return client
    person = add_person(name=role, email=f"{role}@matrix.invalid", by=console(), at=town.now)
    person = getattr(person, "person", person)
    if role == "owner":
        name_owner(person=person, by=console(), at=town.now)
    elif role == "outsider":
        other = build(slug="elsewhere", people=0, adjudicators=0)
        give_membership(person=person, project=other.project, role="reviewer", by=console(), at=town.now)
    else:
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_to_whom_it_is_for(town, role):
    client = signed_in(role, town)
    wrong = []
    for (method, name), expected in PAGES.items():
        if name == "sign-out":
            continue
        answer = client.generic(method, path_of(name, town), b"{}", "application/json")
        if answer.status_code != expected[role]:
            wrong.append((method, name, answer.status_code, expected[role]))
    assert wrong == []
    assert client.post(path_of("sign-out", town)).status_code == PAGES["POST", "sign-out"][role]


def test_a_page_takes_the_methods_of_its_rows_and_no_other(town):
    client = signed_in("adjudicator", town)
    forms = {"sign-in", "sign-out", "set-password"}  # Django's own views, which take OPTIONS too
    for name in sorted({name for _, name in PAGES} - forms):
        taken = {method for method, row in PAGES if row == name}
        for method in sorted(METHODS - taken):
            answer = client.generic(method, path_of(name, town), b"{}", "application/json")
            assert (name, method, answer.status_code) == (name, method, 405)


@pytest.mark.parametrize("role", ROLES)
def test_the_admin_is_for_owners(town, role):
    answer = signed_in(role, town).get("/admin/")
    assert answer.status_code == {"owner": 200, "stranger": 302}.get(role, 404)


READS = ["items:read", "outcomes:read"]
# caller -> the roles of a person, the scopes of their token
TOKENS: dict[str, tuple[list[str], list[str]]] = {
    "reviewer": (["reviewer"], ["decisions:write"]),
    "operations": (["operations"], READS),
    "compliance": (["compliance"], READS),
    "both": (["reviewer", "compliance"], READS),
}


def member(town: Town, *roles: str) -> Person:
    """Add a person with these roles in the town's project."""
    person = add_person(name="Fresh", email="fresh@matrix.invalid", by=console(), at=town.now)
    person = Person.objects.get(pk=getattr(person, "person", person).pk)
    for role in roles:
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    assert actor_of_person(person, "api").person_id == person.pk
    return person


def bearer(caller: str, town: Town) -> dict[str, str]:
    """Give the header of a caller."""
    everything = ["items:write", "items:read", "outcomes:read", "assets:write", "predictions:write"]
    project = Project.objects.get(pk=town.project.pk)
    options: dict[str, Any] = {"projects": [project], "scopes": everything, "service": caller}
    if caller == "none":
        return {}
    if caller == "wrong":
        return {"Authorization": f"Bearer hitl_{uuid4().hex}"}
    if caller == "elsewhere":
        options["projects"] = [build(slug="elsewhere", people=0, adjudicators=0).project]
    if caller == "narrow":
        options["scopes"] = ["audit:read"]
    if caller in TOKENS:
        roles, scopes = TOKENS[caller]
        options |= {"person": member(town, *roles), "service": None, "scopes": scopes}
    _, plain = make_token(by=console(), at=town.now, **options)
    return {"Authorization": f"Bearer {plain}"}


@pytest.mark.parametrize(
    ("role", "reads", "follows"),
    [(role, 200, 200) for role in ("operations", "guideline_editor", "compliance", "records_officer")]
    + [("adjudicator", 200, 403), ("reviewer", 404, 403)],
)
def test_what_a_persons_token_reads_goes_by_their_role(town, role, reads, follows):
    options = {"person": member(town, role), "projects": [town.project], "scopes": READS}
    _, plain = make_token(by=console(), at=town.now, **options)
    headers = {"Authorization": f"Bearer {plain}"}
    expected = {"api-item": reads, "api-item-by-id": reads, "api-outcomes": follows}
    assert {name: Client().get(path_of(name, town), headers=headers).status_code for name in expected} == expected


@pytest.mark.parametrize("caller", CALLERS)
def test_each_call_answers_whom_it_is_for(town, caller):
    assert project_file()["slug"] == town.project.slug
    headers = bearer(caller, town)
    wrong = []
    for (method, name), expected in CALLS.items():
        sent = b"{}" if name != "api-decision" else b'{"verdict":"approve"}'
        answer = Client().generic(method, path_of(name, town), sent, "application/json", headers=headers)
        if answer.status_code != expected[caller]:
            wrong.append((method, name, answer.status_code, expected[caller]))
    assert wrong == []
