"""The example for Node before a gateway: docs/integrating.md, sections 7 and 8, every line typed as it stands.

``test_node_reads_answers.py`` has answers that no gateway gives.
"""

from __future__ import annotations

import json
import shlex

import pytest
from e2e.served import CHECK, gateway_in
from readers_folder import as_caller, line_of, readers_folder, shown_after, standing_rows, told
from standings import standings

pytestmark = pytest.mark.xdist_group("node")

ASK = line_of("node docs/examples/node/check.mjs")
INSTALL = line_of("npm ")
LISTED = "91420399MA00K2UM2D"
ROWS = standing_rows()
NODE = "Node (`check.mjs`)"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        yield served


@pytest.fixture(scope="module")
def reader(gateway, tmp_path_factory):
    made = readers_folder(tmp_path_factory.mktemp("reader"), gateway.place.state, gateway.port)
    installed = made.type(INSTALL)
    assert installed.returncode == 0, installed.stderr
    return made


@pytest.fixture(scope="module")
def callers(gateway, tmp_path_factory):
    return standings(gateway, tmp_path_factory.mktemp("files"))


def ask_of(standing, line=ASK):
    return as_caller(line, standing, "--ca", "--server-name")


def test_the_pages_command_shows_what_the_page_shows(gateway, reader):
    before = gateway.next_number()
    ended = reader.type(ASK)
    verdict, measure, *instruction, recorded = shown_after(ASK)
    shown = ended.stdout.splitlines()

    assert ended.returncode == 3, ended.stderr
    assert shown[0] == verdict
    # A document's number has the day on which the sample city was made.
    assert shown[1].split("DECISION/")[0] == measure.split("DECISION/")[0]
    assert shown[2:4] == instruction
    assert shown[-1].split()[0] == recorded.split()[0]
    (entry,) = gateway.entries(before)
    assert shown[-1].split()[1:] == [f"gw1-0/{before}", entry.leaf.hex()]


@pytest.mark.parametrize(
    ("example", "code", "first"),
    [("grade_a", 0, "CLEAR"), ("branch_of_listed", 4, "CONDITIONAL"), ("unknown", 4, "CONDITIONAL")],
)
def test_each_verdict_has_the_exit_code_of_jsg_check(gateway, reader, example, code, first):
    uscc = gateway.city.example(example).uscc
    ended = reader.type(ASK.replace(LISTED, uscc))

    assert ended.returncode == code, ended.stderr
    assert ended.stdout.startswith(f"{first} {uscc} ")
    assert ("(no record of it)" in ended.stdout) == (example == "unknown")


def test_a_refusal_by_mandate_ends_with_one_and_names_reason_and_metadata(gateway, reader):
    ended = reader.type(ASK.replace("award-office", "tourism"))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "PERMISSION_DENIED AREA_NOT_IN_MANDATE" in ended.stderr
    assert "(area=AWARDS, decision_point=AWARDS_CONFERRAL)" in ended.stderr


def test_what_is_malformed_is_refused_by_field(reader):
    ended = reader.type(ASK.replace("li.wei", ""))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "INVALID_ARGUMENT MALFORMED_REQUEST" in ended.stderr
    assert "field=question.officer" in ended.stderr


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("AREA_AWARDS", "AREA_AWARD", "question.area"),
        ('"officer"', '"official"', "question.official"),
        ('"PX-2026-1"', '"PX-2026-1", "at_least_as_fresh": 9007199254740993', "question.at_least_as_fresh"),
        ('"PX-2026-1"', '"PX-2026-1", "at_least_as_fresh": "7.5"', "question.at_least_as_fresh"),
    ],
)
def test_what_would_not_arrive_as_given_is_not_sent(gateway, reader, old, new, named):
    before = gateway.next_number()
    ended = reader.type(ASK.replace(old, new))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"check: {named}: " in ended.stderr
    assert gateway.next_number() == before


@pytest.mark.parametrize("spoilt", [ASK.replace("--ca ", "--cas "), ASK.replace('{"enterprise"', '{enterprise"')])
def test_a_command_that_cannot_be_read_is_a_usage_error(reader, spoilt):
    ended = reader.type(spoilt)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "usage: node check.mjs" in ended.stderr


@pytest.mark.parametrize("name", ROWS)
def test_who_is_not_answered_sees_what_the_page_says(reader, callers, name):
    ended = reader.type(ask_of(callers[name]))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert told(ROWS[name][NODE], ended.stderr), ended.stderr


def test_who_is_in_order_is_answered(gateway, reader, callers):
    asked = ASK.replace(LISTED, gateway.city.example("grade_a").uscc).replace("AREA_AWARDS", "AREA_BIDDING")
    asked = asked.replace("AWARDS_CONFERRAL", "BIDDING_REGISTRATION")
    ended = reader.type(ask_of(callers["everything is in order"], asked))

    assert ended.returncode == 0, ended.stderr


def test_the_names_of_the_request_are_those_of_buf_curl(reader):
    words = shlex.split(ASK)
    curl = shlex.split(line_of(".venv/bin/buf curl"))

    assert json.loads(words[words.index("--data") + 1]) == json.loads(curl[curl.index("--data") + 1])
    assert curl[-1].endswith(CHECK)
