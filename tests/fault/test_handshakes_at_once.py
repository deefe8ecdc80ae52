"""Key material changes while many shake hands at once: gRPC must not be made to free what a handshake still uses."""

from __future__ import annotations

import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import grpc
import pytest
from e2e.served import BIDDING, CHECK, award, gateway_in, new_party, outcome_of

from gateway.rpc.handover import SETTLE_SECONDS, Handover
from gateway.security.pki import init_authority, issue_server
from gateway.services.ports.identity import KeyMaterial

pytestmark = pytest.mark.xdist_group("processes")
AT_ONCE = 16
HANDSHAKES = 1200
CHANGES = 4


def material(folder):
    init_authority(folder, "shiyan.example", datetime.now(UTC))
    issue_server(folder, [], 90, datetime.now(UTC))
    return KeyMaterial(*((folder / name).read_bytes() for name in ("server.pem", "server.key", "ca-bundle.pem")))


def shake_hands(gateway):
    """Begin TLS as somebody without a certificate; refused or not, gRPC has made a handshaker for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as plain, context.wrap_socket(plain) as secured:
        return secured.version()


def test_a_server_outlives_handshakes_at_once_while_its_key_changes(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway, ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(CHANGES):
            issue_server(gateway.place.state / "pki", [], 30, datetime.now(UTC), force=True)
            versions = set(pool.map(shake_hands, [gateway] * (HANDSHAKES // CHANGES)))
            assert versions == {"TLSv1.3"}
        assert gateway.process.poll() is None
        sent = award(new_party().uscc).SerializeToString()
        outcome = outcome_of(gateway.channel(BIDDING).unary_unary(CHECK, None, None), sent)
        assert outcome.ok, outcome.text()


def test_grpc_is_told_of_a_change_once_and_not_before_earlier_handshakes_are_past(tmp_path):
    first, second = material(tmp_path / "first"), material(tmp_path / "second")
    handover = Handover(first)
    assert handover._changed() is None
    handover.use(second)
    since = time.monotonic()
    told = handover._changed()
    assert isinstance(told, grpc.ServerCertificateConfiguration)
    assert time.monotonic() - since >= SETTLE_SECONDS
    assert handover._changed() is None
