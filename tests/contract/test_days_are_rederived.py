"""Indexes of days made anew from the queues, on both stores: each change of what is stored or recorded is named."""

from __future__ import annotations

import json

import pytest
from audit_calls import change
from indexed_days import DAY, ONE, OTHER, OWN, Indexed, asked, investigated, release
from sqlalchemy import update

from gateway.domain.retention import RetentionClass, class_of
from gateway.services.check_days import CheckDays
from gateway.storage import log_tables
from gateway.storage.audit_erase import QueueArchive

pytest_plugins = ("audit_places",)


@pytest.fixture
def days(site, key_file):
    """Three days, of which the second has a release and the third nothing."""
    days = Indexed(site, key_file)
    days.record(asked(OWN), investigated(OTHER), asked(OTHER))
    days.indexed()
    days.record(asked(OTHER), release(), day=DAY + ONE)
    days.indexed(DAY + ONE)
    days.indexed(DAY + 2 * ONE)
    return days


def flaws(days, count=3):
    check = CheckDays(days.days, days.index, days.queues)
    found = list(check.flaws())
    assert check.count == count
    return found


def test_what_is_as_it_was_made_has_no_flaw(days):
    assert flaws(days) == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM log_day_leaf WHERE number = 0 AND side = 'ordinary'", "2026-11-24: the stored ordinary side"),
        (
            "DELETE FROM log_day_leaf WHERE number = 0 AND side <> 'ordinary'",
            "2026-11-24: the stored investigation side",
        ),
        ("DELETE FROM log_day_side WHERE number = 1 AND side = 'ordinary'", "2026-11-25: the stored ordinary side"),
        (
            "UPDATE log_day_leaf SET side = 'ordinary' WHERE side = 'investigation'",
            "2026-11-24: the stored ordinary side",
        ),
        (
            "UPDATE log_day_side SET nodes = substr(nodes, 33) WHERE number = 0 AND side = 'ordinary'",
            "2026-11-24: the stored ordinary side does not have the root that was committed",
        ),
        ("UPDATE log_day SET draft = (SELECT draft FROM log_day WHERE number = 1) WHERE number = 0", "2026-11-24: "),
        ("UPDATE log_day SET entry = 0 WHERE number = 0", "2026-11-24: its entry node-1.0/0 says otherwise"),
        ("UPDATE log_day SET entry = 99 WHERE number = 2", "2026-11-26: its entry node-1.0/99 is missing"),
    ],
)
def test_each_change_of_what_is_stored_is_named(days, statement, why):
    change(days.site.engine, statement)

    assert [flaw for flaw in flaws(days) if flaw.startswith(f"the index of {why}")]


def test_an_entry_that_was_put_in_or_changed_afterwards_is_named(days):
    engine = days.site.place.readers()["node-1.0"]
    change(engine, "UPDATE audit_entry SET salt = salt || salt WHERE number = 0")

    assert [flaw for flaw in flaws(days) if "queue 'node-1.0', number 0" in flaw]


def forge(days, change_draft):
    """Change the first index as it is stored."""
    first = days.days.on(DAY)
    draft = json.loads(json.dumps({"body": first.draft.body, "lines": list(first.draft.lines)}))
    change_draft(draft)
    text = json.dumps(draft, sort_keys=True, separators=(",", ":")).encode()
    with days.site.engine.begin() as connection:
        connection.execute(update(log_tables.days).where(log_tables.days.c.number == 0).values(draft=text))


def test_an_index_that_leaves_something_out_is_named(days):
    forge(days, lambda draft: draft["body"]["day_index"]["covers"][0].update(first=1))

    assert "the index of 2026-11-24: leaves out entries of queue 'node-1.0' before number 1" in flaws(days)


def test_an_index_that_was_committed_with_other_counts_is_named(site, key_file):
    days = Indexed(site, key_file)
    days.record(asked(OWN), asked(OWN))
    days.end_of(DAY)
    assert days.index.next(site.clock)
    forge(days, lambda draft: draft["lines"][0].update(answered=1, answered_total=1))
    days.record_indexes(DAY + ONE)

    assert flaws(days, 1) == ["the index of 2026-11-24: is not that of the entries which it covers"]


def test_an_index_over_erased_content_is_compared_with_its_entry_alone(days):
    archive = QueueArchive(days.site.place, days.search)
    entry = days.queues.find("node-1.0", 0)
    said = {"erased": {"class": "RECEIPT", "on": "2042-01-01", "run": "node-1.0/99"}}
    archive.erase([(entry, json.dumps(said, sort_keys=True, separators=(",", ":")).encode())])
    assert flaws(days) == []
    change(days.site.engine, "UPDATE log_day SET entry = 1 WHERE number = 0")

    assert flaws(days) == ["the index of 2026-11-24: its entry node-1.0/1 says otherwise"]


@pytest.mark.parametrize("method", ["AuditService", "AuditService/ReleaseInvestigation"])
def test_what_other_entries_are_judged_by_is_kept_as_long_as_receipts(method):
    assert class_of({"method": method, "outcome": "OK"}) is RetentionClass.RECEIPT
