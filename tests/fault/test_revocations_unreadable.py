"""A kill leaves no revocation undone or unrecorded, and who cannot see the revocations lets nobody in after a while."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager

import grpc
from e2e.served import BIDDING, CHECK, WRITER, award, body_of, gateway_in, held_up, new_party
from google.protobuf.wrappers_pb2 import Int32Value
from jointsanctions.v1 import revocation_pb2 as pb
from mandate_calls import OPERATIONS, SERVICE, seen
from revocation_calls import order, pem_of, send_order

from gateway.storage.facts import SqlFactStore
from gateway.storage.revoked_certificates import SqlRevocationStore

SOON = {"mandates_stale_after_seconds = 10 ": "mandates_stale_after_seconds = 1 "}
HEALTH = "/grpc.health.v1.Health/Check"
NOT_SERVING = 2


@contextmanager
def without_revocations(gateway):
    """Take the table out of the store, and put it back."""
    connection = sqlite3.connect(gateway.place.state / "facts.sqlite", isolation_level=None, timeout=20)
    connection.execute("ALTER TABLE revoked_certificate RENAME TO taken_out")
    try:
        yield connection
    finally:
        connection.execute("ALTER TABLE taken_out RENAME TO revoked_certificate")
        connection.close()


def asked(gateway, who=BIDDING):
    outcome = gateway.send(CHECK, award(new_party().uscc), who)
    return "OK" if outcome.ok else outcome.reason


def health(gateway):
    return str(Int32Value.FromString(gateway.raw(HEALTH, b"").answer).value)


def test_who_cannot_see_the_revocations_lets_nobody_in_and_everybody_again_once_it_can(tmp_path):
    with gateway_in(tmp_path, filled=False, changes=SOON) as gateway:
        assert asked(gateway) == "OK"
        with without_revocations(gateway):
            at = time.monotonic()
            assert asked(gateway) == "OK", "what was seen a moment ago still holds"
            assert seen(lambda: asked(gateway), "STORE_UNAVAILABLE", at) < 3.0
            seen(lambda: health(gateway), str(NOT_SERVING), at)
            assert "the revocations were last seen" in gateway.log
        seen(lambda: asked(gateway), "OK", time.monotonic())
        assert gateway.process.poll() is None


def test_a_revocation_that_cannot_be_understood_is_never_passed_over(tmp_path):
    """Of a later version, or damaged: whom it names cannot be told, so nobody is let in."""
    with gateway_in(tmp_path, filled=False, changes=SOON) as gateway:
        connection = sqlite3.connect(gateway.place.state / "facts.sqlite", isolation_level=None, timeout=20)
        row = (1, "1f", "CN=x", "", "", "", "", 99, "d", "2026-11-30T00:00:00.000000Z", "b", "o", "r")
        connection.execute("INSERT INTO revoked_certificate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        seen(lambda: asked(gateway), "STORE_UNAVAILABLE", time.monotonic())
        connection.execute("DELETE FROM revoked_certificate")
        connection.close()
        seen(lambda: asked(gateway), "OK", time.monotonic())


def test_a_revocation_whose_entry_the_kill_prevented_is_recorded_at_the_next_start_and_holds(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        request = order(certificate=pem_of(gateway, BIDDING))
        assert asked(gateway) == "OK"
        before, channel = gateway.next_number(), gateway.channel(OPERATIONS)
        store = SqlRevocationStore(gateway._engine)
        with held_up(gateway):
            call = channel.unary_unary(f"{SERVICE}/RevokeCertificate", None, None).future(request.SerializeToString())
            while not store.newest():
                assert not call.done()
            gateway.process.kill()
            assert call.code() is grpc.StatusCode.UNAVAILABLE
    with gateway_in(tmp_path, filled=False) as gateway:
        (recovered,) = gateway.entries(before)
        body = body_of(recovered)
        assert (body["outcome"], body["request"]["id"]) == ("RECOVERED", request.request_id)
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []
        assert asked(gateway) == "CERTIFICATE_REJECTED", "from the first call on"
        again = send_order(gateway, request)
        answer = pb.RevokeCertificateResponse.FromString(again.answer)
        assert (answer.revoked.number, answer.already_revoked) == (1, False)


def test_it_holds_after_a_restart_from_the_first_call_on(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert send_order(gateway, order(certificate=pem_of(gateway, BIDDING))).ok
    with gateway_in(tmp_path, filled=False) as gateway:
        assert asked(gateway) == "CERTIFICATE_REJECTED"
        assert asked(gateway, "county-bank.bank") != "CERTIFICATE_REJECTED"
