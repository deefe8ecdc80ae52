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
        ("renew", "--within", "0"),
        ("renew", "--within", "90", "--days", "90"),
        ("revoke",),
        ("revoke", "hrss/producer"),
        ("list", "--within", "x"),
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


@pytest.mark.parametrize("command", ["init", "issue", "renew", "revoke", "list"])
def test_help_has_an_example(capsys, command):
    with pytest.raises(SystemExit) as caught:
        run("pki", command, "--help")

    assert caught.value.code == 0
    assert f"jsg pki {command} --folder" in capsys.readouterr().out


def listed(folder, capsys, *more):
    capsys.readouterr()
    assert run("pki", "list", "--folder", folder, "--json", *more) == 0
    return json.loads(capsys.readouterr().out)


def test_the_list_tells_the_state_of_each(tmp_path, capsys):
    run("pki", "init", "--folder", tmp_path)
    run("pki", "issue", "--folder", tmp_path, "hrss/producer", "housing/asking-system")
    run("pki", "issue", "--folder", tmp_path, "finance/asking-system", "--days", "10")
    run("pki", "revoke", "--folder", tmp_path, "housing/asking-system", "--reason", "key lost")
    rows = {row["name"]: row for row in listed(tmp_path, capsys)}

    assert {name: row["state"] for name, row in rows.items()} == {
        "root": "valid",
        "issuing": "valid",
        "server": "valid",
        "hrss/producer": "valid",
        "housing/asking-system": "revoked",
        "finance/asking-system": "expires in 9 days",
    }
    assert rows["hrss/producer"]["file"] == str(tmp_path / "clients" / "hrss.producer.pem")
    assert rows["server"]["kind"] == "server"
    assert {row["name"]: row["state"] for row in listed(tmp_path, capsys, "--within", "90")}[
        "hrss/producer"
    ] == "expires in 89 days"


def test_renewing_says_what_was_and_revoking_what_is_on_the_list(tmp_path, capsys):
    run("pki", "init", "--folder", tmp_path)
    run("pki", "issue", "--folder", tmp_path, "hrss/producer", "--days", "10")
    capsys.readouterr()
    assert run("pki", "renew", "--folder", tmp_path, "--json") == 0
    renewed = json.loads(capsys.readouterr().out)
    assert run("pki", "renew", "--folder", tmp_path) == 0
    assert capsys.readouterr().out == "nothing ends within 30 days\n"
    assert run("pki", "revoke", "--folder", tmp_path, "hrss/producer", "--reason", "key lost", "--json") == 0
    revoked = json.loads(capsys.readouterr().out)

    assert list(renewed["renewed"]) == ["hrss/producer"]
    assert [row["name"] for row in revoked["revoked"]] == ["hrss/producer"] * 2
    states = [row["state"] for row in listed(tmp_path, capsys) if row["name"] == "hrss/producer"]
    assert states == ["revoked", "revoked"]


def test_what_is_due_and_cannot_be_renewed_is_exit_code_1(tmp_path, capsys):
    run("pki", "init", "--folder", tmp_path)
    run("pki", "issue", "--folder", tmp_path, "hrss/producer", "--days", "10")
    run("pki", "revoke", "--folder", tmp_path, "hrss/producer", "--reason", "key lost")
    capsys.readouterr()

    assert run("pki", "renew", "--folder", tmp_path) == 1
    assert "NOT renewed: revoked" in capsys.readouterr().out
    assert run("pki", "list", "--folder", tmp_path / "none") == 1
    assert "is not there" in capsys.readouterr().err
