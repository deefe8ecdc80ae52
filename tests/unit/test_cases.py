"""What may be registered of a case, and what may follow it (A-124, BR 37)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_samples import CUTOFF, NOW, TERMS, applicant, terms

from gateway.domain.cases import CUTOFF_BACK, case_of, terms_faults

LATE = NOW - CUTOFF_BACK
FIXED = terms(consortia_fixed=True)
AHEAD = terms(facts_cutoff_at=NOW + timedelta(days=3))


def faults(after, before=None, now=NOW):
    return [fault.field for fault in terms_faults(after, before, now)]


@pytest.mark.parametrize(
    ("after", "before", "named"),
    [
        (TERMS, None, []),
        (terms(applicants=(applicant(1), applicant(2, 1))), None, ["applicants[1]"]),
        (terms(applicants=(applicant(1, 1),)), None, ["applicants[0]"]),
        # Registering a cut-off is no way to ask about any past.
        (terms(facts_cutoff_at=LATE), None, []),
        (terms(facts_cutoff_at=LATE - timedelta(microseconds=1)), None, ["case_facts"]),
        (terms(facts_cutoff_at=LATE - timedelta(days=1)), AHEAD, ["case_facts"]),
        # Once it has passed it is not moved; until then it is.
        (terms(facts_cutoff_at=NOW), TERMS, ["case_facts"]),
        (terms(facts_cutoff_at=None), TERMS, ["case_facts"]),
        (TERMS, TERMS, []),
        (terms(facts_cutoff_at=NOW + timedelta(days=9)), AHEAD, []),
        (terms(facts_cutoff_at=CUTOFF), terms(facts_cutoff_at=None), []),
        # Members are fixed by the qualification review.
        (terms(applicants=(applicant(1), applicant(2, 4))), TERMS, []),
        (terms(applicants=(applicant(1), applicant(2, 4)), consortia_fixed=True), FIXED, ["applicants[1]"]),
        (terms(applicants=(applicant(1), applicant(2)), consortia_fixed=True), FIXED, ["applicants[1]"]),
        (terms(applicants=(applicant(9),), consortia_fixed=True), FIXED, ["applicants[0]"]),
        (terms(applicants=(applicant(3, 2),), consortia_fixed=True), FIXED, []),
        (TERMS, FIXED, ["consortia_fixed"]),
    ],
)
def test_what_does_not_fit_is_named_by_its_field(after, before, named):
    assert faults(after, before) == named


def test_a_cut_off_that_has_passed_meanwhile_may_stay_as_it_is():
    assert faults(AHEAD, AHEAD, NOW + timedelta(days=90)) == []


def test_without_terms_there_is_no_case():
    assert case_of(()) is None


def test_an_applicant_is_all_of_its_parties_and_nobody_else():
    case_applicant = TERMS.applicants[1]
    assert case_applicant.codes == {party.uscc for party in case_applicant.parties}
    assert len(TERMS.codes) == 3
