"""The register of the processing of personal information, and the impact assessment of each activity (I-54, I-56).

What is switched on (``duties``) must stand on the register, with an assessment on file that is in date: otherwise the
gateway does not start. The records of the answers themselves are the log of calls (``retention``). Nothing is read
here, and no person is named: an officer is a post.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from formats.civil import add_months
from gateway.domain.agencies import Role
from gateway.domain.referrals import APPROVE, REFER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from gateway.domain.agencies import Agency
    from gateway.domain.policy import LocalizedText

KEPT_MONTHS: Final = 36
"""Months for which assessments and records of processing are kept at least: PIPL art. 56, NDR art. 12 (I-54, I-56)."""
REVIEW_MONTHS: Final = 36
"""Months at most from an assessment to its review: ours: older than its records are kept, it proves nothing."""


class Processing(StrEnum):
    """What is done with personal information here."""

    KEEPING = "keeping"
    """Records that name persons, numbers sealed and hashed: without them nothing can be asked."""
    ANSWERING = "answering"
    """Telling deciding organs what weighs on an enterprise and who stands behind it."""
    NON_STATE = "non_state"
    """Telling banks and guarantee companies, which are controllers of their own (I-51, I-61)."""
    PUBLICATION = "publication"
    """Showing lists to the public."""
    PLATFORM = "platform"
    """Reporting to the credit platform."""
    REFERRAL = "referral"
    """Referring cases, and telling police, procuratorate and courts."""
    WINDOW = "window"
    """Telling whom it concerns, at the window."""
    AUDIT = "audit"
    """Letting auditors read who asked about whom."""


SWITCHED_ON_BY: Final[Mapping[Role, Processing]] = {
    Role.PRODUCER: Processing.KEEPING,
    Role.ASKING_SYSTEM: Processing.ANSWERING,
    Role.BANK: Processing.NON_STATE,
    Role.PORTAL: Processing.PUBLICATION,
    Role.CONNECTOR: Processing.PLATFORM,
    Role.COURT: Processing.REFERRAL,
    Role.POLICE: Processing.REFERRAL,
    Role.PROCURATORATE: Processing.REFERRAL,
    Role.SUBJECT: Processing.WINDOW,
    Role.AUDITOR: Processing.AUDIT,
}
"""Which activity a caller of a role switches on. An operator sees nothing of anybody (R-03).

A grant to refer or to approve cases switches on ``REFERRAL`` as well.
"""


class RegisterError(ValueError):
    """An activity that must not be so: which key of which activity, and why."""

    def __init__(self, activity: str, key: str, reason: str) -> None:
        super().__init__(f"{activity}: {key}: {reason}")
        self.activity = activity
        self.key = key
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Assessment:
    """An impact assessment on file: civil days in UTC+8; it is in date from its day until the day of its review."""

    document_number: str
    assessed_on: date
    next_review: date

    def lapse(self, today: date) -> str:
        """Return why it is not in date on *today*; empty when it is."""
        if today < self.assessed_on:
            return f"assessed_on: {self.assessed_on} lies ahead"
        if today >= self.next_review:
            return f"next_review: the review was due on {self.next_review}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One activity of processing, as the register describes it."""

    processing: Processing
    purpose: LocalizedText
    legal_basis: tuple[str, ...]
    """Laws with their articles."""
    categories: tuple[str, ...]
    """Kinds of personal information."""
    sensitive: bool
    """Some of it is sensitive (I-52)."""
    recipients: frozenset[Role]
    retention: LocalizedText
    security: LocalizedText
    consent: LocalizedText | None
    """On what a recipient that is no state organ is told: separate consent, or the law that replaces it (I-51)."""
    officer: str
    """The post that answers for it; never a person's name."""
    assessment: Assessment | None
    """None when there is none on file."""


class ProcessingRegister:
    """Every activity once. Iterating yields them in their order."""

    def __init__(
        self, controller: LocalizedText, kept_months: int, activities: Iterable[Activity], digest: str
    ) -> None:
        """Take the register: who answers for it, for how many months its records are kept, and what is done.

        *digest* is the SHA-256 of what it was read from, hexadecimal.

        Raises:
            RegisterError: An activity stands twice, says less than the law wants to know, or is kept too short.
        """
        self.controller = controller
        self.kept_months = kept_months
        self.digest = digest
        self._activities: dict[Processing, Activity] = {}
        if kept_months < KEPT_MONTHS:
            raise RegisterError("register", "records_kept_months", f"must be at least {KEPT_MONTHS} (I-54, I-56)")
        for activity in activities:
            if activity.processing in self._activities:
                raise RegisterError(activity.processing, "activity", "stands twice")
            _check(activity)
            self._activities[activity.processing] = activity

    def __iter__(self) -> Iterator[Activity]:
        return iter(self._activities.values())

    def require(self, duties: Mapping[Processing, frozenset[Role]], today: date) -> None:
        """Raise ``RegisterError`` unless everything that is switched on has its assessment, in date on *today* (I-54).

        Args:
            duties: As ``duties_of`` returns them.
            today: Civil day in UTC+8.
        """
        for processing, roles in duties.items():
            activity = self._activities.get(processing)
            if activity is None:
                raise RegisterError(
                    processing, "activity", f"is switched on by {_named(roles)} and not on the register"
                )
            if left := roles - activity.recipients - {Role.PRODUCER}:
                raise RegisterError(processing, "recipients", f"do not name {_named(left)}")
            if activity.assessment is None:
                raise RegisterError(processing, "assessment", "is not on file (I-54)")
            if lapse := activity.assessment.lapse(today):
                key, _, why = lapse.partition(": ")
                raise RegisterError(processing, f"assessment.{key}", f"{why} (I-54)")

    def next_review(self, duties: Iterable[Processing]) -> date | None:
        """Return the first day on which an assessment that is needed is over; None when none is needed."""
        found = (self._activities[each].assessment for each in duties if each in self._activities)
        return min((each.next_review for each in found if each is not None), default=None)


def duties_of(agencies: Iterable[Agency]) -> dict[Processing, frozenset[Role]]:
    """Return what the callers of a gateway switch on, each with the roles that do.

    Persons' numbers are kept by every gateway: it does not start without their keys.
    """
    found: dict[Processing, frozenset[Role]] = {Processing.KEEPING: frozenset()}
    for agency in agencies:
        processing = SWITCHED_ON_BY.get(agency.role)
        if agency.fields & {REFER, APPROVE}:
            found[Processing.REFERRAL] = found.get(Processing.REFERRAL, frozenset()) | {agency.role}
        if processing is not None:
            found[processing] = found.get(processing, frozenset()) | {agency.role}
    return found


def _check(activity: Activity) -> None:
    said = activity.processing
    for key in ("legal_basis", "categories"):
        if not getattr(activity, key):
            raise RegisterError(said, key, "must name at least one")
    if Role.BANK in activity.recipients and activity.consent is None:
        raise RegisterError(said, "consent", "is required where a recipient is no state organ (I-51)")
    assessment = activity.assessment
    if assessment is None:
        return
    if assessment.next_review <= assessment.assessed_on:
        raise RegisterError(said, "assessment.next_review", "must lie after assessed_on")
    if assessment.next_review > add_months(assessment.assessed_on, REVIEW_MONTHS):
        raise RegisterError(said, "assessment.next_review", f"must come within {REVIEW_MONTHS} months")


def _named(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(roles)) or "the keys of persons' numbers"
