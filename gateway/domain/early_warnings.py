"""What an enterprise should be told before anything weighs on it: facts in, warnings out. For HRSS and its prevention.

A warning changes no grade, no listing and no answer to a deciding system: nothing that decides may import this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats.civil import add_months, civil_date
from gateway.domain.kinds.five_systems import AccountFunding, FiveSystems, SystemStatus
from gateway.domain.listing_standing import standing_on
from gateway.domain.listing_words import ListingCondition, ListingStage
from gateway.domain.policy import LocalizedText
from gateway.domain.prevention import EarlyWarning, EarlyWarningKind
from gateway.domain.shiyan_grades import causes_of
from gateway.domain.timeline import build
from gateway.domain.vocabulary import GradeLetter, ListingActKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.grades import Grade
    from gateway.domain.prevention import Prevention
    from gateway.domain.records import Dossier

SYSTEMS: tuple[tuple[str, EarlyWarningKind, str, LocalizedText], ...] = (
    (
        "wage_account",
        EarlyWarningKind.WAGE_ACCOUNT_MISSING,
        "R724/26",
        LocalizedText("工资专用账户", "a dedicated wage account"),
    ),
    ("real_name", EarlyWarningKind.REAL_NAME_MISSING, "R724/28", LocalizedText("用工实名制", "real-name registration")),
    (
        "agent_payment",
        EarlyWarningKind.AGENT_PAYMENT_MISSING,
        "R724/31",
        LocalizedText("银行代发工资", "wages paid through the bank"),
    ),
    ("deposit", EarlyWarningKind.DEPOSIT_MISSING, "R724/32", LocalizedText("工资保证金", "a wage deposit")),
    ("notice_board", EarlyWarningKind.NOTICE_BOARD_MISSING, "R724/34", LocalizedText("维权信息公示", "a notice board")),
)
"""The five systems: field of a check, what is warned of, article of R724, and its name."""


def warnings_of(dossier: Dossier, prevention: Prevention, now: datetime) -> tuple[EarlyWarning, ...]:
    """Return the warnings about an enterprise at *now*, in order of kind, day and project; empty when none."""
    today = civil_date(now)
    standing, _ = build(dossier, prevention.rules).at(now)
    found = [
        *_near_grade_b(dossier, standing.grade, prevention, now),
        *_systems(dossier, today),
        *_orders(dossier, prevention, today),
        *_years(standing.grade, prevention, today),
    ]
    return tuple(sorted(found, key=lambda each: (each.kind, each.on, each.project, each.rule_id, each.record_ids)))


def _near_grade_b(dossier: Dossier, grade: Grade, prevention: Prevention, now: datetime) -> Iterator[EarlyWarning]:
    """Warn who is graded better than B and is few verified incidents from it (G-04, G-10)."""
    if grade.letter not in {GradeLetter.A, GradeLetter.A_WATCH, GradeLetter.UNDETERMINED}:
        return
    rules = prevention.rules
    counting = [c for c in causes_of(dossier, rules) if c.kind == "complaint" and c.counts_at(now)]
    leaves = {
        incident: max(c.counts_until for c in counting if c.incident_id == incident and c.counts_until is not None)
        for incident in {cause.incident_id for cause in counting}
    }
    missing = rules.complaint_threshold - len(leaves)
    if not leaves or not 1 <= missing <= prevention.parameters.near_grade_b_incidents:
        return
    on = civil_date(min(leaves.values()))
    yield EarlyWarning(
        EarlyWarningKind.NEAR_GRADE_B,
        "G-04",
        tuple(cause.record_id for cause in counting),
        on,
        LocalizedText(
            f"{rules.window_months}个月内查实欠薪{len(leaves)}件，再有{missing}件即达到B级的{rules.complaint_threshold}件；"
            f"最早一件自{on}起不再计算。",
            f"{len(leaves)} verified incidents of arrears in {rules.window_months} months: {missing} more make the "
            f"{rules.complaint_threshold} of grade B. The oldest no longer counts from {on} on.",
        ),
    )


def _systems(dossier: Dossier, today: date) -> Iterator[EarlyWarning]:
    """Warn of what the latest check of each project did not find (G-02)."""
    latest: dict[str, FiveSystems] = {}
    checks = (fact for fact in dossier.facts if isinstance(fact, FiveSystems) and fact.checked_on <= today)
    for check in sorted(checks, key=lambda check: (check.checked_on, check.record_id)):
        latest[check.project] = check
    for check in latest.values():
        if check.wage_account_funding is AccountFunding.UNFUNDED:
            yield _unfunded(check)
        for field, kind, article, name in SYSTEMS:
            status: SystemStatus = getattr(check, field)
            if status in {SystemStatus.MISSING, SystemStatus.UNKNOWN}:
                unknown = status is SystemStatus.UNKNOWN
                text = _system_text(check, name, unknown=unknown)
                ids = (check.record_id,)
                yield EarlyWarning(kind, article, ids, check.checked_on, text, check.project, unknown)


def _unfunded(check: FiveSystems) -> EarlyWarning:
    """Warn of a wage account that is there and is not funded as agreed, as its bank reported."""
    project, on = check.project, check.checked_on
    text = LocalizedText(
        f"项目“{project}”的工资专用账户资金未按约定拨付（{on}检查）。",
        f'The wage account of the project "{project}" is not funded as agreed (checked on {on}).',
    )
    return EarlyWarning(EarlyWarningKind.WAGE_ACCOUNT_UNFUNDED, "R724/29", (check.record_id,), on, text, project)


def _system_text(check: FiveSystems, name: LocalizedText, *, unknown: bool) -> LocalizedText:
    project, on = check.project, check.checked_on
    if unknown:
        return LocalizedText(
            f"项目“{project}”的{name.zh}情况不明（{on}检查）。",
            f'It is not known whether the project "{project}" has {name.en} (checked on {on}).',
        )
    return LocalizedText(
        f"项目“{project}”未落实{name.zh}（{on}检查）。",
        f'The project "{project}" does not have {name.en} (checked on {on}).',
    )


def _orders(dossier: Dossier, prevention: Prevention, today: date) -> Iterator[EarlyWarning]:
    """Warn of orders to pay that are delivered and whose time is nearly over: then a decision is due (L-08)."""
    days = prevention.parameters.order_working_days
    for listing in dossier.listings:
        standing = standing_on(listing, today)
        running = standing.stage is ListingStage.ORDER_RUNNING
        if not running or ListingCondition.ORDER_REVOKED in standing.conditions:
            continue
        issued = [act for act in listing.acts if act.kind is ListingActKind.ORDER_ISSUED and act.due_on is not None]
        if not issued:
            continue  # an imported delivery without its order: when it is due is on no record
        due = max(act.due_on for act in issued if act.due_on is not None)
        left = _working_days(today, due, prevention.calendar)
        if left < days:
            yield EarlyWarning(
                EarlyWarningKind.ORDER_NEARLY_DUE,
                "L-08",
                tuple(act.act_id for act in issued),
                due,
                LocalizedText(
                    f"责令支付文书（{issued[-1].document_number}）于{due}到期，此后还有{left}个工作日。",
                    f"The order to pay {issued[-1].document_number} is due on {due}: {left} working days are left "
                    "after today.",
                ),
            )


def _working_days(today: date, due: date, calendar: WorkingCalendar) -> int:
    """Return how many working days lie after *today* up to *due*."""
    days: Iterable[date] = (today.fromordinal(number) for number in range(today.toordinal() + 1, due.toordinal() + 1))
    return sum(1 for day in days if calendar.is_working_day(day))


def _years(grade: Grade, prevention: Prevention, today: date) -> Iterator[EarlyWarning]:
    """Tell whose years of grade A are nearly complete, so that nothing stands in their way (G-06)."""
    if grade.letter is not GradeLetter.A or grade.held_since is None:
        return
    since = civil_date(grade.held_since)
    for milestone in prevention.milestones:
        complete = add_months(since, milestone.months)
        left = (complete - today).days
        if 1 <= left <= prevention.parameters.a_years_days:
            yield EarlyWarning(
                EarlyWarningKind.A_YEARS_NEARLY_COMPLETE,
                milestone.rule_id,
                (),
                complete,
                LocalizedText(
                    f"自{since}起保持A级，至{complete}满{milestone.months}个月，还有{left}天。",
                    f"Grade A since {since}: {milestone.months} months are complete on {complete}, in {left} days.",
                ),
            )
