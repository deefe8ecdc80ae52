"""An officer's confirmation covers what the answer that it points to asked for, and nothing else (I-53)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW

from gateway.domain.confirmations import Confirmation, RecordedAnswer, marks_covered, require_recent
from gateway.domain.errors import MalformedRequestError

SECOND = timedelta(seconds=1)
MARKS = ("0" * 32, "1" * 32)
QUESTION = {
    "method": "CreditService/CheckPerson",
    "caller": {"agency": "bidding", "role": "asking-system", "peer": "ipv4:127.0.0.1:9"},
    "person": "a" * 64,
    "area": 3,
    "point": 34,
    "case": "C-1",
    "capacity": 1,
    "facts": {"must_be_tendered": True, "project_region": "420302"},
}
EARLIER = RecordedAnswer(bytes(32), NOW, {**QUESTION, "outcome": "OK", "verdict": 2, "to_confirm": list(MARKS)})
SAID = Confirmation("officer-8", NOW + SECOND, "gw1-0", 7, bytes(32))


def covered(earlier=EARLIER, said=SAID, asking=QUESTION, now=NOW + 2 * SECOND):
    return marks_covered(said, earlier, asking, now)


def changed(**parts):
    return replace(EARLIER, body={**EARLIER.body, **parts})


def test_it_covers_what_the_answer_asked_to_have_confirmed():
    assert covered() == frozenset(MARKS)


def test_the_officer_the_holder_and_the_connection_may_be_others():
    caller = {**QUESTION["caller"], "peer": "ipv4:127.0.0.1:10", "holder": "li"}
    assert covered(changed(caller=caller, officer="officer-7")) == frozenset(MARKS)


@pytest.mark.parametrize(
    "earlier",
    [
        None,
        replace(EARLIER, leaf=bytes(31) + b"1"),
        changed(outcome="MALFORMED_REQUEST"),
        changed(method="CreditService/CheckEligibility"),
        changed(caller={"agency": "finance", "role": "asking-system"}),
        changed(caller={"agency": "bidding", "role": "producer"}),
        changed(caller=None),
        changed(person="b" * 64),
        changed(area=9),
        changed(point=33),
        changed(case="C-2"),
        changed(capacity=2),
        changed(facts={"must_be_tendered": False, "project_region": "420302"}),
        changed(to_confirm=[]),
        changed(to_confirm=None),
        changed(to_confirm="0" * 32),
        replace(EARLIER, body={}),
    ],
)
def test_of_any_other_answer_it_is_refused_in_the_same_words(earlier):
    with pytest.raises(MalformedRequestError) as refused:
        covered(earlier)
    assert refused.value.field == "confirmation.position"
    assert refused.value.metadata["why"] == "is of no answer to this question that asked for a confirmation"


@pytest.mark.parametrize("at", [NOW - SECOND, NOW + 3 * SECOND])
def test_it_is_given_after_the_answer_and_not_ahead(at):
    with pytest.raises(MalformedRequestError) as refused:
        covered(said=replace(SAID, confirmed_at=at))
    assert refused.value.field == "confirmation.confirmed_at"


@pytest.mark.parametrize("at", [NOW, NOW + 2 * SECOND])
def test_the_instants_of_the_answer_and_of_the_call_are_within(at):
    assert covered(said=replace(SAID, confirmed_at=at))


def test_it_holds_as_long_as_an_answer_and_no_longer():
    longest = timedelta(hours=4)
    require_recent(SAID, SAID.confirmed_at + longest, longest)
    with pytest.raises(MalformedRequestError) as refused:
        require_recent(SAID, SAID.confirmed_at + longest + timedelta(microseconds=1), longest)
    assert refused.value.field == "confirmation.confirmed_at"
