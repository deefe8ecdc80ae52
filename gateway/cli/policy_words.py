"""Parts of a policy in words, Chinese and English: triggers, cells, conditions, and single values."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from gateway.cli.page_words import AREAS, EFFECTS, POINTS
from gateway.domain.conditions import AgeAtMost, AnyOf, Condition, GroundIs, WeighedAtCutoff, Within
from gateway.domain.policy import LocalizedText
from gateway.domain.vocabulary import Trigger

if TYPE_CHECKING:
    from gateway.domain.conditions import Criterion
    from gateway.domain.vocabulary import DecisionPoint, Effect

TRIGGERS: Final = {
    Trigger.LISTING: "列入名单 listing",
    Trigger.LISTED_PERSON: "责任人员被列入 a person of it is listed",
    Trigger.GRADE_C: "C级 grade C",
    Trigger.GRADE_B: "B级 grade B",
    Trigger.PUBLICATION: "重大违法公布 publication",
    Trigger.PENALTY: "行政处罚 penalty",
    Trigger.CONVICTION: "刑事判决 conviction",
    Trigger.ARREARS_FINDING: "欠薪认定 arrears finding",
    Trigger.GRADE_UNDETERMINED: "等级未定 grade undetermined",
    Trigger.PUBLISHED_NOTICE: "名单公示信息 published notice of a listing",
    Trigger.LISTED_BRANCH_RELATION: "分支机构关系被列入 a branch or its head is listed",
    Trigger.LISTED_PREDECESSOR: "原主体被列入 a predecessor is listed",
    Trigger.SAME_NAME_RECORD: "同名记录 a record of the same name",
    Trigger.NAME_MISMATCH: "名称不符 the name differs",
    Trigger.UNKNOWN_ENTERPRISE: "无此企业记录 unknown enterprise",
    Trigger.LISTED_RELATED_PARTY: "关联方被列入 a related party is listed",
    Trigger.PUBLISHED_VIOLATION_NOTICE: "违法公布信息 published notice of a violation",
    Trigger.SAME_NAME_VIOLATION_RECORD: "同名违法记录 a violation of the same name",
    Trigger.NOT_IN_BUSINESS: "非存续状态 not in business",
    Trigger.LISTED_ELSEWHERE: "异地列入 listed elsewhere",
    Trigger.EXAM_RECORD: "考试违纪记录 exam record",
    Trigger.INSURANCE_SEVERE_LISTING: "社保严重失信 severe social-insurance listing",
}
FIELDS: Final = {
    "rule_id": "规则编号 rule id",
    "basis": "依据 basis",
    "adopted_by": "采用机关 adopted by",
    "instruction": "办理要求 instruction",
    "ends_by": "如何终止 what ends it",
    "remedy": "救济途径 remedy",
    "security": "担保幅度 security",
    "basis_contested": "依据存争议 basis contested",
    "case_facts": "须报事项 case facts needed",
}
SUBJECTS: Final = {
    "row": "规则 row",
    "article": "条款 article",
    "point": "决定环节 point",
    "incentive": "激励 incentive",
    "deposit": "工资保证金 wage deposit",
    "grades": "评级办法 grading",
    "header": "方案文件 header",
    "policy": "方案 profile",
}


def said_effect(effect: Effect) -> str:
    """Return an effect, such as ``限制 BLOCK``."""
    return f"{EFFECTS[effect][0]} {effect.name}"


def said_point(point: DecisionPoint) -> str:
    """Return a decision point with its area, such as ``招标投标·定标 BIDDING_AWARD``."""
    return f"{AREAS[point.area][0]}·{POINTS[point][0]} {point.name}"


def said_condition(condition: Condition) -> str:
    """Return when a row applies: its alternatives, each in order of its criteria."""
    if condition.unconditional:
        return "其余情形 otherwise"
    alternatives = [" 且 and ".join(sorted(map(_criterion, tests))) for tests in condition.alternatives]
    return " 或 or ".join(alternatives)


def _criterion(test: Criterion) -> str:
    match test:
        case AnyOf(fact, values):
            return f"{fact} = {'|'.join(sorted(map(value_text, values)))}"
        case Within(fact, prefix):
            return f"{fact} 属于 within {prefix}"
        case GroundIs(attribute, value):
            return f"事由 ground {attribute} = {value_text(value)}"
        case AgeAtMost(months, fact):
            return f"事由 ground < {months} 个月 months" + (f" ({fact})" if fact else "")
        case WeighedAtCutoff():
            return "截止时点前 before the cut-off"


def value_text(value: object) -> str:
    """Return one value of a policy, short, in one line; ``-`` for none."""
    match value:
        case None:
            said = "-"
        case LocalizedText(zh, en):
            said = f"{zh} / {en}"
        case bool():
            said = "是 true" if value else "否 false"
        case Enum():
            said = value.name
        case date():
            said = value.isoformat()
        case tuple():
            said = ", ".join(map(value_text, value)) or "-"
        case frozenset():
            said = ", ".join(sorted(map(value_text, value))) or "-"
        case Condition():
            said = said_condition(value)
        case _ if is_dataclass(value):
            parts = [f"{each.name}={value_text(getattr(value, each.name))}" for each in fields(value)]
            said = f"{{{'; '.join(parts)}}}"
        case _:
            said = str(value)
    return said


def value_plain(value: object) -> Any:  # noqa: ANN401 - of JSON
    """Return one value of a policy for JSON."""
    match value:
        case Enum() | Condition():
            return value_text(value)
        case None | bool() | int() | str():
            return value
        case LocalizedText(zh, en):
            return {"zh": zh, "en": en}
        case tuple():
            return [value_plain(each) for each in value]
        case frozenset():
            return sorted(value_text(each) for each in value)
        case _ if is_dataclass(value):
            return {each.name: value_plain(getattr(value, each.name)) for each in fields(value)}
    return value_text(value)
