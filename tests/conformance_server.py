"""Serves a third party's adapter for tests: HTTP in front of a double, a channel to the gateway behind it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import grpc
from conformance_double import Double
from conformance_writing import Refused
from jointsanctions.v1 import common_pb2

CREDIT = "/jointsanctions.v1.CreditService/"


class Channel:
    """The gateway's methods."""

    def __init__(self, target, ca, certificate, key, deadline):
        credentials = grpc.ssl_channel_credentials(ca, key, certificate)
        options = [
            ("grpc.ssl_target_name_override", "localhost"),
            ("grpc.enable_retries", 0),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 200),
        ]
        self._channel = grpc.secure_channel(target, credentials, options=options)
        self._deadline = deadline

    def call(self, method, request, answer):
        path = method if method.startswith("/") else CREDIT + method
        raw = self._channel.unary_unary(path)(request.SerializeToString(), timeout=self._deadline)
        return answer.FromString(raw)


class Handler(BaseHTTPRequestHandler):
    """From HTTP to the double that the server has."""

    def do_GET(self):
        _, _, resource, *rest = self.path.partition("?")[0].split("/")
        double = self.server.double
        looks = {
            "health": lambda: {"ready": True, "area": self.server.area, "mode": self.server.mode},
            "checks": lambda: double.record(int(rest[0])),
            "receipts": lambda: double.receipt(int(rest[0])),
        }
        self.answer(200, looks[resource])

    def do_POST(self):
        _, _, resource, *rest = self.path.split("/")
        double, key = self.server.double, self.headers.get("idempotency-key", "")
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        writes = {
            "checks": lambda: double.check(body),
            "check-batches": lambda: double.batch(body),
            "grants": lambda: double.once(key, body, lambda: double.grant(body)),
            "outcomes": lambda: double.report(key, body),
            "restart": double.restarted,
        }
        work = (lambda: double.fulfil(int(rest[0]), body)) if rest else writes[resource]
        self.answer(200 if resource.startswith("check") else 201, work)

    def answer(self, status, work):
        media, content = "application/json", b""
        try:
            content = json.dumps(work()).encode()
        except Refused as error:
            status, media, content = error.status, "application/problem+json", json.dumps(error.problem).encode()
        except (grpc.RpcError, ValueError):
            status, media, content = 502, "application/problem+json", b'{"status": 502, "reason": "NO_ANSWER"}'
        if status >= 400 and self.server.double.fault == "says it in prose":
            media, content = "text/plain", b"something went wrong"
        if status == 503 and self.server.double.fault == "tells silence as doubt" and "checks" in self.path:
            status, content = 200, b'{"standing": "UNVERIFIABLE", "mayProceed": false}'
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


@contextmanager
def serving_double(prepared, fault="", *, trusts=(), mode="enforce"):
    """Serve a double that was configured by a prepared folder; yields its address."""
    folder = prepared.folder
    side = folder / "gateway-side"
    authorities = b"".join(path.read_bytes() for path in (side / "ca-bundle.pem", *trusts))
    client = side / "clients" / "adapter-under-test.asking-system"
    certificate, key = client.with_name(client.name + ".pem"), client.with_name(client.name + ".key")
    channel = Channel(
        prepared.target, authorities, certificate.read_bytes(), key.read_bytes(), prepared.deadline_seconds
    )
    area = common_pb2.Area.Value(f"AREA_{prepared.area.name.upper()}")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.double, server.area, server.mode = (
            Double(channel, area, prepared.area.before, fault),
            prepared.area.name,
            mode,
        )
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
