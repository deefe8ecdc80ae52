"""Renewing, revoking and listing in the folder of an authority."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from certificates import City, make_authority, of_no_version
from cryptography import x509

from formats.civil import civil_date
from gateway.security.issued import Kind, known_certificates
from gateway.security.pki import PkiError, init_authority, issue_client, issue_server
from gateway.security.renewal import renew
from gateway.security.revocation import parse_revocations
from gateway.security.revoking import revoke

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
HRSS = "hrss/producer"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "pki"
    init_authority(made, "shiyan.example", NOW)
    issue_server(made, ["gateway.example", "192.0.2.7"], 90, NOW)
    issue_client(made, "hrss", "producer", None, 90, NOW)
    issue_client(made, "hrss", "producer", "officer-7", 20, NOW)
    return made


def leaf(path):
    return x509.load_pem_x509_certificates(path.read_bytes())[0]


def names(certificate):
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def used(folder):
    return {known.name: known for known in known_certificates(folder) if known.file}


def serials(folder, name):
    return [known.serial for known in known_certificates(folder) if known.name == name]


def revoked_text(folder):
    return (folder / "revoked.txt").read_text(encoding="utf-8")


def test_what_is_near_its_end_is_renewed_under_the_same_names_with_another_key_and_nothing_else_is(folder):
    before = used(folder)
    done = renew(folder, 30 * DAY, 90, NOW)
    after = used(folder)

    assert set(done.renewed) == {"hrss/producer/officer-7"}
    old, new = (known["hrss/producer/officer-7"].certificate for known in (before, after))
    assert names(old) == names(new)
    assert old.public_key() != new.public_key()
    assert new.not_valid_after_utc == (NOW + 90 * DAY).replace(microsecond=0)
    assert {name for name in before if before[name].serial != after[name].serial} == {"hrss/producer/officer-7"}


def test_the_gateway_keeps_every_name_under_which_it_is_reached(folder):
    before = names(used(folder)["server"].certificate)
    done = renew(folder, 90 * DAY, 120, NOW)

    assert "server" in done.renewed
    assert sorted(map(str, names(used(folder)["server"].certificate))) == sorted(map(str, before))


@pytest.mark.parametrize(("days", "renewed"), [(20, True), (19, False)])
def test_the_span_is_counted_to_the_second(folder, days, renewed):
    done = renew(folder, days * DAY, 90, NOW.replace(microsecond=0))

    assert bool(done.renewed) is renewed


def test_what_has_ended_already_is_renewed_too(folder):
    later = NOW + 400 * DAY

    assert set(renew(folder, 30 * DAY, 90, later).renewed) == {"server", HRSS, "hrss/producer/officer-7"}


def test_what_is_revoked_is_never_renewed(folder):
    revoke(folder, ["hrss/producer/officer-7"], "has left", NOW)
    before = used(folder)
    done = renew(folder, 30 * DAY, 90, NOW)

    assert (dict(done.renewed), dict(done.left)) == ({}, {"hrss/producer/officer-7": "revoked"})
    assert used(folder) == before


def test_what_another_authority_issued_is_left_alone_and_told(folder):
    city = City()
    foreign = city.caller("housing")
    (folder / "clients" / "housing.asking-system.pem").write_bytes(foreign.pem)
    (folder / "clients" / "housing.asking-system.key").write_bytes(foreign.key_pem)
    done = renew(folder, 1000 * DAY, 1100, NOW)

    assert dict(done.left) == {"housing/asking-system": "another authority issued it"}
    assert (folder / "clients" / "housing.asking-system.pem").read_bytes() == foreign.pem


def test_where_nothing_is_due_no_authority_is_needed(folder):
    (folder / "issuing.key").unlink()

    assert not renew(folder, DAY, 90, NOW).renewed
    with pytest.raises(PkiError, match=r"issuing\.key"):
        renew(folder, 30 * DAY, 90, NOW)


def test_nothing_is_renewed_while_the_list_of_revocations_cannot_be_read(folder):
    (folder / "revoked.txt").write_bytes(b"")
    before = used(folder)

    with pytest.raises(PkiError, match=r"revoked\.txt"):
        renew(folder, 30 * DAY, 90, NOW)
    assert used(folder) == before


def test_a_caller_that_is_revoked_loses_every_certificate_that_it_ever_got(folder):
    old = used(folder)[HRSS].serial
    renew(folder, 100 * DAY, 200, NOW)
    new = used(folder)[HRSS].serial
    revoked = revoke(folder, [HRSS], "key lost", NOW)

    assert {entry.serial for entry in revoked} == {old, new}
    listed = parse_revocations((folder / "revoked.txt").read_bytes())
    assert listed.holds(old)
    assert listed.holds(new)
    assert not listed.holds(used(folder)["hrss/producer/officer-7"].serial)


@pytest.mark.parametrize("content", [b"half a fi", of_no_version(make_authority().leaf_pem)])
def test_a_file_that_cannot_be_read_holds_up_no_revocation_of_another_certificate(folder, content):
    known = used(folder)[HRSS]
    (folder / "clients" / "copied.pem").write_bytes(content)

    for what in (known.serial, str(known.file)):
        (revoked,) = revoke(folder, [what], "key lost", NOW)
        assert revoked.serial == known.serial
    with pytest.raises(PkiError, match=r"copied\.pem holds no PEM certificate that can be read"):
        revoke(folder, [HRSS], "it may be one of its own", NOW)


def test_a_certificate_that_has_ended_needs_no_place_on_the_list(folder):
    old = used(folder)["hrss/producer/officer-7"].serial
    renew(folder, 30 * DAY, 90, NOW)
    revoked = revoke(folder, ["hrss/producer/officer-7"], "key lost", NOW + 21 * DAY)

    assert old not in {entry.serial for entry in revoked}
    with pytest.raises(PkiError, match="ended already"):
        revoke(folder, ["hrss/producer/officer-7"], "key lost", NOW + 400 * DAY)


def test_the_day_the_name_and_the_reason_stand_beside_the_number_and_the_rest_is_kept(folder):
    (folder / "revoked.txt").write_text("# ours\n1F:2e  # earlier", encoding="utf-8")
    (entry,) = revoke(folder, ["hrss/producer/officer-7"], "钥匙丢失 key lost", NOW)

    assert revoked_text(folder) == (
        f"# ours\n1F:2e  # earlier\n{entry.serial}  # {civil_date(NOW)} hrss/producer/officer-7: 钥匙丢失 key lost\n"
    )


def test_who_is_on_the_list_is_not_put_there_twice(folder):
    revoke(folder, [HRSS], "key lost", NOW)
    before = revoked_text(folder)
    (again,) = revoke(folder, [HRSS], "key lost", NOW)

    assert again.already
    assert revoked_text(folder) == before


@pytest.mark.parametrize(
    "spelling", [str.lower, str.upper, lambda serial: f"00{serial}", lambda serial: f"{serial[:-2]}:{serial[-2:]}"]
)
def test_a_serial_number_is_known_in_every_spelling(folder, spelling):
    serial = used(folder)[HRSS].serial
    (entry,) = revoke(folder, [spelling(serial)], "key lost", NOW)

    assert (entry.serial, entry.name) == (serial, HRSS)


def test_a_serial_number_that_the_folder_does_not_know_is_revoked_and_said_to_be_unknown(folder):
    (entry,) = revoke(folder, ["1f2e3d"], "told by the province", NOW)

    assert (entry.serial, entry.name) == ("1f2e3d", "")
    assert parse_revocations((folder / "revoked.txt").read_bytes()).holds("1f2e3d")


@pytest.mark.parametrize("place", ["clients/hrss.producer.pem", "{folder}/clients/hrss.producer.pem"])
def test_a_file_stands_for_its_certificate(folder, place):
    (entry,) = revoke(folder, [place.format(folder=folder)], "key lost", NOW)

    assert entry.name == HRSS


def test_an_issuing_authority_can_be_revoked_and_takes_its_leaves_along(folder):
    (entry,) = revoke(folder, ["issuing.pem"], "its key is known", NOW)

    assert entry.name == "issuing"


@pytest.mark.parametrize(
    ("what", "reason", "told"),
    [
        ("hrss/auditor", "x", "no caller with a certificate"),
        ("xyz", "x", "no caller with a certificate"),
        ("", "x", "no caller with a certificate"),
        ("nothing.pem", "x", "nothing.pem"),
        ("root.key.pem", "x", "root.key.pem"),
        ("server.pem", "x", "do not read this list"),
        (HRSS, "", "reason"),
        (HRSS, "two\nlines", "reason"),
        (HRSS, "two\u2028lines", "reason"),
        (HRSS, "x" * 201, "reason"),
    ],
)
def test_what_cannot_be_revoked_changes_nothing(folder, what, reason, told):
    before = revoked_text(folder)
    with pytest.raises(PkiError, match=told):
        revoke(folder, [HRSS, what] if what != HRSS else [what], reason, NOW)

    assert revoked_text(folder) == before


@pytest.mark.parametrize("content", [b"", b"not hexadecimal\n"])
def test_a_list_that_cannot_be_read_is_not_written_to(folder, content):
    (folder / "revoked.txt").write_bytes(content)
    with pytest.raises(PkiError, match=r"revoked\.txt"):
        revoke(folder, [HRSS], "key lost", NOW)

    assert (folder / "revoked.txt").read_bytes() == content


def test_signed_lists_are_their_authoritys_to_write(folder):
    from certificates import revocation_list  # noqa: PLC0415 - only here

    signed = revocation_list(City().issuing, [])
    (folder / "revoked.txt").write_bytes(signed)
    with pytest.raises(PkiError, match="signed lists"):
        revoke(folder, [HRSS], "key lost", NOW)

    assert (folder / "revoked.txt").read_bytes() == signed


def test_revocations_at_the_same_time_are_all_on_the_list(folder):
    numbers = [f"{number:x}" for number in range(0x1000, 0x1018)]
    threads = [threading.Thread(target=revoke, args=(folder, [number], "x", NOW)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = parse_revocations((folder / "revoked.txt").read_bytes())

    assert listed.count == len(numbers)


def test_every_certificate_is_known_also_one_that_was_replaced(folder):
    renew(folder, 30 * DAY, 90, NOW)
    known = known_certificates(folder)

    assert [each.name for each in known] == [
        "root",
        "issuing",
        "server",
        "hrss/producer/officer-7",
        HRSS,
        "hrss/producer/officer-7",
    ]
    assert [each.file is not None for each in known] == [True] * 5 + [False]
    assert [each.kind for each in known[:3]] == [Kind.AUTHORITY, Kind.AUTHORITY, Kind.SERVER]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    for work in (
        lambda: known_certificates(tmp_path / "none"),
        lambda: renew(tmp_path / "none", DAY, 90, NOW),
        lambda: revoke(tmp_path / "none", [HRSS], "x", NOW),
    ):
        with pytest.raises(PkiError, match="none"):
            work()


def test_a_file_that_holds_no_certificate_is_named(folder):
    (folder / "clients" / "broken.pem").write_bytes(b"nothing")

    with pytest.raises(PkiError, match=r"broken\.pem"):
        known_certificates(folder)
