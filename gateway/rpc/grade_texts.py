"""What a grade means, in words and in both languages: of its scheme and letter alone, so that everybody may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain import national_grades, shiyan_grades
from gateway.domain.policy import LocalizedText
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHIYAN: Final = {
    GradeLetter.NOT_RATED: LocalizedText(
        "不属于本办法评价对象，或近两年在本地无生产经营：不予评级，不作负面评价。",
        "Not a subject of the method, or no local production in two years: not rated, and not a negative.",
    ),
    GradeLetter.A: LocalizedText(
        "正常生产经营且无拖欠农民工工资。", "Normal operation and no arrears of migrant workers' wages."
    ),
    GradeLetter.A_WATCH: LocalizedText(
        "曾查实欠薪，现已全部支付：继续关注，不产生限制。",
        "Arrears were found and all are paid: watched, weighs nothing.",
    ),
    GradeLetter.UNDETERMINED: LocalizedText(
        "查实欠薪且尚未付清：由人社部门核定等级。",
        "Arrears were found and are still owed: HRSS determines the grade.",
    ),
    GradeLetter.B: LocalizedText(
        "两年内查实的欠薪投诉达到六件。",
        "Six or more verified wage complaints within two years.",
    ),
    GradeLetter.C: LocalizedText("存在重大欠薪情节。", "A serious circumstance of wage arrears."),
}
_NATIONAL: Final = {
    GradeLetter.NOT_RATED: LocalizedText(
        "上一评价年度无该单位登记信息：不予评级，不作负面评价。",
        "No profile in the year evaluated: not rated, and not a negative.",
    ),
    GradeLetter.A: LocalizedText(
        "上一年度遵守劳动保障规定，未因劳动保障违法行为被查处。",
        "Complied in the year evaluated: no labour violation was investigated and punished.",
    ),
    GradeLetter.B: LocalizedText(
        "上一年度因劳动保障违法行为被查处，但不属于C级情形。",
        "A labour violation was investigated and punished in the year evaluated, with no cause of C.",
    ),
    GradeLetter.C: LocalizedText(
        "上一年度存在C级情形之一：被查处三次以上、造成严重后果、使用童工或强迫劳动、拒不履行决定、阻挠检查、被追究刑事责任。",
        "A cause of C in the year evaluated: punished three times or more, grave consequences, child or forced labour, "
        "an order not performed, inspection obstructed, or criminal liability.",
    ),
}
GRADE_TEXTS: Final[Mapping[tuple[str, GradeLetter], LocalizedText]] = {
    **{(shiyan_grades.SCHEME, letter): text for letter, text in _SHIYAN.items()},
    **{(national_grades.SCHEME, letter): text for letter, text in _NATIONAL.items()},
}
"""By scheme and letter; the national method has no A_WATCH and no UNDETERMINED."""
