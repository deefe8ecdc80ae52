"""Invented names of enterprises, and each written otherwise, or wrongly, in one way: always the same for one seed.

A name is a region, a word, a trade and a form, as registered names are, and nobody's.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from formats.names import LONG_FORM, SHORT_FORM, normalise_name
from formats.traditional import PAIRS
from gateway.sample.invention import Draws

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

REGIONS: Final = (
    "湖北", "湖北省", "十堰", "十堰市", "十堰市张湾区", "十堰市茅箭区", "十堰市郧阳区", "丹江口", "丹江口市",
    "郧西", "郧西县", "竹山", "竹山县", "竹溪", "竹溪县", "房县", "武汉", "武汉市", "襄阳", "襄阳市", "宜昌",
    "荆州", "黄冈", "孝感", "随州", "恩施", "河南", "陕西", "重庆", "安康",
)  # fmt: skip
TRADES: Final = (
    "建筑工程", "建筑劳务", "建设", "建筑安装工程", "市政工程", "市政园林工程", "路桥工程", "公路工程",
    "水利水电工程", "装饰工程", "装饰装修工程", "机电安装工程", "机电设备", "电力工程", "防水工程",
    "钢结构工程", "地基基础工程", "园林绿化", "消防工程", "劳务", "劳务分包", "劳务派遣", "人力资源",
    "物业管理", "环保工程", "环境科技", "科技", "信息技术", "新材料", "建材", "商贸", "贸易", "物流", "运输",
    "农业", "农业开发", "生态农业", "食品", "餐饮管理", "酒店管理", "旅游开发", "文化传媒", "教育咨询",
    "医疗器械", "汽车零部件", "汽车销售服务", "机械制造", "模具", "铸造", "房地产开发", "房地产经纪",
    "工程咨询", "工程检测", "工程监理", "勘测设计", "矿业", "能源", "新能源", "化工", "纺织",
)  # fmt: skip
BRACKETED: Final = ("北京", "上海", "湖北", "十堰", "集团", "中国", "华中")
FORMS: Final = (*[SHORT_FORM] * 8, "股份有限公司", "集团有限公司")
FRONTS: Final = ("湖北省", "湖北", "中国", "陕西省", "河南省")
_LEVEL_ONE: Final = range(3_755)
"""The characters of everyday use, as GB 2312 orders them."""
_TRADITIONAL: Final = {simple: written for written, simple in zip(PAIRS[::2], PAIRS[1::2], strict=True)}


class Kind(StrEnum):
    """In which one way a name is written otherwise, or wrongly."""

    WIDTH = "WIDTH"
    SPACES = "SPACES"
    BRACKETS = "BRACKETS"
    SCRIPT = "SCRIPT"
    LEGAL_FORM = "LEGAL_FORM"
    ALL_OF_THEM = "ALL_OF_THEM"
    WRONG_CHARACTER = "WRONG_CHARACTER"
    MISSING_CHARACTER = "MISSING_CHARACTER"
    IN_FRONT = "IN_FRONT"
    MOVED_BRACKETS = "MOVED_BRACKETS"


EXACT: Final = frozenset({Kind.WIDTH, Kind.SPACES, Kind.BRACKETS, Kind.SCRIPT, Kind.LEGAL_FORM, Kind.ALL_OF_THEM})
"""Those that leave a name what it is."""


def make_names(count: int, seed: int, without: Collection[str] = ()) -> list[str]:
    """Return *count* names whose normal forms differ from each other's and from all of *without*."""
    draws = Draws.of(seed, "names")
    taken = set(without)
    found: list[str] = []
    while len(found) < count:
        name = _name(draws)
        if (key := normalise_name(name)) not in taken:
            taken.add(key)
            found.append(name)
    return found


def _name(draws: Draws) -> str:
    word = "".join(_character(draws) for _ in range(2 + draws.below(2)))
    inside = f"({draws.one_of(BRACKETED)})" if draws.chance(0.15) else ""
    letters = draws.one_of(("AB", "CNC", "GT", "NEO")) if draws.chance(0.05) else ""
    return draws.one_of(REGIONS) + letters + word + inside + draws.one_of(TRADES) + draws.one_of(FORMS)


def _character(draws: Draws) -> str:
    at = draws.below(len(_LEVEL_ONE))
    return bytes((0xB0 + at // 94, 0xA1 + at % 94)).decode("gb2312")


def otherwise(name: str, kind: Kind, draws: Draws) -> str:
    """Return *name* written otherwise in this way; the name itself where it has nothing that could be."""
    return _WAYS[kind](name, draws)


def _wide(name: str, _draws: Draws) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def _spaced(name: str, draws: Draws) -> str:
    at = _place(name, draws)
    return f"{name[:at]} {name[at:]}\u3000"


def _other_brackets(name: str, _draws: Draws) -> str:
    return name.replace("(", "〔").replace(")", "〕")


def _traditional(name: str, _draws: Draws) -> str:
    return "".join(_TRADITIONAL.get(c, c) for c in name)


def _long_form(name: str, _draws: Draws) -> str:
    return re.sub(f"(?<!份|团){SHORT_FORM}$", LONG_FORM, name)


def _all_of_them(name: str, draws: Draws) -> str:
    for change in (_long_form, _traditional, _other_brackets, _spaced):
        name = change(name, draws)
    return name


def _wrong(name: str, draws: Draws) -> str:
    at = _place(name, draws)
    return name[:at] + _character(draws) + name[at + 1 :]


def _missing(name: str, draws: Draws) -> str:
    at = _place(name, draws)
    return name[:at] + name[at + 1 :]


def _in_front(name: str, draws: Draws) -> str:
    return draws.one_of(FRONTS) + name


def _moved(name: str, _draws: Draws) -> str:
    before, found, rest = name.partition("(")
    inside, _, after = rest.partition(")")
    return inside + before + after if found else name


def _place(name: str, draws: Draws) -> int:
    """Return the place of a character before the brackets and the form."""
    return draws.below(len(name.removesuffix(SHORT_FORM).partition("(")[0]))


_WAYS: Final[Mapping[Kind, Callable[[str, Draws], str]]] = {
    Kind.WIDTH: _wide,
    Kind.SPACES: _spaced,
    Kind.BRACKETS: _other_brackets,
    Kind.SCRIPT: _traditional,
    Kind.LEGAL_FORM: _long_form,
    Kind.ALL_OF_THEM: _all_of_them,
    Kind.WRONG_CHARACTER: _wrong,
    Kind.MISSING_CHARACTER: _missing,
    Kind.IN_FRONT: _in_front,
    Kind.MOVED_BRACKETS: _moved,
}
