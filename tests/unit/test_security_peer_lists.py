"""The bundle of authorities and the list of revocations are those of *now*, and without them nobody is let in."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from certificates import ASKING, DAY, NOW, City, make_authority, make_leaf, of_no_version, revocation_list
from cryptography import x509

from gateway.domain.errors import CertificateRejectedError
from gateway.security.peer import CertificateVerifier

SECOND = timedelta(seconds=1)
UNTRUSTED = "no chain to a trusted issuer"
LIST_UNREADABLE = "revocation list cannot be read"
BUNDLE_UNREADABLE = "trusted authorities cannot be read"


@pytest.fixture(scope="module")
def city():
    return City()


@pytest.fixture
def verifier(city, tmp_path):
    return CertificateVerifier("shiyan.example", *city.write(tmp_path))


def verify(verifier, client, now=NOW):
    return verifier.verify(client.leaf_pem, client.chain_pem, now)


def why(verifier, client, now=NOW):
    with pytest.raises(CertificateRejectedError) as caught:
        verify(verifier, client, now)
    return caught.value.metadata["why"]


def test_an_authority_that_is_removed_or_added_weighs_from_the_next_call(city, verifier, tmp_path):
    second = make_authority(name="second")
    old, new = city.caller(), make_leaf(second)

    verify(verifier, old)
    assert why(verifier, new) == UNTRUSTED
    (tmp_path / "ca-bundle.pem").write_bytes(second.leaf_pem)
    verify(verifier, new)
    assert why(verifier, old) == UNTRUSTED
    city.write(tmp_path, second)
    verify(verifier, new)
    verify(verifier, old)


UNREADABLE_BUNDLES = [
    b"",
    b"# none",
    b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    of_no_version(make_authority().leaf_pem),
]


@pytest.mark.parametrize("every", [0, 60], ids=["looked at in every call", "looked at by a watcher"])
@pytest.mark.parametrize("content", UNREADABLE_BUNDLES)
def test_whatever_is_wrong_with_a_bundle_nobody_is_judged_by_the_one_before(city, tmp_path, content, every):
    bundle, revoked = city.write(tmp_path)
    verifier = CertificateVerifier("shiyan.example", bundle, revoked, every)
    client = city.caller()
    verify(verifier, client)
    bundle.write_bytes(content)

    assert verifier.fault(NOW) == BUNDLE_UNREADABLE
    assert why(verifier, client) == BUNDLE_UNREADABLE


@pytest.mark.parametrize("content", UNREADABLE_BUNDLES)
def test_a_bundle_that_cannot_be_read_refuses_everybody_until_it_can(city, verifier, tmp_path, content):
    client = city.caller()
    verify(verifier, client)

    (tmp_path / "ca-bundle.pem").write_bytes(content)
    assert why(verifier, client) == BUNDLE_UNREADABLE
    (tmp_path / "ca-bundle.pem").unlink()
    assert why(verifier, client) == BUNDLE_UNREADABLE
    city.write(tmp_path)
    verify(verifier, client)


def test_half_a_bundle_is_none(city, verifier, tmp_path):
    (tmp_path / "ca-bundle.pem").write_bytes(
        city.root.leaf_pem + city.issuing.leaf_pem[:200] + b"\n-----END CERTIFICATE-----\n"
    )

    assert why(verifier, city.caller()) == BUNDLE_UNREADABLE


def test_a_serial_number_on_the_list_refuses_from_the_next_call_and_off_it_no_more(city, verifier, tmp_path):
    client, other = city.caller(), city.caller("housing")
    verify(verifier, client)

    (tmp_path / "revoked.txt").write_text(f"{client.certificate.serial_number:x}\n", encoding="utf-8")
    assert why(verifier, client) == "revoked"
    assert why(verifier, client) == "revoked"
    verify(verifier, other)
    (tmp_path / "revoked.txt").write_text("# none\n", encoding="utf-8")
    verify(verifier, client)


def test_a_list_of_the_same_size_and_age_is_still_seen_to_have_changed(city, verifier, tmp_path):
    """Replaced by renaming, as a careful tool does, with the time of the old one kept."""
    client, list_file, fresh = city.caller(), tmp_path / "revoked.txt", tmp_path / "fresh"
    line = f"{client.certificate.serial_number:040x}\n"
    list_file.write_text("0" * 39 + "1\n", encoding="ascii")
    os.utime(list_file, (1, 1))
    verify(verifier, client)

    fresh.write_text(line, encoding="ascii")
    os.utime(fresh, (1, 1))
    fresh.replace(list_file)
    assert why(verifier, client) == "revoked"


def test_a_list_that_is_rewritten_in_place_within_one_tick_is_seen(city, verifier, tmp_path):
    client, list_file = city.caller(), tmp_path / "revoked.txt"
    lines = ["0" * 39 + "1\n", f"{client.certificate.serial_number:040x}\n"]

    for _ in range(50):
        list_file.write_text(lines[0], encoding="ascii")
        verify(verifier, client)
        list_file.write_text(lines[1], encoding="ascii")
        assert why(verifier, client) == "revoked"


def test_an_authority_whose_serial_number_is_on_the_list_takes_all_of_its_certificates_with_it(
    city, verifier, tmp_path
):
    (tmp_path / "revoked.txt").write_text(f"{city.issuing.certificate.serial_number:x}\n", encoding="utf-8")

    assert why(verifier, city.caller()) == "revoked"


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b"not hexadecimal\n", b"\xff\xfe", b"-----BEGIN X509 CRL-----\nAAAA\n"]
)
def test_a_list_that_cannot_be_read_refuses_everybody_until_it_can(city, verifier, tmp_path, content):
    client = city.caller()
    verify(verifier, client)

    (tmp_path / "revoked.txt").write_bytes(content)
    assert why(verifier, client) == LIST_UNREADABLE
    (tmp_path / "revoked.txt").unlink()
    assert why(verifier, client) == LIST_UNREADABLE
    city.write(tmp_path)
    verify(verifier, client)


def test_without_a_list_nothing_is_revoked(city, tmp_path):
    bundle, _ = city.write(tmp_path)

    assert verify(CertificateVerifier("shiyan.example", bundle, None), city.caller()).identity == ASKING


def test_a_signed_list_of_the_issuer_revokes(city, verifier, tmp_path):
    client, other = city.caller(), city.caller("housing")
    (tmp_path / "revoked.txt").write_bytes(revocation_list(city.root, []) + revocation_list(city.issuing, [client]))

    assert why(verifier, client) == "revoked"
    verify(verifier, other)


def test_a_signed_list_of_the_root_revokes_the_issuing_authority(city, verifier, tmp_path):
    lists = revocation_list(city.root, [city.issuing]) + revocation_list(city.issuing, [])
    (tmp_path / "revoked.txt").write_bytes(lists)

    assert why(verifier, city.caller()) == "revoked"


def test_a_signed_list_that_is_out_of_date_refuses_on_open_connections_too(city, verifier, tmp_path):
    client = city.caller()
    (tmp_path / "revoked.txt").write_bytes(revocation_list(city.issuing, [], next_update=NOW + DAY))

    verify(verifier, client, NOW + DAY - SECOND)
    assert why(verifier, client, NOW + DAY) == "revocation list out of date"


def test_a_list_that_others_signed_in_the_issuers_name_counts_for_nothing(city, verifier, tmp_path):
    impostor = make_authority(name="issuing")
    (tmp_path / "revoked.txt").write_bytes(revocation_list(impostor, []))

    assert why(verifier, city.caller()) == "no revocation list of the issuer"


def test_a_signed_list_that_covers_only_other_issuers_is_not_enough(city, verifier, tmp_path):
    (tmp_path / "revoked.txt").write_bytes(revocation_list(city.root, []))

    assert why(verifier, city.caller()) == "no revocation list of the issuer"


def test_a_partial_list_is_not_taken_for_a_whole_one(city, verifier, tmp_path):
    partial = revocation_list(city.issuing, [], critical=x509.DeltaCRLIndicator(7))
    (tmp_path / "revoked.txt").write_bytes(partial)

    assert why(verifier, city.caller()) == LIST_UNREADABLE


def test_a_list_that_has_not_come_for_too_long_refuses_everybody_until_it_comes(city, tmp_path):
    bundle, revoked = city.write(tmp_path)
    verifier = CertificateVerifier("shiyan.example", bundle, revoked, stale_after=timedelta(hours=2))
    client = city.caller()
    os.utime(revoked, times=(NOW.timestamp(), NOW.timestamp()))

    verify(verifier, client, NOW + timedelta(hours=2))
    late = NOW + timedelta(hours=2) + SECOND
    assert why(verifier, client, late) == "revocation list out of date"
    assert verifier.fault(late) == "revocation list out of date"
    os.utime(revoked, times=(late.timestamp(), late.timestamp()))
    verify(verifier, client, late)
    assert verifier.fault(late) == ""


def test_a_list_dated_ahead_refuses_everybody_because_it_would_never_grow_old(city, tmp_path):
    bundle, revoked = city.write(tmp_path)
    verifier = CertificateVerifier("shiyan.example", bundle, revoked, stale_after=timedelta(hours=2))
    ahead = (NOW + timedelta(minutes=5)).timestamp()
    os.utime(revoked, times=(ahead, ahead))

    verify(verifier, city.caller())
    assert why(verifier, city.caller(), NOW - SECOND) == "revocation list dated ahead"


def test_without_a_limit_no_list_is_too_old(city, verifier, tmp_path):
    os.utime(tmp_path / "revoked.txt", times=(1, 1))

    verify(verifier, city.caller())


@pytest.mark.parametrize(("file", "told"), [("ca-bundle.pem", BUNDLE_UNREADABLE), ("revoked.txt", LIST_UNREADABLE)])
def test_what_refuses_everybody_is_told_without_a_caller(city, verifier, tmp_path, file, told):
    assert verifier.fault(NOW) == ""
    (tmp_path / file).write_bytes(b"")
    assert verifier.fault(NOW) == told
    city.write(tmp_path)
    assert verifier.fault(NOW) == ""


def test_a_signed_list_past_its_date_is_a_fault_without_a_caller(city, verifier, tmp_path):
    (tmp_path / "revoked.txt").write_bytes(revocation_list(city.issuing, [], next_update=NOW))

    assert verifier.fault(NOW - SECOND) == ""
    assert verifier.fault(NOW) == "revocation list out of date"


@pytest.mark.parametrize("file", ["ca-bundle.pem", "revoked.txt"])
def test_who_asks_for_a_fault_looks_for_all_who_call(city, tmp_path, file):
    bundle, revoked = city.write(tmp_path)
    verifier, client = CertificateVerifier("shiyan.example", bundle, revoked, every=3600), city.caller()
    verify(verifier, client)
    other = make_authority(name="other").leaf_pem
    (tmp_path / file).write_bytes(other if file == "ca-bundle.pem" else b"%x\n" % client.certificate.serial_number)
    verify(verifier, client)

    assert verifier.fault(NOW) == ""
    assert why(verifier, client) in {"revoked", UNTRUSTED}
