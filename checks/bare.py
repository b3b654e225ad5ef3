"""No template has words outside of gettext."""

import re
import sys
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

from checks.files import ROOT, files

SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title")
UNREAD = ("code", "kbd", "pre", "script", "style", "svg")
WHOLE = ("hitl", "OpenAPI 3.1", "π", "p_…")  # names, the same in every language
CODES = ("block code", "block status")  # what scripts read, and a number
WORD = re.compile(r"[^\W\d_]+")
ATTRIBUTE = re.compile(r' data-[\w-]+="[\w-]*"')  # one that a block puts into a tag
PHRASE = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")


def main() -> int:
    """Print every place found."""
    found = 0
    for path in files("templates/*.html"):
        for line, words in bare(path.read_text()):
            found += 1
            print(f"{path.relative_to(ROOT)}:{line}: “{words}” does not go through gettext")
    return 1 if found else 0


def bare(template: str) -> list[tuple[int, str]]:
    """Give the words of a template that no tag translates, each with its line."""
    reader = Words()
    reader.feed(without_tags(template))
    reader.close()
    return reader.found


def without_tags(template: str) -> str:
    """Take out what Django reads, with the insides of its translated blocks; every line stays in its place."""
    kept, inside = [], False
    for token in Lexer(template).tokenize():
        name = token.contents.split(None, 1)[0] if token.token_type == TokenType.BLOCK else ""
        begins = name in {"blocktranslate", "comment"} or token.contents in CODES
        inside = begins or (inside and name not in {"endblocktranslate", "endcomment", "endblock"})
        plain = token.token_type == TokenType.TEXT and not inside
        kept.append(token.contents if plain else "\n" * token.contents.count("\n"))
    return "".join(kept)


class Words(HTMLParser):
    """Collects the words that people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes that are spoken, and those that scripts say."""
        self.unread += tag in UNREAD
        for name, value in attrs:
            if name in SPOKEN or (name.startswith("data-") and PHRASE.search(value or "")):
                self.take(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not read."""
        self.unread -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        """Read the text."""
        if not self.unread:
            self.take(ATTRIBUTE.sub("", data))

    def take(self, text: str) -> None:
        """Keep what has words in it."""
        for name in WHOLE:
            text = text.replace(name, "")
        if WORD.search(text):
            self.found.append((self.getpos()[0], " ".join(text.split())))


if __name__ == "__main__":
    sys.exit(main())
