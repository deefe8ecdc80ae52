"""Every statutory clock by its id: those of publicity are here, a listing's, a deposit's and a referral's beside it.

Only data: each clock beside its source. How they are counted is in ``clocks``; ``docs/clocks.md`` says the same as a
table.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.domain.clock_rules import StartEvent
from gateway.domain.deposit_clocks import DEPOSIT_CLOCKS
from gateway.domain.listing_clocks import LISTING_CLOCKS, hrss_within
from gateway.domain.objection_clocks import OBJECTION_CLOCKS
from gateway.domain.policy import LocalizedText
from gateway.domain.referral_clocks import REFERRAL_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.clock_rules import ClockRule

PUBLICITY_CLOCKS: Final = (
    hrss_within(
        "I-30/report",
        StartEvent.CREDIT_INFORMATION_HELD,
        3,
        LocalizedText("归集公共信用信息", "Report public credit information for collection"),
        "Shiyan HRSS (2021)",
    ),
    hrss_within(
        "I-31/publish",
        StartEvent.LICENCE_OR_PENALTY_DECIDED,
        7,
        LocalizedText("行政许可、行政处罚双公示", "Put the licence or penalty on line (double publicity)"),
        "DP424",
    ),
    hrss_within(
        "I-32/disclose",
        StartEvent.LISTING_DECIDED,
        20,
        LocalizedText("主动公开列入决定", "Publish the listing"),
        "GIR art. 26",
    ),
    hrss_within(
        "APL-48/withdraw",
        StartEvent.PENALTY_CHANGED,
        3,
        LocalizedText("撤回已公开的处罚并说明理由", "Withdraw the published penalty and publish the reason"),
        "APL arts 48, 85",
    ),
    replace(
        hrss_within(
            "P-07/correct",
            StartEvent.PUBLICATION_CHANGED,
            10,
            LocalizedText(
                "更正或者撤下已变更、撤销的社会公布", "Correct the publication of what was changed or revoked"
            ),
            "O29",
        ),
        confirmed=False,
    ),
    replace(
        hrss_within(
            "P-06/review",
            StartEvent.PUBLICATION_OBJECTION_RECEIVED,
            15,
            LocalizedText("复核对社会公布的异议", "Review the objection to a publication"),
            "O29",
        ),
        confirmed=False,
    ),
    replace(
        hrss_within(
            "C-02/check",
            StartEvent.REPAIR_SHOWN,
            10,
            LocalizedText(
                "核查平台显示的信用修复并作出决定", "Check the repair that the credit platform shows, and decide"
            ),
            "CR36; 国务院令809号",
        ),
        confirmed=False,
    ),
)

CLOCKS: Final[Mapping[str, ClockRule]] = MappingProxyType(
    {
        rule.clock_id: rule
        for rule in (*PUBLICITY_CLOCKS, *OBJECTION_CLOCKS, *LISTING_CLOCKS, *DEPOSIT_CLOCKS, *REFERRAL_CLOCKS)
    }
)
"""Every clock by its id."""
