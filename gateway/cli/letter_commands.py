"""Which letter goes with which step and clock of a referral, as what is typed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OPENED_BY: Final[Mapping[int, tuple[str, ...]]] = {
    pb.REFERRAL_ACT_KIND_SENDING: ("referral", "copy"),
    pb.REFERRAL_ACT_KIND_RECONSIDERATION_REQUEST: ("reconsideration",),
    pb.REFERRAL_ACT_KIND_SUPERVISION_REQUEST: ("supervision",),
}
"""Which letters a step goes with, once it is open."""
ENDED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "T-22/send": ("referral", "copy"),
    "T-30/contest": ("reconsideration", "supervision"),
    "T-32/supervision": ("supervision",),
}
"""Which letters, one of them where the law leaves the choice, a clock waits for."""


def commands_for(shown: pb.GetReferralResponse) -> Iterable[str]:
    """Yield what is typed for each letter that goes with a step which is open to the party."""
    for kind in shown.referral.allowed:
        for letter in OPENED_BY.get(kind, ()):
            yield typed(shown.referral.referral_id, letter)


def typed(referral_id: str, letter: str) -> str:
    """Return what is typed for a letter."""
    return f"jsg referral letter {referral_id} {letter} --out {letter}.docx"
