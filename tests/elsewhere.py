"""Places outside the installation, for tests: a time stamp authority, and an S3 store with Object Lock."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from hitl.broker import end_with_parent

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {label}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/stamps.pem
{chain}
signer_key = {folder}/stamps.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def openssl(*arguments: str | Path) -> bytes:
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


class Authority:
    """A time stamp authority by `openssl ts` behind HTTP; `spoil` may change what it answers."""

    def __init__(self, folder: Path, label: str = "Stamps", *, chain: bool = False) -> None:
        folder.mkdir()
        self.folder, self.spoil = folder, lambda answer: answer
        self.asked = 0
        config = folder / "config"
        config.write_text(
            CONFIG.format(label=label, folder=folder, chain=f"certs = {folder}/root.pem" if chain else "")
        )
        (folder / "serial").write_text("01")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", config)
        openssl("req", "-x509", *key, "-extensions", "root", "-days", "30",
                "-keyout", folder / "root.key", "-out", folder / "root.pem", "-subj", f"/CN={label} root")  # fmt: skip
        openssl("req", *key, "-keyout", folder / "stamps.key", "-out", folder / "stamps.csr")
        openssl("x509", "-req", "-in", folder / "stamps.csr", "-CA", folder / "root.pem", "-CAkey",
                folder / "root.key", "-days", "30", "-extfile", config, "-extensions", "stamps",
                "-out", folder / "stamps.pem")  # fmt: skip
        self.root = folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        self.asked += 1
        asked = self.folder / "query"
        asked.write_bytes(query)
        reply = self.folder / "reply"
        openssl("ts", "-reply", "-config", self.folder / "config", "-queryfile", asked, "-out", reply)
        return self.spoil(reply.read_bytes())

    @contextmanager
    def serving(self) -> Iterator[str]:
        authority = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                answer = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        with served(Door) as address:
            yield address


class Store:
    """A real S3 server on loopback, which knows Object Lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.key, self.secret = secrets.token_hex(8), secrets.token_hex(16)
        (folder / "s3.json").write_text(
            json.dumps(
                {
                    "identities": [
                        {
                            "name": "keeper",
                            "credentials": [{"accessKey": self.key, "secretKey": self.secret}],
                            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                        }
                    ]
                }
            )
        )
        master, volume, filer, door = free_ports(4)
        self.endpoint = f"http://127.0.0.1:{door}"
        command = [Path(sys.executable).with_name("weed"), "-logtostderr=true", "server", f"-dir={folder}"]
        command += ["-ip=127.0.0.1", f"-master.port={master}", f"-volume.port={volume}", "-volume.max=20"]
        command += ["-filer", f"-filer.port={filer}", f"-filer.localSocket={folder}/f", "-s3", f"-s3.port={door}"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # else ports of their own: two engines collide
        command += [f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=16", "-master.telemetry=false"]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                list(map(str, command)), stdout=log, stderr=log, cwd=folder, preexec_fn=end_with_parent,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), "WEED_S3_SSE_KEY": secrets.token_hex(32)},
            )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
        }  # fmt: skip

    def client(self) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id=self.key, aws_secret_access_key=self.secret,
            region_name="us-east-1",
        )  # fmt: skip

    def bucket(self, name: str, *, locked: bool) -> str:
        """Make a bucket, as soon as the server can."""
        until = time.monotonic() + 60
        while True:
            try:
                self.client().create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
                self.client().put_object(Bucket=name, Key="first", Body=b"x")
                return name
            except (BotoCoreError, ClientError) as problem:
                if "BucketAlready" in str(problem):
                    return name
                if time.monotonic() > until or self.process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()[-3000:]) from problem
                time.sleep(0.2)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def between(endpoint: str, change: Callable[[str, bytes], bytes], *, without: str = "") -> Iterator[str]:
    """Stand between a client and a store: change what the store answers to a path, and leave out a header of it."""

    class Door(BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            beyond = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=30)
            beyond.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                beyond.putheader(name, value)
            beyond.endheaders(body)
            answer = beyond.getresponse()
            changed = change(self.path, answer.read())
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server", without}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(changed)))
            self.end_headers()
            self.wfile.write(changed)

        do_GET = do_PUT = forward  # noqa: N815 - the base class asks for these names

        def log_message(self, *_: Any) -> None:
            pass

    with served(Door) as address:
        yield address.rstrip("/")


@contextmanager
def served(door: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_ports(count: int) -> list[int]:
    """Give ports whose neighbours 10,000 above are free too: the server's other doors stand there."""
    found: list[int] = []
    while len(found) < count:
        port = 20_000 + secrets.randbelow(20_000)
        try:
            for one in (port, port + 10_000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", one))
        except OSError:
            continue
        if port not in found:
            found.append(port)
    return found
