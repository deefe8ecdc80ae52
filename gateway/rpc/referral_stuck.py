"""What a referral waits for, on the wire and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from gateway.domain.policy import LocalizedText
from gateway.domain.referral_stuck import StuckReason
from gateway.rpc.answers import instant_pb, text_pb, wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.domain.referral_stuck import Stuck

WAITS_FOR: Final[Mapping[StuckReason, LocalizedText]] = {
    StuckReason.NOT_DELIVERED: LocalizedText("接收", "acknowledging what was sent"),
    StuckReason.NOT_OPENED: LocalizedText("查阅卷宗", "fetching the dossier"),
}
"""Of an overdue clock, its title says it."""


def stuck_pb(stuck: Iterable[Stuck]) -> list[pb.ReferralStuck]:
    """Return what a case waits for."""
    return [
        pb.ReferralStuck(
            reason=wire(each.reason),
            agency=each.agency,
            since=instant_pb(each.since),
            waits_for=text_pb(each.clock.rule.title if each.clock is not None else WAITS_FOR[each.reason]),
            clock_id=each.clock.rule.clock_id if each.clock is not None else "",
            place=each.place,
        )
        for each in stuck
    ]
