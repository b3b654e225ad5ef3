"""The interface's sentences: every one of them marked, in the catalogue, and translated whole.

    .venv/bin/python -m checks.messages            says what is missing
    .venv/bin/python -m checks.messages --write    `make messages`: takes up what changed and compiles

Babel reads code and writes the files, so that no machine needs GNU gettext. The compiled catalogues are committed: what
runs hitl needs neither.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from checks.files import ROOT, files

LANGUAGES = ("de",)
APPS = ("accounts", "assets", "audit", "guidelines", "hitl", "reviews", "templates")
ONE, MANY, NAMED = None, (1, 2), ((1, "c"), 2)
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], ONE),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], MANY),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], NAMED),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
CALL = re.compile(r"""(?<= )(?:_|n?p?gettext)\((?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|count|[, ])*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)0?\d*[sd]|%[sd]|\{\w+\}")
Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


def main(writes: bool) -> int:
    """Write the catalogues, or say what is wrong with them."""
    wrong = 0
    for language in LANGUAGES:
        place = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
        catalog = updated(place, language)
        if writes:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text_of(catalog))
            place.with_suffix(".mo").write_bytes(compiled(catalog))
        for sentence in problems(place, catalog):
            wrong += 1
            print(f"{place.relative_to(ROOT)}: {sentence}")
    return 1 if wrong else 0


def updated(place: Path, language: str) -> Catalog:
    """Give the catalogue with exactly the sentences that code and templates have now."""
    catalog = read(place) if place.exists() else Catalog(locale=language, project="hitl", fuzzy=False)
    template = Catalog(project="hitl")
    for name, line, message, comments, context in sentences():
        template.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def sentences() -> Iterator[Found]:
    """Give every marked sentence, with its file."""
    for path in files("*.py", "*.html"):
        name = path.relative_to(ROOT)
        if name.parts[0] not in APPS or "migrations" in name.parts:
            continue
        text = path.read_text()
        code = calls_of(text, str(name)) if path.suffix == ".html" else text
        for line, message, comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
            yield str(name), line, message, comments, context


def calls_of(template: str, name: str) -> str:
    """Write a template's sentences as the calls of gettext that Django makes of them."""
    told = str(templatize(template, origin=name))
    return "\n".join(CALL.findall(told))


def problems(place: Path, catalog: Catalog) -> Iterator[str]:
    """Say what keeps the files from being whole: what is stale, not translated, or says other placeholders."""
    if not place.exists() or place.read_bytes() != text_of(catalog):
        yield "code and catalogue differ; run `make messages`, then translate what is new"
    for message in catalog:
        if message.id:
            yield from (f"“{_texts(message.id)[0]}”: {sentence}" for sentence in faults(message))
    built = place.with_suffix(".mo")
    if not built.exists() or built.read_bytes() != compiled(catalog):
        yield "the compiled catalogue differs; run `make messages`"


def faults(message: Message) -> Iterator[str]:
    """Say what is wrong with one translation."""
    said, ids = _texts(message.string), _texts(message.id)
    if message.fuzzy or not all(said):
        yield "not translated"
        return
    for text, source in zip(said, ids, strict=True):
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(source)):
            yield f"other placeholders in “{text}”"
    yield from map(str, message.check())


def _texts(value: object) -> list[str]:
    return [str(one or "") for one in value] if isinstance(value, tuple | list) else [str(value or "")]


def read(place: Path) -> Catalog:
    """Read a catalogue."""
    with place.open("rb") as file:
        return read_po(file, locale=place.parent.parent.name)


def text_of(catalog: Catalog) -> bytes:
    """Write a catalogue as it is kept: by file and without line numbers, so that branches merge."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Write a catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
