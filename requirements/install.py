"""Make `.venv` and install a hashed lock into it, when the lock has changed since the last time.

    python3 requirements/install.py run | test | long | check

Runs on the bare Python of a machine, so it imports nothing but the standard library. `test` also installs Chromium
and openssl, `long` Go with its sumdb packages besides.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SUMDB = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(purpose: str) -> int:
    """Install what the purpose needs and say so; say nothing when all of it is there."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the machine may have an older one
        sys.exit(f"hitl needs Python 3.11 or later; this is {sys.version.split()[0]}. Set PYTHON to a newer one.")
    with alone():
        ensure_environment()
        ensure_lock("test" if purpose == "long" else purpose)
        for package in missing(purpose):
            ensure_system(package)
    return 0


def missing(purpose: str) -> Iterator[str]:
    """List the packages of the operating system that tests need and this machine does not have."""
    if purpose in {"test", "long"}:
        if not os.environ.get("TEST_CHROMIUM") and not any(map(shutil.which, BROWSERS)):
            yield "chromium"
        if not shutil.which("openssl"):
            yield "openssl"
    if purpose == "long":
        if not shutil.which("go"):
            yield "golang-go"
        if not SUMDB.exists():
            yield "golang-golang-x-mod-dev"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one installation run at a time in this checkout."""
    handle = os.open(ROOT / "requirements", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def ensure_environment() -> None:
    """Make `.venv` unless it is whole; one that was left half made, or whose Python is gone, is made again."""
    mark = VENV / "made-by"
    if PYTHON.exists() and mark.exists() and mark.read_text() == sys.version:
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian parts it from Python
        ensure_system(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    say("Making .venv")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    mark.write_text(sys.version)


def ensure_lock(purpose: str) -> None:
    """Install `requirements/<purpose>.txt` unless the stamp of the same bytes lies in `.venv`."""
    lock = ROOT / "requirements" / f"{purpose}.txt"
    stamp, digest = VENV / f"{purpose}.sha256", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say(f"Installing requirements/{purpose}.txt")
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*command, "-r", str(lock)], cwd=ROOT, check=False).returncode:
        sys.exit(f"requirements/{purpose}.txt could not be installed: see the message of pip above.")
    stamp.write_text(digest)


def ensure_system(package: str) -> None:
    """Install a package of the operating system with apt, through sudo when this is not root."""
    if not shutil.which("apt-get"):
        sys.exit(f"{package} is missing and there is no apt-get here. Install it with this machine's package manager.")
    say(f"Installing {package}")
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    subprocess.run([*prefix, *environment, "apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
    command = [*prefix, *environment, "apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"{package} could not be installed: see the message of apt-get above.")


def say(sentence: str) -> None:
    """Tell what takes time."""
    print(sentence, "...", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
