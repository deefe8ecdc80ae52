"""What an enterprise may learn about who asked about it: which calls are questions, and which stay hidden (R-05).

Section 10 of the law's list gives it organisation, purpose and time, "except investigation queries". Neither officers
nor case numbers nor what was answered are part of it. Finding the calls is the access index's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import ASKING_ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.domain.agencies import Agency

INVESTIGATORS: Final = frozenset({Role.POLICE, Role.PROCURATORATE, Role.COURT})
"""Whose questions are hidden until their case is released (R-05): a view that showed them would warn the suspect."""
SHOWN_ROLES: Final = frozenset(Role) - INVESTIGATORS
QUESTIONS: Final = frozenset(
    {
        "CreditService/CheckEligibility",
        "CreditService/BatchCheckEligibility",
        "CreditService/ClearAward",
        "CreditService/ListCases",
        "CreditService/ListRelatedBidders",
        "CreditService/GetCreditRecord",
        "CreditService/ResolveEnterprise",
        "RegistryService/ExplainGrade",
        "RegistryService/GetEnterpriseFile",
        "RegistryService/GetListing",
        "RegistryService/ListEarlyWarnings",
        "SubjectService/GetOwnGrade",
        "SubjectService/GetOwnDayProof",
        "SubjectService/ListWhoAsked",
        "SubjectService/ListOwnObjections",
    }
)
"""Methods that tell their caller of an enterprise. Those of the window are among them: somebody asked in its name."""
RELEASE: Final = "AuditService/ReleaseInvestigation"
"""The call by which whoever investigates releases a case of its own: its questions are shown from then on."""
PURPOSE_SHOWN: Final = frozenset({Role.ASKING_SYSTEM, Role.BANK})
"""Whose free text is shown as well: these cannot know of a referral, and what HRSS notes might tell of one (T-60)."""


def investigators_among(agencies: Iterable[Agency]) -> frozenset[str]:
    """Return the ids of those whose every question is an investigation's: that one was told of a record tells of it.

    An agency that also decides is none: nobody can say as which it was told.
    """
    roles: dict[str, set[Role]] = {}
    for agency in agencies:
        roles.setdefault(agency.agency_id, set()).add(agency.role)
    return frozenset(each for each, held in roles.items() if held & INVESTIGATORS and not held & ASKING_ROLES)


def is_hidden(role: str, agency: str, case_ref: str, released: frozenset[tuple[str, str]]) -> bool:
    """Return whether a question stays hidden from whom it is about.

    Args:
        role: The caller's, as recorded; one that is none of ours is hidden.
        agency: The caller's id.
        case_ref: The case in which it asked.
        released: (agency, case number) of every investigation that has been released.
    """
    return role not in SHOWN_ROLES and (agency, case_ref) not in released
