"""Guidelines as they are read: Markdown to HTML that is harmless whatever was written."""

import pytest

from guidelines.reads import rendered


def test_headings_lists_and_tables_are_rendered_below_the_pages_own_headings():
    html = rendered("# Photos\n\n## How\n1. Look\n2. *Decide*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "Photos" not in html
    assert "<h3>How</h3>" in html and "<li>Look</li>" in html and "<em>Decide</em>" in html and "<td>1</td>" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[here](javascript:alert(1))",
        "![x](https://example.invalid/x.png)",
        "<a href='https://example.invalid'>x</a>",
        "<style>body{display:none}</style>",
    ],
)
def test_hostile_markdown_leaves_no_element_that_acts(hostile):
    html = rendered(f"Text {hostile}")
    assert not any(f"<{tag}" in html for tag in ("script", "img", "a ", "style", "svg"))
