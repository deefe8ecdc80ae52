"""The generated code beside the contract and its descriptor set are what the pinned generators make, byte for byte."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorSet

PROTOS = Path(__file__).parents[2] / "protos"
CONTRACT = PROTOS / "jointsanctions/jointsanctions.v1.binpb"
TOOL = PROTOS.parent / "tools/descriptor_set.py"
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


@pytest.fixture(scope="module")
def published():
    return FileDescriptorSet.FromString(CONTRACT.read_bytes())


def test_the_descriptor_set_checked_in_is_what_its_tool_makes(tmp_path):
    made = tmp_path / "made.binpb"
    subprocess.run([sys.executable, TOOL, made], check=True, cwd=tmp_path)

    assert CONTRACT.read_bytes() == made.read_bytes(), "run `make protos`"


def test_the_descriptor_set_needs_no_other_file_and_has_what_errors_come_in(published):
    pool = descriptor_pool.DescriptorPool()
    for file in published.file:  # each after those that it imports, or this fails
        pool.Add(file)

    assert {str(source) for source in SOURCES} < {file.name for file in published.file}
    assert pool.FindServiceByName("jointsanctions.v1.CreditService").methods_by_name["CheckEligibility"]
    assert pool.FindMessageTypeByName("google.rpc.Status").fields_by_name["details"]
    assert pool.FindMessageTypeByName("google.rpc.ErrorInfo").fields_by_name["reason"]


def test_the_descriptor_set_is_the_contract_that_the_generated_code_has(published):
    for file in published.file:
        if file.package == "jointsanctions.v1":
            module = importlib.import_module(file.name.replace("/", ".").removesuffix(".proto") + "_pb2")
            generated = FileDescriptorSet.FromString(b"").file.add()
            module.DESCRIPTOR.CopyToProto(generated)
            assert names(file) == names(generated)


def names(file):
    """Return every element of a file with its number, as a text; JSON names, which only protoc writes, do not count."""
    return re.sub(r'\n *json_name: "\w+"', "", str(file))
