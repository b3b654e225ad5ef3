"""A guideline's Markdown as HTML."""

from functools import lru_cache

import nh3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from guidelines.content import guideline_of
from guidelines.models import GuidelineVersion

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
TAGS = {
    "p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def rendered(text: str) -> SafeString:
    """Render a guideline's Markdown to HTML that is safe anywhere: no raw HTML, no links out, no pictures.

    Its first heading is left out, since the page says which guideline this is; the others stand below the page's own.
    """
    tokens = MARKDOWN.parse(text)
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return mark_safe(nh3.clean(html, tags=TAGS, attributes={}))  # noqa: S308 - cleaned in the same line


@lru_cache(maxsize=64)
def guideline_html(digest: str) -> SafeString:
    """Give the words of a published guideline as safe HTML; one statement, and none when it was read before."""
    body = GuidelineVersion.objects.filter(digest=digest).values_list("body", flat=True)[0]
    parts = ((one.id, one.title, rendered(one.text)) for one in guideline_of(bytes(body)).sections)
    return format_html_join("", "{}", ((_section(*part),) for part in parts))


def _section(address: str, title: str, words: SafeString) -> SafeString:
    heading = format_html("<h3>{}</h3>", title) if title else ""
    return format_html('<section data-section="{}">{}{}</section>', address, heading, words)
