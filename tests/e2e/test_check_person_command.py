"""``jsg check-person``, as an officer types it: the number comes by a file or standard input, and is shown nowhere."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from e2e.asking_persons import ask, asking, listed_person
from plain_numbers import resident

pytestmark = pytest.mark.xdist_group("served")

TENDER = ("--area", "bidding", "--point", "award", "--case", "C-74", "--officer", "officer-7")
FACTS = ("project_region=420302", "must_be_tendered=true", "state_funds=true", "form=SINGLE", "cutoff_rule=NOT_FIXED")
TENDERED = (*TENDER, *(word for fact in FACTS for word in ("--fact", fact)))
LOAN = ("--area", "lending", "--point", "approval", "--case", "C-75", "--purpose", "贷款审批")


@pytest.fixture(scope="module")
def listed(served):
    person, _, revision = listed_person(served, 74_001)
    assert ask(served, asking(person), revision=revision).decision.measures
    return person


def jsg(served, *words, typed=""):
    """Run ``jsg check-person`` with *typed* at its standard input; return its exit code and all that it said."""
    place = ["--config", served.place.config, "--state", served.place.state, "--address", f"127.0.0.1:{served.port}"]
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, [*place, "check-person", *words])],
        capture_output=True,
        check=False,
        timeout=60,
        input=typed.encode(),
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_from_standard_input_it_is_conditional_and_confirmed_it_is_restricted(served, listed):
    code, said = jsg(served, *TENDERED, "--name", listed.name, typed=f"{listed.document_number}\n")
    assert code == 4
    for part in (
        "附条件 CONDITIONAL",
        "EXACT: 证件相符",
        "REVIEW — LISTING",
        "OFFICER_CONFIRMS: 承办人员确认",
        "PIPL art. 24",
    ):
        assert part in said
    assert listed.document_number not in said
    assert listed.name not in said
    position = next(line for line in said.splitlines() if "recorded" in line).split()[-1]

    confirm = ("--confirm", position, "--confirmed-by", "officer-8")
    code, said = jsg(served, *TENDERED, *confirm, typed=listed.document_number)
    assert (code, "受限 RESTRICTED" in said, "BLOCK — LISTING" in said) == (3, True, True)


def test_from_a_file_as_json_for_an_enterprise_it_is_a_review(served, listed, tmp_path):
    file = tmp_path / "number.txt"
    file.write_text(f"\ufeff{listed.document_number}\r\n", encoding="utf-8")
    code, said = jsg(served, *TENDERED, "--document-file", file, "--capacity", "for-enterprise", "--json")
    answer = json.loads(said)
    assert (code, answer["decision"]["measures"][0]["trigger"]) == (4, "TRIGGER_LISTED_PERSON")


def test_whom_nothing_names_is_clear(served):
    code, said = jsg(served, *TENDERED, typed=resident(74_002))
    assert (code, "NONE: 此环节无记录" in said) == (0, True)


def test_the_sample_citys_listed_person_can_be_asked_about_without_its_number(served):
    code, said = jsg(served, *TENDERED, "--sample")
    assert (code, "OFFICER_CONFIRMS" in said) == (4, True)
    assert "420399" not in said.replace(served.city.example("listed").uscc, "")


def test_a_bank_says_the_consent(served, listed):
    code, said = jsg(served, *LOAN, typed=listed.document_number)
    assert (code, "AUTHORIZATION_MISSING" in said) == (1, True)
    consent = ("--consent", "授信1号", "--signed-on", "2026-01-05", "--expires-on", "2099-12-31")
    code, said = jsg(served, *LOAN, *consent, typed=listed.document_number)
    assert (code, "REVIEW — LISTING" in said) == (4, True)


@pytest.mark.parametrize(
    ("words", "typed", "complaint"),
    [
        ((), "", "the number of the document is one line"),
        (("--document-file", "no-such-file"), "", "no-such-file: cannot be read"),
        (("--confirm", "gw1-0/x/00"), resident(74_003), "--confirm: is not WRITER/NUMBER/LEAF"),
        (("--confirmed-by", "officer-8"), resident(74_003), "--confirm is required"),
        (("--as-of", "tomorrow"), resident(74_003), "--as-of"),
        ((resident(74_003),), "", "unrecognized arguments: 420***"),
    ],
)
def test_what_is_typed_wrongly_is_a_usage_error_that_shows_no_number(served, words, typed, complaint):
    code, said = jsg(served, *TENDERED, *words, typed=typed)
    assert code == 2
    assert complaint in said
    assert resident(74_003) not in said


def test_a_file_of_several_lines_is_no_number(served, tmp_path):
    file = tmp_path / "numbers.txt"
    file.write_text(f"{resident(74_003)}\n{resident(74_004)}\n", encoding="utf-8")
    code, said = jsg(served, *TENDERED, "--document-file", file)
    assert (code, "one line" in said, resident(74_004) in said) == (2, True, False)
