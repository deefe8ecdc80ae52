"""The steps that police, procuratorate and court take in a case, as forms: what each asks for, and what is sent.

Which of them may be taken where a case stands the gateway says (``Referral.allowed``), and judges again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from jointsanctions.v1 import referral_pb2 as pb

from console.asking import Fault
from formats.civil import SHANGHAI, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.message import Message

NUMBER_BYTES, REASONS_BYTES, OFFICER_BYTES = 128, 4_000, 64
MOST_OFFICERS: Final = 20
_HASH: Final = re.compile("[0-9a-f]{64}")
_AGENCY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BETWEEN: Final = re.compile(r"[,，、;；]")
_RECEIPT: Final = ("SignReceipt", pb.SignReceiptRequest, pb.SignReceiptResponse)
_DECISION: Final = ("DecideFiling", pb.DecideFilingRequest, pb.DecideFilingResponse)
_OUTCOME: Final = ("RecordOutcome", pb.RecordOutcomeRequest, pb.RecordOutcomeResponse)


@dataclass(frozen=True, slots=True)
class Form:
    """What a step asks for.

    Attributes:
        call: Method, request and answer.
        reasons: The law wants reasons.
        receiver: It names the agency that gets the case.
        judgment: It names the day from which it is effective.
    """

    call: tuple[str, type[Message], type[Message]]
    reasons: bool = False
    receiver: bool = False
    judgment: bool = False


FORMS: Final[Mapping[str, Form]] = {
    "RECEIPT": Form(_RECEIPT),
    "FILING": Form(_DECISION),
    "NON_FILING": Form(_DECISION, reasons=True),
    "NON_FILING_UPHELD": Form(_DECISION, reasons=True),
    "EXTENSION": Form(_DECISION, reasons=True),
    "MATERIALS_REQUEST": Form(_DECISION, reasons=True),
    "FORWARDING": Form(_DECISION, reasons=True, receiver=True),
    "EXPLANATION": Form(_OUTCOME, reasons=True),
    "WITHDRAWAL": Form(_OUTCOME, reasons=True),
    "EXPLANATION_REQUEST": Form(_OUTCOME),
    "NON_FILING_VALID": Form(_OUTCOME, reasons=True),
    "FILING_ORDER": Form(_OUTCOME, reasons=True),
    "CORRECTION_NOTICE": Form(_OUTCOME),
    "URGING": Form(_OUTCOME),
    "INDICTMENT": Form(_OUTCOME, receiver=True),
    "NON_PROSECUTION": Form(_OUTCOME, reasons=True),
    "OPINION": Form(_OUTCOME),
    "CONVICTION": Form(_OUTCOME, judgment=True),
    "ACQUITTAL": Form(_OUTCOME),
    "EXEMPTION": Form(_OUTCOME, judgment=True),
    "PROPERTY_RETURN": Form(_OUTCOME),
}
"""By the step as the wire names it."""


def form_of(kind: int) -> Form | None:
    """Return what a step asks for; None where it is none of police, procuratorate and court."""
    return FORMS.get(name_of(kind))


def name_of(kind: int) -> str:
    """Return a step's name, such as ``"NON_FILING"``; empty where this version does not know it."""
    known = pb.ReferralActKind.DESCRIPTOR.values_by_number.get(kind)
    return known.name.removeprefix("REFERRAL_ACT_KIND_") if known else ""


@dataclass(slots=True)
class Act:
    """One step that is being filled in: sent twice it is the same call, and so taken once.

    Attributes:
        at: Id under which the page of its case is found.
        referral_id: The case.
        kind: Which step.
        form: What it asks for.
        request_id: Id of the call.
        taken_at: When it was first sent, UTC, which is when it was taken where the form does not say; None: not yet.
    """

    at: str
    referral_id: str
    kind: int
    form: Form
    request_id: str = field(default_factory=lambda: str(uuid4()))
    taken_at: datetime | None = None


class StepError(ValueError):
    """A form cannot be sent; nothing was.

    Attributes:
        faults: What is wrong with it.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(f"{each.field}: {each.text}" for each in faults))
        self.faults = faults


def request_of(act: Act, filled: Mapping[str, str], officer: str, now: datetime) -> Message:
    """Return the call that a form makes.

    Raises:
        StepError: Something is missing or malformed.
    """
    by = [each.strip() for each in _BETWEEN.split(filled.get("by", "")) if each.strip()]
    taken_at, wrong = _instant(filled.get("taken_at", ""))
    found = [*wrong, *_faults(act.form, filled), *_officers(by)]
    if found:
        raise StepError(tuple(found))
    act.taken_at = act.taken_at or now
    step = pb.ReferralStep(
        kind=act.kind,  # type: ignore[arg-type]  # the number of a step
        document_number=filled["document_number"],
        document_sha256=filled["document_sha256"].lower(),
        officers=by,
        # What the gateway keeps is one line.
        reasons=" ".join(line.strip() for line in filled.get("reasons", "").splitlines() if line.strip()),
        to_agency=filled.get("to_agency", "") if act.form.receiver else "",
        effective_on=filled.get("effective_on", "") if act.form.judgment else "",
    )
    step.at.FromDatetime(taken_at or act.taken_at)
    made: Any = act.form.call[1]
    request: Message = made(request_id=act.request_id, officer=officer, referral_id=act.referral_id, step=step)
    return request


def _faults(form: Form, filled: Mapping[str, str]) -> list[Fault]:
    wanted = {"document_number": True, "document_sha256": True, "reasons": form.reasons}
    wanted |= {"to_agency": form.receiver, "effective_on": form.judgment}
    found = [Fault(name, "required") for name, needed in wanted.items() if needed and not filled.get(name)]
    limits = {"document_number": NUMBER_BYTES, "reasons": REASONS_BYTES}
    found += [Fault(name, "too_long") for name, most in limits.items() if len(filled.get(name, "").encode()) > most]
    digest, agency, day = (filled.get(name, "") for name in ("document_sha256", "to_agency", "effective_on"))
    if digest and not _HASH.fullmatch(digest.lower()):
        found.append(Fault("document_sha256", "no_hash"))
    if form.receiver and agency and not _AGENCY.fullmatch(agency):
        found.append(Fault("to_agency", "no_agency"))
    if form.judgment and day and not _is_day(day):
        found.append(Fault("effective_on", "malformed"))
    return found


def _officers(by: list[str]) -> list[Fault]:
    if not by:
        return [Fault("by", "required")]
    fits = len(by) <= MOST_OFFICERS and len(set(by)) == len(by) and all(len(e.encode()) <= OFFICER_BYTES for e in by)
    return [] if fits else [Fault("by", "no_officers")]


def _instant(said: str) -> tuple[datetime | None, list[Fault]]:
    """Return an instant, UTC, that is said as local time; None where nothing is said."""
    if not said:
        return None, []
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None, [Fault("taken_at", "malformed")]
    if found.tzinfo is not None:
        return None, [Fault("taken_at", "malformed")]
    return found.replace(tzinfo=SHANGHAI).astimezone(UTC), []


def _is_day(said: str) -> bool:
    try:
        parse_date(said)
    except ValueError:
        return False
    return True
