"""``SqlOutcomeStore``: what deciding systems did after answers. What may be reported is decided in ``services``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from gateway.domain.call_record import recorded_grounds
from gateway.services.ports.outcomes import NumberedOutcome
from gateway.storage import tables
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head
from gateway.storage.known import batches
from gateway.storage.outcome_content import read_outcome, write_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Select

    from gateway.domain.outcomes import Outcome
    from gateway.services.ports.facts import Submission
    from gateway.services.ports.outcomes import OutcomeFilter, Within

_COLUMN: Final = tables.outcome.c
_LATER: Final = tables.outcome.alias("later")
_RECORD, _ENDING = "record:", "ending:"
"""What comes before the id of a record, or of an ending, in a reference."""


class SqlOutcomeStore:
    """The port ``OutcomeStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.mark_recorded = SqlFactStore(engine).mark_recorded

    def reported(self, submission: Submission) -> tuple[int, Outcome] | None:
        """Return what was stored for this very request before; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            return _reported(connection, submission)

    def record(
        self,
        submission: Submission,
        within: Within,
        decide: Callable[[NumberedOutcome | None, Sequence[Outcome]], Outcome],
    ) -> tuple[int, Outcome]:
        """Add the outcome that *decide* makes; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            before = _reported(connection, submission)
            if before is not None:
                return before
            replaced = _numbered(connection, _COLUMN.outcome_id == within.supersedes) if within.supersedes else None
            own = replaced if replaced is not None and replaced.outcome.agency == submission.agency else None
            outcome = decide(own, _standing(connection, submission.agency, within))
            outcome = replace(outcome, reported_at=_reported_at(connection, outcome.reported_at))
            _insert(connection, submission, outcome)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, outcome

    def outcome(self, outcome_id: str) -> NumberedOutcome | None:
        """Return one outcome; see the port."""
        with reading(self._engine) as connection:
            return _numbered(connection, _COLUMN.outcome_id == outcome_id)

    def listed(self, wanted: OutcomeFilter, after: int, size: int) -> list[NumberedOutcome]:
        """Return up to *size* outcomes behind the place *after*; see the port."""
        statement = _selected().where(_COLUMN.number > after)
        if wanted.agency:
            statement = statement.where(_COLUMN.agency == wanted.agency)
        if wanted.case_ref:
            statement = statement.where(_COLUMN.case_ref == wanted.case_ref)
        if wanted.uscc:
            statement = statement.where(_COLUMN.uscc == wanted.uscc)
        if not wanted.with_superseded:
            statement = statement.where(_LATER.c.outcome_id.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(statement.order_by(_COLUMN.number).limit(size)).all()
            return [_read(row) for row in rows]

    def of_cases(self, agency: str, case_refs: Collection[str]) -> list[Outcome]:
        """Return what an agency reported in these cases; see the port."""
        wanted = select(_COLUMN.content).where(_COLUMN.agency == agency)
        found: list[Outcome] = []
        with reading(self._engine) as connection:
            for batch in batches(sorted(set(case_refs))):
                rows = connection.execute(wanted.where(_COLUMN.case_ref.in_(batch)))
                found += [read_outcome(row.content) for row in rows]
        return found

    def standing(self, records: Collection[str], endings: Collection[str], agency: str) -> list[Outcome]:
        """Return the outcomes that stand and refer to one of these; see the port."""
        wanted = {f"{_RECORD}{each}" for record in records for each in recorded_grounds([record])}
        wanted |= {f"{_ENDING}{each}" for each in endings}
        found: dict[int, Outcome] = {}
        link = tables.outcome_reference.c
        statement = _selected().join(tables.outcome_reference, link.outcome_number == _COLUMN.number)
        statement = statement.where(_LATER.c.outcome_id.is_(None))
        if agency:
            statement = statement.where(_COLUMN.agency == agency)
        with reading(self._engine) as connection:
            for batch in batches(sorted(wanted)):
                for row in connection.execute(statement.where(link.reference.in_(batch))):
                    found[row.number] = read_outcome(row.content)
        return [found[number] for number in sorted(found)]


def _selected() -> Select[Any]:
    """Return the statement for outcomes, each with what took its place."""
    later = tables.outcome.outerjoin(_LATER, _LATER.c.supersedes == _COLUMN.outcome_id)
    return select(_COLUMN.number, _COLUMN.content, _LATER.c.outcome_id.label("superseded_by")).select_from(later)


def _read(row: Any) -> NumberedOutcome:  # noqa: ANN401 - a row of ``_selected``
    return NumberedOutcome(row.number, read_outcome(row.content), row.superseded_by or "")


def _numbered(connection: Connection, condition: Any) -> NumberedOutcome | None:  # noqa: ANN401 - an expression of SQL
    row = connection.execute(_selected().where(condition)).first()
    return None if row is None else _read(row)


def _reported(connection: Connection, submission: Submission) -> tuple[int, Outcome] | None:
    earlier = answered(connection, submission)
    if earlier is None:
        return None
    content = connection.execute(select(_COLUMN.content).where(_COLUMN.request_id == submission.request_id))
    return earlier.visible_from, read_outcome(content.scalar_one())


def _standing(connection: Connection, agency: str, within: Within) -> list[Outcome]:
    """Return what an agency reported in a case about an enterprise and what stands, in order."""
    statement = _selected().where(_COLUMN.agency == agency, _COLUMN.case_ref == within.case_ref)
    statement = statement.where(_COLUMN.uscc == within.uscc, _LATER.c.outcome_id.is_(None))
    return [read_outcome(row.content) for row in connection.execute(statement.order_by(_COLUMN.number))]


def _reported_at(connection: Connection, wanted: datetime) -> datetime:
    """Return when it is reported: a clock behind another's must not put it before its predecessor."""
    last: datetime | None = connection.execute(
        select(_COLUMN.reported_at).order_by(_COLUMN.number.desc()).limit(1)
    ).scalar()
    return wanted if last is None else max(last, wanted)


def _insert(connection: Connection, submission: Submission, outcome: Outcome) -> None:
    number = (connection.execute(select(func.max(_COLUMN.number))).scalar() or 0) + 1
    values = {
        "number": number,
        "outcome_id": outcome.outcome_id,
        "agency": outcome.agency,
        "case_ref": outcome.case_ref,
        "uscc": outcome.uscc,
        "request_id": submission.request_id,
        "reported_at": outcome.reported_at,
        "supersedes": outcome.supersedes or None,
        "content": write_outcome(outcome),
    }
    connection.execute(insert(tables.outcome), values)
    references = [*(f"{_RECORD}{each}" for each in outcome.answer.grounds)]
    references += [f"{_ENDING}{each}" for each in outcome.reexamined]
    if references:
        rows = [{"reference": each, "outcome_number": number} for each in dict.fromkeys(references)]
        connection.execute(insert(tables.outcome_reference), rows)
