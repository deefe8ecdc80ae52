"""Indexes of days made anew from the queues, on both stores: each change of what is stored or recorded is named."""

from __future__ import annotations

import json

import pytest
from audit_calls import change
from indexed_days import DAY, ONE, OTHER, OWN, Indexed, asked, investigated, release

from gateway.domain.retention import RetentionClass, class_of
from gateway.services.check_days import CheckDays
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


def flaws(days):
    check = CheckDays(days.days, days.index, days.queues)
    found = list(check.flaws())
    assert check.count == 3
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


def test_an_index_that_leaves_something_out_is_named(days):
    first = days.days.on(DAY)
    draft = json.loads(json.dumps({"body": first.draft.body, "lines": list(first.draft.lines)}))
    draft["body"]["day_index"]["covers"][0]["first"] = 1
    text = json.dumps(draft, sort_keys=True, separators=(",", ":"))
    with days.site.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE log_day SET draft = %s WHERE number = 0".replace(
                "%s", "?" if connection.dialect.name == "sqlite" else "%s"
            ),
            (text.encode(),),
        )

    assert "the index of 2026-11-24: leaves out entries of queue 'node-1.0' before number 1" in flaws(days)


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
