"""The steps of a referral as one table: who may take each, from where, and where the case stands then (T-20..T-42).

Steps that move nothing, such as a request for materials or an explanation, stand in the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import Role
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

HRSS: Final = Role.PRODUCER


@dataclass(frozen=True, slots=True)
class Transition:
    """Who may take a step, from which stages, and where the case stands then; ``after`` None: where it stood."""

    role: Role
    stages: frozenset[Stage]
    after: Stage | None = None
    answers: Kind | None = None
    """The request that must be open: one of this kind, and no such step since."""
    reasons: bool = False


def _step(role: Role, *stages: Stage, after: Stage | None = None) -> Transition:
    return Transition(role, frozenset(stages), after)


WITH_POLICE: Final = (Stage.RECEIVED,)
CONTESTABLE: Final = (Stage.NOT_FILED, Stage.NOT_FILED_UPHELD)
INVESTIGATED: Final = (Stage.FILED, Stage.HANDED_OVER)
"""What the police and the procuratorate decide does not wait for the handover: that one is late instead."""
TRIED: Final = (Stage.CONVICTED, Stage.ACQUITTED, Stage.EXEMPTED)
ENDED: Final = (Stage.WITHDRAWN, Stage.NON_PROSECUTED, *TRIED)
UNFILED: Final = (Stage.REFUSED, *CONTESTABLE, Stage.SUPERVISION_REJECTED)
SUPPLIABLE: Final = tuple(
    stage for stage in Stage if stage not in {Stage.DRAFT, Stage.REPORTED, Stage.APPROVED, Stage.REFUSED, Stage.CLOSED}
)

TRANSITIONS: Final[Mapping[Kind, Transition]] = {
    Kind.REPORT: _step(HRSS, Stage.DRAFT, Stage.REFUSED, after=Stage.REPORTED),
    Kind.APPROVAL: _step(HRSS, Stage.REPORTED, after=Stage.APPROVED),
    Kind.REFUSAL: Transition(HRSS, frozenset({Stage.REPORTED}), Stage.REFUSED, reasons=True),
    Kind.SENDING: _step(HRSS, Stage.APPROVED, after=Stage.SENT),
    Kind.RECEIPT: _step(Role.POLICE, Stage.SENT, Stage.FORWARDED, after=Stage.RECEIVED),
    Kind.FORWARDING: Transition(Role.POLICE, frozenset(WITH_POLICE), Stage.FORWARDED, reasons=True),
    Kind.MATERIALS_REQUEST: Transition(Role.POLICE, frozenset({*WITH_POLICE, *INVESTIGATED}), reasons=True),
    Kind.SUPPLEMENT: _step(HRSS, *SUPPLIABLE),
    Kind.EXTENSION: Transition(Role.POLICE, frozenset(WITH_POLICE), reasons=True),
    Kind.FILING: _step(
        Role.POLICE,
        *WITH_POLICE,
        *CONTESTABLE,
        Stage.RECONSIDERATION_REQUESTED,
        Stage.SUPERVISION_REQUESTED,
        Stage.FILING_ORDERED,
        after=Stage.FILED,
    ),
    Kind.NON_FILING: Transition(Role.POLICE, frozenset(WITH_POLICE), Stage.NOT_FILED, reasons=True),
    Kind.HANDOVER: _step(HRSS, Stage.FILED, after=Stage.HANDED_OVER),
    Kind.RECONSIDERATION_REQUEST: Transition(
        HRSS, frozenset({Stage.NOT_FILED}), Stage.RECONSIDERATION_REQUESTED, reasons=True
    ),
    Kind.NON_FILING_UPHELD: Transition(
        Role.POLICE, frozenset({Stage.RECONSIDERATION_REQUESTED}), Stage.NOT_FILED_UPHELD, reasons=True
    ),
    # While the police are silent beyond their time, HRSS may go to the procuratorate as well (T-38).
    Kind.SUPERVISION_REQUEST: Transition(
        HRSS,
        frozenset({*WITH_POLICE, *CONTESTABLE, Stage.SENT, Stage.FORWARDED, Stage.RECONSIDERATION_REQUESTED}),
        Stage.SUPERVISION_REQUESTED,
        reasons=True,
    ),
    Kind.EXPLANATION_REQUEST: _step(Role.PROCURATORATE, Stage.SUPERVISION_REQUESTED),
    Kind.EXPLANATION: Transition(
        Role.POLICE, frozenset({Stage.SUPERVISION_REQUESTED}), answers=Kind.EXPLANATION_REQUEST, reasons=True
    ),
    Kind.NON_FILING_VALID: Transition(
        Role.PROCURATORATE, frozenset({Stage.SUPERVISION_REQUESTED}), Stage.SUPERVISION_REJECTED, reasons=True
    ),
    Kind.FILING_ORDER: Transition(
        Role.PROCURATORATE, frozenset({Stage.SUPERVISION_REQUESTED}), Stage.FILING_ORDERED, reasons=True
    ),
    Kind.CORRECTION_NOTICE: _step(Role.PROCURATORATE, Stage.FILING_ORDERED),
    Kind.URGING: _step(Role.PROCURATORATE, *INVESTIGATED),
    Kind.WITHDRAWAL: Transition(Role.POLICE, frozenset(INVESTIGATED), Stage.WITHDRAWN, reasons=True),
    Kind.INDICTMENT: _step(Role.PROCURATORATE, *INVESTIGATED, after=Stage.INDICTED),
    Kind.NON_PROSECUTION: Transition(Role.PROCURATORATE, frozenset(INVESTIGATED), Stage.NON_PROSECUTED, reasons=True),
    Kind.OPINION: _step(Role.PROCURATORATE, Stage.NON_PROSECUTED, Stage.RETURNED_ADMIN),
    Kind.OPINION_ANSWER: Transition(
        HRSS, frozenset({Stage.NON_PROSECUTED, Stage.RETURNED_ADMIN}), answers=Kind.OPINION
    ),
    Kind.CONVICTION: _step(Role.COURT, Stage.INDICTED, after=Stage.CONVICTED),
    Kind.ACQUITTAL: _step(Role.COURT, Stage.INDICTED, after=Stage.ACQUITTED),
    Kind.EXEMPTION: _step(Role.COURT, Stage.INDICTED, after=Stage.EXEMPTED),
    Kind.PROPERTY_RETURN: _step(Role.COURT, *TRIED),
    Kind.ADMINISTRATIVE_RETURN: _step(
        HRSS, *UNFILED, Stage.WITHDRAWN, Stage.NON_PROSECUTED, after=Stage.RETURNED_ADMIN
    ),
    Kind.CLOSING: _step(HRSS, *TRIED, Stage.RETURNED_ADMIN, Stage.REFUSED, after=Stage.CLOSED),
}
"""Every step: by whom, from where, to where."""
