"""Tokens of a next page: where to go on, sealed together with what was asked for.

A token is good for the same question only, and whoever changes it gets an error and no rows. It is not secret: it holds
what the reader has just been shown.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

from formats import canonical

_MAC_BYTES: Final = 16


def write_token(key: bytes, question: bytes, place: list[Any]) -> str:
    """Return the token of the page after *place*, numbers and texts, for the same *question* only."""
    content = canonical.encode(place)
    return urlsafe_b64encode(_mac(key, question, content) + content).rstrip(b"=").decode()


def read_token(key: bytes, question: bytes, token: str) -> list[Any]:
    """Return the place that ``write_token`` was given.

    Raises:
        ValueError: *token* is none, was changed, or belongs to another question.
    """
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        raise ValueError("the page token is none of ours") from None
    mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    # Decoding skips what is not in the alphabet, so that one token would have many spellings.
    respelled = urlsafe_b64encode(raw).rstrip(b"=").decode() != token
    if respelled or not hmac.compare_digest(mac, _mac(key, question, content)):
        raise ValueError("the page token was changed, or belongs to another search")
    place: list[Any] = json.loads(content)
    return place


def _mac(key: bytes, question: bytes, content: bytes) -> bytes:
    asked = len(question).to_bytes(4, "big") + question
    return hmac.digest(key, b"page\x00" + asked + content, "sha256")[:_MAC_BYTES]
