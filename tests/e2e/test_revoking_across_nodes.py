"""Two nodes over one PostgreSQL: what is revoked through one is refused by the other within a second, streams too."""

from __future__ import annotations

import time

import grpc
import pytest
from e2e.nodes import nodes_in
from e2e.served import BIDDING, CHECK, award, new_party, outcome_of
from jointsanctions.v1 import revocation_pb2 as pb
from mandate_calls import OPERATIONS, WITHIN, seen, send
from revocation_calls import order, pem_of, send_order

pytestmark = pytest.mark.xdist_group("nodes")
CONNECTOR = "credit-platform.connector"
WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    with nodes_in(tmp_path_factory.mktemp("revoking")) as nodes:
        nodes.start(filled=False)
        nodes.start(filled=False)
        yield nodes.nodes


def test_what_one_node_revokes_the_other_refuses_within_a_second(two):
    first, second = two
    with second.new_channel(BIDDING) as channel:

        def asked():
            sent = award(new_party().uscc).SerializeToString()
            outcome = outcome_of(channel.unary_unary(CHECK, None, None), sent)
            return "OK" if outcome.ok else outcome.reason

        assert asked() == "OK"
        outcome = send_order(first, order(certificate=pem_of(second, BIDDING)))
        at = time.monotonic()
        assert outcome.ok, outcome.text()
        assert seen(asked, "CERTIFICATE_REJECTED", at) < WITHIN
    listed = send(second, "ListRevokedCertificates", pb.ListRevokedCertificatesRequest(officer="o"), OPERATIONS)
    kept = pb.ListRevokedCertificatesResponse.FromString(listed.answer).revoked[0]
    assert (kept.agency, kept.revoked_by) == ("public-resources-trading", "gateway-operations/operator")


def test_a_stream_that_is_open_at_the_other_node_is_cut_within_a_second(two):
    first, second = two
    with second.new_channel(CONNECTOR) as channel:
        call = channel.unary_stream(WATCH, None, None)(b"\x12\x01o", timeout=60)
        next(call)
        assert send_order(first, order(certificate=pem_of(second, CONNECTOR))).ok
        at = time.monotonic()
        with pytest.raises(grpc.RpcError) as caught:
            list(call)
        assert time.monotonic() - at < WITHIN
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
