"""Which awards no recorded answer covers: those of a list, or those that deciding systems reported (A-122).

Whether an answer covers one is decided in ``gateway.domain.award_cover``; here the answers and outcomes are found that
it is decided by.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from formats.civil import parse_instant
from gateway.domain.award_cover import GRANTS, Award, GivenAnswer, uncovered, within
from gateway.domain.call_record import OK
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict
from gateway.services.ports.audit import AccessFilter
from gateway.services.ports.outcomes import OutcomeFilter
from gateway.services.relied_answer import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gateway.domain.award_cover import Uncovered
    from gateway.domain.outcomes import Outcome
    from gateway.services.ports.audit import AccessRow, AccessSearch
    from gateway.services.ports.outcomes import OutcomeStore

ROWS: Final = 200
"""Rows of the record that are read at once."""
EARLIEST: Final = date.min
LATEST: Final = date.max
GOES_AHEAD: Final = frozenset({RelationKind.SELF.value, RelationKind.CONSORTIUM_MEMBER.value})
"""Who goes ahead by an answer; a related party is only looked at beside them."""


@dataclass(frozen=True, slots=True)
class ReportedAwards:
    """Which of the outcomes that grant something; an empty text and None mean any."""

    area: Area | None = None
    agency: str = ""
    since: date = EARLIEST
    """First civil day on which it was decided, inclusive."""
    until: date = LATEST
    """Last civil day, inclusive."""


@dataclass(frozen=True, slots=True)
class StandsOut:
    """An award that is not covered: which, why, and the id of the outcome that reported it or of the list's row."""

    award: Award
    why: Uncovered
    named: str


class ListUncoveredAwards:
    """Looks for what is not covered. Blocking: call it in a thread."""

    def __init__(self, search: AccessSearch, outcomes: OutcomeStore) -> None:
        self._search = search
        self._outcomes = outcomes

    def of_list(self, awards: Sequence[tuple[str, Award]]) -> list[StandsOut]:
        """Return which awards of a list, each with the id of its row, stand out, in their order.

        Raises:
            StoreUnavailableError: Store or record could not be read.
        """
        judged = ((named, award, self._why(award)) for named, award in awards)
        return [StandsOut(award, why, named) for named, award, why in judged if why is not None]

    def of_reports(self, wanted: ReportedAwards, after: int, size: int) -> tuple[list[StandsOut], int, int]:
        """Return which reported awards among up to *size* outcomes behind the place *after* stand out.

        Returns:
            What stands out, in the order in which it was reported; how many awards were looked at; and the place of the
            last outcome, 0 when there are no more behind it.

        Raises:
            StoreUnavailableError: Store or record could not be read.
        """
        found = self._outcomes.listed(OutcomeFilter(agency=wanted.agency), after, size + 1)
        reports = [each.outcome for each in found[:size] if _is_wanted(each.outcome, wanted)]
        standing = self.of_list([(each.outcome_id, _award(each)) for each in reports])
        return standing, len(reports), found[size - 1].number if len(found) > size else 0

    def _why(self, award: Award) -> Uncovered | None:
        own = AccessFilter(uscc=award.uscc, agency=award.agency, case_ref=award.case_ref, area=int(award.area))
        answers = list(given_answers(self._search, own))
        if not answers:
            # Only to say what comes nearest: one page tells it.
            for near in (replace(own, case_ref=""), replace(own, uscc="")):
                answers += _given(self._search.search(near, ROWS, "")[0])
        return uncovered(award, answers, list(self._reports(award.case_ref, {each.agency for each in answers})))

    def _reports(self, case_ref: str, agencies: set[str]) -> Iterator[Outcome]:
        """Yield what these agencies reported in a case and have not corrected since."""
        for agency in sorted(agencies):
            every = self._outcomes.of_cases(agency, [case_ref])
            corrected = {each.supersedes for each in every}
            yield from (each for each in every if each.outcome_id not in corrected)


def given_answers(search: AccessSearch, wanted: AccessFilter) -> Iterator[GivenAnswer]:
    """Yield every recorded answer of a search. Blocking.

    Raises:
        StoreUnavailableError: The record could not be read.
    """
    token, more = "", True
    while more:
        rows, token = search.search(wanted, ROWS, token)
        yield from _given(rows)
        more = bool(token)


def _is_wanted(outcome: Outcome, wanted: ReportedAwards) -> bool:
    of_area = wanted.area is None or outcome.area is wanted.area
    return of_area and outcome.kind in GRANTS and wanted.since <= outcome.decided_on <= wanted.until


def _award(outcome: Outcome) -> Award:
    earliest, latest = within(outcome.decided_on)
    return Award(
        area=outcome.area,
        case_ref=outcome.case_ref,
        uscc=outcome.uscc,
        earliest=earliest,
        latest=latest,
        agency=outcome.agency,
    )


def _given(rows: Sequence[AccessRow]) -> Iterator[GivenAnswer]:
    """Yield the answers among rows of the record; the items of a batch are rows of their own."""
    for row in rows:
        body: Any = row.content
        said: Any = body if row.line is None else row.line
        if body.get("method") not in ANSWERS or body.get("outcome") != OK or "verdict" not in said:
            continue
        relations = said.get("relations") or [RelationKind.SELF.value]
        codes = [code for code, how in zip(said["enterprises"], relations, strict=False) if how in GOES_AHEAD]
        yield GivenAnswer(
            area=Area(body["area"]),
            point=DecisionPoint(body["point"]),
            case_ref=body["case"],
            usccs=frozenset(codes),
            agency=body["caller"]["agency"],
            verdict=_verdict(body, said),
            answered_at=row.entry.time,
            valid_until=_instant(said.get("valid_until")),
            preview=bool(body.get("preview")),
            writer=row.entry.writer,
            number=row.entry.number,
            item=row.item,
            lot=str(said.get("facts", {}).get("lot", "")),
            not_cleared=_not_cleared(body),
        )


def _verdict(body: Any, said: Any) -> Verdict:  # noqa: ANN401 - as recorded
    """Return what an answer lets go ahead: of an award that was not cleared, at the most that nothing is known."""
    verdict = Verdict(said["verdict"])
    return max(verdict, Verdict.UNVERIFIABLE) if _not_cleared(body) else verdict


def _not_cleared(body: Any) -> bool:  # noqa: ANN401 - as recorded
    return not body.get("award", {}).get("cleared", True)


def _instant(said: str | None) -> datetime | None:
    return None if said is None else parse_instant(said)
