"""Questions that are asked at once share calls: each thread gets its own answer, and nobody suffers for another."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from jointsanctions.v1 import common_pb2

from adapters.acts import Checked
from adapters.asking import MOST_ITEMS, Step, Way
from adapters.coalescing import AT_ONCE, Coalescing, first_call
from adapters.questions import Applicant, Case, Party

STEP = Step(common_pb2.AREA_BIDDING, common_pb2.DECISION_POINT_BIDDING_AWARD, Case("T-1", "Li"))
OTHER_CASE = Step(common_pb2.AREA_BIDDING, common_pb2.DECISION_POINT_BIDDING_AWARD, Case("T-2", "Wang"))
OTHER_POINT = Step(common_pb2.AREA_BIDDING, common_pb2.DECISION_POINT_BIDDING_EVALUATION, Case("T-1", "Li"))


def way(step):
    return Way(step.area, step.decision_point, step.bound, "")


def named(name):
    return Applicant(Party(name))


class Gateway:
    """Answers each applicant with its own name; the calls that may be under way at once wait until they are let go."""

    def __init__(self, refused=()):
        self.calls = []
        self.busy, self.go = Event(), Event()
        self.refused = set(refused)

    def carry(self, groups):
        names = [[each.lead.uscc for each in group] for _, group in groups]
        self.calls.append(([step for step, _ in groups], names))
        if len(self.calls) == AT_ONCE:
            self.busy.set()
        if len(self.calls) <= AT_ONCE:
            assert self.go.wait(30)
        if self.refused & {"boom"}:
            self.refused.clear()
            raise RuntimeError("boom")
        apart = len(groups) > 1
        return [None if apart and self.refused & set(group) else Checked(tuple(group), 1) for group in names]


def asked_at_once(gateway, asking):
    """Ask for all of *asking* while as many calls as may be are under way; return what each got, by its first name."""
    coalescing = Coalescing(gateway.carry, way)
    got = {}

    def ask(step, names):
        try:
            got[names[0]] = coalescing.ask(step, [named(each) for each in names]).results
        except RuntimeError as error:
            got[names[0]] = str(error)

    threads = [Thread(target=ask, args=(STEP, [f"first {place}"])) for place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    assert gateway.busy.wait(30)
    for step, names in asking:
        threads.append(Thread(target=ask, args=(step, names)))
        threads[-1].start()
    while sum(len(each.waiting) for each in coalescing._under_way.values()) < len(asking):
        pass
    gateway.go.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert coalescing._under_way == {}
    return {name: results for name, results in got.items() if not name.startswith("first ")}


def test_what_comes_while_a_call_is_under_way_goes_together_and_each_gets_its_own():
    gateway = Gateway()

    got = asked_at_once(gateway, [(STEP, [f"e{i}", f"f{i}"]) for i in range(50)])

    assert got == {f"e{i}": (f"e{i}", f"f{i}") for i in range(50)}
    first, rest = gateway.calls[:AT_ONCE], [len(groups) for _, groups in gateway.calls[AT_ONCE:]]
    assert [len(groups) for _, groups in first] == [1] * AT_ONCE
    assert (max(rest), sum(rest)) == (26, 50), "a call takes its share of all who ask"


def test_what_comes_of_other_cases_and_officers_goes_together_each_with_its_own():
    gateway = Gateway()

    got = asked_at_once(gateway, [(STEP, ["same"]), (OTHER_CASE, ["other"])])

    assert got == {"same": ("same",), "other": ("other",)}
    steps, names = gateway.calls[-1]
    assert len(gateway.calls) == AT_ONCE + 1
    assert sorted(zip([step.case.case_ref for step in steps], names, strict=True)) == [
        ("T-1", ["same"]),
        ("T-2", ["other"]),
    ]


def test_another_decision_point_waits_for_nobody():
    gateway = Gateway()
    coalescing = Coalescing(gateway.carry, way)
    waiting = [Thread(target=coalescing.ask, args=(STEP, [named("a")])) for _ in range(AT_ONCE)]
    for thread in waiting:
        thread.start()
    assert gateway.busy.wait(30)

    assert coalescing.ask(OTHER_POINT, [named("b")]).results == ("b",)

    gateway.go.set()
    for thread in waiting:
        thread.join(30)
    assert coalescing._under_way == {}


def test_one_that_is_refused_in_company_is_asked_about_alone_and_stops_no_other():
    gateway = Gateway(refused=["bad"])

    got = asked_at_once(gateway, [(STEP, ["good"]), (STEP, ["bad"])])

    assert got == {"good": ("good",), "bad": ("bad",)}
    assert gateway.calls[-1] == ([STEP], [["bad"]])


@pytest.mark.parametrize(
    ("waiting", "others", "count"), [(1, 0, 1), (16, 0, 16), (17, 0, 16), (256, 0, 128), (128, 128, 128), (40, 3, 22)]
)
def test_a_call_takes_a_share_of_those_who_ask_and_a_few_all_of_them(waiting, others, count):
    assert first_call([(STEP, [named("x")])] * waiting, others) == count


def test_together_they_are_no_more_than_a_batch_holds():
    gateway = Gateway()

    asked_at_once(gateway, [(STEP, [f"{i}-{j}" for j in range(400)]) for i in range(5)])

    sizes = [sum(map(len, groups)) for _, groups in gateway.calls]
    assert sorted(sizes) == sorted([1] * AT_ONCE + [800, 800, 400])
    assert max(sizes) <= MOST_ITEMS


def test_never_are_more_than_two_calls_of_one_way_under_way():
    gateway = Gateway()
    together = []

    def carry(groups):
        together.append(1)
        most.append(len(together))
        checked = gateway.carry(groups)
        together.pop()
        return checked

    most = []
    coalescing = Coalescing(carry, way)
    threads = [Thread(target=coalescing.ask, args=(STEP, [named(str(number))])) for number in range(20)]
    for thread in threads:
        thread.start()
    while sum(len(each.waiting) for each in coalescing._under_way.values()) < 18:
        pass
    gateway.go.set()
    for thread in threads:
        thread.join(30)
    assert max(most) == 2
    assert sum(len(group) for _, names in gateway.calls for group in names) == 20


def test_what_goes_wrong_unexpectedly_is_heard_by_all_who_waited_and_the_next_goes_on():
    gateway = Gateway(refused=["boom"])
    coalescing = Coalescing(gateway.carry, way)
    gateway.go.set()

    with pytest.raises(RuntimeError):
        coalescing.ask(STEP, [named("a")])

    assert coalescing.ask(STEP, [named("b")]).results == ("b",)
