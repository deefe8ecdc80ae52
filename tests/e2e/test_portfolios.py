"""A loan book is followed: what begins and ends to weigh on a borrower is asked about anew, told and acknowledged."""

from __future__ import annotations

import pytest
from e2e.batch_files import csv_file
from e2e.portfolios import HEADER, Portfolio
from e2e.reported import Listed
from e2e.served import body_of, new_party

from adapters.journal import Journal

pytestmark = pytest.mark.xdist_group("served")


def test_what_weighs_on_a_borrower_is_told_with_a_new_answer_and_then_that_it_ended(served, tmp_path):
    listed = Listed(served)
    portfolio = Portfolio(served, tmp_path, listed.uscc)

    assert portfolio.run() == 0
    began = portfolio.told()
    listed.revoked()
    assert portfolio.run() == 0
    ended = portfolio.told()[len(began) :]

    assert len(began) == len(ended) == 2, "a listing brings itself and the grade that follows from it"
    assert {(each["kind"], each["enterprise"], each["check"]["verdict"]) for each in began} == {
        ("BEGAN", listed.uscc, "CONDITIONAL")
    }
    assert {each["check"]["decisionPoint"] for each in began} == {"LENDING_RENEWAL"}
    assert {(each["kind"], each["ofSequence"]) for each in ended} == {("ENDED", each["sequence"]) for each in began}
    assert {each["check"]["verdict"] for each in ended} == {"CLEAR"}
    place = began[0]["check"]["auditPosition"]
    entry = served.entries(place["number"], place["writer"])[0]
    assert body_of(entry)["case"] == portfolio.contract
    assert portfolio.owed() == set()
    with Journal(portfolio.journal) as journal:
        assert journal.answer_to(began[0]["check"]["number"]).case_ref == portfolio.contract


def test_what_is_asked_after_an_event_is_for_the_purpose_of_the_settings(served, tmp_path):
    portfolio = Portfolio(served, tmp_path, Listed(served).uscc)
    text = portfolio.file.read_text(encoding="utf-8")
    named = text.replace('mode = "enforce"', 'mode = "enforce"\npurpose = "贷后管理"', 1)
    portfolio.file.write_text(named, encoding="utf-8")

    assert portfolio.run() == 0

    places = [each["check"]["auditPosition"] for each in portfolio.told()]
    asked = [body_of(served.entries(each["number"], each["writer"])[0]) for each in places]
    assert [each["purpose"] for each in asked] == ["贷后管理"] * 2


def test_running_it_again_registers_and_tells_nothing_twice(served, tmp_path, capsys):
    portfolio = Portfolio(served, tmp_path, Listed(served).uscc)
    assert portfolio.run() == 0
    before = portfolio.events.read_bytes()

    assert portfolio.run() == 0

    assert portfolio.events.read_bytes() == before
    assert "registered 0 new, 0 not" in capsys.readouterr().err


def test_a_journal_that_is_lost_registers_its_loans_once_more_and_is_told_everything(served, tmp_path):
    portfolio = Portfolio(served, tmp_path, Listed(served).uscc)
    portfolio.run()
    first = portfolio.told()
    for each in tmp_path.glob("lending.sqlite*"):
        each.unlink()
    portfolio.events.unlink()

    assert portfolio.run() == 0

    assert [each["sequence"] for each in portfolio.told()] == [each["sequence"] for each in first]


def test_a_loan_registered_with_another_borrower_is_named_and_stops_no_other(served, tmp_path, capsys):
    portfolio = Portfolio(served, tmp_path, Listed(served).uscc)
    portfolio.run()
    other = tmp_path / "other"
    other.mkdir()
    second = Portfolio(served, other, Listed(served).uscc)
    csv_file(
        second.loans, HEADER, (portfolio.contract, new_party().uscc, "续贷"), (second.contract, second.uscc, "续贷")
    )

    assert second.run() == 1

    assert "line 2 is not registered" in capsys.readouterr().err
    assert {each["kind"] for each in second.told()} == {"BEGAN"}


def test_an_event_of_a_case_that_another_system_registered_is_told_and_left_to_that_system(served, tmp_path):
    theirs = Portfolio(served, tmp_path, Listed(served).uscc)
    theirs.run()
    listed_owed = theirs.owed()
    other = tmp_path / "other"
    other.mkdir()
    ours = Portfolio(served, other, new_party().uscc)

    ours.run()

    text = ours.events.read_text(encoding="utf-8")
    assert theirs.contract in text
    assert '"because": "CASE_NOT_REGISTERED_HERE"' in text
    assert listed_owed == theirs.owed() == set()
    with Journal(ours.journal) as journal:
        assert not list(journal.watched.open())
