"""``AuditService.ListUncoveredAwards`` on the wire: for the auditor, who is told verdicts and no measures (R-03)."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import award_cover_pb2 as pb

from formats.civil import civil_date
from gateway.domain.agencies import Role
from gateway.domain.award_cover import Award, within
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import Area
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.questions import read_code
from gateway.services.list_uncovered_awards import EARLIEST, LATEST, ReportedAwards

if TYPE_CHECKING:
    from gateway.domain.award_cover import GivenAnswer
    from gateway.rpc.method import Call
    from gateway.services.list_uncovered_awards import ListUncoveredAwards, StandsOut

ROWS_LIMIT: Final = 500
PAGE: Final = 200
PAGE_LIMIT: Final = 500


class AwardCoverServicer:
    """Hands lists and filters to the use case."""

    def __init__(self, awards: ListUncoveredAwards) -> None:
        self._awards = awards

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        auditors = frozenset({Role.AUDITOR})
        request = pb.ListUncoveredAwardsRequest
        return [Method("AuditService/ListUncoveredAwards", request, auditors, run=self.list_uncovered)]

    async def list_uncovered(self, request: pb.ListUncoveredAwardsRequest, call: Call) -> Reply:
        """See award_cover.proto. The entry says which list by its hash, or what was looked for."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.rows:
            return await self._of_list(request, call)
        wanted = _wanted(request)
        call.told["search"] = _told(wanted)
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        after = read_token(request, 1)
        place = _number(after)
        found = await asyncio.to_thread(self._awards.of_reports, wanted, place, request.page_size or PAGE)
        standing, looked_at, last = found
        call.told["awards"] = {"looked_at": looked_at, "uncovered": len(standing)}
        token = write_token(request, (str(last),)) if last else ""
        awards = [_award(each, reported=True) for each in standing]
        return Reply(pb.ListUncoveredAwardsResponse(awards=awards, looked_at=looked_at, next_page_token=token))

    async def _of_list(self, request: pb.ListUncoveredAwardsRequest, call: Call) -> Reply:
        for name in ("area", "agency", "since_on", "until_on", "page_size", "page_token"):
            if getattr(request, name):
                raise MalformedRequestError(name, "is for reported awards, and rows are given")
        if len(request.rows) > ROWS_LIMIT:
            raise MalformedRequestError("rows", f"takes at most {ROWS_LIMIT}")
        awards = [_row(row, f"rows[{place}]") for place, row in enumerate(request.rows)]
        seen: set[str] = set()
        for place, (named, _) in enumerate(awards):
            if named in seen:
                raise MalformedRequestError(f"rows[{place}].row_id", "is used twice")
            seen.add(named)
        digest = hashlib.sha256(b"".join(row.SerializeToString(deterministic=True) for row in request.rows)).hexdigest()
        call.told["awards"] = {"listed": len(awards), "list": digest}
        standing = await asyncio.to_thread(self._awards.of_list, awards)
        call.told["awards"] = {
            "listed": len(awards),
            "list": digest,
            "looked_at": len(awards),
            "uncovered": len(standing),
        }
        shown = [_award(each, reported=False) for each in standing]
        return Reply(pb.ListUncoveredAwardsResponse(awards=shown, looked_at=len(awards)))


def _row(sent: pb.AwardRow, base: str) -> tuple[str, Award]:
    named = fields.required(sent.row_id, f"{base}.row_id", 64)
    area = fields.word(Area, sent.area, f"{base}.area")
    case_ref = fields.required(sent.case_ref, f"{base}.case_ref", 128)
    uscc, _ = read_code(sent.uscc, f"{base}.uscc")
    if sent.HasField("awarded_at") == bool(sent.awarded_on):
        raise MalformedRequestError(f"{base}.awarded_at", "either the instant or the civil day of the award")
    if sent.awarded_on:
        earliest, latest = within(fields.civil_day(sent.awarded_on, f"{base}.awarded_on"))
    else:
        earliest = latest = fields.instant(sent.awarded_at, f"{base}.awarded_at")
    agency = fields.text(sent.agency, f"{base}.agency", 64)
    return named, Award(area=area, case_ref=case_ref, uscc=uscc, earliest=earliest, latest=latest, agency=agency)


def _wanted(request: pb.ListUncoveredAwardsRequest) -> ReportedAwards:
    since = fields.optional_day(request.since_on, "since_on") or EARLIEST
    until = fields.optional_day(request.until_on, "until_on") or LATEST
    if until < since:
        raise MalformedRequestError("until_on", "lies before since_on")
    return ReportedAwards(
        area=fields.word(Area, request.area, "area") if request.area else None,
        agency=fields.text(request.agency, "agency", 64),
        since=since,
        until=until,
    )


def _told(wanted: ReportedAwards) -> dict[str, object]:
    told = {
        "area": int(wanted.area) if wanted.area is not None else 0,
        "agency": wanted.agency,
        "since": wanted.since.isoformat() if wanted.since != EARLIEST else "",
        "until": wanted.until.isoformat() if wanted.until != LATEST else "",
    }
    return {key: value for key, value in told.items() if value}


def _number(after: tuple[str, ...] | None) -> int:
    if after is None:
        return 0
    if not (after[0].isascii() and after[0].isdigit()):
        raise MalformedRequestError("page_token", "is no token of this request")
    return int(after[0])


def _award(standing: StandsOut, *, reported: bool) -> pb.UncoveredAward:
    award, why = standing.award, standing.why
    shown = pb.UncoveredAward(
        row_id="" if reported else standing.named,
        outcome_id=standing.named if reported else "",
        area=wire(award.area),
        case_ref=award.case_ref,
        uscc=award.uscc,
        agency=award.agency,
        awarded_on=civil_date(award.earliest).isoformat(),
        reason=wire(why.reason),
    )
    if why.nearest is not None:
        shown.nearest.CopyFrom(_nearest(why.nearest))
    return shown


def _nearest(answer: GivenAnswer) -> pb.NearestAnswer:
    shown = pb.NearestAnswer(
        writer=answer.writer,
        number=answer.number,
        item=answer.item,
        verdict=wire(answer.verdict),
        answered_at=instant_pb(answer.answered_at),
    )
    if answer.valid_until is not None:
        shown.valid_until.CopyFrom(instant_pb(answer.valid_until))
    return shown
