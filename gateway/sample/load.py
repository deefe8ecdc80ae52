"""The ordinary enterprises of the sample city, and registers of any size for benchmarks.

Each enterprise's records follow from seed, day and number alone, so that they can be made one by one, feed by feed, in
the memory of a single record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.civil import add_months
from gateway.sample.examples import Days
from gateway.sample.invention import OTHER_DIVISION, Draws, division, enterprise_name, person, uscc
from gateway.sample.records import (
    DORMANT,
    FEEDS,
    LOCAL,
    NONLOCAL,
    Party,
    arrears,
    complaint,
    conviction,
    five_systems,
    listing,
    profile,
    publication,
    published,
    red_list,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from jointsanctions.v1 import record_pb2

FIRST_NUMBER: Final = 1_000
"""Number of the first ordinary enterprise; the examples have those below."""


def make_load(seed: int, today: date, enterprises: int, *, records: int = 0) -> Iterator[tuple[str, record_pb2.Record]]:
    """Yield (feed, record) of invented enterprises: feed by feed in the order of ``FEEDS``, profiles first.

    About twenty complaints, five arrears and one listing for each hundred enterprises, and one check of five systems
    each.

    Args:
        seed: Equal seed, day and numbers give equal records.
        today: Civil date around which everything lies.
        enterprises: How many, at least 1.
        records: Total to reach by further checks of the five systems, spread evenly and yielded last; 0 for none, and
            no effect when there are as many without.
    """
    made = 0
    for pair in ordinary_records(seed, today, enterprises):
        made += 1
        yield pair
    if records > made:
        yield from _further_checks(seed, today, enterprises, records - made)


def ordinary_records(seed: int, today: date, enterprises: int) -> Iterator[tuple[str, record_pb2.Record]]:
    """Yield (feed, record) of ``make_load`` without further checks."""
    for feed in FEEDS:
        for number in range(FIRST_NUMBER, FIRST_NUMBER + enterprises):
            draws = Draws.of(seed, feed, number)
            for record in _OF_FEED[feed](_party(seed, number), f"S-{number}", draws, Days(today)):
                yield feed, record


def _further_checks(seed: int, today: date, enterprises: int, missing: int) -> Iterator[tuple[str, record_pb2.Record]]:
    made = 0
    for place in range(enterprises):
        party = _party(seed, FIRST_NUMBER + place)
        upto = missing * (place + 1) // enterprises
        for count in range(upto - made):
            key = f"S-{FIRST_NUMBER + place}-F{count}"
            yield "labour_inspection", five_systems(party, key, Days(today).ago(1 + 30 * count % 1800))
        made = upto


def _party(seed: int, number: int) -> Party:
    return Party(uscc(seed, number, division(seed, number)), enterprise_name(seed, number))


def _profiles(party: Party, key: str, draws: Draws, days: Days) -> Iterator[record_pb2.Record]:
    kind = NONLOCAL if party.uscc[2:8] == OTHER_DIVISION else LOCAL
    if kind is LOCAL and draws.chance(0.05):
        kind = DORMANT
    number = int(key.removeprefix("S-"))
    record = profile(party, days.months(-draws.between(1, 120)), kind, representative=person(number, number))
    record.enterprise.construction_unit = draws.chance(0.9)
    yield record


def _listings(party: Party, key: str, draws: Draws, days: Days) -> Iterator[record_pb2.Record]:
    if draws.chance(0.01):
        decided = days.ago(draws.between(10, 1400))
        yield from listing(party, f"{key}-L", decided)
        yield published(party, f"{key}-L", decided)


def _inspections(party: Party, key: str, draws: Draws, days: Days) -> Iterator[record_pb2.Record]:
    count = draws.between(1, 2) if draws.chance(0.1) else 0
    count = draws.between(6, 8) if draws.chance(0.007) else count
    for place in range(count):
        accepted = draws.between(30, 900)
        settled = None if draws.chance(0.1) else days.ago(accepted - draws.between(6, 25))
        yield complaint(party, f"{key}-C{place}", days.ago(accepted), settled)
    if draws.chance(0.05):
        found = draws.between(40, 1000)
        paid = None if draws.chance(0.2) else days.ago(found - draws.between(1, 30))
        yield arrears(party, f"{key}-A", days.ago(found), paid, malicious=draws.chance(0.05))
    yield five_systems(party, f"{key}-F", days.ago(draws.between(1, 400)), draws.one_of(("OK", "OK", "OK", "MISSING")))
    if draws.chance(0.03):
        yield red_list(party, f"{key}-R", days.ago(draws.between(5, 700)))


def _publications(party: Party, key: str, draws: Draws, days: Days) -> Iterator[record_pb2.Record]:
    if draws.chance(0.005):
        since = days.ago(draws.between(5, 300))
        yield publication(party, f"{key}-P", since, add_months(since, 24), for_wages=draws.chance(0.6))


def _convictions(party: Party, key: str, draws: Draws, days: Days) -> Iterator[record_pb2.Record]:
    if draws.chance(0.001):
        yield conviction(party, f"{key}-V", days.ago(draws.between(10, 1400)))


_OF_FEED: Final[dict[str, Callable[[Party, str, Draws, Days], Iterator[record_pb2.Record]]]] = {
    "market_regulation": _profiles,
    "wage_list": _listings,
    "labour_inspection": _inspections,
    "publications": _publications,
    "court_judgments": _convictions,
}
