"""Callbacks by https: the certificate is held against the name, though the connection goes to an address."""

import datetime as dt
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from reviews.actions.reaching import UNTRUSTED, post
from tests.receiver import receiving

NAME = "hooks.example.com"


def certificate(folder: Path, name: str) -> Path:
    """Make a certificate for a name, and its key, in one file; it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


def resolve(host: str, port: int, **named: Any) -> list[Any]:
    assert host == NAME
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("name", [NAME, "other.example.com"])
def test_only_the_holder_of_a_trusted_certificate_for_the_name_is_told(tmp_path, monkeypatch, name, trusted):
    held = certificate(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(held if trusted else certificate(tmp_path, "elsewhere.example.com")))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(held)
    with receiving(tls=context) as receiver:
        reached = post(f"https://{NAME}:{receiver.port}/hook?a=1", b"{}", {}, allowed={NAME}, resolve=resolve)
        if name == NAME and trusted:
            assert (reached.status, receiver.got[0].path) == (200, "/hook?a=1")
            assert receiver.got[0].headers["host"] == f"{NAME}:{receiver.port}"
        else:
            assert (reached.status, reached.said, receiver.got) == (None, UNTRUSTED, [])


def test_a_receiver_that_speaks_no_tls_is_told_nothing():
    with receiving() as receiver:
        reached = post(f"https://{NAME}:{receiver.port}/hook", b"{}", {}, allowed={NAME}, resolve=resolve)
        assert reached.status is None and receiver.got == []
