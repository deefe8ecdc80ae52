"""``jsg policy lint`` names everything that is wrong by file, row and key, and needs no gateway."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from gateway.cli.main import main

SHIPPED = Path(__file__).parents[2] / "config" / "policy"
DAY = "2026-11-30"
BIDDING, LENDING, LICENSING = "areas/bidding.toml", "areas/lending.toml", "areas/licensing.toml"
SHIYAN = "shiyan.toml"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "policy"))


def edit(folder, file, before, after, count=1):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(before) >= count
    path.write_text(text.replace(before, after, count), encoding="utf-8")


def linted(capsys, *words):
    code = main(["policy", "lint", *map(str, words), "--on", DAY, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_shipped_folder_is_sound_for_every_profile_in_it(capsys):
    code, told = linted(capsys, SHIPPED)

    assert code == 0
    assert [each["profile"] for each in told["profiles"]] == ["national-2026", "shiyan"]
    assert all(each["sound"] and each["cells"] == 22 * 33 <= each["rows"] for each in told["profiles"])
    assert told["faults"] == told["reviews_due"] == []


def test_every_fault_of_reading_is_named_and_not_the_first_alone(folder, capsys):
    edit(folder, BIDDING, "step = 1", "step = 0", 2)
    edit(folder, LICENSING, 'effect = "REVIEW"', 'effect = "REVUE"')
    edit(folder, "areas/awards.toml", "late = ", "let = ")

    code, told = linted(capsys, folder)

    assert code == 1
    found = [(each["file"], each["tables"], each["field"], each["profiles"]) for each in told["faults"]]
    both = ["national-2026", "shiyan"]
    assert (BIDDING, ["row[0]"], "step", both) in found
    assert (BIDDING, ["row[1]"], "step", both) in found
    assert ("areas/awards.toml", ["point[0]"], "late", both) in found
    assert [file for file, *_ in found].count(LICENSING) == 1
    assert [each["sound"] for each in told["profiles"]] == [False, False]


@pytest.mark.parametrize(
    ("file", "edited", "field", "found"),
    [
        (LICENSING, ('effect = "REVIEW"', 'effect = "BLOCK"'), "effect",
         ("A-40/TR1/decision", "LICENSING never blocks")),
        (LENDING, ('effect = "REVIEW"', 'effect = "BLOCK"'), "effect", ("A-70/TR1/approval", "LENDING never blocks")),
        ("areas/guarantee.toml", ("cap_basis_points = 200", "cap_basis_points = 300"), "security.cap_basis_points",
         ("A-50/TR1/tender_document/3", "the cap of BID_BOND is 200 basis points")),
        (SHIYAN, ("basis_contested = true\n", ""), "basis_contested",
         ("A-30/TR3/qualification_review",
          "a BLOCK on a local normative document carries basis_contested, and no other does")),
    ],
)  # fmt: skip
def test_what_the_law_forbids_is_named_by_its_row_and_key(folder, capsys, file, edited, field, found):
    edit(folder, file, *edited)

    code, told = linted(capsys, folder)

    assert code == 1
    fault = next(each for each in told["faults"] if (each["rule_id"], each["reason"]) == found)
    assert (fault["file"], fault["field"]) == (file, field)
    (table,) = fault["tables"]
    row = tomllib.loads((folder / file).read_text(encoding="utf-8"))["row"][int(table[4:-1])]
    assert any(found[0].split("/")[2].upper() in point for point in row["points"])


@pytest.mark.parametrize(
    ("edited", "table", "field", "found"),
    [
        (('letters = ["A"]', 'letters = ["B"]'), "incentive[0]", "letters",
         ("G-05/A-40", "only grade A earns an incentive")),
        (("closed = false", "closed = true"), "point[0]", "closed",
         ("LICENSING_ACCEPTANCE", "exactly the two wage points are closed")),
    ],
)  # fmt: skip
def test_a_point_and_an_incentive_are_named_by_their_table(folder, capsys, edited, table, field, found):
    edit(folder, LICENSING, *edited)

    _, told = linted(capsys, folder)

    fault = next(each for each in told["faults"] if (each["rule_id"], each["reason"]) == found)
    assert (fault["file"], fault["tables"], fault["field"]) == (LICENSING, [table], field)


def test_a_block_that_rests_on_no_law_names_the_basis(folder, capsys):
    edit(folder, "legal_basis.toml", 'level = "ADMIN_REG"', 'level = "DEPT_RULE"')

    code, told = linted(capsys, folder / "national-2026.toml")

    assert code == 1
    assert {each["field"] for each in told["faults"]} == {"basis"}
    assert any(each["rule_id"] == "A-10/TR1/application" for each in told["faults"])


def test_a_cell_without_a_row_is_a_gap_of_its_file(folder, capsys):
    edit(folder, LICENSING, '"PENALTY"', '"PENALTY_"')
    text = (folder / LICENSING).read_text(encoding="utf-8")
    (folder / LICENSING).write_text(re.sub(r', "PENALTY_"|"PENALTY_", ', "", text), encoding="utf-8")

    code, told = linted(capsys, folder)

    assert code == 1
    assert {(each["file"], tuple(each["tables"]), each["field"]) for each in told["faults"]} == {
        (LICENSING, (), "triggers")
    }
    assert all(each["reason"].endswith("write NONE out") for each in told["faults"])


def test_each_missing_particular_of_the_local_profile_is_named_at_once(folder, capsys):
    for key in ("document_number", "expires_on", "reviewer", "fair_competition_review_number"):
        text = (folder / SHIYAN).read_text(encoding="utf-8")
        (folder / SHIYAN).write_text(re.sub(rf"^{key} = .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")

    code, told = linted(capsys, folder)

    assert code == 1
    assert [(each["file"], each["tables"], each["reason"]) for each in told["faults"]] == [
        (SHIYAN, ["header"], "is missing")
    ] * 4
    assert {each["field"] for each in told["faults"]} == {
        "document_number", "expires_on", "reviewer", "fair_competition_review_number"
    }  # fmt: skip
    assert [each["sound"] for each in told["profiles"]] == [True, False]


def test_an_expired_profile_is_found_on_its_day(folder, capsys):
    assert main(["policy", "lint", str(folder / SHIYAN), "--on", "2028-01-01", "--json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]

    assert (fault["tables"], fault["field"]) == (["header"], "expires_on")


def test_a_document_without_the_day_of_its_review_is_a_fault_and_a_day_long_past_is_due(folder, capsys):
    edit(folder, "reviews.toml", 'R724 = "2026-11-24"', 'R724 = "2025-11-29"')
    code, told = linted(capsys, folder)
    assert (code, told["faults"], told["reviews_due"]) == (4, [], ["R724"])

    edit(folder, "reviews.toml", 'LSR = "2026-11-24"\n', "")
    code, told = linted(capsys, folder)
    assert code == 1
    assert [(each["file"], each["tables"], each["field"]) for each in told["faults"]] == [
        ("reviews.toml", ["reviewed_on"], "LSR")
    ]


def test_a_profiles_file_stands_for_this_profile_and_another_file_for_itself(folder, capsys):
    edit(folder, SHIYAN, 'version = "', 'version = " ", was = "')
    edit(folder, SHIYAN, 'version = " ", was = "', 'was = "')
    edit(folder, BIDDING, "step = 1", "step = 0")

    code, told = linted(capsys, folder / "national-2026.toml")
    assert (code, [each["profile"] for each in told["profiles"]]) == (1, ["national-2026"])
    assert {each["file"] for each in told["faults"]} == {BIDDING}
    code, told = linted(capsys, folder / BIDDING)
    assert (code, {each["file"] for each in told["faults"]}) == (1, {BIDDING})
    code, told = linted(capsys, folder / LICENSING)
    assert (code, told["faults"]) == (0, [])


@pytest.mark.parametrize("path", ["nothing", "empty", "policy/areas/none.toml"])
def test_what_is_no_policy_is_refused_by_its_path(folder, capsys, path):
    (folder.parent / "empty").mkdir()

    assert main(["policy", "lint", str(folder.parent / path)]) == 1
    assert str(folder.parent / path) in capsys.readouterr().err


def test_in_words_it_names_file_row_key_and_rule(folder, capsys):
    edit(folder, LICENSING, 'effect = "REVIEW"', 'effect = "BLOCK"')

    assert main(["policy", "lint", str(folder), "--on", DAY]) == 1
    said = capsys.readouterr().out
    assert re.search(r"^方案 profile  shiyan  .*有误 FAULTS", said, re.MULTILINE)
    assert re.search(r"^areas/licensing\.toml  row\[\d+\]  effect  \[national-2026, shiyan\]$", said, re.MULTILINE)
    assert "A-40/TR1/decision: LICENSING never blocks" in said


def test_a_day_that_is_none_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["policy", "lint", "--on", "tomorrow"])

    assert ended.value.code == 2
    assert "--on" in capsys.readouterr().err
