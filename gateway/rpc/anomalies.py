"""``AuditService/ListAnomalies`` on the wire. It translates and decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import anomaly_pb2 as pb

from formats.civil import parse_date
from gateway.domain.agencies import Role
from gateway.domain.anomalies import AnomalyKind
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.answers import position_pb, text_pb
from gateway.rpc.method import Method, Reply

if TYPE_CHECKING:
    from datetime import date

    from gateway.rpc.method import Call
    from gateway.services.list_anomalies import Found, ListAnomalies

MOST = 100
MOST_LIMIT = 500


class AnomaliesServicer:
    """Hands the call to its use case."""

    def __init__(self, anomalies: ListAnomalies) -> None:
        self._anomalies = anomalies

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        auditors = frozenset({Role.AUDITOR})
        return [Method("AuditService/ListAnomalies", pb.ListAnomaliesRequest, auditors, run=self.list_anomalies)]

    async def list_anomalies(self, request: pb.ListAnomaliesRequest, call: Call) -> Reply:
        """See anomaly.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        days = _day(request.since, "since"), _day(request.until, "until")
        kinds = {fields.word(AnomalyKind, kind, "kinds") for kind in request.kinds}
        most = request.limit or MOST
        if most > MOST_LIMIT:
            raise MalformedRequestError("limit", f"must be 1 to {MOST_LIMIT}")
        call.told["anomalies"] = {
            "since": days[0].isoformat(),
            "until": days[1].isoformat(),
            "kinds": sorted(kind.name for kind in kinds),
        }
        found, left_out = await self._anomalies(days, kinds, call.now, most)
        return Reply(pb.ListAnomaliesResponse(anomalies=[_anomaly(each) for each in found], left_out=left_out))


def _day(text: str, field: str) -> date:
    try:
        return parse_date(fields.required(text, field, 10))
    except ValueError as error:
        raise MalformedRequestError(field, "must be a date, such as 2026-11-01") from error


def _anomaly(found: Found) -> pb.Anomaly:
    anomaly = found.anomaly
    shown = pb.Anomaly(
        kind=int(anomaly.kind),  # type: ignore[arg-type]  # the same numbers
        agency=anomaly.agency,
        role=anomaly.role,
        officer=found.officer,
        count=anomaly.count,
        threshold=anomaly.threshold,
        case_ref=anomaly.case_ref,
        text=text_pb(found.text),
        positions=[
            position_pb(row.entry.writer, row.entry.number, row.entry.leaf, row.entry.time) for row in found.entries
        ],
    )
    shown.begins.FromDatetime(anomaly.begins)
    shown.ends.FromDatetime(anomaly.ends)
    return shown
