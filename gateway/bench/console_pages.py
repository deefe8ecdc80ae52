"""How long an auditor waits for a page of the console, on a record of calls of any size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from gateway.bench.audit_fill import ASKED_OF_ENTERPRISE, SPAN, agency_of, case_of, enterprise, officer_of
from gateway.bench.processes import BenchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.bench.console_browser import Browser, Fetched

ROUNDS: Final = 7
SEARCH_BAR_MS: Final = 1_000.0
CHART_BAR_MS: Final = 2_000.0
YEAR: Final = timedelta(days=365)
WEEK: Final = timedelta(days=6)
MIDDLE: Final = 0.5
"""Where in the record stands whom the searches are for."""
FOLLOWING: Final = 3
"""Pages that are leafed through, after the first of everything."""
_PAGES: Final = r"/accesses/pages/[^\"]+"
_ENTRY: Final = re.compile(r'<a href="[^"]+/accesses/[^/"]+"')


@dataclass(frozen=True, slots=True)
class Waited:
    """Milliseconds that a page took: median of the rounds, and the longest, the first and coldest included.

    *told* is how many rows or, of a chart, questions the page told.
    """

    median_ms: float
    longest_ms: float
    told: int


@dataclass(frozen=True, slots=True)
class Record:
    """The record that is looked at: seed and number of its entries, and the civil day of the last of them."""

    seed: int
    entries: int
    last: date


def searches_of(record: Record) -> dict[str, dict[str, str]]:
    """Return the forms of the searches, each with every field that it names: of everybody and everything else, any."""
    number = int(record.entries * MIDDLE)
    known = max(1, record.entries // ASKED_OF_ENTERPRISE)
    middle = record.last - SPAN * (1 - MIDDLE)
    week = _days(record.last - WEEK, record.last)
    ever = {"since": "", "until": ""}
    agency = agency_of(number)
    return {
        "the last week": week,
        "a week in the middle": _days(middle, middle + WEEK),
        "ever": ever,
        "area": {**week, "area": "BIDDING"},
        "verdict": {**week, "verdict": "RESTRICTED"},
        "outcome": {**week, "outcome": "AREA_NOT_IN_MANDATE"},
        "agency": {**week, "agency": agency},
        "agency, area and verdict": {**week, "agency": agency, "area": "BIDDING", "verdict": "RESTRICTED"},
        "an enterprise's history": {**ever, "uscc": enterprise(record.seed, known // 2)},
        "an officer's day": {**_days(middle, middle), "officer": officer_of(number), "agency": agency},
        "an officer, ever": {**ever, "officer": officer_of(number)},
        "a case": {**ever, "case_ref": case_of(number)},
        "without an outcome": {**week, "without_outcome": "yes"},
        "an officer who is not there": {**ever, "officer": "nobody-and-nothing"},
    }


def charts_of(record: Record) -> dict[str, dict[str, str]]:
    """Return the forms of the charts."""
    year = _days(record.last - YEAR, record.last)
    return {
        "the last week, by area": {**_days(record.last - WEEK, record.last), "by": "area"},
        "a year, by area": {**year, "by": "area"},
        "a year, by agency": {**year, "by": "agency"},
        "a year, one agency by area": {**year, "by": "area", "agency": agency_of(0)},
        "a year, one area by agency": {**year, "by": "agency", "area": "BIDDING"},
    }


def measure_searches(browser: Browser, record: Record) -> dict[str, Waited]:
    """Return what the first page of each search takes, and each of the next ones of everything."""
    found = {}
    for name, form in searches_of(record).items():
        found[name] = _waited(partial(browser.post, "/accesses", form), _rows)
    page = browser.post("/accesses", searches_of(record)["ever"])
    for number in range(2, 2 + FOLLOWING):
        following = browser.link(page, _PAGES)
        found[f"ever, page {number}"] = _waited(partial(browser.get, following), _rows)
        page = browser.get(following)
    return found


def measure_charts(browser: Browser, record: Record) -> dict[str, Waited]:
    """Return what the page of each chart takes."""
    return {
        name: _waited(partial(browser.post, "/volume", form), _questions) for name, form in charts_of(record).items()
    }


def slow(searches: Mapping[str, Waited], charts: Mapping[str, Waited]) -> list[str]:
    """Return the names of the pages whose median is longer than it may be."""
    bars = ((searches, SEARCH_BAR_MS), (charts, CHART_BAR_MS))
    return [name for pages, bar in bars for name, page in pages.items() if page.median_ms > bar]


def _waited(look: Callable[[], Fetched], told: Callable[[str], int]) -> Waited:
    pages = [look() for _ in range(ROUNDS)]
    took = [page.milliseconds for page in pages]
    counts = {told(page.text) for page in pages}
    if len(counts) != 1:
        raise BenchError(f"the same page told {sorted(counts)}")
    return Waited(round(median(took), 1), round(max(took), 1), counts.pop())


def _rows(text: str) -> int:
    return len(_ENTRY.findall(text))


def _questions(text: str) -> int:
    return int(text.rpartition("<strong>")[2].partition("<")[0] or 0) if "<strong>" in text else 0


def _days(first: date, last: date) -> dict[str, str]:
    return {"since": first.isoformat(), "until": last.isoformat()}
