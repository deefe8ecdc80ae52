"""What the enterprises of the law's table are made with: records of an invented enterprise around one day.

Which enterprises there are is in ``law_subjects``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from e2e.served import SEED
from jointsanctions.v1 import credit_pb2, listing_pb2, record_pb2
from kind_records import SAMPLES, record_of

from gateway.domain.authorities import DECIDED_BY_SENDER
from gateway.sample import records as made
from gateway.sample.invention import person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.sample.records import Party

LISTED = frozenset({"GRADE_C"})
"""A listing or conviction of the calendar year that is graded is a cause of the national C (G-23)."""
SHIYAN, NATIONAL = "shiyan", "national-2026"
PROFILES = (SHIYAN, NATIONAL)


@dataclass(frozen=True)
class Subject:
    """One enterprise as it is asked about.

    ``shows`` names by profile the triggers that must be on the answer wherever their cell of the table is not NONE;
    nothing else may be on it but ``may_show``.
    """

    key: str
    party: Party
    records: tuple[record_pb2.Record, ...]
    shows: Mapping[str, frozenset[str]]
    may_show: frozenset[str] = frozenset()
    """Grades that depend on the time of year at which the test runs."""
    later: tuple[Callable[[Mapping[str, str]], record_pb2.Record], ...] = ()
    """Records that refer to others, made from their ids by document number."""
    found_on: date | None = None
    """When arrears of it were found."""
    related: Party | None = None
    """A party that the question names as related."""
    named: bool = False
    """What weighs, or does not, does so by its name, or because nothing is known of it."""

    def weighs_by(self, trigger: str) -> bool:
        """Return whether the trigger weighs under any profile."""
        return any(trigger in shown for shown in self.shows.values())

    def item(self) -> credit_pb2.BatchItem:
        """Return the question about it, without the facts of a case."""
        item = credit_pb2.BatchItem()
        item.enterprise.uscc, item.enterprise.name = self.party.uscc, self.party.name
        if self.related is not None:
            item.related_parties.add(relation="controlling shareholder").enterprise.uscc = self.related.uscc
        return item


class Maker:
    """Makes subjects around one day. Whatever weighs began within the last 500 days."""

    def __init__(self, today: date, keys: str = "W") -> None:
        self.today = today
        self.keys = keys
        """Begins the keys and numbers of all records, so that two sets do not meet."""
        self.boss = person(SEED, sum(map(ord, keys)) + 71_000)
        """A representative who is listed with its enterprise."""
        self.made: list[Subject] = []

    def key(self, key: str) -> str:
        """Return a record's key."""
        return f"{self.keys}-{key}"

    def ago(self, days: int) -> date:
        """Return the day *days* before today."""
        return self.today - timedelta(days=days)

    def known(self, party: Party, *, builder: bool = False, **parts: object) -> record_pb2.Record:
        """Return the profile of an enterprise known for long; only *builder* is a construction unit (G-01)."""
        record = made.profile(party, self.ago(1900), **parts)
        record.enterprise.construction_unit = builder
        return record

    def subject(
        self,
        key: str,
        party: Party,
        records: Sequence[record_pb2.Record],
        shows: Mapping[str, Sequence[str]] | Sequence[str] = (),
        **parts: object,
    ) -> Party:
        """Add a subject; *shows* by profile, or alike under both. Returns its party."""
        by_profile = shows if isinstance(shows, dict) else dict.fromkeys(PROFILES, shows)
        whole = {profile: frozenset(by_profile.get(profile, ())) for profile in PROFILES}
        self.made.append(Subject(key, party, tuple(records), whole, **parts))
        return party

    def listing(self, party: Party, key: str, days: int = 60, **parts: object) -> list[record_pb2.Record]:
        """Return a listing decided so many days ago, and delivered."""
        return made.listing(party, self.key(key), self.ago(days), **parts)

    def act(self, party: Party, key: str, kind: str, days: int) -> record_pb2.Record:
        """Return a later act of the listing."""
        number = listing_pb2.ListingActKind.Value(f"LISTING_ACT_KIND_{kind}")
        return made.act(party, self.key(key), number, self.ago(days))

    def complaints(self, party: Party, key: str, count: int = 6, order: str = "") -> list[record_pb2.Record]:
        """Return settled complaints, each of an incident of its own, or all under one order to pay (X-22)."""
        found = []
        for number in range(count):
            accepted = self.ago(400 - 50 * number)
            record = made.complaint(party, self.key(f"{key}-{number}"), accepted, accepted + timedelta(days=20))
            record.complaint.payment_order_number = order
            found.append(record)
        return found

    def violations(self, party: Party, key: str, a_year: int, *circumstances: str) -> list[record_pb2.Record]:
        """Return so many in each of the last two calendar years: one of them is the year that is graded (G-20)."""
        found = []
        for year in (self.today.year - 1, self.today.year - 2):
            for number in range(a_year):
                record = made.violation(party, self.key(f"{key}-{year}-{number}"), date(year, 3 + number, 15))
                record.labour_violation.circumstances.extend(circumstances)
                found.append(record)
        return found

    def sample(self, party: Party, kind: str, **changes: object) -> record_pb2.Record:
        """Return the sample of a kind of which nothing is to follow."""
        record = record_of(replace(SAMPLES[kind], **changes))
        record.uscc, record.name, record.source_key = party.uscc, party.name, self.key(f"{party.uscc}-{kind}")
        if kind in DECIDED_BY_SENDER:
            record.authority = made.HRSS
        return record
