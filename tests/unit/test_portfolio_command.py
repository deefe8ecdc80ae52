"""Following goes on over breaks of the stream and ends with a refusal; events go out line by line."""

from __future__ import annotations

import io
import json

import grpc
import pytest
from batch_samples import NOW, code
from jointsanctions.v1 import case_pb2

from adapters.errors import GatewayError
from adapters.event_lines import StreamLines
from adapters.watch_tables import KeptEvent
from adapters.watching import EventTold
from gateway.bootstrap.config import StartError
from gateway.cli import adapter_portfolio


def broken(status):
    return GatewayError(status, "NO_ANSWER", {}, "broken off")


class Following:
    """Ends as often as it is told to, each time in the way that it is told."""

    def __init__(self, *ends):
        self.ends, self.times = list(ends), 0

    def follow(self, *, once):
        self.times, self.once = self.times + 1, once
        end = self.ends.pop(0)
        if end is not None:
            raise end


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(adapter_portfolio, "AGAIN_SECONDS", 0)


def test_a_stream_that_broke_off_or_ended_is_opened_again_and_a_refusal_ends_it():
    following = Following(
        broken(grpc.StatusCode.UNAVAILABLE),
        broken(grpc.StatusCode.DEADLINE_EXCEEDED),
        None,
        broken(grpc.StatusCode.PERMISSION_DENIED),
    )

    with pytest.raises(GatewayError, match="PERMISSION_DENIED"):
        adapter_portfolio._follow(following, once=False)

    assert following.times == 4


def test_with_once_a_break_is_an_error_and_an_end_is_an_end():
    with pytest.raises(GatewayError):
        adapter_portfolio._follow(Following(broken(grpc.StatusCode.UNAVAILABLE)), once=True)

    ended = Following(None)
    adapter_portfolio._follow(ended, once=True)
    assert ended.times == 1


def test_two_processes_do_not_follow_for_one_journal(tmp_path):
    alone = adapter_portfolio._alone
    with (
        alone(tmp_path / "journal.db"),
        pytest.raises(StartError, match="another process"),
        alone(tmp_path / "journal.db"),
    ):
        pass
    with alone(tmp_path / "journal.db"):
        pass


def test_an_event_without_a_question_is_a_line_that_says_why():
    event = KeptEvent(3, NOW, case_pb2.CASE_EVENT_KIND_ENDED, "c", "HT-1", "", code(1), 2, NOW)
    stream = io.StringIO()

    StreamLines(stream)(EventTold(event, None, None))

    said = json.loads(stream.getvalue())
    assert stream.getvalue().endswith("}\n")
    assert (said["sequence"], said["kind"], said["ofSequence"], said["check"]) == (3, "ENDED", 2, None)
    assert said["because"] == "CASE_NOT_REGISTERED_HERE"
