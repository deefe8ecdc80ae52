"""On an event loop, too: questions that are asked at once share calls, each has its own answer, and nobody is lost."""

from __future__ import annotations

import asyncio
from threading import Event, Semaphore

import pytest
from jointsanctions.v1 import common_pb2

from adapters.acts import Act, Checked
from adapters.asking import MOST_ITEMS, Step, Way
from adapters.async_enforcement import AsyncEnforcement
from adapters.coalescing import AT_ONCE
from adapters.errors import NoAnswerError
from adapters.questions import Applicant, Case, Party

POINT = common_pb2.DECISION_POINT_BIDDING_AWARD
CASE = Case("T-1", "Li")


def named(name):
    return Applicant(Party(name))


class Engine:
    """Answers each applicant with its own name; a call waits until it is let go."""

    def __init__(self, refused=()):
        self.calls = []
        self.go = Event()
        self.begun = Semaphore(0)
        self.refused = set(refused)
        self.together = self.most = 0

    @staticmethod
    def step(case, point):
        return Step(common_pb2.AREA_BIDDING, point, case)

    @staticmethod
    def way(step):
        return Way(step.area, step.decision_point, step.bound, "")

    def carry(self, groups):
        self.together += 1
        self.most = max(self.most, self.together)
        self.begun.release()
        self.calls.append([(step.case.case_ref, [each.lead.uscc for each in group]) for step, group in groups])
        assert self.go.wait(30)
        self.together -= 1
        if "boom" in self.refused:
            raise RuntimeError("boom")
        names = [[each.lead.uscc for each in group] for _, group in groups]
        return [None if len(groups) > 1 and self.refused & set(each) else Checked(tuple(each), 1) for each in names]


async def busy(engine, asking):
    """Return tasks by which as many calls are under way as may be."""
    tasks = []
    for number in range(AT_ONCE):
        tasks.append(asyncio.create_task(asking.check_all(CASE, POINT, [named(f"first {number}")])))
        await asyncio.to_thread(engine.begun.acquire)
    return tasks


def test_what_comes_while_calls_are_under_way_goes_together_and_each_gets_its_own():
    async def play():
        engine = Engine()
        async with AsyncEnforcement(engine) as asking:
            first = await busy(engine, asking)
            rest = [
                asyncio.create_task(asking.check_all(Case(f"T-{i}", "Li"), POINT, [named(f"e{i}"), named(f"f{i}")]))
                for i in range(50)
            ]
            await asyncio.sleep(0)
            engine.go.set()
            found = await asyncio.gather(*first, *rest)
        return engine, [each.results for each in found[AT_ONCE:]]

    engine, results = asyncio.run(play())

    assert results == [(f"e{i}", f"f{i}") for i in range(50)]
    assert [len(groups) for groups in engine.calls[: AT_ONCE + 1]] == [1] * AT_ONCE + [26]
    assert sum(map(len, engine.calls)) == AT_ONCE + 50
    assert engine.calls[2][7] == ("T-7", ["e7", "f7"])
    assert engine.most == AT_ONCE


def test_all_who_ask_at_one_turn_of_the_loop_go_in_one_call_and_never_more_than_a_batch_holds():
    async def play(groups):
        engine = Engine()
        engine.go.set()
        async with AsyncEnforcement(engine) as asking:
            found = await asyncio.gather(*(asking.check_all(CASE, POINT, each) for each in groups))
        return engine, found

    engine, _ = asyncio.run(play([[named(str(i))] for i in range(10)]))
    assert [len(groups) for groups in engine.calls] == [10]
    engine, _ = asyncio.run(play([[named(str(i))] for i in range(256)]))
    assert len(engine.calls[0]) == 128
    assert sum(map(len, engine.calls)) == 256

    engine, found = asyncio.run(play([[named(f"{i}-{j}") for j in range(400)] for i in range(5)]))
    sizes = [sum(len(names) for _, names in groups) for groups in engine.calls]
    assert max(sizes) <= MOST_ITEMS
    assert [each.results[0] for each in found] == [f"{i}-0" for i in range(5)]


def test_one_that_is_refused_in_company_is_asked_about_alone_and_stops_no_other():
    async def play():
        engine = Engine(refused=["bad"])
        engine.go.set()
        async with AsyncEnforcement(engine) as asking:
            one = (asking.check_all(CASE, POINT, [named(name)]) for name in ("good", "bad", "fine"))
            return engine, await asyncio.gather(*one)

    engine, found = asyncio.run(play())

    assert [each.results for each in found] == [("good",), ("bad",), ("fine",)]
    assert engine.calls[-1] == [("T-1", ["bad"])]


def test_an_error_reaches_everybody_who_waits_and_the_next_can_ask():
    async def play():
        engine = Engine(refused=["boom"])
        engine.go.set()
        async with AsyncEnforcement(engine) as asking:
            failed = await asyncio.gather(
                *(asking.check_all(CASE, POINT, [named(str(i))]) for i in range(3)), return_exceptions=True
            )
            engine.refused.clear()
            return failed, await asking.check_all(CASE, POINT, [named("next")])

    failed, found = asyncio.run(play())

    assert [str(each) for each in failed] == ["boom"] * 3
    assert found.results == ("next",)


def test_one_who_goes_away_takes_nobody_elses_answer():
    async def play():
        engine = Engine()
        async with AsyncEnforcement(engine) as asking:
            await busy(engine, asking)
            leaving, staying = (asyncio.create_task(asking.check_all(CASE, POINT, [named(n)])) for n in ("x", "y"))
            await asyncio.sleep(0)
            leaving.cancel()
            engine.go.set()
            return engine, await staying

    engine, found = asyncio.run(play())

    assert found.results == ("y",)
    assert engine.calls[-1] == [("T-1", ["x"]), ("T-1", ["y"])]


def test_what_stops_an_applicant_is_raised_to_its_own_caller():
    error = NoAnswerError("nobody", reason="NO_ANSWER")

    class Silent(Engine):
        def carry(self, groups):
            return [Checked((error,), 0) for _ in groups]

    async def play():
        async with AsyncEnforcement(Silent()) as asking:
            await asking.require_clearance(Act(CASE, POINT, named("x")))

    with pytest.raises(NoAnswerError) as raised:
        asyncio.run(play())
    assert raised.value is error


def test_who_was_answered_counts_no_more_for_the_share_of_the_next():
    async def play():
        engine = Engine()
        async with AsyncEnforcement(engine) as asking:
            first = [asyncio.create_task(asking.check_all(CASE, POINT, [named(f"a{i}")])) for i in range(40)]
            for _ in range(AT_ONCE):
                await asyncio.to_thread(engine.begun.acquire)
            more = [asyncio.create_task(asking.check_all(CASE, POINT, [named(f"b{i}")])) for i in range(100)]
            await asyncio.sleep(0)
            engine.go.set()
            await asyncio.gather(*first, *more)
        return engine

    assert [len(groups) for groups in asyncio.run(play()).calls][:3] == [20, 20, 60]
