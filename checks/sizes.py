"""Files, classes and functions stay small; checks/sizes.toml lists the exceptions, each with its reason."""

import ast
import sys
import tomllib
from collections.abc import Iterator

from checks.files import ROOT, files

FILES = {".py": 300, ".html": 150, ".txt": 150, ".js": 200, ".css": 200}
FUNCTION, CLASS = 40, 200
TESTS = 500  # lines of a test module: flat functions, read one at a time
PLACES = {".html": "templates", ".txt": "templates", ".js": "static", ".css": "static"}

Size = tuple[str, int, int]


def main() -> int:
    """Print what is too long without a reason, and every reason that nothing needs any more."""
    reasons = tomllib.loads((ROOT / "checks" / "sizes.toml").read_text())
    long = {name: (lines, limit) for name, lines, limit in measured() if lines > limit}
    for name, (lines, limit) in long.items():
        if name not in reasons:
            print(f"{name}: {lines} lines, more than {limit}. Split it by idea, or give a reason in checks/sizes.toml.")
    for name in reasons.keys() - long.keys():
        print(f"checks/sizes.toml: {name} needs no exception any more.")
    return 1 if reasons.keys() ^ long.keys() else 0


def measured() -> Iterator[Size]:
    """Give name, lines and limit of every file, class and function; migrations are left out."""
    for path in files():
        name = str(path.relative_to(ROOT))
        limit = FILES.get(path.suffix)
        if not limit or "migrations" in path.parts or PLACES.get(path.suffix, "") not in (*path.parts[:-1], ""):
            continue
        text = path.read_text()
        yield name, len(text.splitlines()), TESTS if name.startswith("tests/") and path.suffix == ".py" else limit
        if path.suffix == ".py":
            yield from inside(name, ast.parse(text))


def inside(name: str, tree: ast.AST) -> Iterator[Size]:
    """Give the sizes of a module's classes and functions, by qualified name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = f"{name}.{node.name}" if "::" in name else f"{name}::{node.name}"
            yield inner, length(node), CLASS if isinstance(node, ast.ClassDef) else FUNCTION
            yield from inside(inner, node)


def length(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines from `def` or `class` to the end, without the docstring: it is free."""
    first = node.body[0]
    documented = ast.get_docstring(node, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


if __name__ == "__main__":
    sys.exit(main())
