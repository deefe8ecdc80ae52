"""What every fact store does with a withdrawal: of a record that is there, by its authority, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest
from listing_life import CALENDAR
from store_samples import RULES, code, fact, submission

from gateway.domain.agencies import Agency, Role
from gateway.domain.clocks import due
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    MalformedRequestError,
    RequestIdReusedError,
    StateError,
)
from gateway.domain.timeline import build
from gateway.services.withdraw_record import Withdrawing, WithdrawRecord

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
HRSS = Agency(
    agency_id="hrss",
    name_zh="人社",
    name_en="HRSS",
    role=Role.PRODUCER,
    territory="420300",
    feeds=frozenset({"labour_inspection", "publications"}),
    authorities=frozenset({"甲局", "乙局"}),
)
FEEDS = {"labour_inspection": frozenset({"penalty"}), "publications": frozenset({"publication"})}
WANTED = Withdrawing("w", "digest", "penalty-1", "penalty", "甲局", "撤〔1〕号", date(2026, 5, 28), None, "撤销")


class Clock:
    """A clock that stands."""

    def now(self):
        return NOW

    def boot_seconds(self):
        return 0.0


@pytest.fixture
def withdraw(store):
    store.submit(submission("a", fact(1, "penalty", authority="甲局"), fact(1, "publication", authority="甲局")))
    use_case = WithdrawRecord(store, Clock(), "writer-1", partial(due, calendar=CALENDAR), FEEDS)
    return lambda agency=HRSS, **changes: use_case._withdraw(agency, replace(WANTED, **changes))


def weighing(history, revision):
    standing, _ = build(history.dossier(code(1), revision), RULES).at(NOW)
    return {ground.record_id for ground in standing.grounds if not ground.record_id.startswith("shiyan")}


def test_a_withdrawn_record_weighs_no_more_and_stays_on_record(withdraw, history):
    before = history.head()
    done = withdraw()
    assert (done.revision, done.uscc) == (before + 1, code(1))
    assert (weighing(history, before), weighing(history, done.revision)) == (
        {"penalty-1", "publication-1"},
        {"publication-1"},
    )
    kept = {each.record_id for each in history.dossier(code(1), done.revision).facts}
    assert kept == {"penalty-1", "publication-1", "withdrawal-penalty-1"}


def test_the_same_record_sent_again_stays_withdrawn(withdraw, history, store):
    withdraw()
    store.submit(submission("b", fact(1, "penalty", authority="甲局", restricts_until=date(2028, 1, 1))))
    assert weighing(history, history.head()) == {"publication-1"}


def test_what_is_withdrawn_is_the_record_as_it_is_now(withdraw, store):
    store.submit(submission("b", fact(1, "penalty", authority="乙局")))
    with pytest.raises(FieldNotInMandateError):
        withdraw()
    assert withdraw(authority="乙局").uscc == code(1)


def test_the_days_for_correcting_what_was_published_are_those_of_its_kind(withdraw):
    first = withdraw()
    assert (first.correct_by.due_on, first.late) == (date(2026, 6, 2), False)
    later = withdraw(request_id="p", record_id="publication-1", kind="publication", decided_on=date(2026, 5, 15))
    assert (later.correct_by.due_on, later.late) == (date(2026, 5, 29), True)


def test_a_withdrawal_sent_again_is_the_same_and_another_is_refused(withdraw, history):
    first = withdraw()
    assert withdraw() == first
    with pytest.raises(RequestIdReusedError):
        withdraw(digest="other")
    with pytest.raises(StateError) as caught:
        withdraw(request_id="again")
    assert caught.value.metadata["state"] == "WITHDRAWN"
    assert history.head() == first.revision


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"record_id": "nothing"}, EnterpriseNotFoundError),
        ({"kind": "publication"}, EnterpriseNotFoundError),
        ({"authority": "乙局"}, FieldNotInMandateError),
        ({"agency": replace(HRSS, authorities=frozenset({"乙局"}))}, FieldNotInMandateError),
        ({"kind": "complaint"}, FieldNotInMandateError),
        ({"decided_on": date(2026, 6, 2)}, MalformedRequestError),
        ({"agency": replace(HRSS, feeds=frozenset({"publications"}))}, FieldNotInMandateError),
    ],
)
def test_what_may_not_be_withdrawn_stays_as_it_was(withdraw, history, changes, error):
    before = history.head()
    with pytest.raises(error):
        withdraw(**changes)
    assert history.head() == before
