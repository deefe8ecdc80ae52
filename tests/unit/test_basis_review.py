"""Every legal basis is reviewed once a year (X-05): none loads without its day, and what is due is only told."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from shipped_policy import policy as policy_of

from gateway.cli import doctor_bases
from gateway.cli.main import main
from gateway.domain.basis_review import BasisReviews, documents_of, report
from gateway.domain.vocabulary import Effect
from gateway.settings import ConfigurationError
from gateway.settings.reviews_file import load_reviews

CONFIG = Path(__file__).parents[2] / "config"
SHIPPED = CONFIG / "policy" / "reviews.toml"
DAY = date(2026, 11, 30)
PROFILES = ("shiyan", "national-2026")


def reviewed(day: date, document: str = "R724") -> BasisReviews:
    return BasisReviews("法规科", {document: day})


@pytest.fixture
def written(tmp_path):
    """Writes a file of reviews and reads it for R724 and O45."""

    def read(text, documents=("R724", "O45")):
        file = tmp_path / "reviews.toml"
        file.write_text(text, encoding="utf-8")
        return load_reviews(file, documents)

    return read


@pytest.fixture
def config(tmp_path):
    """A copy of the configuration whose review of one document lies more than a year back."""
    shutil.copytree(CONFIG, tmp_path / "config")
    file = tmp_path / "config" / "policy" / "reviews.toml"
    file.write_text(re.sub(r"^O45 = .*$", 'O45 = "2025-01-31"', file.read_text(encoding="utf-8"), flags=re.MULTILINE))
    return tmp_path / "config"


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 11, 24), date(2027, 11, 24)),
        (date(2027, 3, 1), date(2028, 3, 1)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_the_next_review_is_due_a_year_later_and_is_due_from_that_day_on(day, following):
    reviews = reviewed(day)

    assert reviews.next_review("R724") == following
    assert reviews.due(["R724"], following - timedelta(days=1)) == ()
    assert reviews.due(["R724"], following) == ("R724",)
    assert reviews.due(["R724"], following + timedelta(days=1)) == ("R724",)


def test_the_first_of_the_next_reviews_counts_and_of_no_document_none():
    reviews = BasisReviews("法规科", {"R724": date(2026, 5, 1), "O45": date(2026, 4, 30), "BL": date(2020, 1, 1)})

    assert reviews.first(["R724", "O45"]) == date(2027, 4, 30)
    assert reviews.first([]) is None


@pytest.mark.parametrize("profile", PROFILES)
def test_every_basis_that_is_shipped_has_the_day_of_its_review(profile):
    policy = policy_of(profile)
    reviews = load_reviews(SHIPPED, documents_of(policy))

    assert set(reviews.reviewed_on) >= {basis.document for basis in policy.bases.values()}
    assert not [row for row in report(policy, reviews, DAY) if row.due]


def test_no_day_stands_in_the_file_for_a_document_that_no_profile_holds():
    held = {document for profile in PROFILES for document in documents_of(policy_of(profile))}

    assert set(load_reviews(SHIPPED, held).reviewed_on) == held


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('reviewer = "x"\n[reviewed_on]\nR724 = "2026-01-01"', "reviewed_on.O45", "is missing"),
        ('reviewer = "x"\n[reviewed_on]\nR724 = "2026-02-30"\nO45 = "2026-01-01"', "reviewed_on.R724", "2026-02-30"),
        ('reviewer = "x"\n[reviewed_on]\nR724 = 2026-01-01\nO45 = "2026-01-01"', "reviewed_on.R724", "type str"),
        ('reviewer = "x"\n[reviewed_on]\nR724 = "2026-01-01"\nO45 = "2026-01-01"\nBL = ""', "reviewed_on.BL", ""),
        ('reviewer = " "\n[reviewed_on]\nR724 = "2026-01-01"\nO45 = "2026-01-01"', "reviewer", "empty"),
        ('[reviewed_on]\nR724 = "2026-01-01"\nO45 = "2026-01-01"', "reviewer", "is missing"),
        ('reviewer = "x"', "reviewed_on", "is missing"),
        ('reviewer = "x"\nreviewd = 1\n[reviewed_on]\nR724 = "2026-01-01"', "reviewd", "not a known key"),
        ("reviewer", "-", ""),
    ],
)
def test_a_basis_without_a_day_is_refused_by_the_name_of_its_key(written, text, key, reason):
    with pytest.raises(ConfigurationError) as refused:
        written(text)

    assert (refused.value.file, refused.value.key) == ("reviews.toml", key)
    assert reason in refused.value.reason


def test_a_review_of_today_is_taken_and_so_is_that_of_another_profiles_document(written):
    reviews = written('reviewer = "x"\n[reviewed_on]\nR724 = "2026-11-30"\nO45 = "2026-01-01"\nS15333 = "2026-01-01"')

    assert reviews.reviewed_on["R724"] == DAY
    assert reviews.due(["S15333"], date(2027, 1, 1)) == ("S15333",)


def test_a_review_that_lies_ahead_is_none_and_hinders_no_start(written):
    reviews = written('reviewer = "x"\n[reviewed_on]\nR724 = "2026-12-01"\nO45 = "2026-01-01"')

    assert reviews.due(["R724", "O45"], DAY) == ("R724",)
    assert reviews.due(["R724"], date(2026, 12, 1)) == ()


@pytest.mark.parametrize("profile", PROFILES)
def test_the_report_says_of_every_document_what_rests_on_it(profile):
    policy = policy_of(profile)
    rows = report(policy, load_reviews(SHIPPED, documents_of(policy)), date(2027, 11, 24))

    assert [key for row in rows for key in (f"{row.document}/{each}" for each in row.articles)] == list(policy.bases)
    assert all(row.due for row in rows)
    for row in rows:
        own = [each for each in policy.rows if any(key.split("/")[0] == row.document for key in each.basis)]
        assert row.rows == sum(each.effect is not Effect.NONE for each in own)
        assert row.blocks == sum(each.effect is Effect.BLOCK for each in own) <= row.rows
        assert row.incentives == sum(any(k.split("/")[0] == row.document for k in i.basis) for i in policy.incentives)
    blocking = {row.document for row in rows if row.blocks}
    assert {"R724"} <= blocking < {row.document for row in rows}


def test_a_row_without_an_effect_rests_on_nothing_though_it_names_an_article():
    policy = policy_of("national-2026")
    row = next(each for each in policy.rows if each.basis and each.effect is Effect.BLOCK)
    without = replace(row, effect=Effect.NONE)
    reviews = load_reviews(SHIPPED, documents_of(policy))
    told = [
        {each.document: (each.rows, each.blocks) for each in report(replace(policy, rows=rows), reviews, DAY)}
        for rows in ((row,), (without,))
    ]

    assert set(told[0].values()) == {(0, 0), (1, 1)}
    assert set(told[1].values()) == {(0, 0)}


def test_the_command_tells_what_is_due_and_ends_with_one(config, capsys):
    assert main(["--config", str(config), "policy", "review", "--due", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)

    assert [each["document"] for each in told["documents"]] == ["O45"]
    assert (told["documents"][0]["next_review"], told["documents"][0]["due"]) == ("2026-01-31", True)
    assert main(["--config", str(config), "policy", "review"]) == 1
    text = capsys.readouterr().out
    assert re.findall(r"^(\w+)  [A-Z_]+  应复核 DUE$", text, re.MULTILINE) == ["O45"]
    assert "2025-01-31 → 2026-01-31" in text


def test_a_configuration_without_the_day_of_a_basis_does_not_load(config, capsys):
    file = config / "policy" / "reviews.toml"
    file.write_text(re.sub(r"^LSR = .*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE))

    assert main(["--config", str(config), "policy", "review"]) == 1
    assert "reviews.toml: reviewed_on.LSR: is missing" in capsys.readouterr().err


def test_the_doctor_names_what_is_due_from_the_day_on_and_says_when_the_next_is():
    reviews = BasisReviews("法规科", {"R724": date(2026, 5, 1), "O45": date(2026, 4, 30)})
    both = ("R724", "O45")

    assert doctor_bases.found(reviews, both, date(2027, 4, 29))[1:] == (
        True,
        "2 documents reviewed, the next is due on 2027-04-30",
    )
    assert doctor_bases.found(reviews, both, date(2027, 4, 30))[1:] == (
        False,
        "1 of 2 are due for their yearly review: O45",
    )
