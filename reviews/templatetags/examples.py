"""Examples as figures. A guideline may have thousands, so they are written here: a template takes ten times as long."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from guidelines.content import Region
from guidelines.reads import Chip, Seen
from reviews.reads.media import moment_words

register = template.Library()
NOTHING = SafeString("")
RECT = '<rect x="{}" y="{}" width="{}" height="{}"/>{}'


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
    retired = NOTHING if label.active else SafeString(" data-retired")
    return format_html('<span class="chip"{}>{}{}</span>', retired, swatch, label.name)


def _shown(context: template.Context, seen: Seen) -> SafeString:
    one = seen.example
    told: dict[str, Any]
    if one.kind == "text":
        return format_html('<blockquote class="quoted">{}</blockquote>', SafeString(linebreaks(one.text or "", True)))
    if one.kind == "audio":
        told = {name: context[name] for name in ("files", "sound")}
        return render_to_string("reviews/example_sound.html", {"seen": seen, "example": one, **told})
    address = f"{context['files']}{seen.sha256}/"
    if one.kind == "video":
        told = {"poster": f"{address}{context['large']}/", "play": f"{address}{context['video']}/"}
        return render_to_string("reviews/example_video.html", {"seen": seen, "example": one, **told})
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
    """Draw the marked parts of a picture over it, with their numbers where there are several; of a video its boxes."""
    if not seen.boxes:
        return NOTHING
    several = len(seen.example.regions) > 1
    drawn = format_html_join(
        "",
        f"<g{{}}>{RECT}</g>",
        (
            (_times(box), box.x, box.y, box.width, box.height, _number(seen, box) if several else NOTHING)
            for box in seen.boxes
        ),
    )
    frame = '<svg class="regions" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>'
    return format_html(frame, seen.width, seen.height, drawn)


def _times(box: Region) -> SafeString:
    """Say when a box of a video is meant, for the script that shows it then."""
    if box.start_ms is None:
        return NOTHING
    return format_html(' data-from="{}" data-to="{}"', box.start_ms, box.end_ms)


def _number(seen: Seen, box: Region) -> SafeString:
    sign = '<text x="{}" y="{}" dy="1em" dx="0.25em" font-size="{}">{}</text>'
    return format_html(sign, box.x, box.y, seen.size, seen.number(box))


def _notes(seen: Seen) -> SafeString:
    """Write what is said of marked parts; of a sound or video with their times, which a video's script plays."""
    if seen.example.kind in {"audio", "video"}:
        rows = [
            format_html(
                '<li><span class="num"{}>{} – {}</span> {}</li>',
                _times(one) if seen.example.kind == "video" else NOTHING,
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
