"""The token of a search's next page: the last row shown, sealed together with what was looked for.

A token is good for the same search only, and whoever changes it gets an error and no rows. It is not secret: it holds
a time, a writer and a number, which the reader has just been shown.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from formats import canonical

if TYPE_CHECKING:
    from gateway.services.ports import AccessFilter

_MAC_BYTES: Final = 16


class Place(NamedTuple):
    """Where a row stands in the order of pages; see ``access_tables`` for the columns of these names."""

    time_us: int
    writer: str
    number: int
    rank: int


def write_token(key: bytes, wanted: AccessFilter, last: Place) -> str:
    """Return the token of the page after the row at *last*."""
    content = canonical.encode(list(last))
    return urlsafe_b64encode(_mac(key, wanted, content) + content).rstrip(b"=").decode()


def read_token(key: bytes, wanted: AccessFilter, token: str) -> Place:
    """Return what ``write_token`` was given.

    Raises:
        ValueError: *token* is none, was changed, or belongs to another search.
    """
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        raise ValueError("the page token is none of ours") from None
    mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    # Decoding skips what is not in the alphabet, so that one token would have many spellings.
    respelled = urlsafe_b64encode(raw).rstrip(b"=").decode() != token
    if respelled or not hmac.compare_digest(mac, _mac(key, wanted, content)):
        raise ValueError("the page token was changed, or belongs to another search")
    last: list[Any] = json.loads(content)
    return Place(*last)


def _mac(key: bytes, wanted: AccessFilter, content: bytes) -> bytes:
    search = repr(astuple(wanted)).encode()
    return hmac.digest(key, b"page\x00" + len(search).to_bytes(4, "big") + search + content, "sha256")[:_MAC_BYTES]
