"""The units for systemd: commands that there are, a user that may little, and a supervisor that does not give up.

What systemd itself makes of them is in tests/system.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from gateway.cli.main import parser

FOLDER = Path(__file__).parents[2] / "deploy/systemd"
PAGE = (FOLDER.parents[1] / "docs/operations.md").read_text(encoding="utf-8")
HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes",
    "MemoryDenyWriteExecute": "yes",
    "SystemCallArchitectures": "native",
}
SERVE_ON = ("jsg-gateway.service", "jsg-publish.service", "jsg-adapter@.service")


def read(file):
    """Return the lines of a unit as (section, key, value)."""
    found, section = [], ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.append((section, key, value))
    return found


SERVICES = {file.name: read(file) for file in sorted(FOLDER.glob("*.service"))}
TIMERS = {file.name: read(file) for file in sorted(FOLDER.glob("*.timer"))}


def value(unit, key):
    """Return the one value of a key."""
    (found,) = [value for _, each, value in unit if each == key]
    return found


def command(unit):
    """Return the words behind ``jsg`` that a service runs."""
    words = shlex.split(value(unit, "ExecStart"))
    if words[0] == "/bin/sh":
        words = shlex.split(words[2].removeprefix("exec "))
    assert words[0] == "/opt/jsg/bin/jsg"
    return [word.replace("%i", "bidding") for word in words[1:]]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_a_command_that_there_is(name):
    words = command(SERVICES[name])

    assert parser(words).parse_args(words).run


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_as_a_user_of_its_own_that_may_write_its_state_alone(name):
    unit = SERVICES[name]

    assert {key: value(unit, key) for key in HARDENED} == HARDENED
    assert value(unit, "User") == value(unit, "Group") != "root"
    assert value(unit, "StateDirectory").startswith("jsg")
    assert [each for _, key, each in unit if key == "SystemCallFilter"] == ["@system-service", "~@privileged"]
    assert [each for _, key, each in unit if key == "ReadWritePaths"] in ([], ["/var/backups/jsg"])


@pytest.mark.parametrize("name", SERVE_ON)
def test_what_serves_is_started_again_for_ever(name):
    unit = SERVICES[name]

    assert (value(unit, "Restart"), value(unit, "StartLimitIntervalSec")) == ("always", "0")
    assert ("Unit", "StartLimitIntervalSec", "0") in unit, "in [Service] it would be passed over"
    assert value(unit, "WantedBy") == "multi-user.target"


def test_the_gateway_says_when_it_serves_and_that_it_lives():
    unit = SERVICES["jsg-gateway.service"]

    assert (value(unit, "Type"), value(unit, "WatchdogSec")) == ("notify", "30s")
    assert int(value(unit, "LimitNOFILE")) >= 16_384


def test_every_timer_starts_a_service_that_ends_and_is_made_up_for():
    assert {name.replace(".timer", ".service") for name in TIMERS} == set(SERVICES) - set(SERVE_ON)
    for name, timer in TIMERS.items():
        service = SERVICES[name.replace(".timer", ".service")]
        assert value(service, "Type") == "oneshot"
        assert value(timer, "Persistent") == "yes"
        assert value(timer, "OnCalendar").endswith(" Asia/Shanghai")
        assert not [each for _, each, _ in service if each == "WantedBy"], "its timer starts it"


def test_no_unit_holds_a_secret():
    for file in FOLDER.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            assert "PRIVATE KEY" not in text
            assert "SetCredential" not in text


def test_the_operators_page_names_every_unit():
    assert [name for name in (*SERVICES, *TIMERS) if f"`{name}`" not in PAGE] == []
