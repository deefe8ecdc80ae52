"""How well and how fast names are found that are written otherwise or wrongly, each kind in a list of invented ones.

Measured are the index and the comparison, in this process: no wire, no record, no store.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from formats.names import normalise_name
from gateway.bench.figures import percentile
from gateway.bench.invented_names import Kind, make_names, otherwise
from gateway.bench.processes import resident_mib
from gateway.domain.kinds.enterprise import BusinessStatus
from gateway.sample.invention import Draws, uscc
from gateway.services.ports.names import RegisteredName
from gateway.services.ports.register import Indexed
from gateway.services.resolve_enterprise import ResolveEnterprise, Sought
from gateway.storage.name_index import NameIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.domain.timeline import Timeline
    from gateway.services.resolve_enterprise import Resolved

SINCE: Final = date(2020, 1, 1)
TODAY: Final = date(2026, 1, 1)
PATIENCE: Final = 3_600.0
"""Seconds for reading the names, however busy the machine is."""
TICK: Final = 0.001
"""Seconds between two looks at the loop."""


class NamedEnterprises:
    """Enterprises with one name each, in memory: what the search needs of the register and of the store."""

    revision: Final = 1

    def __init__(self, names: Iterable[str], seed: int) -> None:
        """Take the names; the enterprise at place *n* has ``codes[n]``."""
        self._names = {uscc(seed, number): name for number, name in enumerate(names)}
        self._enterprises = {code: Indexed(code, (name,), False, _none) for code, name in self._names.items()}  # noqa: FBT003
        self.codes = list(self._names)
        self.index = NameIndex(self.find)
        self.resolve = ResolveEnterprise(self, self.index, self)  # type: ignore[arg-type]  # no more of it is asked

    def find(self, code: str) -> Indexed | None:
        """Return the enterprise, or None when there is none."""
        return self._enterprises.get(code)

    def of(self, codes: Iterable[str], _revision: int) -> Mapping[str, tuple[RegisteredName, ...]]:
        """Return what the register would say of each."""
        status = BusinessStatus.IN_BUSINESS
        return {code: (RegisteredName(self._names[code], SINCE, "", "", status),) for code in codes}

    async def read(self) -> None:
        """Have the index read every name."""
        waiting = asyncio.create_task(self.index.ready(PATIENCE))
        await asyncio.sleep(0)
        while self.index.read_some(self._enterprises):
            pass
        await waiting


def _none() -> Timeline:
    raise NotImplementedError("nothing here asks for a timeline")


@dataclass(frozen=True, slots=True)
class Found:
    """What became of the searches of one kind; latencies in microseconds."""

    asked: int
    first: int
    """How often the one who is meant came first."""
    identified: int
    wrongly: int
    """How often somebody else was identified."""
    p50_us: int
    p99_us: int
    cpu_p50_us: int
    """Of the process alone: what stays the same beside other work on the machine."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: by kind, and of names of nobody."""

    names: int
    read_seconds: float
    mib: float
    """By how much the names made the process larger."""
    kinds: Mapping[Kind, Found]
    strangers: Found
    late_p99_us: int
    late_most_us: int
    """By how much the loop was late for others, while similar names were searched one after the other."""


def measure(count: int, each: int, strangers: int, seed: int) -> Measured:
    """Ask for *each* names of every kind among *count*, and for *strangers* that are not there."""
    return asyncio.run(_measure(count, each, strangers, seed))


async def _measure(count: int, each: int, strangers: int, seed: int) -> Measured:
    names = make_names(count, seed)
    enterprises = NamedEnterprises(names, seed)
    before, begun = resident_mib([os.getpid()]), time.perf_counter()
    await enterprises.read()
    seconds, mib = time.perf_counter() - begun, resident_mib([os.getpid()]) - before
    taken = {normalise_name(name) for name in names}
    kinds = {kind: await _asked(enterprises, _changed(names, taken, kind, each, seed)) for kind in Kind}
    others = [(name, "") for name in make_names(strangers, seed + 1, taken)]
    lateness: list[int] = []
    watching = asyncio.create_task(_watch(lateness))
    unknown = await _asked(enterprises, others)
    watching.cancel()
    late = sorted(lateness)
    return Measured(len(names), seconds, mib, kinds, unknown, percentile(late, 0.99), late[-1])


def _changed(names: list[str], taken: set[str], kind: Kind, each: int, seed: int) -> list[tuple[str, str]]:
    """Return names written otherwise, each with the code of whom it means; none that is somebody else's."""
    draws = Draws.of(seed, kind.value)
    found: list[tuple[str, str]] = []
    for _ in range(each * 100):
        at = draws.below(len(names))
        changed = otherwise(names[at], kind, draws)
        key = normalise_name(changed)
        if changed != names[at] and (key == normalise_name(names[at]) or key not in taken):
            found.append((changed, uscc(seed, at)))
        if len(found) == each:
            break
    return found


async def _asked(enterprises: NamedEnterprises, sought: list[tuple[str, str]]) -> Found:
    first = identified = wrongly = 0
    latencies, cpu = [], []
    for name, code in sought:
        begun, used = time.perf_counter_ns(), time.process_time_ns()
        found: Resolved = await enterprises.resolve(Sought(name=name), TODAY, 10, _turn)
        cpu.append((time.process_time_ns() - used) // 1_000)
        latencies.append((time.perf_counter_ns() - begun) // 1_000)
        first += bool(found.candidates) and found.candidates[0].file.uscc == code
        meant = [each.file.uscc for each in found.candidates if each.identified]
        identified += meant == [code]
        wrongly += bool(meant) and meant != [code]
    latencies.sort()
    p50, p99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
    return Found(len(sought), first, identified, wrongly, p50, p99, percentile(sorted(cpu), 0.5))


async def _turn() -> None:
    await asyncio.sleep(0)


async def _watch(lateness: list[int]) -> None:
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        lateness.append(int((time.perf_counter() - due) * 1e6))
