"""The authority in a folder: what it issues passes our own checks, what it writes is private and never overwritten."""

from __future__ import annotations

import contextlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from gateway.security.peer import CertificateVerifier
from gateway.security.pki import PkiError, init_authority, issue_client, issue_server
from gateway.security.tls import check_material

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path):
    init_authority(tmp_path / "pki", "shiyan.example", NOW)
    return tmp_path / "pki"


def caller(folder, files, now=NOW):
    leaf, *chain = files.certificate.read_bytes().split(b"-----BEGIN ")
    assert leaf == b""
    first, *rest = (b"-----BEGIN " + part for part in chain)
    verifier = CertificateVerifier("shiyan.example", folder / "ca-bundle.pem", folder / "revoked.txt")
    return verifier.verify(first, b"".join(rest), now)


def context(protocol, folder, files):
    made = ssl.SSLContext(protocol)
    made.load_verify_locations(folder / "ca-bundle.pem")
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VERIFY_X509_STRICT
    made.load_cert_chain(files.certificate, files.key)
    return made


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_issued_to_a_caller_names_it(folder):
    system = issue_client(folder, "hrss", "producer", None, 90, NOW)
    person = issue_client(folder, "hrss", "producer", "officer-7", 90, NOW)

    assert caller(folder, system).identity == "spiffe://shiyan.example/agency/hrss/producer"
    assert caller(folder, person).holder == "officer-7"
    assert system.certificate == folder / "clients" / "hrss.producer.pem"
    assert person.key == folder / "clients" / "hrss.producer.officer-7.key"


def test_what_is_issued_to_the_gateway_is_sound_under_every_name(folder):
    files = issue_server(folder, ["gateway.example", "192.0.2.7"], 90, NOW)
    material = [path.read_bytes() for path in (files.certificate, files.key, folder / "ca-bundle.pem")]
    leaf = x509.load_pem_x509_certificate(material[0])
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert check_material(*material, NOW) == []
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "gateway.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1", "192.0.2.7"]


def test_a_lifetime_is_counted_in_days_from_now(folder):
    files = issue_client(folder, "hrss", "producer", None, 7, NOW)
    leaf = x509.load_pem_x509_certificate(files.certificate.read_bytes())

    assert leaf.not_valid_after_utc == (NOW + timedelta(days=7)).replace(microsecond=0)
    assert leaf.not_valid_before_utc <= NOW - timedelta(minutes=4)


def test_openssl_at_its_strictest_makes_a_connection_of_what_is_issued(folder):
    """Python's ``ssl`` stands on OpenSSL, which shares no code with what issues or with gRPC."""
    server = context(ssl.PROTOCOL_TLS_SERVER, folder, issue_server(folder, [], 90, NOW))
    client = context(ssl.PROTOCOL_TLS_CLIENT, folder, issue_client(folder, "hrss", "producer", None, 90, NOW))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    there = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for end in (here, there):
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()

    assert ("URI", "spiffe://shiyan.example/agency/hrss/producer") in there.getpeercert()["subjectAltName"]
    assert here.version() == "TLSv1.3"


def test_every_key_is_its_owners_alone_and_so_is_the_folder(folder):
    issue_server(folder, [], 90, NOW)
    issue_client(folder, "hrss", "producer", None, 90, NOW)
    keys = [path for path in folder.rglob("*") if b"PRIVATE KEY" in (path.read_bytes() if path.is_file() else b"")]

    assert {path.name for path in keys} == {"root.key", "issuing.key", "server.key", "hrss.producer.key"}
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, folder / "clients")} == {0o700}


def test_nothing_is_overwritten_unless_that_is_asked_for(folder):
    issue_server(folder, [], 90, NOW)
    issue_client(folder, "hrss", "producer", None, 90, NOW)
    before = contents(folder)

    for again in (
        lambda: init_authority(folder, "shiyan.example", NOW),
        lambda: issue_server(folder, [], 90, NOW),
        lambda: issue_client(folder, "hrss", "producer", None, 90, NOW),
    ):
        with pytest.raises(PkiError, match="is there already"):
            again()
    assert contents(folder) == before


@pytest.mark.parametrize("present", ["root.pem", "issuing.key", "ca-bundle.pem"])
def test_an_authority_is_made_whole_or_not_at_all(tmp_path, present):
    (tmp_path / present).write_text("something", encoding="ascii")
    with pytest.raises(PkiError, match=present):
        init_authority(tmp_path, "shiyan.example", NOW)

    assert [path.name for path in tmp_path.iterdir()] == [present]


def test_a_new_authority_by_force_keeps_the_list_of_what_is_revoked(folder):
    old = issue_client(folder, "hrss", "producer", None, 90, NOW)
    (folder / "revoked.txt").write_text("1f\n", encoding="ascii")
    init_authority(folder, "shiyan.example", NOW, force=True)

    assert (folder / "revoked.txt").read_text(encoding="ascii") == "1f\n"
    with pytest.raises(Exception, match="no chain to a trusted issuer"):
        caller(folder, old)
    renewed = issue_client(folder, "hrss", "producer", None, 90, NOW, force=True)
    assert caller(folder, renewed).agency == "hrss"


def test_certificates_are_issued_without_the_roots_key(folder):
    (folder / "root.key").unlink()

    assert caller(folder, issue_client(folder, "hrss", "producer", None, 90, NOW)).agency == "hrss"


@pytest.mark.parametrize(
    ("agency", "role", "holder"),
    [("HRSS", "producer", None), ("../x", "producer", None), ("hrss", "", None), ("hrss", "producer", "a/b")],
)
def test_a_name_that_could_not_be_read_back_is_not_issued(folder, agency, role, holder):
    with pytest.raises(PkiError):
        issue_client(folder, agency, role, holder, 90, NOW)
    assert not list(folder.rglob("*.pem.*"))
    assert not (folder / "clients").exists()


@pytest.mark.parametrize("name", ["", "a b", "-x", "x-", "Gateway", "网关", "a" * 64, "a..b", "x\n", "*.example"])
def test_a_host_name_that_is_none_is_not_issued(folder, name):
    with pytest.raises(PkiError, match="neither an IP address nor a host name"):
        issue_server(folder, [name], 90, NOW)


@pytest.mark.parametrize("days", [0, -1, 1828, 100_000])
def test_no_leaf_outlives_its_authority_or_ends_before_it_begins(folder, days):
    with pytest.raises(PkiError):
        issue_client(folder, "hrss", "producer", None, days, NOW)


@pytest.mark.parametrize("domain", ["", "Shiyan.example", "shiyan.example/x", "a" * 256])
def test_a_malformed_trust_domain_makes_no_authority(tmp_path, domain):
    with pytest.raises(PkiError):
        init_authority(tmp_path / "pki", domain, NOW)
    assert not (tmp_path / "pki").exists()


def test_a_long_trust_domain_is_no_obstacle(tmp_path):
    domain = "a" * 60 + ".example"
    init_authority(tmp_path, domain, NOW)
    files = issue_client(tmp_path, "hrss", "producer", "h" * 64, 90, NOW)
    names = x509.load_pem_x509_certificate(files.certificate.read_bytes()).extensions
    uri = names.get_extension_for_class(x509.SubjectAlternativeName).value[0].value

    assert uri == f"spiffe://{domain}/agency/hrss/producer/{'h' * 64}"


@pytest.mark.parametrize("missing", ["issuing.pem", "issuing.key"])
def test_without_an_authority_nothing_is_issued_and_the_error_says_what_makes_one(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(PkiError, match="jsg pki init"):
        issue_client(folder, "hrss", "producer", None, 90, NOW)


def test_a_key_that_is_not_the_authoritys_issues_nothing(folder):
    (folder / "issuing.key").write_bytes((folder / "root.key").read_bytes())
    with pytest.raises(PkiError, match="is not the key"):
        issue_client(folder, "hrss", "producer", None, 90, NOW)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(PkiError, match="file/pki"):
        init_authority(tmp_path / "file" / "pki", "shiyan.example", NOW)
