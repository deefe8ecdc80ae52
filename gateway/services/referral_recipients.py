"""To whom a case may be sent: what an agency is, its mandate says; a court is told by an agreement (T-22, T-54)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.referral_words import ReferralActKind as Kind

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.referral_steps import ReferralAct
    from gateway.domain.referrals import Copies, Referral
    from gateway.services.referrals import Referrals


RECEIVER: Final = {Kind.SENDING: Role.POLICE, Kind.FORWARDING: Role.POLICE, Kind.INDICTMENT: Role.COURT}
"""Steps that name the agency that gets the case, and its role."""


def require_receiver(referrals: Referrals, agency: Agency, act: ReferralAct, now: datetime) -> None:
    """Refuse a step that names no agency that is in force and could get the case, or names one for nothing.

    Raises:
        MalformedRequestError: ``step.to_agency`` is such an agency, or police of another territory (T-22).
    """
    role = RECEIVER.get(act.kind)
    if role is None:
        if act.to_agency:
            raise MalformedRequestError("step.to_agency", f"is not for {act.kind.name}")
        return
    receiver = referrals.agency(act.to_agency, role, now)
    if receiver is None:
        raise MalformedRequestError("step.to_agency", f"names no agency of the role {role.value}")
    if act.kind is Kind.SENDING and receiver.territory != agency.territory:
        raise MalformedRequestError("step.to_agency", "names police of another territory than one's own (T-22)")


def require_copies(referrals: Referrals, agency: Agency, copies: Copies | None, now: datetime) -> None:
    """Refuse copies to what is no procuratorate or no court, or to the procuratorate of another territory.

    Raises:
        MalformedRequestError: With the field that names it.
    """
    if copies is None:
        return
    for field, agency_id, role in (
        ("procuratorate", copies.procuratorate, Role.PROCURATORATE),
        ("court", copies.court, Role.COURT),
    ):
        if agency_id and referrals.agency(agency_id, role, now) is None:
            raise MalformedRequestError(field, f"names no agency of the role {role.value}")
    sent_to = referrals.agency(copies.procuratorate, Role.PROCURATORATE, now)
    if sent_to is not None and sent_to.territory != agency.territory:
        raise MalformedRequestError("procuratorate", "is of another territory than one's own (T-23)")


def lapsed_role(referrals: Referrals, case: Referral, act: ReferralAct, now: datetime) -> Role | None:
    """Return as what a recipient of a supplement has no mandate any more; None where all have, and for other steps."""
    copies = case.copies
    if act.kind is not Kind.SUPPLEMENT or copies is None:
        return None
    sent_to = ((case.police, Role.POLICE), (copies.procuratorate, Role.PROCURATORATE))
    return next((role for agency_id, role in sent_to if referrals.agency(agency_id, role, now) is None), None)


def agreed_copies(referrals: Referrals, case: Referral, copies: Copies | None, now: datetime) -> Copies | None:
    """Return the copies with the number of the agreement by which the court gets its notice.

    Raises:
        MalformedRequestError: ``court`` has no agreement for the county of the case on the civil day of *now*.
    """
    if copies is None or not copies.court:
        return copies
    agreement = referrals.law.agreements.in_force(copies.court, case.facts.county, civil_date(now))
    if agreement is None:
        raise MalformedRequestError("court", "has no agreement in force on a notice of this county's cases (T-54)")
    return replace(copies, agreement=agreement.document_number)
