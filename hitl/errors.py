"""Refusals to HTTP: one table for pages and API alike."""

from collections.abc import Callable

from audit.errors import Refusal
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

STATUS: dict[str, int] = {}


class RefusalMiddleware:
    """Answer a refusal raised below the views: a problem document to programs, a page to people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Turn a refusal into its answer; anything else is a defect and passes."""
        if not isinstance(problem, Refusal):
            return None
        status = STATUS.get(problem.code, 422)
        if request.path.startswith("/api/"):
            return problem_document(problem.code, problem.sentence, status, problem.fields)
        return render(request, "refusal.html", {"refusal": problem, "status": status}, status=status)


def problem_document(
    code: str, sentence: str, status: int, fields: list[tuple[str, str]] | None = None
) -> JsonResponse:
    """Make an RFC 9457 document: stable `code`, a sentence, and the fields at fault."""
    body = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": sentence,
        "errors": [{"field": field, "message": message} for field, message in fields or []],
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
