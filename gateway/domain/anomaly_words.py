"""Each kind of anomaly in plain words: what was counted, against what, and what an ordinary reason would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.anomalies import AnomalyKind
from gateway.domain.policy import LocalizedText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.anomalies import Anomaly, AnomalyThresholds

_WORDS: Final[Mapping[AnomalyKind, LocalizedText]] = {
    AnomalyKind.VOLUME: LocalizedText(
        (
            "该系统当日调用 {count} 次，界限 {threshold} 次：其前 {baseline_days} 天中位数的"
            " {volume_times} 倍，或下限。"
            "可能是业务繁忙，也可能是系统失控或证书被盗用。"
        ),
        (
            "{count} calls on that day; the threshold is {threshold} ({volume_times} times the median of the "
            "caller's own {baseline_days} days before, or the least). "
            "A busy day, a runaway system, or somebody else with its certificate."
        ),
    ),
    AnomalyKind.WITHOUT_OUTCOME: LocalizedText(
        (
            "该经办人在 {outcome_days} 天后仍无办理结果的业务中查询 {count} 次，界限 {threshold} 次。"
            "请核对这些业务是否真实存在。"
        ),
        (
            "{count} questions in cases that came to no outcome within {outcome_days} days; the threshold is "
            "{threshold}. "
            "Look whether the cases exist."
        ),
    ),
    AnomalyKind.ENUMERATION: LocalizedText(
        (
            "该经办人在 {enumeration_minutes} 分钟内逐一查询 {count} 家企业，界限 {threshold} 家。"
            "成批业务有批量接口；这可能是在遍历名单。"
        ),
        (
            "{count} different enterprises, one by one, within {enumeration_minutes} minutes; the threshold "
            "is {threshold}. "
            "Work in bulk has a call of its own; this may be somebody going through a list."
        ),
    ),
    AnomalyKind.AFTER_HOURS: LocalizedText(
        (
            "该经办人在非工作日或 {day_begins} 时至 {day_ends} 时以外查询 {count} 次，界限 {threshold} 次。"
            "自动任务应以系统而非个人名义登记。"
        ),
        (
            "{count} questions on days off or outside {day_begins}:00 to {day_ends}:00; the threshold is "
            "{threshold}. "
            "A job that runs by itself should name itself and no person."
        ),
    ),
    AnomalyKind.SAME_PERSON: LocalizedText(
        ("该经办人对同一自然人查询 {count} 次，界限 {threshold} 次。请核对每次查询是否有相应业务。"),
        ("{count} questions about one natural person; the threshold is {threshold}. Look for the case behind each."),
    ),
    AnomalyKind.REFUSED_FIRST: LocalizedText(
        ("该经办人连续 {count} 次被拒绝后得到答复，界限 {threshold} 次。可能是填写有误，也可能是在试探权限。"),
        (
            "{count} refusals in a row, and then an answer; the threshold is {threshold}. "
            "A clumsy form, or somebody trying what is let through."
        ),
    ),
    AnomalyKind.AFTER_CASE_END: LocalizedText(
        ("业务 {case} 报告结果一天以后，该环节或此前环节仍被查询 {count} 次，界限 {threshold} 次。请核对查询的用途。"),
        (
            "{count} questions in case {case} more than a day after its outcome at that point or a later "
            "one; the threshold is {threshold}. "
            "Look what they were for."
        ),
    ),
    AnomalyKind.WAGE_POINTS: LocalizedText(
        ("该系统当日在工资环节查询 {count} 次，界限 {threshold} 次。工资环节从不拦截，请核对是否确为工资支付。"),
        (
            "{count} questions on that day at the points of wages; the threshold is {threshold}. "
            "Nothing is ever stopped there: look whether it was about wages."
        ),
    ),
}


def explain(anomaly: Anomaly, limits: AnomalyThresholds) -> LocalizedText:
    """Return an anomaly in words, in both languages."""
    said = {name: getattr(limits, name) for name in limits.__slots__}
    said |= {"count": anomaly.count, "threshold": anomaly.threshold, "case": anomaly.case_ref}
    words = _WORDS[anomaly.kind]
    return LocalizedText(words.zh.format_map(said), words.en.format_map(said))
