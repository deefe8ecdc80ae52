"""Going on under reservation: an act about which nobody answered, at a point where the area may go on (X-10).

It is asked about first, always. What is reserved is in the journal before it can be used, with its legal note, and is
settled by ``adapters.pending``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.away import ReservedGrant, WhenAway
from adapters.errors import NoAnswerError

if TYPE_CHECKING:
    from adapters.acts import Act
    from adapters.clearance import Standing
    from adapters.enforcement import Enforcement


def clearance_or_reservation(enforcement: Enforcement, act: Act) -> Standing | ReservedGrant:
    """Ask about one applicant; where nobody answers, go on under reservation if the area may.

    Returns:
        What ``require_clearance`` returns, in observe mode always; without an answer a ``ReservedGrant``, which opens
        no gate.

    Raises:
        NoAnswerError: Nobody answered, and at this point the act waits or is held, or a bulletin lists a party.
        NotClearedError: Any other reason.
    """
    try:
        return enforcement.require_clearance(act)
    except NoAnswerError as error:
        reserved = _reserved(enforcement, act, error)
        if reserved is None:
            raise
        return reserved


def _reserved(enforcement: Enforcement, act: Act, error: NoAnswerError) -> ReservedGrant | None:
    away = enforcement.rules.when_away(act.point)
    if error.pending is None or error.hold:
        return None
    if away.action is not WhenAway.UNDER_RESERVATION or away.note is None:
        return None
    now = enforcement.clock()
    if not enforcement.journal.pending.reserve(error.pending, away.note, now, act.case.officer):
        return None  # it was asked again and settled meanwhile: the answer counts
    return ReservedGrant(
        decision_point=act.point,
        case_ref=act.case.case_ref,
        part=act.case.part,
        parties=act.applicant.codes(),
        reserved_at=now,
        number=error.pending,
        note=away.note,
    )
