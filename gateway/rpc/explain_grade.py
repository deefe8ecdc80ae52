"""``RegistryService.ExplainGrade`` on the wire: why an enterprise has its grades, for HRSS alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import grade_pb2 as pb

from formats.civil import civil_date
from gateway.domain import deposits
from gateway.domain.agencies import Role
from gateway.domain.policy import LocalizedText
from gateway.domain.records import RelationKind
from gateway.rpc import fields, moments
from gateway.rpc.answers import identified_pb, instant_pb, text_pb, wire
from gateway.rpc.grade_change_texts import change_text, deposit_text
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks
from gateway.rpc.questions import read_code
from gateway.services.identify import NamedParty

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.deposits import Entitlement
    from gateway.domain.grade_outlook import Change, Stretch
    from gateway.domain.grades import GradeCause
    from gateway.domain.kinds.five_systems import FiveSystems
    from gateway.domain.policy import Policy
    from gateway.rpc.answers import AnswerWriter
    from gateway.rpc.method import Call
    from gateway.services.explain_grade import ExplainGrade, GradesExplained, SchemeExplained


class ExplainGradeServicer:
    """Hands the read to its use case."""

    def __init__(self, explain: ExplainGrade, answers: AnswerWriter, policy: Policy) -> None:
        self._explain = explain
        self._answers = answers
        self._policy = policy

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        request = pb.ExplainGradeRequest
        return [Method("RegistryService/ExplainGrade", request, frozenset({Role.PRODUCER}), run=self.explain_grade)]

    async def explain_grade(self, request: pb.ExplainGradeRequest, call: Call) -> Reply:
        """See registry.proto."""
        tell_who_asks(request, call)
        call.agency.require_field("whole_record", "enterprise")
        moments.require_mandate(request, call.agency, call.now, "")
        call.agency.require_purpose(request.purpose, "purpose")
        fields.case_reference(request.case_ref, "case_ref")
        fields.required(request.officer, "officer", 64)
        purpose = fields.text(request.purpose, "purpose", 256)
        if purpose:
            call.told["purpose"] = purpose
        party = read_party(request.enterprise, call)
        as_of = moments.present_or_past(request, call.now)
        known_at = moments.known_at(request, call.now, "")
        explained = await self._explain(party, as_of, known_at, call.agency.territory)
        call.told["revision"] = explained.revision
        response = self._response(explained, party)
        if known_at is not None:
            response.basis.known_at.CopyFrom(instant_pb(known_at))
        return Reply(response)

    def _response(self, explained: GradesExplained, party: NamedParty) -> pb.ExplainGradeResponse:
        return pb.ExplainGradeResponse(
            enterprise=identified(explained, party),
            schemes=[self._scheme(each, party.uscc, explained.as_of) for each in explained.schemes],
            five_systems=[_check(check) for check in explained.five_systems],
            deposit=pb.DepositExplanation(
                national=self._entitlements(explained.deposit.national),
                local=self._entitlements(explained.deposit.local),
                local_more_generous=deposits.more_generous(explained.deposit.local, explained.deposit.national),
                suspended=explained.deposit.suspended,
            ),
            basis=self._answers.plain_basis(explained.revision, explained.as_of),
        )

    def _scheme(self, explained: SchemeExplained, uscc: str, as_of: datetime) -> pb.SchemeExplanation:
        outlook = explained.outlook
        return pb.SchemeExplanation(
            weighs=explained.weighs,
            grade=self._answers.grade(outlook.grade, uscc, as_of, with_causes=True),
            changes=[_change(change, as_of) for change in outlook.changes],
            ahead=_stretches(outlook.ahead),
            history=_stretches(explained.history),
            history_as_known_then=_stretches(explained.history_then),
        )

    def _entitlements(self, given: Iterable[Entitlement]) -> list[pb.DepositEntitlement]:
        return [
            pb.DepositEntitlement(
                rule_id=each.rule_id,
                percent=each.percent,
                rate_basis_points=deposits.rate_bound(each, self._policy.deposits),
                text=text_pb(deposit_text(each)),
            )
            for each in given
        ]


def read_party(sent: common_pb2.EnterpriseRef, call: Call) -> NamedParty:
    """Return the enterprise that a read is about; its code is told to the record."""
    code, conforming = read_code(sent.uscc, "enterprise.uscc")
    name = fields.enterprise_name(sent.name, "enterprise.name")
    call.told["enterprises"] = [code]
    return NamedParty(code, name, RelationKind.SELF, conforming, "enterprise")


def identified(explained: GradesExplained, party: NamedParty) -> common_pb2.IdentifiedEnterprise:
    """Return the enterprise as identified."""
    return identified_pb(party.uscc, explained.name, party.name, explained.match)


def _change(change: Change, as_of: datetime) -> pb.GradeChange:
    shown = pb.GradeChange(
        step=change.step.value,
        count=change.count,
        letter=wire(change.letter),
        shows_at=instant_pb(change.shows_at),
        text=text_pb(change_text(change, as_of, _named)),
    )
    for cause in change.causes:
        shown.facts.add(
            record_id=cause.record_id,
            kind=cause.kind,
            document_number=cause.document_number,
            counts_from=civil_date(cause.counts_from).isoformat(),
            counts_until=civil_date(cause.counts_until).isoformat() if cause.counts_until else "",
        )
    if change.before is not None:
        shown.before.CopyFrom(instant_pb(change.before))
    return shown


def _named(cause: GradeCause) -> LocalizedText:
    name = f"{cause.document_number or cause.kind} ({cause.record_id})"
    return LocalizedText(name, name)


def _stretches(stretches: Iterable[Stretch]) -> list[pb.GradeStretch]:
    return [
        pb.GradeStretch(
            letter=wire(each.letter),
            rule_id=each.rule_id,
            since=instant_pb(each.since) if each.since else None,
            until=instant_pb(each.until) if each.until else None,
        )
        for each in stretches
    ]


def _check(check: FiveSystems) -> pb.FiveSystemsCheck:
    return pb.FiveSystemsCheck(
        record_id=check.record_id,
        project=check.project,
        checked_on=check.checked_on.isoformat(),
        real_name=check.real_name.value,
        wage_account=check.wage_account.value,
        wage_account_funding=check.wage_account_funding.value if check.wage_account_funding else "",
        agent_payment=check.agent_payment.value,
        deposit=check.deposit.value,
        notice_board=check.notice_board.value,
    )
