"""The SQL of signed reviews: a page of places, newest first, along an index of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, select, tuple_

from gateway.domain import page_token
from gateway.domain.call_record import OK
from gateway.storage.access_query import PLACE
from gateway.storage.access_tables import REVIEWS, rows
from gateway.storage.access_token import Place

if TYPE_CHECKING:
    from sqlalchemy import Column

_QUESTION: Final = b"reviews"


def reviews_page(after: Place | None, size: int) -> Select[Any]:
    """Return the statement for up to *size* places of signed reviews behind *after*, None for the first page."""
    place: list[Column[Any]] = [rows.c[name] for name in PLACE]
    statement = select(*place).where(REVIEWS, rows.c.outcome == OK, rows.c.rank == 0)
    if after is not None:
        statement = statement.where(tuple_(*place) < tuple_(*after))
    return statement.order_by(*(column.desc() for column in place)).limit(size)


def write_reviews_token(key: bytes, last: Place) -> str:
    """Return the token of the page after the review at *last*."""
    return page_token.write_token(key, _QUESTION, list(last))


def read_reviews_token(key: bytes, token: str) -> Place:
    """Return what ``write_reviews_token`` was given.

    Raises:
        ValueError: *token* is none, or was changed.
    """
    return Place(*page_token.read_token(key, _QUESTION, token))
