"""The words of a receipt's page: Chinese first and English beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import Area, DecisionPoint, Effect, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    Pair = tuple[str, str]

TITLE: Final = ("联合惩戒查询留痕凭证", "Receipt of a joint-sanctions check")
CAUTION: Final = (
    "本页文字本身不构成证明。请用记录日志的公开密钥验证本文件：jsg audit verify 文件。",
    "This text proves nothing by itself. Verify the file by the public key of the log: jsg audit verify FILE.",
)
ON_PAPER: Final = (
    "纸质件请凭查询码向网关调取凭证原件：jsg audit receipt 查询码。仅询问机关和审计机关可以调取。",
    "On paper: fetch the receipt by its query code, as the agency that asked or an auditor: jsg audit receipt CODE.",
)
EMBEDDED: Final = ("凭证原件（随本文件保存，不打印）", "The receipt itself (kept in this file, not printed)")
NOT_SHOWN: Final = (
    "本凭证不含询问内容：它只证明这条记录在日志中。",
    "This receipt does not show what was asked: it proves that the entry stands in the log, and nothing more.",
)
NO_ANSWER: Final = (
    "本凭证未附答复全文，措施及法律依据未列。",
    "The answer is not enclosed: measures and their legal basis are not shown.",
)
ASKED: Final = ("询问", "What was asked")
ANSWERED: Final = ("答复", "What was answered")
PROOF: Final = ("证明", "Proof")

CODE: Final = ("查询码", "Query code")
AGENCY: Final = ("询问机关", "Asked by")
OFFICER: Final = ("经办人", "Officer")
RECORDED_AT: Final = ("记录时间", "Recorded at")
CASE: Final = ("业务编号", "Case")
AREA: Final = ("领域", "Area")
POINT: Final = ("决定环节", "Decision point")
ENTERPRISE: Final = ("企业", "Enterprise")
PURPOSE: Final = ("用途", "Purpose")
METHOD: Final = ("接口", "Method")
OUTCOME: Final = ("处理结果", "Outcome")
VERDICT: Final = ("结论", "Verdict")
VALID_UNTIL: Final = ("答复有效至", "Valid until")
MEASURE: Final = ("措施", "Measure")
NO_MEASURE: Final = ("无限制措施", "No measure")
RESTS_ON: Final = ("依据", "Rests on")
DECIDED_BY: Final = ("认定机关及文号", "Decided by")
ENDS: Final = ("终止", "Ends")
REMEDY: Final = ("救济", "Remedy")
DISPUTED: Final = ("当事人已提出异议", "An objection is open")
LOG: Final = ("日志", "Log")
INDEX: Final = ("日志序号", "Index")
SIZE: Final = ("检查点条目数", "Entries under the checkpoint")
ROOT: Final = ("检查点根哈希", "Root hash")
LEAF: Final = ("记录哈希", "Leaf hash")
KEY: Final = ("日志公开密钥", "Public key of the log")

VERDICTS: Final[Mapping[Verdict, Pair]] = {
    Verdict.CLEAR: ("可以办理", "CLEAR: go ahead"),
    Verdict.CONDITIONAL: ("附条件办理", "CONDITIONAL: go ahead only when the conditions are met and reported"),
    Verdict.RESTRICTED: (
        "受限，不得批准",
        "RESTRICTED: must not be approved; the competent body decides, hearing the party",
    ),
    Verdict.UNVERIFIABLE: (
        "无法核实，不得视为无限制",
        "UNVERIFIABLE: wait or use the manual channel; never treat as clear",
    ),
}
EFFECTS: Final[Mapping[Effect, Pair]] = {
    Effect.NONE: ("不影响", "none"),
    Effect.NOTICE: ("提示", "notice"),
    Effect.NO_CONVENIENCE: ("不予便利", "no convenience"),
    Effect.REVIEW: ("重点审查", "review"),
    Effect.RAISE_SECURITY: ("提高保证金或担保", "raise security"),
    Effect.BLOCK: ("限制", "block"),
}
AREAS: Final[Mapping[Area, Pair]] = {
    Area.FUNDING: ("政府资金支持", "government funds"),
    Area.PROCUREMENT: ("政府采购", "government procurement"),
    Area.BIDDING: ("招标投标", "bidding"),
    Area.LICENSING: ("生产许可", "production licences"),
    Area.GUARANTEE: ("履约担保", "performance guarantees"),
    Area.QUALIFICATION: ("资质审核", "qualification review"),
    Area.LENDING: ("融资贷款", "loans"),
    Area.MARKET_ACCESS: ("市场准入", "market access"),
    Area.AWARDS: ("评优评先", "awards and honours"),
    Area.TAX_BENEFITS: ("税收优惠", "tax benefits"),
    Area.TRAVEL: ("交通出行", "travel"),
}
POINTS: Final[Mapping[DecisionPoint, Pair]] = {
    DecisionPoint.FUNDING_APPLICATION: ("资金申请", "application"),
    DecisionPoint.FUNDING_APPROVAL: ("资金审批", "approval"),
    DecisionPoint.FUNDING_PAYMENT: ("资金拨付", "payment"),
    DecisionPoint.FUNDING_WAGE_PAYMENT: ("工资款项拨付", "payment of wages"),
    DecisionPoint.PROCUREMENT_QUALIFICATION_REVIEW: ("供应商资格审查", "qualification review"),
    DecisionPoint.PROCUREMENT_RESULT: ("采购结果确定", "result"),
    DecisionPoint.PROCUREMENT_CONTRACT: ("采购合同签订", "contract"),
    DecisionPoint.BIDDING_REGISTRATION: ("投标登记", "registration"),
    DecisionPoint.BIDDING_QUALIFICATION_REVIEW: ("投标资格审查", "qualification review"),
    DecisionPoint.BIDDING_EVALUATION: ("评标", "evaluation"),
    DecisionPoint.BIDDING_CANDIDATE_PUBLICITY: ("中标候选人公示", "publicity of the candidates"),
    DecisionPoint.BIDDING_AWARD: ("定标", "award"),
    DecisionPoint.BIDDING_CONTRACT: ("中标合同签订", "contract"),
    DecisionPoint.BIDDING_SUBCONTRACT_CONSENT: ("同意分包", "consent to a subcontract"),
    DecisionPoint.LICENSING_ACCEPTANCE: ("许可受理", "acceptance"),
    DecisionPoint.LICENSING_DECISION: ("许可决定", "decision"),
    DecisionPoint.LICENSING_RENEWAL: ("许可延续", "renewal"),
    DecisionPoint.GUARANTEE_TENDER_DOCUMENT: ("招标文件设定担保", "tender document"),
    DecisionPoint.GUARANTEE_ISSUE: ("出具保函", "issue of the guarantee"),
    DecisionPoint.GUARANTEE_CONTRACT: ("合同约定担保", "contract"),
    DecisionPoint.QUALIFICATION_ACCEPTANCE: ("资质受理", "acceptance"),
    DecisionPoint.QUALIFICATION_DECISION: ("资质决定", "decision"),
    DecisionPoint.LENDING_APPROVAL: ("贷款审批", "approval"),
    DecisionPoint.LENDING_DRAWDOWN: ("贷款发放", "drawdown"),
    DecisionPoint.LENDING_RENEWAL: ("贷款展期", "renewal"),
    DecisionPoint.LENDING_WAGE_ACCOUNT: ("工资专用账户", "wage account"),
    DecisionPoint.MARKET_ACCESS_ESTABLISHMENT: ("设立登记", "establishment"),
    DecisionPoint.MARKET_ACCESS_REPRESENTATIVE_CHANGE: ("法定代表人变更登记", "change of the legal representative"),
    DecisionPoint.MARKET_ACCESS_SECTOR_PERMIT: ("行业准入许可", "sector permit"),
    DecisionPoint.AWARDS_NOMINATION: ("评选推荐", "nomination"),
    DecisionPoint.AWARDS_PUBLICITY: ("评选公示", "publicity"),
    DecisionPoint.AWARDS_CONFERRAL: ("授予荣誉", "conferral"),
    DecisionPoint.AWARDS_REVOCATION: ("撤销荣誉", "revocation"),
}
