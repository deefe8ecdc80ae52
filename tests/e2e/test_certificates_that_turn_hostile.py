"""Certificates that were good when their connection was opened, and are no more: the real server refuses and records.

``test_hostile_certificates_are_recorded`` has those that never were good, ``test_streams_are_cut`` the open streams.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from certificates import Issued, make_authority, make_leaf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from e2e.served import CHECK, award, body_of, gateway_in, new_party, outcome_of

from gateway.security.key_files import replace_file
from gateway.security.revoking import revoke

pytestmark = pytest.mark.xdist_group("processes")

SECOND = 1.0
PATIENCE = 20


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("turning"), filled=False) as served:
        yield served


@pytest.fixture(scope="module")
def pki(gateway):
    return gateway.place.state / "pki"


@pytest.fixture
def issuing(pki):
    certificate = x509.load_pem_x509_certificate((pki / "issuing.pem").read_bytes())
    return Issued(certificate, load_pem_private_key((pki / "issuing.key").read_bytes(), None))


class Caller:
    """One certificate on one connection that stays open."""

    def __init__(self, gateway, client):
        self._gateway = gateway
        root = (gateway.place.state / "pki" / "root.pem").read_bytes()
        options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1)]
        credentials = grpc.ssl_channel_credentials(root, client.key_pem, client.pem)
        self._channel = grpc.secure_channel(f"127.0.0.1:{gateway.port}", credentials, options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._channel.close()

    def ask(self):
        """Ask once; return what came back and the bodies of the entries that were made."""
        before = self._gateway.next_number()
        call = self._channel.unary_unary(CHECK, None, None)
        outcome = outcome_of(call, award(new_party().uscc).SerializeToString())
        return outcome, [body_of(entry) for entry in self._gateway.entries(before)]

    def refused_after(self, moment):
        """Go on asking until refused, which must come within a second of *moment*; return refusal and entries."""
        while (answer := self.ask())[0].ok:
            assert datetime.now(UTC) - moment < timedelta(seconds=PATIENCE)
        assert datetime.now(UTC) - moment < timedelta(seconds=SECOND)
        return self.recorded(answer)

    def recorded(self, answer=None):
        """Ask until a refusal is an entry: those alike of one address are counted beyond the first of a second."""
        outcome, bodies = answer or self.ask()
        until = time.monotonic() + PATIENCE
        while not outcome.ok and not bodies:
            assert time.monotonic() < until
            outcome, bodies = self.ask()
        return outcome, bodies


def told(outcome, bodies, why):
    """The refusal says why, and is on record under no name that the certificate claims."""
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REJECTED")
    assert f"certificate rejected: {why}" in outcome.text()
    (body,) = bodies
    assert body["outcome"] == "CERTIFICATE_REJECTED"
    assert body["caller"].keys() == {"certificate", "peer", "tls", "group"}


def test_expired_while_connected(gateway, issuing):
    now = datetime.now(UTC).replace(microsecond=0)
    ends = now + timedelta(seconds=4)
    with Caller(gateway, make_leaf(issuing, valid=(now - timedelta(days=1), ends))) as caller:
        assert caller.ask()[0].ok
        outcome, bodies = caller.refused_after(ends)

        assert datetime.now(UTC) > ends, "no sooner either"
        told(outcome, bodies, "expired")


def test_revoked_while_connected_and_before_it_connects(gateway, pki, issuing):
    client = make_leaf(issuing)
    with Caller(gateway, client) as caller:
        assert caller.ask()[0].ok
        revoke(pki, [f"{client.certificate.serial_number:x}"], "key lost", datetime.now(UTC))
        told(*caller.refused_after(datetime.now(UTC)), "revoked")
    with Caller(gateway, client) as anew:
        told(*anew.recorded(), "revoked")


def test_removed_authority_takes_open_connections_with_it_and_lets_no_new_ones_in(gateway, pki):
    former = make_authority(name="former")
    client, own = make_leaf(former), (pki / "root.pem").read_bytes()
    replace_file(pki / "ca-bundle.pem", own + former.leaf_pem, mode=0o644)
    with Caller(gateway, client) as caller:
        until = time.monotonic() + PATIENCE
        while not caller.ask()[0].ok:
            assert time.monotonic() < until
        replace_file(pki / "ca-bundle.pem", own, mode=0o644)
        removed = datetime.now(UTC)
        told(*caller.refused_after(removed), "no chain to a trusted issuer")

        while datetime.now(UTC) - removed < timedelta(seconds=SECOND):
            caller.ask()
        with Caller(gateway, client) as anew:
            outcome, bodies = anew.ask()
        assert (outcome.code, bodies) == (grpc.StatusCode.UNAVAILABLE, [])
