"""``jsg doctor`` names the broken link, for each link that can break, and no other."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import certificates
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from e2e.served import BIDDING, FINANCE, prepared

from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import store_engine
from gateway.cli.local_city import Place
from gateway.cli.main import main
from gateway.domain.quotas import AS_SHIPPED
from gateway.security.authority import make_client
from gateway.security.key_pairs import PairFiles, replace_pair
from gateway.security.names import CallerName
from gateway.security.pki import issue_client, issue_server, read_issuing
from gateway.security.revoking import revoke
from gateway.services.ports.facts import Submission
from gateway.storage.mandates import SqlMandateStore

DAY = timedelta(days=1)
NOBODY = ("--address", "127.0.0.1:1")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("doctor"), {})


@pytest.fixture
def place(made, tmp_path):
    """A state of this test's own: certificates, tables and configuration, and no server."""
    shutil.copytree(made.config.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Place(tmp_path / "config", tmp_path / made.state.name)


@pytest.fixture
def doctor(place, capsys):
    """What the doctor finds broken, by link, but for the gateway, which does not run; each with what it says."""

    def look(*more):
        capsys.readouterr()
        code = main(["--config", str(place.config), "--state", str(place.state), *NOBODY, "doctor", "--json", *more])
        found = json.loads(capsys.readouterr().out)
        assert code == 1, "the gateway does not run"
        return {row["link"]: row["found"] for row in found if not row["sound"] and row["link"] != "gateway"}

    return look


def put(place, who, pem, key):
    clients = place.state / "pki" / "clients"
    replace_pair(PairFiles(clients / f"{who}.pem", clients / f"{who}.key"), pem, key)


def put_leaf(place, who, uris, **parts):
    """Give *who* a leaf of the city's own authority that says this."""
    issuing, _ = read_issuing(place.state / "pki")
    issuer = certificates.Issued(issuing.certificate, issuing.key)
    leaf = certificates.make_leaf(issuer, uris=uris, **parts)
    put(place, who, leaf.leaf_pem + issuer.leaf_pem, leaf.key_pem)


def test_nothing_is_broken_in_a_place_that_was_just_made(doctor):
    assert doctor() == {}


def test_a_leaf_that_has_ended_is_named(place, doctor):
    pki = place.state / "pki"
    issuing, domain = read_issuing(pki)
    then = datetime.now(UTC) - 3 * DAY
    leaf = make_client(issuing, CallerName(domain, *BIDDING.split(".")), then + DAY, then)
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (leaf.certificate, issuing.certificate))
    put(place, BIDDING, pem, leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: expired"}


def test_a_leaf_without_a_name_is_named(place, doctor):
    put_leaf(place, BIDDING, ())

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: no URI name"}


def test_a_leaf_of_another_authority_is_named(place, doctor):
    foreign = certificates.City().caller()
    put(place, BIDDING, foreign.pem, foreign.key_pem)

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: no chain to a trusted issuer"}


def test_a_revoked_caller_is_named(place, doctor):
    revoke(place.state / "pki", [BIDDING.replace(".", "/")], "key lost", datetime.now(UTC))

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: revoked"}


def test_a_caller_without_mandate_is_named_with_the_name_that_its_certificate_bears(place, doctor):
    uri = certificates.caller_uri("nobody")
    put_leaf(place, FINANCE, (uri,))
    found = doctor()

    assert set(found) == {f"caller {FINANCE}"}
    assert uri in found[f"caller {FINANCE}"]


def test_a_certificate_that_is_not_there_is_named(place, doctor):
    (place.state / "pki" / "clients" / f"{BIDDING}.pem").unlink()

    assert set(doctor()) == {f"caller {BIDDING}"}


def test_a_disk_that_is_nearly_full_is_named(doctor):
    assert "GB free" in doctor("--least-free", "1000000000")["disk"]


def test_a_store_that_is_down_is_named(place, doctor):
    file = place.config / "gateway.toml"
    (place.state / "url").write_text("postgresql+psycopg://nobody@127.0.0.1:1/none", encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('kind = "sqlite"', 'kind = "postgresql"\nurl_file = "url"'), encoding="utf-8")

    assert set(doctor()) == {"store"}


def test_the_gateways_key_of_another_certificate_is_named(place, doctor):
    (place.state / "pki" / "server.key").unlink()
    (place.state / "pki" / "server.key").write_bytes((place.state / "pki" / "issuing.key").read_bytes())

    assert doctor() == {"gateway's certificate": "the key does not belong to the certificate"}


def test_a_list_that_cannot_be_read_is_named_and_with_it_everybody_that_it_refuses(place, doctor):
    (place.state / "pki" / "revoked.txt").write_bytes(b"")
    found = doctor()

    assert "the list is empty" in found["revocations"]
    assert all(said.endswith("revocation list cannot be read") for link, said in found.items() if link != "revocations")


def test_a_list_that_has_not_come_for_too_long_is_named(place, doctor):
    file = place.config / "gateway.toml"
    old, new = 'revoked = "pki/revoked.txt"', 'revoked = "pki/revoked.txt"\nrevoked_stale_after_hours = 26'
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert doctor() == {}
    long_ago = (datetime.now(UTC) - 2 * DAY).timestamp()
    os.utime(place.state / "pki" / "revoked.txt", (long_ago, long_ago))

    assert "out of date" in doctor()["revocations"]


def test_what_ends_soon_is_told_before_it_does(place, capsys):
    pki = place.state / "pki"
    issue_server(pki, [], 10, datetime.now(UTC), force=True)
    agency, role = BIDDING.split(".")
    issue_client(pki, agency, role, None, 5, datetime.now(UTC), force=True)
    main(["--config", str(place.config), "--state", str(place.state), *NOBODY, "doctor"])
    told = {line[8:32].strip(): line for line in capsys.readouterr().out.splitlines()}

    assert "SOON, in 9 days" in told["gateway's certificate"]
    soon = [line for line in told.values() if "SOON" in line]
    assert len(soon) == 2
    assert "valid until" in told["authorities"]
    assert "0 serial numbers" in told["revocations"]


def begun(place, **changes):
    """Begin the store's mandates from the file, with these changes to the bidding centre's."""
    config = load_config(place.config, place.state)
    entries = [replace(each, **changes) if each.agency_id in BIDDING else each for each in config.agencies]
    engine = store_engine(config.settings)
    first = Submission("first", 0, "d", "", "", "w", datetime.now(UTC), rows=())
    assert SqlMandateStore(engine, AS_SHIPPED.quota).begin(first, entries) == 0
    engine.dispose()


def test_a_mandate_that_has_ended_is_named_with_its_instant(place, doctor):
    begun(place, valid_until=datetime(2026, 1, 1, tzinfo=UTC))

    assert doctor() == {f"caller {BIDDING}": "EXPIRED: the mandate has ended: 2026-01-01T00:00:00.000000Z"}


def test_a_mandate_that_has_not_begun_is_named_with_its_instant(place, doctor):
    begun(place, valid_from=datetime(2090, 1, 1, tzinfo=UTC))

    assert doctor() == {f"caller {BIDDING}": "NOT_YET_VALID: the mandate has not begun: 2090-01-01T00:00:00.000000Z"}


def test_a_caller_of_the_file_that_the_store_does_not_know_is_named(place, doctor):
    begun(place, agency_id="another")

    assert doctor() == {
        f"caller {BIDDING}": "no mandate: the certificate names no caller of this gateway: "
        "spiffe://shiyan.example/agency/public-resources-trading/asking-system"
    }


def test_mandates_that_a_gateway_could_not_start_with_are_named(place, doctor):
    begun(place, authorities=frozenset({"示例局"}))

    assert doctor() == {
        "mandates": "authorities: cannot be granted to the role asking-system: the gateway does not start"
    }
