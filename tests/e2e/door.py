"""What comes back through the door to whoever speaks TLS and HTTP/2 by hand."""

from __future__ import annotations

import socket


def first_bytes(served, tls):
    """Shake hands, send HTTP/2's preface, and return what comes back."""
    plain = socket.create_connection(("127.0.0.1", served.port), timeout=10)
    with plain, tls.wrap_socket(plain, server_hostname="localhost") as secure:
        secure.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        return secure.version(), secure.recv(100)
