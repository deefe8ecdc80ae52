"""The words in which the procedure of a listing is told on the wire: its stage, its conditions, what hinders a step.

Names and numbers equal those of the enums in ``listing.proto``, like those of ``vocabulary``. No rule lives here.
"""

from __future__ import annotations

from gateway.domain.vocabulary import Word


class ListingStage(Word):
    """How far the procedure of a listing has come (section 2.2 of the law's list)."""

    NOT_OPENED = 1
    ORDERED = 2
    """The order to pay is issued and not yet delivered."""
    ORDER_RUNNING = 3
    """It is delivered, and its time has not passed."""
    ORDER_EXPIRED = 4
    """Its time has passed, and nothing says that it was paid."""
    PRE_NOTICE_ISSUED = 5
    PRE_NOTICED = 6
    """The pre-notice is delivered: the party may object."""
    OBJECTED = 7
    """An objection is being verified."""
    NOT_LISTED = 8
    """Closed without a listing."""
    DECIDED = 9
    """Decided and not yet delivered to the enterprise: no effect (A-126)."""
    LISTED = 10
    REPAIRED = 11
    EXPIRED = 12
    REVOKED = 13


class ListingCondition(Word):
    """What is also true of a listing, beside its stage."""

    STAYED = 1
    HIDDEN = 2
    REPAIR_APPLIED = 3
    CRIMINAL_BAR = 4
    DISPUTED = 5
    ORDER_REVOKED = 6
    PUBLISHED = 7
    UNPUBLISHED = 8
    OTHER_SITES_TOLD = 9
    PLATFORM_TOLD = 10
    REPAIR_ACCEPTED = 11
    REPAIR_EXTENDED = 12
    REPAIR_SHOWN = 13
    """The credit platform shows a repair that is not on record here (C-02): the authority has to decide."""


class ListingHindrance(Word):
    """Why a step cannot be taken."""

    NOT_FROM_THIS_STATE = 1
    LATER_STEP_ON_RECORD = 2
    OBJECTION_PERIOD_OPEN = 3
    CRIMINAL_BAR = 4
    NEW_ARREARS = 5
    SIX_MONTHS_NOT_OVER = 6
    REASON_BEFORE_YEAR_MISSING = 7
    ORDER_ALREADY_DUE = 8
    CHAIN_INCOMPLETE = 9
    SHOWN_BEFORE = 10
    """A repair that the platform shows: it was reported under this document before (C-02)."""
