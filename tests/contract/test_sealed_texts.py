"""Sealed texts are sealed again batch by batch, wherever they lie, on both databases; stopped, it goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, insert, select, update
from store_samples import submission

from gateway.domain.errors import RequestIdReusedError, StoreUnavailableError
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import activate, add_key, create_keys, ring_folder
from gateway.security.persons import KeyedPersonVault, SealError, header_of
from gateway.storage import sealed
from gateway.storage.engine import open_engine, reading, writing
from gateway.storage.import_tables import staged_chunk
from gateway.storage.tables import person

PERSONS, CHUNKS = 7, 5


@pytest.fixture
def vault(tmp_path):
    create_keys(tmp_path / "persons.key", PersonHash.SM3, Sealing.SM4_GCM)
    return KeyedPersonVault(tmp_path / "persons.key")


@pytest.fixture
def filled(engine, vault):
    """A store with persons and staged chunks that key 1 sealed, and a chunk whose content has been taken out."""
    chunk = {"batch_id": "b", "request_id": "r", "chunk": 0, "row_count": 1, "refused": 0, "digest": "", "codes": ""}
    with writing(engine) as connection:
        people = [{"key": f"key {n:02}", "sealed": vault.seal(f"person {n}")} for n in range(PERSONS)]
        connection.execute(insert(person), people)
        chunks = [{**chunk, "place": n, "content": vault.seal_bytes(b"chunk %d" % n)} for n in range(CHUNKS)]
        connection.execute(insert(staged_chunk), [*chunks, {**chunk, "place": CHUNKS, "content": None}])
    return engine


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(sealed, "BATCH", 3)


def rotate(tmp_path):
    number = add_key(tmp_path / "persons.key", Sealing.AES_256_GCM)
    activate(tmp_path / "persons.key", number)
    return number


def again(vault):
    return lambda text: vault.seal_bytes(vault.unseal_bytes(text))


def resealed(engine, vault):
    return sealed.seal_again(engine, header_of(vault.active()), again(vault))


def opened(engine, vault):
    with reading(engine) as connection:
        people = [vault.unseal(text) for (text,) in connection.execute(select(person.c.sealed).order_by(person.c.key))]
        chunks = connection.execute(select(staged_chunk.c.content).order_by(staged_chunk.c.place)).scalars()
        return people, [None if text is None else vault.unseal_bytes(text) for text in chunks]


def counted(engine, vault):
    return sealed.count_sealed(engine, {number: header_of(number) for number in vault.numbers()})


def test_everything_is_sealed_again_and_still_says_the_same(filled, vault, tmp_path):
    before = opened(filled, vault)
    assert counted(filled, vault) == ({1: PERSONS + CHUNKS}, PERSONS + CHUNKS)
    number = rotate(tmp_path)
    assert list(resealed(filled, vault)) == [3, 3, 1, 3, 2]

    assert counted(filled, vault) == ({1: 0, number: PERSONS + CHUNKS}, PERSONS + CHUNKS)
    assert opened(filled, vault) == before
    assert list(resealed(filled, vault)) == []
    assert len(before[0]) == PERSONS
    assert before[1][-1] is None


def test_what_the_newest_key_sealed_opens_without_the_oldest(filled, vault, tmp_path):
    first, second = rotate(tmp_path), rotate(tmp_path)
    list(resealed(filled, vault))
    (ring_folder(tmp_path / "persons.key") / f"{first}.aes-256-gcm.key").unlink()
    assert opened(filled, KeyedPersonVault(tmp_path / "persons.key")) == opened(filled, vault)
    assert counted(filled, vault)[0][second] == PERSONS + CHUNKS


def test_stopped_after_any_batch_it_goes_on_where_it_was(filled, vault, tmp_path):
    before = opened(filled, vault)
    rotate(tmp_path)
    done = 0
    while part := next(resealed(filled, vault), 0):
        done += part
        assert opened(filled, vault) == before
    assert done == PERSONS + CHUNKS


def test_a_text_that_goes_or_is_sealed_by_another_meanwhile_is_left_alone(filled, vault, tmp_path):
    rotate(tmp_path)
    running = resealed(filled, vault)
    next(running)
    other = vault.seal("another")
    with writing(filled) as connection:
        connection.execute(delete(person).where(person.c.key == "key 03"))
        connection.execute(update(person).where(person.c.key == "key 04").values(sealed=other))
    list(running)
    with reading(filled) as connection:
        assert connection.execute(select(func.count()).select_from(person)).scalar_one() == PERSONS - 1
        assert connection.execute(select(person.c.sealed).where(person.c.key == "key 04")).scalar_one() == other


def test_a_text_that_no_key_opens_stops_it_and_changes_nothing_of_its_batch(filled, vault, tmp_path):
    rotate(tmp_path)
    with writing(filled) as connection:
        connection.execute(update(person).where(person.c.key == "key 05").values(sealed=b"\x02\0\0\0\x63" + b"x" * 40))
    running = resealed(filled, vault)
    assert next(running) == 3
    with pytest.raises(SealError, match="key 99, which is not there"):
        next(running)
    numbers, total = counted(filled, vault)
    assert (numbers[1], numbers[2], total - sum(numbers.values())) == (PERSONS + CHUNKS - 4, 3, 1)


def test_someone_on_record_is_returned_with_what_is_sealed_or_nobody(filled, engine, vault):
    key, text = sealed.one_person(filled)
    assert vault.unseal(text).startswith("person ")
    assert key.startswith("key ")
    with writing(engine) as connection:
        connection.execute(delete(person))
    assert sealed.one_person(engine) is None


def test_a_store_without_its_tables_is_unavailable(tmp_path, vault):
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(StoreUnavailableError):
        sealed.one_person(engine)
    with pytest.raises(StoreUnavailableError):
        list(sealed.seal_again(engine, header_of(1), again(vault)))
    engine.dispose()


def test_a_chunk_that_was_stored_before_digests_were_keyed_is_known_again_and_no_other_is(store):
    before = submission("r", digest="plain")
    revision, _ = store.submit(before)
    assert store.submit(replace(before, digest="keyed", former="plain"))[0] == revision
    with pytest.raises(RequestIdReusedError):
        store.submit(replace(before, digest="keyed", former="other"))
    with pytest.raises(RequestIdReusedError):
        store.submit(replace(before, digest="keyed"))
