"""Publication (重大劳动保障违法行为社会公布): of a major labour violation. It is no listing (P-09).

What has to be in it (P-03) is asked for on arrival. A record that is older than these fields stays readable and weighs
as it did; it is not shown to the public, because it does not say what the law wants shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from formats.civil import add_months
from formats.private_numbers import find_private_number
from gateway.domain.kinds.fact import Fact, Fault, Faults, Limit

DISPLAY_MONTHS: Final = 36
"""No class of information is public for longer, counted from its document (C-03)."""


class ViolationKind(StrEnum):
    """The seven kinds of violations whose publication is a duty (P-01)."""

    WAGE_ARREARS = "WAGE_ARREARS"
    """Large arrears without a lawful ground, and refusals to pay that went to the police: one kind, so that it never
    says that there is a referral (T-60)."""
    SOCIAL_INSURANCE = "SOCIAL_INSURANCE"
    HOURS_AND_LEAVE = "HOURS_AND_LEAVE"
    WOMEN_AND_MINORS = "WOMEN_AND_MINORS"
    CHILD_LABOUR = "CHILD_LABOUR"
    SERIOUS_SOCIAL_EFFECT = "SERIOUS_SOCIAL_EFFECT"
    OTHER_MAJOR = "OTHER_MAJOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Fact):
    """Publication of a major labour violation (O29, P-01 to P-09): displayed in [published_on, display_until)."""

    wire_name: ClassVar[str] = "publication"
    begins: ClassVar[str] = "published_on"
    ends: ClassVar[str] = "display_until"

    published_on: date
    display_until: date
    for_wages: bool
    violation: ViolationKind | None = None
    enterprise_name: Annotated[str, Limit(300)] = ""
    address: Annotated[str, Limit(300)] = ""
    representative_name: Annotated[str, Limit(120)] = ""
    """Of the legal representative or responsible person: the name and nothing else (P-03)."""
    main_facts: Annotated[str, Limit(6_000)] = ""
    handling_result: Annotated[str, Limit(6_000)] = ""
    decided_on: date | None = None
    """Day of the decision by which the case was handled (P-02)."""
    secrecy_reviewed: bool = False
    """The authority's own word that it looked for state and commercial secrets and privacy, and found none (P-03)."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields that the law wants published and that are not said, in order (P-03)."""
        return tuple(name for name in PUBLISHED_FIELDS if not getattr(self, name))

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.ends_after("published_on", "display_until")
        for name in self.missing:
            reviewed = name == "secrecy_reviewed"
            yield Fault(name, "must be true: what was not reviewed is not published" if reviewed else "is required")
        yield from self.in_order("decided_on", "published_on")
        if self.decided_on is not None and self.display_until > add_months(self.decided_on, DISPLAY_MONTHS):
            yield Fault("display_until", "lies more than three years after the decision")
        if self.violation is ViolationKind.WAGE_ARREARS and not self.for_wages:
            yield Fault("for_wages", "must be true for arrears of wages")
        for name in PUBLISHED_TEXTS:
            found = find_private_number(getattr(self, name))
            if found is not None:
                yield Fault(name, f"holds {found}, and would be published")


PUBLISHED_TEXTS: Final = ("enterprise_name", "address", "representative_name", "main_facts", "handling_result")
"""Its free texts that the public reads."""
PUBLISHED_FIELDS: Final = ("violation", *PUBLISHED_TEXTS, "decided_on", "secrecy_reviewed")
"""Fields that came after the first records were stored, and that a publication needs."""
