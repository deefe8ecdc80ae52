"""What must be in the environment before gRPC is imported. It imports nothing of gRPC itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

CIPHERS_VARIABLE: Final = "GRPC_SSL_CIPHER_SUITES"
TLS13_ONLY: Final = "ECDHE-RSA-AES256-GCM-SHA384"
"""A TLS 1.2 suite that an ECDSA server key cannot serve: TLS 1.2 is impossible and TLS 1.3 is untouched by it.

grpcio has no setting for the least TLS version; the variable is read when the library starts.
"""


def forbid_tls12(environment: MutableMapping[str, str]) -> None:
    """Make every gRPC server of this process refuse TLS 1.2."""
    environment[CIPHERS_VARIABLE] = TLS13_ONLY
