"""What searching, proving and exporting take on a large record of calls; ``audit_fill`` makes the record itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Final

from gateway.clock import SystemClock
from gateway.domain.access_export import ExportFormat
from gateway.security.log_keys import LogKeys
from gateway.services.export_access import ExportAccess
from gateway.services.export_parts import ExportWanted
from gateway.services.integrate_queues import IntegrateQueues
from gateway.services.ports.audit import AccessFilter
from gateway.services.prove_entries import ProveEntries
from gateway.services.seen_calls import seen
from gateway.services.unreported import Unreported
from gateway.storage.access_token import Place, write_token
from gateway.storage.audit_tables import to_microseconds
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import LogPlace
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.outcomes import SqlOutcomeStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine

    from gateway.domain.vocabulary import Verdict
    from gateway.services.ports.audit import AccessRow
    from gateway.services.seen_calls import SeenCall
    from gateway.storage.access_index import AccessIndex

PAGE: Final = 100
ROUNDS: Final = 7
BAR_MS: Final = 200.0
EXPORTED: Final = 20_000
"""Rows of the export that is measured, about."""
GATEWAY: Final = "bench.example"
NEVER: Final = "nobody-and-nothing"


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds: the median of the rounds, and the longest of them, the first and coldest included."""

    median_ms: float
    longest_ms: float
    rows: int


def searches_of(call: SeenCall, other: Verdict) -> dict[str, AccessFilter]:
    """Return the searches that are measured: by each key alone, together, and for what is rare or not there.

    Args:
        call: Whose keys are searched for.
        other: A verdict that few have.
    """
    uscc = call.usccs[0]
    return {
        "everything": AccessFilter(),
        "enterprise": AccessFilter(uscc=uscc),
        "case": AccessFilter(case_ref=call.case_ref),
        "officer": AccessFilter(officer=call.officer),
        "agency": AccessFilter(agency=call.agency),
        "area": AccessFilter(area=call.area),
        "verdict": AccessFilter(verdict=int(other)),
        "outcome": AccessFilter(outcome="AREA_NOT_IN_MANDATE"),
        "enterprise, agency, verdict": AccessFilter(uscc=uscc, agency=call.agency, verdict=call.verdict),
        "agency, verdict": AccessFilter(agency=call.agency, verdict=int(other)),
        "agency, area": AccessFilter(agency=call.agency, area=call.area),
        "agency, area, verdict": AccessFilter(agency=call.agency, area=call.area, verdict=int(other)),
        "area, verdict": AccessFilter(area=call.area, verdict=int(other)),
        "outcome, verdict": AccessFilter(outcome="OK", verdict=int(other)),
        "officer, area, verdict": AccessFilter(officer=call.officer, area=call.area, verdict=int(other)),
        "verdict of a refused call: none": AccessFilter(outcome="AREA_NOT_IN_MANDATE", verdict=int(other)),
        "unknown officer: none": AccessFilter(officer=NEVER),
    }


def measure_searches(index: AccessIndex, key: bytes, middle: datetime, other: Verdict) -> dict[str, tuple[Took, Took]]:
    """Return what the first page of each search takes, and one that begins at *middle*."""
    call = seen(_answered(index, middle))
    deep = Place(to_microseconds(middle), "", 0, 0)
    return {
        name: (_page(index, wanted, ""), _page(index, wanted, write_token(key, wanted, deep)))
        for name, wanted in searches_of(call, other).items()
    }


def _answered(index: AccessIndex, middle: datetime) -> AccessRow:
    (row, *_), _ = index.search(AccessFilter(outcome="OK", until=middle), 1, "")
    return row


def _page(index: AccessIndex, wanted: AccessFilter, token: str) -> Took:
    took, rows = [], 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        found, _ = index.search(wanted, PAGE, token)
        took.append((time.perf_counter() - begun) * 1000)
        rows = len(found)
    return Took(round(median(took), 2), round(max(took), 2), rows)


def integrate(folder: Path, say: Callable[[int], None], gateway: str = GATEWAY) -> tuple[LogPlace, float]:
    """Integrate the queues under *folder* into a log of *gateway* beside them; return it, and the seconds it took."""
    place, begun = LogPlace(f"sqlite:///{folder / 'facts.sqlite'}", folder), time.perf_counter()
    keys, files = LogKeys(folder / "keys"), LogFolder(folder / "log")
    work = IntegrateQueues(gateway, place.store, PlaceQueues(place.queues), keys, files, SystemClock())
    state, more = work.begin(), True
    while more:
        state, more = work.round(state)
        say(state.size)
    return place, time.perf_counter() - begun


def measure_proofs(place: LogPlace, entries: int) -> Took:
    """Return what the proof of one entry takes, of entries all over the log."""
    prove, took = ProveEntries(place.store), []
    state = place.store.newest()
    assert state is not None  # noqa: S101 - it has just been integrated
    for round_ in range(ROUNDS * 10):
        begun = time.perf_counter()
        prove.inclusion(state.origin, 1 + round_ * 7_919 * 7_919 % entries)
        took.append((time.perf_counter() - begun) * 1000)
    return Took(round(median(took), 2), round(max(took), 2), 1)


def measure_export(index: AccessIndex, place: LogPlace, facts: Engine, since: datetime) -> Mapping[str, float]:
    """Export what was recorded since an instant, and return rows, seconds and bytes of all parts."""
    prove, unreported = ProveEntries(place.store), Unreported(SqlOutcomeStore(facts))
    export = ExportAccess(index, unreported, prove, SystemClock())
    now = SystemClock().now()
    wanted = ExportWanted(
        filter=AccessFilter(since=since),
        without_outcome=False,
        form=ExportFormat.JSONL,
        told={},
        agency="bench",
        role="auditor",
        officer="bench",
        begun_at=now,
    )
    whole = asyncio.run(_exported(export, wanted))
    looked = asyncio.run(_exported(export, replace(wanted, without_outcome=True)))
    return {**whole, "without_outcome_seconds": looked["seconds"]}


async def _exported(export: ExportAccess, wanted: ExportWanted) -> dict[str, float]:
    begun, size, rows = time.perf_counter(), 0, 0
    async for part in export(wanted, _at_once):
        size, rows = size + len(part.data), part.rows
    return {"rows": rows, "bytes": size, "seconds": round(time.perf_counter() - begun, 2)}


async def _at_once() -> None:
    pass
