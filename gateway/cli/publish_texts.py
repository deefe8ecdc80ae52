"""The words of the public pages, Chinese first and English beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.kinds.publication import ViolationKind
from gateway.domain.vocabulary import PublishableKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    Pair = tuple[str, str]

KINDS: Final[Mapping[PublishableKind, Pair]] = {
    PublishableKind.WAGE_ARREARS_LISTING: ("拖欠农民工工资失信联合惩戒对象名单", "Wage-arrears sanction list"),
    PublishableKind.MAJOR_VIOLATION: ("重大劳动保障违法行为社会公布", "Publications of major labour violations"),
    PublishableKind.RED_LIST: ("劳动保障守法诚信红名单", "Red list of law-abiding employers"),
}
"""The name of each list."""
SAYS: Final[Mapping[PublishableKind, Pair]] = {
    PublishableKind.WAGE_ARREARS_LISTING: (
        "依据《拖欠农民工工资失信联合惩戒对象名单管理暂行办法》（人社部令第45号）列入并公布，自列入决定之日起为期三年。",
        "Listed and published under HRSS Ministry Order 45, for three years from the decision.",
    ),
    PublishableKind.MAJOR_VIOLATION: (
        "依据《重大劳动保障违法行为社会公布办法》（人社部令第29号）公布。社会公布不等于列入失信名单。",
        "Published under HRSS Ministry Order 29. A publication is not an entry on the sanction list.",
    ),
    PublishableKind.RED_LIST: (
        "守法诚信的正面信息，不产生限制。",
        "Positive information; it restricts nothing.",
    ),
}
"""What each list is."""
VIOLATIONS: Final[Mapping[str, Pair]] = {
    ViolationKind.WAGE_ARREARS: ("克扣、无故拖欠劳动者劳动报酬", "Wages withheld or unpaid without a lawful ground"),
    ViolationKind.SOCIAL_INSURANCE: ("不依法参加社会保险或者缴纳社会保险费", "Social insurance not joined or not paid"),
    ViolationKind.HOURS_AND_LEAVE: ("违反工作时间和休息休假规定", "Rules on working hours and leave broken"),
    ViolationKind.WOMEN_AND_MINORS: (
        "违反女职工和未成年工特殊劳动保护规定",
        "Protection of women and young workers broken",
    ),
    ViolationKind.CHILD_LABOUR: ("违反禁止使用童工规定", "Child labour"),
    ViolationKind.SERIOUS_SOCIAL_EFFECT: ("因劳动保障违法行为造成严重不良社会影响", "Serious adverse social effect"),
    ViolationKind.OTHER_MAJOR: ("其他重大劳动保障违法行为", "Other major labour violation"),
}
"""The seven kinds of violations (P-01). That of wages says nothing of a referral (T-60)."""
TITLE: Final = ("劳动保障信用信息公示", "Public labour-credit information")
HOLDS: Final = ("本页内容有效至", "This page holds until")
ZONE: Final = ("北京时间", "Beijing time, UTC+8")
OVER: Final = (
    "本页内容已失效，不得继续引用。请到公示首页查看现行信息。",
    "This page no longer holds and must not be relied on. See the start page for what holds now.",
)
DOWN: Final = (
    "公示内容暂停展示：系统暂时无法确认其仍然有效。",
    "Nothing is shown for the moment: it cannot be confirmed that it still holds.",
)
NONE: Final = ("目前没有公示信息。", "Nothing is published at present.")
DISPUTED: Final = (
    "该决定正在行政复议、行政诉讼或者复核中，期间不停止执行。",
    "A remedy against the decision is open; it does not stop its execution.",
)
DISPUTE: Final = ("救济程序中", "remedy open")
NO_END: Final = ("未设定", "none set")
OBJECT: Final = (
    "对公布内容有异议的，可以向作出决定的机关提出；信用修复不收取任何费用。",
    "Objections go to the authority that decided. Credit repair is free of charge.",
)
HOME: Final = ("返回公示首页", "Back to the start page")
DATA: Final = ("机器可读数据", "Machine-readable data")
NAME: Final = ("单位全称", "Enterprise")
CODE: Final = ("统一社会信用代码", "Unified social credit code")
ADDRESS: Final = ("地址", "Address")
REPRESENTATIVE: Final = ("法定代表人或者负责人", "Legal representative or responsible person")
VIOLATION: Final = ("违法行为类别", "Kind of violation")
FACTS: Final = ("主要违法事实", "Main facts")
HANDLING: Final = ("处理结果", "How it was handled")
AUTHORITY: Final = ("作出决定的机关", "Authority")
DOCUMENT: Final = ("文书号", "Document number")
DECIDED: Final = ("决定日期", "Decided on")
PUBLISHED: Final = ("公布日期", "Published on")
ENTERED: Final = ("列入日期", "Entered on")
UNTIL: Final = ("公示截止", "Shown until")
