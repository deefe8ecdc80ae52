"""What each role works with, one module a view: its pages, its lines of the menu, and the roles that see it.

A view that is added here has its pages behind the door, its lines in the menu, and is not there for other roles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.views import (
    accesses,
    anomalies,
    audit_log,
    cases,
    check,
    clocks,
    decisions,
    dossiers,
    endings,
    enterprise,
    gate,
    import_decisions,
    import_files,
    imports,
    listing_steps,
    listings,
    outcomes,
    referrals,
    reviews,
    second,
    uncovered,
    volume,
    warnings,
)

if TYPE_CHECKING:
    from console.visit import View

VIEWS: Final[tuple[View, ...]] = (
    check.VIEW,
    outcomes.VIEW,
    cases.VIEW,
    gate.VIEW,
    second.VIEW,
    accesses.VIEW,
    anomalies.VIEW,
    reviews.VIEW,
    uncovered.VIEW,
    volume.VIEW,
    audit_log.VIEW,
    enterprise.VIEW,
    clocks.VIEW,
    listing_steps.VIEW,
    listings.VIEW,
    endings.VIEW,
    warnings.VIEW,
    # Before the pages of an import: its addresses begin as theirs do.
    import_files.VIEW,
    import_decisions.VIEW,
    imports.VIEW,
    referrals.VIEW,
    dossiers.VIEW,
    decisions.VIEW,
)
"""In the order of the menu."""
