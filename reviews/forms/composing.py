"""An answer as a form without scripts sends it."""

import json
from typing import Any

from django.http import QueryDict
from django.utils.formats import sanitize_separators
from django.utils.translation import gettext as _

from reviews.errors import BadBody
from reviews.forms.deciding import sent_turns
from reviews.reads.composing import AnswerForm, Field
from reviews.wire import read_decision
from reviews.wire.exact import hold_nesting


def sent_answer(post: QueryDict, form: AnswerForm, standing: Any) -> Any:
    """Read the answer of a form over the standing one, whose members that no field shows are kept; None for nothing.

    Raises:
        BadBody: a field is missing or does not read.
    """
    if form.shape == "labels":
        labels = post.getlist("label")
        turns = sent_turns(post) if form.on_turns else {}
        return {"labels": labels, **turns} if labels or turns or form.many else None
    if form.shape == "fields":
        return _fields(post, form.fields, standing if isinstance(standing, dict) else {})
    return _written(post.get("json", ""))


def _written(text: str) -> Any:
    """Read an answer that was written as JSON; the places of faults are as in the answer itself."""
    if not text.strip():
        return None
    try:
        hold_nesting(text)
        json.loads(text)
        return read_decision(b'{"output":' + text.encode(errors="replace") + b"}").output
    except ValueError as problem:
        line = getattr(problem, "lineno", 1)
        said = _("Line %(line)d: this is no JSON from here on. Look for a comma, a quote or a bracket.") % {
            "line": line
        }
        raise BadBody(said) from problem
    except BadBody as problem:
        fields = [(path.removeprefix("output").lstrip("."), message) for path, message in problem.fields]
        raise BadBody(fields[0][1] if fields else problem.sentence, fields=fields) from problem


def _fields(post: QueryDict, fields: list[Field], standing: dict[str, Any]) -> dict[str, Any]:
    output = dict(standing)
    for one in fields:
        value = _value(post, one)
        if value is None:
            output.pop(one.name, None)
            if one.required:
                raise _missing(one, _("This is required."))
        elif not (value is False and one.name not in standing and not one.required):
            output[one.name] = value
    found: dict[str, Any] = read_decision(json.dumps({"output": output}).encode()).output
    return found


def _value(post: QueryDict, one: Field) -> Any:
    """Read one field; None where nothing is given."""
    sent = post.get(f"field-{one.name}", "").strip()
    if one.kind == "boolean":
        return f"field-{one.name}" in post
    if not sent:
        return None
    if one.kind == "choice":
        known = [option for option, _word, _chosen in one.options]
        value = _json(sent, one)
        if value not in known:
            raise _missing(one, _("Choose one of those that stand here."))
        return value
    if one.kind == "text":
        return sent
    try:
        return int(sent) if one.kind == "integer" else float(sanitize_separators(sent))
    except (TypeError, ValueError):
        raise _missing(one, _("This does not read as a number.")) from None


def _json(sent: str, one: Field) -> Any:
    try:
        return json.loads(sent)
    except (ValueError, RecursionError):
        raise _missing(one, _("Choose one of those that stand here.")) from None


def _missing(one: Field, told: str) -> BadBody:
    return BadBody(f"{one.title}: {told}", fields=[(one.name, told)])
