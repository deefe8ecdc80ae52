"""Tests that share something run in one worker: a file's, and those of every file of a group."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from scheduling import FOLDERS, LONGEST, SHARED, group_of, place

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("test_*.py"))
CONFTEST = """
import json, os, pytest
from contextlib import contextmanager
from scheduling import GroupScheduling, leave_shared, shared

def pytest_xdist_make_scheduler(config, log):
    return GroupScheduling(config, log)

@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    yield
    leave_shared(item, nextitem)

def note(what):
    with open("ran", "a") as file:
        file.write(json.dumps([os.environ["PYTEST_XDIST_WORKER"], what]) + "\\n")

@contextmanager
def gateway():
    note("begun")
    yield
    note("ended")

@pytest.fixture(scope="session")
def held(request):
    return shared(request, gateway())

@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item):
    note(item.path.name)
"""
FIVE = """
import pytest
%s
@pytest.mark.parametrize("number", range(5))
def test_a(number%s): pass
"""
ALONE, GROUPED = (tuple(f"test_{number}.py" for number in range(first, 8, 2)) for first in (0, 1))


def test_every_mark_of_a_group_is_found_in_the_files_text(request):
    for item in request.session.items:
        of_file = {mark.args[0] for mark in item.parent.iter_markers("xdist_group")}
        of_test = {mark.args[0] for mark in item.iter_markers("xdist_group")}
        assert group_of(item.path) in (of_file or of_test or {group_of(item.path)}), item.nodeid


def test_whoever_uses_what_is_shared_is_in_its_group(request):
    for item in request.session.items:
        for name in SHARED.keys() & set(item.fixturenames):
            if not hasattr(item.module, name):
                assert group_of(item.path) == SHARED[name], item.nodeid


def test_a_mark_of_all_tests_of_a_file_goes_before_that_of_one_test(tmp_path):
    one, both, none = (tmp_path / name for name in ("one.py", "both.py", "none.py"))
    mark = 'pytest.mark.xdist_group("%s")\n'
    one.write_text("import pytest\n@" + mark % "b", encoding="utf-8")
    both.write_text("import pytest\n@" + mark % "b" + "pytestmark = [" + mark.strip() % "a" + "]\n", encoding="utf-8")
    none.write_text("# pytest.mark.xdist_group\n", encoding="utf-8")

    assert [group_of(file) for file in (one, both, none)] == ["b", "a", ""]


def test_every_group_and_folder_that_is_placed_exists():
    assert set(LONGEST) <= {group_of(file) for file in FILES}
    assert {file.parent.name for file in FILES} - {"system"} == set(FOLDERS)


def test_groups_come_before_files_and_the_longest_first():
    placed = sorted({(place(file), group_of(file) or file.parent.name) for file in FILES if "system" not in file.parts})
    named = [name for _, name in placed]

    assert named[: len(LONGEST)] == list(LONGEST)
    assert [name for name in named if name in FOLDERS] == [name for name in FOLDERS if name in named]
    assert set(named[-4:]) < set(FOLDERS)


def ran(folder, workers):
    """Return what workers did with eight files, four of them of one group: the worker, and the file or what began."""
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for number in range(8):
        parts = ('pytestmark = pytest.mark.xdist_group("one")', ", held") if number % 2 else ("", "")
        (folder / f"test_{number}.py").write_text(FIVE % parts, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        workers,
        "--dist",
        "loadgroup",
        "-p",
        "no:cacheprovider",
        ".",
    ]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    made = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    assert made.returncode == 0, made.stdout
    return [json.loads(line) for line in (folder / "ran").read_text(encoding="utf-8").splitlines()]


def test_a_worker_gets_a_whole_file_and_a_whole_group(tmp_path):
    found = ran(tmp_path, "2")
    workers = {name: {worker for worker, what in found if what == name} for name in (*ALONE, *GROUPED)}

    assert sum(what in workers for _, what in found) == 40
    assert all(len(each) == 1 for each in workers.values())
    assert len(set.union(*(workers[name] for name in GROUPED))) == 1
    assert {worker for worker, _ in found} == {"gw0", "gw1"}


def test_what_a_group_shares_begins_once_and_ends_with_its_last_test(tmp_path):
    found = [what for _, what in ran(tmp_path, "1")]
    begun, ended = found.index("begun"), found.index("ended")

    assert found.count("begun") == found.count("ended") == 1
    assert sorted(found[begun + 1 : ended]) == sorted(GROUPED * 5)
    assert sorted(found[:begun] + found[ended + 1 :]) == sorted(ALONE * 5)
    assert found[ended + 1 :]


def test_processes_that_tests_start_keep_what_they_compile():
    program = "import sys; print(sys.dont_write_bytecode)"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert (made.stdout, sys.dont_write_bytecode) == ("False\n", False)
