"""The SQL of a search: one page of places, read along one index in the order of pages.

Which index is decided here and not by a planner without statistics: the condition that leaves the fewest rows leads,
and the others are written so that no index serves them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, and_, func, literal, select, tuple_

from gateway.domain.call_record import OK
from gateway.storage.access_rows import officer_key, searchable
from gateway.storage.access_tables import INDEXED, parties, rows
from gateway.storage.audit_tables import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Table

    from gateway.services.ports.audit import AccessFilter
    from gateway.storage.access_token import Place

PLACE: Final = ("time_us", "writer", "number", "rank")


def page(wanted: AccessFilter, key: bytes, after: Place | None, size: int) -> Select[Any]:
    """Return the statement for up to *size* places of rows that match, newest first.

    Args:
        wanted: Every condition that is set must hold.
        key: Of the officers' hashes.
        after: The last row of the page before, None for the first page.
        size: Rows at most.
    """
    conditions = _conditions(wanted, key)
    leading = _leading(conditions)
    by_party = bool(wanted.uscc) and leading != ("case_ref",)
    table = parties if by_party else rows
    statement = select(*(table.c[name] for name in PLACE))
    if by_party:
        statement = statement.where(parties.c.uscc == searchable(wanted.uscc))
        if conditions:
            statement = statement.join(rows, same_place())
        leading = ()
    elif wanted.uscc:
        statement = statement.where(
            select(literal(1)).where(parties.c.uscc == searchable(wanted.uscc), same_place()).correlate(rows).exists()
        )
    for name, value in conditions.items():
        column = rows.c[name]
        found_by = column if name in leading else func.coalesce(column, type(value)())
        statement = statement.where(found_by == value)
    place = [table.c[name] for name in PLACE]
    return statement.where(*_bounds(wanted, table, after)).order_by(*(column.desc() for column in place)).limit(size)


def _conditions(wanted: AccessFilter, key: bytes) -> dict[str, str | int]:
    """Return the columns that must have a certain value."""
    conditions: dict[str, str | int] = {
        "agency": searchable(wanted.agency),
        "officer_key": officer_key(key, wanted.officer),
        "case_ref": searchable(wanted.case_ref),
        "area": wanted.area,
        "verdict": wanted.verdict,
        "outcome": searchable(wanted.outcome),
    }
    return {name: value for name, value in conditions.items() if value}


def _leading(conditions: Mapping[str, str | int]) -> tuple[str, ...]:
    """Return the columns of the index that serves a search; none where it names nothing that is indexed.

    Most calls were answered, so that having been answered leaves the fewest rows only where nothing else is asked for.
    """
    named = set(conditions)
    narrowing = named - {"outcome"} if conditions.get("outcome") == OK else named
    return next((names for wanted in (narrowing, named) for names in INDEXED if wanted.issuperset(names)), ())


def same_place() -> ColumnElement[bool]:
    """Return the condition that joins an enterprise asked about to the row of its call or item."""
    return and_(*(parties.c[name] == rows.c[name] for name in PLACE))


def _bounds(wanted: AccessFilter, table: Table, after: Place | None) -> list[ColumnElement[bool]]:
    """Return the conditions on time: from ``since`` inclusive to ``until`` exclusive, and behind the page before."""
    bounds: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        bounds.append(table.c.time_us >= to_microseconds(wanted.since))
    if after is not None:
        # Rows of the page before were older than ``until`` already; a second upper bound would hide the index.
        bounds.append(tuple_(*(table.c[name] for name in PLACE)) < tuple_(*after))
    elif wanted.until is not None:
        bounds.append(table.c.time_us < to_microseconds(wanted.until))
    return bounds
