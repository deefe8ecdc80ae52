"""A review is signed only of what the log holds under the checkpoint that the reviewer names, in every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from audit_calls import DRAFT, NOON, record
from integrated_logs import ORIGIN

from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, StateError
from gateway.domain.reviews import IndexRange, ReviewFinding, ReviewSigned, TimeRange
from gateway.services.prove_entries import ProveEntries
from gateway.services.sign_review import SignReview
from gateway.storage.queue_spans import QueueSpans

pytest_plugins = ("audit_places",)
SECOND = timedelta(seconds=1)
NOW = NOON + timedelta(hours=1)


class Desk:
    """A log in which six calls of two queues stand, of which a seventh is not integrated yet, and its reviewer."""

    def __init__(self, site):
        record(site.place, *[DRAFT] * 3)
        self.early = site.integrate()
        record(site.place, DRAFT, DRAFT, DRAFT, writer="node-1.1", times=[NOON + n * SECOND for n in (10, 11, 12)])
        self.late = site.integrate()
        record(site.place, DRAFT, writer="node-1.1", times=[NOON + 20 * SECOND])
        self._sign = SignReview(ProveEntries(site.store()), QueueSpans(site.place))

    def sign(self, state=None, **changes):
        state = state or self.late
        review = ReviewSigned(
            origin=ORIGIN,
            part=IndexRange(1, 3),
            size=state.size,
            root=state.root,
            findings=(ReviewFinding.NOTHING_FOUND,),
            text="",
        )
        self._sign.require_sound(replace(review, **changes), NOW)

    def refused(self, kind, state=None, **changes):
        with pytest.raises(kind) as caught:
            self.sign(state, **changes)
        return caught.value


@pytest.fixture
def desk(site):
    return Desk(site)


def time(first, end):
    return TimeRange(NOON + first * SECOND, NOON + end * SECOND)


def test_entries_up_to_the_last_under_a_checkpoint_are_signed_under_it_and_no_more(desk):
    assert (desk.early.size, desk.late.size) == (4, 7)
    desk.sign(part=IndexRange(0, 6))
    desk.sign(desk.early, part=IndexRange(3, 3))
    assert desk.refused(MalformedRequestError, desk.early, part=IndexRange(3, 4)).field == "last_index"


def test_a_time_is_signed_exactly_when_each_of_its_calls_stands_under_the_checkpoint(desk):
    desk.sign(desk.early, part=time(0, 10))
    desk.sign(part=time(0, 20))
    desk.sign(part=time(13, 20))
    desk.sign(part=time(21, 99))
    for state, part in (
        (desk.early, time(0, 11)),
        (desk.early, time(10, 11)),
        (desk.early, time(11, 12)),
        (desk.late, time(0, 21)),
        (desk.late, time(20, 21)),
    ):
        assert desk.refused(StateError, state, part=part).metadata["state"] == "NOT_COVERED"


def test_a_root_is_that_of_its_size_or_none(desk):
    for changes in ({"root": desk.early.root}, {"size": desk.early.size}, {"root": b"\0" * 32}):
        assert desk.refused(MalformedRequestError, **changes).field == "checkpoint_root"


def test_a_size_is_one_that_is_signed(desk):
    for size in (8, 2**40):
        assert desk.refused(MalformedRequestError, size=size).field == "checkpoint_size"


def test_a_log_that_there_is_not_has_no_reviews(desk):
    desk.refused(EnterpriseNotFoundError, origin="nobody/audit/2026")
