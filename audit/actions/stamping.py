"""Time stamps after RFC 3161: an authority elsewhere signs that it saw the hash of a checkpoint's text, and when."""

import datetime as dt
import http.client
import re
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit.errors import AnchorFailed
from audit.models import Checkpoint, Log
from audit.tree import parse_checkpoint

SKEW = dt.timedelta(minutes=5)
LONGEST = 1 << 16
TIMEOUT_S = 30
TIME = re.compile(r"^Time stamp: (\w{3} +\d+ [\d:]{8})(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)


def stamp(_log: Log, checkpoint: Checkpoint, at: dt.datetime) -> bytes:
    """Ask for a token over the text that a checkpoint signs; give the authority's whole answer, in DER.

    Raises:
        AnchorFailed: none came, it does not hold, or its time is more than five minutes from `at`.
    """
    text = parse_checkpoint(checkpoint.note).text.encode()
    request = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _ask(request.as_bytes())
    try:
        stamped_at = _checked(request, decode_timestamp_response(answer), text)
    except ValueError:
        stamped_at = _checked_by_openssl(request, answer)
    if abs(stamped_at - at) > SKEW:
        raise AnchorFailed(f"The time stamp says {stamped_at}, this machine {at}. Set this machine's clock.")
    return answer


def _ask(request: bytes) -> bytes:
    sent = urllib.request.Request(  # noqa: S310 - settings take http and https alone
        settings.LEDGER_TSA_URL, request, {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(sent, timeout=TIMEOUT_S) as answer:  # noqa: S310
            found: bytes = answer.read(LONGEST + 1)
    except (OSError, http.client.HTTPException) as problem:
        raise AnchorFailed(f"The time stamp authority does not answer: {problem}") from problem
    if len(found) > LONGEST:
        raise AnchorFailed("The time stamp authority's answer is too long.")
    return found


def _roots() -> Path:
    return Path(settings.LEDGER_TSA_CA or "")  # never unset beside the authority's address: hitl/environment.py


def _checked(request: TimeStampRequest, response: TimeStampResponse, text: bytes) -> dt.datetime:
    """Hold an answer against the question and the authority's roots; give its time."""
    verifier = VerifierBuilder.from_request(request)
    try:
        for root in load_pem_x509_certificates(_roots().read_bytes()):
            verifier = verifier.add_root_certificate(root)
        verifier.build().verify_message(response, text)
    except (OSError, ValueError, VerificationError) as problem:
        raise AnchorFailed(f"The time stamp does not hold: {problem}") from problem
    if response.tst_info.message_imprint.message != request.message_imprint.message:
        raise AnchorFailed("The time stamp does not hold: it is over another hash.")
    return response.tst_info.gen_time


def _checked_by_openssl(request: TimeStampRequest, answer: bytes) -> dt.datetime:
    """Do the same by the program that auditors use, which also reads certificates that are not in DER's order."""
    with tempfile.TemporaryDirectory() as folder:
        query, reply = Path(folder, "query"), Path(folder, "reply")
        query.write_bytes(request.as_bytes())
        reply.write_bytes(answer)
        said = _openssl("-reply", "-in", reply, "-text")
        _openssl("-verify", "-queryfile", query, "-in", reply, "-CAfile", _roots())
    found = TIME.search(said)
    if not found:
        raise AnchorFailed("The time stamp does not hold: it names no time.")
    return dt.datetime.strptime(f"{found[1]} {found[2]} +0000", "%b %d %H:%M:%S %Y %z")


def _openssl(*arguments: str | Path) -> str:
    command = ["openssl", "ts", *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)  # noqa: S603 - our words
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise AnchorFailed(f"The time stamp cannot be read, and openssl does not run: {problem}") from problem
    if done.returncode:
        raise AnchorFailed("The time stamp does not hold: " + done.stderr.decode("utf-8", "replace").strip()[-200:])
    return done.stdout.decode("utf-8", "replace")
