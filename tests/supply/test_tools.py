"""The tools of the supply chain: the bill of materials is valid and repeatable, and an audit that fails says so."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements/runtime.lock").read_text(encoding="utf-8")


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tools/{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


judge = loaded("audit_dependencies").judge
read_lock = loaded("locked").read_lock
traditional_characters = loaded("traditional_characters")


@pytest.fixture(scope="module")
def written():
    """Two bills of materials, each of a process with another hash seed."""
    command = [sys.executable, str(ROOT / "tools/sbom.py")]
    return [
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True).stdout
        for seed in ("1", "2")
    ]


def test_the_bill_of_materials_is_valid_cyclonedx_1_6(written):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written[0]) is None
    assert json.loads(written[0])["specVersion"] == "1.6"


def test_the_same_lock_gives_the_same_bytes(written):
    assert written[0] == written[1]


def test_the_bill_of_materials_is_the_lock(written):
    bom = json.loads(written[0])
    listed = {
        each["name"]: (each["version"], {each["content"] for each in each["hashes"]}) for each in bom["components"]
    }
    locked = {
        name: (version, set(re.findall(r"sha256:([0-9a-f]{64})", rest)))
        for name, version, rest in re.findall(r"^([a-z0-9-]+)==(\S+)((?:.*\\\n)+.*)$", LOCK, re.MULTILINE)
    }

    assert listed == locked
    assert all(each["alg"] == "SHA-256" for component in bom["components"] for each in component["hashes"])


def test_whatever_is_installed_states_its_licence_and_the_application_what_it_needs(written):
    bom = json.loads(written[0])
    without = {each["name"] for each in bom["components"] if not each.get("licenses")}
    needs = {each["ref"]: each.get("dependsOn", []) for each in bom["dependencies"]}

    assert without <= {"tzdata"}  # for another system than this one
    assert any(ref.startswith("grpcio==") for ref in needs["joint-sanctions-gateway"])
    assert any(
        ref.startswith("cffi==") for ref in needs[next(ref for ref in needs if ref.startswith("cryptography=="))]
    )


@pytest.mark.parametrize(
    "line",
    [
        "a==1",
        "a>=1 --hash=sha256:" + "0" * 64,
        "a==1,!=2 --hash=sha256:" + "0" * 64,
        "a --hash=sha256:" + "0" * 64,
        "a==1 --hash=sha256:" + "0" * 64 + "\nA==1 --hash=sha256:" + "0" * 64,
    ],
)
def test_a_line_that_pins_nothing_is_no_line_of_a_lock(tmp_path, line):
    (tmp_path / "x.lock").write_text(line + "\n", encoding="utf-8")

    with pytest.raises(ValueError, match="not one version"):
        read_lock(tmp_path / "x.lock")


def report(*dependencies):
    return json.dumps({"dependencies": dependencies, "fixes": []})


SOUND = {"name": "a", "version": "1", "vulns": []}
FAULTY = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


def test_a_known_vulnerability_fails_and_is_named_whatever_else_was_found():
    outcome = judge(report(SOUND, SKIPPED, FAULTY), "Found 1 known vulnerability in 1 package")

    assert not outcome.passed
    assert "b 2: PYSEC-1, fixed in 3" in outcome.lines


def test_a_vulnerability_fails_though_the_service_was_lost_on_the_way():
    assert not judge(report(FAULTY), "connection reset").passed


def test_sound_packages_pass_and_their_number_is_told():
    outcome = judge(report(SOUND), "No known vulnerabilities found")

    assert outcome.passed
    assert outcome.lines == ("audited: 1 locked packages have no known vulnerability",)


@pytest.mark.parametrize(
    ("output", "errors"),
    [
        ("", "ERROR:pip_audit._cli:Could not connect to the vulnerability feed"),
        ("", "requests.exceptions.ReadTimeout: Read timed out."),
        ("", "503 Server Error: Service Unavailable for url: https://example.invalid"),
        (report(SOUND, SKIPPED), ""),
        (report(), ""),
    ],
)
def test_what_was_not_audited_passes_in_one_line_that_says_so(output, errors):
    outcome = judge(output, errors)

    assert outcome.passed
    assert len(outcome.lines) == 1
    assert outcome.lines[0].startswith("NOT AUDITED: ")


@pytest.mark.parametrize(
    ("output", "errors"),
    [
        ("", ""),
        ("", "No module named pip_audit"),
        ("", "ERROR:pip_audit._cli:requirement a is not hashed"),
        ("[]", "boom"),
        ("{}", "Traceback: KeyError"),
    ],
)
def test_an_audit_that_itself_is_broken_fails(output, errors):
    outcome = judge(output, errors)

    assert not outcome.passed
    assert outcome.lines[0].startswith("the audit failed")


def test_the_table_of_traditional_characters_is_what_its_tool_prints():
    assert traditional_characters.module() == (ROOT / "formats/traditional.py").read_text(encoding="utf-8")
