"""Whom the TLS of a side-car lets in, over handshakes in memory: by the list of the present alone."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta

import pytest

from adapters.errors import SettingsError
from adapters.http.tls import ClientFiles, ClientTls
from gateway.security.crl import issue_crl
from gateway.security.pki import init_authority, issue_client, issue_server
from gateway.security.revoking import revoke

NOW = datetime.now(UTC)
WHO = "platform.asking-system"


@pytest.fixture
def pki(tmp_path):
    init_authority(tmp_path, "clients.example", NOW)
    issue_server(tmp_path, ["localhost"], 30, NOW)
    issue_client(tmp_path, "platform", "asking-system", None, 30, NOW)
    return tmp_path


def tls(pki, clock=lambda: datetime.now(UTC)):
    files = ("server.pem", "server.key", "issuing.pem", "revoked.crl.pem")
    return ClientTls(ClientFiles(*(pki / each for each in files)), clock)


def shake(pki, found):
    """Return whether a client of the folder gets a word through."""
    context = ssl.create_default_context(cafile=pki / "ca-bundle.pem")
    context.load_cert_chain(pki / "clients" / f"{WHO}.pem", pki / "clients" / f"{WHO}.key")
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(back, there, server_hostname="localhost")
    server = found.front.wrap_bio(there, back, server_side=True)
    try:
        for _ in range(6):
            for side in (client, server):
                try:
                    side.do_handshake()
                except ssl.SSLWantReadError:
                    continue
        client.write(b"word")
        return server.read(4) == b"word"
    except ssl.SSLError:
        return False


def test_a_list_is_good_until_its_own_end_and_not_a_moment_longer(pki):
    issue_crl(pki, 1, NOW)
    present = [NOW + timedelta(hours=1)]
    found = tls(pki, lambda: present[0])
    assert shake(pki, found)

    present[0] = NOW + timedelta(days=1) - timedelta(seconds=1)
    assert shake(pki, found)
    present[0] = NOW + timedelta(days=1)
    assert found.current() is None
    assert not shake(pki, found)


def test_who_stands_on_the_list_is_not_let_in(pki):
    issue_crl(pki, 1, NOW)
    found = tls(pki)
    assert shake(pki, found)

    revoke(pki, [WHO.replace(".", "/")], "the key was lost", NOW)
    issue_crl(pki, 1, NOW)

    assert not shake(pki, found)


def test_a_list_of_the_future_is_none(pki):
    issue_crl(pki, 1, NOW + timedelta(days=2))

    with pytest.raises(SettingsError, match="not of the present"):
        tls(pki)


def test_a_list_that_is_replaced_is_used_from_then_on_and_ends_what_went_before(pki):
    issue_crl(pki, 1, NOW)
    found = tls(pki)
    before = found.current()
    assert found.current() is before

    os.utime(pki / "revoked.crl.pem", ns=(1, 1))
    assert found.current() is not before
    assert shake(pki, found)


def test_no_session_is_taken_up_again_without_its_certificate(pki):
    issue_crl(pki, 1, NOW)
    found = tls(pki)

    assert (found.front.num_tickets, found.current().num_tickets) == (0, 0)


def test_what_is_accepted_with_lets_nobody_in_by_itself(pki):
    issue_crl(pki, 1, NOW)
    found = tls(pki)
    found.front.sni_callback = None

    assert not shake(pki, found)
