"""Cases, their events, the award gate and related bidders as text, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.cli.show import VERDICTS, local, show_decision, show_measure
from gateway.domain.award_gate import AwardClearance, AwardGap
from gateway.domain.case_events import CaseEventKind
from gateway.domain.cases import CaseCloseReason
from gateway.domain.related_bidders import BidderRelation
from gateway.domain.vocabulary import DecisionPoint, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jointsanctions.v1 import case_pb2, credit_pb2

CLOSED: Final[Mapping[CaseCloseReason, str]] = {
    CaseCloseReason.AWARDED: "已决定 awarded",
    CaseCloseReason.VOID: "程序终止 void",
    CaseCloseReason.WITHDRAWN: "已撤回 withdrawn",
}
EVENTS: Final[Mapping[CaseEventKind, str]] = {
    CaseEventKind.BEGAN: "开始产生限制 BEGAN to weigh",
    CaseEventKind.ENDED: "不再产生限制 weighs NO MORE",
}
CLEARANCES: Final[Mapping[AwardClearance, str]] = {
    AwardClearance.CLEARED: "准予放行 CLEARED: the final act may be taken",
    AwardClearance.NOT_CLEARED: "不予放行 NOT CLEARED: the final act may not be taken",
    AwardClearance.PROOF_PENDING: "待出证明 PROOF PENDING: do nothing before the receipt is there",
}
GAPS: Final[Mapping[AwardGap, str]] = {
    AwardGap.RESTRICTED: "受限：由认定机关修复、停止执行或者更正 restricted: a repair, a stay or a correction",
    AwardGap.UNVERIFIABLE: "无法核实：等待 nothing can be said at this moment: wait",
    AwardGap.CONDITIONS_OPEN: "条件未处理：需经办人决定并说明理由 conditions open: an officer's decision (--override)",
    AwardGap.NEVER_CHECKED: "本项目未查询过 never asked about in this case and part: jsg check",
    AwardGap.EARLIER_POINT: "仅在更早环节查询过 asked about at earlier points only: jsg check",
    AwardGap.CHECK_UNVERIFIABLE: "此前查询未得结论 no earlier check could say anything: jsg check",
    AwardGap.CHECK_TOO_OLD: "此前查询已过时限 every earlier check is too old: jsg check",
    AwardGap.SECOND_PERSON_MISSING: "待第二人 the second person is missing: --emergency with --first",
}
RELATIONS: Final[Mapping[BidderRelation, str]] = {
    BidderRelation.SAME_PERSON_IN_CHARGE: "同一负责人 the same person in charge",
    BidderRelation.CONTROL: "控股、管理关系 a control relation",
}


def show_case(case: case_pb2.RegisteredCase) -> None:
    """Print a case as it is registered."""
    part = f" / {case.part}" if case.part else ""
    state = CLOSED[CaseCloseReason(case.close_reason)] if case.close_reason else "在办 open"
    print(f"{case.case_ref}{part}  {DecisionPoint(case.decision_point).name}  {state}")
    print(f"  登记 registered {case.case_id}, 版本 version {case.version}, {local(case.opened_at)}")
    if case.HasField("cutoff_at"):
        print(f"  截止 cut-off    {local(case.cutoff_at)}")
    for applicant in case.applicants:
        codes = [applicant.enterprise.uscc, *(each.uscc for each in applicant.consortium_members)]
        print(f"  申请 applicant  {' + '.join(codes)}")
    if case.consortia_fixed:
        print("  资格审查已结束 the qualification review is over")
    if case.HasField("closed_at"):
        print(f"  结束 closed     {local(case.closed_at)}")


def show_listed(listed: case_pb2.ListedCase) -> None:
    """Print a case, on whom something weighs, and what is not acknowledged."""
    show_case(listed.case)
    for party in listed.weighing:
        events = " ".join(f"#{sequence}" for sequence in party.sequences)
        print(f"  有情况 weighed  {party.uscc}  {events}")
    if listed.HasField("last_seen_at"):
        print(f"  最近 newest     #{listed.last_sequence}, {local(listed.last_seen_at)}")
    if listed.unacknowledged:
        late = "  逾期 OVERDUE" if listed.overdue else ""
        open_year = " 暂定 provisional" if listed.provisional else ""
        by = f"acknowledge by {listed.acknowledge_by}{open_year}{late}"
        print(f"  未签收 owed     {listed.unacknowledged}, {by}")


def show_event(event: case_pb2.CaseEvent) -> None:
    """Print one event of one's own case."""
    part = f" / {event.part}" if event.part else ""
    of = f" (#{event.of_sequence})" if event.of_sequence else ""
    print(f"#{event.sequence}  {EVENTS[CaseEventKind(event.kind)]}{of}  {event.case_ref}{part}  {event.uscc}")
    if event.HasField("measure"):
        show_measure(event.measure)
    print(f"  {event.instruction.zh}\n  {event.instruction.en}")
    done = f"已签收 acknowledged {local(event.acknowledged_at)}" if event.HasField("acknowledged_at") else "未签收 owed"
    print(f"  发现 seen       {local(event.seen_at)}, {done}")


def show_owed(event: case_pb2.UnacknowledgedCaseEvent) -> None:
    """Print one event that an agency has not acknowledged."""
    late = "  逾期 OVERDUE" if event.overdue else ""
    open_year = " 暂定 provisional" if event.provisional else ""
    print(f"{event.agency}  #{event.sequence}  {EVENTS[CaseEventKind(event.kind)]}  {event.uscc}{late}")
    print(f"  {event.case_id}  seen {local(event.seen_at)}, acknowledge by {event.acknowledge_by}{open_year}")


def show_gate(answer: credit_pb2.ClearAwardResponse) -> None:
    """Print what the award gate found."""
    print(CLEARANCES[AwardClearance(answer.clearance)])
    show_decision(answer.decision)
    for party in answer.parties:
        print(f"  当事人 party    {party.uscc}  {VERDICTS[Verdict(party.verdict)].partition(':')[0]}")
        for gap in party.gaps:
            print(f"    缺 missing    {AwardGap(gap).name}: {GAPS[AwardGap(gap)]}")
        if party.HasField("checked_at"):
            print(f"    查询 checked  {DecisionPoint(party.checked_point).name}, {local(party.checked_at)}")
    position = answer.audit_position
    print(f"  有效至 until    {local(answer.decision.valid_until)}")
    print(f"  留痕 recorded   {position.writer}/{position.number} {position.leaf_hash.hex()}")


def show_related(found: case_pb2.ListRelatedBiddersResponse) -> None:
    """Print who is related to whom, and of whom nothing is known."""
    for pair in found.pairs:
        print(f"{pair.uscc}  {pair.other_uscc}  {RELATIONS[BidderRelation(pair.relation)]}")
    for code in found.unknown_usccs:
        print(f"{code}  无登记信息，无法判断 no profile on record: nothing can be said")
    print(f"{len(found.pairs)} 对 pairs · data revision {found.data_revision}")
