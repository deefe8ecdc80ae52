"""Lists of cases in every store: an agency's own, the newest first, page after page, each with its own events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from case_samples import CLOSING, KEY, NOW, TERMS, applicant, terms
from store_samples import code, submission

from gateway.domain.case_events import Weighing
from gateway.domain.cases import case_of
from gateway.domain.vocabulary import Area
from gateway.services.ports.cases import WantedCases
from gateway.storage.case_events import SqlCaseEventStore
from gateway.storage.case_lists import SqlCaseLists
from gateway.storage.cases import SqlCaseStore

LISTED = Weighing(code(1), "A-30/LISTING", "L-1")
BOTH = frozenset({Area.BIDDING, Area.FUNDING})
SECOND, FUNDED, THEIRS = (
    replace(KEY, part="2"),
    replace(KEY, area=Area.FUNDING),
    replace(KEY, agency="finance"),
)


@pytest.fixture
def cases(engine):
    return SqlCaseStore(engine)


@pytest.fixture
def page(engine):
    lists = SqlCaseLists(engine)

    def found(size=10, before=0, *, agency="bidding", areas=BOTH, closed_too=False):
        return lists.page(WantedCases(agency, areas, closed_too, before), size)

    return found


def keep(cases, content, key, request_id):
    wanted = submission(request_id, agency=key.agency, feed="", writer="w", committed_at=NOW)
    return case_of(cases.record(wanted, key, lambda _: content)[1])


def keys(found):
    return [each.case.key for each in found]


@pytest.fixture
def kept(cases):
    """Keep four cases, one of them another agency's; in the order in which they were registered."""
    return [keep(cases, TERMS, key, f"r-{place}") for place, key in enumerate((KEY, THEIRS, SECOND, FUNDED))]


def test_an_agency_has_its_own_cases_of_the_areas_asked_for_the_newest_first(kept, page):
    assert keys(page()) == [FUNDED, SECOND, KEY]
    assert keys(page(areas=frozenset({Area.BIDDING}))) == [SECOND, KEY]
    assert keys(page(agency="finance")) == [THEIRS]
    assert page(areas=frozenset()) == page(agency="nobody") == []


def test_a_page_goes_on_where_the_one_before_ended_whatever_is_registered_or_amended_meanwhile(kept, page, cases):
    first = page(2)
    keep(cases, TERMS, replace(KEY, part="3"), "later")
    keep(cases, terms(reason="更正"), KEY, "amended")

    assert keys(first) == [FUNDED, SECOND]
    assert keys(page(2, first[-1].number)) == [KEY]
    assert page(2, page(2, first[-1].number)[-1].number) == []


def test_a_closed_case_is_there_only_where_it_is_asked_for(kept, page, cases):
    closed = keep(cases, CLOSING, SECOND, "c")

    assert keys(page()) == [FUNDED, KEY]
    found = page(closed_too=True)
    assert keys(found) == [FUNDED, SECOND, KEY]
    assert found[1].case == closed


def test_a_case_has_its_newest_terms_and_its_own_events_with_what_is_acknowledged(kept, page, cases, engine):
    events = SqlCaseEventStore(engine)
    amended = keep(cases, terms(applicants=(applicant(1),), reason="更正"), KEY, "a")
    events.tell(amended, {LISTED}, 3, NOW)
    events.tell(amended, set(), 4, NOW + timedelta(hours=1))
    events.tell(kept[1], {LISTED}, 4, NOW)
    events.tell(kept[2], {LISTED}, 4, NOW)
    events.acknowledge(submission("k", agency="bidding", feed="", writer="w", committed_at=NOW), 1)
    _, second, first = page()

    assert first.case == amended
    assert [(each.sequence, each.of_sequence, each.acknowledged_at) for each in first.events] == [
        (1, 0, NOW),
        (2, 1, None),
    ]
    assert [(each.sequence, each.key) for each in second.events] == [(3, SECOND)]
