"""A gateway that goes over from a folder to a bucket: what is missing is named, what is brought is there, once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from buckets import ACCESS, REGION, SECRET, running_bucket_server
from e2e.served import CONFIG
from referral_samples import HOLD, facts

from gateway.bootstrap.config import load_config
from gateway.bootstrap.evidence import evidence_store
from gateway.bootstrap.stores import open_vault, store_engine, upgrade_store
from gateway.cli.main import main
from gateway.domain.referral_parts import UploadedFile
from gateway.domain.referrals import ReferralEntry
from gateway.services.ports.evidence import SealedFile
from gateway.services.ports.facts import Submission
from gateway.storage.evidence import EvidenceFolder
from gateway.storage.referrals import SqlReferralStore

CONTENTS = {"order": os.urandom(3_000), "film": os.urandom(6 << 20), "letter": os.urandom(10)}
STRAY = os.urandom(500)
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def server():
    with running_bucket_server() as running:
        yield running


def file_of(content, case="YS-1"):
    return SealedFile(case, hashlib.sha256(content).hexdigest(), len(content))


def bring(store, content, *, upto=None, case="YS-1"):
    with store.upload(file_of(content, case)) as upload:
        upload.append(content[upload.received : upto])
        assert upto is not None or upload.finish()


@pytest.fixture
def place(server, tmp_path):
    """A configuration and a state, with a case of three files in the folder, one that no case names, and a bit."""
    config, state = shutil.copytree(CONFIG, tmp_path / "config"), tmp_path / "state"
    settings = load_config(config, state).settings
    upgrade_store(settings)
    engine = store_engine(settings)
    store = SqlReferralStore(engine, open_vault(settings, engine))
    named = [UploadedFile(each, file_of(content).sha256, len(content)) for each, content in CONTENTS.items()]
    entries = [ReferralEntry("YS-1", each, "hrss", NOW) for each in (facts(), *named)]
    store.record(Submission("r", 0, "d", "", "hrss", "w", NOW, rows=()), "YS-1", lambda _: entries)
    engine.dispose()
    folder = EvidenceFolder(state / "evidence")
    for content in (*CONTENTS.values(), STRAY):
        bring(folder, content)
    bring(folder, os.urandom(100) + STRAY, upto=50)
    return config, state


def goes_over(place, server):
    """Let the configuration name a bucket from now on; return its settings and the bucket's name."""
    config, state = place
    bucket, keys = server.new_bucket(), state / "keys" / "bucket.toml"
    keys.write_text(f'access_key = "{ACCESS}"\nsecret_key = "{SECRET}"\n')
    keys.chmod(0o600)
    lines = {"kind": "bucket", "endpoint": server.endpoint, "bucket": bucket, "region": REGION}
    text = "".join(f'{key} = "{value}"\n' for key, value in {**lines, "credentials_file": "keys/bucket.toml"}.items())
    with (config / "gateway.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[evidence]\n{text}")
    return load_config(config, state).settings, bucket


@pytest.fixture
def jsg(place, capsys):
    def run(*words):
        code = main(["--config", str(place[0]), "--state", str(place[1]), *words])
        return code, capsys.readouterr()

    return run


def test_all_that_cases_name_is_there_and_what_none_names_is_listed(jsg):
    code, said = jsg("evidence", "check", "--read", "--json")
    found = json.loads(said.out)
    assert (code, found["named"], found["bytes"], found["flaws"]) == (0, 3, 6_294_466, [])
    assert [each["sha256"] for each in found["unnamed"]] == [file_of(STRAY).sha256]


def test_what_the_folder_has_is_brought_into_the_bucket_once_and_the_folder_stays(jsg, place, server):
    settings, bucket = goes_over(place, server)
    code, said = jsg("evidence", "check")
    assert (code, said.out.count("is missing")) == (1, 3)
    bring(evidence_store(settings), CONTENTS["film"], upto=2 << 20)

    assert jsg("evidence", "bring", "--json")[1].out == '{"brought": 3, "before": 0, "flaws": []}\n'
    assert jsg("evidence", "bring", "--json")[1].out == '{"brought": 0, "before": 3, "flaws": []}\n'
    assert jsg("evidence", "check", "--read")[0] == 0
    for content in CONTENTS.values():
        assert b"".join(evidence_store(settings).read(file_of(content), 0)) == content
    assert not evidence_store(settings).has(file_of(STRAY))
    assert EvidenceFolder(place[1] / "evidence").has(file_of(STRAY))
    assert not [key for key in server.keys(bucket) if key.startswith(("uploads/", "tails/"))]


def test_a_file_that_was_changed_in_the_folder_is_not_brought_and_is_named(jsg, place, server):
    (path,) = (place[1] / "evidence").rglob(file_of(CONTENTS["order"]).sha256)
    path.write_bytes(b"x" + CONTENTS["order"][1:])
    settings, _ = goes_over(place, server)
    code, said = jsg("evidence", "bring")
    assert code == 1
    assert f"YS-1 order {file_of(CONTENTS['order']).sha256}: the folder has it not" in said.out
    assert not evidence_store(settings).has(file_of(CONTENTS["order"]))
    assert evidence_store(settings).has(file_of(CONTENTS["film"]))


def test_uploads_are_listed_and_only_old_ones_are_thrown_away(jsg, place):
    code, said = jsg("evidence", "uploads", "--discard", "2", "--json")
    (row,) = json.loads(said.out)
    assert (code, row["bytes"], row["discarded"]) == (0, 50, False)
    (upload,) = (place[1] / "evidence" / "uploads").iterdir()
    os.utime(upload, (NOW.timestamp() - 3 * 86_400,) * 2)
    (row,) = json.loads(jsg("evidence", "uploads", "--discard", "2", "--json")[1].out)
    assert row["discarded"]
    assert json.loads(jsg("evidence", "uploads", "--json")[1].out) == []
    assert jsg("evidence", "check")[0] == 0
    assert jsg("evidence", "uploads", "--discard", "0")[0] == 2


def test_what_is_uploaded_for_a_case_on_hold_is_not_thrown_away(jsg, place):
    config, state = place
    settings = load_config(config, state).settings
    engine = store_engine(settings)
    hold = ReferralEntry("YS-1", replace(HOLD, item_id="", until=None), "hrss", NOW)
    store = SqlReferralStore(engine, open_vault(settings, engine))
    store.record(Submission("h", 0, "d", "", "hrss", "w", NOW, rows=()), "YS-1", lambda _: [hold])
    engine.dispose()
    bring(EvidenceFolder(state / "evidence"), os.urandom(60), upto=20, case="YS-2")
    earlier = state / "evidence" / "uploads" / ("ab" * 32)  # from before uploads were by case: it may be of any
    earlier.write_bytes(b"x")
    for upload in (state / "evidence" / "uploads").iterdir():
        os.utime(upload, (NOW.timestamp() - 3 * 86_400,) * 2)

    rows = json.loads(jsg("evidence", "uploads", "--discard", "2", "--json")[1].out)

    assert {(row["bytes"], row["discarded"], row["on_hold"]) for row in rows} == {
        (50, False, True),
        (1, False, True),
        (20, True, False),
    }
    assert "依法保全 on hold" in jsg("evidence", "uploads", "--discard", "2")[1].out


def test_bringing_needs_a_bucket_and_a_backup_says_that_the_bucket_is_not_in_it(jsg, place, server, tmp_path):
    code, said = jsg("evidence", "bring")
    assert (code, "no bucket is configured" in said.err) == (1, True)
    _, bucket = goes_over(place, server)
    code, said = jsg("db", "backup", str(tmp_path / "backup"))
    assert code == 0, said.err
    assert bucket in said.out
    assert "is not in it" in said.out


def test_doctor_tells_whether_the_bucket_answers(jsg, place, server):
    _, bucket = goes_over(place, server)
    rows = {row["link"]: row for row in json.loads(jsg("doctor", "--json")[1].out)}
    assert rows["evidence"]["sound"], rows["evidence"]
    file = place[0] / "gateway.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{bucket}"', '"no-such-bucket"'), encoding="utf-8")
    rows = {row["link"]: row for row in json.loads(jsg("doctor", "--json")[1].out)}
    assert not rows["evidence"]["sound"]
    assert SECRET not in json.dumps(rows)
