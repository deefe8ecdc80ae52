"""A log that cannot go on as it was ends, and the next of the year opens, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from audit_calls import BATCH, DRAFT, record
from integrated_logs import GATEWAY, ORIGIN, HandClock, read_log

from formats import canonical
from formats.checkpoint import Checkpoint
from formats.note import parse_key
from gateway.domain.errors import StateError
from gateway.domain.log import goes_on, succeeding
from gateway.security.log_keys import LogKeys, holds
from gateway.services.go_on import GoOn
from gateway.storage.log_check import LogCheck
from gateway.storage.log_files import LogFolder
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_verify import FolderCheck
from gateway.storage.log_years import unchained

pytest_plugins = ("audit_places",)
SECOND = f"{ORIGIN}2"


def going(site):
    queues, keys, files = PlaceQueues(site.place), LogKeys(site.folder / "keys"), LogFolder(site.folder / "log")
    return GoOn(GATEWAY, site.store(), queues, keys, files, site.clock)


def kept(site, size, root=bytes(32)):
    """Return a checkpoint of the first log as somebody has kept it."""
    return LogKeys(site.folder / "keys").sign(ORIGIN, Checkpoint(ORIGIN, size, root).text)


def verified(site):
    """Verify the static files of every log by the keys beside them, as one chain."""
    folders = sorted(file.parent for file in (site.folder / "log").glob("*/checkpoint"))
    keys = [[parse_key((folder / "vkey").read_text().strip())] for folder in folders]
    checks = [FolderCheck(folder, key, holds) for folder, key in zip(folders, keys, strict=True)]
    reports = [check.run(lambda _: None) for check in checks]
    assert [flaw for report in reports for flaw in report.flaws] == []
    return unchained(reports)


def flaws(site):
    check = LogCheck(site.place, site.store(), LogFolder(site.folder / "log"), holds)
    return check.run(lambda _: None).flaws


def test_after_a_loss_the_next_log_says_between_which_checkpoints_it_lies(site):
    record(site.place, DRAFT, BATCH)
    before = site.integrate()
    record(site.place, DRAFT)
    lost = kept(site, before.size + 7)
    loss = going(site).after_loss(lost)

    assert (loss.origin, loss.first, loss.end, loss.successor.origin) == (ORIGIN, 3, 10, SECOND)
    state = site.integrate()
    assert (state.origin, state.size) == (SECOND, 2)
    entries, _ = read_log(site.folder / "log" / "20262")
    opening = {"v": 1, "opens": SECOND, "after": before.note.decode(), "lost": lost.decode()}
    assert canonical.decode(entries[0]) == opening
    assert site.store().find(ORIGIN) == before
    assert read_log(site.folder / "log" / "2026")[1].size == 3
    assert verified(site) == []
    assert flaws(site) == []


def test_another_key_signs_the_next_log_and_nothing_that_was_recorded_stays_behind(site):
    record(site.place, DRAFT)
    before = site.integrate()
    record(site.place, DRAFT, DRAFT)
    opened = going(site).with_new_key()

    assert (opened.origin, opened.size) == (SECOND, 1)
    assert site.store().find(ORIGIN).size == 4
    assert parse_key(opened.key).public != parse_key(before.key).public
    record(site.place, DRAFT)
    assert site.integrate().size == 2
    assert "lost" not in canonical.decode(read_log(site.folder / "log" / "20262")[0][0])
    assert verified(site) == []
    assert flaws(site) == []


def test_a_log_goes_on_again_and_the_next_year_begins_as_ever(site):
    site.integrate()
    going(site).with_new_key()
    assert going(site).with_new_key().origin == f"{ORIGIN}3"
    site.clock.time = datetime(2026, 12, 31, 17, tzinfo=UTC)
    record(site.place, DRAFT)

    assert site.integrate().origin == f"{GATEWAY}/audit/2027"
    assert verified(site) == []


def test_an_integrator_that_ran_meanwhile_can_sign_nothing_more(site):
    integrating = site.integrating()
    state = integrating.begin()
    going(site).with_new_key()
    record(site.place, DRAFT)

    with pytest.raises(Exception, match=r"another process|not as it was"):
        integrating.round(state)
    assert site.store().find(ORIGIN).size == 1


@pytest.mark.parametrize("more", [0, -1])
def test_by_a_checkpoint_that_is_no_longer_than_the_log_nothing_is_lost(site, more):
    record(site.place, DRAFT)
    state = site.integrate()

    with pytest.raises(StateError, match="nothing is lost"):
        going(site).after_loss(kept(site, state.size + more, state.root))
    assert site.store().newest() == state


def test_by_a_checkpoint_of_another_log_nothing_is_lost(site):
    site.integrate()
    keys = LogKeys(site.folder / "keys")
    keys.make("elsewhere.example/audit/2026x")
    other = keys.sign("elsewhere.example/audit/2026x", Checkpoint("elsewhere.example/audit/2026x", 9, bytes(32)).text)

    with pytest.raises(StateError, match="nothing is lost"):
        going(site).after_loss(other)


def test_a_year_has_nine_logs_at_the_most_and_none_of_an_earlier_year_or_another_gateway():
    names = [ORIGIN]
    while len(names) < 9:
        names.append(succeeding(names[-1]))
    assert names[1:] == [f"{ORIGIN}{number}" for number in range(2, 10)]
    with pytest.raises(ValueError, match="the last log"):
        succeeding(names[-1])
    now = HandClock().now()
    assert all(goes_on(name, GATEWAY, now) for name in (*names, f"{GATEWAY}/audit/2027", f"{GATEWAY}/audit/20272"))
    others = (f"{ORIGIN}1", f"{ORIGIN}0", f"{GATEWAY}/audit/2025", f"{GATEWAY}/audit/20259", "x.example/audit/2026")
    assert not any(goes_on(name, GATEWAY, now) for name in others)
