"""``jsg pki crl``: what is revoked, signed for those who read no list of ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from gateway.cli.main import main
from gateway.security.crl import issue_crl
from gateway.security.issued import known_certificates
from gateway.security.pki import PkiError, init_authority, issue_client
from gateway.security.revoking import revoke

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)


@pytest.fixture
def pki(tmp_path):
    init_authority(tmp_path, "clients.example", NOW)
    for holder in ("first", "second"):
        issue_client(tmp_path, "platform", "asking-system", holder, 30, NOW)
    return tmp_path


def serial(pki, holder):
    (found,) = {each.certificate.serial_number for each in known_certificates(pki) if holder in each.name}
    return found


def test_it_holds_what_is_revoked_and_nothing_else_and_is_of_the_issuing_authority(pki):
    revoke(pki, ["platform/asking-system/second"], "the key was lost", NOW)

    read = x509.load_pem_x509_crl(issue_crl(pki, 7, NOW).read_bytes())

    issuing = x509.load_pem_x509_certificate((pki / "issuing.pem").read_bytes())
    assert [each.serial_number for each in read] == [serial(pki, "second")]
    assert (read.last_update_utc, read.next_update_utc) == (NOW, NOW + timedelta(days=7))
    assert read.issuer == issuing.subject
    assert read.is_signature_valid(issuing.public_key())


def test_a_later_one_replaces_it_with_a_higher_number(pki):
    first = x509.load_pem_x509_crl(issue_crl(pki, 7, NOW).read_bytes())
    later = x509.load_pem_x509_crl(issue_crl(pki, 7, NOW + timedelta(seconds=1)).read_bytes())
    numbers = [each.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for each in (first, later)]

    assert len(first) == 0
    assert numbers[0] < numbers[1]


def test_a_folder_that_holds_a_crl_of_others_or_no_authority_signs_none(pki, tmp_path_factory):
    (pki / "revoked.txt").write_bytes(issue_crl(pki, 7, NOW).read_bytes())
    with pytest.raises(PkiError, match="a CRL already"):
        issue_crl(pki, 7, NOW)
    with pytest.raises(PkiError, match="issuing"):
        issue_crl(tmp_path_factory.mktemp("empty"), 7, NOW)


def test_the_command_tells_the_file(pki, capsys):
    assert main(["pki", "crl", "--folder", str(pki), "--days", "3", "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said == {"crl": str(pki / "revoked.crl.pem")}
    assert main(["pki", "crl", "--folder", str(pki / "none")]) == 1
