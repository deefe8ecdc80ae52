"""Whatever is answered, refused, silent or killed, in any order: no check is lost, none is settled unanswered."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import grpc
from hypothesis import given, settings
from hypothesis import strategies as st
from test_adapters_laws import NOW, RULES, Gateway, code

from adapters.bidding import REGISTRATION
from adapters.clearance import Asked
from adapters.enforcement import Enforcement
from adapters.errors import GatewayError, NoAnswerError, NotClearedError
from adapters.journal import Journal
from adapters.pending import ABANDONED_AFTER, make_pending, pending_results
from adapters.questions import Applicant, Case, Party

ANSWER, REFUSE, SILENT, KILLED_BEFORE, KILLED_AFTER = range(5)
OUTCOMES = st.sampled_from([ANSWER, REFUSE, SILENT, KILLED_BEFORE, KILLED_AFTER])


class KilledError(BaseException):
    """The process that asked is gone."""


class Fate:
    """A gateway behind which each call meets what was drawn for it, and after that is answered."""

    asserts_officers = False

    def __init__(self, gateway, fates):
        self.gateway = gateway
        self.fates = list(fates)

    def check(self, request):
        fate = self.fates.pop(0) if self.fates else ANSWER
        if fate == KILLED_BEFORE:
            raise KilledError
        if fate == SILENT:
            raise GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "")
        if fate == REFUSE:
            raise GatewayError(grpc.StatusCode.PERMISSION_DENIED, "AREA_NOT_IN_MANDATE", {}, "")
        response = self.gateway.check(request)
        if fate == KILLED_AFTER:
            raise KilledError
        return response


def ask(path, gateway, number, fate):
    """Ask one question as a process of its own does, and return what it was told; None when it was killed."""
    with Journal(path) as journal:
        asking = Enforcement(Fate(gateway, [fate]), journal, RULES, "enforce", lambda: NOW)
        with suppress(KilledError):
            (result,) = asking.check_all(Case(f"T-{number}", "Li"), REGISTRATION, [applicant(number)]).results
            return result
    return None


def applicant(number):
    return Applicant(Party(code(number)))


@settings(max_examples=40)
@given(fates=st.lists(OUTCOMES, max_size=6), runs=st.lists(st.lists(OUTCOMES, max_size=4), max_size=4))
def test_no_check_is_lost_and_none_is_settled_without_an_answer(fates, runs):
    gateway = Gateway()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        told = [ask(path, gateway, number, fate) for number, fate in enumerate(fates)]
        for fate, result in zip(fates, told, strict=True):
            assert isinstance(result, Asked) == (fate == ANSWER)
            assert isinstance(result, NoAnswerError) == (fate == SILENT)
            assert result is None or isinstance(result, Asked | NotClearedError)
        later = NOW + ABANDONED_AFTER
        results = []
        for run in [*runs, []]:
            # Each run is a process of its own, and may be killed at any call.
            with Journal(path) as journal, suppress(KilledError, GatewayError):
                make_pending(Fate(gateway, run), journal, lambda: later)
        with Journal(path) as journal:
            results = list(pending_results(journal))
            assert journal.pending.waiting() == 0
            assert list(pending_results(journal)) == []
            for result in results:
                answered = journal.answer_to(result.settled.remade) is not None
                assert answered == (not result.settled.refused)
        open_ones = [number for number, fate in enumerate(fates) if fate not in {ANSWER, REFUSE}]
        assert [result.settled.check.case_ref for result in results] == [f"T-{number}" for number in open_ones]
        kills = sum(fate in {KILLED_BEFORE, KILLED_AFTER} for run in runs for fate in run)
        for number in open_ones:
            recorded = [each for each in gateway.requests if each.question.case_ref == f"T-{number}"]
            assert len(recorded) <= 2 + kills


def test_a_long_silence_leaves_everything_pending():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        for number in range(5):
            ask(path, Gateway(), number, SILENT)
        with Journal(path) as journal, suppress(GatewayError):
            make_pending(Fate(Gateway(), [SILENT] * 9), journal, lambda: NOW + timedelta(days=30))
        with Journal(path) as journal:
            assert journal.pending.waiting() == 5
