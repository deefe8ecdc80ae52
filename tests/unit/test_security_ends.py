"""When certificates and revocations end is read from the files as they lie there; what cannot be read is named."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import certificates
import pytest

from gateway.security.ends import read_ends

NOW = certificates.NOW
DAY = timedelta(days=1)


@pytest.fixture
def files(tmp_path):
    """A server's certificate behind an issuing authority, a bundle of two authorities, and a list without entries."""
    city = certificates.City()
    late = certificates.make_authority(name="late", valid=(NOW - DAY, NOW + 5000 * DAY))
    bundle, revoked = city.write(tmp_path, late)
    certificate = tmp_path / "server.pem"
    certificate.write_bytes(city.server.leaf_pem + city.issuing.leaf_pem)
    return certificate, bundle, revoked


def look(files, stale_after=None, now=NOW):
    return read_ends(*files, stale_after, now)


def test_the_first_to_end_of_a_chain_counts_and_the_first_and_last_authority(files):
    found = look(files)

    assert found.certificate == whole(NOW + 90 * DAY)
    assert found.next_authority == whole(NOW + 3650 * DAY)
    assert found.authority == whole(NOW + 5000 * DAY)
    assert found.unreadable == ()


def test_of_authorities_that_are_over_the_next_is_the_first_that_is_not(files):
    assert look(files, now=NOW + 4000 * DAY).next_authority == whole(NOW + 5000 * DAY)
    assert look(files, now=NOW + 6000 * DAY).next_authority is None
    assert look(files, now=NOW + 6000 * DAY).authority == whole(NOW + 5000 * DAY)


def test_a_list_of_numbers_ends_only_by_its_age(files):
    written = datetime(2026, 11, 1, tzinfo=UTC)
    os.utime(files[2], (written.timestamp(), written.timestamp()))

    assert (look(files).revocations_written, look(files).revocations) == (written, None)
    assert look(files, timedelta(hours=26)).revocations == written + timedelta(hours=26)


def test_signed_lists_end_with_the_first_of_them_or_by_age_if_that_is_earlier(files):
    city = certificates.City()
    lists = [certificates.revocation_list(city.root, [], next_update=NOW + days * DAY) for days in (3, 2)]
    files[2].write_bytes(b"".join(lists))

    assert look(files).revocations == whole(NOW + 2 * DAY)
    os.utime(files[2], (NOW.timestamp(), NOW.timestamp()))
    assert look(files, DAY).revocations == datetime.fromtimestamp(NOW.timestamp(), UTC) + DAY


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("content", [b"", b"no certificate", None])
def test_a_file_that_cannot_be_used_is_named_and_the_others_are_read(files, place, content):
    if content is None:
        files[place].unlink()
    else:
        files[place].write_bytes(content)
    found = look(files)

    assert found.unreadable == (files[place].name,)
    read = [found.certificate, found.authority, found.revocations_written]
    assert [each is None for each in read] == [number == place for number in range(3)]


def whole(instant):
    """A certificate's time has no microseconds."""
    return instant.replace(microsecond=0)
