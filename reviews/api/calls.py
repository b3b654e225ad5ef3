"""The calls of the API, one row each: what the schema is assembled from."""

from dataclasses import dataclass, field

from accounts.models import Scope

Answers = dict[int, tuple[str, str | None]]
"""Status to (what it says, shape of the body or None)."""
BAD = "What was sent cannot be taken; `errors` names each place."
REST = "`break_due`: the person owes a break from hard content; the sentence says until when."
DUE = (
    "`acknowledgement_due`: a guideline there is to be acknowledged first, in the browser; the sentence says where. Of "
    "several projects only when nothing waits in the others."
)
LOST = "`claim_lost`: the claim lapsed, ended, or was given back."
LONG = "Longer than this installation takes."


@dataclass(frozen=True)
class Row:
    """One call: method, path below `/api/v1`, name, what it does, scope, body as (media type, shape), answers."""

    method: str
    path: str
    name: str
    says: str
    scope: str | None
    answers: Answers
    bodies: dict[str, str | None] = field(default_factory=dict)
    query: tuple[str, ...] = ()
    waits: bool = False


JSON, NDJSON, ANY, FORM = "application/json", "application/x-ndjson", "application/octet-stream", "multipart/form-data"
NEXT: Answers = {
    201: ("The claim, to be opened within two minutes.", "ClaimAnswer"),
    204: ("Nothing waits.", None),
    409: (f"{REST} {DUE}", None),
}

CALLS = (
    Row(
        "post",
        "/projects/{project}/items/",
        "sendItems",
        "Send one item, up to 1,000 as a list, or one a line. The same body again answers the same item.",
        Scope.ITEMS_WRITE,
        {
            201: ("One item, created.", "ItemAnswer"),
            200: ("One item, known already; or one result an item, where several were sent.", "SentAnswer"),
            409: (
                "`item_differs`, `item_gone`: the id is taken. `no_rights`: the project is not set up.",
                None,
            ),
            413: (LONG, None),
            422: (BAD, None),
        },
        {JSON: "SentItems", NDJSON: None},
        waits=True,
    ),
    Row(
        "get",
        "/projects/{project}/items/{external_id}/",
        "readItem",
        "Read an item by the id that its system gave it.",
        Scope.ITEMS_READ,
        {200: ("The item as it stands.", "ItemAnswer")},
        waits=True,
    ),
    Row(
        "post",
        "/projects/{project}/items/{external_id}/withdrawal/",
        "withdrawItem",
        "Withdraw an item that needs no answer any more: its work ends, unless it has an outcome. Said again it stays.",
        Scope.ITEMS_WRITE,
        {
            200: ("It is withdrawn.", "ItemAnswer"),
            409: ("`item_settled`: it has an outcome, released or about to be. `item_gone`: expired or erased.", None),
        },
    ),
    Row(
        "post",
        "/projects/{project}/items/{external_id}/predictions/",
        "sendPrediction",
        "Send what another model version says of an item. It routes nothing and is shown to nobody who may be asked.",
        Scope.PREDICTIONS_WRITE,
        {
            201: ("It is kept.", "PredictionAnswer"),
            200: ("It was sent before: the same item, model version, purpose and body.", "PredictionAnswer"),
            409: (
                "`prediction_differs`: this version said something else for this purpose. `prediction_gone`: what it "
                "said was erased. `item_over`: the item is withdrawn, has expired or was erased.",
                None,
            ),
            413: (LONG, None),
            422: (BAD, None),
        },
        {JSON: "PredictionShape"},
    ),
    Row(
        "post",
        "/projects/{project}/predictions/",
        "sendPredictions",
        "Send up to 1,000 of them; one that is refused does not spoil the rest.",
        Scope.PREDICTIONS_WRITE,
        {
            200: ("One result a prediction, in the order sent.", "PredictionsAnswer"),
            413: (LONG, None),
            422: (BAD, None),
        },
        {JSON: "SentPredictions"},
    ),
    Row(
        "get",
        "/items/{item}/",
        "readItemById",
        "Read an item by its own id.",
        Scope.ITEMS_READ,
        {200: ("The item as it stands.", "ItemAnswer")},
        waits=True,
    ),
    Row(
        "post",
        "/projects/{project}/items/{external_id}/appeals/",
        "sendAppeal",
        "Send a complaint about the outcome in force; somebody who had no part in it hears it.",
        Scope.ITEMS_WRITE,
        {
            201: ("The appeal waits to be heard.", "AppealAnswer"),
            200: ("It was sent before, with the same body.", "AppealAnswer"),
            409: (
                "`appeal_differs`: the external_id is taken. `appeal_waits`: another is being heard. "
                "`nothing_in_force`, `in_work`: not yet.",
                None,
            ),
            413: (LONG, None),
            422: (BAD, None),
        },
        {JSON: "AppealShape"},
    ),
    Row(
        "get",
        "/projects/{project}/items/{external_id}/appeals/{appeal}/",
        "readAppeal",
        "Read an appeal: whether it waits, or how it ended and why.",
        Scope.ITEMS_READ,
        {200: ("The appeal as it stands.", "AppealAnswer")},
    ),
    Row(
        "post",
        "/projects/{project}/assets/",
        "sendAsset",
        "Send a file, raw or as the one file of a form; name it by its id in an item's data.",
        Scope.ASSETS_WRITE,
        {
            201: ("Kept, and granted to this project.", "AssetAnswer"),
            200: ("This project has it already.", "AssetAnswer"),
            413: (LONG, None),
            422: (
                "`not_an_image`, `not_a_sound`: no file that is taken, or not whole. `bad_body`: not one file.",
                None,
            ),
        },
        {ANY: None, FORM: "SentFile"},
    ),
    Row(
        "post",
        "/projects/{project}/queues/{queue}/claims/",
        "claimNextOfQueue",
        "Claim the next item of a queue. A claim that was not opened yet is answered again.",
        Scope.DECISIONS_WRITE,
        NEXT,
    ),
    Row(
        "post",
        "/claims/",
        "claimNext",
        "Claim the next item of all my queues, in the token's projects.",
        Scope.DECISIONS_WRITE,
        NEXT,
    ),
    Row(
        "patch",
        "/claims/{token}/",
        "prolongClaim",
        "Start the lease anew: its person is at work.",
        Scope.DECISIONS_WRITE,
        {200: ("The new end of the lease.", "UntilAnswer"), 409: (LOST, None)},
    ),
    Row(
        "delete",
        "/claims/{token}/",
        "giveClaimBack",
        "Give the claim back; what was typed is kept.",
        Scope.DECISIONS_WRITE,
        {204: ("Given back.", None), 409: (LOST, None)},
    ),
    Row(
        "put",
        "/claims/{token}/opening/",
        "openClaim",
        "Say that the item is on screen now: a claim is decided only after that.",
        Scope.DECISIONS_WRITE,
        {
            200: ("The claim with its full lease.", "ClaimAnswer"),
            409: (f"{LOST} `another_open`. {REST}", None),
        },
    ),
    Row(
        "put",
        "/claims/{token}/draft/",
        "saveDraft",
        "Keep what is being typed, any JSON object of at most 256 KiB.",
        Scope.DECISIONS_WRITE,
        {204: ("Kept.", None), 409: ("`claim_lost`: it is decided.", None), 413: (LONG, None), 422: (BAD, None)},
        {JSON: "SentDraft"},
    ),
    Row(
        "post",
        "/claims/{token}/decision/",
        "decide",
        "Decide; or give one of the decisions that an adjudication shows back to its author, with the verdict return. "
        "The same body again answers the same.",
        Scope.DECISIONS_WRITE,
        {
            201: ("The decision stands, or was returned.", "DecidedAnswer"),
            200: ("It stood already, with the same body.", "DecidedAnswer"),
            409: (
                f"{LOST} `already_decided`: with another body. `not_opened`. `no_higher_level`. `nobody_below`. "
                "Of a return: `not_returnable`, `author_gone`, `moved_on`: the decision was taken back.",
                None,
            ),
            413: (LONG, None),
            422: (BAD, None),
        },
        {JSON: "SentDecision"},
    ),
    Row(
        "put",
        "/projects/{project}/tasks/{task}/acknowledgement/",
        "acknowledgeEscalation",
        "Say that an escalated task is in hand, so that the clock no longer takes it for unanswered.",
        Scope.DECISIONS_WRITE,
        {
            200: ("Since when it is; said again, the first time.", "AcknowledgedAnswer"),
            409: ("`escalation_over`: it is answered or passed on, or was never escalated.", None),
        },
    ),
    Row(
        "post",
        "/decisions/{decision}/withdrawal/",
        "withdrawDecision",
        "Take my decision back, until its outcome is released; its seat is mine again, to be opened and redone.",
        Scope.DECISIONS_WRITE,
        {
            201: ("A new claim on the same seat.", "ClaimAnswer"),
            409: ("`released`: too late. `moved_on`: someone has taken it up, or it is withdrawn already.", None),
        },
    ),
    Row(
        "get",
        "/projects/{project}/outcomes/",
        "readOutcomes",
        "Read released outcomes in their order, each once: send the last next_cursor with the next call.",
        Scope.OUTCOMES_READ,
        {200: ("Outcomes after the cursor; none where nothing is new.", "FeedAnswer"), 422: (BAD, None)},
        query=("cursor", "limit"),
    ),
    Row("get", "/schema/", "readSchema", "This description, OpenAPI 3.1.", None, {200: ("The description.", "Schema")}),
    Row("get", "/docs/", "readDocs", "This description, to read.", None, {200: ("A page.", None)}),
)
