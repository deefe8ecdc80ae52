"""Material that is bad replaces nothing: health and the log say so until it is mended, and the good stays in use."""

from __future__ import annotations

import os
import time
from contextlib import closing
from datetime import UTC, datetime

import grpc
import pytest
from certificates import make_authority, of_no_version, revocation_list
from e2e.served import BIDDING, CHECK, award, gateway_in, new_party, outcome_of
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.security.key_files import replace_file
from gateway.security.pki import issue_server

pytestmark = pytest.mark.xdist_group("processes")

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
SECOND = 1.0


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("bad"), filled=False) as served:
        yield served


@pytest.fixture
def pki(gateway):
    """The folder, as it was again when the test is over."""
    folder = gateway.place.state / "pki"
    names = ("server.pem", "server.key", "ca-bundle.pem", "revoked.txt")
    good = {name: (folder / name).read_bytes() for name in names}
    yield folder
    for name, content in good.items():
        replace_file(folder / name, content, mode=0o600)


class Health:
    """What the server says of itself, on one open stream."""

    def __init__(self, gateway):
        self._call = health_pb2_grpc.HealthStub(gateway.channel()).Watch(health_pb2.HealthCheckRequest(), timeout=60)

    def says(self, status):
        """The seconds until it says so."""
        since = time.monotonic()
        for answer in self._call:
            if answer.status == status:
                return time.monotonic() - since
        raise AssertionError("the stream ended")

    def close(self):
        self._call.cancel()


def ask(gateway, credentials=None):
    """Ask on a connection made now; with *credentials* where the bundle that callers read, too, is no good."""
    options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1)]
    credentials = credentials or gateway.credentials(BIDDING)
    with grpc.secure_channel(f"127.0.0.1:{gateway.port}", credentials, options) as channel:
        return outcome_of(channel.unary_unary(CHECK, None, None), award(new_party().uscc).SerializeToString())


BAD = {
    "another key": ("server.key", lambda pki: (pki / "issuing.key").read_bytes(), "does not belong"),
    "an empty certificate": ("server.pem", lambda _: b"", "no PEM certificate"),
    "a certificate for nobody's host": ("server.pem", lambda pki: (pki / "issuing.pem").read_bytes(), "serverAuth"),
}


@pytest.mark.parametrize("harm", BAD)
def test_bad_keys_and_certificates_are_told_and_calls_go_on_with_the_good(gateway, pki, harm):
    file, content, told = BAD[harm]
    with closing(Health(gateway)) as health:
        health.says(SERVING)
        before = gateway.log.count(told)
        good = (pki / file).read_bytes()
        replace_file(pki / file, content(pki), mode=0o600)

        assert health.says(NOT_SERVING) < SECOND
        assert ask(gateway).ok
        assert gateway.log.count(told) == before + 1
        replace_file(pki / file, good, mode=0o600)
        assert health.says(SERVING) < SECOND
    assert "sound again" in gateway.log


UNREADABLE = {
    "no bundle": ("ca-bundle.pem", b"garbage", "trusted authorities cannot be read"),
    "a bundle of an unknown version": (
        "ca-bundle.pem",
        of_no_version(make_authority().leaf_pem),
        "trusted authorities cannot be read",
    ),
    "no list": ("revoked.txt", b"garbage", "revocation list cannot be read"),
    "a serial number behind a signed list": (
        "revoked.txt",
        revocation_list(make_authority(), []) + b"1f\n",
        "revocation list cannot be read",
    ),
}


@pytest.mark.parametrize("harm", UNREADABLE)
def test_lists_that_cannot_be_read_refuse_every_call_and_health_says_so(gateway, pki, harm):
    """Handshakes go on with the last good bundle, so that every refusal reaches the record."""
    with closing(Health(gateway)) as health:
        health.says(SERVING)
        file, content, told = UNREADABLE[harm]
        good, credentials = (pki / file).read_bytes(), gateway.credentials(BIDDING)
        replace_file(pki / file, content, mode=0o644)

        assert health.says(NOT_SERVING) < SECOND
        before = gateway.next_number()
        outcome = ask(gateway, credentials)
        assert (outcome.code, outcome.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REJECTED")
        assert told in outcome.text()
        assert gateway.next_number() == before + 1
        assert f"every caller is refused: {told}" in gateway.log
        replace_file(pki / file, good, mode=0o644)
        assert health.says(SERVING) < SECOND
    assert ask(gateway).ok


def test_a_list_of_revocations_that_stopped_coming_refuses_after_its_limit_and_is_told(tmp_path):
    limit = 'revoked = "pki/revoked.txt"\nrevoked_stale_after_hours = 0.02'
    with gateway_in(tmp_path, filled=False, changes={'revoked = "pki/revoked.txt"': limit}) as gateway:
        file = gateway.place.state / "pki" / "revoked.txt"
        assert ask(gateway).ok
        with closing(Health(gateway)) as health:
            health.says(SERVING)
            nearly = time.time() - 70.5
            os.utime(file, (nearly, nearly))
            assert SECOND < health.says(NOT_SERVING) < 3 * SECOND
            assert "revocation list out of date" in ask(gateway).text()
            file.touch()
            assert health.says(SERVING) < SECOND
        assert ask(gateway).ok


def test_a_pair_replaced_by_the_command_is_never_called_bad(gateway, pki):
    with closing(Health(gateway)) as health:
        health.says(SERVING)
        before = gateway.log.count("unsound")
        for _ in range(40):
            issue_server(pki, [], 30, datetime.now(UTC), force=True)
        assert ask(gateway).ok
        assert gateway.log.count("unsound") == before
