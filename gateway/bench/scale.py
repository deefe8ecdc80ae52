"""What a province and the country would take, computed from what was measured on one machine: a model, no measurement.

Every number that goes in is quoted from docs/performance.md or is said to be assumed. Nothing here is faster on a
larger machine than on the one measured; what the model leaves out stands in docs/scale.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB: Final = 2**20
GIB: Final = 2**30
TB: Final = 10**12
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of docs/performance.md, and the words in which it stands there."""

    value: float
    quote: str


MEASURED: Final[Mapping[str, Measured]] = {
    "calls_per_second": Measured(885, "gateway 885 at 1,342 µs"),
    "item_us": Measured(130, "115 to 130 µs for an item of a batch of 115"),
    "large_enterprises": Measured(149_990, "3,326,789 records belong to 149,990 enterprises"),
    "large_records": Measured(3_326_789, "3,326,789 records belong to 149,990 enterprises"),
    "large_mib": Measured(186, "F8 3.79 s and 186 MiB"),
    "large_start_seconds": Measured(3.79, "F8 3.79 s and 186 MiB"),
    "small_mib": Measured(110, "**1.25**; 110, bar met"),
    "small_start_seconds": Measured(1.25, "**1.25**; 110, bar met"),
    "small_records": Measured(200_000, "200,000 records, three pairs"),
    "import_us": Measured(83, "import, µs a record | 88 (83 to 91) | 83"),
    "record_bytes": Measured(676, "a record: 676 bytes"),
    "queue_bytes": Measured(1_390, "an entry in the queue: 1,390 bytes"),
    "tiles_bytes": Measured(224, "in the log and its files: 224 bytes"),
    "access_bytes": Measured(600, "queue, index | 1.4 kB and 0.6 kB an entry"),
    "index_us": Measured(177, "indexed | 177 µs an entry"),
    "integrate_us": Measured(65, "integrated and signed, s | 65 | 657"),
    "verify_us": Measured(3.7, "verified offline, s | 3.7 | 38.4"),
    "weighing": Measured(0.03, "some 3 in 100 have a fact that decides anything"),
    "start_bar_seconds": Measured(5, "≤ 5 s, ≤ 250 MiB"),
    "memory_bar_mib": Measured(250, "≤ 5 s, ≤ 250 MiB"),
}

PEAK: Final = 5
"""Assumed: in the busiest second come so many times the day's mean: offices work eight hours, mornings are busier."""
BUSY: Final = 0.6
"""Assumed: a process is planned to be busy for so much of that second; the rest is for what was not foreseen."""
SPARE: Final = 2
"""Assumed: every node stands twice, so that one can be away."""
PROCESSES: Final = 4
"""Assumed: serving processes of one machine of eight cores; a process took 1.3, and the store has the rest."""
RETAINED_YEARS: Final = 15
"""The term of answered checks, 180 months (``[retention]`` of ``gateway.toml``)."""


@dataclass(frozen=True, slots=True)
class Realm:
    """Who is served: enterprises on record and checks of one day."""

    name: str
    enterprises: int
    checks_per_day: int


CITY: Final = Realm("one city", 150_000, 833_333)
PROVINCE: Final = Realm("a province of 100 cities", 15_000_000, 83_333_333)
COUNTRY: Final = Realm("the country", 180_000_000, 1_000_000_000)
REALMS: Final = (CITY, PROVINCE, COUNTRY)


def _of(name: str) -> float:
    return MEASURED[name].value


def _small_enterprises() -> float:
    return _of("small_records") * _of("large_enterprises") / _of("large_records")


def index_bytes() -> float:
    """Return the memory of one serving process for one enterprise: the slope between two registers."""
    more = _of("large_enterprises") - _small_enterprises()
    return (_of("large_mib") - _of("small_mib")) * MIB / more


def start_us() -> float:
    """Return how much longer one enterprise makes a cold start, microseconds: the slope likewise."""
    more = _of("large_enterprises") - _small_enterprises()
    return (_of("large_start_seconds") - _of("small_start_seconds")) * 1e6 / more


def entry_bytes() -> float:
    """Return what one recorded check takes on the disk: in the queue, in the log with its files, in the index."""
    return _of("queue_bytes") + _of("tiles_bytes") + _of("access_bytes")


def peak(realm: Realm) -> float:
    """Return the checks of the busiest second."""
    return realm.checks_per_day / DAY_SECONDS * PEAK


def processes(realm: Realm, *, batched: bool) -> int:
    """Return the serving processes for the busiest second, one check a call or all in batches."""
    one = 1e6 / _of("item_us") if batched else _of("calls_per_second")
    return max(1, -int(-peak(realm) // (one * BUSY)))


def machines(realm: Realm) -> int:
    """Return the machines, spare ones among them, one check a call."""
    return SPARE * -(-processes(realm, batched=False) // PROCESSES)


def index_gib(realm: Realm) -> float:
    """Return the memory of one serving process that holds the whole realm."""
    return ((_of("small_mib") * MIB) + (realm.enterprises - _small_enterprises()) * index_bytes()) / GIB


def weighing_mib(realm: Realm) -> float:
    """Return the memory of a process for those enterprises of the realm alone who have a fact that decides anything."""
    return realm.enterprises * _of("weighing") * index_bytes() / MIB


def start_seconds(realm: Realm) -> float:
    """Return the cold start of a process that holds the whole realm."""
    return _of("small_start_seconds") + (realm.enterprises - _small_enterprises()) * start_us() / 1e6


def records(realm: Realm) -> float:
    """Return the records of the realm, as many an enterprise as measured."""
    return realm.enterprises * _of("large_records") / _of("large_enterprises")


def facts_tb(realm: Realm) -> float:
    """Return the facts' store."""
    return records(realm) * _of("record_bytes") / TB


def log_tb_per_year(realm: Realm) -> float:
    """Return by how much the record of calls grows in a year, one check a call, in one copy."""
    return realm.checks_per_day * 365 * entry_bytes() / TB


def import_hours(realm: Realm) -> float:
    """Return how long the whole register takes into one store."""
    return records(realm) * _of("import_us") / 1e6 / 3_600


def verify_hours(realm: Realm) -> float:
    """Return how long one process verifies a year's log, if the realm had one log."""
    return realm.checks_per_day * 365 * _of("verify_us") / 1e6 / 3_600


def busy_with(cost: str, realm: Realm) -> float:
    """Return the seconds of work of a mean second, where one process does *cost* for every entry of the realm."""
    return realm.checks_per_day / DAY_SECONDS * _of(cost) / 1e6
