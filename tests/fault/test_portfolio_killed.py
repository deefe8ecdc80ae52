"""Kill −9 of whoever follows a loan book, at every step: no event is lost, none acknowledged before it was kept."""

from __future__ import annotations

import pytest
from e2e.batch_files import KILL
from e2e.portfolios import Portfolio
from e2e.reported import Listed
from e2e.served import new_party

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")
CREDIT = """
from adapters.client import GatewayClient
credit = GatewayClient.credit
def killed(self, rpc, *more):
    {before}
    found = credit(self, rpc, *more)
    {after}
    return found
GatewayClient.credit = killed
"""
WHERE = f"if rpc == {{rpc!r}}: {KILL}"
BEFORE = "import {module} as module; module.{name} = lambda *_: {kill}"
NOT_ON_DISK = """
import adapters.event_lines as lines, os
class Os:
    def __getattr__(self, name):
        return getattr(os, name)
    def fsync(self, file):
        # Of the folder it is let through: nothing has been told yet.
        os.path.isdir(f"/proc/self/fd/{{file}}") or {kill}
lines.os = Os()
"""
HALF = "import os; whole = os.pwrite; os.pwrite = lambda file, line, at: (whole(file, line[:9], at), {kill})"


def before(module, name):
    return BEFORE.format(module=module, name=name, kill=KILL)


PLACES = {
    "before a case is registered": CREDIT.format(before=WHERE.format(rpc="OpenCase"), after=""),
    "between a registration and its record": CREDIT.format(before="", after=WHERE.format(rpc="OpenCase")),
    "before an event is kept": before("adapters.watch_book", "WatchBook.keep"),
    "once an event is kept": before("adapters.watching", "Watcher._finish"),
    "while it is asked anew": before("adapters.asking", "read_answer"),
    "with half a line written": HALF.format(kill=KILL),
    "with a line written and not on disk": NOT_ON_DISK.format(kill=KILL),
    "between the telling and its record": before("adapters.watch_book", "WatchBook.mark"),
    "before an acknowledgement": CREDIT.format(before=WHERE.format(rpc="AcknowledgeCaseEvent"), after=""),
    "between an acknowledgement and its record": CREDIT.format(
        before="", after=WHERE.format(rpc="AcknowledgeCaseEvent")
    ),
}
BOTH = 2
"""What a listing brings: itself, and grade C."""


@pytest.fixture(scope="module")
def bank(served, tmp_path_factory):
    """Return the folder of one bank, whose journal has every event there was so far: what comes is the test's own."""
    folder = tmp_path_factory.mktemp("bank")
    assert Portfolio(served, folder, new_party().uscc).run() == 0
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_whoever_is_killed_over_an_event_goes_on_with_it(served, bank, place):
    portfolio = Portfolio(served, bank, Listed(served).uscc)

    portfolio.killed(PLACES[place])
    kept, acknowledged = portfolio.kept()
    owed = portfolio.owed()
    assert acknowledged <= kept

    assert portfolio.run() == 0
    told = portfolio.told()
    numbers = {each["sequence"] for each in told}
    # What the gateway was not waiting for when the bank was killed had been kept by then.
    assert place.startswith(("before a case", "between a reg")) or numbers - owed <= kept
    assert len(numbers) == BOTH
    assert len(told) - len(numbers) <= 1, "one event at most is told twice"
    assert {each["check"]["verdict"] for each in told} == {"CONDITIONAL"}
    assert portfolio.owed() == set()
    assert portfolio.kept() == (numbers, numbers)
