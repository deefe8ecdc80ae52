"""``jsg`` imports the command that is typed and no other, and knows where each of them is."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import cli
from gateway.cli.connection import CommandParser
from gateway.cli.main import COMMANDS, parser

ALL = tuple(name for names in COMMANDS.values() for name in names)
HEAVY = {"sqlalchemy", "alembic", "gateway.bootstrap.process", "gateway.storage"}


def offered(root):
    """Return the names of the commands right below a parser."""
    return tuple(next(action.choices for action in root._actions if action.choices))


@pytest.mark.parametrize("module", COMMANDS)
def test_a_module_has_exactly_the_commands_that_are_said_of_it(module):
    alone = CommandParser()
    importlib.import_module(f"gateway.cli.{module}").register(alone.add_subparsers(parser_class=CommandParser))

    assert offered(alone) == COMMANDS[module]


def test_no_command_is_in_two_modules_and_no_module_is_left_out():
    assert len(set(ALL)) == len(ALL)
    texts = {file.stem: file.read_text(encoding="utf-8") for file in Path(cli.__path__[0]).glob("*.py")}
    for name, text in texts.items():
        if "\ndef register(" in text:
            registered = re.compile(rf"\b{name}(\.register\(|,\n)")
            assert name in COMMANDS or any(registered.search(other) for other in texts.values()), name


@pytest.mark.parametrize(
    "words",
    [
        ("check", "status"),
        ("--state", "status", "check"),
        ("--state=status", "check"),
        ("--config", "a", "--address", "b:1", "--as", "c", "check", "--explain"),
    ],
)
def test_what_is_typed_is_what_stands_after_the_options_of_the_place(words):
    assert offered(parser(words)) == ("check",)


@pytest.mark.parametrize(
    "words", [(), ("--help",), ("gossip", "check"), ("--state",), ("--", "check"), ("-h", "check")]
)
def test_whatever_names_no_command_is_told_of_all_of_them(words):
    assert offered(parser(words)) == ALL


@pytest.mark.parametrize("name", ["check", "status", "pki"])
def test_a_command_that_asks_imports_nothing_of_what_serves(name):
    program = "import sys; from gateway.cli.main import parser; parser(sys.argv[1:]); print(*sys.modules)"
    made = subprocess.run([sys.executable, "-c", program, name], check=True, capture_output=True, text=True)

    assert HEAVY & set(made.stdout.split()) == set()
