"""Texts for people that the wire layer itself says, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Mapping

WHYS: Final[Mapping[str, str]] = {
    "is required": "必填",
    "is not a date YYYY-MM-DD": "不是 YYYY-MM-DD 格式的日期",
    "lies outside the years 2000 to 2100": "超出2000年至2100年",
    "lies before accepted_on": "早于受理日期",
    "lies before found_on": "早于发现日期",
    "must lie after published_on": "应晚于公布日期",
    "must lie after restricts_from": "应晚于限制起始日期",
    "must lie after listed_on": "应晚于列入日期",
    "lies before the order's delivery": "早于责令文书送达日期",
    "lies before the order was due": "早于责令支付期限",
    "lies before the pre-notice's delivery": "早于事先告知书送达日期",
    "is only for decisions": "仅用于列入决定",
    "is only for deliveries": "仅用于送达",
    "must be greater than 0": "必须大于零",
    "is none of the kinds of documents": "不属于规定的证件类型",
    "has a control or unprintable character": "含有控制字符或不可打印字符",
    "this feed does not carry records of this kind": "该数据源不包含此类记录",
    "the mandate does not name this authority (L-01)": "授权范围不包含该认定机关（L-01）",
    "no code was published": "公告未载明统一社会信用代码",
    "a code has 18 characters": "统一社会信用代码为18位",
    "the check character does not fit the code": "统一社会信用代码校验码不符",
    "is required: only published notices are held without one": "必填：仅公示信息可以无代码暂存",
    "this attachment is on record for another record": "该归户文书已用于另一条记录",
    "the record is attached already, under another source key": "该记录已归户（来源主键不同）",
    "no record without a code is held under this id": "没有以此编号暂存的无代码记录",
    "this listing is of another enterprise": "该列入属于另一家企业",
    "this act is on record with other content: acts are only ever added": "该行为已收录且内容不同：只可新增，不可更改",
    "only the authority whose listing it is may change it (L-01)": "仅作出该列入的机关可以变更（L-01）",
}
"""Chinese of the reasons that rows are most often refused or held for; others stand in English in both fields."""


def localized(why: str) -> pb.LocalizedText:
    """Return a row's reason in both languages, with the English where no Chinese is known."""
    return pb.LocalizedText(zh=WHYS.get(why, why), en=why)
