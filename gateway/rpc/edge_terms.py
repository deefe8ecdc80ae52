"""What gateway and proxy agree on: by which names the proxy speaks, and which calls it sends where."""

from __future__ import annotations

from typing import Final

CERTIFICATES: Final = "x-forwarded-client-cert"
"""The certificates of the caller's handshake, in one element ``Hash=…;Chain="…"``, PEM with percent signs."""
KEY: Final = "x-jsg-edge-key"
ADDRESS: Final = "x-jsg-edge-address"
TLS: Final = "x-jsg-edge-tls"
GROUP: Final = "x-jsg-edge-group"
HEADERS: Final = frozenset({CERTIFICATES, KEY, ADDRESS, TLS, GROUP})
FAST: Final = ("CreditService/CheckEligibility",)
"""Methods of the fast socket: called so often that gRPC's share of a call weighs. Their answers must be small, since
an answer that was handed over there is not counted any more."""
PUSHBACK: Final = "grpc-retry-pushback-ms"
EDGE_PUSHBACK: Final = "x-jsg-edge-pushback-ms"
"""How that trailer is called on the fast socket, whose library keeps the names of gRPC for itself."""
