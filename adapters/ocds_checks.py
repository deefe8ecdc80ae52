"""A tender as OCDS, checked at a decision point of whichever area it is of, and returned annotated.

What a party is called and which facts go with it the area says: ``adapters.bidding_ocds`` and
``adapters.procurement_ocds``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from adapters.ocds import Annotator
from adapters.participation import Form
from adapters.rules import point_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jointsanctions.v1 import common_pb2

    from adapters.clearance import Standing
    from adapters.errors import NotClearedError
    from adapters.ocds import Entrant
    from adapters.participation import Participant, Results
    from adapters.tenders import OcdsBids

    P = TypeVar("P", bound=Participant)


def annotate_release(
    text: str,
    point: common_pb2.DecisionPoint.ValueType,
    bids: OcdsBids,
    kind: type[P],
    ask: Callable[[str, Sequence[P]], Results[P]],
) -> str:
    """Check the tenderers and suppliers of an OCDS 1.1 release or release package.

    Args:
        text: The document, JSON.
        point: The decision point.
        bids: Who asks, and who bids together.
        kind: What the area calls whoever takes part.
        ask: Asks about all who take part in one release, whose ocid is the case number.

    Returns:
        The document with ``jointSanctions`` in each party that was checked and nothing else changed. What stops
        somebody stands in its annotation and raises nothing.

    Raises:
        OcdsError: It is no such document, or the consortium does not fit it.
    """

    def check(ocid: str, entrants: Sequence[Entrant]) -> Sequence[Standing | NotClearedError]:
        return [result.result for result in ask(ocid, [_participant(kind, each) for each in entrants]).results]

    return Annotator(check, point_name(point), bids.consortium).annotate_text(text)


def _participant(kind: type[P], entrant: Entrant) -> P:
    form = Form.CONSORTIUM if entrant.members else Form.SINGLE
    return kind(entrant.lead.uscc, entrant.lead.name, form, entrant.members)
