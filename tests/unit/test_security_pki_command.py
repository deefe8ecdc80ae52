"""``jsg pki``: what it prints, and its exit codes."""

from __future__ import annotations

import argparse
import json

import pytest

from gateway.cli import pki


def run(*arguments):
    parser = argparse.ArgumentParser(prog="jsg")
    pki.register(parser.add_subparsers(required=True))
    parsed = parser.parse_args([str(argument) for argument in arguments])
    return parsed.run(parsed)


def test_an_authority_is_made_and_issues_and_says_where_everything_lies(tmp_path, capsys):
    folder = tmp_path / "pki"
    assert run("pki", "init", "--folder", folder, "--name", "gateway.example", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert run("pki", "issue", "--folder", folder, "hrss/producer", "hrss/producer/officer-7", "--json") == 0
    issued = json.loads(capsys.readouterr().out)

    assert made["server"] == {"certificate": str(folder / "server.pem"), "key": str(folder / "server.key")}
    assert made["ca_bundle"] == str(folder / "ca-bundle.pem")
    assert set(issued) == {"hrss/producer", "hrss/producer/officer-7"}
    assert all((folder / "clients" / f"{name.replace('/', '.')}.pem").exists() for name in issued)


def test_without_json_each_line_is_one_thing(tmp_path, capsys):
    assert run("pki", "init", "--folder", tmp_path) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["trust_domain", "ca_bundle", "revoked", "keep_off_line", "server"]
    assert lines[-1].split()[1:] == [str(tmp_path / "server.pem"), str(tmp_path / "server.key")]


def test_what_is_there_is_kept_with_exit_code_1_and_replaced_by_force(tmp_path, capsys):
    run("pki", "init", "--folder", tmp_path)
    before = (tmp_path / "server.pem").read_bytes()

    assert run("pki", "init", "--folder", tmp_path) == 1
    assert "is there already" in capsys.readouterr().err
    assert run("pki", "issue", "--folder", tmp_path, "--server") == 1
    assert (tmp_path / "server.pem").read_bytes() == before
    assert run("pki", "issue", "--folder", tmp_path, "--server", "--name", "gateway.example", "--force") == 0
    assert (tmp_path / "server.pem").read_bytes() != before


@pytest.mark.parametrize(
    "arguments",
    [
        ("issue",),
        ("issue", "hrss"),
        ("issue", "hrss/king"),
        ("issue", "hrss/producer/"),
        ("issue", "hrss/producer/a/b"),
        ("issue", "hrss/producer", "--name", "gateway.example"),
        ("issue", "hrss/producer", "--days", "0"),
        ("init", "--days", "2000"),
        ("init", "--name", "no host"),
        ("renew",),
        (),
    ],
)
def test_a_usage_error_is_exit_code_2_and_makes_nothing(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        run("pki", *arguments)

    assert caught.value.code == 2
    assert not list(tmp_path.iterdir())
    assert "error" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["init", "issue"])
def test_help_has_an_example(capsys, command):
    with pytest.raises(SystemExit) as caught:
        run("pki", command, "--help")

    assert caught.value.code == 0
    assert f"jsg pki {command} --folder" in capsys.readouterr().out
