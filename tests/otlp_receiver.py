"""A collector of traces: takes OTLP over HTTP as it comes, and keeps every byte."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Receiver:
    """What came so far; ``port`` is where it listens on 127.0.0.1, ``status`` what it answers."""

    def __init__(self):
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.status = 200
        self.content = b""
        self.held = threading.Event()
        """Answers wait for it."""
        self.held.set()
        self.arrived = threading.Condition()
        self.port = 0

    def took(self, path, body):
        with self.arrived:
            self.paths.append(path)
            self.bodies.append(body)
            self.arrived.notify_all()

    def requests(self):
        return [ExportTraceServiceRequest.FromString(body) for body in list(self.bodies)]

    def spans(self):
        """Return every span so far."""
        return [
            span
            for request in self.requests()
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def calls(self):
        """Return the spans of whole calls."""
        return [span for span in self.spans() if not span.parent_span_id]

    def wait_for(self, enough):
        """Return once ``enough(self)`` holds."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: enough(self), timeout=20), f"{len(self.bodies)} requests came"


@contextmanager
def receiving(port=0):
    """Listen until the end."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.took(self.path, body)
            receiver.held.wait()
            with suppress(ConnectionError):  # whoever sent it may have given up
                self.send_response(receiver.status)
                self.send_header("Content-Length", str(len(receiver.content)))
                self.end_headers()
                self.wfile.write(receiver.content)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.held.set()
        server.shutdown()
        thread.join()
        server.server_close()


def said(span):
    """Return the attributes of a span as plain values."""
    return {each.key: each.value.string_value for each in span.attributes}
