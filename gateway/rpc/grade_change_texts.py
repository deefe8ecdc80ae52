"""What would change a grade, what time makes of it, and what a deposit comes to, in words and in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain import deposits
from gateway.domain.policy import LocalizedText
from gateway.domain.suppositions import Step
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gateway.domain.deposits import Entitlement
    from gateway.domain.grade_outlook import Change, Stretch
    from gateway.domain.grades import GradeCause

LETTERS_ZH: Final = {
    GradeLetter.NOT_RATED: "未定级",
    GradeLetter.A: "A级",
    GradeLetter.A_WATCH: "A级关注",
    GradeLetter.UNDETERMINED: "待定",
    GradeLetter.B: "B级",
    GradeLetter.C: "C级",
}
CAUSES: Final = {
    "complaint": LocalizedText("查实的欠薪投诉", "verified wage complaints"),
    "complaint owed": LocalizedText("投诉查实、尚未付清的工资", "wages owed on verified complaints"),
    "arrears found": LocalizedText("查实的拖欠", "arrears found by an inspection"),
    "arrears owed": LocalizedText("查实的拖欠，尚未付清", "arrears found by an inspection and still owed"),
    "listing": LocalizedText("列入拖欠农民工工资失信联合惩戒名单", "listing for wage arrears"),
    "publication": LocalizedText("重大劳动保障违法行为公布", "publication of a major labour violation"),
    "conviction": LocalizedText("生效判决", "effective conviction"),
    "violation": LocalizedText("劳动保障违法行为被查处", "labour violation that was punished"),
    "mass event": LocalizedText("引发群体性事件", "a mass event"),
    "extreme event": LocalizedText("引发极端事件", "an extreme event"),
    "serious social effect": LocalizedText("造成严重不良社会影响", "a serious social effect"),
    "child or forced labour": LocalizedText("使用童工、强迫劳动等严重违法行为", "child or forced labour or the like"),
    "order not performed": LocalizedText("拒不履行责令改正、处理或者处罚决定", "an order or decision not performed"),
    "inspection obstructed": LocalizedText("无理抗拒、阻挠监察", "inspection obstructed"),
}
"""What a grade rests on, by the kind of its cause."""
_STEPS: Final = {
    Step.MORE_COMPLAINTS: ("再有{count}件查实的欠薪投诉", "{count} more verified wage complaint(s)"),
    Step.ARREARS_FOUND: ("监察查实拖欠工资", "arrears found by an inspection"),
    Step.PAYMENT: ("付清{named}所涉工资", "payment of what is owed on {named}"),
    Step.CAUSES_END: (
        "{named}终止（移出名单、公布期满或者判决依法撤销）",
        "the end of {named} (repair, end of display, or judgment set aside)",
    ),
    Step.RECOVERY_DECIDED: ("人力资源和社会保障局作出等级恢复决定", "a decision of HRSS that the grade has recovered"),
    Step.MORE_VIOLATIONS: ("本年度再有{count}次被查处", "{count} more violation(s) punished in this calendar year"),
    Step.GRAVE_VIOLATION: (
        "本年度被查处的违法行为具有C级情形",
        "a violation punished in this calendar year with a cause of C",
    ),
    Step.DECISIONS_REVOKED: ("{named}被依法撤销", "revocation of {named}"),
}
_DEPOSIT: Final = {
    deposits.ORDINARY: LocalizedText("按规定比例存储", "the ordinary rate"),
    deposits.SMALL: LocalizedText(
        "小额工程且上一年未拖欠：可免存", "small contract, a year without arrears: may be exempt"
    ),
    deposits.CLEAN_TWO_YEARS: LocalizedText(
        "在同一保证金管理地区连续两年未拖欠：降幅不低于50%",
        "two years without arrears in the same deposit area: cut by at least 50 %",
    ),
    deposits.CLEAN_THREE_YEARS: LocalizedText(
        "连续三年未拖欠且落实实名制和工资专户：可免存",
        "three years without arrears, real-name registration and wage account in place: may be exempt",
    ),
    deposits.LOCAL_A: LocalizedText("连续两年A级：免交", "grade A for two consecutive years: exempt"),
}


def change_text(change: Change, as_of: datetime, named: Callable[[GradeCause], LocalizedText]) -> LocalizedText:
    """Return *change* in words; *named* says how a record may be called before whoever reads it."""
    zh, en = _STEPS[change.step]
    names = list(dict.fromkeys(named(cause) for cause in change.causes))
    zh = zh.format(count=change.count, named="、".join(name.zh for name in names))
    en = en.format(count=change.count, named=", ".join(name.en for name in names))
    if change.before is not None:
        day = civil_date(change.before).isoformat()
        zh, en = f"{day}前{zh}", f"{en} before {day}"
    since = ("", "")
    if change.shows_at > as_of:
        day = civil_date(change.shows_at).isoformat()
        since = (f"自{day}起", f", from {day} on")
    return LocalizedText(f"{zh} → {since[0]}{LETTERS_ZH[change.letter]}", f"{en} → {change.letter.name}{since[1]}")


def stretch_text(stretch: Stretch) -> LocalizedText:
    """Return from when a letter holds, in words."""
    day = civil_date(stretch.since).isoformat() if stretch.since else "—"
    return LocalizedText(f"自{day}起：{LETTERS_ZH[stretch.letter]}", f"from {day}: {stretch.letter.name}")


def deposit_text(entitlement: Entitlement) -> LocalizedText:
    """Return what a rule makes of the wage deposit, in words."""
    if entitlement.rule_id == deposits.RAISED:
        more = entitlement.percent
        en = f"arrears or a listing: at least {more} % more"
        return LocalizedText(f"发生拖欠或者列入名单：增幅不低于{more}%", en)
    return _DEPOSIT[entitlement.rule_id]
