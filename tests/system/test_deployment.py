"""Alarms and units before the programs that they are for: promtool and systemd-analyze."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALARMS = ROOT / "deploy/prometheus/alarms.yml"
UNITS = sorted((ROOT / "deploy/systemd").glob("*.*"))
UNITS = [file for file in UNITS if file.suffix in {".service", ".timer"}]
EXPOSED = 20
"""In tenths of what systemd calls the exposure of a service, at the most; one without any of it has 96."""


def run(*words, **more):
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=120, check=False, **more
    )
    return done.returncode, done.stdout + done.stderr


def test_prometheus_takes_every_rule():
    code, said = run("promtool", "check", "rules", "--lint-fatal", ALARMS)

    assert code == 0, said
    assert f"{ALARMS.read_text(encoding='utf-8').count('- alert:')} rules found" in said


def test_the_alarms_are_raised_when_they_should_be_and_not_otherwise(tmp_path):
    text = Path(__file__).with_name("alarms_test.yml").read_text(encoding="utf-8")
    file = tmp_path / "alarms_test.yml"
    file.write_text(text.replace("RULES", str(ALARMS)), encoding="utf-8")
    code, said = run("promtool", "test", "rules", file)

    assert code == 0, said


def test_a_rule_that_is_weaker_is_noticed(tmp_path):
    weaker = tmp_path / "alarms.yml"
    weaker.write_text(
        ALARMS.read_text(encoding="utf-8").replace("expr: jsg_healthy == 0", "expr: jsg_healthy == 2"), encoding="utf-8"
    )
    file = tmp_path / "alarms_test.yml"
    text = Path(__file__).with_name("alarms_test.yml").read_text(encoding="utf-8")
    file.write_text(text.replace("RULES", str(weaker)), encoding="utf-8")

    assert run("promtool", "test", "rules", file)[0] != 0


@pytest.fixture
def units(tmp_path):
    """The units where systemd finds each other, with a program in the place of ours."""
    program = shutil.which("true")
    for file in UNITS:
        text = file.read_text(encoding="utf-8").replace("/opt/jsg/bin/jsg", program)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", [file.name for file in UNITS])
def test_systemd_has_nothing_to_say_about_a_unit(units, name):
    code, said = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", units / name)

    assert (code, said) == (0, "")


@pytest.mark.parametrize("name", [file.name for file in UNITS if file.suffix == ".service"])
def test_systemd_calls_a_service_little_exposed(units, name):
    code, said = run(
        "systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSED}", units / name
    )

    assert code == 0, said


@pytest.mark.parametrize("name", [file.name for file in UNITS if file.suffix == ".timer"])
def test_systemd_knows_when_a_timer_runs(name):
    (when,) = re.findall(
        r"^OnCalendar=(.+)$", (ROOT / "deploy/systemd" / name).read_text(encoding="utf-8"), re.MULTILINE
    )
    code, said = run("systemd-analyze", "calendar", when)

    assert code == 0, said
    assert "Next elapse" in said
