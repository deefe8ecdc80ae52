"""The engine for a deciding system that runs on an event loop: many wait at once, and none of them needs a thread.

What ``adapters.enforcement`` says holds here word for word; only who waits, waits otherwise. Questions that come while
calls of their way are under way go together in the next one (``adapters.coalescing``): with their own records and
answers, without a timer, and nothing is kept for a later question.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from adapters.coalescing import AT_ONCE, first_call
from adapters.errors import NotClearedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from jointsanctions.v1 import common_pb2

    from adapters.acts import Act, Checked
    from adapters.asking import Way
    from adapters.clearance import Standing
    from adapters.coalescing import Group
    from adapters.enforcement import Enforcement
    from adapters.questions import Applicant, Case

    Waiting = tuple[Group, asyncio.Future[Checked | None]]


@dataclass(slots=True)
class _UnderWay:
    """The calls of one way, and who waits for the next."""

    calls: int = 0
    callers: int = 0
    """Whose questions these calls carry."""
    waiting: deque[Waiting] = field(default_factory=deque)


class AsyncEnforcement:
    """Binds decisions on one event loop to the gateway's answers. Leave it as a context, or ``close`` it.

    A caller that is cancelled is told nothing; its question, once it is on its way, is recorded and answered as any.
    """

    def __init__(self, engine: Enforcement) -> None:
        """Ask through *engine*, whose journal and mode count; others may use it at the same time."""
        self._engine = engine
        self._carriers = ThreadPoolExecutor(AT_ONCE, "asking")
        self._under_way: dict[Way, _UnderWay] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End, once what is under way is answered and recorded; whoever asks afterwards gets a ``RuntimeError``."""
        await asyncio.to_thread(self._carriers.shutdown)

    async def require_clearance(self, act: Act) -> Standing:
        """Ask about one applicant; returns and raises as ``Enforcement.require_clearance``."""
        (result,) = (await self.check_all(act.case, act.point, (act.applicant,))).results
        if isinstance(result, NotClearedError):
            raise result
        return result

    async def check_all(
        self, case: Case, point: common_pb2.DecisionPoint.ValueType, applicants: Sequence[Applicant]
    ) -> Checked:
        """Ask about all applicants of a case at once; returns as ``Enforcement.check_all``."""
        group = (self._engine.step(case, point), applicants)
        checked = await self._in_company(group)
        # Refused in company: what was wrong may have been somebody else's, and a field is named as it was asked alone.
        while checked is None:
            (checked,) = await asyncio.get_running_loop().run_in_executor(self._carriers, self._engine.carry, [group])
        return checked

    def _in_company(self, group: Group) -> asyncio.Future[Checked | None]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Checked | None] = loop.create_future()
        way = self._engine.way(group[0])
        under_way = self._under_way.get(way)
        if under_way is None:
            under_way = self._under_way[way] = _UnderWay()
        under_way.waiting.append((group, found))
        if under_way.calls < AT_ONCE:
            under_way.calls += 1
            loop.call_soon(self._carry_on, way)  # after all who ask at this turn of the loop
        return found

    def _carry_on(self, way: Way) -> None:
        """Ask for those who wait, and again for those who came meanwhile, until nobody waits."""
        under_way = self._under_way[way]
        waiting = under_way.waiting
        if not waiting:
            under_way.calls -= 1
            if not under_way.calls:
                del self._under_way[way]
            return
        count = first_call([group for group, _ in waiting], under_way.callers)
        together = [waiting.popleft() for _ in range(count)]
        under_way.callers += count
        asking = asyncio.get_running_loop().run_in_executor(
            self._carriers, self._engine.carry, [group for group, _ in together]
        )
        asking.add_done_callback(lambda done: self._tell(way, together, done))

    def _tell(self, way: Way, together: Sequence[Waiting], done: asyncio.Future[list[Checked | None]]) -> None:
        self._under_way[way].callers -= len(together)
        self._carry_on(way)
        error = done.exception()
        checked = [None] * len(together) if error is not None else done.result()
        for (_, found), own in zip(together, checked, strict=True):
            if found.done():
                continue  # cancelled
            if error is not None:
                found.set_exception(error)
            else:
                found.set_result(own)
