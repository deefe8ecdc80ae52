"""To whom a case may be sent: by what the mandates say that an agency is, and a court by its agreement alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from contract.test_meeting_store import FixedClock
from listing_life import CALENDAR
from referral_samples import AGENCIES, COURT, HRSS, NOW, PART, POLICE, PROCURATORATE, TABLE, agency, facts, step

from formats.civil import civil_date
from gateway.domain.agencies import Role
from gateway.domain.court_agreements import CourtAgreement, CourtAgreements
from gateway.domain.errors import MalformedRequestError
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import Copies, ReferralEntry, referral_of
from gateway.services.referral_recipients import agreed_copies, lapsed_role, require_copies
from gateway.services.referrals import Law, Referrals

TODAY = civil_date(NOW)
AGREED = CourtAgreement("court", "联1号", ("局", "院"), TODAY, frozenset({"420302"}), TODAY)


def referrals(callers=AGENCIES, agreements=(AGREED,)):
    """Return what knows these callers; no case is read."""
    law = Law(TABLE, CALENDAR, agreements=CourtAgreements(agreements))
    return Referrals(None, callers, FixedClock(NOW), "w", law)


def without(*gone, also=()):
    return [*(each for each in AGENCIES if each not in gone), *also]


def sent(county="420302"):
    copies = Copies("procuratorate")
    sending = ReferralEntry(
        "YS-1", step(Kind.SENDING, to_agency="police"), "hrss", NOW, part=PART, copies=copies, place=2
    )
    return referral_of([ReferralEntry("YS-1", facts(county=county), "hrss", NOW, place=1), sending])


SUPPLEMENT = step(Kind.SUPPLEMENT)


def test_a_supplement_goes_while_police_and_procuratorate_are_what_they_were():
    assert lapsed_role(referrals(), sent(), SUPPLEMENT, NOW) is None


@pytest.mark.parametrize(
    ("callers", "role"),
    [
        (without(POLICE), Role.POLICE),
        (without(PROCURATORATE), Role.PROCURATORATE),
        (without(POLICE, also=[agency("police", Role.COURT)]), Role.POLICE),
        (without(POLICE, also=[replace(POLICE, valid_until=NOW)]), Role.POLICE),
        (without(PROCURATORATE, also=[replace(PROCURATORATE, valid_from=NOW + timedelta(1))]), Role.PROCURATORATE),
    ],
)
def test_a_supplement_to_what_has_no_such_mandate_any_more_is_refused_by_its_role(callers, role):
    assert lapsed_role(referrals(callers), sent(), SUPPLEMENT, NOW) is role
    assert lapsed_role(referrals(callers), sent(), step(Kind.SENDING), NOW) is None, "a sending names whom it goes to"


@pytest.mark.parametrize(
    ("copies", "callers", "field"),
    [
        (Copies("police"), AGENCIES, "procuratorate"),
        (Copies("nobody"), AGENCIES, "procuratorate"),
        (Copies("procuratorate", "procuratorate"), AGENCIES, "court"),
        (Copies("procuratorate", "court"), without(COURT), "court"),
        (Copies("p2"), [*AGENCIES, agency("p2", Role.PROCURATORATE, "420322")], "procuratorate"),
    ],
)
def test_a_copy_goes_to_the_own_procuratorate_and_a_notice_to_a_court(copies, callers, field):
    with pytest.raises(MalformedRequestError) as refused:
        require_copies(referrals(callers), HRSS, copies, NOW)
    assert refused.value.field == field


def test_copies_as_they_must_be_are_taken():
    require_copies(referrals(), HRSS, Copies("procuratorate", "court"), NOW)
    require_copies(referrals(), HRSS, None, NOW)


def test_a_court_gets_its_notice_with_the_number_of_its_agreement():
    found = agreed_copies(referrals(), sent(), Copies("procuratorate", "court"), NOW)
    assert found == Copies("procuratorate", "court", "联1号")
    for copies in (Copies("procuratorate"), None):
        assert agreed_copies(referrals(agreements=()), sent(), copies, NOW) == copies


@pytest.mark.parametrize(
    ("agreements", "county", "days"),
    [
        ((), "420302", 0),
        ((AGREED,), "420303", 0),
        ((AGREED,), "420302", 1),
        ((AGREED,), "420302", -1),
        ((replace(AGREED, court="court-2"),), "420302", 0),
    ],
)
def test_a_court_without_an_agreement_for_the_county_and_the_day_is_refused(agreements, county, days):
    with pytest.raises(MalformedRequestError) as refused:
        agreed_copies(
            referrals(agreements=agreements),
            sent(county),
            Copies("procuratorate", "court"),
            NOW + timedelta(days=days),
        )
    assert refused.value.field == "court"
