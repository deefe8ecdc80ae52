"""A policy file that is not understood stops the start, with file and key."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest

from gateway.domain.policy import BasisLevel
from gateway.domain.vocabulary import DecisionPoint, Effect, Trigger
from gateway.settings import ConfigurationError
from gateway.settings.policy_files import load_policy

FOLDER = Path(__file__).parents[2] / "config" / "policy"
DAY = date(2026, 11, 24)
GUARANTEE = "areas/guarantee.toml"
BIDDING, SHIYAN, NATIONAL = "areas/bidding.toml", "shiyan.toml", "national-2026.toml"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "policy"))


def edit(folder, file, before, after):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def refusal(folder, profile="shiyan", on=DAY):
    with pytest.raises(ConfigurationError) as caught:
        load_policy(folder, profile, on)
    return caught.value


@pytest.mark.parametrize(
    ("file", "before", "after", "key", "reason"),
    [
        (BIDDING, 'point = "BIDDING_AWARD"', 'point = "BIDDING_AWARDS"', "point[4].point", "not known"),
        (BIDDING, 'point = "BIDDING_AWARD"', 'point = "LENDING_RENEWAL"', "point[4].point", "no point of BIDDING"),
        (BIDDING, 'point = "BIDDING_AWARD"', 'point = "BIDDING_CONTRACT"', "point[5].point", "stands twice"),
        (BIDDING, "late = false", 'late = "no"', "point[0].late", "must be of type bool"),
        (BIDDING, "needs = []", 'needs = ["fund_kind"]', "point[0].needs", "no case fact of BIDDING"),
        (BIDDING, "needs = []\n", "", "point[0].needs", "must be a list of strings"),
        (BIDDING, '"LISTED_PERSON"', '"LISTED_PEOPLE"', "row[0].triggers", "not known"),
        (BIDDING, '"LISTED_PERSON"', '"LISTING"', "row[0].triggers", "names one twice"),
        (BIDDING, '"LISTED_PERSON"', '"GRADE_B"', "row[0].triggers", "does not belong into this file"),
        (BIDDING, 'points = ["BIDDING_REGISTRATION"]', "points = []", "row[0].points", "at least one"),
        (BIDDING, 'points = ["BIDDING_REGISTRATION"]', 'points = ["REGISTRATION"]', "row[0].points", "not known"),
        (BIDDING, "step = 1", "step = 0", "row[0].step", "at least 1"),
        (BIDDING, "step = 1\n", "", "row[0].step", "is missing"),
        (BIDDING, "step = 1\n", "steps = 1\n", "row[0].step", "is missing"),
        (BIDDING, "step = 1\n", "step = 1\nnote = 1\n", "row[0].note", "not a known key"),
        (BIDDING, 'effect = "NOTICE"', 'effect = "NOTE"', "row[0].effect", "not known"),
        (BIDDING, '["R724/48"]', '["R724/999"]', "row[0].basis", "'R724/999' is not known"),
        (BIDDING, 'adopted_by = "bidding_supervision"', 'adopted_by = "nobody"', "row[0].adopted_by", "not known"),
        (BIDDING, 'adopted_by = "bidding_supervision"\n', "", "row[0].adopted_by", "is missing"),
        (BIDDING, 'instruction = "tell"', 'instruction = "shout"', "row[0].instruction", "not known"),
        (BIDDING, "must_be_tendered = true", "must_be_tendered = 1", "when[0].must_be_tendered", "type bool"),
        (BIDDING, "must_be_tendered = true", 'fund_kind = ["RELIEF"]', "when[0].fund_kind", "no case fact"),
        (BIDDING, "must_be_tendered = true", 'lot = "1"', "when[0].lot", "cannot be compared"),
        (BIDDING, "must_be_tendered = true", "must_be = true", "when[0].must_be", "not a known key"),
        (BIDDING, "{ must_be_tendered = true }", "{ }", "row[3].when", "without a criterion"),
        (BIDDING, '"NEW_PROJECTS_LIMITED"', '"ANYTHING"', "when[0].ground_restriction", "not known"),
        (BIDDING, 'effect = "BLOCK"', 'effect = "BLOCK"\nbasis_contested = true', "A-30/TR1/qualification_review",
         "carries basis_contested"),
        (BIDDING, "weighed_at_cutoff = true", "weighed_at_cutoff = false", "when[0].weighed_at_cutoff", "only be true"),
        (BIDDING, ", weighed_at_cutoff = true }, {", " }, {", "A-30/TR1/qualification_review",
         "what came after the cut-off gives REVIEW"),
        (BIDDING, '"state_funds", "form"]', '"state_funds", "cutoff_at"]', "point[1].needs", "goes with cutoff_rule"),
        ("areas/qualification.toml", "ground_malicious = true", "weighed_at_cutoff = true", "when[0].weighed_at_cutoff",
         "QUALIFICATION has no cut-off"),
        ("areas/funding.toml", '["NEW_GRANT"]', '["OLD_GRANT"]', "when[0].fund_kind", "not known"),
        (GUARANTEE, 'kind = "WAGE_DEPOSIT"', 'kind = "WAGES"', "row[0].security.kind", "not known"),
        (GUARANTEE, "cap_basis_points = 200", "cap_basis_points = 300", "A-50/TR1/tender_document/3",
         "200 basis points"),
        ("areas/licensing.toml", 'letters = ["A"]', 'letters = ["B"]', "G-05/A-40", "only grade A"),
        (SHIYAN, 'letters = ["A"]', 'letters = ["E"]', "incentive[0].letters", "not known"),
        (GUARANTEE, "surcharge_percent = 100", "surcharge_percent = 99", "A-50/TR1/tender_document", "at least 100 %"),
        (GUARANTEE, "surcharge_percent = 50", "surcharge_percent = 49", "A-50/TR7/tender_document", "at least 50 %"),
        (GUARANTEE, 'rule_id = "D-04"', 'rule_id = "D-04"\nletters = ["A"]', "incentive[1].letters", "not a known key"),
        (GUARANTEE, "# rate_basis_points = 200 ", "rate_basis_points = 301 #", ".rate_basis_points", "100 to 300"),
        (GUARANTEE, "# rate_basis_points = 200 ", "rate_basis_points = 99 #", ".rate_basis_points", "100 to 300"),
        (GUARANTEE, "area_digits = 4 ", "area_digits = 5 ", ".area_digits", "2 (province), 4 (city) or 6 (county)"),
        (GUARANTEE, "# project_cap_fen = 500_000_000 ", "project_cap_fen = 0 #", ".project_cap_fen", "least 1"),
        (GUARANTEE, "small_contract_fen = 300_000_000", "small_contract_fen = 0", ".small_contract_fen", "least 1"),
        (GUARANTEE, "[deposit]", "[deposits]", "deposit", "is missing"),
        ("areas/qualification.toml", 'before = "application_date"', 'before = "application_kind"',
         "when[0].ground_since.before", "no date"),
        ("areas/qualification.toml", "age_months_at_most = 12", "age_months_at_most = 0",
         "when[0].ground_since.age_months_at_most", "at least 1"),
        ("areas/licensing.toml", 'effect = "REVIEW"', 'effect = "BLOCK"', "A-40/TR1/decision", "never blocks"),
        ("areas/lending.toml", 'effect = "REVIEW"', 'effect = "BLOCK"', "A-70/TR1/approval", "never blocks"),
        (SHIYAN, '{ within = "4203" }', '{ within = "420" }', "when[0].project_region.within", "2, 4 or 6 digits"),
        (SHIYAN, '"GRADE_B", "GRADE_C"', '"GRADE_B", "PENALTY"', "row[0].triggers", "does not belong"),
        (SHIYAN, 'points = ["FUNDING_WAGE_PAYMENT"]', 'points = ["FUNDING_WAGE_PAYMENT", "LENDING_WAGE_ACCOUNT"]',
         "row[2].points", "of one area"),
        (SHIYAN, 'recovery = "automatic"', 'recovery = "never"', "grades.shiyan-15333.recovery", "not known"),
        (SHIYAN, "complaint_threshold = 6", "complaint_threshold = 0", "15333.complaint_threshold", "at least 1"),
        (SHIYAN, "window_months = 24", "window_months = 24.0", "grades.shiyan-15333.window_months", "type int"),
        (SHIYAN, 'grade_scheme = "shiyan-15333"', 'grade_scheme = "15333"', "grade_scheme", "not known"),
        (SHIYAN, "[grades.national-2016]", "[grades.national-2026]", "grades.national-2016", "is missing"),
        (SHIYAN, 'evaluated_on = "01-01"', 'evaluated_on = "02-29"', "evaluated_on", "of every year"),
        (SHIYAN, 'evaluated_on = "01-01"', 'evaluated_on = "1-1"', "evaluated_on", "of every year"),
        (SHIYAN, "conviction_years = 3", "conviction_years = 0", "parameters.conviction_years", "at least 1"),
        (SHIYAN, 'valid_from = "2021-01-01"', 'valid_from = "2021-1-1"', "document[0].valid_from", "YYYY-MM-DD"),
        (SHIYAN, 'level = "LOCAL_NORMATIVE"', 'level = "LOCAL"', "document[0].level", "not known"),
        (SHIYAN, 'key = "S15333"', 'key = "OTHER"', "row[0].basis", "'S15333/uses' is not known"),
        (SHIYAN, "local_normative = true", "local_normative = false", "header", "belongs to a profile"),
        (SHIYAN, 'version = "2026-11"', 'version = " "', "version", "must not be empty"),
        ("legal_basis.toml", "GRADE_B = []", 'GRADE_B = ["X/1"]', "triggers.GRADE_B", "not known"),
        ("legal_basis.toml", "GRADE_B = []\n", "", "triggers.GRADE_B", "must be a list"),
        ("legal_basis.toml", 'articles = ["5", "9", "10"]', 'articles = ["5", "9", "10", "5"]', "document[1].articles",
         "stands twice"),
        ("legal_basis.toml", 'title_zh = "中华人民共和国刑法"', 'title_zh = ""', "document[7].title_zh", "empty"),
        ("national_list.toml", "\nloaded = false", "\nloaded = true", "document", "must be an array of tables"),
        ("texts.toml", "[instruction.tell]\nzh", "[instruction.tell]\nch", "instruction.tell.zh", "is missing"),
        ("texts.toml", "[ends_by.LISTING]", "[ends_by.LISTINGS]", "ends_by.LISTING", "is missing"),
        ("texts.toml", "[ends_by.GRADE_B.national-2016]", "[ends_by.GRADE_B.national]",
         "ends_by.GRADE_B.national-2016", "is missing"),
        ("texts.toml", "[remedy.LISTING]", "[remedy.LISTING.more]", "remedy.LISTING.zh", "is missing"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_in_one_place_is_refused_by_name(folder, file, before, after, key, reason):
    edit(folder, file, before, after)

    error = refusal(folder)

    assert error.file == file
    assert error.key.endswith(key)
    assert reason in error.reason


@pytest.mark.parametrize(
    ("file", "before", "table"),
    [
        (SHIYAN, "grade_scheme =", ""),
        (SHIYAN, "window_months =", "grades.shiyan-15333."),
        (SHIYAN, "evaluated_on =", "grades.national-2016."),
        (SHIYAN, "conviction_years =", "parameters."),
        (SHIYAN, "reviewer =", "header."),
        (SHIYAN, "level =", "document[0]."),
        (SHIYAN, "held_months =", "incentive[0]."),
        (BIDDING, "[[point]]", ""),
        (BIDDING, "needs =", "point[0]."),
        ("legal_basis.toml", "LISTING =", "triggers."),
        ("legal_basis.toml", "[triggers]", ""),
        ("national_list.toml", "\nloaded =", ""),
        ("texts.toml", "[adopted_by.finance]", ""),
        ("texts.toml", "zh =", "adopted_by.finance."),
    ],
)
def test_a_key_that_nobody_knows_is_refused_in_every_table(folder, file, before, table):
    line = before.lstrip("\n")
    edit(folder, file, before, f"{before.removesuffix(line)}colour = 1\n{line}")

    error = refusal(folder)

    assert (error.file, error.key, error.reason) == (file, f"{table}colour", "is not a known key")


@pytest.mark.parametrize(
    ("file", "before", "key"),
    [
        (GUARANTEE, "cap_basis_points = 0 }", "row[0].security.colour"),
        ("areas/qualification.toml", 'before = "application_date" }', "when[0].ground_since.colour"),
        (SHIYAN, 'within = "4203" }', "when[0].project_region.colour"),
        (BIDDING, "must_be_tendered = true }", "when[0].colour"),
    ],
)
def test_a_key_that_nobody_knows_is_refused_in_every_inline_table(folder, file, before, key):
    edit(folder, file, before, before.replace(" }", ", colour = 1 }"))

    error = refusal(folder)

    assert (error.file, error.reason) == (file, "is not a known key")
    assert error.key.endswith(key)


@pytest.mark.parametrize(
    "key", ["document", "document_number", "expires_on", "reviewer", "fair_competition_review_number"]
)
def test_the_local_profile_does_not_load_without_any_number_of_its_header(folder, key):
    path = folder / SHIYAN
    before, header = path.read_text(encoding="utf-8").split("[header]\n")
    kept = [line for line in header.splitlines(keepends=True) if not line.startswith(f"{key} = ")]
    path.write_text(f"{before}[header]\n{''.join(kept)}", encoding="utf-8")

    error = refusal(folder)

    assert (error.file, error.key, error.reason) == (SHIYAN, f"header.{key}", "is missing")


@pytest.mark.parametrize("key", ["document_number", "reviewer", "fair_competition_review_number"])
def test_an_empty_number_in_the_header_is_none(folder, key):
    path = folder / SHIYAN
    lines = path.read_text(encoding="utf-8").splitlines()
    emptied = [f'{key} = "  "' if line.startswith(f"{key} = ") else line for line in lines]
    path.write_text("\n".join(emptied), encoding="utf-8")

    assert (refusal(folder).key, refusal(folder).reason) == (f"header.{key}", "must not be empty")


def test_the_local_profile_does_not_load_without_its_header(folder):
    path = folder / SHIYAN
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[header]"), text.index("[[document]]")
    path.write_text(text[:start] + text[end:], encoding="utf-8")

    assert (refusal(folder).key, refusal(folder).reason) == ("header", "is missing")


def test_the_local_profile_loads_until_the_day_before_it_expires():
    assert load_policy(FOLDER, "shiyan", date(2027, 12, 31)).profile == "shiyan"

    error = refusal(FOLDER, on=date(2028, 1, 1))

    assert (error.file, error.key) == (SHIYAN, "header.expires_on")
    assert "expired on 2028-01-01" in error.reason
    assert load_policy(FOLDER, "national-2026", date(2028, 1, 1)).header is None


@pytest.mark.parametrize("profile", ["", "../policy/shiyan", "Shiyan", "shiyan.toml", "texts/"])
def test_a_name_that_is_none_is_refused(profile):
    assert refusal(FOLDER, profile).key == "profile"


def test_there_is_no_profile_but_those_with_a_file():
    assert refusal(FOLDER, "beijing").file == "beijing.toml"


@pytest.mark.parametrize("profile", ["texts", "national-list"])
def test_a_file_that_is_no_profile_is_refused(folder, profile):
    shutil.copy(folder / "national_list.toml", folder / "national-list.toml")

    assert refusal(folder, profile).reason == "is missing"


@pytest.mark.parametrize("file", [BIDDING, "texts.toml", "legal_basis.toml", "national_list.toml"])
def test_a_missing_or_broken_file_is_refused_by_name(folder, file):
    (folder / file).write_bytes(b"\xff\xfe")
    assert refusal(folder).file == file

    (folder / file).unlink()
    assert refusal(folder).file == file


def test_a_national_profile_cannot_block_by_grade(folder):
    edit(folder, NATIONAL, 'effect = "REVIEW"', 'effect = "BLOCK"')

    error = refusal(folder, "national-2026")

    assert (error.file, error.key) == (NATIONAL, "A-10/TR2/application")


def test_the_header_ends_its_document():
    policy = load_policy(FOLDER, "shiyan", DAY)

    assert policy.bases["S15333/uses"].valid_to == policy.header.expires_on == date(2028, 1, 1)
    assert policy.bases["S15333/uses"].level is BasisLevel.LOCAL_NORMATIVE
    assert policy.bases["R724/48"].valid_to is None


def test_an_article_that_ended_no_longer_blocks(folder):
    edit(folder, "legal_basis.toml", '"2020-05-01"', '"2020-05-01"\nvalid_to = "2026-12-01"')
    policy = load_policy(folder, "national-2026", DAY)
    row = policy.cell(Trigger.LISTING, DecisionPoint.BIDDING_AWARD)[0]

    assert policy.effective(row, date(2026, 11, 30)) == (Effect.BLOCK, False)
    assert policy.effective(row, date(2026, 12, 1)) == (Effect.REVIEW, True)


def test_a_loaded_national_list_adds_its_entries(folder):
    edit(
        folder,
        "national_list.toml",
        "\nloaded = false",
        '\nloaded = true\n[[document]]\nkey = "NBL"\nlevel = "STATE_POLICY"\ntitle_zh = "清单"\ntitle_en = "List"\n'
        'valid_from = "2025-01-01"\narticles = ["7"]',
    )

    assert load_policy(folder, "national-2026", DAY).bases["NBL/7"].may_block


def test_recovery_by_decision_is_a_key_of_the_profile(folder):
    edit(folder, SHIYAN, 'recovery = "automatic"', 'recovery = "by_decision"')
    policy = load_policy(folder, "shiyan", DAY)

    assert policy.grade_rules.recovery_by_decision is True


def test_the_digest_is_that_of_all_files_read():
    files = ["legal_basis.toml", "national_list.toml", "shiyan.toml", "texts.toml"]
    files += [f"areas/{path.name}" for path in (FOLDER / "areas").iterdir()]
    lines = [f"{hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(files)]

    assert len(files) == 13
    assert load_policy(FOLDER, "shiyan", DAY).digest == hashlib.sha256("".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("file", [BIDDING, SHIYAN, "texts.toml", "legal_basis.toml", "national_list.toml"])
def test_a_comment_changes_the_digest(folder, file):
    before = load_policy(folder, "shiyan", DAY).digest
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write("# checked\n")

    assert load_policy(folder, "shiyan", DAY).digest != before


def test_another_profile_does_not_change_the_digest(folder):
    before = load_policy(folder, "shiyan", DAY).digest
    (folder / NATIONAL).unlink()

    assert load_policy(folder, "shiyan", DAY).digest == before


def test_a_file_of_no_area_is_refused_for_it_would_not_count(folder):
    (folder / "areas" / "travel.toml").write_text("", encoding="utf-8")

    assert refusal(folder).file == "areas/travel.toml"
