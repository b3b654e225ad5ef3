"""OpenAPI 3.1, assembled from the calls and from the shapes that the API reads and answers."""

import re
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings

from reviews.api import shapes
from reviews.api.calls import ANY, CALLS, NDJSON, Row
from reviews.outputs.shapes import Labels
from reviews.wire.appeals import AppealShape
from reviews.wire.predictions import NamedPredictionShape, PredictionShape
from reviews.wire.shapes import DecisionShape, ExternalId, ItemShape

ANSWERS = (
    shapes.ItemAnswer,
    shapes.ResultsAnswer,
    shapes.AssetAnswer,
    shapes.ClaimAnswer,
    shapes.UntilAnswer,
    shapes.DecisionAnswer,
    shapes.ReturnedAnswer,
    shapes.FeedAnswer,
    shapes.AppealAnswer,
    shapes.AcknowledgedAnswer,
    shapes.PredictionAnswer,
    shapes.PredictionsAnswer,
    shapes.ProblemShape,
)
SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
UUID = {"type": "string", "format": "uuid"}
CURSOR = {"type": "string", "pattern": "^[0-9]{1,18}$"}
LIMIT = {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
PLACES: dict[str, dict[str, Any]] = {
    "project": {"schema": SLUG, "description": "The project's slug"},
    "queue": {"schema": SLUG, "description": "The queue's slug"},
    "item": {"schema": UUID, "description": "The item's own id"},
    "token": {"schema": UUID, "description": "The claim's token"},
    "task": {"schema": UUID, "description": "The task's id, as its claim tells it"},
    "appeal": {"schema": UUID, "description": "The appeal's id"},
    "decision": {"schema": UUID, "description": "The decision's id"},
    "external_id": {"schema": msgspec.json.schema(ExternalId), "description": "Percent-encoded, slashes too"},
    "cursor": {"schema": CURSOR, "description": "`next_cursor` of an earlier answer; from the start without it"},
    "limit": {"schema": LIMIT, "description": "At most so many"},
}
WAITING = {
    "name": "Prefer",
    "in": "header",
    "schema": {"type": "string", "pattern": "^wait=([1-9]|[1-5][0-9]|60)$"},
    "description": "`wait=N`: a program's answer for one item is held back for N seconds at most, until an outcome is "
    "released. `Preference-Applied` says that it was; where `outcome` is null all the same, ask again after "
    "`Retry-After` seconds. Without `Preference-Applied` too many wait already. A held answer may begin with blanks.",
}
OBJECT = {"type": "object", "additionalProperties": True}
EITHER = {
    "SentItems": {
        "description": "An item, or a list of them.",
        "anyOf": [
            {"$ref": "#/components/schemas/ItemShape"},
            {
                "type": "object",
                "properties": {
                    "items": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/ItemShape"}}
                },
                "required": ["items"],
                "additionalProperties": False,
            },
        ],
    },
    "SentPredictions": {
        "description": "A list of further predictions, each with the item that it is for.",
        "type": "object",
        "properties": {
            "predictions": {
                "type": "array",
                "maxItems": 1000,
                "items": {"$ref": "#/components/schemas/NamedPredictionShape"},
            }
        },
        "required": ["predictions"],
        "additionalProperties": False,
    },
    "SentAnswer": {
        "description": "The item, or one result for each of several.",
        "anyOf": [{"$ref": "#/components/schemas/ItemAnswer"}, {"$ref": "#/components/schemas/ResultsAnswer"}],
    },
    "DecidedAnswer": {
        "description": "The decision; or, of a return that names one, that decision.",
        "anyOf": [{"$ref": "#/components/schemas/DecisionAnswer"}, {"$ref": "#/components/schemas/ReturnedAnswer"}],
    },
    "SentDecision": {"$ref": "#/components/schemas/DecisionShape"},
    "SentDraft": {"description": "What has been typed so far.", **OBJECT},
    "SentFile": {
        "description": "A form with one file.",
        "type": "object",
        "properties": {"file": {"type": "string", "contentMediaType": ANY}},
        "required": ["file"],
    },
    "Schema": {"description": "OpenAPI 3.1.", **OBJECT},
}
ALWAYS = {
    "401": "No token that is in force.",
    "403": "The token lacks the scope, or the role does not allow it.",
    "404": "There is nothing here for this token.",
}
UNSIZED = "`length_required`: the body came in chunks, without its length."


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """Give the whole description; do not change what comes back."""
    paths: dict[str, dict[str, Any]] = {}
    for row in CALLS:
        paths.setdefault(row.path, {})[row.method] = operation(row)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hitl",
            "version": settings.BUILD,
            "description": "Human oversight of machine learning: items in, decisions by people, outcomes out.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": components(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "A token of hitl"}},
        },
    }


def components() -> dict[str, Any]:
    """Give the shapes by name."""
    _, found = msgspec.json.schema_components(
        (ItemShape, DecisionShape, AppealShape, PredictionShape, NamedPredictionShape, Labels, *ANSWERS),
        ref_template="#/components/schemas/{name}",
    )
    return {**found, **EITHER}


def operation(row: Row) -> dict[str, Any]:
    """Describe one call."""
    answers = {str(status): _answer(row, status, says, shape) for status, (says, shape) in row.answers.items()}
    if row.scope:
        answers |= {status: _problem(says) for status, says in ALWAYS.items()}
    described: dict[str, Any] = {
        "operationId": row.name,
        "summary": row.says,
        "parameters": [
            *({"name": name, "in": "path", "required": True, **PLACES[name]} for name in _named(row.path)),
            *({"name": name, "in": "query", **PLACES[name]} for name in row.query),
            *([WAITING] if row.waits else []),
        ],
        "responses": dict(sorted(answers.items())),
        "security": [{"bearer": []}] if row.scope else [],
    }
    if row.scope:
        described["description"] = f"Scope: `{row.scope}`."
        described["x-scope"] = str(row.scope)
    if row.bodies:
        described["responses"]["411"] = _problem(UNSIZED)
        described["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": _body(kind, shape)} for kind, shape in row.bodies.items()},
        }
    return described


def _named(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _ref(shape: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape}"}


def _body(kind: str, shape: str | None) -> dict[str, Any]:
    if shape:
        return _ref(shape)
    return {"type": "string", "description": "One item a line."} if kind == NDJSON else {"contentMediaType": ANY}


def _answer(row: Row, status: int, says: str, shape: str | None) -> dict[str, Any]:
    if status >= 400:
        return _problem(says)
    kind = "text/html" if row.name == "readDocs" else "application/json"
    content = {kind: {"schema": _ref(shape) if shape else {"type": "string"}}}
    return {"description": says} | ({} if status == 204 else {"content": content})


def _problem(says: str) -> dict[str, Any]:
    return {"description": says, "content": {"application/problem+json": {"schema": _ref("ProblemShape")}}}
