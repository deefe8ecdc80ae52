"""Answers as text for people, in both languages."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from formats.civil import SHANGHAI, civil_date
from gateway.domain.vocabulary import Effect, GradeLetter, MatchQuality, Trigger, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from google.protobuf.timestamp_pb2 import Timestamp
    from jointsanctions.v1 import common_pb2, credit_pb2

VERDICTS: Final = {
    Verdict.CLEAR: "可以办理 CLEAR: go ahead",
    Verdict.CONDITIONAL: "附条件 CONDITIONAL: go ahead only when the conditions below are met and reported",
    Verdict.RESTRICTED: "受限 RESTRICTED: the competent body must not approve; it decides and hears the party",
    Verdict.UNVERIFIABLE: "无法核实 UNVERIFIABLE: wait, or use the manual channel; never treat as clear",
}
DOUBTS: Final = {
    "STALE_SOURCE": "来源未按时确认 a feed was not confirmed in time",
    "STALE_NODE": "节点落后于库 this node is behind its store",
    "CLOCK": "时钟不可信 this node's clock cannot be trusted",
    "INCOMPLETE_RECORD": "记录不完整 a record is incomplete",
    "POLICY_CHANGES": "所问时点适用另一版政策 another policy holds by then",
    "REVISION_NOT_REACHED": "所需版本尚未到达 the revision asked for is not served yet",
}
"""Why nothing could be said, in words."""


def show_answer(answer: credit_pb2.CheckEligibilityResponse) -> None:
    """Print a whole answer."""
    decision = answer.decision
    show_decision(decision)
    position = answer.audit_position
    show_basis(answer.basis)
    print(f"  有效至 until   {local(decision.valid_until)}")
    print(f"  留痕 recorded  {position.writer}/{position.number} {position.leaf_hash.hex()}")


def show_basis(basis: common_pb2.AnswerBasis) -> None:
    """Print on what an answer was decided."""
    print(f"  依据 basis     {basis.policy_profile} {basis.policy_version}, data revision {basis.data_revision}")
    print(f"  时点 as of     {local(basis.as_of)}{' (预览 preview)' if basis.preview else ''}")


def show_doubts(reasons: Iterable[str]) -> None:
    """Print why nothing could be said."""
    for reason in reasons:
        print(f"  存疑 doubt      {DOUBTS.get(reason.partition(':')[0], '')} ({reason})")


def show_decision(decision: credit_pb2.Decision) -> None:
    """Print what was decided about one enterprise."""
    who = decision.enterprise
    match = MatchQuality(who.match_quality).name
    print(f"{VERDICTS[Verdict(decision.verdict)]}")
    print(f"  企业 enterprise {who.uscc} {who.name or '—'} ({match})")
    if decision.HasField("grade"):
        grade = decision.grade
        letter = GradeLetter(grade.letter).name
        print(f"  等级 grade      {letter} ({grade.scheme} {grade.scheme_version}, {grade.rule_id})")
    for measure in decision.measures:
        show_measure(measure)
    for incentive in decision.incentives:
        state = " (暂停 suspended)" if incentive.suspended else ""
        print(f"  激励 incentive  {incentive.rule_id}: {incentive.entitlement.zh} {incentive.entitlement.en}{state}")
    show_doubts(decision.unverifiable_because)
    for rule in decision.rules_not_fired:
        print(f"  未适用 no effect {rule}")


def show_measure(measure: common_pb2.Measure) -> None:
    """Print one measure with its ground, basis, end and remedy."""
    trigger, effect = Trigger(measure.trigger).name, Effect(measure.effect).name
    print(f"  措施 measure    {effect} — {trigger} [{measure.rule_id}] {measure.relation} {measure.party_uscc}")
    print(f"                  {measure.instruction.zh}")
    print(f"                  {measure.instruction.en}")
    if measure.authority:
        print(f"                  {measure.authority} {measure.document_number}")
    for basis in measure.legal_basis:
        article = f"第{basis.article}条" if basis.article[:1].isdigit() else basis.article
        print(f"                  {basis.title.zh} {article} ({basis.document} {basis.article}, {basis.level})")
    until = local(measure.effective_until) if measure.HasField("effective_until") else "—"
    print(f"                  终止 ends {until}: {measure.ends_by.zh} {measure.ends_by.en}")
    print(f"                  救济 remedy: {measure.remedy.zh} {measure.remedy.en}")
    if measure.HasField("security_bound"):
        print(f"                  {_bound(measure.security_bound)}")
    for flag in ("disputed", "basis_contested"):
        if getattr(measure, flag):
            print(f"                  {flag}")


def _bound(bound: common_pb2.SecurityBound) -> str:
    """Return how far security may be raised: what is not computed is not shown."""
    parts = [f"{bound.kind}: +{bound.surcharge_percent} %"]
    if bound.HasField("raised_fen"):
        rate, amount = bound.raised_rate_basis_points / 100, bound.raised_fen / 100
        parts.append(f"{bound.ordinary_rate_from / 100:g} % → {rate:g} %, 不少于 at least {amount:,.2f} 元 yuan")
    elif bound.ordinary_rate_to:
        low, high = bound.ordinary_rate_from / 100, bound.ordinary_rate_to / 100
        parts.append(f"本省比例未配置 no provincial rate configured: {low:g}–{high:g} % (D-02)")
    if bound.cap_fen:
        parts.append(f"上限 cap {bound.cap_fen / 100:,.2f} 元 yuan")
    return ", ".join(parts)


def local(stamp: Timestamp) -> str:
    """Return an instant as local time in Shanghai, for people."""
    return local_instant(stamp.ToDatetime(tzinfo=UTC))


def local_instant(at: datetime) -> str:
    """Return an instant, in whatever zone, as ``local`` does."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S +08:00")


def day(stamp: Timestamp) -> str:
    """Return the civil date of an instant."""
    return civil_date(stamp.ToDatetime(tzinfo=UTC)).isoformat()
