"""A purchase as OCDS: its suppliers checked at a decision point of procurement, the document returned annotated.

The document itself is read and written in ``adapters.ocds``, the suppliers are asked about by ``adapters.procurement``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.ocds_checks import annotate_release
from adapters.procurement import Supplier

if TYPE_CHECKING:
    from jointsanctions.v1 import common_pb2

    from adapters.procurement import ProcurementAdapter, Purchase
    from adapters.tenders import OcdsBids


def annotate_purchase(
    text: str,
    adapter: ProcurementAdapter,
    purchase: Purchase,
    point: common_pb2.DecisionPoint.ValueType,
    bids: OcdsBids,
) -> str:
    """Check the tenderers and suppliers of an OCDS 1.1 release or release package.

    Args:
        text: The document, JSON.
        adapter: Asks.
        purchase: The purchase; each release's ocid takes the place of its ``case_ref``.
        point: The decision point.
        bids: Who asks, and who offers together.

    Returns:
        The document with ``jointSanctions`` in each party that was checked and nothing else changed. What stops a
        supplier stands in its annotation and raises nothing.

    Raises:
        OcdsError: It is no such document, or the consortium does not fit it.
    """
    return annotate_release(
        text,
        point,
        bids,
        Supplier,
        lambda ocid, suppliers: adapter.check_all(replace(purchase, case_ref=ocid), point, suppliers, bids.officer),
    )
