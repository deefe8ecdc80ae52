"""A store with one case on its way, a place of queues, and nodes that look at them: for suites of silence."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace

from audit_calls import KEY
from contract.test_meeting_store import FixedClock
from listing_life import CALENDAR
from referral_samples import AGENCIES, HRSS, NOW, TABLE

from gateway.domain.errors import AuditUnavailableError
from gateway.domain.referral_inbox import TransportBounds
from gateway.domain.referral_silence import SETTLED
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import create_keys
from gateway.security.persons import KeyedPersonVault
from gateway.services.establish_silence import EstablishSilence, SilencePlaces
from gateway.services.ports.audit import AccessFilter
from gateway.services.ports.facts import Submission
from gateway.services.referral_inbox import ReferralInbox
from gateway.services.referrals import Law, Referrals
from gateway.services.right_clock import RightClock
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.referral_silences import SqlSilences
from gateway.storage.referrals import SqlReferralStore

HOUR = timedelta(hours=1)
CLOCKS_APART = timedelta(seconds=1)
BOUNDS = TransportBounds(24 * HOUR, 72 * HOUR)
DELIVERED_BY = NOW + 24 * HOUR + SETTLED


class Power:
    """Goes out before or after an entry is on disk: the process is gone, and what it wrote is there or is not."""

    def __init__(self, queue, fails):
        self._queue = queue
        self._fails = fails

    @property
    def writer(self):
        return self._queue.writer

    @property
    def failed(self):
        return self._queue.failed

    async def record(self, draft):
        if self._fails == "before":
            raise AuditUnavailableError("the process is gone")
        position = await self._queue.record(draft)
        if self._fails == "after":
            raise AuditUnavailableError("the process is gone")
        return position


class Site:
    """One store and one place of queues, and nodes that look at them."""

    def __init__(self, engine, folder):
        self.engine = engine
        self.clock = FixedClock(NOW)
        create_keys(folder / "persons.key", PersonHash.SM3, Sealing.SM4_GCM)
        self.cases = SqlReferralStore(engine, KeyedPersonVault(folder / "persons.key"))
        self.referrals = Referrals(self.cases, AGENCIES, self.clock, "w", Law(TABLE, CALENDAR))
        self.deliveries, self.silences = SqlDeliveries(engine), SqlSilences(engine)
        (folder / "audit").mkdir()
        self.place = FolderPlace(folder / "audit")
        (folder / "search.key").write_bytes(KEY)
        self.index = AccessIndex(self.place, folder / "search.key")

    def life(self, *instants, writer="gw1-0", fails="", callers=AGENCIES, skew=0.0):
        """Start a process, let it look at these instants, and end it; return how many silences it recorded at each.

        Its clock is *skew* seconds ahead of the store's.
        """
        referrals = Referrals(self.cases, callers, self.clock, writer, Law(TABLE, CALENDAR))

        async def lived():
            queue = AuditQueue(self.place, writer, self.clock, lambda: None)
            right = RightClock(SimpleNamespace(clock_skew=lambda: skew), CLOCKS_APART)
            places = SilencePlaces(self.cases, self.deliveries, self.silences, Power(queue, fails), self.index, right)
            establish, found = EstablishSilence(referrals, places, BOUNDS), []
            try:
                for at in instants:
                    self.clock.present = at
                    found.append(await establish())
            finally:
                await queue.close()
            return found

        return asyncio.run(lived())

    def acknowledge(self, *places, by="police"):
        asked = Submission(f"a{places}{by}", 0, "d", "", by, "w", self.clock.now(), rows=())
        self.deliveries.acknowledge(asked, places)

    def shown(self, agency=HRSS):
        """Return the silences that an agency is shown, by entry and recipient."""
        inbox = ReferralInbox(self.referrals, self.deliveries, self.silences, BOUNDS)
        case = asyncio.run(self.referrals.read(agency, "YS-1"))
        found = asyncio.run(inbox.silences(case, agency))
        return [(each.silence.place, each.silence.recipient, each.silence.state.name) for each in found]

    def entries(self):
        """Return what the record says of silences: of which entry, towards whom, which, by which queue."""
        rows, _ = self.index.search(AccessFilter(outcome="SILENCE_ESTABLISHED"), 100, "")
        said = [(row.content, row.content["silence"], row.entry.writer) for row in rows]
        return sorted((body["place"], told["recipient"], told["state"], writer) for body, told, writer in said)
