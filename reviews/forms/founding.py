"""A new project, as its founder types it: the project file that `project apply` would take."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KEYED = re.compile(r"(?P<name>.*\S)\s*\[(?P<key>[^\[\]\s])\]")
PLACE = re.compile(r"(?P<part>labels|schema)(?:\[(?P<line>\d+)\])?")
KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "whole number": {"type": "integer"},
    "yes or no": {"type": "boolean"},
}
MEDIA = [
    ("text", gettext_lazy("Text")),
    ("image", gettext_lazy("Images")),
    ("facts", gettext_lazy("Facts, such as the fields of a case")),
]
ANSWERS = [
    ("labels", gettext_lazy("Choose a label")),
    ("fields", gettext_lazy("Fill in fields")),
]


class NewProject(forms.Form):
    """Name, what people look at, how they answer, and whether the founder reviews too."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, error_messages={"required": gettext_lazy("Name the project.")}
    )
    medium = forms.ChoiceField(label=gettext_lazy("People look at"), choices=MEDIA, initial="text")
    answer = forms.ChoiceField(label=gettext_lazy("They answer"), choices=ANSWERS, initial="labels")
    labels = forms.CharField(required=False, max_length=20_000)
    several = forms.BooleanField(required=False)
    fields_text = forms.CharField(required=False, max_length=20_000)
    reviews = forms.BooleanField(required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """Hold that there is something to answer with."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("answer") == "labels" and len(lines_of(found.get("labels", ""))) < 2:
            self.add_error("labels", _("Name at least two labels, one a line."))
        if found.get("answer") == "fields" and not lines_of(found.get("fields_text", "")):
            self.add_error("fields_text", _("Name at least one field, one a line."))
        place = "labels" if found.get("answer") == "labels" else "fields_text"
        for line, said in flaws_of(found.get(place, ""), fields=place == "fields_text"):
            self.add_error(place, _("Line %(n)d: %(said)s") % {"n": line, "said": said})
        return found

    def document(self, slug: str) -> dict[str, Any]:
        """Give the project file."""
        told = self.cleaned_data
        file: dict[str, Any] = {
            "slug": slug,
            "name": told["name"],
            "task_type": "classification" if told["answer"] == "labels" else "form",
            "time_zone": timezone.get_current_timezone_name(),
        }
        if told["answer"] == "fields":
            return file | {"schema": schema_of(told["fields_text"])}
        return file | {"labels": labels_of(told["labels"]), "several": told["several"]}

    def blame(self, fields: list[tuple[str, str]], sentence: str) -> None:
        """Put a verb's refusal beside what was typed."""
        for path, message in fields or [("name", sentence)]:
            place = PLACE.match(path)
            if place is None:
                self.add_error("name" if path in {"name", "slug"} else None, message)
            elif place["part"] == "schema":
                self.add_error("fields_text", _("These fields make no form: name fewer of them, or shorter ones."))
            else:
                line = int(place["line"]) + 1 if place["line"] else 0
                self.add_error("labels", _("Line %(n)d: %(said)s") % {"n": line, "said": message} if line else message)


def lines_of(text: str) -> list[str]:
    """Give the lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def flaws_of(text: str, *, fields: bool) -> Iterator[tuple[int, str]]:
    """Name what cannot stand in these lines, by the line: a name that stands there twice, a choice of one."""
    names: set[str] = set()
    for number, line in enumerate(lines_of(text), 1):
        name, said = _field(line) if fields else (_label(line)[0], "")
        if name.casefold() in names:
            yield number, _("“%(name)s” stands here twice.") % {"name": name}
        names.add(name.casefold())
        if fields and said and said.lower() not in KINDS and len(_choices(said)) < 2:
            told = _(
                "“%(said)s” is no kind of field. There are text, number, whole number, yes or no; or write at least "
                "two choices with commas between them."
            )
            yield number, told % {"said": said}


def labels_of(text: str) -> list[dict[str, Any]]:
    """Read labels, one a line, with a key in square brackets where one is wanted: Out of stock [o]."""
    named = [_label(line) for line in lines_of(text)]
    codes = codes_of([name for name, _key in named], "label")
    return [
        {"code": code, "name": name} | ({"key": key} if key else {})
        for code, (name, key) in zip(codes, named, strict=True)
    ]


def _label(line: str) -> tuple[str, str]:
    """Read a name and the key in square brackets behind it, "" for none."""
    keyed = KEYED.fullmatch(line)
    return (keyed["name"], keyed["key"].lower()) if keyed else (line, "")


def codes_of(names: list[str], otherwise: str) -> list[str]:
    """Make a code of each name, numbered where another has it; one without Latin letters or digits gets `otherwise`."""
    found: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for place, name in enumerate(names, 1):
        code = wanted = slugify(name).replace("-", "_")[:64].strip("_") or f"{otherwise}_{place}"
        while code in found:
            numbers[wanted] += 1
            end = f"_{numbers[wanted] + 1}"
            code = f"{wanted[: 64 - len(end)]}{end}"
        found[code] = None
    return list(found)


def _field(line: str) -> tuple[str, str]:
    """Read a field's name and what is said of it behind a colon."""
    name, _colon, said = (part.strip() for part in line.partition(":"))
    return name, said


def _choices(said: str) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in said.split(",") if one.strip()))


def schema_of(text: str) -> dict[str, Any]:
    """Read fields, one a line: `note`, `amount: number`, `decision: grant, refuse`; choices must be answered."""
    members: dict[str, Any] = {}
    chosen = []
    named = [_field(line) for line in lines_of(text)]
    for code, (name, said) in zip(codes_of([name for name, _said in named], "field"), named, strict=True):
        kind: dict[str, Any] | None = KINDS.get(said.lower() or "text")
        if kind is None:
            kind = {"enum": _choices(said)}
            chosen.append(code)
        members[code] = {"title": name} | kind
    return {"type": "object", "properties": members, "required": chosen, "additionalProperties": False}
