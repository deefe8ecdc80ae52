"""Who called the edge: what the one proxy says of the connections that it ended, and nobody else's word.

The proxy writes its key, the caller's address, the TLS version, the group of the key exchange and the certificates of
the handshake over whatever its caller sent by these names (``gateway.bootstrap.envoy_calls``). A call without one of
them, with two of one, or with another key came from elsewhere on this machine: it has no certificate, and is refused.
The certificates are judged by the same code as those of a handshake of our own.
"""

from __future__ import annotations

import hmac
import re
import ssl
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from gateway.rpc.edge_terms import ADDRESS, CERTIFICATES, GROUP, HEADERS, KEY, TLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.rpc.begun import Context
    from gateway.rpc.identity import Auth

LEAST_KEY: Final = 32
"""Characters of the proxy's key, at the least."""
_ELEMENT: Final = re.compile(r'Hash=[0-9a-f]{64};Chain="([A-Za-z0-9%./_~+=-]+)"')
_END: Final = b"-----END CERTIFICATE-----\n"


class ForwardedPeer:
    """Tells who called the proxy that has this key; it stands for ``gateway.rpc.identity.handshaken``."""

    def __init__(self, key: str) -> None:
        """Take the proxy's key; raises ``ValueError`` for one that could be guessed."""
        if len(key) < LEAST_KEY:
            raise ValueError(f"the key of the edge has fewer than {LEAST_KEY} characters")
        self._key = key.encode()

    def __call__(self, context: Context) -> tuple[Auth, str]:
        """Return what ``auth_context`` and ``peer`` would say of who called the proxy.

        Of a call that did not come through it: nothing, and the socket.
        """
        said = _said(context.invocation_metadata())
        if len(said) != len(HEADERS) or not hmac.compare_digest(self._key, said[KEY].encode()):
            return {}, context.peer()
        leaf, chain = certificates(said[CERTIFICATES])
        if not leaf:
            return {}, context.peer()
        auth = {
            "x509_pem_cert": (leaf,),
            "x509_pem_cert_chain": (chain,),
            "ssl_tls_version": (said[TLS].encode(),),
            "ssl_negotiated_key_exchange_group": (said[GROUP].encode(),),
        }
        return auth, ("ipv6:" if said[ADDRESS].startswith("[") else "ipv4:") + said[ADDRESS]


def _said(metadata: Any) -> Mapping[str, str]:  # noqa: ANN401 - gRPC's own, or the front's
    """Return the proxy's headers by name; nothing at all when one came twice."""
    said: dict[str, str] = {}
    for name, value in metadata or ():
        if name in HEADERS:
            if name in said:
                return {}
            said[name] = str(value)
    return said


@lru_cache(maxsize=1024)
def certificates(header: str) -> tuple[bytes, bytes]:
    """Return the leaf and what followed it in the handshake, PEM; both empty for anything but one whole element."""
    element = _ELEMENT.fullmatch(header)
    if element is None:
        return b"", b""
    leaf, end, rest = unquote_to_bytes(element[1]).partition(_END)
    try:
        ssl.PEM_cert_to_DER_cert((leaf + end).decode("ascii"))
    except ValueError:
        return b"", b""
    return leaf + end, rest
