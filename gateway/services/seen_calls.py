"""What a reader of the record sees of one recorded call: who, when, where, about whom, and the verdict.

No measures, grade or persons (R-03), and nothing of how the caller was connected. Searches and exports show this and no
more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.officers import OfficerKnown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateway.services.ports.audit import AccessRow


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One recorded call, or one item of a recorded batch. Texts are empty, and numbers 0, for what it does not say."""

    writer: str
    number: int
    item: int | None
    """Of a batch, from 0; None for the call itself."""
    leaf: bytes
    envelope: bytes
    at: datetime
    agency: str
    role: str
    officer: str
    officer_known: int
    """A member of ``OfficerKnown``, or 0."""
    officer_key: str
    officer_nonce: str
    assertion_fault: str
    method: str
    outcome: str
    area: int
    point: int
    case_ref: str
    usccs: tuple[str, ...]
    """The one that was to go ahead first."""
    verdict: int
    field: str


def seen(row: AccessRow) -> SeenCall:
    """Return what is shown of a row; of an entry that has been erased, where it stands."""
    body, line = row.content, row.line or {}
    caller, assertion = _part(body, "caller"), _part(body, "assertion")
    usccs = line.get("enterprises") or body.get("enterprises") or ()
    return SeenCall(
        writer=row.entry.writer,
        number=row.entry.number,
        item=row.item,
        leaf=row.entry.leaf,
        envelope=row.entry.envelope,
        at=row.entry.time,
        agency=_text(caller, "agency"),
        role=_text(caller, "role"),
        officer=_text(body, "officer"),
        officer_known=_known(body.get("officer_by")),
        officer_key=_text(assertion, "kid"),
        officer_nonce=_text(assertion, "nonce"),
        assertion_fault=_text(assertion, "why"),
        method=_text(body, "method"),
        outcome=_text(body, "outcome"),
        area=_number(body.get("area")),
        point=_number(body.get("point")),
        case_ref=_text(body, "case"),
        usccs=tuple(str(uscc) for uscc in usccs) if isinstance(usccs, (list, tuple)) else (),
        verdict=_number(line.get("verdict") or body.get("verdict")),
        field=_text(body, "field"),
    )


def _part(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _text(part: Mapping[str, object], name: str) -> str:
    return str(part.get(name, ""))


def _known(value: object) -> int:
    name = str(value).upper()
    return int(OfficerKnown.named(name)) if name in OfficerKnown.__members__ else 0


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
