"""The doctor's look at the legal bases: is one of them due for its yearly review (X-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.clock import SystemClock
from gateway.domain.basis_review import documents_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from gateway.bootstrap.config import Config
    from gateway.cli.doctor_certificates import Finding
    from gateway.domain.basis_review import BasisReviews

LINK: Final = "legal bases"


def bases(config: Config) -> Iterable[Finding]:
    """Look at the documents of the policy that is configured."""
    yield found(config.reviews, documents_of(config.policy), civil_date(SystemClock().now()))


def found(reviews: BasisReviews, documents: tuple[str, ...], today: date) -> Finding:
    """Return what is to be said of the reviews of these documents on a civil day (UTC+8)."""
    due = reviews.due(documents, today)
    if due:
        return LINK, False, f"{len(due)} of {len(documents)} are due for their yearly review: {', '.join(due)}"
    first = reviews.first(documents)
    return LINK, True, f"{len(documents)} documents reviewed, the next is due on {first}" if first else "none"
