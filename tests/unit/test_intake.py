"""What crosses between a serving process and the one that takes in submissions."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from gateway.domain import errors
from gateway.domain.errors import GatewayError, MalformedRequestError, RequestIdReusedError
from gateway.domain.vocabulary import RowStatus
from gateway.intake.__main__ import _attempt
from gateway.services.ports.facts import RowOutcome
from gateway.services.ports.intake import SentChunk, Taken
from gateway.services.submit_records import Summary

ORDER = ("sender", SentChunk("r", 0, b""), datetime(2026, 7, 1, tzinfo=UTC))
CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, GatewayError)]


def made(kind):
    words = {"field": ("f", "w"), "why": ("w",)}
    names = kind.__init__.__code__.co_varnames[1 : kind.__init__.__code__.co_argcount]
    return kind(*words[names[0]]) if names[0] in words else kind("m", request_id="r")


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_is_the_same_in_another_process(kind):
    error = made(kind)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def outcome(row, status):
    return RowOutcome(row, status, f"id-{row}", "field", "why")


def test_of_a_chunk_the_rows_are_counted_and_those_not_simply_stored_are_kept_in_order():
    held, rejected = outcome(2, RowStatus.HELD), outcome(1, RowStatus.REJECTED)
    taken = Taken.of(7, [outcome(3, RowStatus.STORED), held, outcome(4, RowStatus.UNCHANGED), rejected])

    assert taken.shown == [rejected, held]
    assert taken.counts == dict.fromkeys(set(RowStatus) - {RowStatus.STAGED}, 1)
    assert pickle.loads(pickle.dumps(taken)) == taken  # noqa: S301 - our own


def test_a_submission_is_the_sum_of_its_chunks_from_its_first_revision_to_its_last():
    summary = Summary()
    for revision in (5, 6, 6):
        summary.add(Taken.of(revision, [outcome(revision, RowStatus.STORED), outcome(revision, RowStatus.HELD)]))

    assert (summary.first_revision, summary.revision) == (5, 6)
    assert summary.counts == {RowStatus.STORED: 3, RowStatus.HELD: 3}
    assert [each.row for each in summary.shown] == [5, 6, 6]


def test_an_error_that_the_caller_is_told_comes_back_and_a_fault_of_ours_as_its_traceback():
    refused, broken = RequestIdReusedError("m"), ZeroDivisionError("ours")

    def failing(error):
        def take(*_):
            raise error

        return take

    assert _attempt(failing(refused), ORDER) is refused
    assert "ZeroDivisionError: ours" in _attempt(failing(broken), ORDER)
    assert isinstance(_attempt(failing(MalformedRequestError("f", "w")), ORDER), MalformedRequestError)
