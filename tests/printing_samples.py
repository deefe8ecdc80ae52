"""Pages to print: a question with its answer, a decision to list, and a page of anything."""

from __future__ import annotations

from datetime import UTC, datetime

from jointsanctions.v1 import common_pb2, credit_pb2
from jointsanctions.v1 import listing_pb2 as pb

from console.printing.model import Page, Paragraph, Reference, Rows, Table
from console.printing.verdict import Recorded, verdict_page
from gateway.cli.print_names import NAMES
from gateway.domain.vocabulary import Area, DecisionPoint, Effect, GradeLetter, Verdict

CODE = "0TRW-5AWK-JRJ0-NAKA-W"
USCC, MEMBER = "91420399MA00K2UM2D", "91420300MA10004470"
NAME = "示例市某某建筑工程有限责任公司"
RECEIPT = '{"kind":"joint-sanctions-receipt/v1","note":"示例\u202e"}\n'
"""Stands for a receipt: whatever it is, it is attached as it is."""
RECORDED = Recorded("trading-centre / asking-system", datetime(2026, 11, 20, 9, 0, 3, tzinfo=UTC), CODE, RECEIPT)
SAID = {
    "reason": "REFUSED_TO_PAY_ORDERED_WAGES",
    "basis": "《保障农民工工资支付条例》第四十八条。",
    "measures": "列入期间，相关部门在招投标等方面依法予以限制。",
    "early_removal": "改正且被列入满六个月并作出书面信用承诺的，可以申请提前移出。",
    "remedies": "可自收到本决定书之日起六十日内申请行政复议，或者六个月内提起行政诉讼。",
}
REGULATION = "《保障农民工工资支付条例》"
AUTHORITY = "示例市人力资源和社会保障局"


def both(zh, en="english"):
    return common_pb2.LocalizedText(zh=zh, en=en)


def question(**changed):
    asked = credit_pb2.CheckEligibilityRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=USCC, name=NAME),
        consortium_members=[common_pb2.EnterpriseRef(uscc=MEMBER, name="示例县第二建筑有限公司")],
    )
    asked.question.area = int(Area.BIDDING)
    asked.question.decision_point = int(DecisionPoint.BIDDING_AWARD)
    asked.question.case_ref, asked.question.officer, asked.question.purpose = "JSGC-2026-17", "李经办", "定标前核查"
    facts = asked.question.case_facts.bidding
    facts.project_region, facts.must_be_tendered, facts.form = "420302", True, 1
    facts.cutoff_at.FromJsonString("2026-11-20T09:00:00Z")
    for name, value in changed.items():
        setattr(asked.question, name, value)
    return asked


def answer(verdict=Verdict.RESTRICTED, measures=2):
    given = credit_pb2.CheckEligibilityResponse()
    decision, basis = given.decision, given.basis
    decision.verdict = int(verdict)
    decision.enterprise.uscc, decision.enterprise.name, decision.enterprise.known = USCC, NAME, True
    decision.other_parties.add(uscc=MEMBER, name="示例县第二建筑有限公司")
    decision.valid_until.FromJsonString("2026-11-20T10:00:00Z")
    decision.grade.letter, decision.grade.scheme = int(GradeLetter.C), "O45"
    basis.policy_profile, basis.policy_version, basis.data_revision = "shiyan", "2026.3", 417
    basis.as_of.FromJsonString("2026-11-20T09:00:00Z")
    for number in range(1, measures + 1):
        decision.measures.add(
            rule_id=f"A-30/TR{number}/award",
            effect=int(Effect.BLOCK),
            party_uscc=USCC,
            relation="SELF",
            legal_basis=[common_pb2.LegalBasis(document="R724", article="48", title=both(REGULATION))],
            authority=AUTHORITY,
            document_number=f"示人社监〔2026〕{number}号",
            listed_on="2026-03-02",
            ends_by=both("移出名单之日终止"),
            remedy=both("可以申请行政复议，或者提起行政诉讼"),
            instruction=both("不得确定为中标人，并说明理由", "do not award"),
            disputed=number == 1,
        )
    decision.incentives.add(rule_id="G-06", entitlement=both("优先办理", "served first"), suspended=True)
    return given


def verdict(**changed):
    return verdict_page(question(**changed), answer(), RECORDED, NAMES)


def act(kind, on, number, *, to_person=False, **said):
    return pb.RecordedListingAct(
        act=pb.ListingActKind.Value(f"LISTING_ACT_KIND_{kind}"),
        on=on,
        document_number=number,
        authority=AUTHORITY,
        to_person=to_person,
        said=said,
    )


CHAIN = (
    act("ORDER_ISSUED", "2026-01-05", "示人社监令〔2026〕8号", due_on="2026-01-20"),
    act("ORDER_DELIVERED", "2026-01-06", "示人社监令〔2026〕8号"),
    act("PRE_NOTICE", "2026-01-25", "示人社监告〔2026〕8号"),
    act("PRE_NOTICE_DELIVERED", "2026-01-26", "示人社监告〔2026〕8号"),
)
DECIDED = act("DECISION", "2026-03-02", "示人社监列〔2026〕9号", repair_notice_number="修复告知〔2026〕9号", **SAID)
DELIVERED = act("DELIVERY", "2026-03-04", "示人社监列〔2026〕9号", delivery_proof="送达回证〔2026〕12号")


def listing(*acts, stage="LISTED", in_force=True, persons=2):
    shown = pb.GetListingResponse(data_revision=88, acts=acts or (*CHAIN, DECIDED, DELIVERED), persons=persons)
    shown.standing.listing_id, shown.standing.uscc = "L-17", USCC
    shown.standing.stage, shown.standing.in_force = pb.ListingStage.Value(f"LISTING_STAGE_{stage}"), in_force
    return shown


def any_page(text, *blocks):
    """Return a page that says a text wherever what somebody typed may stand, with other blocks behind."""
    return Page(
        title=("题", "title"),
        number=(text, "number"),
        reference=Reference(("码", "code"), CODE, ("核验", "verify"), f"jsg audit receipt {CODE}"),
        blocks=(
            Rows(((("题", "title"), text), (("题", "title"), ("文", text)))),
            Paragraph((text, "english"), indent=True),
            Paragraph((text, "english"), right=True),
            Table(("序号\nNo.", "名称\nTitle", "种类\nKind"), (12, 60, 26), (("1", text, "文"),)),
            *blocks,
        ),
        dated=RECORDED.at,
        mark=("草稿", "draft"),
    )
