"""Persons' numbers: found by a keyed hash, kept sealed, and useless without the key."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.errors import StoreUnavailableError
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import PersonKeyError, adopt_root, create_keys
from gateway.security.persons import KeyedPersonVault, SealError

NUMBER = "11010519491231002X"


@pytest.fixture
def key_file(tmp_path):
    create_keys(tmp_path / "person.key", PersonHash.SM3, Sealing.SM4_GCM)
    return tmp_path / "person.key"


@pytest.fixture
def vault(key_file):
    return KeyedPersonVault(key_file)


def fixed(tmp_path, secret):
    path = tmp_path / "fixed.key"
    path.write_bytes(secret)
    path.chmod(0o600)
    adopt_root(path)
    return KeyedPersonVault(path)


def test_the_key_file_holds_64_bytes_for_its_owner_alone(key_file):
    assert len(key_file.read_bytes()) == 64
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_is_there_is_never_replaced(key_file):
    before = key_file.read_bytes()
    with pytest.raises(PersonKeyError, match=r"person\.key"):
        create_keys(key_file, PersonHash.SM3, Sealing.SM4_GCM)

    assert key_file.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_that_others_can_reach_is_refused(key_file, mode):
    key_file.chmod(mode)
    with pytest.raises(PersonKeyError, match=f"mode is 0{mode:o}"):
        KeyedPersonVault(key_file)


@pytest.mark.parametrize("size", [0, 32, 63, 65, 4096])
def test_a_key_of_another_size_is_refused(tmp_path, size):
    with pytest.raises(PersonKeyError, match="64 random bytes"):
        fixed(tmp_path, b"k" * size)


def test_a_key_that_is_not_there_is_refused_by_its_name(tmp_path):
    with pytest.raises(PersonKeyError, match="absent"):
        KeyedPersonVault(tmp_path / "absent")


def test_a_key_file_in_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(PersonKeyError):
        create_keys(tmp_path / "absent" / "person.key", PersonHash.SM3, Sealing.SM4_GCM)


def test_the_hash_is_hmac_with_sm3_under_a_derived_key_and_stays_the_same(tmp_path):
    """Stored hashes must be found again by every later version: this value is never to change."""
    vault = fixed(tmp_path, bytes(range(64)))

    assert vault.key("RESIDENT_ID", NUMBER) == "86f400887f671dc32cd4ab87bec6a342564987bd9be37d6a260b8ff55cc700e4"


def test_a_text_sealed_by_this_version_is_opened_by_every_later_one(tmp_path):
    vault = fixed(tmp_path, bytes(range(64)))

    assert (
        vault.unseal(bytes.fromhex("01491d51f7a82d8cc685d87d23261f47369d1924285f7e379e10c2ac8c19ef230c4883d6dae1"))
        == "王小明"
    )


@pytest.mark.parametrize(
    "written", ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_width_spaces_and_case_do_not_hide_a_person(vault, written):
    assert vault.key("RESIDENT_ID", written) == vault.key("RESIDENT_ID", NUMBER)


def test_another_number_another_kind_or_another_key_gives_another_hash(vault, tmp_path):
    other = fixed(tmp_path, b"k" * 64)
    hashes = {
        vault.key("RESIDENT_ID", NUMBER),
        vault.key("RESIDENT_ID", NUMBER[:-1] + "1"),
        vault.key("PASSPORT", NUMBER),
        vault.key("RESIDENT_ID1", NUMBER[1:]),
        other.key("RESIDENT_ID", NUMBER),
    }

    assert len(hashes) == 5
    assert {len(value) for value in hashes} == {64}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_to_itself_and_shows_nothing(vault, text):
    sealed = vault.seal(text)

    assert vault.unseal(sealed) == text
    assert len(sealed) == 1 + 12 + len(text.encode()) + 16
    assert len(text.encode()) < 4 or text.encode() not in sealed


def test_the_same_text_is_sealed_differently_each_time(vault):
    assert len({vault.seal(NUMBER) for _ in range(100)}) == 100


def test_a_sealed_text_that_was_changed_anywhere_does_not_open(vault):
    sealed = vault.seal(NUMBER)

    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealError):
            vault.unseal(changed)


@pytest.mark.parametrize("length", [0, 1, 12, 28, 30])
def test_a_sealed_text_that_was_cut_does_not_open(vault, length):
    with pytest.raises(SealError):
        vault.unseal(vault.seal(NUMBER)[:length])


def test_a_text_sealed_with_another_key_does_not_open(vault, tmp_path):
    with pytest.raises(SealError):
        vault.unseal(fixed(tmp_path, b"k" * 64).seal(NUMBER))


def test_no_error_shows_the_number(vault):
    with pytest.raises(SealError) as caught:
        vault.unseal(b"\x01" + NUMBER.encode() * 2)

    assert NUMBER not in str(caught.value)


def test_the_name_is_the_last_part_of_a_sealed_text_whatever_is_in_it(vault):
    assert vault.name_of(vault.seal(f"RESIDENT_ID\0{NUMBER}\0示例\0甲")) == "示例\0甲"


@pytest.mark.parametrize("spoil", [lambda _: b"", lambda s: s[:-1] + b"x", lambda s: b"\x02\x00\x00\x00\x09" + s])
def test_a_name_that_cannot_be_opened_is_no_answer_and_its_log_shows_nothing(vault, spoil, caplog):
    sealed = vault.seal(f"RESIDENT_ID\0{NUMBER}\0示例甲")
    with pytest.raises(StoreUnavailableError):
        vault.name_of(spoil(sealed))
    assert "a person's name cannot be read: SealError" in caplog.text
    assert NUMBER not in caplog.text


def test_a_sealed_text_of_something_else_is_no_name(vault):
    with pytest.raises(StoreUnavailableError):
        vault.name_of(vault.seal("only a text"))
