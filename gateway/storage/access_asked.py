"""The SQL of who asked about one enterprise: a page of places, along the index of enterprises.

Which questions an enterprise may learn of is decided in ``gateway.domain.who_asked``; here they are only looked for, so
that a page is as full with hidden questions as without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select, tuple_

from gateway.domain import page_token
from gateway.domain.call_record import OK
from gateway.storage.access_query import PLACE, same_place
from gateway.storage.access_rows import searchable
from gateway.storage.access_tables import parties, rows
from gateway.storage.access_token import Place
from gateway.storage.audit_tables import to_microseconds

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement

    from gateway.services.ports.audit import AskedFilter


def asked_page(wanted: AskedFilter, after: Place | None, size: int) -> Select[Any]:
    """Return the statement for up to *size* places of answered questions about an enterprise, newest first.

    Args:
        wanted: Every condition must hold.
        after: The last row of the page before, None for the first page.
        size: Rows at most.
    """
    place = [parties.c[name] for name in PLACE]
    told: ColumnElement[bool] = rows.c.role.in_(sorted(wanted.roles))
    for agency, case_ref in sorted(wanted.released):
        of_agency = _unindexed(rows.c.agency) == searchable(agency)
        told = or_(told, and_(of_agency, _unindexed(rows.c.case_ref) == searchable(case_ref)))
    statement = (
        select(*place)
        .join(rows, same_place())
        .where(parties.c.uscc == searchable(wanted.uscc), _unindexed(rows.c.outcome) == OK, told)
        .where(rows.c.method.in_(sorted(wanted.methods)))
    )
    if wanted.since is not None:
        statement = statement.where(parties.c.time_us >= to_microseconds(wanted.since))
    if after is not None:
        statement = statement.where(tuple_(*place) < tuple_(*after))
    elif wanted.until is not None:
        statement = statement.where(parties.c.time_us < to_microseconds(wanted.until))
    return statement.order_by(*(column.desc() for column in place)).limit(size)


def _unindexed(column: Column[str]) -> ColumnElement[str]:
    """Return a column as no index serves it: the enterprise leads, as ``access_query`` says."""
    return func.coalesce(column, "")


def write_asked_token(key: bytes, wanted: AskedFilter, last: Place) -> str:
    """Return the token of the page after the question at *last*."""
    return page_token.write_token(key, _question(wanted), list(last))


def read_asked_token(key: bytes, wanted: AskedFilter, token: str) -> Place:
    """Return what ``write_asked_token`` was given.

    Raises:
        ValueError: *token* is none, was changed, or belongs to another question.
    """
    return Place(*page_token.read_token(key, _question(wanted), token))


def _question(wanted: AskedFilter) -> bytes:
    """Return what the pages of one list share: a release between two of them does not end the list."""
    return repr(("asked", wanted.uscc, wanted.since, wanted.until)).encode()
