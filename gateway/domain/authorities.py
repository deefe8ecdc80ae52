"""In whose name a producer may act: the authorities (认定机关) of its mandate (L-01).

Whoever decides is responsible for the decision (谁执法、谁认定、谁负责), so a name is taken as it stands in documents
and compared letter by letter: one that is mistyped would own what it decided. A feed can be marked as one that passes
on what others decided; steps of a listing are never passed on. Which role may have authorities is in ``agencies``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.errors import FieldNotInMandateError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.domain.agencies import Agency

DECIDED_BY_SENDER: Final = frozenset({"listing_act", "publication", "penalty", "identity_dispute"})
"""Kinds of records by which an authority itself restricts or relieves somebody. All else may come from another
authority as well: a court's judgment, a notice that was retyped, an arrears finding."""
REFUSAL: Final = "the mandate does not name this authority (L-01)"


def may_decide(agency: Agency, authority: str, feeds: Iterable[str] = ()) -> bool:
    """Return whether *agency* may act as *authority*, or passes on what others decided in one of *feeds*."""
    return authority in agency.authorities or not agency.forwards.isdisjoint(feeds)


def require_authority(agency: Agency, authority: str, field: str, feeds: Iterable[str] = ()) -> None:
    """Raise ``FieldNotInMandateError`` naming *field* unless ``may_decide``; an empty one is the format's fault."""
    if authority and not may_decide(agency, authority, feeds):
        raise FieldNotInMandateError(field, REFUSAL)
