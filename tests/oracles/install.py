"""Install @sigstore/verify from its lock; Go comes by `requirements/install.py long`.

.venv/bin/python -m tests.oracles.install
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from frontend.parts import node_path, npm

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Install what is missing."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".installed"
    if not stamp.exists() or stamp.read_text() != digest:
        command = [*npm(), "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=HERE, env=os.environ | {"PATH": node_path()}, check=False).returncode:
            sys.exit("tests/oracles/package-lock.json could not be installed: run `npm ci` there to see why.")
        stamp.write_text(digest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
