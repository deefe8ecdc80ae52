"""The tables of docs/scale.md, and that of docs/operations.md, written from the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.bench import scale
from gateway.bench.scale import CITY, COUNTRY, MEASURED, REALMS, Realm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CITIES: Final = COUNTRY.enterprises // CITY.enterprises
GATEWAYS: Final = (10_000, 50_000, CITY.enterprises, 200_000)
"""Enterprises of the gateways in the table for operators, each asked as often as in a city."""


NAMES: Final = {
    "calls_per_second": "checks a second of one serving process, one a call",
    "item_us": "CPU for an item of a batch, µs",
    "large_enterprises": "large register: enterprises",
    "large_records": "large register: records",
    "large_mib": "large register: memory of a process, MiB",
    "large_start_seconds": "large register: cold start, s",
    "small_mib": "small register: memory of a process, MiB",
    "small_start_seconds": "small register: cold start, s",
    "small_records": "small register: records",
    "import_us": "import, µs a record",
    "record_bytes": "facts' store, bytes a record",
    "queue_bytes": "queue, bytes an entry",
    "tiles_bytes": "log and its files, bytes an entry",
    "access_bytes": "access index, bytes an entry",
    "index_us": "access index, µs an entry",
    "integrate_us": "integrated and signed, µs an entry",
    "verify_us": "verified offline, µs an entry",
    "weighing": "enterprises with a fact that decides anything, of one",
    "start_bar_seconds": "bar of the cold start, s",
    "memory_bar_mib": "bar of a process's memory, MiB",
}
"""What each input is, for people."""


def significant(value: float) -> str:
    """Return a number with three digits that mean something."""
    if value >= 100:
        digits = max(0, len(str(int(value))) - 3)
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}"


def sizes() -> str:
    """Return what each realm takes."""
    rows: tuple[tuple[str, Callable[[Realm], float]], ...] = (
        ("enterprises", lambda realm: realm.enterprises),
        ("records", scale.records),
        ("checks a day", lambda realm: realm.checks_per_day),
        ("checks in the busiest second", scale.peak),
        ("serving processes, one check a call", lambda realm: scale.processes(realm, batched=False)),
        ("serving processes, all in batches", lambda realm: scale.processes(realm, batched=True)),
        ("machines, spare ones among them", scale.machines),
        ("facts on the disk, TB", scale.facts_tb),
        ("record of calls, TB a year", scale.log_tb_per_year),
        (f"record of calls after {scale.RETAINED_YEARS} years, TB", _retained),
        ("first import into one store, hours", scale.import_hours),
    )
    return _table(REALMS, "", rows)


def whole() -> str:
    """Return what would become of it if one gateway held all of a realm."""
    rows: tuple[tuple[str, Callable[[Realm], float]], ...] = (
        ("memory of a serving process, GiB", scale.index_gib),
        ("of it for those who have a fact that decides anything, MiB", scale.weighing_mib),
        ("cold start, s", scale.start_seconds),
        ("integrator: seconds of work in a mean second", lambda realm: scale.busy_with("integrate_us", realm)),
        ("access index: seconds of work in a mean second", lambda realm: scale.busy_with("index_us", realm)),
        ("a year's log verified by one process, hours", scale.verify_hours),
    )
    return _table(REALMS, "if it were one", rows)


def limits() -> str:
    """Return where each thing breaks, the first one first: in enterprises, or in checks a day."""
    starts = (MEASURED["start_bar_seconds"].value - MEASURED["small_start_seconds"].value) * 1e6 / scale.start_us()
    memory = (MEASURED["memory_bar_mib"].value - MEASURED["small_mib"].value) * scale.MIB / scale.index_bytes()
    small = MEASURED["small_records"].value * MEASURED["large_enterprises"].value / MEASURED["large_records"].value
    one = MEASURED["calls_per_second"].value * scale.BUSY / scale.PEAK * scale.DAY_SECONDS
    index, integrator = (scale.DAY_SECONDS * 1e6 / MEASURED[cost].value for cost in ("index_us", "integrate_us"))
    rows = (
        ("the cold start is longer than its bar of 5 s", f"{significant(small + starts)} enterprises"),
        ("a serving process is larger than its bar of 250 MiB", f"{significant(small + memory)} enterprises"),
        ("one serving process is too slow in the busiest second", f"{significant(one)} checks a day"),
        (f"one machine of {scale.PROCESSES} processes is", f"{significant(one * scale.PROCESSES)} checks a day"),
        ("one access index falls behind for good", f"{significant(index)} checks a day"),
        ("one integrator falls behind for good", f"{significant(integrator)} checks a day"),
    )
    return "\n".join(("| breaks | of one gateway at |", "|---|---|", *(f"| {what} | {at} |" for what, at in rows)))


def capacity() -> str:
    """Return what gateways of several sizes take, for whoever runs one: the table of docs/operations.md."""
    each = CITY.checks_per_day / CITY.enterprises
    gateways = [Realm(f"{size:,} enterprises", size, round(size * each)) for size in GATEWAYS]
    rows: tuple[tuple[str, Callable[[Realm], float]], ...] = (
        ("checks a day", lambda realm: realm.checks_per_day),
        ("checks in the busiest second", scale.peak),
        ("serving processes", lambda realm: scale.processes(realm, batched=False)),
        ("memory of each, MiB", lambda realm: scale.index_gib(realm) * scale.GIB / scale.MIB),
        ("start, s", scale.start_seconds),
        ("first import, minutes", lambda realm: scale.import_hours(realm) * 60),
        ("facts on the disk, GB", lambda realm: scale.facts_tb(realm) * 1_000),
        ("record, GB a day", lambda realm: scale.log_tb_per_year(realm) * 1_000 / 365),
        ("record, GB a year", lambda realm: scale.log_tb_per_year(realm) * 1_000),
        ("a year's log verified, minutes", lambda realm: scale.verify_hours(realm) * 60),
    )
    return _table(gateways, "one gateway", rows)


def inputs() -> str:
    """Return what went in, and where it stands."""
    rows = (f"| {NAMES[name]} | {each.value:,} | {each.quote} |" for name, each in _plain())
    return "\n".join(("| measured | value | in [performance.md](performance.md) as |", "|---|---|---|", *rows))


def everything() -> str:
    """Return all tables, as the documents have them."""
    return f"{inputs()}\n\n{sizes()}\n\n{whole()}\n\n{limits()}\n\n{capacity()}"


def _plain() -> list[tuple[str, scale.Measured]]:
    """Return the inputs; a bar in a quote's table would end its cell."""
    return [(name, scale.Measured(each.value, each.quote.replace("|", "/"))) for name, each in MEASURED.items()]


def _retained(realm: Realm) -> float:
    return scale.log_tb_per_year(realm) * scale.RETAINED_YEARS


def _table(realms: Sequence[Realm], what: str, rows: tuple[tuple[str, Callable[[Realm], float]], ...]) -> str:
    lines = [f"| {what} | {' | '.join(realm.name for realm in realms)} |", f"|{'---|' * (1 + len(realms))}"]
    for name, compute in rows:
        lines.append(f"| {name} | {' | '.join(significant(compute(realm)) for realm in realms)} |")
    return "\n".join(lines)
