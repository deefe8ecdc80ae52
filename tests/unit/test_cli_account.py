"""Who is said to have run a command, where the account has no name: in a container for one."""

from __future__ import annotations

import os

import pytest

from gateway.cli.account import account
from gateway.cli.main import parser

NAMES = ("LOGNAME", "USER", "LNAME", "USERNAME")
NOBODYS = 3_999_999_999
"""A number that no account of a machine has."""


@pytest.fixture
def nameless(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: NOBODYS)


@pytest.mark.usefixtures("nameless")
def test_an_account_without_a_name_is_named_by_its_number():
    assert account() == f"uid-{NOBODYS}"


@pytest.mark.usefixtures("nameless")
def test_every_command_can_be_typed_by_such_an_account_and_says_so():
    asked = parser().parse_args(["check", "91420300MA00000000", "--area", "bidding", "--point", "award", "--case", "1"])
    assert asked.officer == f"uid-{NOBODYS}"


def test_an_account_with_a_name_is_named_by_it(monkeypatch):
    monkeypatch.setenv("LOGNAME", "wang")
    assert account() == "wang"
