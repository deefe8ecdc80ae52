"""What might happen to an enterprise, as a value: how its file would look if it did.

Each method of grading supposes what would weigh in it (``shiyan_suppositions``, ``national_suppositions``); what comes
of it is computed by that method itself, in ``grade_outlook``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from gateway.domain.grades import GradeCause
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier
    from gateway.domain.vocabulary import GradeLetter


class Step(StrEnum):
    """What is supposed to happen."""

    MORE_COMPLAINTS = "MORE_COMPLAINTS"
    ARREARS_FOUND = "ARREARS_FOUND"
    PAYMENT = "PAYMENT"
    CAUSES_END = "CAUSES_END"
    RECOVERY_DECIDED = "RECOVERY_DECIDED"
    MORE_VIOLATIONS = "MORE_VIOLATIONS"
    GRAVE_VIOLATION = "GRAVE_VIOLATION"
    DECISIONS_REVOKED = "DECISIONS_REVOKED"


@dataclass(frozen=True, slots=True)
class Supposition:
    """One thing supposed: what, how often, of which facts, and the file as it would be if it happened at a moment."""

    step: Step
    happens: Callable[[datetime], Dossier]
    count: int = 1
    causes: tuple[GradeCause, ...] = ()
    """The facts that would be changed; empty for new ones."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Suppositions in rounds: the first in which one makes a difference is told, and nothing of the later ones."""

    rounds: Sequence[Sequence[Supposition]]
    wanted: GradeLetter | None = None
    """Only this letter counts as a difference; None for any."""
    looked_at: datetime | None = None
    """Instant at which the grade would show it; None for the moment at which it happens."""
    deadline: datetime | None = None
    """First instant that is too late; None where only the grade itself sets an end."""


def more(dossier: Dossier, facts: Collection[Fact]) -> Dossier:
    """Return the file with more facts."""
    return replace(dossier, facts=(*dossier.facts, *facts))


def without(dossier: Dossier, record_ids: Collection[str]) -> Dossier:
    """Return the file without these facts and listings."""
    return replace(
        dossier,
        facts=tuple(fact for fact in dossier.facts if fact.record_id not in record_ids),
        listings=tuple(listing for listing in dossier.listings if listing.listing_id not in record_ids),
    )
