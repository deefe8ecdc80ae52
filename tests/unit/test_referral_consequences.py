"""What a judgment leaves in the register: one record a case, whatever number its document bears."""

from __future__ import annotations

from dataclasses import replace

from listing_life import CALENDAR
from referral_samples import COURT, NOW, facts, step

from formats.civil import civil_date
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import ReferralEntry, referral_of
from gateway.services.ports.facts import Submission
from gateway.services.referral_back_flow import consequence

USCC = "91420399MA00K2U7XJ"
SUBMISSION = Submission("judged", 0, "d", "", "court", "w", NOW, rows=())
JUDGMENT = step(Kind.CONVICTION, "court", effective_on=civil_date(NOW))


def record_of(referral_id, act=JUDGMENT):
    case = referral_of([ReferralEntry(referral_id, facts(), "hrss", NOW, USCC)])
    (row,) = consequence(case, act, COURT, SUBMISSION, CALENDAR).rows(None)
    assert row.uscc == USCC
    return row.record_id


def test_a_case_has_one_record_of_its_judgment_and_two_cases_two():
    assert record_of("YS-1") == record_of("YS-1") != record_of("YS-2")
    assert record_of("YS-1", replace(JUDGMENT, document_number="另号")) == record_of("YS-1")
