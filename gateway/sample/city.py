"""The sample city: a few hundred invented enterprises, one for each kind of answer among them.

Made from a seed and a day, the same bytes each time. Nothing is submitted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.sample.clear_cases import clear_cases
from gateway.sample.examples import Example, Maker
from gateway.sample.load import make_load, ordinary_records
from gateway.sample.records import FEED_OF_KIND, FEEDS
from gateway.sample.weighing_cases import weighing_cases

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from jointsanctions.v1 import record_pb2

__all__ = ["City", "Example", "make_city", "make_load"]


@dataclass(frozen=True, slots=True)
class City:
    """An invented city.

    ``records`` are by feed, in the order in which they are to be submitted (profiles first), numbered from 1 within
    each feed. ``examples`` hold one enterprise for each kind of answer.
    """

    records: Mapping[str, tuple[record_pb2.Record, ...]]
    examples: tuple[Example, ...]

    def example(self, key: str) -> Example:
        """Return the example called *key*; ``KeyError`` when there is none."""
        for example in self.examples:
            if example.key == key:
                return example
        raise KeyError(key)


def make_city(seed: int, today: date, enterprises: int = 300) -> City:
    """Make a city around *today* of *enterprises*, of which the examples are the first.

    Raises:
        ValueError: Fewer enterprises than there are examples.
    """
    make = Maker(seed, today)
    cases = [*clear_cases(make), *weighing_cases(make)]
    if enterprises < len(cases):
        raise ValueError(f"a sample city has at least {len(cases)} enterprises, not {enterprises}")
    found: dict[str, list[record_pb2.Record]] = {feed: [] for feed in FEEDS}
    for case in cases:
        for record in case.records:
            found[FEED_OF_KIND[record.WhichOneof("fact") or ""]].append(record)
    for feed, record in ordinary_records(seed, today, enterprises - len(cases)):
        found[feed].append(record)
    for records in found.values():
        for row, record in enumerate(records, 1):
            record.row = row
    return City(
        records={feed: tuple(records) for feed, records in found.items()},
        examples=tuple(case.example for case in cases),
    )
