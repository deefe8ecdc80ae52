"""The doctor's look at the log, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from audit_calls import DRAFT, NOON, record
from integrated_logs import ORIGIN
from plain_witness import NAME, PlainWitness

from gateway.cli.doctor_log import UNSEEN, WAITS, look
from gateway.cli.doctor_texts import advice_on
from gateway.domain.witnesses import Cosigned

pytest_plugins = ("audit_places",)
KEY = str(PlainWitness().key)
SECOND = timedelta(seconds=1)


def found(site, witnesses=(), now=NOON):
    return list(look(site.place, site.store(), witnesses, now))


def seen(site, size, at):
    site.store().keep(Cosigned(ORIGIN, KEY, size, b"note", int(at.timestamp())))


def test_a_log_that_is_not_opened_yet_is_in_order_and_said(site):
    assert found(site) == [("log", True, "none yet: the gateway opens it")]


def test_a_log_that_keeps_up_says_how_far_it_is(site):
    record(site.place, DRAFT)
    site.integrate()

    assert found(site, now=NOON + 10 * WAITS) == [
        ("log", True, f"{ORIGIN}, 2 entries signed"),
        ("witnesses", True, "none is named: nobody outside would see a second log"),
    ]


def test_entries_that_wait_too_long_are_a_broken_link(site):
    record(site.place, DRAFT)
    site.integrate()
    record(site.place, DRAFT, DRAFT)
    recorded = NOON + SECOND

    assert found(site, now=recorded + WAITS)[0][1]
    link, sound, said = found(site, now=recorded + WAITS + SECOND)[0]
    assert (link, sound) == ("log", False)
    assert said.endswith("; 2 of node-1.0 wait, the oldest for 61 s")
    assert advice_on(link, said).do.en


def test_a_witness_that_has_seen_nothing_is_a_gap(site):
    site.integrate()

    (_, (link, sound, said)) = found(site, [KEY])
    assert (link, sound, said) == ("witnesses", False, f"{NAME} has cosigned nothing of {ORIGIN}")
    assert advice_on(link, said).do.zh


@pytest.mark.parametrize(
    ("size", "age", "sound"),
    [(1, UNSEEN, True), (1, UNSEEN + SECOND, False), (2, 100 * UNSEEN, True)],
)
def test_a_witness_is_behind_when_it_has_seen_less_for_too_long(site, size, age, sound):
    record(site.place, DRAFT)
    site.integrate()
    seen(site, size, NOON)

    assert found(site, [KEY], NOON + age)[1] == (
        "witnesses",
        sound,
        f"{NAME} cosigned {size} of 2 entries at 2026-11-24T04:00:00+00:00",
    )
