"""``jsg keys`` while a gateway serves: the new key seals at once, the old texts open, and nobody is lost."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from uuid import uuid4

import pytest
from e2e.served import CONFIG, REGISTRAR, gateway_in, new_party
from jointsanctions.v1 import import_batch_pb2, listing_pb2, registry_pb2
from plain_numbers import resident

from gateway.bootstrap.config import StartError, load_config
from gateway.bootstrap.stores import open_vault, store_engine, upgrade_store
from gateway.cli.main import main
from gateway.sample.records import profile
from gateway.security.persons import number_of
from gateway.storage import sealed

WORKERS = 2
KILLED_AT_ITS_THIRD_BATCH = """
import os, signal
from gateway.cli.main import main
from gateway.storage import sealed
own, calls = sealed._waiting, []
def waiting(*arguments):
    calls.append(1)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return own(*arguments)
sealed._waiting, sealed.BATCH = waiting, 100
main(["--config", {config!r}, "keys", "reseal"])
"""


@pytest.fixture
def gateway(tmp_path):
    with gateway_in(tmp_path / "g", filled=False, workers=WORKERS) as gateway:
        yield gateway


def jsg(gateway, capsys, *words):
    capsys.readouterr()
    assert main(["--config", str(gateway.place.config), "keys", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def records(serials):
    """Return a record of an enterprise for each number, which is its representative's."""
    made = []
    for row, serial in enumerate(serials, 1):
        record = profile(new_party(), date(2026, 1, 5))
        record.row = row
        number = resident(serial)
        person = listing_pb2.PersonRef(name="示例甲", document_type="RESIDENT_ID", document_number=number)
        record.enterprise.legal_representative.CopyFrom(person)
        made.append(record)
    return made


def submit(gateway, sent, **more):
    """Submit over a connection of its own, so that any of the workers may get it."""
    request = registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed="market_regulation", officer="o", last=True, records=sent, **more
    )
    with gateway.new_channel(REGISTRAR) as channel:
        raw = channel.stream_unary("/jointsanctions.v1.RegistryService/SubmitRecords", None, None)(
            iter([request.SerializeToString()]), timeout=20
        )
    return registry_pb2.SubmitRecordsResponse.FromString(raw)


def sealed_by(gateway):
    with closing(sqlite3.connect(gateway.place.state / "facts.sqlite")) as connection:
        return [number_of(text) for (text,) in connection.execute("SELECT sealed FROM person ORDER BY rowid")]


def test_a_new_key_seals_on_every_worker_at_once_and_nobody_is_lost(gateway, capsys):
    first = records(range(20))
    assert submit(gateway, first).stored == 20
    staged = records([50])
    batch = uuid4().hex
    assert submit(gateway, staged, stage=True, batch=batch).staged == 1

    assert jsg(gateway, capsys, "rotate") == {"number": 2, "sealing": "sm4-gcm", "active": True}
    for serial in range(100, 112):
        assert submit(gateway, records([serial])).stored == 1
    assert sealed_by(gateway) == [1] * 20 + [2] * 12

    # Who was stored under the first key is found by the same hash: the same content is no new version or person.
    assert submit(gateway, first).unchanged == 20
    assert jsg(gateway, capsys, "reseal") == {"active": 2, "resealed": 21}
    assert set(sealed_by(gateway)) == {2}
    listed = jsg(gateway, capsys, "list")
    assert [(key["number"], key["active"], key["texts"]) for key in listed["keys"]] == [(1, False, 0), (2, True, 33)]
    assert submit(gateway, first).unchanged == 20
    assert len(sealed_by(gateway)) == 32

    producer = gateway.callers.as_caller(REGISTRAR)
    said = import_batch_pb2.CompleteImportRequest(request_id=uuid4().hex, batch=batch, officer="o", rows=1)
    producer.registry("CompleteImport", said, import_batch_pb2.CompleteImportResponse)
    wanted = import_batch_pb2.GetImportRequest(batch=batch, officer="o", page_size=1)
    shown = producer.registry("GetImport", wanted, import_batch_pb2.GetImportResponse)
    word = import_batch_pb2.ApproveImportRequest(
        request_id=uuid4().hex, batch=batch, officer="o", digest=shown.difference.digest
    )
    assert producer.registry("ApproveImport", word, import_batch_pb2.ApproveImportResponse).stored == 1
    assert len(sealed_by(gateway)) == 33


def test_resealing_that_is_killed_again_and_again_comes_to_its_end(gateway, capsys):
    sent = records(range(1000))
    for start in range(0, 1000, 500):
        assert submit(gateway, sent[start : start + 500]).stored == 500
    jsg(gateway, capsys, "rotate")
    kill = KILLED_AT_ITS_THIRD_BATCH.format(config=str(gateway.place.config))
    for round_number in range(1, 4):
        done = subprocess.run([sys.executable, "-c", kill], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        assert sealed_by(gateway).count(2) == 200 * round_number
    assert jsg(gateway, capsys, "reseal") == {"active": 2, "resealed": 400}
    vault = open_vault(gateway.config.settings, gateway._engine)
    assert vault.active() == 2
    assert submit(gateway, sent[:500]).unchanged == 500


def test_while_the_ring_cannot_be_read_nothing_with_persons_is_stored(gateway):
    ring = gateway.place.state / "keys" / "persons.ring" / "ring.toml"
    whole = ring.read_bytes()
    assert submit(gateway, records([1])).stored == 1
    ring.write_bytes(b"active")
    for outcome in (
        gateway.raw_stream("/jointsanctions.v1.RegistryService/SubmitRecords", [request_of([2])], REGISTRAR),
    ):
        assert (outcome.code.name, outcome.reason) == ("UNAVAILABLE", "STORE_UNAVAILABLE")
    ring.write_bytes(whole)
    assert submit(gateway, records([2])).stored == 1


def request_of(serials):
    return registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed="market_regulation", officer="o", last=True, records=records(serials)
    ).SerializeToString()


def state_of(folder, changes=()):
    """Return the settings of a new store in *folder*, with its keys made."""
    shutil.copytree(CONFIG, folder / "config")
    file = folder / "config" / "gateway.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    settings = load_config(folder / "config").settings
    upgrade_store(settings)
    return settings


def opened(settings):
    engine = store_engine(settings)
    try:
        return open_vault(settings, engine), sealed.one_person(engine)
    finally:
        engine.dispose()


def test_a_state_folder_from_before_there_were_rings_upgrades_by_itself(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert submit(gateway, records([1])).stored == 1
        settings = gateway.config.settings
    shutil.rmtree(settings.state / "keys" / "persons.ring")
    with gateway_in(tmp_path, filled=False) as gateway:
        assert submit(gateway, records([2])).stored == 1
        assert sealed_by(gateway) == [1, 1]


def test_another_algorithm_of_the_configuration_makes_the_keys_of_a_new_store(tmp_path):
    changes = (('"hmac-sm3" ', '"hmac-sha-256" '), ('"sm4-gcm" ', '"aes-256-gcm" '))
    vault, _ = opened(state_of(tmp_path, changes))
    assert (vault.hash, vault.numbers()[vault.active()]) == ("hmac-sha-256", "aes-256-gcm")


def test_the_hash_of_a_store_is_not_changed_by_its_configuration(tmp_path):
    settings = state_of(tmp_path)
    file = tmp_path / "config" / "gateway.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"hmac-sm3" ', '"hmac-sha-256" '), encoding="utf-8")
    with pytest.raises(StartError, match="found by hmac-sm3: it cannot change"):
        opened(load_config(tmp_path / "config").settings)
    assert opened(settings)[0].active() == 1


def test_a_gateway_does_not_start_with_keys_that_would_not_find_its_persons_again(tmp_path):
    with gateway_in(tmp_path / "one", filled=False) as gateway:
        assert submit(gateway, records([1])).stored == 1
        settings = gateway.config.settings
    with closing(sqlite3.connect(settings.state / "facts.sqlite")) as connection, connection:
        ((key,),) = connection.execute("SELECT key FROM person").fetchall()
        connection.execute("UPDATE person SET key = ?", ("0" * 64,))
    with pytest.raises(StartError, match="hashed under another key"):
        opened(settings)
    with closing(sqlite3.connect(settings.state / "facts.sqlite")) as connection, connection:
        connection.execute("UPDATE person SET key = ?", (key,))
    assert opened(settings)[0].active() == 1

    other = state_of(tmp_path / "two")
    shutil.copyfile(other.person_key, settings.person_key)
    with pytest.raises(StartError, match=r"persons\.key: the store's persons"):
        opened(settings)
