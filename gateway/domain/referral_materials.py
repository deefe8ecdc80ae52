"""The materials that go with a referral, and which of them are missing (T-50, T-51, T-53).

The statute's own are wanted always; those of the wage cases' rules too; an expert report only where there is one. What
is missing and blocks would bring the case back (X-13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.dossier import EvidenceKind, Material
from gateway.domain.policy import LocalizedText
from gateway.domain.referral_elements import Gap, GapWeight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from formats.dossier import DossierItem

_WANTED: Final[Mapping[Material, tuple[str, GapWeight, str, str]]] = {
    Material.CASE_DATA: ("T-51", GapWeight.BLOCKS, "案件数据", "the facts of the case"),
    Material.REFERRAL_LETTER: ("T-50", GapWeight.BLOCKS, "移送书", "the referral letter"),
    Material.INVESTIGATION_REPORT: ("T-50", GapWeight.BLOCKS, "情况调查报告", "the investigation report"),
    Material.ITEM_LIST: ("T-50", GapWeight.BLOCKS, "涉案物品清单", "the list of items"),
    Material.APPROVAL_FORM: ("T-51", GapWeight.BLOCKS, "移送审批表", "the approval form"),
    Material.ORDER: ("T-51", GapWeight.BLOCKS, "责令支付文书", "the order to pay"),
    Material.ORDER_DELIVERY: ("T-51", GapWeight.BLOCKS, "责令支付文书送达证明", "proof that the order was delivered"),
    Material.WORKER_INTERVIEWS: ("T-51", GapWeight.BLOCKS, "劳动者询问笔录", "the interviews of the workers"),
    Material.DEBTOR_DATA: ("T-51", GapWeight.BLOCKS, "用人单位（行为人）基本情况", "basic data of the debtor"),
}


def material_gaps(items: Iterable[DossierItem]) -> tuple[Gap, ...]:
    """Return what is missing among *items*, those of all parts together; empty where nothing is."""
    return tuple(_gaps(list(items)))


def _gaps(items: list[DossierItem]) -> Iterator[Gap]:
    there = {item.material for item in items}
    for material, (rule, weight, zh, en) in _WANTED.items():
        if material not in there:
            yield Gap(rule, weight, LocalizedText(f"缺少{zh}", f"missing: {en}"))
    usable = {item.evidence for item in items} - {EvidenceKind.NONE, EvidenceKind.INTERVIEW}
    if not usable:
        yield Gap(
            "T-53",
            GapWeight.WARNS,
            LocalizedText(
                "除询问笔录外没有可以直接作为刑事证据使用的材料，公安机关须重新收集",
                "beside interviews there is nothing that may be used in court as it is: the police collect it anew",
            ),
        )
