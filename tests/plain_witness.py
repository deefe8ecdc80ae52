"""A witness to test against: an HTTP server that answers as C2SP tlog-witness says, and remembers what it saw."""

from __future__ import annotations

import base64
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from formats.checkpoint import parse_checkpoint
from formats.merkle import verify_consistency
from formats.note import (
    NoteError,
    SignatureKind,
    VerificationKey,
    cosigned_message,
    decode_note,
    parse_key,
    verify_note,
)
from gateway.security.log_keys import holds

NAME = "witness.example.org/w1"
SEEN_AT = 1_764_000_000


class PlainWitness:
    """It knows the logs whose keys it was told; ``answer_with`` makes it answer something else."""

    def __init__(self):
        self._secret = Ed25519PrivateKey.generate()
        self.key = VerificationKey(NAME, SignatureKind.COSIGNATURE, self._secret.public_key().public_bytes_raw())
        self.logs = {}
        self.seen = {}
        self.requests = []
        self.answer_with = None

    def know(self, key):
        """Cosign checkpoints of the log with this public key from now on."""
        self.logs[key.partition("+")[0]] = parse_key(key)

    def answer(self, body):
        """Return status and answer of one request."""
        self.requests.append(body)
        if self.answer_with is not None:
            return self.answer_with
        head, _, note_bytes = body.partition(b"\n\n")
        first, *hashes = head.decode().split("\n")
        old = int(first.removeprefix("old "))
        note = decode_note(note_bytes)
        checkpoint = parse_checkpoint(note.text)
        if checkpoint.origin not in self.logs:
            return 404, b""
        try:
            if not verify_note(note, [self.logs[checkpoint.origin]], holds):
                return 403, b""
        except NoteError:
            return 403, b""
        if old > checkpoint.size:
            return 400, b""
        size, root = self.seen.get(checkpoint.origin, (0, None))
        if old != size:
            return 409, f"{size}\n".encode()
        proof = [base64.b64decode(each) for each in hashes]
        if size and not verify_consistency(size, checkpoint.size, proof, root, checkpoint.root):
            return 422, b""
        self.seen[checkpoint.origin] = checkpoint.size, checkpoint.root
        return 200, self.line(note.text)

    def line(self, text):
        """Return the line of signature under a text."""
        value = SEEN_AT.to_bytes(8, "big") + self._secret.sign(cosigned_message(text, SEEN_AT))
        return f"— {NAME} {base64.b64encode(self.key.key_id + value).decode()}\n".encode()


@contextmanager
def serving(witness):
    """Serve a witness on this machine, and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            status, answer = witness.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/w1"
        server.shutdown()
