"""Reaching a program elsewhere: only outward, only at the very address that was looked at, and never for long."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_noop as _

CONNECT_S, WHOLE_S = 5, 15
MOST_ADDRESSES = 4
KEPT = 1000
"""Bytes of an answer that are read and kept."""
Resolve = Callable[..., list[tuple[Any, ...]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
CARRIES_V4 = [ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96")]
INWARD = _("Its name leads to an address inside this network, which is never called.")
UNNAMED = _("Its name cannot be resolved.")
UNREACHED = _("No connection could be made.")
UNTRUSTED = _("Its certificate does not hold for its name, or is not trusted here.")
SILENT = _("It did not answer in time, or broke off.")
ELSEWHERE = _("It sends on to another address. Redirects are not followed: set the final address.")


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of it: the HTTP status, None where there was none; the beginning of the answer, or what went wrong."""

    status: int | None
    said: str


class Unreached(Exception):  # noqa: N818 - an answer like any other, told by `Reached.said`
    """There was no answer; the message says why, in English."""


def inward(text: str) -> bool:
    """Tell whether an IP address leads anywhere but out into the internet, whatever it is wrapped in."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and any(address in network for network in CARRIES_V4):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return inward(str(inner))
        if address.is_site_local:
            return True
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    allowed: Collection[str],
    resolve: Resolve = socket.getaddrinfo,
) -> Reached:
    """Send a message once, without cookies, proxies or redirects; in at most about 20 seconds.

    The host is resolved once. All its addresses must lead outward, unless it is one of `allowed`; the connection goes
    to an address that was looked at, while TLS still holds the certificate against the name.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        stream = _connected(_looked_up(host, port, host in allowed, resolve), port)
    except Unreached as problem:
        return Reached(None, str(problem))
    if parts.scheme == "https":
        trust = ssl.create_default_context()
        stream = trust.wrap_socket(stream, server_hostname=host, do_handshake_on_connect=False)
    over = threading.Event()
    watch = threading.Timer(WHOLE_S, _cut, [stream, over])
    watch.daemon = True
    watch.start()
    try:
        reached = _exchange(stream, parts, body, headers)
        return Reached(None, SILENT) if over.is_set() else reached  # half an answer is none
    finally:
        watch.cancel()
        stream.close()


def _looked_up(host: str, port: int, allowed: bool, resolve: Resolve) -> list[str]:
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Unreached(UNNAMED) from problem
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses:
        raise Unreached(UNNAMED)
    if not allowed and any(map(inward, addresses)):
        raise Unreached(INWARD)
    return addresses[:MOST_ADDRESSES]


def _connected(addresses: list[str], port: int) -> socket.socket:
    for address in addresses:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=CONNECT_S)
    raise Unreached(UNREACHED)


def _cut(stream: socket.socket, over: threading.Event) -> None:
    """End an exchange that takes too long, however it waits."""
    over.set()
    with suppress(OSError):
        socket.socket.shutdown(stream, socket.SHUT_RDWR)  # TLS's own would take the session from whoever reads by it


class _OnSocket(http.client.HTTPConnection):
    """HTTP on a connection that is made already; it never makes one."""

    auto_open = 0

    def __init__(self, host: str, stream: socket.socket) -> None:
        super().__init__(host, 0)
        self.sock = stream


def _exchange(stream: socket.socket, parts: SplitResult, body: bytes, headers: dict[str, str]) -> Reached:
    stream.settimeout(WHOLE_S)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        if isinstance(stream, ssl.SSLSocket):
            stream.do_handshake()
        connection = _OnSocket(parts.hostname or "", stream)
        connection.request("POST", target, body=body, headers={**headers, "Host": parts.netloc, "Connection": "close"})
        answer = connection.getresponse()
        said = answer.read(KEPT).decode(errors="replace").replace("\0", "")
        return Reached(answer.status, ELSEWHERE if 300 <= answer.status < 400 else said)
    except ssl.SSLCertVerificationError:
        return Reached(None, UNTRUSTED)
    except (OSError, http.client.HTTPException):
        return Reached(None, SILENT)
