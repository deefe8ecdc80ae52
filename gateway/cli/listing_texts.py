"""The steps, stages and conditions of a listing in words, Chinese and English, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.listing_words import ListingCondition, ListingHindrance, ListingStage
from gateway.domain.vocabulary import ListingActKind as Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.vocabulary import Word

ACTS: Final[Mapping[Word, str]] = {
    Kind.ORDER_ISSUED: "责令限期支付 order to pay",
    Kind.ORDER_DELIVERED: "责令决定送达 order delivered",
    Kind.PRE_NOTICE: "列入事先告知 pre-notice",
    Kind.PRE_NOTICE_DELIVERED: "告知书送达 pre-notice delivered",
    Kind.OBJECTION: "陈述申辩 objection",
    Kind.OBJECTION_VERIFIED: "核实答复 objection verified",
    Kind.NOT_LISTED: "不予列入 not listed",
    Kind.DECISION: "列入决定 decision to list",
    Kind.DELIVERY: "决定送达 decision delivered",
    Kind.PUBLISHED: "公示 published",
    Kind.STAY: "停止执行 stayed",
    Kind.STAY_ENDED: "恢复执行 stay ended",
    Kind.HIDDEN: "重整和解期间屏蔽 hidden by court ruling",
    Kind.HIDDEN_ENDED: "屏蔽终止 hiding ended",
    Kind.DISPUTE_OPENED: "复议诉讼受理 remedy opened",
    Kind.DISPUTE_CLOSED: "复议诉讼终结 remedy closed",
    Kind.CRIMINAL_BAR_SET: "刑事立案，不得提前移出 criminal bar set",
    Kind.CRIMINAL_BAR_LIFTED: "刑事限制解除 criminal bar lifted",
    Kind.ORDER_REVOKED: "责令决定被撤销 order revoked",
    Kind.REPAIR_APPLIED: "申请提前移出 repair applied for",
    Kind.REPAIR_ACCEPTED: "受理移出申请 application accepted",
    Kind.REPAIR_EXTENDED: "延长办理期限 time to decide extended",
    Kind.REPAIR: "准予提前移出 repair granted",
    Kind.REPAIR_REFUSED: "不予提前移出 repair refused",
    Kind.RESTORE: "撤销移出、恢复列入 restored after fraud",
    Kind.REVOCATION: "撤销列入 revoked",
    Kind.UNPUBLISHED: "门户停止公示 taken down",
    Kind.OTHER_SITES_TOLD: "通知其他网站 other sites told",
    Kind.PLATFORM_TOLD: "移出信息共享平台 platform told",
    Kind.REPAIR_SHOWN: "平台显示已修复 repair shown by the platform",
    Kind.REPAIR_SHOWN_REJECTED: "认定平台显示有误 shown repair rejected",
}
STAGES: Final[Mapping[Word, str]] = {
    ListingStage.NOT_OPENED: "未立案 not opened",
    ListingStage.ORDERED: "已责令，待送达 ordered",
    ListingStage.ORDER_RUNNING: "限期未满 order running",
    ListingStage.ORDER_EXPIRED: "逾期未支付 order expired",
    ListingStage.PRE_NOTICE_ISSUED: "已告知，待送达 pre-notice issued",
    ListingStage.PRE_NOTICED: "告知已送达 pre-noticed",
    ListingStage.OBJECTED: "申辩核实中 objection under verification",
    ListingStage.NOT_LISTED: "不予列入 not listed",
    ListingStage.DECIDED: "已决定，未送达单位 decided, not delivered",
    ListingStage.LISTED: "已列入 listed",
    ListingStage.REPAIRED: "已提前移出 removed early",
    ListingStage.EXPIRED: "期满 expired",
    ListingStage.REVOKED: "已撤销，自始无效 revoked, void from the start",
}
CONDITIONS: Final[Mapping[Word, str]] = {
    ListingCondition.STAYED: "停止执行中 stayed",
    ListingCondition.HIDDEN: "屏蔽中 hidden",
    ListingCondition.REPAIR_APPLIED: "移出申请待决 repair applied for",
    ListingCondition.REPAIR_ACCEPTED: "申请已受理 application accepted",
    ListingCondition.REPAIR_EXTENDED: "办理期限已延长 time extended",
    ListingCondition.CRIMINAL_BAR: "刑事限制 criminal bar",
    ListingCondition.DISPUTED: "争议中 disputed",
    ListingCondition.ORDER_REVOKED: "责令决定已撤销 order revoked",
    ListingCondition.PUBLISHED: "已公示 published",
    ListingCondition.UNPUBLISHED: "门户已停止公示 taken down",
    ListingCondition.OTHER_SITES_TOLD: "已通知其他网站 other sites told",
    ListingCondition.PLATFORM_TOLD: "已共享平台 platform told",
    ListingCondition.REPAIR_SHOWN: "平台显示已修复，待核查 the platform shows a repair",
}
HINDRANCES: Final[Mapping[Word, str]] = {
    ListingHindrance.NOT_FROM_THIS_STATE: "当前状态不允许 not from this state",
    ListingHindrance.LATER_STEP_ON_RECORD: "已有更晚的步骤 a later step is on record",
    ListingHindrance.OBJECTION_PERIOD_OPEN: "申辩期未满 the party may still object",
    ListingHindrance.CRIMINAL_BAR: "刑事限制 criminal bar",
    ListingHindrance.NEW_ARREARS: "列入期间有新的拖欠 new arrears during the listing",
    ListingHindrance.SIX_MONTHS_NOT_OVER: "改正后未满六个月 six months since correction are not over",
    ListingHindrance.REASON_BEFORE_YEAR_MISSING: "未满一年，须说明理由 within the year a reason is needed",
    ListingHindrance.ORDER_ALREADY_DUE: "限期已过才送达 the order's time was over",
    ListingHindrance.CHAIN_INCOMPLETE: "文书链不完整 the chain of documents is incomplete",
    ListingHindrance.SHOWN_BEFORE: "该修复文书已报告过 this document was reported before",
}

DUTIES: Final[Mapping[str, str]] = {
    "L-08": "作出决定 decide",
    "L-19b/UNPUBLISHED": ACTS[Kind.UNPUBLISHED],
    "L-19b/OTHER_SITES_TOLD": ACTS[Kind.OTHER_SITES_TOLD],
    "L-19b/PLATFORM_TOLD": ACTS[Kind.PLATFORM_TOLD],
}
"""What the authority has to do, by the rule that says so."""
DETAILS: Final[Mapping[str, str]] = {
    "due_on": "限期 to be paid by",
    "delivery_proof": "送达凭证 proof of delivery",
    "reason": "理由 reason",
    "basis": "依据 basis",
    "measures": "联合惩戒措施 joint measures",
    "early_removal": "提前移出条件 early removal",
    "remedies": "救济 remedies",
    "repair_notice_number": "修复告知书 repair notice",
    "objection_waiver_number": "放弃申辩书 waiver of objection",
    "extension_number": "延期批准 extension",
    "corrected_on": "改正日期 corrected on",
    "correction_proof": "改正凭证 evidence of correction",
    "commitment_number": "信用承诺 commitment",
    "places": "公示处 places",
    "result": "结果 result",
    "ordered_by": "决定机关 ordered by",
    "decided_before_cr36_reason": "提前决定的理由 reason before the year",
    "chain.order_number": "责令决定 order to pay",
    "chain.order_delivered_on": "责令决定送达 order delivered",
    "chain.order_due_on": "责令限期 order due",
    "chain.pre_notice_number": "事先告知书 pre-notice",
    "chain.pre_notice_delivered_on": "告知书送达 pre-notice delivered",
}
"""What is said with an act, by the names on the wire."""


def said(words: Mapping[Word, str], number: int) -> str:
    """Return the words for a number of the wire; a number that this version does not know, as itself."""
    return next((text for word, text in words.items() if word == number), str(number))
