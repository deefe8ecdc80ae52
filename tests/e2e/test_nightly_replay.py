"""The night's sample in a real gateway on a real store: quiet while all is as it was, and told when a fact is not."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import timedelta

from e2e.served import BIDDING, award, gateway_in

from gateway.bootstrap.process import Gateway
from gateway.clock import SystemClock
from gateway.domain.complaints import StatusTrouble, complaints
from gateway.rpc.environment import CIPHERS_VARIABLE, TLS13_ONLY
from gateway.storage.audit_reader import read_entries

DAY = timedelta(days=1)


class MovedClock(SystemClock):
    """The machine's clock, put forward."""

    ahead = timedelta(0)

    def now(self):
        return super().now() + self.ahead


async def nights(config, between):
    """Open a gateway that serves nobody, and return what came of two nights, and the complaints after each."""
    clock, found = MovedClock(), []
    gateway = Gateway(config, 0, shared_port=False, clock=clock)
    try:
        gateway._index.load()
        for do in (lambda: None, between):
            do()
            # A day ahead the next time at which a sample is due has come, and the answers are nearly a day old.
            clock.ahead = DAY - timedelta(minutes=5)
            run = await gateway._nightly.look()
            gateway._nightly._done_on -= DAY
            found.append((run, {each.trouble for each in complaints(await gateway._status())}))
    finally:
        await gateway.close()
    return found


def test_a_night_is_quiet_until_a_fact_has_been_changed_behind_the_gateways_back(tmp_path, monkeypatch):
    monkeypatch.setenv(CIPHERS_VARIABLE, TLS13_ONLY)
    with gateway_in(tmp_path / "gateway") as served:
        for name in ("listed", "grade_a", "branch_of_listed"):
            served.callers.as_caller(BIDDING).check(award(served.city.example(name).uscc))
        config, first = served.config, served.next_number()
        place = served._queues
        store = served.place.state / "facts.sqlite"

        def tamper():
            with sqlite3.connect(store, timeout=20) as connection:
                assert connection.execute("UPDATE listing_act SET acted_on = '2099-01-01'").rowcount

    before, after = asyncio.run(nights(config, tamper))
    bodies = [json.loads(each.body) for each in read_entries(place.readers()["gw1-0"], "gw1-0", first, 100)]
    told = [each["replay"] for each in bodies if each["outcome"] == "DECISIONS_REPLAYED"]
    place.close()

    assert (before[0].different, StatusTrouble.REPLAY_DIFFERS in before[1]) == (0, False)
    assert before[0].replayed >= 3
    assert after[0].different >= 1
    assert StatusTrouble.REPLAY_DIFFERS in after[1]
    assert [each["results"].get("DIFFERENT", 0) > 0 for each in told] == [False, True]
