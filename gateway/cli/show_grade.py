"""Grades as text for people, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.cli.show import local
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jointsanctions.v1 import grade_pb2


def show_grades(answer: grade_pb2.ExplainGradeResponse, *, explain: bool) -> None:
    """Print every scheme's grade; with *explain* also all that is behind it."""
    print(f"{answer.enterprise.uscc} {answer.enterprise.name or '—'}")
    for scheme in answer.schemes:
        _show_scheme(scheme, explain=explain)
    if explain:
        for check in answer.five_systems:
            print(
                f"  五项制度 five systems {check.project} ({check.checked_on}): 实名制 real name {check.real_name}, "
                f"工资专户 wage account {check.wage_account}{_funding(check)}, "
                f"银行代发 agent payment {check.agent_payment}, "
                f"保证金 deposit {check.deposit}, 公示 notice board {check.notice_board}"
            )
        _show_deposit(answer.deposit)
    position = answer.audit_position
    print(f"  留痕 recorded {position.writer}/{position.number} {position.leaf_hash.hex()}")


def _show_scheme(scheme: grade_pb2.SchemeExplanation, *, explain: bool) -> None:
    grade = scheme.grade
    role = "据以处理 weighs" if scheme.weighs else "仅供对照 shown beside it, weighs nothing"
    print(f" {grade.scheme} {grade.scheme_version}: {GradeLetter(grade.letter).name} ({role})")
    print(f"  考察期 period {grade.period}, 地域 territory {grade.territory}, 规则 rule {grade.rule_id}")
    print(f"  {grade.explanation.zh}\n  {grade.explanation.en}")
    if grade.HasField("held_since"):
        print(f"  自 held since   {local(grade.held_since)}")
    if grade.HasField("changes_at"):
        print(f"  变动 changes at {local(grade.changes_at)} 仅因时间经过 by time alone")
    if grade.confirmation_due:
        print("  待确认 HRSS has not yet confirmed the recovery (G-14)")
    if not explain:
        return
    for fact in grade.facts:
        until = fact.counts_until or "—"
        print(f"  事实 fact {fact.kind}: {fact.record_id} {fact.document_number} [{fact.counts_from}, {until})")
    for change in scheme.changes:
        print(f"  变化 change {change.text.zh}\n              {change.text.en}")
    _show_stretches("此后 ahead", scheme.ahead)
    _show_stretches("沿革 history", scheme.history)
    _show_stretches("当时所知 as known then", scheme.history_as_known_then)


def _show_stretches(name: str, stretches: Iterable[grade_pb2.GradeStretch]) -> None:
    for each in stretches:
        since = local(each.since) if each.HasField("since") else "—"
        until = local(each.until) if each.HasField("until") else "—"
        print(f"  {name} {GradeLetter(each.letter).name} [{since}, {until}) {each.rule_id}")


def _funding(check: grade_pb2.FiveSystemsCheck) -> str:
    """Return what the bank reports of the wage account; nothing when it is not known."""
    return f" ({check.wage_account_funding})" if check.wage_account_funding else ""


def _show_deposit(deposit: grade_pb2.DepositExplanation) -> None:
    for name, given in (("国家规则 national", deposit.national), ("地方规则 local", deposit.local)):
        for each in given:
            rate = f", {each.rate_basis_points / 100:g} %" if each.HasField("rate_basis_points") else ""
            print(f"  工资保证金 wage deposit, {name} {each.rule_id}: {each.text.zh} {each.text.en}{rate}")
    if deposit.local_more_generous:
        print("  地方规则更优惠 LOCAL_MORE_GENEROUS (D-10)")
    if deposit.suspended:
        print("  优惠暂停 suspended: 受限期间 a restriction is in force")
