"""`make check`: every check of the house, each to its end, with the failed ones named last."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from checks.files import ROOT, files

BIN = ROOT / ".venv" / "bin"
TOOLS = ROOT / "frontend" / "node_modules" / ".bin"

Check = tuple[str, list[str], dict[str, str]]


def main() -> int:
    """Run the checks in turn; print what the failed ones said."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, command, environment in checks(folder):
            began = time.monotonic()
            run = subprocess.run(
                command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
            )
            print(f"{'failed' if run.returncode else 'ok':7}{time.monotonic() - began:5.1f} s  {name}", flush=True)
            if run.returncode:
                failed.append(name)
                print(run.stdout + run.stderr, flush=True)
    print(f"{len(failed)} failed: {', '.join(failed)}" if failed else "All checks pass.")
    return 1 if failed else 0


def checks(folder: str) -> Iterator[Check]:
    """Give every check: its name, command and environment. Those of the front end need files to look at."""
    python, bare = str(BIN / "python"), {"HITL_DATA": folder, "DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    yield "format", [str(BIN / "ruff"), "format", "--check"], {}
    yield "lint", [str(BIN / "ruff"), "check"], {}
    yield "types", [str(BIN / "mypy"), "."], bare
    yield "imports", [str(BIN / "lint-imports")], {}
    yield "sizes", [python, "-m", "checks.sizes"], {}
    yield "names", [python, "-m", "checks.names"], {}
    yield "sentences: none bare", [python, "-m", "checks.bare"], {}
    yield "sentences: translated", [python, "-m", "checks.messages"], {}
    yield (
        "spelling",
        [str(BIN / "codespell"), *names("*.py", "*.md", "*.html", "*.js", "*.css", "*.toml", "Makefile")],
        {},
    )
    yield "dependencies", [str(BIN / "deptry"), "."], {}
    yield "migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], bare
    yield "deployment", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], bare | deployment()
    yield from templates(names("*.html"))
    yield from front_end(names("static/*.js"), names("static/*.css"))


def deployment() -> dict[str, str]:
    """Give the environment of an installation behind TLS."""
    return {"HITL_LOOPBACK": "0", "HITL_DEBUG": "0", "HITL_HOSTS": "hitl.example"}


def templates(found: list[str]) -> Iterator[Check]:
    """Give the checks of templates."""
    if found:
        yield "templates: format", [str(BIN / "djade"), "--check", "--target-version", "5.2", *found], {}
        yield "templates: lint", [str(BIN / "djlint"), "--lint", "--quiet", *found], {}


def front_end(scripts: list[str], styles: list[str]) -> Iterator[Check]:
    """Give the checks of JavaScript and CSS."""
    path = {"PATH": f"{os.environ.get('PATH', os.defpath)}:{ROOT / '.venv' / 'node' / 'bin'}"}
    biome = [str(TOOLS / "biome"), "check", "--error-on-warnings", "--config-path=frontend"]
    if scripts or styles:
        yield "scripts and styles", [*biome, *scripts, *styles], path
    if scripts:
        yield "script types", [str(TOOLS / "tsc"), "--project", "frontend/tsconfig.json"], path


def names(*patterns: str) -> list[str]:
    """List files of this checkout, as paths from its top."""
    return [str(path.relative_to(ROOT)) for path in files(*patterns)]


if __name__ == "__main__":
    sys.exit(main())
