"""The token of a list's next page: where the page before ended, bound to what was asked for.

It is no secret and proves nothing: who changes it sees other rows of the same list, which they may see anyway.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from formats import canonical
from gateway.domain.errors import MalformedRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DIGEST_BYTES = 8


def write_token(request: Any, place: Sequence[str]) -> str:  # noqa: ANN401 - any request with pages
    """Return the token of the page after *place*, for the same request."""
    return urlsafe_b64encode(_asked(request) + canonical.encode(list(place))).rstrip(b"=").decode()


def read_token(request: Any, parts: int) -> tuple[str, ...] | None:  # noqa: ANN401 - likewise
    """Return the place of *parts* texts that ``page_token`` of *request* holds; None on the first page.

    Raises:
        MalformedRequestError: It is none, or belongs to another request.
    """
    token: str = request.page_token
    if not token:
        return None
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        place = canonical.decode(raw[_DIGEST_BYTES:])
    except ValueError as error:
        raise _malformed() from error
    texts = isinstance(place, list) and len(place) == parts and all(isinstance(part, str) for part in place)
    if raw[:_DIGEST_BYTES] != _asked(request) or not isinstance(place, list) or not texts:
        raise _malformed()
    return tuple(str(part) for part in place)


def _malformed() -> MalformedRequestError:
    return MalformedRequestError("page_token", "is no token of this request")


def _asked(request: Any) -> bytes:  # noqa: ANN401 - likewise
    """Return a digest of what the request asks for: all but who asks, and which page."""
    asked = type(request)()
    asked.CopyFrom(request)
    for field in ("officer", "page_size", "page_token"):
        asked.ClearField(field)
    return hashlib.sha256(asked.SerializeToString(deterministic=True)).digest()[:_DIGEST_BYTES]
