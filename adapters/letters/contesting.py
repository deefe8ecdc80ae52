"""The letters against a decision not to file: reconsideration by the police, supervision by the procuratorate.

T-30 to T-34, T-38; R310 art. 9, SPP19 arts 557 to 562.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import referral_pb2 as pb

from adapters.letters.case_file import step_day, step_number
from adapters.letters.closing import closing, letter_number
from adapters.letters.draft import Draft, LetterError, Line, or_blank
from adapters.letters.findings import brief
from adapters.letters.hints import hints
from adapters.letters.wording import R310, SPP19

if TYPE_CHECKING:
    from adapters.letters.case_file import CaseFile


def reconsideration_letter(case: CaseFile) -> Draft:
    """Return the draft of the letter that asks the police for reconsideration (提请复议函, T-30).

    Raises:
        LetterError: No decision not to file is on record, or one to file is.
    """
    _require_not_filed(case)
    decided = case.last(pb.REFERRAL_ACT_KIND_NON_FILING)
    if decided is None:
        raise LetterError(
            "没有不予立案决定的记录，无从提请复议 "
            "no decision not to file is on record: nothing is to be reconsidered (T-30)"
        )
    asked = case.last(pb.REFERRAL_ACT_KIND_RECONSIDERATION_REQUEST)
    return Draft(
        title=Line("提请复议函", "Request for reconsideration of a decision not to file"),
        number=letter_number(asked),
        addressee=Line(
            f"{or_blank(case.names.addressee)}：", f"the police that decided, in the gateway {decided.agency}"
        ),
        body=(
            _sent(case),
            _decision(decided, "你单位"),
            brief(case),
            *_own_reasons(asked),
            Line(
                f"依照{R310}第九条的规定，提请你单位复议，并请自收到本函之日起三日内作出立案或者不予立案的决定，"
                "书面通知我单位。",
                "under R310 art. 9 you are asked to reconsider, and to decide within three days of receipt (T-31)",
            ),
        ),
        materials=(),
        closing=closing(case, asked),
        hints=hints(case, "T-30/contest"),
    )


def supervision_letter(case: CaseFile) -> Draft:
    """Return the draft of the letter that suggests supervision of filing (建议立案监督函; T-30, T-32, T-38).

    Raises:
        LetterError: The case is not on record as sent, or as filed.
    """
    _require_not_filed(case)
    if case.last(pb.REFERRAL_ACT_KIND_SENDING) is None:
        raise LetterError(
            "没有移送记录，无从建议立案监督 the case is not on record as sent: no filing is to be supervised (T-30)"
        )
    decided = case.last(pb.REFERRAL_ACT_KIND_NON_FILING, pb.REFERRAL_ACT_KIND_NON_FILING_UPHELD)
    asked = case.last(pb.REFERRAL_ACT_KIND_SUPERVISION_REQUEST)
    return Draft(
        title=Line("建议立案监督函", "Suggestion to supervise the filing of a case"),
        number=letter_number(asked),
        addressee=Line(f"{or_blank(case.names.addressee)}：", "the procuratorate of the same level"),
        body=(
            _sent(case),
            _decision(decided, "公安机关") if decided else _silent(case),
            brief(case),
            *_own_reasons(asked),
            Line(
                f"依照{R310}第九条和{SPP19}第五百五十七条至第五百六十四条的规定，建议你院依法进行立案监督，"
                "并将处理情况告知我单位。",
                "under R310 art. 9 and SPP19 arts 557 to 564 you are asked to supervise the filing (T-34 to T-37)",
            ),
        ),
        materials=(),
        closing=closing(case, asked),
        hints=hints(case, "T-32/supervision", "T-30/contest"),
    )


def _require_not_filed(case: CaseFile) -> None:
    decided = case.last(
        pb.REFERRAL_ACT_KIND_FILING, pb.REFERRAL_ACT_KIND_NON_FILING, pb.REFERRAL_ACT_KIND_NON_FILING_UPHELD
    )
    if decided is not None and decided.step.kind == pb.REFERRAL_ACT_KIND_FILING:
        raise LetterError(
            "公安机关已立案，无需复议或者监督 the police have filed the case: nothing is to be contested (T-30)"
        )


def _sent(case: CaseFile) -> Line:
    sent, debtor = case.last(pb.REFERRAL_ACT_KIND_SENDING), case.debtor()
    return Line(
        f"我单位于{step_day(sent)}以{step_number(sent)}移送{debtor.zh}涉嫌拒不支付劳动报酬一案（案件编号：{case.number}）。",
        f"case {case.number}, {debtor.en}: when and under which document it was referred",
    )


def _decision(decided: pb.RecordedReferralStep, who: str) -> Line:
    upheld = decided.step.kind == pb.REFERRAL_ACT_KIND_NON_FILING_UPHELD
    zh, en = (
        ("维持不予立案的决定", "upheld the decision not to file") if upheld else ("不予立案", "did not file the case")
    )
    return Line(
        f"{who}于{step_day(decided)}以{step_number(decided)}决定{zh}，理由为：“{or_blank(decided.step.reasons)}”。",
        f"the police {en}: document, day and reasons as they gave them (T-28, T-31)",
    )


def _silent(case: CaseFile) -> Line:
    receipt = case.last(pb.REFERRAL_ACT_KIND_RECEIPT)
    if receipt is None:
        return Line(
            "移送后，未见公安机关签收，也未见是否立案的决定。", "neither receipt nor decision is on record (T-38)"
        )
    return Line(
        f"公安机关于{step_day(receipt)}以{step_number(receipt)}签收，至今未见是否立案的决定。",
        "the police signed the receipt, and no decision is on record (T-38)",
    )


def _own_reasons(asked: pb.RecordedReferralStep | None) -> tuple[Line, ...]:
    reasons = or_blank(asked.step.reasons if asked else "")
    return (
        Line(
            f"我单位认为本案符合立案条件，理由：{reasons}",
            "why we hold that the case is to be filed: ours, and in nobody else's words",
        ),
    )
