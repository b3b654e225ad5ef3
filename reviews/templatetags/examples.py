"""Examples as figures. A guideline may have thousands, so they are written here: a template takes ten times as long."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from guidelines.reads import Chip, Seen
from reviews.reads.media import moment_words

register = template.Library()
NOTHING = SafeString("")


@register.simple_tag(takes_context=True)
def example(context: template.Context, seen: Seen, anchored: bool = False) -> SafeString:
    """Draw an example: what is shown, how it was judged and why; `anchored` gives it an address on its page."""
    one = seen.example
    return format_html(
        '<figure class="example" data-verdict="{}" data-of="{}"{}>{}<figcaption><p class="row wrap">{}{}</p>'
        "<p data-caption>{}</p>{}</figcaption></figure>",
        one.verdict,
        one.label or "",
        format_html(' id="example-{}"', one.id) if anchored else NOTHING,
        _shown(context, seen),
        _judged(one.verdict, get_language()),
        chip(seen.chip) if seen.chip else NOTHING,
        one.caption,
        _notes(seen) if one.regions else NOTHING,
    )


@register.simple_tag
def chip(label: Chip) -> SafeString:
    """Draw a label: its name with its colour beside it."""
    swatch = format_html('<span class="swatch" data-label="{}"></span>', label.number) if label.number else NOTHING
    resting = NOTHING if label.active else SafeString(" data-resting")
    return format_html('<span class="chip"{}>{}{}</span>', resting, swatch, label.name)


def _shown(context: template.Context, seen: Seen) -> SafeString:
    one = seen.example
    if one.kind == "text":
        return format_html('<blockquote class="quoted">{}</blockquote>', SafeString(linebreaks(one.text or "", True)))
    if one.kind == "audio":
        told: dict[str, Any] = {name: context[name] for name in ("files", "sound")}
        return render_to_string("reviews/example_sound.html", {"seen": seen, "example": one, **told})
    address = f"{context['files']}{seen.sha256}/"
    size = format_html(' width="{}" height="{}"', seen.width, seen.height) if seen.width else NOTHING
    return format_html(
        '<button class="shot" type="button" data-zoom="{0}{1}/"><img src="{0}{2}/" alt="{3}" loading="lazy"'
        ' decoding="async"{4}>{5}<span class="sr">, {6}</span></button>',
        address,
        context["large"],
        context["small"],
        one.alt or one.caption,
        size,
        regions(seen),
        pgettext("picture", "enlarge"),
    )


@register.simple_tag
def regions(seen: Seen) -> SafeString:
    """Draw the marked parts of a picture over it, with their numbers where there are several."""
    if not seen.boxes:
        return NOTHING
    several = len(seen.boxes) > 1
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>{}',
        (
            (box.x, box.y, box.width, box.height, _number(seen, number) if several else NOTHING)
            for number, box in enumerate(seen.boxes, 1)
        ),
    )
    frame = '<svg class="regions" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>'
    return format_html(frame, seen.width, seen.height, drawn)


def _number(seen: Seen, number: int) -> SafeString:
    box = seen.boxes[number - 1]
    sign = '<text x="{}" y="{}" dy="1em" dx="0.25em" font-size="{}">{}</text>'
    return format_html(sign, box.x, box.y, seen.size, number)


def _notes(seen: Seen) -> SafeString:
    """Write what is said of marked parts; of a sound with their times."""
    if seen.example.kind == "audio":
        rows = [
            format_html(
                '<li><span class="num">{} – {}</span> {}</li>',
                moment_words(one.start_ms or 0),
                moment_words(one.end_ms or 0),
                one.note,
            )
            for one in seen.example.regions
        ]
    else:
        rows = [
            format_html('<li value="{}">{}</li>', number, one.note)
            for number, one in enumerate(seen.example.regions, 1)
            if one.note
        ]
    return format_html('<ol class="notes">{}</ol>', SafeString("".join(rows))) if rows else NOTHING


@lru_cache(maxsize=64)
def _judged(verdict: str, _language: str | None) -> SafeString:
    return render_to_string("reviews/judged_word.html", {"verdict": verdict})
