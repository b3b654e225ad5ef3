"""Time stamps after RFC 3161: an authority elsewhere signs that it saw the hash of a checkpoint's text, and when."""

import datetime as dt
import http.client
import urllib.request

from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit.errors import AnchorFailed
from audit.models import Checkpoint, Log
from audit.tree import parse_checkpoint

SHA256 = "2.16.840.1.101.3.4.2.1"
SKEW = dt.timedelta(minutes=5)
LONGEST = 1 << 16
TIMEOUT_S = 30


def stamp(_log: Log, checkpoint: Checkpoint, at: dt.datetime) -> bytes:
    """Ask for a token over the text that a checkpoint signs; give the authority's whole answer, in DER.

    Raises:
        AnchorFailed: none came, it does not hold, or its time is more than five minutes from `at`.
    """
    text = parse_checkpoint(checkpoint.note).text.encode()
    request = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _ask(request.as_bytes())
    try:
        verifier = VerifierBuilder.from_request(request)
        for root in load_pem_x509_certificates(settings.LEDGER_TSA_CA.read_bytes()):
            verifier = verifier.add_root_certificate(root)
        response = decode_timestamp_response(answer)
        told = response.tst_info
        verifier.build().verify_message(response, text)
    except (OSError, ValueError, VerificationError) as problem:
        raise AnchorFailed(f"The time stamp does not hold: {problem}") from problem
    if told.message_imprint.hash_algorithm.dotted_string != SHA256:
        raise AnchorFailed("The time stamp is over another hash than SHA-256.")
    if abs(told.gen_time - at) > SKEW:
        raise AnchorFailed(f"The time stamp says {told.gen_time}, this machine {at}. Set this machine's clock.")
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
