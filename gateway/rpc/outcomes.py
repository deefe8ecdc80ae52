"""Outcomes on the wire: reported and read by the agency itself, and what HRSS sees of decisions on void records.

It translates; what may be reported, and which case was decided on what, is decided in ``services`` and ``domain``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

from jointsanctions.v1 import outcome_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import ASKING_ROLES, Role
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb
from gateway.rpc.method import Method, Reply
from gateway.rpc.outcome_answers import decided_pb, missing_pb, outcome_pb
from gateway.rpc.outcome_requests import read_report
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.points import read_area
from gateway.rpc.questions import read_code
from gateway.services.listing_steps import FEED
from gateway.services.ports.outcomes import OutcomeFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.endings import KnownEnding
    from gateway.domain.outcomes import DecidedCase
    from gateway.rpc.method import Call
    from gateway.services.decided_cases import DecidedCases
    from gateway.services.missing_outcomes import MissingOutcomes
    from gateway.services.report_outcome import ReportOutcome

PAGE: Final = 50
PAGE_LIMIT: Final = 100
ANSWERS: Final = 200
ANSWERS_LIMIT: Final = 500
TOKEN: Final = 1_024
"""Bytes of a page's token."""


class OutcomesServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, outcomes: ReportOutcome, missing: MissingOutcomes, decided: DecidedCases) -> None:
        self._outcomes = outcomes
        self._missing = missing
        self._decided = decided

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        hrss = frozenset({Role.PRODUCER})
        return [
            Method(
                "CreditService/ReportOutcome",
                pb.ReportOutcomeRequest,
                ASKING_ROLES,
                run=self.report_outcome,
                recorded=self._recorded,
            ),
            Method("CreditService/ListOutcomes", pb.ListOutcomesRequest, ASKING_ROLES, run=self.list_outcomes),
            Method(
                "CreditService/ListMissingOutcomes", pb.ListMissingOutcomesRequest, ASKING_ROLES, run=self.list_missing
            ),
            Method("RegistryService/ListDecidedCases", pb.ListDecidedCasesRequest, hrss, run=self.list_decided),
        ]

    async def report_outcome(self, request: pb.ReportOutcomeRequest, call: Call) -> Reply:
        """See credit.proto."""
        revision, outcome = await self._outcomes.report(call.agency, read_report(request, call))
        call.told.update(revisions=[revision, revision], outcomes=[outcome.outcome_id])
        return Reply(
            pb.ReportOutcomeResponse(outcome_id=outcome.outcome_id, reported_at=instant_pb(outcome.reported_at))
        )

    async def list_outcomes(self, request: pb.ListOutcomesRequest, call: Call) -> Reply:
        """See credit.proto. The entry says what was looked for."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        case_ref = fields.text(request.case_ref, "case_ref", 128)
        uscc = read_code(request.uscc, "uscc")[0] if request.uscc else ""
        call.told["search"] = {key: value for key, value in (("case", case_ref), ("uscc", uscc)) if value}
        size = _size(request.page_size)
        after = read_token(request, 1)
        wanted = OutcomeFilter(call.agency.agency_id, case_ref, uscc, request.with_superseded)
        found = await self._outcomes.listed(wanted, _number(after), size + 1)
        shown = found[:size]
        token = write_token(request, (str(shown[-1].number),)) if len(found) > size else ""
        outcomes = [outcome_pb(each.outcome, each.superseded_by) for each in shown]
        return Reply(pb.ListOutcomesResponse(outcomes=outcomes, next_page_token=token))

    async def list_missing(self, request: pb.ListMissingOutcomesRequest, call: Call) -> Reply:
        """See credit.proto. Of the caller's own agency alone."""
        area = read_area(request, call)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        since = fields.civil_day(request.since_on, "since_on")
        if request.page_size > ANSWERS_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {ANSWERS_LIMIT}")
        page = (request.page_size or ANSWERS, fields.text(request.page_token, "page_token", TOKEN))
        try:
            found, following = await self._missing(call.agency.agency_id, area, since, page)
        except ValueError as error:
            raise MalformedRequestError("page_token", "is no token of this list") from error
        return Reply(
            pb.ListMissingOutcomesResponse(
                missing=[missing_pb(each) for each in found],
                next_page_token=following,
                due_working_days=self._missing.working_days,
            )
        )

    async def list_decided(self, request: pb.ListDecidedCasesRequest, call: Call) -> Reply:
        """See registry.proto. For HRSS, whose listings they are; the entry names every outcome that is told."""
        call.agency.require_feed(FEED)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        size = _size(request.page_size)
        after = read_token(request, 3)
        found = await self._decided.all(with_reexamined=request.with_reexamined)
        left = [each for each in found if after is None or _place(*each) > after]
        shown = left[:size]
        call.told["outcomes"] = sorted({case.outcome.outcome_id for _, case in shown})
        token = write_token(request, _place(*shown[-1])) if len(left) > size else ""
        return Reply(pb.ListDecidedCasesResponse(cases=[_case(*each) for each in shown], next_page_token=token))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the outcome, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._outcomes.mark_recorded, str(told["request_id"]), through, number)


def _size(sent: int) -> int:
    if sent > PAGE_LIMIT:
        raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
    return sent or PAGE


def _number(after: tuple[str, ...] | None) -> int:
    if after is None:
        return 0
    if not after[0].isascii() or not after[0].isdigit() or len(after[0]) > 18:
        raise MalformedRequestError("page_token", "is no token of this request")
    return int(after[0])


def _place(known: KnownEnding, case: DecidedCase) -> tuple[str, ...]:
    """Return the place of a case in the order of all, as texts in that order."""
    return format_instant(known.known_since), known.ending.ending_id, case.outcome.outcome_id


def _case(known: KnownEnding, case: DecidedCase) -> pb.CaseDecidedOnEnding:
    ending = known.ending
    return pb.CaseDecidedOnEnding(
        ending_id=ending.ending_id,
        uscc=ending.uscc,
        record_id=ending.record_id,
        document_number=ending.document_number,
        known_since=instant_pb(known.known_since),
        decided=decided_pb(case),
    )
