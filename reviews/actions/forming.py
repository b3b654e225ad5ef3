"""What a form's answer is made of, as a project file says it: its schema, and the members that decide."""

from collections.abc import Sequence
from typing import Any

from reviews.errors import BadOutput


def form_faults(task_type: str, schema: dict[str, Any] | None, decisive: Sequence[str]) -> list[tuple[str, str]]:
    """Name what is wrong with the schema of a project file, and with the members that it marks as decisive."""
    if task_type != "form":
        told = [("schema", "Only a form has a schema.")] if schema is not None else []
        return told + ([("decisive", "Only a form has decisive members.")] if decisive else [])
    if schema is None:
        return [("schema", "A form needs the JSON Schema of its answer.")]
    try:
        from reviews.outputs.forms import check_schema  # the library behind it is loaded with the first form

        check_schema(schema)
    except BadOutput as problem:
        return [(f"schema.{path}".rstrip("."), message) for path, message in problem.fields] or [
            ("schema", problem.sentence)
        ]
    if set(decisive) - set(schema.get("properties", {})) or len(set(decisive)) < len(decisive):
        return [("decisive", "Name properties of the schema, each once; without any, all of them decide.")]
    return []


def decisive_of(schema: dict[str, Any] | None, decisive: Sequence[str]) -> dict[str, Any]:
    """Give what a taxonomy says of decisive members: nothing where all of them are, as where none is named."""
    some = schema is not None and 0 < len(decisive) < len(schema.get("properties", {}))
    return {"decisive": sorted(decisive)} if some else {}
