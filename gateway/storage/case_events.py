"""``SqlCaseEventStore``: the events of cases, and who has which. What weighs on whom is decided elsewhere."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, insert, select
from sqlalchemy import case as when

from gateway.domain.case_events import CaseEvent, CaseEventKind, Weighing, new_events
from gateway.domain.cases import CaseKey, case_of
from gateway.domain.vocabulary import Area
from gateway.storage.case_content import CLOSING
from gateway.storage.case_tables import case_act, case_event, case_event_acknowledgement
from gateway.storage.cases import read_act, read_acts
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row, Select

    from gateway.domain.cases import Case
    from gateway.services.ports.facts import Submission

_EVENT: Final = case_event.c
_ACT: Final = case_act.c
_DONE: Final = case_event_acknowledgement.c


class SqlCaseEventStore:
    """The port ``CaseEventStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine, require_own: Callable[[Connection], None] | None = None) -> None:
        """Take the database, and of whoever tells events the check that it still may, inside each transaction."""
        self._engine = engine
        self._require_own = require_own
        self.mark_recorded = SqlFactStore(engine).mark_recorded

    def newest_act(self) -> int:
        """Return the number of the newest act on any case; see the port."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(_ACT.number))).scalar() or 0

    def open_cases(self) -> list[Case]:
        """Return every open case; see the port."""
        with reading(self._engine) as connection:
            closed = select(_ACT.case_id).where(_ACT.kind == CLOSING)
            wanted = select(case_act).where(_ACT.case_id.not_in(closed))
            rows = connection.execute(wanted.order_by(_ACT.case_id, _ACT.number)).all()
        cases = (case_of([read_act(row) for row in group]) for _, group in groupby(rows, key=lambda row: row.case_id))
        return [case for case in cases if case is not None]

    def tell(self, case: Case, present: Collection[Weighing], revision: int, now: datetime) -> list[CaseEvent]:
        """Add the events that follow from what weighs; see the port.

        Raises:
            LeaseLostError: Another process follows the cases by now.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            lock_head(connection)
            if self._require_own is not None:
                self._require_own(connection)
            if case_of(read_acts(connection, case.key)) != case:
                return []
            own = _selected().where(_EVENT.case_id == case.key.case_id).order_by(_EVENT.sequence)
            told = [_read(row) for row in connection.execute(own)]
            if any(each.revision > revision for each in told):
                return []
            newest = select(func.max(_EVENT.sequence)).where(_EVENT.agency == case.key.agency)
            last = connection.execute(newest).scalar() or 0
            seen_at = max([now, *(each.seen_at for each in told)])
            added = [
                CaseEvent(case.key, last + place, new.kind, new.weighing, revision, seen_at, new.of_sequence, None)
                for place, new in enumerate(new_events(told, present, case.terms.codes), 1)
            ]
            if added:
                connection.execute(insert(case_event), [_values(each) for each in added])
        return added

    def after(self, agency: str, sequence: int, size: int) -> list[CaseEvent]:
        """Return events of an agency behind a sequence; see the port."""
        wanted = _selected().where(_EVENT.agency == agency, _EVENT.sequence > sequence)
        with reading(self._engine) as connection:
            return [_read(row) for row in connection.execute(wanted.order_by(_EVENT.sequence).limit(size))]

    def acknowledge(self, submission: Submission, sequence: int) -> tuple[int, datetime] | None:
        """Store that an agency has its event; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        wanted = _selected().where(_EVENT.agency == submission.agency, _EVENT.sequence == sequence)
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            again = answered(connection, submission) is not None
            row = connection.execute(wanted).first()
            if row is None:
                return None
            before: datetime | None = row.acknowledged_at
            if before is None:
                at = {"acknowledged_at": submission.committed_at}
                connection.execute(
                    insert(case_event_acknowledgement), {"agency": submission.agency, "sequence": sequence, **at}
                )
            if not again:
                keep_answer(connection, submission, newest, [], owed=before is None)
        return newest, before or submission.committed_at

    def unacknowledged(self) -> list[CaseEvent]:
        """Return every event that is not acknowledged; see the port."""
        with reading(self._engine) as connection:
            return read_unacknowledged(connection)

    def count_unacknowledged(self, before: datetime) -> tuple[int, datetime | None, int]:
        """Count what is not acknowledged; see the port."""
        figures = (
            func.count(_EVENT.sequence),
            func.min(_EVENT.seen_at),
            func.count(when((_EVENT.seen_at < before, _EVENT.sequence))),
        )
        wanted = _with_acknowledgement(*figures).where(_DONE.acknowledged_at.is_(None))
        with reading(self._engine) as connection:
            count, oldest, overdue = connection.execute(wanted).one()
        return count, oldest, overdue


def read_unacknowledged(connection: Connection) -> list[CaseEvent]:
    """Return every event that is not acknowledged, in the order in which they were seen."""
    wanted = _selected().where(_DONE.acknowledged_at.is_(None))
    ordered = wanted.order_by(_EVENT.seen_at, _EVENT.agency, _EVENT.sequence)
    return [_read(row) for row in connection.execute(ordered)]


def events_by_case(connection: Connection, case_ids: Collection[str]) -> dict[str, tuple[CaseEvent, ...]]:
    """Return the events of some cases by case id, in order; a case without any is not in it."""
    wanted = _selected().where(_EVENT.case_id.in_(case_ids)).order_by(_EVENT.case_id, _EVENT.sequence)
    rows = connection.execute(wanted).all()
    return {key: tuple(map(_read, group)) for key, group in groupby(rows, key=lambda row: row.case_id)}


def _selected() -> Select[Any]:
    """Return the statement for events, each with when it was acknowledged."""
    return _with_acknowledgement(case_event, _DONE.acknowledged_at)


def _with_acknowledgement(*columns: Any) -> Select[Any]:  # noqa: ANN401 - columns, or what is counted of them
    """Return the statement for *columns* of events, each beside its acknowledgement."""
    same = and_(_DONE.agency == _EVENT.agency, _DONE.sequence == _EVENT.sequence)
    return select(*columns).select_from(case_event.outerjoin(case_event_acknowledgement, same))


def _read(row: Row[*tuple[Any, ...]]) -> CaseEvent:
    return CaseEvent(
        key=CaseKey(row.agency, Area(row.area), row.case_ref, row.part),
        sequence=row.sequence,
        kind=CaseEventKind(row.kind),
        weighing=Weighing(row.uscc, row.rule_id, row.record_id),
        revision=row.revision,
        seen_at=row.seen_at,
        of_sequence=row.of_sequence,
        acknowledged_at=row.acknowledged_at,
    )


def _values(event: CaseEvent) -> dict[str, object]:
    return {
        "agency": event.key.agency,
        "sequence": event.sequence,
        "case_id": event.key.case_id,
        "area": int(event.key.area),
        "case_ref": event.key.case_ref,
        "part": event.key.part,
        "kind": int(event.kind),
        **event.weighing._asdict(),
        "of_sequence": event.of_sequence,
        "revision": event.revision,
        "seen_at": event.seen_at,
    }
