"""A guideline's Markdown as HTML."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from guidelines.content import guideline_of
from guidelines.models import GuidelineVersion

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = {
    "p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@cache
def _markdown() -> "MarkdownIt":
    """Give the parser, loaded with the first text: commands that show none do without it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def rendered(text: str) -> SafeString:
    """Render a guideline's Markdown to HTML that is safe anywhere: no raw HTML, no links out, no pictures.

    Its first heading is left out, since the page says which guideline this is; the others stand below the page's own.
    """
    import nh3

    markdown = _markdown()
    tokens = markdown.parse(text)
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    html = markdown.renderer.render(tokens, markdown.options, {})
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
