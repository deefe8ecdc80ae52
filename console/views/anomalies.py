"""What in the record of calls is worth a look, with its explanation and the entries to begin with."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import anomaly_pb2

from console.access_filter import read_filter
from console.asking import Fault
from console.views.accesses import AUDITOR
from console.visit import Entry, View
from formats.civil import civil_date, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from console.visit import Visit

MOST: Final = 100
"""Anomalies shown; how many there are beside them the page says."""
MOST_DAYS: Final = 31
MALFORMED: Final = 422
KINDS: Final[Mapping[int, str]] = {
    anomaly_pb2.ANOMALY_KIND_VOLUME: "anomaly.volume",
    anomaly_pb2.ANOMALY_KIND_WITHOUT_OUTCOME: "anomaly.without_outcome",
    anomaly_pb2.ANOMALY_KIND_ENUMERATION: "anomaly.enumeration",
    anomaly_pb2.ANOMALY_KIND_AFTER_HOURS: "anomaly.after_hours",
    anomaly_pb2.ANOMALY_KIND_SAME_PERSON: "anomaly.same_person",
    anomaly_pb2.ANOMALY_KIND_REFUSED_FIRST: "anomaly.refused_first",
    anomaly_pb2.ANOMALY_KIND_AFTER_CASE_END: "anomaly.after_case_end",
    anomaly_pb2.ANOMALY_KIND_WAGE_POINTS: "anomaly.wage_points",
}
"""The text of each kind; one that is not here is shown by its number."""


def anomalies(visit: Visit) -> Response:
    """Show what stands out in the days of the address, the furthest beyond its threshold first."""
    wanted, wrong = read_filter(visit.query, civil_date(visit.desk.clock()))
    faults = wrong or _too_long(wanted.since, wanted.until)
    if faults:
        return _anomalies(visit, wanted.shown, wrong=faults)
    request = anomaly_pb2.ListAnomaliesRequest(
        since=wanted.since,
        until=(parse_date(wanted.until) + timedelta(days=1)).isoformat(),
        limit=MOST,
        officer=visit.session.officer,
    )
    return _anomalies(visit, wanted.shown, visit.desk.client.audit("ListAnomalies", request, _FOUND))


def choose(visit: Visit) -> Response:
    """Go to the days that a form names."""
    wanted, wrong = read_filter(visit.form, civil_date(visit.desk.clock()))
    faults = wrong or _too_long(wanted.since, wanted.until)
    return _anomalies(visit, wanted.shown, wrong=faults) if faults else visit.to(f"/anomalies?{wanted.query()}")


def _anomalies(
    visit: Visit,
    filled: Mapping[str, str],
    found: anomaly_pb2.ListAnomaliesResponse | None = None,
    wrong: tuple[Fault, ...] = (),
) -> Response:
    words = visit.words
    rows = [
        (
            each,
            words(KINDS[each.kind]) if each.kind in KINDS else str(each.kind),
            civil_date(each.begins.ToDatetime(tzinfo=UTC)).isoformat(),
            [(visit.session.keep(place), place) for place in each.positions],
        )
        for each in (found.anomalies if found is not None else ())
    ]
    return visit.page(
        "anomalies.html",
        MALFORMED if wrong else 200,
        filled=filled,
        found=found,
        rows=rows,
        wrong={fault.field: words(f"fault.{fault.text}") for fault in wrong},
    )


def _too_long(since: str, until: str) -> tuple[Fault, ...]:
    """Return what is wrong with days that a call can look at: both named, and 31 at the most."""
    faults = [Fault(name, "required") for name, said in (("since", since), ("until", until)) if not said]
    if not faults and parse_date(until) - parse_date(since) >= timedelta(days=MOST_DAYS):
        faults.append(Fault("until", "too_many_days"))
    return tuple(faults)


_FOUND: Final = anomaly_pb2.ListAnomaliesResponse
VIEW: Final = View(
    AUDITOR,
    (Entry("/anomalies", "anomalies"),),
    (
        ("GET", "/anomalies", anomalies),
        ("POST", "/anomalies", choose),
    ),
)
