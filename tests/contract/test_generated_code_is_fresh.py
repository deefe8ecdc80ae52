"""The generated code beside the contract is what the pinned generators make of it, byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROTOS = Path(__file__).parents[2] / "protos"
SOURCES = sorted(path.relative_to(PROTOS) for path in PROTOS.rglob("*.proto"))


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """A folder with the code generated anew, as ``make protos`` does it."""
    folder = tmp_path_factory.mktemp("generated")
    outputs = [f"--python_out={folder}", f"--mypy_out={folder}"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", "-I.", *outputs, *map(str, SOURCES)],
        check=True,
        cwd=PROTOS,
        env=environment,
    )
    return folder


def modules(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*_pb2*.py*") if path.suffix in {".py", ".pyi"})


def test_no_module_is_missing_and_none_is_left_over(generated):
    assert modules(generated) == modules(PROTOS)
    assert len(modules(PROTOS)) == 2 * len(SOURCES) > 0


@pytest.mark.parametrize("module", modules(PROTOS), ids=str)
def test_the_code_checked_in_is_what_the_generator_makes(generated, module):
    assert (PROTOS / module).read_bytes() == (generated / module).read_bytes(), "run `make protos`"
