"""Typed readers of the environment: a wrong value stops the start and the message names the mend."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

HOST = "abcdefghijklmnopqrstuvwxyz0123456789-_.:"
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str) -> str:
    """Give the variable as it stands, or the default when it is unset or empty."""
    return os.environ.get(name) or default


def origin(name: str) -> str:
    """Give the name of a log, "" where it is unset.

    Raises:
        ImproperlyConfigured: it has spaces or a `+`, which no signed note can name, or is too long.
    """
    value = os.environ.get(name, "")
    if any(one.isspace() or one == "+" or not one.isprintable() for one in value) or len(value) > 180:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to at most 180 characters without spaces and +.")
    return value


def flag(name: str, default: bool) -> bool:
    """Read a yes or no.

    Raises:
        ImproperlyConfigured: the value is neither of `1 true yes on` nor of `0 false no off`.
    """
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")


def number(name: str, default: int, least: int, most: int) -> int:
    """Read a whole number in [least, most].

    Raises:
        ImproperlyConfigured: the value is no whole number, or outside the range.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number from {least} to {most}.")
    return int(value)


def words(name: str, default: list[str]) -> list[str]:
    """Read a list parted by commas."""
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or default


def hosts(name: str) -> frozenset[str]:
    """Read host names and IP addresses parted by commas, in small letters and without brackets or ports.

    Raises:
        ImproperlyConfigured: one is an address with a scheme, a port, a path or a wildcard.
    """
    found = {part.strip("[]").lower() for part in words(name, [])}
    for host in found:
        plain = set(host) <= set(HOST) and (":" not in host or host.count(":") > 1)
        if not plain:
            raise ImproperlyConfigured(f"{name} names {host!r}. Name hosts alone, like hooks.internal or 10.0.0.7.")
    return frozenset(found)


def folder(name: str, default: Path) -> Path:
    """Read a folder's path and make the folder, readable by its owner alone.

    Raises:
        ImproperlyConfigured: the path is no folder and cannot be made one.
    """
    path = Path(os.environ.get(name) or default).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise ImproperlyConfigured(f"{name} names {path}, which cannot be made a folder: {problem}.") from problem
    return path


def file(name: str, default: Path | None, *, needed_for: str = "") -> Path | None:
    """Read a file's path; None where it is `off`, or unset without a default.

    Raises:
        ImproperlyConfigured: another setting, of the value `needed_for`, needs the file, and there is none.
    """
    value = os.environ.get(name) or default
    path = None if value is None or value == "off" else Path(value).expanduser().absolute()
    if needed_for and (path is None or not path.is_file()):
        raise ImproperlyConfigured(f"{name} must name a file, since {needed_for} is used.")
    return path


def address(name: str) -> str:
    """Read the address of a service, "" where it is unset.

    Raises:
        ImproperlyConfigured: it is no http or https address.
    """
    value = os.environ.get(name, "").strip()
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to an address like https://stamps.example.com.")
    return value


def reached(origins: list[str], hosts: list[str], *, loopback: bool) -> str:
    """Give where people reach this installation, as far as its settings tell, for links outside of its pages."""
    if origins:
        return origins[0]
    return f"http://127.0.0.1:{os.environ.get('PORT') or 8000}" if loopback else f"https://{hosts[0]}"


def mail(name: str, *, needed_for: list[str]) -> tuple[str, int, str, str, bool, bool]:
    """Read the server that takes e-mail: host, port, user, password, STARTTLS, TLS; the host is "" where it is unset.

    `smtp://user:password@host:587` speaks STARTTLS, on this very machine none; `smtps://...` speaks TLS throughout.

    Raises:
        ImproperlyConfigured: it is no such address, or is unset and e-mails are to be sent (`needed_for`).
    """
    value = os.environ.get(name, "").strip()
    parts = urlsplit(value)
    if not value and not needed_for:
        return "", 25, "", "", False, False
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be smtp://user:password@host:587 or smtps://user:password@host:465.")
    whole = parts.scheme == "smtps"
    starts = not whole and parts.hostname not in {"localhost", "127.0.0.1", "::1"}
    port = parts.port or (465 if whole else 587 if starts else 25)
    return parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), starts, whole


def secret(name: str, path: Path) -> bytes:
    """Give 32 secret bytes: the variable as 64 hex digits, else the file, made with mode 0600 when missing.

    Raises:
        ImproperlyConfigured: the value is not 64 hex digits.
    """
    value = os.environ.get(name, "")
    if not value:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32))
            try:
                path.hardlink_to(fresh)  # the first of two starts wins, nobody reads half a file
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        value = path.read_text().strip()
    try:
        found = bytes.fromhex(value)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise ImproperlyConfigured(f"{name} (or {path.name}) must hold 64 hex digits: `openssl rand -hex 32`.")
    return found


def database(name: str, embedded: Path) -> dict[str, object]:
    """Read a database URL; unset means SQLite in the given file.

    `postgresql://user:password@host:port/name`; a socket folder is given as `?host=/folder`.

    Raises:
        ImproperlyConfigured: the URL is of another kind, or names no database.
    """
    value = os.environ.get(name, "")
    if not value or value.startswith("sqlite:"):
        path = value.removeprefix("sqlite:").lstrip("/")
        file = f"/{path}" if path else str(embedded)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": file,
            "CONN_MAX_AGE": 600,  # closing the last connection writes the log back, each time
            "TEST": {"NAME": f"{file}.test"},  # a file too: in memory there is no WAL and no second connection
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA recursive_triggers=ON;",
            },
        }
    parts = urlsplit(value)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must be postgresql://user:password@host:port/name, or unset for SQLite.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parse_qs(parts.query).get("host", [unquote(parts.hostname or "")])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},
    }
