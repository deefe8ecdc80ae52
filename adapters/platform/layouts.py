"""The exchange layouts: which columns a kind of record has, and amounts in 万元 (I-34 to I-36, section 2.3).

The wage-list record has the fields that provincial and city platforms exchange. What we say beside a layout, in every
one of them, stands in columns after it: what became of the row, and three ends that are kept apart (I-38).
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FEN_A_WAN: Final = 1_000_000
"""Fen in 10,000 yuan (万元)."""
_WAN: Final = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,6}))?")
OPERATION, GROUND, ENDED_ON = "操作", "终止事由", "终止日期"
PUBLICITY, SHARING, RETENTION = "公示截止期", "共享截止期", "档案保存截止期"
NEW, CHANGED, ENDED = "新增", "变更", "终止"
"""What became of a row."""
REGULAR_PERSON: Final = ("法定代表人", "法定代表人证件号", "证件类型")
"""Never filled: the stream of changes tells no person, and persons' numbers leave the gateway to nobody."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind, in order, and the three that name a record: code, day and document number."""

    columns: tuple[str, ...]
    key: tuple[str, str, str]
    required: tuple[str, ...]
    """Columns without which a row is not sent."""

    @property
    def all_columns(self) -> tuple[str, ...]:
        """The layout's columns, and ours after them."""
        ours = (PUBLICITY, SHARING, RETENTION, OPERATION, GROUND, ENDED_ON)
        return (*self.columns, *(column for column in ours if column not in self.columns))


LAYOUTS: Final[Mapping[str, Layout]] = {
    "listing": Layout(
        (
            "对象名称", "统一社会信用代码", "列入时间", "预计退出日期", "法定代表人", "法定代表人证件号", "证件类型",
            "发布机关名称", "文书号", "列入事由", "列入依据", "名单项目名称", "到期退出情况", "续期原因", "备注",
        ),
        ("统一社会信用代码", "列入时间", "文书号"),
        ("对象名称", "统一社会信用代码", "列入时间", "发布机关名称", "文书号"),
    ),
    "penalty": Layout(
        (
            "行政相对人名称", "行政相对人类别", "统一社会信用代码", "工商注册号", "组织机构代码", "税务登记号",
            "事业单位证书号", "社会组织登记证号", "法定代表人", "法定代表人证件类型", "法定代表人证件号码",
            "行政处罚决定书文号", "违法行为类型", "违法事实", "处罚依据", "处罚类别", "处罚内容", "罚款金额(万元)",
            "没收金额(万元)", "暂扣或吊销证照名称", "暂扣或吊销证照编号", "处罚决定日期", "处罚有效期", PUBLICITY,
            "处罚机关", "处罚机关统一社会信用代码", "数据来源单位", "数据来源单位统一社会信用代码", "备注",
        ),
        ("统一社会信用代码", "处罚决定日期", "行政处罚决定书文号"),
        ("行政相对人名称", "统一社会信用代码", "行政处罚决定书文号", "处罚类别", "处罚决定日期", "处罚机关"),
    ),
    "licence": Layout(
        (
            "行政相对人名称", "行政相对人类别", "统一社会信用代码", "工商注册号", "组织机构代码", "税务登记号",
            "事业单位证书号", "社会组织登记证号", "法定代表人", "法定代表人证件类型", "法定代表人证件号码",
            "行政许可决定文书名称", "行政许可决定文书号", "许可类别", "许可证书名称", "许可编号", "许可内容",
            "许可决定日期", "有效期自", "有效期至", "许可机关", "许可机关统一社会信用代码", "当前状态", "数据来源单位",
            "数据来源单位统一社会信用代码", "备注",
        ),
        ("统一社会信用代码", "许可决定日期", "行政许可决定文书号"),
        ("行政相对人名称", "统一社会信用代码", "行政许可决定文书号", "许可决定日期", "许可机关"),
    ),
    "publication": Layout(
        ("单位名称", "统一社会信用代码", "公布时间", "公布机关", "文书号", "是否拖欠工资", PUBLICITY),
        ("统一社会信用代码", "公布时间", "文书号"),
        ("单位名称", "统一社会信用代码", "公布时间", "公布机关", "文书号"),
    ),
}  # fmt: skip
"""By kind. No layout of O29 publications was found: theirs has what O29 lets be public and we hold (P-03)."""


def wan_of(fen: int) -> str:
    """Return an amount of whole fen as 万元, exactly and without zeros at its end.

    Raises:
        ValueError: It is negative.
    """
    if fen < 0:
        raise ValueError("an amount is not negative")
    whole, rest = divmod(fen, FEN_A_WAN)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def fen_of(wan: str) -> int:
    """Return an amount in 万元 as whole fen; the inverse of ``wan_of``.

    Raises:
        ValueError: It is no amount, is finer than a fen, or has a sign or an exponent.
    """
    found = _WAN.fullmatch(wan)
    if found is None:
        raise ValueError(f"{wan!r} is no amount in 万元 of at most six decimals")
    return int(found[1]) * FEN_A_WAN + int((found[2] or "").ljust(6, "0"))


def written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return the rows as CSV: UTF-8, commas, one header row, lines ended by CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue().encode()


def read(content: bytes) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Return the header and the rows of a CSV in UTF-8, with or without a byte order mark; blank lines are left out.

    Raises:
        ValueError: It is not UTF-8 or no CSV, a column comes twice, or a row has more or fewer cells than the header.
    """
    text = content.decode("utf-8-sig", errors="strict")
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        raise ValueError(f"it is no CSV: {error}") from error
    if not lines:
        raise ValueError("there is no header row")
    header = tuple(cell.strip() for cell in lines[0])
    if len(set(header)) != len(header):
        raise ValueError("a column comes twice")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(header):
            raise ValueError(f"row {number} has {len(line)} cells, the header {len(header)}")
    return header, [dict(zip(header, (cell.strip() for cell in line), strict=True)) for line in lines[1:]]
