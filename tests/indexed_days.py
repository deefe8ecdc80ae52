"""A gateway whose days are indexed, without processes: what the integrator and a serving process do, by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from audit_calls import KEY, NOON, record
from integrated_logs import ORIGIN

from formats.day_proof import ORDINARY, verify_day_proof
from formats.note import parse_key
from gateway.domain.audit import Draft
from gateway.security.log_keys import LogKeys, holds
from gateway.services.index_days import IndexDays
from gateway.services.prove_days import ProveDays
from gateway.services.prove_entries import ProveEntries
from gateway.services.release_investigation import RecordedReleases
from gateway.storage.access_index import AccessIndex
from gateway.storage.day_store import SqlDayStore
from gateway.storage.log_queues import PlaceQueues

if TYPE_CHECKING:
    from integrated_logs import Site

OWN, OTHER, NOBODY = "91420300MA10004470", "91110108551385082Q", "91420399MA00K2UM2D"
DAY = date(2026, 11, 24)
"""Civil day of NOON."""
ONE = timedelta(days=1)


def asked(*enterprises, agency="bidding", role="asking-system", **content):
    """Return an answered question about these enterprises."""
    body = {
        "method": "CreditService/CheckEligibility",
        "outcome": "OK",
        "caller": {"agency": agency, "role": role},
        "case": "JSGC-2026-17",
        "enterprises": list(enterprises),
        "request": {"sha256": "ab" * 32},
    }
    return Draft(body | content)


def investigated(*enterprises, case="X-1", agency="public-security", **content):
    method = "CreditService/GetCreditRecord"
    return asked(*enterprises, agency=agency, role="police", case=case, method=method, **content)


def release(case="X-1", agency="public-security", request="r-1"):
    """Return the call that releases a case."""
    body = {
        "method": "AuditService/ReleaseInvestigation",
        "outcome": "OK",
        "caller": {"agency": agency, "role": "police"},
        "case": case,
        "request": {"id": request},
        "release": {"document": "公〔2026〕8号", "review_on": "2027-11-24"},
    }
    return Draft(body)


@dataclass
class Indexed:
    """One gateway's queues, log and indexes."""

    site: Site
    key_file: object
    days: SqlDayStore = field(init=False)

    def __post_init__(self):
        self.days = SqlDayStore(self.site.engine)
        (self.site.folder / "audit").mkdir(exist_ok=True)
        self.search = AccessIndex(self.site.place, self.key_file)
        self.queues = PlaceQueues(self.site.place)
        releases = RecordedReleases(self.search, self.search)
        self.index = IndexDays(self.days, self.queues, self.site.store(), releases, KEY)
        self.prove = ProveDays(self.days, self.queues, ProveEntries(self.site.store()), KEY)

    def record(self, *drafts, day=DAY, writer="node-1.0"):
        """Record calls at noon of a day."""
        first = self.site.place.next_numbers().get(writer, 0)
        noon = NOON + (day - DAY)
        times = [noon + timedelta(seconds=first + later) for later in range(len(drafts))]
        record(self.site.place, *drafts, writer=writer, times=times)

    def end_of(self, day):
        """Let the clock pass the end of a day, and the log come to all that is recorded."""
        self.site.clock.time = NOON + (day - DAY) + timedelta(hours=12, minutes=2)
        self.site.integrate()

    def indexed(self, day=DAY):
        """End a day, index all that is due, record the indexes, and let the log come to them."""
        self.end_of(day)
        found = []
        while each := self.index.next(self.site.clock):
            found.append(each)
        self.record_indexes(day + ONE)
        self.site.integrate()
        return found

    def record_indexes(self, day):
        for each in self.days.to_record():
            number = self.site.place.next_numbers().get("node-1.0", 0)
            night = NOON + (day - DAY) - timedelta(hours=11, minutes=50) + timedelta(seconds=number)
            record(self.site.place, each.draft, times=[night])
            self.days.recorded(each.number, "node-1.0", number)

    def key(self):
        return parse_key(LogKeys(self.site.folder / "keys").key_of(ORIGIN))

    def proven(self, uscc, first=DAY, last=None, sides=(ORDINARY,)):
        """Return what a proof of days proves: for each day and side the indexes in the log of the entries."""
        content = self.prove.proof(uscc, first, last or first, sides)
        whom, days = verify_day_proof(content, [self.key()], holds)
        assert whom == uscc
        return {
            day.day: {side: [each["index"] for each in found] for side, found in day.entries.items()} for day in days
        }

    def place(self, number, writer="node-1.0"):
        """Return the index in the log of an entry."""
        return self.site.store().place_of(writer, number)[1]
