"""Which of an agency's own answers at final points have no outcome (A-128), page by page over its record of calls.

A decision about the same enterprise at the same point of the same case will do, whichever of several answers it names:
a case is asked about more than once and decided once. What only prepares it, such as conditions that were met, will
not.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from formats.civil import civil_date, midnight
from gateway.domain.final_acts import PREPARES
from gateway.domain.outcome_duty import FINAL_POINTS, MissingOutcome
from gateway.domain.vocabulary import DecisionPoint, Verdict
from gateway.services.ports.audit import AccessFilter
from gateway.services.relied_answer import ANSWERS, applicant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from formats.calendar import Deadline, WorkingCalendar
    from gateway.domain.vocabulary import Area
    from gateway.services.ports.audit import AccessRow, AccessSearch
    from gateway.services.ports.outcomes import OutcomeStore
    from gateway.services.ports.register import Clock


class MissingOutcomes:
    """Reads what an agency has not reported."""

    def __init__(
        self, search: AccessSearch, store: OutcomeStore, clock: Clock, calendar: WorkingCalendar, working_days: int
    ) -> None:
        """Take the ports, and in how many working days an outcome is due; 0 sets no term."""
        self._search = search
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self.working_days = working_days

    async def __call__(
        self, agency: str, area: Area, since: date, page: tuple[int, str]
    ) -> tuple[list[MissingOutcome], str]:
        """Return what is missing among one page of answers, the newest first, and the token of the next.

        Args:
            agency: Whose answers.
            area: In which area.
            since: Civil day from whose start on answers are looked at.
            page: Answers looked at, at least 1, and the token; empty for the first page.

        Raises:
            ValueError: The token is none, was changed, or belongs to another list.
            StoreUnavailableError: A database failed.
        """
        return await asyncio.to_thread(self._page, agency, area, since, page)

    def _page(self, agency: str, area: Area, since: date, page: tuple[int, str]) -> tuple[list[MissingOutcome], str]:
        wanted = AccessFilter(agency=agency, area=int(area), since=midnight(since))
        rows, following = self._search.search(wanted, *page)
        answers = list(self._answers(rows))
        outcomes = self._store.of_cases(agency, {each.case_ref for each in answers})
        reported = {(each.case_ref, each.point, each.uscc) for each in outcomes if each.kind not in PREPARES}
        missing: dict[tuple[str, DecisionPoint, str], MissingOutcome] = {}
        for each in answers:
            key = (each.case_ref, each.point, each.uscc)
            if key not in reported:
                missing.setdefault(key, each)
        return list(missing.values()), following

    def _answers(self, rows: Sequence[AccessRow]) -> Iterator[MissingOutcome]:
        today = civil_date(self._clock.now())
        for row in rows:
            body: Any = row.content
            said: Any = body if row.line is None else row.line
            # The row of a batch as a whole has no verdict: its items are rows of their own.
            asked = body.get("method") in ANSWERS and "verdict" in said and not body.get("preview")
            if not asked or body.get("point") not in FINAL_POINTS:
                continue
            answered = row.entry.time
            due = self._due(civil_date(answered))
            yield MissingOutcome(
                point=DecisionPoint(body["point"]),
                case_ref=body["case"],
                uscc=applicant(said),
                writer=row.entry.writer,
                number=row.entry.number,
                leaf=row.entry.leaf,
                line=row.line_leaf,
                verdict=Verdict(said["verdict"]),
                answered_at=answered,
                due=due,
                overdue=due is not None and today > due.due,
            )

    def _due(self, answered_on: date) -> Deadline | None:
        return self._calendar.add_working_days(answered_on, self.working_days) if self.working_days else None
