"""Processes that we start run our program, whatever lies in the folder from which the gateway was started."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gateway import child

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("gateway", "adapters") for path in (ROOT / folder).rglob("*.py"))


def started(path):
    """Return the words after the interpreter in every list of *path* that begins a process of ours."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.List | ast.Tuple):
            words = [ast.unparse(each) for each in node.elts]
            if "sys.executable" in words:
                yield words[words.index("sys.executable") + 1 :]


def test_no_interpreter_of_ours_looks_for_modules_in_the_current_folder():
    found = [words for path in SOURCES for words in started(path)]

    assert len(found) >= 6
    # A file by its whole path is looked for nowhere, and what lies beside it is ours.
    ours = (["'-P'", "'-m'"], ["str(CAMPAIGN)"])
    assert [words for words in found if words[:2] not in ours] == []


@pytest.mark.parametrize("module", ["gateway.indexer", "gateway.intake", "gateway.integrator"])
@pytest.mark.parametrize("planted", ["gateway/__init__.py", "grpc.py", "sqlalchemy.py", "ctypes.py"])
def test_a_module_planted_in_the_current_folder_is_not_run(tmp_path, monkeypatch, planted, module):
    file, traces = tmp_path / planted, tmp_path / "it-ran"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"open({str(traces)!r}, 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    process, connection = child.start(module)
    connection.close()

    assert process.wait(60) == 0
    assert not traces.exists()
