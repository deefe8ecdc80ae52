"""Which facts of a referral may be stored: where they are corrected, and what a report must show (T-01 to T-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain.agencies import Role
from gateway.domain.errors import StateError
from gateway.domain.referral_elements import GapWeight, element_gaps
from gateway.domain.referral_steps import require_step
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.referral_amounts import AmountTable
    from gateway.domain.referrals import Referral
    from gateway.services.referrals import FactsRequest

OPENED: Final = frozenset({Stage.DRAFT, Stage.REFUSED})
"""Stages in which facts may be corrected: from the report on they are what the principal approves."""


def require_correctable(before: Referral | None, request: FactsRequest) -> None:
    """Raise ``StateError`` where the facts cannot be corrected any more, or another version is the newest."""
    version = before.version if before is not None else 0
    if before is not None and before.stage not in OPENED:
        raise _not_correctable(request, before.stage, "REPORTED_ALREADY")
    if request.replaces_version != version:
        raise _not_correctable(request, before.stage if before else Stage.DRAFT, f"NEWEST_VERSION_IS_{version}")


def require_reportable(request: FactsRequest, before: Referral | None, amounts: AmountTable, now: datetime) -> None:
    """Raise ``StateError`` where the report of *request* cannot be taken, or a gap that blocks is left."""
    assert request.report is not None  # noqa: S101 - the caller has looked
    require_step(before.acts if before is not None else (), request.report, Role.PRODUCER, now)
    blocking = [
        gap.rule for gap in element_gaps(request.facts, amounts, civil_date(now)) if gap.weight is GapWeight.BLOCKS
    ]
    if blocking:
        raise StateError(
            "the file does not show every element of the crime",
            object=request.referral_id,
            state=before.stage.name if before is not None else Stage.DRAFT.name,
            wanted=Kind.REPORT.name,
            allowed="",
            why="ELEMENT_NOT_SHOWN",
            rules=",".join(blocking),
        )


def _not_correctable(request: FactsRequest, stage: Stage, why: str) -> StateError:
    return StateError(
        "the facts of this case cannot be corrected so",
        object=request.referral_id,
        state=stage.name,
        wanted="FACTS",
        allowed=",".join(sorted(each.name for each in OPENED)),
        why=why,
    )
