"""What a referral's steps mean for the register: the criminal bar of a listing, and the conviction (L-15, L-25, TR6).

Nothing else of a case flows back, and nothing of it is told to a deciding system before the judgment (T-60): a bar is
procedure, by which no answer changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.referral_elements import ReferralDebtor
from gateway.domain.referral_words import ReferralActKind as Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.referral_elements import CaseFacts
    from gateway.domain.referral_steps import ReferralAct

SETTING: Final = frozenset({Kind.FILING})
"""The bar begins with the filing, not with the referral (L-25)."""
LIFTING: Final = frozenset(
    {
        Kind.NON_FILING,
        Kind.NON_FILING_UPHELD,
        Kind.NON_FILING_VALID,
        Kind.WITHDRAWAL,
        Kind.NON_PROSECUTION,
        Kind.ACQUITTAL,
    }
)
"""With these nobody is pursued any more. Whoever was convicted stays barred, exempted from punishment or not (L-15)."""
JUDGMENTS: Final = frozenset({Kind.CONVICTION, Kind.EXEMPTION})
"""Each is a conviction: an exemption is from punishment, not from guilt."""


def barring(acts: Sequence[ReferralAct]) -> ReferralAct | None:
    """Return the filing by which the criminal bar stands after *acts*, in the order of recording; None without one."""
    newest = next((act for act in reversed(acts) if act.kind in SETTING | LIFTING), None)
    return newest if newest is not None and newest.kind in SETTING else None


def convicts(facts: CaseFacts, uscc: str) -> bool:
    """Return whether a judgment in this case convicts the enterprise *uscc*.

    Where whoever controls a unit is pursued, the unit is not: a person's conviction is none of the enterprise's (TR6).
    """
    return bool(uscc) and facts.debtor is not ReferralDebtor.ACTUAL_CONTROLLER
