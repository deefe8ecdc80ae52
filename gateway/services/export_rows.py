"""One recorded call as a row of an export: an event of OCSF 1.8 (API Activity, class 6003), or cells of a CSV.

Both say the same, and each row says where it stands: queue and number, log and index, leaf hash, and the envelope that
this is the hash of. What of a call is shown is ``seen_calls``'s business.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.access_export import CSV_COLUMNS, ExportedPlace
from formats.civil import format_instant
from formats.spreadsheet import neutralised
from gateway.domain.access_export import ExportFormat
from gateway.domain.call_record import OK
from gateway.domain.officers import OfficerKnown
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.vocabulary import Word
    from gateway.services.seen_calls import SeenCall

OCSF: Final = "1.8.0"
_CATEGORY, _CLASS = 6, 6003
"""Application activity; API activity."""
_READ, _OTHER = 2, 99
_READING: Final = ("Check", "BatchCheck", "Get", "List", "Search", "Export", "Explain", "Watch")
"""Methods that change nothing begin with one of these; what else a call does, OCSF has no word for."""
_INFORMATIONAL: Final = 1
_SUCCESS, _FAILURE = 1, 2
_PRODUCT: Final = {"name": "joint-sanctions-gateway"}
_UNIDENTIFIED: Final = "unidentified caller"
BYTE_ORDER_MARK: Final = "\ufeff"

Placed = tuple["SeenCall", str, int]
"""A call with the name of the log and the index at which it stands there."""


def head_of(form: ExportFormat) -> bytes:
    """Return what comes before the first row."""
    return (BYTE_ORDER_MARK + _written([list(CSV_COLUMNS)])).encode() if form is ExportFormat.CSV else b""


def rows_of(form: ExportFormat, calls: Iterable[Placed]) -> bytes:
    """Return the bytes of rows, in order."""
    if form is ExportFormat.JSONL:
        return b"".join(canonical.encode(_event(*call)) + b"\n" for call in calls)
    return _written([_cells(*call) for call in calls]).encode()


def _words(call: SeenCall) -> dict[str, str]:
    """Return what both forms have as text, by the name of the CSV's column; empty for what the call does not say."""
    return {
        "role": call.role,
        "officer_known": _word(OfficerKnown, call.officer_known),
        "officer_key": call.officer_key,
        "officer_nonce": call.officer_nonce,
        "assertion_fault": call.assertion_fault,
        "area": _word(Area, call.area),
        "decision_point": _word(DecisionPoint, call.point),
        "case_ref": call.case_ref,
        "verdict": _word(Verdict, call.verdict),
        "field": call.field,
    }


def _place(call: SeenCall, log: str, index: int) -> ExportedPlace:
    return ExportedPlace(call.writer, call.number, call.item, log, index, call.leaf, call.envelope)


def _event(call: SeenCall, log: str, index: int) -> dict[str, object]:
    service, _, operation = call.method.rpartition("/")
    activity = _READ if operation.startswith(_READING) else _OTHER
    agency = call.agency or _UNIDENTIFIED
    actor: dict[str, object] = {"app_name": agency}
    if call.officer:
        actor["user"] = {"name": call.officer, **({"org": {"uid": call.agency}} if call.agency else {})}
    item = "" if call.item is None else f"/{call.item}"
    event: dict[str, object] = {
        "activity_id": activity,
        "activity_name": "Read" if activity == _READ else operation or call.method,
        "actor": actor,
        "api": {"operation": operation or call.method, **({"service": {"name": service}} if service else {})},
        "category_uid": _CATEGORY,
        "class_uid": _CLASS,
        "metadata": {
            "version": OCSF,
            "product": _PRODUCT,
            "uid": f"{call.writer}/{call.number}{item}",
            "log_name": log,
            "original_time": format_instant(call.at),
        },
        "severity_id": _INFORMATIONAL,
        "src_endpoint": {"name": agency},
        "status_id": _SUCCESS if call.outcome == OK else _FAILURE,
        "status_code": call.outcome,
        "time": _milliseconds(call.at),
        "type_uid": _CLASS * 100 + activity,
        "unmapped": {
            **{name: word for name, word in _words(call).items() if word},
            **_place(call, log, index).members(),
        },
    }
    if call.usccs:
        event["resources"] = [{"uid": uscc, "type": "enterprise"} for uscc in call.usccs]
    return event


def _cells(call: SeenCall, log: str, index: int) -> list[str]:
    cells = {
        "recorded_at": format_instant(call.at),
        "agency": call.agency,
        "officer": call.officer,
        "method": call.method,
        "outcome": call.outcome,
        "usccs": " ".join(call.usccs),
        **_words(call),
        **_place(call, log, index).cells(),
    }
    return [neutralised(cells[name]) for name in CSV_COLUMNS]


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _word(kind: type[Word], number: int) -> str:
    """Return a number of a closed list by its name; one that is not in it, as it stands."""
    if not number:
        return ""
    return kind(number).name if number in set(kind) else str(number)


def _milliseconds(instant: datetime) -> int:
    """Return an instant as OCSF has it, cut to milliseconds since 1970; ``original_time`` has the rest."""
    return int(instant.timestamp()) * 1000 + instant.microsecond // 1000
