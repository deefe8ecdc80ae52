"""The mandates in memory: the newest once they are seen, whole or not at all, and nobody's when they are too old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mandate_samples import AUDITOR, FRAME, NOW, OPERATOR, PRODUCER, STANDING, bidding, mandate

from gateway.domain.agencies import Role
from gateway.domain.agency_forms import MandateError
from gateway.domain.errors import CallerUnknownError, StoreUnavailableError
from gateway.domain.mandates import MandateVersion
from gateway.domain.officers import OfficerKey
from gateway.storage.mandate_index import MandateIndex, UnfitMandateError

LIMIT = timedelta(seconds=10)


class Clock:
    seconds = 100.0

    def boot_seconds(self):
        return self.seconds


class Store:
    """Mandates as versions; broken, it fails every look."""

    def __init__(self, mandates):
        self.versions = []
        self.broken = False
        self.reads = 0
        for each in mandates:
            self.add(each)

    def add(self, entry):
        self.versions.append(
            MandateVersion(mandate=replace(entry, version=len(self.versions) + 1), revision=1, recorded_at=NOW)
        )

    def newest(self):
        if self.broken:
            raise StoreUnavailableError("gone")
        return len(self.versions)

    def current(self):
        self.reads += 1
        return list({version.caller: version for version in self.versions}.values())


@pytest.fixture
def store():
    return Store(STANDING)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def index(store, clock):
    made = MandateIndex(store, clock, FRAME, LIMIT)
    made.load()
    return made


def test_before_the_mandates_were_seen_nobody_is_let_in(store, clock):
    index = MandateIndex(store, clock, FRAME, LIMIT)
    assert index.fault()
    with pytest.raises(StoreUnavailableError):
        index.find("trading", "asking-system")
    with pytest.raises(StoreUnavailableError):
        list(index)


def test_the_newest_version_of_a_mandate_is_found(index, store):
    assert index.find("trading", "asking-system").version == 4
    store.add(bidding(purposes=frozenset({"AWARD"})))
    index.load()
    assert index.find("trading", "asking-system") == bidding(purposes=frozenset({"AWARD"}), version=5)
    assert index.version == 5
    with pytest.raises(CallerUnknownError):
        index.find("trading", "bank")


def test_what_has_not_changed_is_not_read_again(index, store):
    for _ in range(3):
        index.load()
    assert store.reads == 1


def test_mandates_that_were_seen_long_ago_let_nobody_in_until_they_are_seen_again(index, store, clock):
    store.broken = True
    clock.seconds += LIMIT.total_seconds()
    with pytest.raises(StoreUnavailableError):
        index.load()
    assert index.find("trading", "asking-system"), "at the limit they still hold"
    assert index.fault() == ""

    clock.seconds += 0.001
    with pytest.raises(StoreUnavailableError) as caught:
        index.find("trading", "asking-system")
    assert caught.value.metadata["kind"] == "STALE_MANDATES"
    assert "last seen" in index.fault()

    store.broken = False
    index.load()
    assert index.find("trading", "asking-system")
    assert index.fault() == ""


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (mandate("audit-bureau", Role.PRODUCER), MandateError),
        (replace(PRODUCER, feeds=frozenset({"gone"})), UnfitMandateError),
    ],
)
def test_mandates_that_cannot_be_used_together_replace_nothing_and_grow_old(index, store, clock, entry, error):
    store.add(entry)
    clock.seconds += 6
    with pytest.raises(error):
        index.load()
    assert index.version == 4
    assert {each.agency_id for each in index} == {each.agency_id for each in (OPERATOR, AUDITOR, PRODUCER, bidding())}
    clock.seconds += 6
    with pytest.raises(StoreUnavailableError):
        index.find("trading", "asking-system")


def test_the_keys_of_the_configuration_speak_for_a_caller_s_officers_whatever_its_mandate(store, clock):
    """Without them an agency's declared officers would be taken for asserted ones' equals."""
    key = OfficerKey("trading-1", b"pem")
    index = MandateIndex(store, clock, FRAME, LIMIT, officer_keys={("trading", "asking-system"): (key,)})
    index.load()
    assert index.find("trading", "asking-system").officer_keys == (key,)
    store.add(bidding(purposes=frozenset({"award"})))
    index.load()

    found = index.find("trading", "asking-system")
    assert (found.purposes, found.officer_keys) == (frozenset({"award"}), (key,))
    assert index.find("hrss", "producer").officer_keys == ()
