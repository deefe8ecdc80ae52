"""``SqlCaseLists``: pages of one agency's cases, each with its acts and its events read at one moment."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from gateway.domain.cases import Case, case_of
from gateway.services.ports.cases import CaseInHand
from gateway.storage.case_content import CLOSING
from gateway.storage.case_events import events_by_case
from gateway.storage.case_tables import case_act
from gateway.storage.cases import read_act
from gateway.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Engine, Select

    from gateway.services.ports.cases import WantedCases

_ACT: Final = case_act.c


class SqlCaseLists:
    """The port ``CaseLists`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, wanted: WantedCases, size: int) -> list[CaseInHand]:
        """Return up to *size* cases; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            found = connection.execute(_registered(wanted).limit(size)).all()
            ids = [row.case_id for row in found]
            cases, events = _cases(connection, ids), events_by_case(connection, ids)
        return [CaseInHand(row.number, cases[row.case_id], events.get(row.case_id, ())) for row in found]


def _registered(wanted: WantedCases) -> Select[tuple[int, str]]:
    """Return the statement for the cases looked for, each with the number of the act that registered it."""
    number = func.min(_ACT.number).label("number")
    areas = [int(area) for area in wanted.areas]
    statement = select(number, _ACT.case_id).where(_ACT.agency == wanted.agency, _ACT.area.in_(areas))
    if not wanted.closed_too:
        closed = select(_ACT.case_id).where(_ACT.agency == wanted.agency, _ACT.kind == CLOSING)
        statement = statement.where(_ACT.case_id.not_in(closed))
    statement = statement.group_by(_ACT.case_id)
    if wanted.before:
        statement = statement.having(func.min(_ACT.number) < wanted.before)
    return statement.order_by(number.desc())


def _cases(connection: Connection, ids: Collection[str]) -> dict[str, Case]:
    wanted = select(case_act).where(_ACT.case_id.in_(ids)).order_by(_ACT.case_id, _ACT.number)
    rows = connection.execute(wanted).all()
    made = {key: case_of([read_act(row) for row in group]) for key, group in groupby(rows, key=lambda row: row.case_id)}
    return {key: case for key, case in made.items() if case is not None}
