"""Refusals to HTTP: one table for pages and API alike."""

from collections.abc import Callable, Sequence

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop as _

from audit.errors import Refusal

API = "/api/"  # it answers in English: see hitl/languages.py
PROBLEM = "application/problem+json"
STATUS: dict[str, int] = {
    "not_signed_in": 401,
    "forbidden": 403,
    "no_batch": 403,
    "own_work": 403,
    "verdict_not_allowed": 403,
    "not_found": 404,
    "already_decided": 409,
    "another_batch": 409,
    "another_open": 409,
    "break_due": 409,
    "export_running": 409,
    "claim_lost": 409,
    **dict.fromkeys(("draft_stale", "no_draft", "not_proposed", "second_person_needed"), 409),
    "claim_over": 409,
    "email_taken": 409,
    "escalation_over": 409,
    **dict.fromkeys(("no_guideline_draft", "guideline_draft_stale", "not_reviewed", "second_editor_needed"), 409),
    "draft_of_another": 409,
    "no_guideline": 404,
    **dict.fromkeys(("not_in_force", "schedule_waits", "written_by_editors"), 409),
    **dict.fromkeys(("nothing_affected", "rereview_over", "rereview_runs"), 409),
    "rereview_stopped": 503,
    **dict.fromkeys(("consent_over", "consent_waits", "question_over", "too_many_questions"), 409),
    **dict.fromkeys(("bad_example", "bad_question", "nothing_to_show", "veiled"), 422),
    **dict.fromkeys(("acknowledgement_due", "already_acknowledged", "nothing_to_acknowledge"), 409),
    **dict.fromkeys(("quiz_first", "reminded_lately"), 409),
    **dict.fromkeys(("card_draft_stale", "card_not_in_force", "no_card_draft"), 409),
    "item_differs": 409,
    "in_a_batch": 409,
    "item_gone": 409,
    "item_settled": 409,
    **dict.fromkeys(("item_over", "prediction_differs", "prediction_gone"), 409),
    "nothing_to_send": 409,
    "secret_unread": 503,
    "last_owner": 409,
    "membership_ended": 409,
    "moved_on": 409,
    "no_higher_level": 409,
    "nobody_below": 409,
    "no_rights": 409,
    "not_held": 409,
    "nothing_to_reroute": 409,
    "rerouting_runs": 409,
    "still_holding": 409,
    "author_gone": 409,
    "not_opened": 409,
    "not_returnable": 409,
    "released": 409,
    **dict.fromkeys(("replay_missing", "replay_over", "replay_running"), 409),
    "slug_taken": 409,
    "token_ended": 409,
    **dict.fromkeys(
        ("erased_elsewhere", "erased_meanwhile", "export_busy", "export_differs", "export_half_written"), 409
    ),
    **dict.fromkeys(("appeal_differs", "appeal_waits", "in_work", "nothing_in_force"), 409),
    **dict.fromkeys(("override_over", "override_waits", "record_differs"), 409),
    **dict.fromkeys(("key_elsewhere", "log_fixed", "no_checkpoint", "nothing_to_export", "target_taken"), 409),
    "asset_gone": 410,
    "export_stopped": 503,
    "replay_stopped": 503,
    "rerouting_stopped": 503,
    "no_room_for_export": 507,
    "export_gone": 410,
    "length_required": 411,
    "not_made": 503,
    "seed_differs": 503,
    **dict.fromkeys(("anchor_failed", "anchor_late", "anchor_unlocked", "event_altered", "guard_missing"), 503),
    **dict.fromkeys(("key_unsafe", "ledger_alarm", "ledger_fault", "no_mail", "tree_differs", "tree_set_back"), 503),
    **dict.fromkeys(("witness_differs", "witness_unread", "sealing_late"), 503),
    **dict.fromkeys(("export_key_unread", "no_vault", "vault_failed"), 503),
    "export_key_gone": 410,
    "too_large": 413,
    "too_long": 413,
    "too_many_tries": 429,
    "bad_archive": 422,
    "bad_answer": 422,
    **dict.fromkeys(("bad_card", "no_basis", "not_decrypted", "retention_past"), 422),
    "bad_body": 422,
    "bad_decision": 422,
    "bad_endpoint": 422,
    "bad_guideline": 422,
    "bad_item": 422,
    "bad_membership": 422,
    "bad_output": 422,
    "bad_origin": 422,
    "bad_person": 422,
    "bad_prediction": 422,
    "bad_preference": 422,
    "bad_project": 422,
    "bad_query": 422,
    "bad_rereview": 422,
    "bad_rights": 422,
    "bad_token": 422,
    "not_a_sound": 422,
    "not_a_video": 422,
    "not_an_image": 422,
    "not_cited": 422,
    "not_text": 422,
    "not_canonical": 422,
    "reason_missing": 422,
    "token_needs_person": 422,
    "token_needs_role": 422,
    "unknown_role": 422,
    "weak_password": 422,
    "wrong_password": 422,
    "not_yet": 501,
}
SAID_BY_DJANGO = {
    400: ("bad_request", "This request cannot be read."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address does not take this method; the Allow header names those it takes."),
    413: ("too_large", _("This body is longer than this installation takes; send it in parts.")),
    500: ("internal_error", "Something failed on our side and nothing was changed. Send the same request again later."),
}


class RefusalMiddleware:
    """Answer a refusal raised below the views: a problem document to programs, a page to people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what Django itself says of a call of the API becomes a problem document too."""
        response = self.get_response(request)
        said = SAID_BY_DJANGO.get(response.status_code)
        if said is None or not request.path.startswith(API) or response.headers.get("Content-Type") == PROBLEM:
            return response
        answer = problem_document(*said, response.status_code)
        if "Allow" in response.headers:
            answer["Allow"] = response["Allow"]
        return answer

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Turn a refusal into its answer; anything else is a defect and passes."""
        if isinstance(problem, RequestDataTooBig):
            problem = TooLong()
        return refused(request, problem) if isinstance(problem, Refusal) else None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal: a problem document to programs, a page to people."""
    status = STATUS[refusal.code]
    if request.path.startswith(API):
        return problem_document(refusal.code, refusal.sentence, status, refusal.fields)
    return render(request, "refusal.html", {"refusal": refusal, "status": status}, status=status)


class TooLong(Refusal):
    """The body is longer than HITL_BODY_BYTES."""

    code, sentence = SAID_BY_DJANGO[413]


def problem_document(code: str, sentence: str, status: int, fields: Sequence[tuple[str, str]] = ()) -> HttpResponse:
    """Make an RFC 9457 document: stable `code`, a sentence, and the fields at fault."""
    body = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": sentence,
        "errors": [{"field": field, "message": message} for field, message in fields],
    }
    headers = {"Cache-Control": "no-store"} | ({"WWW-Authenticate": "Bearer"} if status == 401 else {})
    return JsonResponse(body, status=status, content_type=PROBLEM, headers=headers)
