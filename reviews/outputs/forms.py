"""Forms: JSON Schema 2020-12, closed in itself.

A schema refers to nothing outside it: `$ref` and `$dynamicRef` start with `#` and lead to a schema, and only the root
has an `$id`, which names it and changes no reference. `format` is a note for the page, not a check (the standard's
default).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from itertools import islice
from typing import Any, cast

import msgspec
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, UndefinedTypeCheck, UnknownType, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from audit.errors import NotCanonical
from reviews.errors import BadOutput
from reviews.wire.canonical import canonical
from reviews.wire.exact import flaws_in, joined

LARGEST_SCHEMA = 64 * 2**10
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = {
    "integer": _("a whole number"),
    "number": _("a number"),
    "string": _("text"),
    "boolean": _("yes or no"),
    "array": _("a list"),
    "object": _("an object"),
    "null": _("empty"),
}
SAID = {
    "required": _("Missing here: %(limit)s."),
    "type": _("This has to be %(limit)s."),
    "const": _("This has to be %(limit)s."),
    "enum": _("Choose one of these: %(limit)s."),
    "minimum": _("This has to be at least %(limit)s."),
    "maximum": _("This has to be at most %(limit)s."),
    "exclusiveMinimum": _("This has to be more than %(limit)s."),
    "exclusiveMaximum": _("This has to be less than %(limit)s."),
    "minLength": _("This needs at least %(limit)s characters."),
    "maxLength": _("This has at most %(limit)s characters."),
    "pattern": _("This does not fit the pattern %(limit)s."),
}
_references = ("$ref", "$dynamicRef")
_unusable = (UnknownType, UndefinedTypeCheck, RecursionError, ValueError, TypeError, OverflowError, re.error)


def check_schema(schema: Any) -> None:
    """Hold that a project's form can use this schema: for an object, valid, at most 64 KiB, closed in itself.

    Raises:
        BadOutput: `fields` names the places in the schema.
    """
    errors = list(islice(_schema_errors(schema), 20))
    if errors:
        raise BadOutput(f"This schema cannot be used. {errors[0][0]}: {errors[0][1]}", fields=errors)


def misfits(output: Any, schema: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Name the places (at most 20) where a sound JSON value is not what the schema admits; None admits all."""
    if schema is None:
        return []
    try:
        found = islice(_validator(canonical(schema)).iter_errors(output), 20)
        return list(dict.fromkeys((_path(error.absolute_path), _said(error)) for error in found))
    except (*_unusable, Unresolvable, NotCanonical) as problem:
        return [("", f"The project's schema cannot judge this: {_words(str(problem))}")]


def _said(error: ValidationError) -> str:
    """Say what a schema asks for in the reader's language; what has no words here, in the validator's English."""
    words, limit = SAID.get(str(error.validator)), cast(Any, error.validator_value)
    if words is None:
        return _words(error.message)
    told = limit if isinstance(limit, list) else [limit]
    if error.validator == "required":
        told = [key for key in told if key not in cast(Any, error.instance)]
    if error.validator == "type":
        told = [gettext(TYPES.get(str(kind), str(kind))) for kind in told]
    return _words(gettext(words) % {"limit": ", ".join(str(localize(one)) for one in told)})


@lru_cache(maxsize=256)
def _validator(body: bytes) -> Draft202012Validator:
    schema = msgspec.json.decode(body)
    closed = {key: part for key, part in schema.items() if key != "$id"} if isinstance(schema, dict) else schema
    return Draft202012Validator(closed, registry=Registry())  # an empty registry fetches nothing


def _schema_errors(schema: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, dict) or schema.get("type") != "object":
        yield "type", 'The schema of a form has "type": "object".'
        return
    flaws = list(islice(flaws_in(schema), 20)) or _size_errors(schema) or _dialect_errors(schema)
    yield from flaws
    if not flaws:
        invalid = list(_invalid(schema, ""))
        yield from invalid or _reference_errors(schema)


def _size_errors(schema: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        return [("", "A schema has at most 64 KiB.")] if len(canonical(schema)) > LARGEST_SCHEMA else []
    except NotCanonical as problem:
        return [("", problem.sentence)]


def _dialect_errors(schema: dict[str, Any]) -> list[tuple[str, str]]:
    dialect = schema.get("$schema", DIALECT)
    known = isinstance(dialect, str) and dialect.removesuffix("#") == DIALECT
    return [] if known else [("$schema", f"This has to be {DIALECT}.")]


def _invalid(schema: Any, path: str) -> Iterator[tuple[str, str]]:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as problem:
        yield _path(problem.absolute_path, path), _words(problem.message)
    except _unusable as problem:
        yield path, _words(str(problem))


def _reference_errors(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    closed = {key: part for key, part in schema.items() if key != "$id"}
    resolver = Registry().with_resource("", DRAFT202012.create_resource(closed)).resolver()
    for path, key, reference in _named(closed, ""):
        if key == "$id":
            yield path, "Only the root of a schema may have an $id."
        elif not reference.startswith("#"):
            yield path, "A schema refers to nothing outside it: a reference starts with #."
        else:
            try:
                target = resolver.lookup(reference).contents
            except (Unresolvable, *_unusable):
                yield path, "This reference leads nowhere."
            else:
                yield from _invalid(target, path)


def _named(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Give (path, key, text) of every reference and every $id in the document."""
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, str) and key in (*_references, "$id"):
                yield joined(path, key), key, part
            yield from _named(part, joined(path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _named(part, joined(path, str(place)))


def _path(parts: Iterable[str | int], path: str = "") -> str:
    """Append keys and positions to a path."""
    return reduce(joined, map(str, parts), path)


def _words(message: str) -> str:
    return message[:300].encode(errors="replace").decode().replace("\0", "?")
