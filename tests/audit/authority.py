"""Local time stamp authorities, by openssl."""

import subprocess
from pathlib import Path

SETTINGS = """
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = Authority
[ ca ]
basicConstraints = critical, CA:TRUE
[ tsa ]
extendedKeyUsage = critical, timeStamping
[ stamp ]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha512
accuracy = secs:1
"""


def run(folder: Path, *told: str) -> None:
    subprocess.run(["openssl", *told], cwd=folder, check=True, capture_output=True)


def make(folder: Path) -> Path:
    """Make two authorities; `other` is one that the auditor did not name."""
    (folder / "settings").write_text(SETTINGS)
    for name in ("one", "other"):
        new = ["-newkey", "rsa:2048", "-nodes", "-config", "settings"]
        run(folder, "req", "-x509", *new, "-keyout", f"{name}.ca.key", "-out", f"{name}.ca", "-extensions", "ca")
        run(folder, "req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=Stamps")
        run(
            folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{name}.ca", "-CAkey", f"{name}.ca.key",
            "-CAcreateserial", "-out", f"{name}.crt", "-extfile", "settings", "-extensions", "tsa",
        )  # fmt: skip
    (folder / "serial").write_text("01\n")
    return folder


def token(authority: Path, text: bytes, by: str = "one", digest: str = "-sha256") -> bytes:
    (authority / "text").write_bytes(text)
    run(authority, "ts", "-query", "-data", "text", digest, "-cert", "-out", "query")
    run(
        authority, "ts", "-reply", "-queryfile", "query", "-config", "settings", "-section", "stamp",
        "-inkey", f"{by}.key", "-signer", f"{by}.crt", "-chain", f"{by}.ca", "-out", "token",
    )  # fmt: skip
    return (authority / "token").read_bytes()
