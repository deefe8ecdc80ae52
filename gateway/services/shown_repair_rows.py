"""What is reported or rejected of a shown repair, and the row that it makes of a publication or penalty.

Judged by the record as it is on record in the transaction that stores the row. Listings have acts instead.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import EnterpriseNotFoundError, FieldNotInMandateError, MalformedRequestError, StateError
from gateway.domain.withdrawals import SPANS, ShownRepair, shown_repair_id
from gateway.services.ports.facts import SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gateway.domain.kinds.fact import Fact
    from gateway.services.ports.facts import HeldRecord

KINDS: Final[Mapping[str, type[Fact]]] = {kind.wire_name: kind for kind in SPANS}
"""What can be shown as repaired beside listings, by its name on the wire."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as read from the wire."""

    request_id: str
    digest: str
    kind: str
    uscc: str
    document_number: str
    decided_on: date
    shown_on: date
    repair_number: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejection as read from the wire."""

    request_id: str
    digest: str
    kind: str
    record_id: str
    authority: str
    document_number: str
    decided_on: date
    reason: str


def report_row(wanted: Reported, record_id: str, held: HeldRecord | None) -> SubmittedRow:
    """Return the row by which a record has no effect; see ``ShownRepairs.report`` for what is refused."""
    fact = _required(held, wanted.kind, record_id)
    _require_open(fact, wanted)
    shown = ShownRepair(
        record_id=shown_repair_id(record_id, wanted.repair_number),
        authority=fact.fact.authority,
        document_number=wanted.repair_number,
        target_id=record_id,
        shown_on=wanted.shown_on,
    )
    return _row(wanted.digest, fact.uscc, shown)


def rejection_row(wanted: Rejected, held: HeldRecord | None) -> SubmittedRow:
    """Return the row by which a record has its effect again; see ``ShownRepairs.reject`` for what is refused."""
    fact = _required(held, wanted.kind, wanted.record_id)
    if fact.fact.authority != wanted.authority:
        raise FieldNotInMandateError("authority", "only the authority that made the record rejects what is shown")
    shown = next((each for each in fact.shown if each.rejected_on is None), None)
    if shown is None:
        raise refused(wanted.record_id, "HOLDS", "no repair of it is shown")
    if wanted.decided_on < shown.shown_on:
        raise MalformedRequestError("decided_on", "lies before the repair was shown")
    rejected = replace(
        shown,
        rejected_on=wanted.decided_on,
        rejection_number=wanted.document_number,
        rejection_reason=wanted.reason,
    )
    return _row(wanted.digest, fact.uscc, rejected)


def refused(record_id: str, state: str, why: str) -> StateError:
    """Return the error for a record that is in no state for it."""
    more = {"wanted": "REPAIR_SHOWN", "allowed": "", "why": "NOT_FROM_THIS_STATE"}
    return StateError(f"{record_id}: {why}", object=record_id, state=state, **more)


def _required(held: HeldRecord | None, kind: str, record_id: str) -> HeldRecord:
    if held is None or type(held.fact) is not KINDS[kind]:
        raise EnterpriseNotFoundError(f"no {kind} is on record under this id", record=record_id)
    return held


def _require_open(held: HeldRecord, wanted: Reported) -> None:
    """Refuse what would change nothing: it is withdrawn, without effect already, or this document was shown before."""
    if held.withdrawn:
        raise refused(held.fact.record_id, "WITHDRAWN", "it has ended here too")
    if any(each.document_number == wanted.repair_number for each in held.shown):
        raise refused(held.fact.record_id, "SHOWN_BEFORE", "this was reported under the same document before")
    if any(each.rejected_on is None for each in held.shown):
        raise refused(held.fact.record_id, "REPAIR_SHOWN", "it has no effect already")


def _row(digest: str, uscc: str, shown: ShownRepair) -> SubmittedRow:
    content = hashlib.sha256(digest.encode()).hexdigest()
    return SubmittedRow(1, ShownRepair.wire_name, shown.record_id, content, uscc, fact=shown)
