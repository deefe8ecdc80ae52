"""A process that cannot see the mandates lets nobody in after a while; a kill leaves no approved mandate unrecorded."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import contextmanager

import grpc
from e2e.served import BIDDING, CHECK, WRITER, award, gateway_in, held_up, new_party
from google.protobuf.wrappers_pb2 import Int32Value
from jointsanctions.v1 import admin_pb2 as pb
from mandate_calls import SERVICE, ZHAO, approval, end_of, person, propose, seen, send

from gateway.domain.quotas import AS_SHIPPED
from gateway.storage.facts import SqlFactStore
from gateway.storage.mandates import SqlMandateStore

SOON = {"mandates_stale_after_seconds = 10 ": "mandates_stale_after_seconds = 1 "}
HEALTH = "/grpc.health.v1.Health/Check"
NOT_SERVING = 2


@contextmanager
def without_mandates(gateway):
    """Take the table of mandates out of the store, and put it back."""
    connection = sqlite3.connect(gateway.place.state / "facts.sqlite", isolation_level=None, timeout=20)
    connection.execute("ALTER TABLE mandate_version RENAME TO taken_out")
    try:
        yield
    finally:
        connection.execute("ALTER TABLE taken_out RENAME TO mandate_version")
        connection.close()


def asked(gateway):
    outcome = gateway.send(CHECK, award(new_party().uscc))
    return "OK" if outcome.ok else outcome.reason


def health(gateway):
    return str(Int32Value.FromString(gateway.raw(HEALTH, b"").answer).value)


def test_who_cannot_see_the_mandates_lets_nobody_in_and_everybody_again_once_it_can(tmp_path):
    with gateway_in(tmp_path, filled=False, changes=SOON) as gateway:
        assert asked(gateway) == "OK"
        with without_mandates(gateway):
            at = time.monotonic()
            assert asked(gateway) == "OK", "what was seen a moment ago still holds"
            assert seen(lambda: asked(gateway), "STORE_UNAVAILABLE", at) < 3.0
            seen(lambda: health(gateway), str(NOT_SERVING), at)
            refused = gateway.send(CHECK, award(new_party().uscc))
            assert refused.code is grpc.StatusCode.UNAVAILABLE
            assert "the mandates were last seen" in gateway.log
        seen(lambda: asked(gateway), "OK", time.monotonic())
        assert gateway.process.poll() is None


def test_an_approval_whose_entry_the_kill_prevented_is_recorded_at_the_next_start_and_holds(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        proposal = propose(gateway, end_of(BIDDING))
        request = approval(proposal)
        before, channel = gateway.next_number(), gateway.channel(person(gateway, ZHAO))
        store = SqlMandateStore(gateway._engine, AS_SHIPPED.quota)
        version = store.newest()
        with held_up(gateway):
            call = channel.unary_unary(f"{SERVICE}/ApproveMandate", None, None).future(request.SerializeToString())
            while store.newest() == version:
                assert not call.done()
            gateway.process.kill()
            assert call.code() is grpc.StatusCode.UNAVAILABLE
    with gateway_in(tmp_path, filled=False) as gateway:
        (recovered,) = gateway.entries(before)
        body = json.loads(recovered.body)
        assert (body["outcome"], body["request"]["id"], body["revisions"]) == ("RECOVERED", request.request_id, [1, 1])
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []
        assert asked(gateway) == "MANDATE_NOT_IN_FORCE"
        again = send(gateway, "ApproveMandate", request, ZHAO)
        assert pb.ApproveMandateResponse.FromString(again.answer).caller.version == version + 1
