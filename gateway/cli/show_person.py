"""An answer about a natural person as text for people, in both languages; nothing of the document is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.cli.show import VERDICTS, local, show_basis, show_doubts, show_measure
from gateway.domain.person_words import PersonConditionKind, PersonMatch
from gateway.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from jointsanctions.v1 import credit_pb2

MATCHES: Final = {
    PersonMatch.EXACT: "证件相符 type and number are the record's",
    PersonMatch.PROBABLE: "证件相符而姓名不符 type and number are the record's, the name is not",
    PersonMatch.NONE: "此环节无记录 nothing that weighs here names this document",
}
CONDITIONS: Final = {
    PersonConditionKind.OFFICER_CONFIRMS: "承办人员确认 an officer confirms",
    PersonConditionKind.CONFIRM_IDENTITY: "核实身份 confirm who it is",
}


def show_person(answer: credit_pb2.CheckPersonResponse) -> None:
    """Print a whole answer."""
    decision = answer.decision
    match = PersonMatch(decision.match_quality)
    print(VERDICTS[Verdict(decision.verdict)])
    print(f"  人员 person     {match.name}: {MATCHES[match]}")
    for measure in decision.measures:
        show_measure(measure)
    for condition in decision.conditions:
        kind = PersonConditionKind(condition.kind)
        print(f"  条件 condition  {kind.name}: {CONDITIONS[kind]} [{', '.join(condition.record_ids)}]")
        print(f"                  {condition.instruction.zh}")
        print(f"                  {condition.instruction.en}")
    show_doubts(decision.unverifiable_because)
    show_basis(answer.basis)
    position = answer.audit_position
    print(f"  有效至 until   {local(decision.valid_until)}")
    print(f"  留痕 recorded  {position.writer}/{position.number}/{position.leaf_hash.hex()}")
