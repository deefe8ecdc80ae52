"""What is revoked, in memory: whole or not at all, and nobody is let in when it is too old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.errors import StoreUnavailableError
from gateway.domain.revoked_certificates import (
    CertificateNumber,
    Marks,
    NamedCertificate,
    RevocationReason,
    Revoked,
)
from gateway.storage.content import ContentError
from gateway.storage.revoked_index import RevokedIndex

LIMIT = timedelta(seconds=10)
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


class Clock:
    seconds = 100.0

    def boot_seconds(self):
        return self.seconds


class Store:
    """Revocations; broken, it fails every look, and damaged every reading."""

    def __init__(self):
        self.revoked = []
        self.broken = self.damaged = False

    def add(self, serial, issuer="CN=x"):
        certificate = NamedCertificate(CertificateNumber(serial, issuer))
        number, reason = len(self.revoked) + 1, RevocationReason.SUPERSEDED
        self.revoked.append(
            Revoked(
                number=number,
                certificate=certificate,
                reason=reason,
                document_number="d",
                at=NOW + timedelta(seconds=number),
                by="b",
                officer="o",
            )
        )

    def newest(self):
        if self.broken:
            raise StoreUnavailableError("gone")
        return len(self.revoked)

    def after(self, number):
        if self.damaged:
            raise ContentError("damaged")
        return self.revoked[number:]


def marks(serial, issuer="CN=x"):
    return Marks(CertificateNumber(serial, issuer), frozenset({f"hash of {serial}"}))


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def index(store, clock):
    made = RevokedIndex(store, clock, LIMIT)
    made.load()
    return made


def test_before_it_was_seen_nobody_is_let_in(store, clock):
    index = RevokedIndex(store, clock, LIMIT)
    assert index.fault()
    with pytest.raises(StoreUnavailableError):
        index.current()


def test_what_is_added_is_revoked_from_the_next_look_on_beside_what_was(index, store):
    before = index.current()
    index.load()
    assert index.current() is before, (
        "the same object while nothing is added: what was judged by it needs no second look"
    )
    store.add("1")
    index.load()
    store.add("2")
    index.load()
    assert [index.current().has(marks(serial)) for serial in "123"] == [True, True, False]
    assert not index.current().has(marks("1", "CN=y")), "by another authority"
    assert index.figures() == (2, NOW + timedelta(seconds=2))


def test_what_was_seen_long_ago_lets_nobody_in_until_it_is_seen_again(index, store, clock):
    store.broken = True
    clock.seconds += LIMIT.total_seconds()
    with pytest.raises(StoreUnavailableError):
        index.load()
    assert index.current() is not None, "at the limit it still holds"
    clock.seconds += 0.001
    with pytest.raises(StoreUnavailableError) as caught:
        index.current()
    assert caught.value.metadata["kind"] == "STALE_REVOCATIONS"
    store.broken = False
    index.load()
    assert index.fault() == ""


def test_what_cannot_be_understood_is_not_passed_over_and_what_was_known_grows_old(index, store, clock):
    store.add("1")
    index.load()
    store.add("2")
    store.damaged = True
    clock.seconds += 6
    with pytest.raises(ContentError):
        index.load()
    assert index.current().has(marks("1"))
    clock.seconds += 6
    with pytest.raises(StoreUnavailableError):
        index.current()
