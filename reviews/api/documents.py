"""What the API can do, for programs and for people."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from reviews.api import schema as description
from reviews.api.answering import answer
from reviews.api.asking import api


@api("GET")
def schema(request: HttpRequest) -> HttpResponse:
    """Show the description."""
    return answer(description.schema(), headers={"Cache-Control": "public, max-age=300"})


@api("GET")
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description as a page."""
    whole = description.schema()
    shapes = [
        {"name": name, "says": shape.get("description", ""), "rows": list(_rows(shape))}
        for name, shape in whole["components"]["schemas"].items()
    ]
    return render(request, "reviews/api_docs.html", {"calls": list(_calls(whole)), "shapes": shapes})


def _calls(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in whole["paths"].items():
        for method, call in methods.items():
            bodies = call.get("requestBody", {}).get("content", {})
            yield {
                "method": method.upper(),
                "path": f"/api/v1{path}",
                "name": call["operationId"],
                "says": call["summary"],
                "scope": call.get("x-scope", ""),
                "parameters": call["parameters"],
                "bodies": [{"kind": kind, "shape": _named(body["schema"])} for kind, body in bodies.items()],
                "answers": [
                    {"status": status, "says": said["description"], "shape": _shape_of(said)}
                    for status, said in call["responses"].items()
                ],
            }


def _shape_of(said: dict[str, Any]) -> str:
    return next((_named(body["schema"]) for body in said.get("content", {}).values()), "")


def _named(shape: dict[str, Any]) -> str:
    return str(shape.get("$ref", "")).rpartition("/")[2]


def _rows(shape: dict[str, Any]) -> Iterator[dict[str, str]]:
    for name, kind in shape.get("properties", {}).items():
        required = _("required") if name in shape.get("required", ()) else ""
        yield {"name": name, "kind": _words(kind), "required": required, "says": kind.get("description", "")}


def _words(kind: dict[str, Any]) -> str:
    """Say a JSON Schema in a few words."""
    if "$ref" in kind:
        return _named(kind)
    if "anyOf" in kind:
        return " | ".join(_words(one) for one in kind["anyOf"])
    if "enum" in kind:
        return " | ".join(str(one) for one in kind["enum"])
    if kind.get("type") == "array":
        return f"[{_words(kind.get('items', {}))}]"
    return str(kind.get("format") or kind.get("type") or "any")
