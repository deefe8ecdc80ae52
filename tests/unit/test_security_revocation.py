"""The two forms of a revocation list, and what is neither."""

from __future__ import annotations

import pytest
from certificates import DAY, NOW, make_authority, make_leaf, of_no_version, revocation_list

from gateway.security.revocation import RevokedError, parse_revocations


@pytest.fixture(scope="module")
def chain():
    root = make_authority()
    return make_leaf(root), root


def is_revoked(raw, chain):
    try:
        parse_revocations(raw).require_good([issued.certificate for issued in chain])
    except RevokedError:
        return True
    return False


@pytest.mark.parametrize(
    "form",
    [
        "{serial:x}",
        "{serial:X}\r\n",
        "  {serial:X}  # lost key",
        "00{serial:x}",
        "\ufeff{serial:x}",
        "# header\n\n1\n{serial:x}\n",
    ],
)
def test_a_serial_number_is_understood_however_it_is_written(chain, form):
    serial = chain[0].certificate.serial_number

    assert is_revoked(form.format(serial=serial).encode(), chain)
    assert not is_revoked(form.format(serial=serial + 1).encode(), chain)


def test_colons_between_bytes_as_other_tools_print_them_are_understood(chain):
    digits = f"{chain[0].certificate.serial_number:040x}"
    line = ":".join(digits[place : place + 2] for place in range(0, 40, 2))

    assert is_revoked(line.encode(), chain)


@pytest.mark.parametrize("raw", [b"", b" \r\n\t", b"\xef\xbb\xbf\n"[3:]])
def test_an_empty_file_is_no_list(raw):
    with pytest.raises(ValueError, match="empty"):
        parse_revocations(raw)


@pytest.mark.parametrize("line", ["0x1f", "12 34", "serial=12", "-1", "g", "1" * 43, "１２"])
def test_one_line_that_is_no_serial_number_makes_the_whole_list_unusable(line):
    with pytest.raises(ValueError, match="line 2 is no hexadecimal serial number"):
        parse_revocations(f"1f\n{line}\n2f\n".encode())


def test_a_list_in_another_encoding_is_unusable():
    with pytest.raises(ValueError, match="utf-8"):
        parse_revocations("# 吊销\n1f\n".encode("gb18030"))


@pytest.mark.parametrize("place", ["{serial}{crl}", "{crl}{serial}", "{crl}{serial}{crl}", "{crl}-----BEGIN X5"])
def test_what_stands_beside_signed_lists_and_is_no_comment_makes_the_whole_unusable(chain, place):
    """A serial number that somebody added by hand must not be passed over in silence."""
    serial = f"{chain[0].certificate.serial_number:x}\n"
    raw = place.format(serial=serial, crl=revocation_list(chain[1], []).decode())

    with pytest.raises(ValueError, match="beside the signed lists"):
        parse_revocations(raw.encode())


def test_comments_beside_signed_lists_do_no_harm(chain):
    crl = revocation_list(chain[1], [chain[0]]).decode()

    assert is_revoked(f"\ufeff# of the city's authority\n\n{crl}# the end\n".encode(), chain)


def test_a_signed_list_of_a_version_that_there_is_not_is_unusable(chain):
    with pytest.raises(ValueError, match="cannot be read"):
        parse_revocations(of_no_version(revocation_list(chain[1], [])))


def test_a_signed_list_is_good_until_the_next_is_due_and_no_longer(chain):
    revoked = parse_revocations(revocation_list(chain[1], []))

    revoked.require_current(NOW)
    with pytest.raises(RevokedError, match="revocation list out of date"):
        revoked.require_current(NOW + DAY)


def test_serial_numbers_never_grow_old():
    parse_revocations(b"1f").require_current(NOW + 10_000 * DAY)
