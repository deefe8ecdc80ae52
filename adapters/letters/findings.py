"""The paragraphs about what HRSS has found, which several letters have: the order, what is owed, how it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import referral_pb2 as pb

from adapters.letters.case_file import day_zh, step_day, step_number, yuan
from adapters.letters.draft import BLANK, Line, or_blank
from adapters.letters.wording import CONDUCTS, DELIVERIES

if TYPE_CHECKING:
    from adapters.letters.case_file import CaseFile


def findings(case: CaseFile) -> tuple[Line, ...]:
    """Return what was found, as sections."""
    return (*_order(case), *_owed(case), *_refused(case), *_since(case))


def brief(case: CaseFile) -> Line:
    """Return what was found in one sentence."""
    facts = case.facts
    total = sum(claim.owed_fen for claim in facts.claims)
    return Line(
        f"经查，责令支付期限届满后，该案仍拖欠{len(facts.claims)}名劳动者劳动报酬共计人民币{yuan(total)}；"
        f"责令支付的文书为{or_blank(facts.order.document_number)}，限期至{day_zh(facts.order.due_on)}。",
        f"found: {len(facts.claims)} workers, {total / 100:,.2f} yuan owed after the time of the order "
        f"{facts.order.document_number or '(not known)'} had passed ({facts.order.due_on or 'not known'})",
    )


def _order(case: CaseFile) -> tuple[Line, ...]:
    order = case.facts.order
    zh, en = DELIVERIES.get(order.delivery, (BLANK, "not known"))
    return (
        Line("一、责令支付情况", "The order to pay (T-04, SPC13 art. 4)", heading=True),
        Line(
            f"我单位于{day_zh(order.issued_on)}作出{or_blank(order.document_number)}，责令其于{day_zh(order.due_on)}前"
            f"（含当日）支付劳动报酬。该文书于{day_zh(order.delivered_on)}送达，送达方式：{zh}。期限届满仍未支付。",
            f"order {order.document_number or 'not known'} of {order.issued_on or 'not known'}, to pay by "
            f"{order.due_on or 'not known'}, delivered on {order.delivered_on or 'not known'}: {en}",
        ),
    )


def _owed(case: CaseFile) -> tuple[Line, ...]:
    claims = case.facts.claims
    total, most = sum(claim.owed_fen for claim in claims), max((claim.owed_fen for claim in claims), default=0)
    months = max((claim.unpaid_months for claim in claims), default=0)
    return (
        Line("二、拖欠劳动报酬情况", "What is owed (T-03, SPC13 art. 3)", heading=True),
        Line(
            f"期限届满时，共拖欠{len(claims)}名劳动者劳动报酬人民币{yuan(total)}；单个劳动者被拖欠最多{yuan(most)}，"
            f"被拖欠时间最长{months}个月。所在县（市、区）行政区划代码：{or_blank(case.facts.county)}。",
            f"{len(claims)} workers, {total / 100:,.2f} yuan in all, at most {most / 100:,.2f} yuan and "
            f"{months} months for one; county {case.facts.county or 'not known'}",
        ),
    )


def _refused(case: CaseFile) -> tuple[Line, ...]:
    found = [CONDUCTS[each] for each in case.facts.conducts if each in CONDUCTS]
    zh, en = "；".join(each[0] for each in found), "; ".join(each[1] for each in found)
    lines = [
        Line("三、拒不支付的情形", "How payment is refused (T-01, T-06)", heading=True),
        Line(f"{zh or BLANK}。", en or "not known"),
    ]
    if case.facts.serious_consequences:
        lines.append(
            Line(
                f"造成严重后果：{BLANK}（须写明影响基本生活、就医、就学，或者使用暴力、威胁等具体情形）。",
                "serious consequences are on record: say which (T-08, SPC13 art. 5)",
            )
        )
    return tuple(lines)


def _since(case: CaseFile) -> tuple[Line, ...]:
    report, approval = (case.last(kind) for kind in (pb.REFERRAL_ACT_KIND_REPORT, pb.REFERRAL_ACT_KIND_APPROVAL))
    paid = [
        Line(
            f"{day_zh(each.paid_on)}支付人民币{yuan(each.paid_fen)}（凭证{each.document_number}）"
            f"{'，已全部支付' if each.paid_in_full else ''}{'，已承担赔偿责任' if each.compensation_paid else ''}。",
            f"{each.paid_on}: {each.paid_fen / 100:,.2f} yuan paid, proof {each.document_number}"
            f"{', in full' if each.paid_in_full else ''}{', with compensation' if each.compensation_paid else ''}",
        )
        for each in case.shown.payments
    ]
    return (
        Line("四、支付与办理情况", "Payments, report and approval (T-09, T-20, T-21)", heading=True),
        *(paid or [Line("截至本函起草，本案没有支付记录。", "no payment is on record")]),
        Line(
            f"移送报告：{step_number(report)}，{step_day(report)}；批准：{step_number(approval)}，{step_day(approval)}。",
            "report and approval, with their documents and days",
        ),
    )
