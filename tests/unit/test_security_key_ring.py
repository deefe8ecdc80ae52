"""The ring of keys: a new one seals at once, the old ones still open, and what does not fit together seals nothing."""

from __future__ import annotations

import pytest

from gateway.domain.errors import StoreUnavailableError
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import (
    PersonKeyError,
    activate,
    add_key,
    adopt_root,
    create_keys,
    read_ring,
    ring_folder,
)
from gateway.security.persons import KeyedPersonVault, SealError, header_of, number_of

NUMBER = "11010519491231002X"


@pytest.fixture
def root(tmp_path):
    create_keys(tmp_path / "persons.key", PersonHash.SM3, Sealing.SM4_GCM)
    return tmp_path / "persons.key"


def rotate(root, sealing=Sealing.AES_256_GCM):
    number = add_key(root, sealing)
    activate(root, number)
    return number


@pytest.mark.parametrize("sealing", Sealing)
@pytest.mark.parametrize("kind", PersonHash)
def test_a_new_ring_seals_and_hashes_by_the_algorithms_that_were_chosen(tmp_path, kind, sealing):
    root = tmp_path / "persons.key"
    create_keys(root, kind, sealing)
    vault = KeyedPersonVault(root)

    assert vault.hash is kind
    assert vault.numbers()[vault.active()] is sealing
    assert vault.unseal(vault.seal(NUMBER)) == NUMBER
    assert number_of(vault.seal(NUMBER)) == vault.active()


def test_the_two_hashes_find_different_keys_for_one_number(tmp_path):
    keys = set()
    for kind in PersonHash:
        create_keys(tmp_path / f"{kind}.key", kind, Sealing.SM4_GCM)
        (tmp_path / f"{kind}.key").write_bytes(bytes(range(64)))
        keys.add(KeyedPersonVault(tmp_path / f"{kind}.key").key("RESIDENT_ID", NUMBER))
    assert keys == {
        "86f400887f671dc32cd4ab87bec6a342564987bd9be37d6a260b8ff55cc700e4",
        "9d1a27d3a724507cfd14c2cc2755f881b5bfcf372ee454c8c40209ba47497f44",
    }


def test_a_rotation_reaches_whoever_has_the_keys_open_at_the_next_text(root):
    here, there = KeyedPersonVault(root), KeyedPersonVault(root)
    before = here.seal(NUMBER)
    for sealing in (Sealing.AES_256_GCM, Sealing.SM4_GCM, Sealing.AES_256_GCM):
        number = rotate(root, sealing)
        assert [number_of(vault.seal(NUMBER)) for vault in (here, there)] == [number, number]
        assert there.unseal(here.seal(NUMBER)) == NUMBER
    assert there.unseal(before) == NUMBER
    assert here.key("RESIDENT_ID", NUMBER) == KeyedPersonVault(root).key("RESIDENT_ID", NUMBER)


def test_a_text_of_a_key_that_was_made_elsewhere_opens_once_the_key_is_here(root):
    reader, writer = KeyedPersonVault(root), KeyedPersonVault(root)
    rotate(root)
    sealed = writer.seal(NUMBER)
    (file,) = ring_folder(root).glob("*.key")
    away = file.read_bytes()
    file.unlink()
    with pytest.raises(SealError, match="key 2, which is not there"):
        reader.unseal(sealed)
    file.write_bytes(away)
    file.chmod(0o600)
    assert reader.unseal(sealed) == NUMBER


def test_a_prepared_key_seals_nothing_until_it_is_activated(root):
    vault = KeyedPersonVault(root)
    number = add_key(root, Sealing.AES_256_GCM)
    assert vault.active() == 1
    activate(root, number)
    assert vault.active() == number
    activate(root, 1)
    assert vault.active() == 1


def test_a_key_that_is_not_there_cannot_be_activated(root):
    with pytest.raises(PersonKeyError, match="has no key 7"):
        activate(root, 7)
    assert read_ring(root).active == 1


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"active = 2\n",
        b'hash = "md5"\nactive = 1\n',
        b'hash = "hmac-sm3"\nactive = 9\n',
        b'hash = "hmac-sha-256"\nactive = 1\n',
        b'hash = "hmac-sm3"\nactive = true\n',
        b'hash = "hmac-sm3"\nactive = 0\n',
        b'hash = "hmac-sm3"\nactive = 1\nmore = 1\n',
        b"\xff",
    ],
)
def test_a_ring_that_says_something_else_seals_nothing(root, broken):
    vault = KeyedPersonVault(root)
    sealed = vault.seal(NUMBER)
    (ring_folder(root) / "ring.toml").write_bytes(broken)

    with pytest.raises(StoreUnavailableError, match="keys of persons' numbers"):
        vault.seal(NUMBER)
    assert vault.unseal(sealed) == NUMBER
    if b"sha-256" not in broken:
        with pytest.raises(PersonKeyError):
            KeyedPersonVault(root)


def test_a_ring_whose_file_is_lost_is_named_and_not_made_anew(root):
    (ring_folder(root) / "ring.toml").unlink()
    with pytest.raises(PersonKeyError, match=r"ring\.toml"):
        KeyedPersonVault(root)
    with pytest.raises(PersonKeyError, match=r"ring\.toml is missing: restore it"):
        adopt_root(root)


def test_a_key_from_before_there_were_rings_gets_one_and_opens_what_it_sealed(tmp_path):
    root = tmp_path / "persons.key"
    root.write_bytes(bytes(range(64)))
    root.chmod(0o600)
    with pytest.raises(PersonKeyError, match=r"ring\.toml"):
        KeyedPersonVault(root)
    adopt_root(root)
    adopt_root(root)
    sealed = bytes.fromhex("01491d51f7a82d8cc685d87d23261f47369d1924285f7e379e10c2ac8c19ef230c4883d6dae1")
    assert KeyedPersonVault(root).unseal(sealed) == "王小明"


@pytest.mark.parametrize("which", ["ring.toml", "2.aes-256-gcm.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_of_the_ring_that_others_can_reach_is_refused(root, which, mode):
    rotate(root)
    (ring_folder(root) / which).chmod(mode)
    with pytest.raises(PersonKeyError, match=f"{which}: mode is 0{mode:o}"):
        KeyedPersonVault(root)


@pytest.mark.parametrize("name", ["3.rot13.key", "x.key", "1.sm4-gcm.key", "2.sm4-gcm.key", "03.sm4-gcm.key"])
def test_a_file_that_is_no_key_of_the_ring_is_named(root, name):
    rotate(root)
    (ring_folder(root) / name).write_bytes(b"k" * 16)
    with pytest.raises(PersonKeyError, match="is not <number>"):
        KeyedPersonVault(root)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_cannot_be_activated_or_used(root, length):
    number = add_key(root, Sealing.AES_256_GCM)
    (ring_folder(root) / f"{number}.aes-256-gcm.key").write_bytes(b"k" * length)
    with pytest.raises(PersonKeyError, match="must hold 32 random bytes"):
        activate(root, number)
    assert read_ring(root).active == 1


def test_every_file_of_the_ring_is_its_owners_alone(root):
    rotate(root)
    assert ring_folder(root).stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in ring_folder(root).iterdir()} == {0o600}


def test_a_text_of_a_later_key_that_was_changed_anywhere_does_not_open(root):
    rotate(root)
    rotate(root)
    vault = KeyedPersonVault(root)
    sealed = vault.seal(NUMBER)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealError):
            vault.unseal(changed)
    for length in range(len(sealed)):
        with pytest.raises(SealError):
            vault.unseal(sealed[:length])
    assert sealed.startswith(header_of(3))


def test_a_digest_is_concealed_the_same_way_whatever_key_seals(root, tmp_path):
    vault = KeyedPersonVault(root)
    concealed = vault.conceal("a" * 64)
    rotate(root)
    create_keys(tmp_path / "other.key", PersonHash.SM3, Sealing.SM4_GCM)

    assert vault.conceal("a" * 64) == KeyedPersonVault(root).conceal("a" * 64) == concealed
    assert concealed not in {vault.conceal("b" * 64), KeyedPersonVault(tmp_path / "other.key").conceal("a" * 64)}
    assert concealed != vault.key("", "a" * 64)
