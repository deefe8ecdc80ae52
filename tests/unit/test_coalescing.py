"""Questions that are asked at once share calls: each thread gets its own answer, and nobody suffers for another."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from jointsanctions.v1 import common_pb2

from adapters.acts import Checked
from adapters.asking import MOST_ITEMS, Step
from adapters.coalescing import Coalescing
from adapters.questions import Applicant, Case, Party

STEP = Step(common_pb2.AREA_BIDDING, common_pb2.DECISION_POINT_BIDDING_AWARD, Case("T-1", "Li"))
OTHER = Step(common_pb2.AREA_BIDDING, common_pb2.DECISION_POINT_BIDDING_AWARD, Case("T-2", "Li"))


def named(name):
    return Applicant(Party(name))


class Gateway:
    """Answers each applicant with its own name; the first call of a step waits until it is let go."""

    def __init__(self, refused=()):
        self.calls = []
        self.first, self.go = Event(), Event()
        self.refused = set(refused)

    def carry(self, step, groups):
        names = [[each.lead.uscc for each in group] for group in groups]
        self.calls.append((step, names))
        if len(self.calls) == 1:
            self.first.set()
            assert self.go.wait(30)
        if self.refused & {"boom"}:
            self.refused.clear()
            raise RuntimeError("boom")
        apart = len(groups) > 1
        return [None if apart and self.refused & set(group) else Checked(tuple(group), 1) for group in names]


def asked_at_once(gateway, asking, first=("first",)):
    """Ask for *first*, and while that is under way for all of *asking*; return what each got, by its first name."""
    coalescing = Coalescing(gateway.carry)
    got = {}

    def ask(step, names):
        try:
            got[names[0]] = coalescing.ask(step, [named(each) for each in names]).results
        except RuntimeError as error:
            got[names[0]] = str(error)

    threads = [Thread(target=ask, args=(STEP, list(first)))]
    threads[0].start()
    assert gateway.first.wait(30)
    for step, names in asking:
        threads.append(Thread(target=ask, args=(step, names)))
        threads[-1].start()
    while sum(map(len, coalescing._waiting.values())) < sum(step is STEP for step, _ in asking):
        pass
    gateway.go.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return got


def test_what_comes_while_a_call_is_under_way_goes_together_and_each_gets_its_own():
    gateway = Gateway()

    got = asked_at_once(gateway, [(STEP, [f"e{i}", f"f{i}"]) for i in range(50)])

    assert got == {"first": ("first",)} | {f"e{i}": (f"e{i}", f"f{i}") for i in range(50)}
    assert [len(groups) for _, groups in gateway.calls] == [1, 50]


def test_another_case_waits_for_nobody():
    gateway = Gateway()
    coalescing = Coalescing(gateway.carry)
    waiting = Thread(target=coalescing.ask, args=(STEP, [named("a")]))
    waiting.start()
    assert gateway.first.wait(30)

    assert coalescing.ask(OTHER, [named("b")]).results == ("b",)

    gateway.go.set()
    waiting.join(30)
    assert coalescing._waiting == {}


def test_one_that_is_refused_in_company_is_asked_about_alone_and_stops_no_other():
    gateway = Gateway(refused=["bad"])

    got = asked_at_once(gateway, [(STEP, ["good"]), (STEP, ["bad"])])

    assert got == {"first": ("first",), "good": ("good",), "bad": ("bad",)}
    assert gateway.calls[-1] == (STEP, [["bad"]])


def test_together_they_are_no_more_than_a_batch_holds():
    gateway = Gateway()

    asked_at_once(gateway, [(STEP, [f"{i}-{j}" for j in range(400)]) for i in range(5)])

    sizes = [sum(map(len, groups)) for _, groups in gateway.calls]
    assert sizes == [1, 800, 800, 400]
    assert max(sizes) <= MOST_ITEMS


def test_what_goes_wrong_unexpectedly_is_heard_by_all_who_waited_and_the_next_goes_on():
    gateway = Gateway(refused=["boom"])
    coalescing = Coalescing(gateway.carry)
    gateway.go.set()

    with pytest.raises(RuntimeError):
        coalescing.ask(STEP, [named("a")])

    assert coalescing.ask(STEP, [named("b")]).results == ("b",)
