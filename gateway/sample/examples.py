"""One invented enterprise for each kind of answer, with the records that make it so.

The expected verdict is that of the decision point "award" in bidding, for a project in 420302 that must be tendered,
under the profile ``shiyan``. Why it is expected is told in the example's own words; the rules are in
``gateway/domain``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from formats.civil import add_months
from gateway.domain.vocabulary import Verdict
from gateway.sample.invention import LOCAL_DIVISION, enterprise_name, uscc
from gateway.sample.records import Party, profile

if TYPE_CHECKING:
    from jointsanctions.v1 import registry_pb2


@dataclass(frozen=True, slots=True)
class Example:
    """An enterprise of the sample city to ask about.

    ``key`` is a stable word for programs, such as ``"listed"``; ``name`` is empty where no register knows one.
    ``expected`` is the verdict at the award in bidding within 420302 under the profile ``shiyan``.
    """

    key: str
    uscc: str
    name: str
    what_zh: str
    what_en: str
    expected: Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """An example and the records that make it so."""

    example: Example
    records: tuple[registry_pb2.Record, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """Days around the one on which the sample city is made."""

    today: date

    def ago(self, days: int) -> date:
        """Return the day *days* before today."""
        return self.today - timedelta(days=days)

    def last_year(self, month: int) -> date:
        """Return the 15th of a month of the calendar year before."""
        return date(self.today.year - 1, month, 15)

    def months(self, count: int) -> date:
        """Return the day *count* months after today; before it when negative."""
        return add_months(self.today, count)


class Maker:
    """Makes cases in a fixed order, each of an enterprise with a number of its own."""

    def __init__(self, seed: int, today: date) -> None:
        self.seed = seed
        self.days = Days(today)
        self._number = 0

    def number(self) -> int:
        """Return the next number, from 0."""
        self._number += 1
        return self._number - 1

    def party(self, division: str = LOCAL_DIVISION) -> Party:
        """Return the next enterprise."""
        number = self.number()
        return Party(uscc(self.seed, number, division), enterprise_name(self.seed, number))

    def known(self, party: Party) -> registry_pb2.Record:
        """Return the profile of an enterprise known for five years."""
        return profile(party, self.days.months(-60))

    def clear(self, key: str, party: Party, what: tuple[str, str], *records: registry_pb2.Record) -> Case:
        """Return a case that is expected to be clear; *what* is told in Chinese and in English."""
        return Case(Example(key, party.uscc, party.name, *what, Verdict.CLEAR), records)

    def conditional(self, key: str, party: Party, what: tuple[str, str], *records: registry_pb2.Record) -> Case:
        """Return a case that is expected to be conditional."""
        return Case(Example(key, party.uscc, party.name, *what, Verdict.CONDITIONAL), records)

    def restricted(self, key: str, party: Party, what: tuple[str, str], *records: registry_pb2.Record) -> Case:
        """Return a case that is expected to be restricted."""
        return Case(Example(key, party.uscc, party.name, *what, Verdict.RESTRICTED), records)
