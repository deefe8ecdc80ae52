"""Serving the sample city again renews what is near its end, so that it never runs out silently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import BIDDING, prepared

from gateway.bootstrap.config import StartError
from gateway.cli.local_city import prepare, renew_certificates
from gateway.security.issued import known_certificates
from gateway.security.pki import issue_client, issue_server


def used(place):
    return {known.name: known for known in known_certificates(place.state / "pki") if known.file}


def near_the_end(place, days=5):
    pki, now = place.state / "pki", datetime.now(UTC)
    issue_server(pki, ["gateway.example"], days, now, force=True)
    agency, role = BIDDING.split(".")
    issue_client(pki, agency, role, None, days, now, force=True)


def test_what_is_near_its_end_is_renewed_and_the_rest_is_as_it_was(tmp_path):
    place = prepared(tmp_path, {})
    near_the_end(place)
    before = used(place)
    prepare(place.config, place.state)
    after = used(place)

    assert {name for name in before if before[name].serial != after[name].serial} == {
        "server",
        BIDDING.replace(".", "/"),
    }
    assert min(known.days_left(datetime.now(UTC)) for known in after.values()) >= 89
    assert not renew_certificates(place.state), "once is enough"


def test_what_is_due_and_cannot_be_renewed_stops_the_start_naming_the_file(tmp_path):
    place = prepared(tmp_path, {})
    near_the_end(place)
    (place.state / "pki" / "issuing.key").unlink()

    with pytest.raises(StartError, match=r"issuing\.key"):
        prepare(place.config, place.state)


def test_a_span_of_thirty_days_is_near(tmp_path):
    place = prepared(tmp_path, {})
    near_the_end(place, 31)
    assert not renew_certificates(place.state)
    near_the_end(place, 30)
    assert renew_certificates(place.state)
    assert used(place)["server"].ends_within(timedelta(days=90), datetime.now(UTC))
