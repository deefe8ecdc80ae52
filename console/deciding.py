"""From an officer's decision on an answer to the report of it: what is wrong with it, and what is still missing.

Where conditions were to be met, the same rules say what is missing as in an agency's adapter.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from jointsanctions.v1 import outcome_pb2 as pb

from adapters.conditions import (
    ConvenienceWithheld,
    ExistenceConfirmed,
    Fulfilment,
    OfficerReview,
    PartyHeard,
    SecurityRaised,
    missing,
)
from console.asking import Fault
from console.case_facts import fen
from console.relied import CONDITIONS
from formats.civil import SHANGHAI, civil_date, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from console.relied import Relied

TEXT_BYTES, NOTE_BYTES, DOCUMENT_BYTES, PART_BYTES = 256, 500, 128, 64
"""What the gateway takes."""
_FULFILLED: Final = frozenset({"GRANTED_WITH_CONDITIONS", "CONDITIONS_FULFILLED"})


def report(relied: Relied, form: Mapping[str, str], officer: str, now: datetime) -> pb.ReportOutcomeRequest:
    """Return the report of what an officer decided.

    Raises:
        NotReportedError: Something is wrong or missing, which is named.
    """
    wrong = list(_faults(relied, form, now))
    fulfilled = form.get("outcome") in _FULFILLED
    lacking: tuple[str, ...] = ()
    if fulfilled and not wrong and relied.measures is not None:
        try:
            done = _fulfilment(relied, form, officer, now)
        except ValueError:
            wrong.append(Fault("amount", "malformed"))
        else:
            lacking = missing(relied.measures, done, min(relied.answered_at, now), now)
    if wrong or lacking:
        raise NotReportedError(tuple(wrong), lacking)
    return pb.ReportOutcomeRequest(
        request_id=str(uuid4()),
        area=relied.area,  # type: ignore[arg-type]  # the number of an area
        decision_point=relied.point,  # type: ignore[arg-type]  # likewise of a point
        case_ref=relied.case_ref,
        officer=officer,
        uscc=relied.uscc,
        answer=relied.place,
        outcome=pb.OutcomeKind.Value(f"OUTCOME_KIND_{form['outcome']}"),
        decided_on=form["decided_on"],
        document_number=form.get("document_number", ""),
        conditions=_met(relied, form) if fulfilled else (),
        note=form.get("note", ""),
        part=form.get("part", ""),
    )


class NotReportedError(Exception):
    """A report is not sent.

    Attributes:
        faults: What is wrong with the form.
        lacking: What its conditions still lack, one line each, with the rule that asks for it.
    """

    def __init__(self, faults: tuple[Fault, ...], lacking: tuple[str, ...]) -> None:
        super().__init__("; ".join([*(fault.field for fault in faults), *lacking]))
        self.faults = faults
        self.lacking = lacking


def _faults(relied: Relied, form: Mapping[str, str], now: datetime) -> Iterator[Fault]:
    if form.get("outcome") not in relied.choices:
        yield Fault("outcome", "required")
    if form.get("outcome") == "OVERRIDDEN" and not form.get("note"):
        yield Fault("note", "override_reason")
    try:
        on = parse_date(form.get("decided_on", ""))
    except ValueError:
        yield Fault("decided_on", "malformed")
    else:
        if not civil_date(relied.answered_at) <= on <= civil_date(now):
            yield Fault("decided_on", "out_of_time")
    limits = {"note": NOTE_BYTES, "document_number": DOCUMENT_BYTES, "part": PART_BYTES}
    limits |= dict.fromkeys(CONDITIONS, TEXT_BYTES)
    yield from (Fault(name, "too_long") for name, most in limits.items() if len(form.get(name, "").encode()) > most)
    if form.get("outcome") in _FULFILLED and not any(form.get(name) for name in (*relied.conditions, "amount")):
        yield Fault("conditions", "required")


def _fulfilment(relied: Relied, form: Mapping[str, str], officer: str, now: datetime) -> Fulfilment:
    """Return what was done; ``ValueError`` where an amount is none."""
    kinds = [each.security_bound.kind for each in relied.measures or () if each.HasField("security_bound")]
    ordinary = form.get("ordinary", "")
    security = None
    if form.get("amount"):
        security = SecurityRaised(kinds[0] if kinds else "", fen(form["amount"]), fen(ordinary) if ordinary else None)
    heard_at = datetime.combine(parse_date(form["decided_on"]), time(), SHANGHAI)
    return Fulfilment(
        OfficerReview(officer, form["review"], now) if form.get("review") else None,
        security,
        ExistenceConfirmed((relied.uscc,), "market regulation", form["existence"], now)
        if form.get("existence")
        else None,
        ConvenienceWithheld(officer, now) if form.get("withheld") else None,
        PartyHeard(officer, form["hearing"], min(heard_at, now)) if form.get("hearing") else None,
    )


def _met(relied: Relied, form: Mapping[str, str]) -> Iterator[pb.FulfilledCondition]:
    for name in relied.conditions:
        text = f"{form['amount']} CNY" if name == "security" and form.get("amount") else form.get(name, "")
        if text:
            yield pb.FulfilledCondition(kind=CONDITIONS[name], text=text)
