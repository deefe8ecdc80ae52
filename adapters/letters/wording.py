"""The words of letters for what the facts of a case name by a number or a name, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from formats.dossier import EvidenceKind, Material

if TYPE_CHECKING:
    from collections.abc import Mapping

Words = tuple[str, str]

CONDUCTS: Final[Mapping[int, Words]] = {
    pb.REFERRAL_CONDUCT_MOVES_PROPERTY: ("转移、处分财产", "moves or hides property"),
    pb.REFERRAL_CONDUCT_HIDES: ("逃跑、藏匿", "absconds or hides"),
    pb.REFERRAL_CONDUCT_FAILS_TO_APPEAR: (
        "经通知无正当理由不在指定的时间内到指定的地点配合解决问题",
        "does not come after a notice that arrived (T-06)",
    ),
    pb.REFERRAL_CONDUCT_DESTROYS_RECORDS: (
        "隐匿、销毁或者篡改账目、职工名册、工资支付记录、考勤记录等与劳动报酬相关的材料",
        "hides, destroys or alters books and records of work",
    ),
    pb.REFERRAL_CONDUCT_ABLE_AND_DOES_NOT: ("有能力支付而不支付劳动报酬", "is able to pay and does not"),
}
DELIVERIES: Final[Mapping[int, Words]] = {
    pb.ORDER_DELIVERY_IN_PERSON: ("直接送达", "in person"),
    pb.ORDER_DELIVERY_POST: ("邮寄送达", "by post"),
    pb.ORDER_DELIVERY_ELECTRONIC: ("电子送达", "electronically"),
    pb.ORDER_DELIVERY_POSTED_UP_AND_RECORDED: (
        "在住所或者生产经营场所张贴并以拍照、录像等方式记录",
        "put up at residence or place of business, and recorded (T-05)",
    ),
    pb.ORDER_DELIVERY_PUBLIC_NOTICE: ("公告送达", "by public notice"),
}
DEBTORS: Final[Mapping[int, Words]] = {
    pb.REFERRAL_DEBTOR_UNIT: ("用人单位", "a unit"),
    pb.REFERRAL_DEBTOR_UNQUALIFIED_EMPLOYER: (
        "不具备用工主体资格的单位或者个人",
        "a unit or person without the qualification to employ (T-10)",
    ),
    pb.REFERRAL_DEBTOR_ACTUAL_CONTROLLER: ("用人单位的实际控制人", "who in fact controls a unit (T-10)"),
}
MATERIALS: Final[Mapping[Material, Words]] = {
    Material.CASE_DATA: ("案件数据", "facts of the case"),
    Material.REFERRAL_LETTER: ("涉嫌犯罪案件移送书", "letter of referral"),
    Material.INVESTIGATION_REPORT: ("涉嫌犯罪案件情况的调查报告", "report of the investigation"),
    Material.ITEM_LIST: ("涉案物品清单", "list of items"),
    Material.EXPERT_REPORT: ("检验报告或者鉴定结论", "report of an expert"),
    Material.APPROVAL_FORM: ("移送审批表", "form of approval"),
    Material.ORDER: ("责令支付的文书", "order to pay"),
    Material.ORDER_DELIVERY: ("送达证明", "proof of delivery"),
    Material.WORKER_INTERVIEWS: ("劳动者询问笔录", "records of interviews"),
    Material.DEBTOR_DATA: ("用人单位基本情况", "data of the debtor"),
    Material.PENALTY_DECISION: ("行政处罚决定书", "decision on a penalty"),
    Material.PAYMENT_PROOF: ("支付凭证", "proof of payment"),
    Material.OTHER: ("其他材料", "other"),
}
EVIDENCE: Final[Mapping[EvidenceKind, Words]] = {
    EvidenceKind.PHYSICAL: ("物证", "physical"),
    EvidenceKind.DOCUMENTARY: ("书证", "documentary"),
    EvidenceKind.AUDIOVISUAL: ("视听资料", "audiovisual"),
    EvidenceKind.ELECTRONIC: ("电子数据", "electronic"),
    EvidenceKind.INSPECTION: ("勘验、检查笔录", "inspection"),
    EvidenceKind.EXPERT: ("鉴定意见", "expert"),
    EvidenceKind.INTERVIEW: ("询问笔录", "interview"),
    EvidenceKind.NONE: ("—", "none"),
}
CRIMINAL_LAW: Final = "《中华人民共和国刑法》第二百七十六条之一"
R310: Final = "《行政执法机关移送涉嫌犯罪案件的规定》（国务院令第310号）"
SPC13: Final = "《最高人民法院关于审理拒不支付劳动报酬刑事案件适用法律若干问题的解释》（法释〔2013〕3号）"
SPP19: Final = "《人民检察院刑事诉讼规则》"
D100: Final = "《关于加强涉嫌拒不支付劳动报酬犯罪案件查处衔接工作的通知》（人社部发〔2014〕100号）"
