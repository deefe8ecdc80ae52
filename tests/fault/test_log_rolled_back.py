"""Whole files of the record put back, put in each other's place, cut or taken away: named, and never signed over."""

from __future__ import annotations

import shutil

import pytest
from audit_calls import DRAFT
from whole_states import filled_state, flaws_in, grow, log_folder, site_in, verified

from gateway.domain.errors import StoreUnavailableError
from gateway.services.ports.log import LogDamagedError

FIRST, SECOND = "audit/gw1-0.sqlite", "audit/gw1-1.sqlite"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A record of two queues, and how it was before it grew."""
    folder = tmp_path_factory.mktemp("made")
    filled_state(folder / "state", ("gw1-0", [DRAFT] * 40), ("gw1-1", [DRAFT] * 50))
    shutil.copytree(folder / "state", folder / "before")
    grow(folder / "state", "gw1-0", [DRAFT] * 10)
    grow(folder / "state", "gw1-1", [DRAFT] * 20)
    return folder


@pytest.fixture
def state(made, tmp_path):
    """The record as it is."""
    return shutil.copytree(made / "state", tmp_path / "state")


def put_back(made, state, *names):
    for name in names:
        if (state / name).is_dir():
            shutil.rmtree(state / name)
            shutil.copytree(made / "before" / name, state / name)
        else:
            shutil.copy(made / "before" / name, state / name)


def swapped(state, one, other):
    (state / one).rename(state / "aside")
    (state / other).rename(state / one)
    (state / "aside").rename(state / other)


def signed(state):
    """Return what was signed last, stored and published."""
    with site_in(state) as site:
        try:
            stored = site.store().newest()
        except StoreUnavailableError:
            stored = None
    return stored and stored.note, (log_folder(state) / "checkpoint").read_bytes()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([FIRST], "queue 'gw1-0': 50 entries are in the log, and the queue has fewer"),
        (["log.sqlite"], "the published root of 121 entries is not theirs"),
        ([FIRST, SECOND], "queue 'gw1-1': 70 entries are in the log, and the queue has fewer"),
        ([FIRST, SECOND, "log.sqlite"], "published"),
    ],
)
def test_what_was_put_back_to_an_earlier_state_is_named_and_nothing_more_is_signed(made, state, names, said):
    put_back(made, state, *names)
    before = signed(state)

    assert [flaw for flaw in flaws_in(state) if said in flaw or "published checkpoint's root" in flaw]
    with pytest.raises(LogDamagedError):
        grow(state, "gw1-1", [DRAFT])
    assert signed(state) == before


def test_a_record_put_back_whole_is_named_by_what_was_seen_of_it_outside_and_by_nothing_else(made, state):
    seen = verified(log_folder(state)).checkpoint
    put_back(made, state, FIRST, SECOND, "log.sqlite", "log")

    assert flaws_in(state) == []
    assert flaws_in(state, [seen]) == [
        f"{seen.origin}: the last 30 of the {seen.size} entries of a kept checkpoint are lost"
    ]


def test_queues_in_each_others_place_are_named_and_nothing_more_is_published(state):
    _, before = signed(state)
    swapped(state, FIRST, SECOND)

    assert flaws_in(state)
    with pytest.raises((LogDamagedError, StoreUnavailableError)):
        grow(state, "gw1-2", [DRAFT] * 2)
    assert signed(state)[1] == before


@pytest.mark.parametrize("name", [FIRST, SECOND, "log.sqlite"])
@pytest.mark.parametrize("left", [0, 0.3, 0.9])
def test_a_database_that_was_cut_is_named(state, name, left):
    content = (state / name).read_bytes()
    (state / name).write_bytes(content[: int(len(content) * left)])

    assert flaws_in(state)


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_a_queue_that_was_taken_away_is_named_and_nothing_more_is_signed(state, name):
    before = signed(state)
    (state / name).unlink()

    assert [flaw for flaw in flaws_in(state) if "entries are missing" in flaw or "has fewer" in flaw]
    with pytest.raises(LogDamagedError):
        grow(state, "gw1-2", [DRAFT] * 300)
    assert signed(state) == before
