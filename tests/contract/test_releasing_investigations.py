"""Releasing an investigation, on both stores: by whoever asked, once, and seen in who asked from then on (R-05)."""

from __future__ import annotations

import pytest
from indexed_days import OTHER, OWN, Indexed, asked, investigated, release

from gateway.domain.errors import EnterpriseNotFoundError, RequestIdReusedError, StateError
from gateway.services.list_who_asked import ListWhoAsked
from gateway.services.release_investigation import RecordedReleases, ReleaseInvestigation, WantedRelease

pytest_plugins = ("audit_places",)

WANTED = WantedRelease("public-security", "X-1", "r-1", "公〔2026〕8号", "2027-11-24")
LONG = "案" * 42


@pytest.fixture
def days(site, key_file):
    return Indexed(site, key_file)


def releasing(days):
    return ReleaseInvestigation(RecordedReleases(days.search, days.search))


def shown(days, uscc=OWN):
    who = ListWhoAsked(days.search, RecordedReleases(days.search, days.search))
    found, _ = who._page(uscc, (None, None), 100, "")
    return [each.agency for each in found]


def test_a_case_can_be_released_by_whoever_asked_in_it(days):
    days.record(investigated(OWN), investigated(OTHER), investigated(OWN, outcome="STATE"), asked(OWN, case="X-1"))

    assert releasing(days)(WANTED) == (2, None)


def test_nobody_releases_a_case_in_which_it_asked_nothing_as_an_investigator(days):
    days.record(
        investigated(OWN, agency="court-of-others"),
        investigated(OWN, case="X-2"),
        asked(OWN, agency="public-security", case="X-1"),
        asked(agency="public-security", role="police", case="X-1", method="AuditService/SearchAccess"),
    )
    with pytest.raises(EnterpriseNotFoundError):
        releasing(days)(WANTED)


def test_the_same_request_releases_once_and_another_is_told_so(days):
    days.record(investigated(OWN), release())
    count, before = releasing(days)(WANTED)

    assert (count, before.number, before.case_ref) == (1, 1, "X-1")
    for changed in ({"document_number": "other"}, {"review_on": "2028-01-01"}, {"case_ref": "X-2"}):
        with pytest.raises(RequestIdReusedError):
            releasing(days)(wanted(**changed))
    with pytest.raises(StateError):
        releasing(days)(wanted(request_id="r-2"))


def wanted(**changes):
    named = {name: getattr(WANTED, name) for name in WantedRelease.__slots__}
    return WantedRelease(**{**named, **changes})


def test_another_agencys_release_of_a_case_of_the_same_number_changes_nothing(days):
    days.record(investigated(OWN), investigated(OWN, agency="court-of-others"), release(agency="court-of-others"))

    assert releasing(days)(WANTED) == (1, None)
    assert shown(days) == ["court-of-others"]


def test_questions_of_a_released_case_are_shown_those_before_it_too(days):
    days.record(investigated(OWN), investigated(OWN, case="X-2"), asked(OWN))
    assert shown(days) == ["bidding"]
    days.record(release(), investigated(OWN))

    assert shown(days) == ["public-security", "bidding", "public-security"]


def test_a_release_that_was_refused_releases_nothing(days):
    refused = release()
    days.record(investigated(OWN), type(refused)({**refused.body, "outcome": "STATE"}))

    assert shown(days) == []
    assert releasing(days)(WANTED) == (1, None)


def test_case_numbers_that_differ_only_at_their_end_are_told_apart(days):
    """The index keeps the first characters of a text: what it finds is compared as a whole."""
    one, other = LONG + "1" * 90 + "1", LONG + "1" * 90 + "2"
    days.record(investigated(OWN, case=one), investigated(OTHER, case=other))

    assert releasing(days)(wanted(case_ref=one)) == (1, None)
