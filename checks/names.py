"""No file names the host of a package registry or a path of the machine that it was written on."""

import re
import sys
from pathlib import Path

from checks.files import ROOT, files

REGISTRIES = [  # in pieces, so that this file names none
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("jsdelivr", "net"),
    ("unpkg", "com"),
    ("deb.debian", "org"),
    ("security.debian", "org"),
]
PLACES = ("wor" + "k", "far" + "m")


def patterns() -> re.Pattern[bytes]:
    """Give one pattern of everything that no file may hold."""
    hosts = [re.escape(f"{name}.{end}") for name, end in REGISTRIES]
    places = [rf"(?<![\w./-])/{place}/[a-z.]" for place in PLACES]
    here = [rf"(?<![\w./-]){re.escape(str(path))}/" for path in {ROOT, Path.home()} if len(path.parts) > 1]
    return re.compile("|".join([*hosts, *places, *here]).encode(), re.IGNORECASE)


def main() -> int:
    """Print every place found."""
    pattern, found = patterns(), 0
    for path in files():
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if pattern.search(line):
                found += 1
                print(f"{path.relative_to(ROOT)}:{number}: names a package registry or a path of this machine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
