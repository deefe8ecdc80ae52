"""Outcomes and decided cases as text, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.cli.show import VERDICTS, local
from gateway.domain.outcomes import FulfilmentKind, OutcomeKind
from gateway.domain.vocabulary import DecisionPoint, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jointsanctions.v1 import outcome_pb2 as pb

KINDS: Final[Mapping[OutcomeKind, str]] = {
    OutcomeKind.GRANTED: "准予 granted",
    OutcomeKind.GRANTED_WITH_CONDITIONS: "附条件准予 granted with conditions",
    OutcomeKind.REFUSED: "不予 refused",
    OutcomeKind.SECURITY_RAISED: "提高保证金 security raised",
    OutcomeKind.WITHDRAWN_BY_APPLICANT: "申请人撤回 withdrawn by the applicant",
    OutcomeKind.EXCLUDED: "排除 excluded",
    OutcomeKind.AWARDED_TO_OTHER: "由他人中标 awarded to another",
    OutcomeKind.OVERRIDDEN: "另行决定 overridden",
    OutcomeKind.CONDITIONS_FULFILLED: "条件已满足 conditions fulfilled",
    OutcomeKind.NOT_STOPPED: "观察期未拦截 not stopped",
}
FULFILMENTS: Final[Mapping[FulfilmentKind, str]] = {
    FulfilmentKind.OFFICER_REVIEW: "人工复核 officer's review",
    FulfilmentKind.SECURITY_RAISED: "提高保证金 security raised",
    FulfilmentKind.EXISTENCE_CONFIRMED: "主体核实 existence confirmed",
    FulfilmentKind.CONVENIENCE_WITHHELD: "不予便利 no convenience",
    FulfilmentKind.PARTY_HEARD: "听取意见 party heard",
}


def show_outcome(outcome: pb.ReportedOutcome) -> None:
    """Print one outcome."""
    point = DecisionPoint(outcome.decision_point).name
    print(f"{outcome.outcome_id}  {KINDS[OutcomeKind(outcome.outcome)]}  {outcome.decided_on}")
    case = f"{outcome.case_ref}/{outcome.part}" if outcome.part else outcome.case_ref
    print(f"  {case}  {point}  {outcome.uscc}  {outcome.document_number or '—'}")
    position = outcome.answer
    print(f"  依据 answer    {VERDICTS[Verdict(outcome.verdict)]}  {position.writer}/{position.number}")
    if outcome.emergency:
        print("  应急 emergency 两人共同决定 cleared by two persons (A-125)")
    for each in outcome.conditions:
        print(f"  条件 condition {FULFILMENTS[FulfilmentKind(each.kind)]}: {each.text}")
    if outcome.note:
        print(f"  说明 note      {outcome.note}")
    print(f"  上报 reported  {local(outcome.reported_at)}  {outcome.officer}")
    if outcome.superseded_by:
        print(f"  已更正 corrected by {outcome.superseded_by}")
    for ending in outcome.reexamined_ending_ids:
        print(f"  已重新审查 examined again on account of {ending}")


def show_decided(case: pb.CaseDecidedOnEnding) -> None:
    """Print one case that was decided on what never weighed."""
    outcome = case.decided.outcome
    state = "待重新审查 TO BE EXAMINED AGAIN" if case.decided.reexamine else "已重新审查 examined again"
    print(f"{outcome.agency}  {outcome.case_ref}  {outcome.uscc}  {KINDS[OutcomeKind(outcome.outcome)]}  {state}")
    print(f"  {case.ending_id}  {case.document_number}  since {local(case.known_since)}")
    print(f"  {outcome.outcome_id}  {outcome.decided_on}  {outcome.document_number or '—'}")


def show_missing(missing: pb.MissingOutcome) -> None:
    """Print one answer of which no outcome is reported."""
    late = "  逾期 OVERDUE" if missing.overdue else ""
    due = f"  应于 due {missing.due_on}{' 暂定 provisional' if missing.provisional else ''}" if missing.due_on else ""
    print(f"{missing.case_ref}  {DecisionPoint(missing.decision_point).name}  {missing.uscc}{due}{late}")
    position = missing.answer
    verdict = VERDICTS[Verdict(missing.verdict)]
    print(f"  依据 answer    {verdict}  {position.writer}/{position.number} {position.leaf_hash.hex()}")
    if position.line_hash:
        print(f"  批内 line      {position.line_hash.hex()}")
