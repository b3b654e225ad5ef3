"""docs/settings.md tells of every variable that is read, and of no other."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = {"PATH", "HOME", "DJANGO_SETTINGS_MODULE"}


def documented(heading: str) -> set[str]:
    """Give the names in the first column of the table under a heading."""
    sections = re.split(r"^## ", (ROOT / "docs" / "settings.md").read_text(), flags=re.MULTILINE)
    (section,) = (section for section in sections if section.startswith(heading + "\n"))
    return set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE))


def read_by(path: Path, reader: str) -> set[str]:
    """Give the names that a module reads by `environment.<any>("NAME", ...)` or `os.environ.get("NAME")`."""
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == reader
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_setting_is_documented_and_every_documented_setting_is_read():
    assert documented("Of an installation") == read_by(ROOT / "hitl" / "settings.py", "environment")


def test_every_variable_of_the_commands_is_documented():
    read = set()
    for folder in ("bench", "checks", "frontend", "hitl", "requirements", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            if "node_modules" not in path.parts and path.name != "environment.py":
                read |= read_by(path, "os.environ")
    settings = read_by(ROOT / "hitl" / "settings.py", "environment")
    assert documented("Of the commands") == read - settings - SYSTEM


@pytest.mark.parametrize("path", ["README.md", *(f"docs/{found.name}" for found in (ROOT / "docs").glob("*.md"))])
def test_every_link_between_the_documents_leads_somewhere(path):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / path).read_text())
    assert [link for link in links if not ((ROOT / path).parent / link).exists()] == []
