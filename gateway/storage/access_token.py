"""The token of a search's next page: the last row shown, sealed together with what was looked for."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, NamedTuple

from gateway.domain import page_token

if TYPE_CHECKING:
    from gateway.services.ports.audit import AccessFilter


class Place(NamedTuple):
    """Where a row stands in the order of pages; see ``access_tables`` for the columns of these names."""

    time_us: int
    writer: str
    number: int
    rank: int


def write_token(key: bytes, wanted: AccessFilter, last: Place) -> str:
    """Return the token of the page after the row at *last*."""
    return page_token.write_token(key, _search(wanted), list(last))


def read_token(key: bytes, wanted: AccessFilter, token: str) -> Place:
    """Return what ``write_token`` was given.

    Raises:
        ValueError: *token* is none, was changed, or belongs to another search.
    """
    return Place(*page_token.read_token(key, _search(wanted), token))


def _search(wanted: AccessFilter) -> bytes:
    return repr(astuple(wanted)).encode()
