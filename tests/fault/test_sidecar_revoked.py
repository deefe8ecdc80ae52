"""Clients of a side-car whose certificates were revoked, and lists that cannot be relied upon: nobody is let in."""

from __future__ import annotations

import http.client
import ssl
from datetime import UTC, datetime

import pytest
from e2e.sidecars import configured, sidecar_of, tls_of

from gateway.cli.main import main
from gateway.security.crl import issue_crl
from gateway.security.pki import init_authority, issue_client
from gateway.security.revoking import revoke

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")
STAYS, LEAVES = "platform/asking-system/first", "platform/asking-system/second"


@pytest.fixture
def authority(tmp_path):
    """The authority of the clients: two of them, and the list of what is revoked, which is empty."""
    folder, now = tmp_path / "clients", datetime.now(UTC)
    init_authority(folder, "clients.example", now)
    for who in (STAYS, LEAVES):
        issue_client(folder, *who.split("/"), 1, now)
    issue_crl(folder, 1, now)
    return folder


@pytest.fixture
def changes(served, authority):
    """What a side-car is configured with so that those are its clients."""
    ((plain, lines),) = tls_of(served.place).items()
    own = lines.splitlines()[:3]
    return {
        plain: "\n".join(
            (
                *own,
                f'client_authorities = "{authority / "issuing.pem"}"',
                f'client_revocations = "{authority / "revoked.crl.pem"}"',
            )
        )
    }


def context(served, authority, who):
    found = ssl.create_default_context(cafile=served.place.state / "pki" / "ca-bundle.pem")
    file = authority / "clients" / who.replace("/", ".")
    found.load_cert_chain(f"{file}.pem", f"{file}.key")
    return found


def health(connection):
    connection.request("GET", "/v1/health")
    return connection.getresponse().read()


def let_in(sidecar, how):
    connection = sidecar.connection(how)
    try:
        return b'"alive": true' in health(connection)
    except (ssl.SSLError, ConnectionError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def test_who_was_revoked_is_turned_away_at_once_and_on_open_connections_too(served, tmp_path, authority, changes):
    first, second = (context(served, authority, who) for who in (STAYS, LEAVES))
    with sidecar_of(served.place, tmp_path, served.port, changes=changes) as sidecar:
        assert let_in(sidecar, first)
        assert let_in(sidecar, second)
        kept = sidecar.connection(second)
        assert b'"alive": true' in health(kept)

        revoke(authority, [LEAVES], "the key was lost", datetime.now(UTC))
        issue_crl(authority, 1, datetime.now(UTC))

        with pytest.raises((ConnectionError, http.client.HTTPException, ssl.SSLError)):
            health(kept)
        kept.close()
        assert not let_in(sidecar, second)
        assert let_in(sidecar, first)


def test_a_list_that_is_gone_or_broken_lets_nobody_in_until_there_is_one(served, tmp_path, authority, changes):
    list_of, client = authority / "revoked.crl.pem", context(served, authority, STAYS)
    whole = list_of.read_bytes()
    with sidecar_of(served.place, tmp_path, served.port, changes=changes) as sidecar:
        assert let_in(sidecar, client)
        for content in (None, b"", whole[:-40], whole + b"and more"):
            list_of.unlink(missing_ok=True)
            if content is not None:
                list_of.write_bytes(content)
            assert not let_in(sidecar, client), content
        list_of.write_bytes(whole)
        assert let_in(sidecar, client)


@pytest.mark.parametrize("what", ["gone", "over", "another's", "no list"])
def test_without_a_list_of_the_present_it_does_not_start(served, tmp_path, authority, changes, what, capsys):
    list_of = authority / "revoked.crl.pem"
    if what == "gone":
        list_of.unlink()
    elif what == "over":
        issue_crl(authority, 1, datetime(2026, 1, 1, tzinfo=UTC))
    elif what == "another's":
        init_authority(tmp_path / "other", "clients.example", datetime.now(UTC))
        list_of.write_bytes(issue_crl(tmp_path / "other", 1, datetime.now(UTC)).read_bytes())
    else:
        list_of.write_bytes((authority / "ca-bundle.pem").read_bytes())
    file, _ = configured(tmp_path, f"127.0.0.1:{served.port}", changes)
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]

    assert main([*place, "adapter", "bidding", "--file", str(file)]) != 0

    assert str(list_of) in capsys.readouterr().err
