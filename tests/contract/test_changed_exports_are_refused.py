"""No changed byte of an export is accepted, by our verifier and by the one that stands alone."""

from __future__ import annotations

import base64
import importlib.util
import itertools
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from audit_calls import KEY, NOON, body, line, record
from exported_folders import export_to, keys_of, wanted
from integrated_logs import HandClock, Site

from formats.access_export import ROWS_FILES, ExportError
from gateway.cli.export_verify import verify_export
from gateway.domain.access_export import ExportFormat
from gateway.domain.audit import Draft
from gateway.security.log_keys import holds
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace
from gateway.storage.engine import open_engine
from gateway.storage.migrations import LOG, upgrade

TOOLS = Path(__file__).parents[2] / "tools"
FILES = ("rows", "proofs.txt", "manifest.json", "receipt.json")


@pytest.fixture(scope="module")
def apart():
    """The verifier that stands alone, loaded as a module of its own."""
    sys.path.insert(0, str(TOOLS))
    spec = importlib.util.spec_from_file_location("verify_export", TOOLS / "verify_export.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(str(TOOLS))
    return module


@pytest.fixture(scope="module", params=ExportFormat)
def made(request, tmp_path_factory):
    """An export of two calls and one item among eleven entries: the folder, the log's key, and how to make another."""
    folder = tmp_path_factory.mktemp("export")
    place, engine = FolderPlace(folder / "audit"), open_engine(f"sqlite:///{folder / 'log.sqlite'}")
    upgrade(engine, LOG)
    site = Site(place, engine, folder, HandClock())
    (folder / "key").write_bytes(KEY)
    others = [Draft(body(case=f"C-{number}", enterprises=["U9"], verdict=1)) for number in range(7)]
    batch = Draft(body(case="C-8"), [line(0, "U1", verdict=3), line(1, "U2", verdict=1)])
    asked = Draft(body(case="=C-9", officer="li.wei", enterprises=["U1"], verdict=3))
    record(place, *others[:3], asked, *others[3:5], batch, *others[5:], asked)
    site.integrate()
    index = AccessIndex(place, folder / "key")
    numbers = itertools.count()
    asked_for = wanted(request.param, told={"uscc": "U1"}, uscc="U1", until=NOON + timedelta(hours=1))

    def make(spoil=None):
        return export_to(folder / f"made-{next(numbers)}", site, index, asked_for, spoil=spoil)

    yield make(), keys_of(site), make
    place.close()
    engine.dispose()


def name_of(folder, file):
    form = json.loads((folder / "manifest.json").read_bytes())["format"]
    return ROWS_FILES[form] if file == "rows" else file


def accepted(folder, keys, apart):
    """Return whether ours accepts it; both must say the same."""
    try:
        verify_export(folder, keys, holds)
        ours = True
    except ExportError:
        ours = False
    try:
        apart.verify_export(folder, [apart.read_key(str(key)) for key in keys])
        theirs = True
    except apart.REFUSED:
        theirs = False
    assert ours == theirs
    return ours


def test_what_was_exported_is_accepted_by_both(made, apart):
    folder, keys, _ = made
    assert accepted(folder, keys, apart)
    told = verify_export(folder, keys, holds)
    assert (told["rows"], told["filter"], list(told["logs"].values())) == (3, {"uscc": "U1"}, [3])


@pytest.mark.parametrize("file", FILES)
def test_no_changed_byte_is_accepted(made, apart, tmp_path, file):
    folder, keys, _ = made
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    changed = copy / name_of(folder, file)
    data = changed.read_bytes()
    assert len(data) > 100
    for place in range(len(data)):
        changed.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert not accepted(copy, keys, apart), (file, place)


@pytest.mark.parametrize("file", FILES)
def test_nothing_cut_off_or_added_is_accepted(made, apart, tmp_path, file):
    folder, keys, _ = made
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    changed = copy / name_of(folder, file)
    data = changed.read_bytes()
    for spoiled in (b"", data[:-1], data + b"\n", data + data, data[len(data) // 2 :]):
        changed.write_bytes(spoiled)
        assert not accepted(copy, keys, apart), spoiled


def test_rows_in_another_order_doubled_or_left_out_are_refused(made, apart, tmp_path):
    folder, keys, _ = made
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    changed = copy / name_of(folder, "rows")
    lines = changed.read_bytes().splitlines(keepends=True)
    for spoiled in ([*lines[:-2], lines[-1], lines[-2]], [*lines, lines[-1]], lines[:-1], []):
        changed.write_bytes(b"".join(spoiled))
        assert not accepted(copy, keys, apart)


def test_the_receipt_of_another_export_proves_nothing(made, apart, tmp_path):
    folder, keys, make = made
    shutil.copytree(folder, tmp_path / "copy")
    shutil.copy(make() / "receipt.json", tmp_path / "copy")
    assert not accepted(tmp_path / "copy", keys, apart)


def another_number(rows, proofs, manifest):
    lines = rows.splitlines(keepends=True)
    lines[-2] = lines[-2].replace(b'"number":6', b'"number":5').replace(b"node-1.0,6,", b"node-1.0,5,")
    return b"".join(lines), proofs, manifest


def another_hash(rows, proofs, manifest):
    return rows, bytes(base64.b64encode(bytes(32))) + proofs[44:], manifest


SPOILED = {
    "a row under another number": another_number,
    "another hash": another_hash,
    "one hash too many": lambda rows, proofs, manifest: (rows, proofs + base64.b64encode(bytes(32)) + b"\n", manifest),
    "one hash too few": lambda rows, proofs, manifest: (rows, proofs[:-45], manifest),
    "another officer": lambda rows, proofs, manifest: (
        *(rows, proofs),
        {**manifest, "exported_by": {**manifest["exported_by"], "officer": "somebody.else"}},
    ),
    "another filter": lambda rows, proofs, manifest: (rows, proofs, {**manifest, "filter": {}}),
    "another log": lambda rows, proofs, manifest: (
        *(rows, proofs),
        {**manifest, "logs": [{**manifest["logs"][0], "origin": "another/audit/2026"}]},
    ),
    "no log": lambda rows, proofs, manifest: (rows, proofs, {**manifest, "logs": []}),
    "one entry too many": lambda rows, proofs, manifest: (
        *(rows, proofs),
        {**manifest, "logs": [{**manifest["logs"][0], "entries": 4}]},
    ),
}


@pytest.mark.parametrize("how", SPOILED)
def test_what_a_gateway_records_of_an_export_that_does_not_fit_together_is_refused(made, apart, how):
    _, keys, make = made
    assert not accepted(make(SPOILED[how]), keys, apart)


def test_another_key_proves_nothing(made, apart):
    folder, (key,), _ = made
    other = type(key)(key.name, key.kind, bytes(31) + b"\x01")
    assert not accepted(folder, [other], apart)


def test_the_one_that_stands_alone_needs_nothing_but_two_files(made, tmp_path):
    folder, (key,), _ = made
    for name in ("verify_export.py", "verify_receipt.py"):
        shutil.copy(TOOLS / name, tmp_path)
    shutil.copytree(folder, tmp_path / "export")
    command = [sys.executable, "verify_export.py", "--key", str(key), "export"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "export: proven" in done.stdout) == (0, True), done.stderr
    (tmp_path / "export" / "proofs.txt").write_bytes(b"")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "NOT PROVEN" in done.stdout) == (1, True)
