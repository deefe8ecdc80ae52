"""How many records first came, counted by the database: by agency, feed, kind, day of the event and day of the commit.

A city's millions come back as some thousand rows. What is late is decided in ``domain``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, exists, func, literal, or_, select

from formats.civil import civil_date, midnight, parse_date
from gateway.domain.kinds.listing_elsewhere import ListingElsewhere
from gateway.domain.objections import Objection
from gateway.domain.timeliness import Arrivals
from gateway.domain.vocabulary import ListingActKind, Provenance
from gateway.domain.withdrawals import ShownRepair
from gateway.storage import content, tables
from gateway.storage.columns import json_text
from gateway.storage.known import PROFILE_KIND
from gateway.storage.recorded import ACT_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Select, Table

_DAY: Final = timedelta(days=1)
OWN_KINDS: Final = sorted(
    name
    for name, kind in content.KINDS.items()
    if kind.arrives_as is Provenance.AUTHORITY and kind not in {ShownRepair, ListingElsewhere, Objection}
)
"""Kinds of records that are their sender's own; what is retyped, or shown, elsewhere is not, nor what parties file."""
_BEGINS: Final = {name: content.KINDS[name].begins for name in OWN_KINDS}


def read_arrivals(connection: Connection, since: datetime, until: datetime) -> Iterator[Arrivals]:
    """Yield what came in [since, until), in no order; see the port ``Docket``."""
    counted = [_acts(), _profiles(), _facts(tables.simple_record), _facts(tables.person_record)]
    for day, first, last in _revisions(connection, since, until):
        for statement in counted:
            for row in connection.execute(statement, {"first": first, "last": last}):
                began = parse_date(row.began_on) if isinstance(row.began_on, str) else row.began_on
                yield Arrivals(row.agency, row.feed, row.kind, began, day, row.records, row.record_id)


def _revisions(connection: Connection, since: datetime, until: datetime) -> Iterator[tuple[date, int, int]]:
    """Yield each civil day on which something was committed, with its first and last revision: they never run back."""
    column = tables.revision.c
    day = civil_date(since)
    while midnight(day) < until:
        begin, end = max(since, midnight(day)), min(until, midnight(day + _DAY))
        wanted = select(func.min(column.id), func.max(column.id))
        first, last = connection.execute(wanted.where(column.committed_at >= begin, column.committed_at < end)).one()
        if first is not None:
            yield day, first, last
        day += _DAY


def _acts() -> Select[Any]:
    act = tables.listing_act.c
    counted = _counted(tables.listing_act, act.revision, act.act_id, literal(ACT_KIND), act.acted_on)
    return counted.where(act.kind != ListingActKind.REPAIR_SHOWN)  # shown elsewhere: nobody's own record


def _profiles() -> Select[Any]:
    profile = tables.enterprise_profile
    counted = _counted(
        profile, profile.c.revision_from, profile.c.record_id, literal(PROFILE_KIND), profile.c.valid_from
    )
    return counted.where(_is_first(profile))


def _facts(table: Table) -> Select[Any]:
    kind = table.c.kind
    began = json_text(table.c.content, case(_BEGINS, value=kind))
    counted = _counted(table, table.c.revision_from, table.c.record_id, kind, began)
    return counted.where(kind.in_(OWN_KINDS), _is_first(table))


def _counted(
    table: Table,
    revision: ColumnElement[int],
    record_id: ColumnElement[str],
    kind: ColumnElement[str],
    began_on: ColumnElement[Any],
) -> Select[Any]:
    came = tables.revision.c
    keys = (came.agency, came.feed, kind.label("kind"), began_on.label("began_on"))
    return (
        select(*keys, func.count().label("records"), func.min(record_id).label("record_id"))
        .select_from(table.join(tables.revision, came.id == revision))
        .where(revision.between(bindparam("first"), bindparam("last")))
        .group_by("agency", "feed", "kind", "began_on")  # by name: SQLite would read the JSON twice
    )


def _is_first(table: Table) -> ColumnElement[bool]:
    """Return the condition that a version is its record's first: a correction does not arrive anew.

    What has but one version is told by that no version of it ended, which is looked up in a short list.
    """
    earlier, ended = table.alias(), table.alias()
    corrected = select(ended.c.record_id).where(ended.c.revision_until.is_not(None))
    before = exists().where(earlier.c.record_id == table.c.record_id, earlier.c.revision_from < table.c.revision_from)
    return or_(table.c.record_id.not_in(corrected), ~before)
