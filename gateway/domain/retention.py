"""How long what was recorded of a call is kept, and what may be erased: body, salt and lines, never the envelope.

The leaf is the hash of the envelope alone, so that the log stays verifiable without what is erased (I-58). The floors
of the law cannot be gone below; a legal hold keeps what it names whatever its age. It reads and erases nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import add_months, civil_date, midnight, parse_date
from formats.day_proof import METHOD
from gateway.domain.call_record import OK
from gateway.domain.referral_silence import SILENT
from gateway.domain.who_asked import RELEASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from gateway.domain.audit import Entry, Position


class RetentionClass(StrEnum):
    """By what the time of an entry is measured."""

    RECEIPT = "RECEIPT"
    """An answered check, of which somebody may hold a receipt, or what other entries are judged by: a review, a run of
    retention, which proves what was erased, the index of a day, the release of an investigation, silence on record."""
    PERSON = "PERSON"
    """Personal information taken in, told or published: the record of that processing (I-54, I-56)."""
    ORDINARY = "ORDINARY"
    """All other calls, refused ones too: the access log."""


RUN: Final = "AuditService/ApplyRetention"
REVIEW: Final = "AuditService/SignReview"
"""Kept as long as what was reviewed."""
BEGUN: Final = "BEGUN"
"""Outcome of the entry that is written before anything is erased."""
CHECKS: Final = frozenset(
    {"CreditService/CheckEligibility", "CreditService/BatchCheckEligibility", "CreditService/ClearAward"}
)
DERIVES: Final = frozenset({"CreditService/ListRelatedBidders"})
"""Tells what follows from who persons are, and names nobody: that one is in charge of two bidders."""
PERSONS: Final = DERIVES | frozenset(
    {
        "CreditService/CheckPerson",
        "RegistryService/SubmitRecords",
        "RegistryService/DecideListing",
        "RegistryService/RecordDelivery",
        "RegistryService/ListPublishable",
        "RegistryService/GetEnterpriseFile",
        "RegistryService/WatchChanges",
    }
)
"""Whatever takes in, tells or publishes who a person is, or tells what follows from it; contract tests find them."""
FLOORS: Final[Mapping[str, int]] = {"receipt_months": 180, "person_months": 36, "ordinary_months": 6}
"""Months below which no configuration goes: GPL art. 42, NDR art. 12 and CSL art. 21 (I-56 to I-58)."""


CLOCK_RAN: Final = timedelta(days=1)
CLOCK_KNOWN: Final = timedelta(days=8)
"""Before anything is erased the record must show that the clock has run as it does for a day, within eight."""


@dataclass(frozen=True, slots=True)
class RetentionTerms:
    """Months for which each class is kept; as shipped 15 years for receipts, and 5 for everything else (I-58).

    Raises:
        ValueError: One is shorter than the law allows; the message begins with its name.
    """

    receipt_months: int = 180
    person_months: int = 60
    ordinary_months: int = 60

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < FLOORS[field.name]:
                raise ValueError(f"{field.name}: must be at least {FLOORS[field.name]} (I-58)")

    def months(self, of: RetentionClass) -> int:
        """Return for how many calendar months a class is kept."""
        months: int = getattr(self, f"{of.value.lower()}_months")
        return months

    @property
    def shortest(self) -> int:
        """The fewest months for which anything is kept."""
        return min(self.months(each) for each in RetentionClass)


@dataclass(frozen=True, slots=True)
class LegalHold:
    """What must be kept beyond its time: every entry to which all that is set applies.

    Raises:
        ValueError: It names nothing, and so everything, or no document orders it.
    """

    document_number: str
    agency: str = ""
    case_ref: str = ""
    uscc: str = ""
    referral: str = ""
    """Id of a referral, whose own holds keep the record of it, too (``referral_holds``)."""

    def __post_init__(self) -> None:
        if not self.document_number:
            raise ValueError("document_number: is required")
        if not (self.agency or self.case_ref or self.uscc or self.referral):
            raise ValueError("uscc: one of agency, case_ref, uscc and referral is required")

    def keeps(self, body: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> bool:
        """Return whether it keeps the entry with this *body* and these batch *lines*."""
        if self.agency and body.get("caller", {}).get("agency") != self.agency:
            return False
        if self.referral and self.referral not in {body.get("referral"), *body.get("referrals", ())}:
            return False
        return any(
            (not self.case_ref or said.get("case") == self.case_ref)
            and (not self.uscc or self.uscc in said.get("enterprises", ()))
            for said in (body, *({**body, **line} for line in lines))
        )


def class_of(body: Mapping[str, Any]) -> RetentionClass:
    """Return the class of the call that *body* records."""
    method = body.get("method", "")
    if body.get("outcome") == SILENT:
        return RetentionClass.RECEIPT
    if method in {RUN, REVIEW, RELEASE, METHOD} or (method in CHECKS and body.get("outcome") == OK):
        return RetentionClass.RECEIPT
    return RetentionClass.PERSON if method in PERSONS else RetentionClass.ORDINARY


def kept_until(recorded_at: datetime, months: int) -> datetime:
    """Return the first instant at which what was recorded at an instant is kept no longer: the start of a civil day."""
    return midnight(add_months(civil_date(recorded_at), months))


def clock_is_shown(recorded: datetime | None, now: datetime) -> bool:
    """Return whether the record bears the clock out: a clock that has just jumped years ahead would erase everything.

    Args:
        recorded: Time of the newest entry that is at least ``CLOCK_RAN`` old; None when there is none.
        now: The present, by the clock in question.
    """
    return recorded is not None and now - CLOCK_KNOWN <= recorded <= now - CLOCK_RAN


def tombstone(of: RetentionClass, on: date, run: Position) -> bytes:
    """Return what stands in the place of an erased body: why, when, and by which recorded run.

    Args:
        of: The class by whose time it was erased.
        on: Civil day of the run.
        run: Where the run's beginning is recorded.
    """
    said = {"class": of.value, "on": on.isoformat(), "run": f"{run.writer}/{run.number}"}
    return canonical.encode({"erased": said})


def flaw_of_tombstone(entry: Entry) -> str:
    """Return what is wrong with what stands in the place of an erased body; empty when nothing is.

    It must say by which run it was erased, and not before the shortest time that the law leaves for its class.
    """
    try:
        said = canonical.decode(entry.body)
        erased = said["erased"] if isinstance(said, dict) and said.keys() == {"erased"} else {}
        of, on, run = RetentionClass(erased["class"]), parse_date(erased["on"]), erased["run"]
    except (ValueError, KeyError, TypeError):
        return "it is erased, and does not say by what"
    floor = FLOORS[f"{of.value.lower()}_months"]
    if not run or midnight(on) < kept_until(entry.time, floor):
        return "it is erased, and before the time that the law sets"
    return ""
