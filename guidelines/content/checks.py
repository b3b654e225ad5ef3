"""What is wrong in a taxonomy and a guideline that are to be published, each fault with its place and what to do."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guidelines.content.mapping import needs_mapping
from guidelines.content.shape import Example, Guideline, Label, Moved, Region, Section, Taxonomy

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
ASSET = re.compile(r"sha256:[0-9a-f]{64}")
KEYS = [*"123456789", *(letter for letter in string.ascii_lowercase if letter not in "acreszjkngqbmv")]
MOST_SECTIONS, MOST_EXAMPLES, LONGEST, LONGEST_LINE = 500, 4_000, 100_000, 300
LABELLED = frozenset({"classification", "detection", "segmentation", "events", "redaction", "spans"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A place, as in `labels[2].definition` or `sections[0].title` ("" for the whole), and what is wrong there."""

    place: str
    sentence: str


def faults(
    taxonomy: Taxonomy,
    guideline: Guideline,
    *,
    task_type: str,
    before: Taxonomy | None = None,
    files: Mapping[str, str] | None = None,
    own_taxonomy: bool = True,
    elsewhere: bool = False,
) -> list[Fault]:
    """List all that keeps these from being published.

    Args:
        taxonomy: what the guideline will stand on.
        guideline: one language of it.
        task_type: the project's.
        before: the taxonomy in force, which the mapping carries over from.
        files: the files that the project holds, by `sha256:<hex>`, each image, audio or video; None where not asked.
        own_taxonomy: whether the taxonomy is published with it; a translation stands on the one in force.
        elsewhere: the mapping came with an archive and tells of a version of another installation too.
    """
    own: list[tuple[str, str]] = []
    if own_taxonomy:
        own += [*_labels(taxonomy, task_type), *_tree(taxonomy), *_categories(taxonomy)]
        own += [*_attributes(taxonomy), *_mapping(taxonomy, before, elsewhere)]
    found = [
        *own,
        *_sections(guideline, taxonomy),
        *_examples(guideline, taxonomy, files),
        *_acknowledge(guideline),
    ]
    return [Fault(place, sentence) for place, sentence in found]


Found = Iterator[tuple[str, str]]


def _labels(taxonomy: Taxonomy, task_type: str) -> Found:
    if not taxonomy.active and task_type in LABELLED:
        yield "labels", _("Name at least one label that may be said.")
    for place, label in enumerate(taxonomy.labels):
        yield from _label(f"labels[{place}]", label)
    yield from _twice("labels", [label.code for label in taxonomy.labels], _("Two labels have the code {one}."))
    keys = [label.key for label in taxonomy.active if label.key]
    yield from _twice("labels", keys, _("Two labels have the key {one}. Give one of them another."))
    names = [label.name.strip().casefold() for label in taxonomy.active]
    yield from _twice("labels", names, _("Two labels have the name “{one}”: nobody could tell them apart."))


def _label(place: str, label: Label) -> Found:
    if not CODE.fullmatch(label.code):
        yield f"{place}.code", _("A code has small letters, digits, - and _, at most 64.")
    if not label.name.strip() or len(label.name) > LONGEST_LINE:
        yield f"{place}.name", _("Give the label a name of at most {n} characters.").format(n=LONGEST_LINE)
    if label.active and not label.definition.strip():
        yield (
            f"{place}.definition",
            _("“{name}” has no definition: say in a sentence when it holds.").format(name=label.name or label.code),
        )
    if label.key and label.key not in KEYS:
        yield f"{place}.key", _("{key} is no free key. Free are {keys}.").format(key=label.key, keys=" ".join(KEYS))
    if label.colour is not None and not 1 <= label.colour <= 12:
        yield f"{place}.colour", _("A colour is a number from 1 to 12.")


def _tree(taxonomy: Taxonomy) -> Found:
    parents = {label.code: label.parent for label in taxonomy.labels}
    for place, label in enumerate(taxonomy.labels):
        if label.parent is None:
            continue
        if label.parent not in parents:
            yield f"labels[{place}].parent", _("There is no label {code} to stand under.").format(code=label.parent)
            continue
        above: str | None = label.parent
        seen = {label.code}
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above is not None:
            yield f"labels[{place}].parent", _("“{name}” stands under itself.").format(name=label.name)


def _categories(taxonomy: Taxonomy) -> Found:
    for place, one in enumerate(taxonomy.error_categories):
        if not CODE.fullmatch(one.code):
            yield f"error_categories[{place}].code", _("A code has small letters, digits, - and _, at most 64.")
        if not one.name.strip():
            yield f"error_categories[{place}].name", _("Give the error category a name.")
    codes = [one.code for one in taxonomy.error_categories]
    yield from _twice("error_categories", codes, _("Two error categories have the code {one}."))


def _attributes(taxonomy: Taxonomy) -> Found:
    known = {label.code for label in taxonomy.labels}
    for place, one in enumerate(taxonomy.attributes):
        if not CODE.fullmatch(one.code):
            yield f"attributes[{place}].code", _("A code has small letters, digits, - and _, at most 64.")
        if not one.name.strip():
            yield f"attributes[{place}].name", _("Give the attribute a name.")
        if one.kind == "choice" and len(set(one.values)) < 2:
            yield f"attributes[{place}].values", _("A choice has at least two different values.")
        for code in one.labels:
            if code not in known:
                yield f"attributes[{place}].labels", _("There is no label {code}.").format(code=code)
    yield from _twice("attributes", [one.code for one in taxonomy.attributes], _("Two attributes have the code {one}."))


def _mapping(taxonomy: Taxonomy, before: Taxonomy | None, elsewhere: bool) -> Found:
    rows = taxonomy.mapping.rows if taxonomy.mapping else ()
    if before is None:
        if rows:
            yield "mapping", _("There is no version before this one to carry labels over from.")
        return
    was, now = {label.code for label in before.labels}, {label.code for label in taxonomy.active}
    for place, row in enumerate(rows):
        yield from _moved(f"mapping[{place}]", row, was | set(row.was) if elsewhere else was, now)
    told = [code for row in rows for code in row.was]
    yield from _twice("mapping", told, _("Two rows say what became of {one}."))
    for code in needs_mapping(before, taxonomy):
        if code not in told:
            yield (
                "mapping",
                _("{code} could be said before. Say what became of it: renamed, merged, split or retired.").format(
                    code=code
                ),
            )


def _moved(at: str, row: Moved, was: Set[str], now: Set[str]) -> Found:
    if not row.was:
        yield f"{at}.was", _("Name the label that this was.")
    for code in row.was:
        if code not in was:
            yield f"{at}.was", _("The version before has no label {code}.").format(code=code)
    for code in row.now:
        if code not in now:
            yield f"{at}.now", _("No label {code} may be said any more.").format(code=code)


def _sections(guideline: Guideline, taxonomy: Taxonomy) -> Found:
    if not guideline.sections:
        yield "sections", _("Write at least one section.")
    if len(guideline.sections) > MOST_SECTIONS:
        yield "sections", _("A guideline has at most {n} sections.").format(n=MOST_SECTIONS)
    labels = {label.code for label in taxonomy.labels}
    categories = {one.code for one in taxonomy.error_categories}
    shown = {example.section for example in guideline.examples}
    for place, one in enumerate(guideline.sections):
        at = f"sections[{place}]"
        yield from _words(at, one)
        if one.label is not None and one.label not in labels:
            yield f"{at}.label", _("There is no label {code}.").format(code=one.label)
        if one.kind == "label" and one.label is None:
            yield f"{at}.label", _("Say which label this section defines.")
        if one.category is not None and one.category not in categories:
            yield f"{at}.category", _("There is no error category {code}.").format(code=one.category)
        if one.kind == "edge_case" and one.id not in shown:
            yield at, _("The edge case “{title}” has no example: show one.").format(title=one.title)
    yield from _twice("sections", [one.id for one in guideline.sections], _("Two sections have the address {one}."))


def _words(at: str, one: Section) -> Found:
    if not CODE.fullmatch(one.id):
        yield f"{at}.id", _("A section's address has small letters, digits, - and _, at most 64.")
    if not one.title.strip() or len(one.title) > LONGEST_LINE:
        yield f"{at}.title", _("Give the section a title of at most {n} characters.").format(n=LONGEST_LINE)
    if len(one.text) > LONGEST:
        yield f"{at}.text", _("A section has at most {n} characters; cut it in two.").format(n=f"{LONGEST:,}")


def _examples(guideline: Guideline, taxonomy: Taxonomy, files: Mapping[str, str] | None) -> Found:
    if len(guideline.examples) > MOST_EXAMPLES:
        yield "examples", _("A guideline has at most {n} examples.").format(n=f"{MOST_EXAMPLES:,}")
    labels, sections = {label.code for label in taxonomy.labels}, {one.id for one in guideline.sections}
    for place, one in enumerate(guideline.examples):
        at = f"examples[{place}]"
        if not CODE.fullmatch(one.id):
            yield f"{at}.id", _("An example's address has small letters, digits, - and _, at most 64.")
        if not one.caption.strip() or len(one.caption) > LONGEST:
            yield f"{at}.caption", _("Say under the example what it shows and why it was judged so.")
        if one.section is not None and one.section not in sections:
            yield f"{at}.section", _("There is no section {id}.").format(id=one.section)
        if one.label is not None and one.label not in labels:
            yield f"{at}.label", _("There is no label {code}.").format(code=one.label)
        yield from _shown(at, one, files)
        yield from _regions(at, one)
    yield from _twice("examples", [one.id for one in guideline.examples], _("Two examples have the address {one}."))


def _shown(at: str, one: Example, files: Mapping[str, str] | None) -> Found:
    if one.kind == "text":
        if not (one.text or "").strip() or one.asset:
            yield f"{at}.text", _("An example in words has a text, and no file.")
        elif len(one.text or "") > LONGEST:
            yield f"{at}.text", _("A text has at most {n} characters.").format(n=f"{LONGEST:,}")
        return
    if one.asset is None or not ASSET.fullmatch(one.asset):
        yield f"{at}.asset", _("Bring the file of this example.")
    elif files is not None and one.asset not in files:
        yield f"{at}.asset", _("This project does not hold the file of this example; bring it again.")
    elif files is not None and files[one.asset] != ("image" if one.kind == "page" else one.kind):
        yield f"{at}.kind", _("The file of this example is of another kind.")
    if one.text is not None:
        yield f"{at}.text", _("Only an example in words has a text; write under it what it shows.")


def _regions(at: str, one: Example) -> Found:
    for place, region in enumerate(one.regions):
        wrong = _region(one.kind, region)
        if wrong:
            yield f"{at}.regions[{place}]", wrong


def _region(kind: str, region: Region) -> str:
    """Say what is wrong with a marked part; "" for nothing."""
    box = (region.x, region.y, region.width, region.height)
    stretch = (region.start_ms, region.end_ms)
    boxed, timed = box != (None,) * 4, stretch != (None, None)
    in_time = None not in stretch and 0 <= (region.start_ms or 0) < (region.end_ms or 0)
    in_place = None not in box and min(box[0] or 0, box[1] or 0) >= 0 and min(box[2] or 0, box[3] or 0) >= 1
    if kind == "text":
        return _("An example in words has no parts marked on it.")
    if kind == "audio":
        return "" if in_time and not boxed else _("A part of a sound has a start and a later end, in milliseconds.")
    if kind == "video":
        if not in_time:
            return _("A part of a video has a start and a later end, in milliseconds.")
        return "" if in_place or not boxed else _("The box of a part of a video has a place and a size, in pixels.")
    return "" if in_place and not timed else _("A part of a picture has a place and a size, in pixels.")


def _acknowledge(guideline: Guideline) -> Found:
    asked = guideline.acknowledge
    if asked is None:
        return
    could = len(quizzed(guideline))
    if not 0 <= asked.right <= asked.questions:
        yield "acknowledge.right", _("Ask for no more right answers than there are questions.")
    if asked.questions > could:
        yield (
            "acknowledge.questions",
            _("There are {n} examples to draw questions from: those judged correct or incorrect.").format(n=could),
        )
    if asked.questions and not asked.right:
        yield "acknowledge.right", _("Say how many answers must be right.")


def quizzed(guideline: Guideline) -> list[Example]:
    """List the examples that a quiz may draw from: those with one right answer, correct or incorrect."""
    return [one for one in guideline.examples if one.verdict != "borderline"]


def _twice(place: str, values: Sequence[str], sentence: str) -> Found:
    for value, count in Counter(values).items():
        if count > 1:
            yield place, sentence.format(one=value)
