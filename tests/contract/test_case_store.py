"""Cases in every store, and the use case over it: only added, each act once, and nobody else's to know of."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from case_samples import CLOSING, CUTOFF, FACTS, KEY, NOW, TERMS, applicant, terms
from store_samples import code, submission

from gateway.domain.agencies import Agency, Role
from gateway.domain.case_facts import NO_FACTS, CaseFacts
from gateway.domain.cases import case_of
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, RequestIdReusedError, StateError
from gateway.domain.vocabulary import Area
from gateway.services.cases import CaseRequest, Cases
from gateway.storage.case_content import kind_of, read_content, write_content
from gateway.storage.cases import SqlCaseStore
from gateway.storage.content import ContentError


class Clock:
    present = NOW

    def now(self):
        return self.present


@pytest.fixture
def cases(engine):
    return SqlCaseStore(engine)


@pytest.fixture
def use(cases):
    return Cases(cases, Clock(), "w")


def sent(request_id, agency="bidding"):
    return submission(request_id, agency=agency, feed="", writer="w")


def keep(cases, content, request_id, key=KEY):
    return cases.record(sent(request_id, key.agency), key, lambda _: content)


def write(use, content=TERMS, request_id="r", key=KEY, **more):
    return asyncio.run(use.write(CaseRequest(request_id, repr((content, more)), key, content, **more)))[1]


def cutoffs(use, who="bidding", area=Area.BIDDING, case_ref="T-1"):
    caller = Agency(agency_id=who, name_zh="a", name_en="a", role=Role.ASKING_SYSTEM, territory="420300")
    return asyncio.run(use.cutoffs(caller, area, case_ref))


@pytest.mark.parametrize(
    "content",
    [
        TERMS,
        CLOSING,
        terms(applicants=(), consortia_fixed=True, reason="更正"),
        replace(TERMS, facts=NO_FACTS),
        replace(TERMS, facts=CaseFacts(contract_amount_fen=2**60)),
    ],
)
def test_an_act_is_read_as_it_was_written(content):
    assert read_content(kind_of(content), write_content(content)) == content


@pytest.mark.parametrize(("kind", "text"), [("TERMS", "{}"), ("OTHER", "{}"), ("CLOSING", '{"reason":"LOST"}')])
def test_an_act_that_cannot_be_understood_is_never_passed_over(kind, text):
    with pytest.raises(ContentError):
        read_content(kind, text)


def test_the_acts_on_a_case_are_kept_in_order(cases):
    assert cases.acts(KEY) == []
    keep(cases, TERMS, "r-1")
    revision, acts = keep(cases, CLOSING, "r-2")
    assert (revision, [each.content for each in acts]) == (0, [TERMS, CLOSING])
    assert cases.acts(KEY) == acts
    assert cases.acts(replace(KEY, part="2")) == []


def test_a_repetition_changes_nothing_and_is_answered_as_then(cases, store):
    keep(cases, TERMS, "r-1")
    keep(cases, CLOSING, "r-2")
    assert [each.content for each in keep(cases, CLOSING, "r-1")[1]] == [TERMS]
    with pytest.raises(RequestIdReusedError):
        keep(cases, TERMS, "r-1", replace(KEY, agency="finance"))
    assert len(cases.acts(KEY)) == 2
    assert [each[0] for each in store.unrecorded("w")] == ["r-1", "r-2"]
    cases.mark_recorded("r-1", 0, 7)
    assert [each[0] for each in store.unrecorded("w")] == ["r-2"]


def test_the_parts_of_a_case_are_found_by_its_number_and_its_agency(cases):
    second, theirs = replace(KEY, part="2"), replace(KEY, agency="finance")
    for place, key in enumerate((second, KEY, theirs, replace(KEY, case_ref="T-2"), replace(KEY, area=Area.FUNDING))):
        keep(cases, TERMS, f"r-{place}", key)
    found = cases.of_reference("bidding", Area.BIDDING, "T-1")
    assert [[each.key for each in acts] for acts in found] == [[KEY], [second]]


def test_of_many_who_amend_the_same_version_at_once_one_is_taken(cases, use):
    write(use)
    start, taken = threading.Barrier(4), []

    def amend(number):
        start.wait()
        with contextlib.suppress(StateError):
            taken.append(write(use, terms(reason="更正"), f"a-{number}", replaces_version=1))

    threads = [threading.Thread(target=amend, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.version for each in taken] == [2]
    assert len(cases.acts(KEY)) == 2


def test_a_case_is_opened_amended_and_closed(use):
    opened = write(use)
    assert (opened.version, opened.closing, opened.cutoff_at) == (1, None, CUTOFF)
    amended = write(use, terms(applicants=(applicant(1), applicant(4, 5)), reason="更正"), "a", replaces_version=1)
    assert (amended.version, amended.terms.codes) == (2, {code(1), code(4), code(5)})
    closed = write(use, CLOSING, "c")
    assert (closed.version, closed.closing) == (2, CLOSING)
    assert write(use) == opened, "a repetition is answered as it was"


@pytest.mark.parametrize(
    ("content", "more", "why"),
    [
        (TERMS, {}, "NOT_THE_NEWEST_VERSION"),
        (TERMS, {"replaces_version": 2}, "NOT_THE_NEWEST_VERSION"),
    ],
)
def test_an_open_case_is_not_opened_again_and_only_its_newest_version_replaced(use, content, more, why):
    write(use)
    with pytest.raises(StateError) as refused:
        write(use, content, "again", **more)
    assert refused.value.metadata["why"] == why


@pytest.mark.parametrize(("content", "more"), [(TERMS, {}), (TERMS, {"replaces_version": 1}), (CLOSING, {})])
def test_a_closed_case_stays_closed(use, content, more):
    write(use)
    write(use, CLOSING, "c")
    with pytest.raises(StateError) as refused:
        write(use, content, "again", **more)
    assert (refused.value.metadata["why"], refused.value.metadata["state"]) == ("CLOSED", "CLOSED_AWARDED")


@pytest.mark.parametrize(("content", "more"), [(TERMS, {"replaces_version": 1}), (CLOSING, {})])
def test_another_agencys_case_is_as_if_there_were_none(use, content, more):
    write(use)
    refused = []
    for key in (replace(KEY, agency="finance"), replace(KEY, case_ref="T-9")):
        with pytest.raises(EnterpriseNotFoundError) as caught:
            write(use, content, f"f-{key.case_ref}", key, **more)
        refused.append(caught.value.message)
    assert len(set(refused)) == 1
    assert write(use, request_id="own", key=replace(KEY, agency="finance")).version == 1


def test_the_cut_off_is_told_to_the_cases_agency_while_the_case_is_open(use):
    later = CUTOFF + timedelta(hours=1)
    write(use)
    write(use, terms(facts_lot="2", facts_cutoff_at=later), "second", replace(KEY, part="2"))
    write(use, replace(TERMS, facts=replace(FACTS, cutoff_rule=None, cutoff_at=None)), "third", replace(KEY, part="3"))
    assert cutoffs(use) == {CUTOFF, later}
    assert cutoffs(use, "finance") == cutoffs(use, area=Area.FUNDING) == cutoffs(use, case_ref="T-2") == frozenset()
    write(use, CLOSING, "c")
    assert cutoffs(use) == {later}


def test_a_code_that_fails_its_check_must_be_known_to_the_master_feed(use):
    with pytest.raises(MalformedRequestError) as refused:
        write(use, nonconforming=("X",))
    assert refused.value.field == "applicants"
    with pytest.raises(EnterpriseNotFoundError):
        asyncio.run(use.find(KEY))


def test_a_clock_behind_anothers_puts_no_act_before_its_predecessor(cases, use):
    write(use)
    use._clock.present = NOW - timedelta(hours=1)
    write(use, CLOSING, "c")
    case = case_of(cases.acts(KEY))
    assert case.closed_at == case.opened_at == NOW
