"""The statutory clocks of the criminal hand-over (移送) and of the procuratorate's supervision of filing.

Only data: each clock beside its source. Days are natural days; whether one moves off a day off is a parameter (section
4.2). Hours are never moved. What a referral is, and its states, is not here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gateway.domain.clock_rules import ClockRule, Extension, Holder, Kind, Roll, StartEvent, Unit
from gateway.domain.policy import LocalizedText


def _three_days(clock_id: str, holder: Holder, starts: StartEvent, title: LocalizedText, source: str) -> ClockRule:
    """Return a clock of the "3日" of R310, which the regulation does not call working days."""
    return ClockRule(clock_id, starts, 3, Unit.NATURAL_DAYS, holder, title, source, roll=Roll.REFERRAL)


def _one_day(clock_id: str, holder: Holder, starts: StartEvent, title: LocalizedText, source: str) -> ClockRule:
    """Return a clock of the "24小时" of R310."""
    return ClockRule(clock_id, starts, 24, Unit.HOURS, holder, title, source)


def _unconfirmed(rule: ClockRule) -> ClockRule:
    return replace(rule, confirmed=False)


_REFERRAL: Final = (
    _three_days(
        "T-21/approve",
        Holder.HRSS_PRINCIPAL,
        StartEvent.REFERRAL_REPORTED,
        LocalizedText("批准或者不批准移送", "Approve or refuse the referral"),
        "R310 art. 5",
    ),
    _one_day(
        "T-22/send",
        Holder.HRSS_SECTION,
        StartEvent.REFERRAL_APPROVED,
        LocalizedText("向同级公安机关移送", "Send the case to the police of the same level"),
        "R310 art. 5",
    ),
    _one_day(
        "T-25/forward",
        Holder.POLICE,
        StartEvent.REFERRAL_RECEIVED,
        LocalizedText("不属于本机关管辖的转送", "Forward a case of another jurisdiction"),
        "R310 art. 7",
    ),
    # A right: whoever finds nothing missing asks for nothing, and is not late.
    replace(
        _one_day(
            "T-26/ask",
            Holder.POLICE,
            StartEvent.REFERRAL_RECEIVED,
            LocalizedText("要求补正材料", "Ask for missing materials"),
            "公通字〔2016〕16号",
        ),
        kind=Kind.RIGHT,
        confirmed=False,
    ),
    _unconfirmed(
        _three_days(
            "T-26/supply",
            Holder.HRSS_SECTION,
            StartEvent.MATERIALS_REQUESTED,
            LocalizedText("补正材料", "Supply the missing materials"),
            "公通字〔2016〕16号",
        )
    ),
    replace(
        _three_days(
            "T-27/decide",
            Holder.POLICE,
            StartEvent.REFERRAL_RECEIVED,
            LocalizedText("决定是否立案", "Decide whether to file"),
            "R310 art. 8",
        ),
        extensions=(
            Extension(10, LocalizedText("线索需要查证", "a lead needs checking"), confirmed=False),
            Extension(30, LocalizedText("重大、复杂案件", "a major or complex case"), confirmed=False),
        ),
    ),
    _three_days(
        "T-29/hand-over",
        Holder.HRSS_SECTION,
        StartEvent.FILING_NOTICE_RECEIVED,
        LocalizedText("移交涉案物品和有关材料", "Hand over the items and related materials"),
        "R310 art. 12",
    ),
    # The law leaves the choice of the step. That the days passed without any is what must be seen: hence a duty.
    _three_days(
        "T-30/contest",
        Holder.HRSS_SECTION,
        StartEvent.NON_FILING_NOTICE_RECEIVED,
        LocalizedText(
            "决定是否对不予立案提请复议或者建议立案监督", "Decide whether to contest a refusal to file, and how"
        ),
        "R310 art. 9",
    ),
    _three_days(
        "T-31/reconsider",
        Holder.POLICE,
        StartEvent.RECONSIDERATION_REQUEST_RECEIVED,
        LocalizedText("作出复议决定并书面通知", "Decide on the reconsideration and give written notice"),
        "R310 art. 9",
    ),
    _three_days(
        "T-32/supervision",
        Holder.HRSS_SECTION,
        StartEvent.RECONSIDERATION_NOTICE_RECEIVED,
        LocalizedText(
            "收到复议决定后，决定是否建议立案监督", "Decide whether to suggest supervision after the reconsideration"
        ),
        "R310 art. 9",
    ),
)

_SUPERVISION: Final = (
    ClockRule(
        "T-34/explain",
        StartEvent.EXPLANATION_REQUIRED,
        7,
        Unit.NATURAL_DAYS,
        Holder.POLICE,
        LocalizedText("说明不立案理由", "Explain why the case was not filed"),
        "SPP19 arts 557-560",
        roll=Roll.SUPERVISION,
    ),
    ClockRule(
        "T-35/file",
        StartEvent.FILING_ORDER_RECEIVED,
        15,
        Unit.NATURAL_DAYS,
        Holder.POLICE,
        LocalizedText("按通知立案并送达决定书", "File as ordered and send the decision"),
        "SPP19 arts 561, 563",
        roll=Roll.SUPERVISION,
    ),
    ClockRule(
        "T-36/tell",
        StartEvent.NON_FILING_FOUND_VALID,
        10,
        Unit.NATURAL_DAYS,
        Holder.PROCURATORATE,
        LocalizedText("不立案理由成立的，告知移送机关", "Tell HRSS that the reason for not filing is valid"),
        "SPP19 art. 561",
        roll=Roll.SUPERVISION,
    ),
    ClockRule(
        "T-37/conclude",
        StartEvent.FILED_ON_ORDER,
        3,
        Unit.MONTHS,
        Holder.POLICE,
        LocalizedText("侦查终结，逾期由检察院催办", "Conclude the investigation; afterwards the procuratorate urges"),
        "SPP19 art. 564",
        roll=Roll.SUPERVISION,
    ),
)

_NON_PROSECUTION: Final = (
    _unconfirmed(
        ClockRule(
            "T-41/opinion",
            StartEvent.NON_PROSECUTION_DECIDED,
            3,
            Unit.NATURAL_DAYS,
            Holder.PROCURATORATE,
            LocalizedText("不起诉后提出检察意见", "Give its opinion that a penalty is needed after a non-prosecution"),
            "SPP19 art. 373",
            roll=Roll.SUPERVISION,
        )
    ),
    _unconfirmed(
        ClockRule(
            "T-41/answer",
            StartEvent.PROCURATORIAL_OPINION_RECEIVED,
            2,
            Unit.MONTHS,
            Holder.HRSS_SECTION,
            LocalizedText("回复检察意见的处理结果", "Report back what was done on the procuratorate's opinion"),
            "SPP19 art. 373",
            roll=Roll.SUPERVISION,
        )
    ),
)

REFERRAL_CLOCKS: Final = (*_REFERRAL, *_SUPERVISION, *_NON_PROSECUTION)
