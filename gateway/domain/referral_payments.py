"""What it means for a referred case that something was paid, by where the case stands (T-09, SPC13 art. 6, X-15).

Nothing is decided here: the law says "may", and who decides is told in time what it may weigh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.policy import LocalizedText
from gateway.domain.referral_words import ReferralStage as Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment: civil day in UTC+8, fen, and its proof."""

    paid_on: date
    paid_fen: int
    paid_in_full: bool
    compensation_paid: bool
    document_number: str
    document_sha256: str


BEFORE_FILING: Final = LocalizedText(
    "立案前支付：全部支付并依法承担赔偿责任、未造成严重后果的，可以认定为情节显著轻微危害不大，不认为是犯罪（SPC13第六条）",
    "Paid before filing: once all is paid with compensation and without serious consequences, it may be found no crime "
    "(SPC13 art. 6)",
)
BEFORE_INDICTMENT: Final = LocalizedText(
    "提起公诉前支付：全部支付并依法承担赔偿责任的，可以减轻或者免除处罚（刑法第二百七十六条之一、SPC13第六条）",
    "Paid before indictment: once all is paid with compensation, punishment may be reduced or waived (CL 276-1, SPC13 "
    "art. 6)",
)
BEFORE_JUDGMENT: Final = LocalizedText(
    "一审宣判前支付：全部支付并依法承担赔偿责任的，可以从轻处罚（SPC13第六条）",
    "Paid before the judgment of first instance: once all is paid with compensation, punishment may be lighter (SPC13 "
    "art. 6)",
)
AFTER: Final = LocalizedText(
    "案件已终结，支付情况供执行和归档参考",
    "The case has ended: the payment is told for enforcement and the file",
)
_FILED: Final = frozenset({Stage.FILED, Stage.HANDED_OVER})
_ENDED: Final = frozenset(
    {
        Stage.WITHDRAWN,
        Stage.NON_PROSECUTED,
        Stage.CONVICTED,
        Stage.ACQUITTED,
        Stage.EXEMPTED,
        Stage.RETURNED_ADMIN,
        Stage.CLOSED,
    }
)
MEANINGS: Final[Mapping[Stage, LocalizedText]] = {
    stage: BEFORE_INDICTMENT
    if stage in _FILED
    else BEFORE_JUDGMENT
    if stage is Stage.INDICTED
    else AFTER
    if stage in _ENDED
    else BEFORE_FILING
    for stage in Stage
}
"""By where the case stood when the payment was recorded."""
