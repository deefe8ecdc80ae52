"""A tender as OCDS: its bidders checked at a decision point of bidding, the document returned annotated.

The document itself is read and written in ``adapters.ocds``, the bidders are asked about by ``adapters.bidding``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.ocds_checks import annotate_release
from adapters.tenders import Bidder

if TYPE_CHECKING:
    from jointsanctions.v1 import common_pb2

    from adapters.bidding import BiddingAdapter
    from adapters.tenders import OcdsBids, Project


def annotate_tender(
    text: str,
    adapter: BiddingAdapter,
    project: Project,
    point: common_pb2.DecisionPoint.ValueType,
    bids: OcdsBids,
) -> str:
    """Check the tenderers and suppliers of an OCDS 1.1 release or release package.

    Args:
        text: The document, JSON.
        adapter: Asks.
        project: The project; each release's ocid takes the place of its ``case_ref``.
        point: The decision point.
        bids: Who asks, and who bids together.

    Returns:
        The document with ``jointSanctions`` in each party that was checked and nothing else changed. What stops a
        bidder stands in its annotation and raises nothing.

    Raises:
        OcdsError: It is no such document, or the consortium does not fit it.
    """
    return annotate_release(
        text,
        point,
        bids,
        Bidder,
        lambda ocid, bidders: adapter.check_all(replace(project, case_ref=ocid), point, bidders, bids.officer),
    )
