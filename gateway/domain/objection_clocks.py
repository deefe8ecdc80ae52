"""By when an objection must be answered: to each record the clock that the law, or the configuration, gives it.

Only data. That the objection to a listing or a publication has its clock is in ``listing_clocks`` and ``clock_list``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gateway.domain.clock_rules import ClockRule, Holder, Roll, StartEvent, Unit
from gateway.domain.listing_clocks import hrss_within
from gateway.domain.objections import ObjectionAbout
from gateway.domain.policy import LocalizedText

if TYPE_CHECKING:
    from collections.abc import Mapping

CORRECTION: Final = replace(
    hrss_within(
        "GIR-41/correct",
        StartEvent.OBJECTION_RECEIVED,
        10,
        LocalizedText(
            "核实并更正有误的记录，告知申请人", "Verify and correct a record said to be wrong, and tell the party"
        ),
        "GIR art. 41; PIPL art. 46",
    ),
    confirmed=False,
)
"""The law says "promptly" (及时); the length is that of the inter-agency check and is configuration."""
CREDIT_INFORMATION: Final = ClockRule(
    "CRR-25/answer",
    StartEvent.OBJECTION_RECEIVED,
    20,
    Unit.NATURAL_DAYS,
    Holder.HRSS_SECTION,
    LocalizedText("核查征信异议并书面答复", "Check an objection to credit information and answer in writing"),
    "CRR art. 25",
    roll=Roll.CREDIT,
)
OBJECTION_CLOCKS: Final = (CORRECTION, CREDIT_INFORMATION)
CLOCK_OF: Final[Mapping[ObjectionAbout, ClockRule]] = {
    ObjectionAbout.PENALTY: CORRECTION,
    ObjectionAbout.WRONG_DATA: CORRECTION,
    ObjectionAbout.CREDIT_RECORD: CREDIT_INFORMATION,
}
"""The clock of an ``Objection``, by what it is about."""
