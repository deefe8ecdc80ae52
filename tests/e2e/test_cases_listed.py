"""``ListCases`` over the wire: one's own cases and nobody else's, on whom something weighs, and who is on record."""

from __future__ import annotations

import pytest
from e2e.registered import Registered, applicant
from e2e.reported import Listed, read
from e2e.served import AUDITOR, BIDDING, FINANCE, body_of, new_party
from e2e.test_case_watched import BOTH, acknowledged, watched
from e2e.test_window import who_asked
from jointsanctions.v1 import case_pb2 as pb
from jointsanctions.v1 import common_pb2

pytestmark = pytest.mark.xdist_group("served")
LIST = "/jointsanctions.v1.CreditService/ListCases"
BIDDING_AREA = common_pb2.AREA_BIDDING


def asking(**parts):
    return pb.ListCasesRequest(**{"officer": "officer-7", **parts})


def listed(served, who=BIDDING, **parts):
    return read(served, LIST, asking(**parts), pb.ListCasesResponse, who)


def pages(served, size, **parts):
    """Return every case, page after page, and how many pages there were."""
    found, token, count = [], "", 0
    while count == 0 or token:
        page = listed(served, page_size=size, page_token=token, **parts)
        found, token, count = [*found, *page.cases], page.next_page_token, count + 1
    return found, count


def of(found, case):
    """Return what a list says of a case; None where it is not in it."""
    return next((each for each in found if each.case.case_id == case.case.case_id), None)


def test_a_case_is_listed_with_on_whom_something_weighs_until_it_is_closed(served):
    one, clean = Listed(served), new_party()
    case = Registered(served, applicant(one.uscc), applicant(clean.uscc))
    events = [each.event for each in watched(served, case, BOTH)]
    page = listed(served, page_size=1)
    (found,) = page.cases

    assert found.case == case.case
    assert [(each.uscc, list(each.sequences)) for each in found.weighing] == [
        (one.uscc, [each.sequence for each in events])
    ]
    assert (found.unacknowledged, found.overdue) == (BOTH, False)
    assert (found.first_sequence, found.last_sequence) == (events[0].sequence, events[-1].sequence)
    assert found.last_seen_at == events[-1].seen_at
    assert acknowledged(served, events[0].sequence).ok
    assert of(listed(served, page_size=1).cases, case).unacknowledged == 1
    closed = case.closed()
    assert of(pages(served, 100)[0], case) is None
    ended = of(pages(served, 100, closed_too=True)[0], case)
    assert (ended.case, list(ended.weighing), ended.unacknowledged) == (closed, [], 1)


def test_whoever_is_told_of_as_weighed_upon_is_a_line_of_the_entry_and_who_is_only_a_party_is_not(served):
    one, clean = Listed(served), new_party()
    case = Registered(served, applicant(one.uscc), applicant(clean.uscc))
    watched(served, case, BOTH)
    page = listed(served, page_size=1, area=BIDDING_AREA)
    entry = served.entry(page.audit_position)
    body = body_of(entry)

    assert (body["method"], body["area"], body["officer"]) == ("CreditService/ListCases", BIDDING_AREA, "officer-7")
    assert [one.uscc.encode() in line.content for line in entry.lines] == [True]
    methods = [each.method for each in who_asked(served, one).questions]
    assert "CreditService/ListCases" in methods, "whoever is told of finds it at the window"
    whole = entry.body + b"".join(line.content for line in entry.lines)
    assert clean.uscc.encode() not in whole
    assert case.case_ref.encode() not in whole


def test_pages_hold_every_case_once_and_begin_with_the_newest(served):
    cases = [Registered(served, part=str(number)) for number in range(3)]
    found, count = pages(served, 2)
    ids = [each.case.case_id for each in found]

    assert count > 1
    assert len(set(ids)) == len(ids)
    assert ids[:3] == [each.case.case_id for each in reversed(cases)]
    assert found == pages(served, 100)[0]


def test_another_agency_sees_none_of_it_and_who_may_not_ask_learns_nothing(served):
    case = Registered(served, applicant(new_party().uscc))

    assert of(pages(served, 100, who=FINANCE, closed_too=True)[0], case) is None
    assert served.send(LIST, asking(area=BIDDING_AREA), FINANCE).reason == "AREA_NOT_IN_MANDATE"
    assert served.send(LIST, asking(), AUDITOR).reason == "ROLE_NOT_PERMITTED"


def test_what_is_malformed_is_named_by_its_field(served):
    Registered(served)
    Registered(served)
    token = listed(served, page_size=1).next_page_token

    for field, sent in (
        ("officer", asking(officer="")),
        ("page_size", asking(page_size=101)),
        ("page_token", asking(page_token="x")),
        ("page_token", asking(page_token=token, closed_too=True)),
        ("area", asking(area=99)),
    ):
        assert served.send(LIST, sent).field == field
