"""The statutory clocks of a listing: its procedure, its term, its repair, and the remedies against it.

Only data: each clock beside its source. What a listing is, and when it weighs, is in ``listings``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gateway.domain.clock_rules import ClockRule, Extension, Holder, Kind, Roll, StartEvent, Unit
from gateway.domain.policy import LocalizedText


def hrss_within(clock_id: str, starts: StartEvent, length: int, title: LocalizedText, source: str) -> ClockRule:
    """Return a duty of the HRSS section in working days."""
    return ClockRule(clock_id, starts, length, Unit.WORKING_DAYS, Holder.HRSS_SECTION, title, source)


LISTING_TERM: Final = ClockRule(
    "L-13/term",
    StartEvent.LISTING_DECIDED,
    3,
    Unit.YEARS,
    Holder.HRSS_SECTION,
    LocalizedText("列入期限届满", "The listing ends by time"),
    "O45 art. 11",
    kind=Kind.TERM,
    start_day_counts=True,
)
EARLY_EXIT_O45: Final = ClockRule(
    "L-21/early-exit",
    StartEvent.LISTED_AND_CORRECTED,
    6,
    Unit.MONTHS,
    Holder.ENTERPRISE,
    LocalizedText(
        "改正并列入满六个月，可以申请提前移出", "Corrected and listed for six months: early removal may be asked for"
    ),
    "O45 art. 12",
    kind=Kind.TERM,
    start_day_counts=True,
)
EARLY_EXIT_CR36: Final = ClockRule(
    "L-20/early-exit",
    StartEvent.LISTING_DECIDED,
    1,
    Unit.YEARS,
    Holder.ENTERPRISE,
    LocalizedText("严重失信信息最短公示期届满", "The minimum publicity of serious information ends"),
    "CR36; GBF22",
    kind=Kind.TERM,
    start_day_counts=True,
    confirmed=False,
)

_LISTING: Final = (
    ClockRule(
        "L-06/object",
        StartEvent.PRE_NOTICE_RECEIVED,
        5,
        Unit.WORKING_DAYS,
        Holder.ENTERPRISE,
        LocalizedText("对拟列入提出异议", "Object to the intended listing"),
        "O45 art. 6",
        kind=Kind.RIGHT,
    ),
    hrss_within(
        "L-06/verify",
        StartEvent.LISTING_OBJECTION_RECEIVED,
        5,
        LocalizedText("核实异议并告知结果", "Verify the objection and tell the result"),
        "O45 art. 6",
    ),
    replace(
        hrss_within(
            "L-08/decide",
            StartEvent.ORDER_EXPIRED,
            20,
            LocalizedText("作出列入决定", "Decide on the listing"),
            "O45 art. 8",
        ),
        extensions=(
            Extension(40, LocalizedText("情况复杂，经负责人批准", "complex, and approved by the head of HRSS")),
        ),
    ),
    LISTING_TERM,
    hrss_within(
        "L-19b/unpublish",
        StartEvent.LISTING_ENDED,
        10,
        LocalizedText("移出名单、停止公示并告知", "Remove the listing, stop publishing it and tell the others"),
        "O45 art. 17",
    ),
)

_REPAIR: Final = (
    EARLY_EXIT_CR36,
    EARLY_EXIT_O45,
    hrss_within(
        "L-16/decide",
        StartEvent.REPAIR_APPLIED,
        15,
        LocalizedText("决定是否提前移出", "Decide on early removal"),
        "O45 art. 14",
    ),
    hrss_within(
        "C-07/accept",
        StartEvent.REPAIR_RECEIVED,
        3,
        LocalizedText("决定是否受理修复申请", "Decide whether to accept the application for repair"),
        "GBF22",
    ),
    hrss_within(
        "C-07/answer",
        StartEvent.REPAIR_APPLIED,
        10,
        LocalizedText("答复修复申请", "Give the applicant the result of the repair"),
        "GBF22",
    ),
    replace(
        hrss_within(
            "C-08/decide",
            StartEvent.REPAIR_ACCEPTED,
            7,
            LocalizedText("受理后作出修复决定", "Decide on the repair once it is accepted"),
            "CR36",
        ),
        extensions=(
            Extension(17, LocalizedText("情况复杂或者需要核查", "complex, or needs checking"), confirmed=False),
        ),
        confirmed=False,
    ),
)

_REMEDIES: Final = (
    ClockRule(
        "L-19c/reconsideration",
        StartEvent.DECISION_KNOWN,
        60,
        Unit.NATURAL_DAYS,
        Holder.ENTERPRISE,
        LocalizedText("申请行政复议", "Apply for administrative reconsideration"),
        "O45 art. 18; ARL art. 20",
        kind=Kind.RIGHT,
        roll=Roll.REMEDY,
    ),
    ClockRule(
        "L-19c/lawsuit",
        StartEvent.DECISION_KNOWN,
        6,
        Unit.MONTHS,
        Holder.ENTERPRISE,
        LocalizedText("提起行政诉讼", "Bring an administrative lawsuit"),
        "O45 art. 18; ALitL art. 46",
        kind=Kind.RIGHT,
        roll=Roll.REMEDY,
    ),
)

REPAIR_DECISION: Final = ("C-07/answer", "C-08/decide", "L-16/decide")
"""Three clocks on one decision: all are kept, the alarm is set to the first to end (C-09; ``clocks.alarmed``)."""

LISTING_CLOCKS: Final = (*_LISTING, *_REPAIR, *_REMEDIES)
