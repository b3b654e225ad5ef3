"""The verifier's Ed25519 beside RFC 8032, OpenSSL and libsodium."""

import subprocess

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from audit.bundle.verify import NEUTRAL, L, Malformed, PublicKey, add, encoding_of, key_of, point_of
from tests.audit import making
from tests.audit.vectors import IMPROPER, SIGNATURES, SMALL

FEW = settings(max_examples=25, deadline=None)
SEEDS, MESSAGES = st.binary(min_size=32, max_size=32), st.binary(max_size=100)


def openssl_takes(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def sodium_takes(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        VerifyKey(key).verify(message, signature)
    except BadSignatureError:
        return False
    return True


@pytest.mark.parametrize(("secret", "key", "message", "signature"), SIGNATURES)
def test_the_vectors_of_the_standard_hold(secret, key, message, signature):
    signed, told = bytes.fromhex(signature), bytes.fromhex(message)
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(told) == signed
    assert PublicKey(bytes.fromhex(key)).signed(signed, told)
    assert not PublicKey(bytes.fromhex(key)).signed(signed, told + b"x")


@FEW
@given(seed=SEEDS, message=MESSAGES, place=st.integers(0, 511))
def test_it_agrees_with_openssl_and_libsodium_on_good_and_flipped_signatures(seed, message, place):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = making.public(private), private.sign(message)
    flipped = (int.from_bytes(signature, "little") ^ 1 << place).to_bytes(64, "little")
    verifier = PublicKey(key)
    assert verifier.signed(signature, message)
    for one in (signature, flipped, signature[::-1]):
        assert verifier.signed(one, message) == openssl_takes(key, one, message) == sodium_takes(key, one, message)


@FEW
@given(seed=SEEDS, message=MESSAGES)
def test_a_signature_with_a_larger_s_is_refused(seed, message):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signature = private.sign(message)
    larger = int.from_bytes(signature[32:], "little") + L
    malleated = signature[:32] + larger.to_bytes(32, "little")
    key = making.public(private)
    assert not PublicKey(key).signed(malleated, message)
    assert not openssl_takes(key, malleated, message) and not sodium_takes(key, malleated, message)


@pytest.mark.parametrize("count", [0, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(count):
    signature = making.LOG.sign(b"x")
    assert not PublicKey(making.public(making.LOG)).signed((signature * 2)[:count], b"x")


@pytest.mark.parametrize("encoded", SMALL)
def test_a_key_of_small_order_is_refused(encoded):
    point = eight = point_of(bytes.fromhex(encoded))
    for _ in range(3):
        eight = add(eight, eight)
    assert encoding_of(eight) == encoding_of(NEUTRAL) and encoding_of(point) == bytes.fromhex(encoded)
    with pytest.raises(Malformed):
        PublicKey(bytes.fromhex(encoded))


@pytest.mark.parametrize("encoded", IMPROPER)
def test_bytes_that_are_no_proper_key_are_refused(encoded):
    with pytest.raises(Malformed):
        PublicKey(encoded)


@FEW
@given(raw=SEEDS)
def test_a_point_is_read_as_it_is_written(raw):
    try:
        point = point_of(raw)
    except Malformed:
        return
    assert encoding_of(point) == raw


def test_the_signature_line_is_taken_by_openssl_and_libsodium(tmp_path):
    text = making.note_text(3, b"r" * 32)
    line = making.signature(text)
    signature = making.base64.b64decode(line.split(" ")[2])[4:]
    key = key_of(making.verifier_key(making.ORIGIN, 1, making.public(making.LOG)))
    prefix = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: the key's DER
    for name, raw in (
        ("key", prefix + key.key.raw),
        ("text", text),
        ("signature", signature),
        ("bad", signature[::-1]),
    ):
        (tmp_path / name).write_bytes(raw)
    for name, taken in (("signature", True), ("bad", False)):
        told = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "key", "-in", "text"]
        done = subprocess.run([*told, "-sigfile", name], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) is taken
        raw = (tmp_path / name).read_bytes()
        assert key.key.signed(raw, text) is taken and sodium_takes(key.key.raw, raw, text) is taken
