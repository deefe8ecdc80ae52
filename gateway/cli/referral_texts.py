"""The words of referrals in both languages: steps, stages, transport, and what goes wrong with a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.dossier.errors import DossierFault
from gateway.domain.referral_elements import GapWeight
from gateway.domain.referral_holds import HoldState
from gateway.domain.referral_inbox import TransportState
from gateway.domain.referral_stuck import StuckReason
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTS: Final[Mapping[Kind, str]] = {
    Kind.REPORT: "提出移送报告 report",
    Kind.APPROVAL: "批准移送 approval",
    Kind.REFUSAL: "不批准移送 refusal",
    Kind.SENDING: "移送 sending",
    Kind.RECEIPT: "回执 receipt",
    Kind.FORWARDING: "转送有管辖权的公安机关 forwarding",
    Kind.MATERIALS_REQUEST: "要求补充材料 request for materials",
    Kind.SUPPLEMENT: "补充材料 supplement",
    Kind.EXTENSION: "延长审查期限 extension",
    Kind.FILING: "立案 filing",
    Kind.NON_FILING: "不予立案 non-filing",
    Kind.HANDOVER: "移交涉案物品和材料 handover",
    Kind.RECONSIDERATION_REQUEST: "提请复议 request for reconsideration",
    Kind.NON_FILING_UPHELD: "维持不予立案 non-filing upheld",
    Kind.SUPERVISION_REQUEST: "建议立案监督 request for supervision",
    Kind.EXPLANATION_REQUEST: "要求说明不立案理由 explanation required",
    Kind.EXPLANATION: "说明不立案理由 explanation",
    Kind.NON_FILING_VALID: "不立案理由成立 reason found valid",
    Kind.FILING_ORDER: "通知立案 order to file",
    Kind.CORRECTION_NOTICE: "纠正违法通知书 notice of correction",
    Kind.URGING: "督促 urging",
    Kind.WITHDRAWAL: "撤销案件 withdrawal",
    Kind.INDICTMENT: "提起公诉 indictment",
    Kind.NON_PROSECUTION: "不起诉 non-prosecution",
    Kind.OPINION: "检察意见 opinion",
    Kind.OPINION_ANSWER: "回复检察意见 answer to the opinion",
    Kind.CONVICTION: "有罪判决 conviction",
    Kind.ACQUITTAL: "无罪判决 acquittal",
    Kind.EXEMPTION: "免予刑事处罚 exemption from punishment",
    Kind.PROPERTY_RETURN: "返还被害人财物 return of property",
    Kind.ADMINISTRATIVE_RETURN: "转为行政处理 administrative return",
    Kind.CLOSING: "结案归档 closing",
}
STAGES: Final[Mapping[Stage, str]] = {
    Stage.DRAFT: "拟办 DRAFT",
    Stage.REPORTED: "待批准 REPORTED",
    Stage.APPROVED: "已批准 APPROVED",
    Stage.REFUSED: "不批准 REFUSED",
    Stage.SENT: "已移送 SENT",
    Stage.RECEIVED: "已签收 RECEIVED",
    Stage.FORWARDED: "已转送 FORWARDED",
    Stage.FILED: "已立案 FILED",
    Stage.NOT_FILED: "不予立案 NOT FILED",
    Stage.RECONSIDERATION_REQUESTED: "复议中 RECONSIDERATION REQUESTED",
    Stage.NOT_FILED_UPHELD: "维持不予立案 NOT FILED, UPHELD",
    Stage.SUPERVISION_REQUESTED: "立案监督中 SUPERVISION REQUESTED",
    Stage.FILING_ORDERED: "已通知立案 FILING ORDERED",
    Stage.SUPERVISION_REJECTED: "不立案理由成立 SUPERVISION REJECTED",
    Stage.HANDED_OVER: "已移交物品和材料 HANDED OVER",
    Stage.WITHDRAWN: "已撤销案件 WITHDRAWN",
    Stage.INDICTED: "已提起公诉 INDICTED",
    Stage.NON_PROSECUTED: "不起诉 NOT PROSECUTED",
    Stage.CONVICTED: "有罪判决 CONVICTED",
    Stage.ACQUITTED: "无罪判决 ACQUITTED",
    Stage.EXEMPTED: "免予刑事处罚 EXEMPTED",
    Stage.RETURNED_ADMIN: "行政处理 ADMINISTRATIVE",
    Stage.CLOSED: "已归档 CLOSED",
}
WEIGHTS: Final[Mapping[GapWeight, str]] = {
    GapWeight.BLOCKS: "不能移送 BLOCKS",
    GapWeight.WARNS: "可能退回 WARNS",
}
TRANSPORT: Final[Mapping[TransportState, str]] = {
    TransportState.RELAYED: "待接收 RELAYED",
    TransportState.NOT_DELIVERED: "逾时未接收 NOT DELIVERED",
    TransportState.DELIVERED: "已接收 DELIVERED",
    TransportState.NOT_OPENED: "逾时未查阅 NOT OPENED",
    TransportState.OPENED: "已查阅 OPENED",
}
STUCK: Final[Mapping[StuckReason, str]] = {
    StuckReason.CLOCK_OVERDUE: "期限逾期 CLOCK OVERDUE",
    StuckReason.NOT_DELIVERED: "未接收 NOT DELIVERED",
    StuckReason.NOT_OPENED: "未查阅 NOT OPENED",
}
HOLDS: Final[Mapping[HoldState, str]] = {
    HoldState.IN_FORCE: "有效 IN FORCE",
    HoldState.RELEASE_ASKED: "待第二人解除 RELEASE ASKED",
    HoldState.RELEASED: "已解除 RELEASED",
    HoldState.ENDED: "到期 ENDED",
}
FAULTS: Final[Mapping[DossierFault, str]] = {
    DossierFault.CUT_OFF: "文件不完整 cut off",
    DossierFault.CHANGED: "内容被改动 changed",
    DossierFault.CONTINUED: "文件末尾有多余内容 continued",
    DossierFault.NOT_THE_CONTENT: "内容与清单不符 not the content",
    DossierFault.NOT_FOR_US: "本单位的密钥不能打开 not for us",
    DossierFault.KEY_UNUSABLE: "密钥不能使用 key unusable",
    DossierFault.NOT_SIGNED: "签名或者签名人不符 not signed",
}
