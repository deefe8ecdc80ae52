"""Kill −9 of the gateway around the events of a case: none is lost, none told twice, and what is owed stays owed."""

from __future__ import annotations

from e2e.registered import Registered, applicant
from e2e.reported import Listed
from e2e.served import gateway_in
from e2e.test_case_watched import BEGAN, BOTH, ENDED, acknowledged, owed, watched


def told(served, case, count):
    found = [each.event for each in watched(served, case, count)]
    assert [each.sequence for each in found] == list(range(1, count + 1))
    return [each.kind for each in found]


def test_an_event_survives_a_kill_before_it_is_seen_delivered_or_acknowledged(tmp_path):
    with gateway_in(tmp_path) as gateway:
        listed = Listed(gateway)
        case = Registered(gateway, applicant(listed.uscc))
        told(gateway, case, BOTH)
        # The revocation is committed; whether it was seen by then is the kill's to decide.
        listed.revoked()
        gateway.process.kill()
        gateway.process.wait()
    with gateway_in(tmp_path, filled=False) as gateway:
        case.served = gateway
        assert told(gateway, case, 2 * BOTH) == [BEGAN, BEGAN, ENDED, ENDED]
        assert len(owed(gateway, case)) == 2 * BOTH
        assert acknowledged(gateway, 1).ok
        gateway.process.kill()
        gateway.process.wait()
    with gateway_in(tmp_path, filled=False) as gateway:
        case.served = gateway
        assert told(gateway, case, 2 * BOTH) == [BEGAN, BEGAN, ENDED, ENDED]
        assert [each.sequence for each in owed(gateway, case)] == [2, 3, 4]
        assert all(acknowledged(gateway, sequence).ok for sequence in (2, 3, 4))
        assert owed(gateway, case) == []
