"""The statutory clocks of the wage deposit (D65). Only data: each clock beside its source.

What a deposit is stands in ``kinds.wage_deposit``; which of its days starts which clock, in ``record_clocks``.
"""

from __future__ import annotations

from typing import Final

from gateway.domain.clock_rules import ClockRule, Holder, Kind, StartEvent, Unit
from gateway.domain.policy import LocalizedText

DEPOSIT_CLOCKS: Final = (
    ClockRule(
        "D-01/open",
        StartEvent.CONTRACTED,
        20,
        Unit.WORKING_DAYS,
        Holder.ENTERPRISE,
        LocalizedText("存储工资保证金或者提交保函", "Open the wage deposit, or give a guarantee"),
        "D65",
        confirmed=False,
    ),
    ClockRule(
        "D-07/pay",
        StartEvent.PAYMENT_NOTICE_GIVEN,
        5,
        Unit.WORKING_DAYS,
        Holder.BANK,
        LocalizedText("银行支付工资", "The bank pays the wages from the deposit"),
        "D65",
    ),
    ClockRule(
        "D-07/refill",
        StartEvent.DEPOSIT_PAID_OUT,
        10,
        Unit.WORKING_DAYS,
        Holder.ENTERPRISE,
        LocalizedText("补足工资保证金", "Refill the wage deposit"),
        "D65",
    ),
    ClockRule(
        "D-08/notice",
        StartEvent.RETURN_NOTICE_PUBLISHED,
        30,
        Unit.NATURAL_DAYS,
        Holder.ENTERPRISE,
        LocalizedText("返还前公示期满", "The public notice before the return ends"),
        "D65",
        kind=Kind.TERM,
    ),
)
"""The statutory clocks of one project's wage deposit."""
