"""What a change of the policy means: the cells that give another effect, what is said otherwise, and nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from shipped_policy import NATIONAL, SHIYAN, policy

from gateway.cli.main import main
from gateway.domain.conditions import AgeAtMost, AnyOf, Condition
from gateway.domain.policy_diff import difference
from gateway.domain.policy_lint import POINTS
from gateway.domain.vocabulary import DecisionPoint, Effect, GradeLetter, Trigger

SHIPPED = Path(__file__).parents[2] / "config" / "policy"
DAY = "2026-11-30"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "policy"))


def edit(folder, file, before, after):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def with_row(rule_id, profile=NATIONAL, **values):
    rules = policy(profile)
    assert rule_id in {row.rule_id for row in rules.rows}
    return replace(rules, rows=tuple(replace(r, **values) if r.rule_id == rule_id else r for r in rules.rows))


def told(found):
    return [(each.trigger.name, each.point.name, each.before.effect.name, each.after.effect.name) for each in found]


@pytest.mark.parametrize("profile", [SHIYAN, NATIONAL])
def test_a_policy_differs_in_nothing_from_itself(profile):
    rules = policy(profile)

    assert difference(rules, replace(rules, version="later", digest="0" * 64)).same


def test_one_effect_is_one_cell_and_nothing_else():
    found = difference(policy(NATIONAL), with_row("A-70/TR1/approval", effect=Effect.NOTICE))

    assert told(found.effects) == [("LISTING", "LENDING_APPROVAL", "REVIEW", "NOTICE")]
    assert not found.effects[0].stronger
    assert found.others == ()


def test_a_condition_that_is_wider_is_told_where_another_row_now_applies():
    rules = policy(NATIONAL)
    first = rules.cell(Trigger.CONVICTION, DecisionPoint.PROCUREMENT_RESULT)[0]
    narrow = Condition(tuple(tests | {AgeAtMost(12)} for tests in first.when.alternatives))

    found = difference(rules, with_row(first.rule_id, when=narrow))

    assert {(each.before.rule_id, each.after.rule_id) for each in found.effects} == {
        (first.rule_id, "A-20/TR6/result/2")
    }
    assert {each.trigger for each in found.effects} == {Trigger.CONVICTION}
    assert {each.point for each in found.effects} == {DecisionPoint.PROCUREMENT_RESULT}


def test_a_condition_that_is_written_otherwise_and_means_the_same_is_no_change():
    rules = policy(NATIONAL)
    row = next(r for r in rules.rows if len(r.when.alternatives) > 1)
    turned = Condition(tuple(reversed(row.when.alternatives)))

    assert rules.rows != with_row(row.rule_id, when=turned).rows
    assert difference(rules, with_row(row.rule_id, when=turned)).same


@pytest.mark.parametrize("key", ["basis", "adopted_by", "instruction", "ends_by", "remedy"])
def test_what_a_row_says_beside_its_effect_is_told_by_field(key):
    rules = policy(NATIONAL)
    row = rules.cell(Trigger.LISTING, DecisionPoint.LENDING_APPROVAL)[0]
    other = ("R724/47",) if key == "basis" else replace(getattr(row, key), en="otherwise")

    found = difference(rules, with_row(row.rule_id, **{key: other}))

    assert found.effects == ()
    (change,) = found.others
    assert (change.subject, change.name, change.field) == ("row", row.rule_id, key)
    assert (change.before, change.after) == (getattr(row, key), other)


def test_an_article_that_ends_comes_or_goes_is_told_by_itself():
    rules = policy(NATIONAL)
    ended = replace(rules.bases["R724/48"], valid_to=date(2027, 1, 1))
    fresh = replace(rules.bases["R724/48"], article="481")
    unused = next(key for key in rules.bases if not any(key in row.basis for row in rules.rows))
    bases = {key: basis for key, basis in rules.bases.items() if key != unused}
    bases |= {"R724/48": ended, "R724/481": fresh}

    found = difference(rules, replace(rules, bases=bases))

    assert found.effects == ()
    assert {(each.subject, each.name, each.field, each.after) for each in found.others} == {
        ("article", "R724/48", "valid_to", date(2027, 1, 1)),
        ("article", "R724/481", "", fresh),
        ("article", unused, "", None),
    }


def test_what_a_point_needs_an_incentive_a_deposit_and_a_method_are_told():
    rules = policy(SHIYAN)
    point = rules.points[DecisionPoint.LENDING_APPROVAL]
    first = rules.incentives[0]
    after = replace(
        rules,
        points={**rules.points, point.point: replace(point, late=True)},
        incentives=(replace(first, letters=frozenset({GradeLetter.B})), *rules.incentives[1:]),
        deposits=replace(rules.deposits, rate_basis_points=150),
        grade_rules=replace(rules.grade_rules, complaint_threshold=5),
        header=replace(rules.header, expires_on=date(2029, 1, 1)),
    )

    found = difference(rules, after)

    assert found.effects == ()
    assert [(each.subject, each.field, each.after) for each in found.others] == [
        ("point", "late", True),
        ("incentive", "letters", frozenset({GradeLetter.B})),
        ("deposit", "rate_basis_points", 150),
        ("grades", "complaint_threshold", 5),
        ("header", "expires_on", date(2029, 1, 1)),
    ]


def test_a_case_fact_that_a_point_newly_needs_is_told():
    rules = policy(NATIONAL)
    row = rules.cell(Trigger.LISTING, DecisionPoint.BIDDING_REGISTRATION)[-1]
    first = replace(row, when=Condition((frozenset({AnyOf("state_funds", frozenset({True}))}),)))
    second = replace(row, rule_id=f"{row.rule_id}/2", step=2)
    rows = tuple(each for each in rules.rows if each != row)

    found = difference(rules, replace(rules, rows=(*rows, first, second)))

    assert ("BIDDING_REGISTRATION", "case_facts") in {(each.name, each.field) for each in found.others}


def test_between_the_profiles_only_grades_weigh_otherwise():
    found = difference(policy(SHIYAN), policy(NATIONAL))

    assert {each.trigger for each in found.effects} == {Trigger.GRADE_B, Trigger.GRADE_C}
    assert not any(each.stronger for each in found.effects if each.before.effect is Effect.BLOCK)
    assert {each.name for each in found.others if each.subject == "row"} <= {
        row.rule_id for row in policy(NATIONAL).rows if row.trigger in {Trigger.GRADE_B, Trigger.GRADE_C}
    }
    assert ("grades", "grade_scheme") in {(each.subject, each.name) for each in found.others}


def test_each_cell_alone_is_found_whichever_it_is():
    for point in POINTS:
        row = policy(NATIONAL).cell(Trigger.LISTING, point)[-1]
        other = Effect.NOTICE if row.effect is not Effect.NOTICE else Effect.NONE

        found = difference(policy(NATIONAL), with_row(row.rule_id, effect=other))

        assert {each.point for each in found.effects} == {point}
        assert {each.after.rule_id for each in found.effects} == {row.rule_id}


def test_the_command_names_each_cell_and_ends_with_four(folder, capsys):
    edit(folder, "areas/lending.toml", 'effect = "NOTICE"', 'effect = "REVIEW"')

    assert main(["policy", "diff", str(SHIPPED), str(folder), "--on", DAY, "--json"]) == 4
    compared = json.loads(capsys.readouterr().out)["profiles"]
    assert [each["to"]["profile"] for each in compared] == ["national-2026", "shiyan"]
    for each in compared:
        assert each["others"] == []
        assert ("PENALTY", "LENDING", "LENDING_APPROVAL", "NOTICE", "REVIEW") in {
            (cell["trigger"], cell["area"], cell["point"], cell["from"], cell["to"]) for cell in each["cells"]
        }
        assert {cell["area"] for cell in each["cells"]} == {"LENDING"}


def test_the_command_says_in_both_languages_what_goes_where(folder, capsys):
    edit(folder, "areas/lending.toml", 'effect = "NOTICE"', 'effect = "REVIEW"')

    assert main(["policy", "diff", str(SHIPPED), str(folder), "--profile", "shiyan", "--on", DAY]) == 4
    said = capsys.readouterr().out
    assert "行政处罚 penalty  @  融资贷款·贷款审批 LENDING_APPROVAL" in said
    assert "提示 NOTICE → 重点审查 REVIEW  (更严 stronger)" in said
    assert "national-2026" not in said


def test_a_comment_changes_no_answer_and_the_same_files_are_the_same(folder, capsys):
    assert main(["policy", "diff", str(SHIPPED), str(folder), "--on", DAY]) == 0
    assert "相同 identical" in capsys.readouterr().out
    edit(folder, "areas/lending.toml", "[[point]]", "# read again\n[[point]]")

    assert main(["policy", "diff", str(SHIPPED), str(folder), "--on", DAY]) == 0
    assert "no answer changes" in capsys.readouterr().out


def test_two_profiles_are_compared_by_their_files(capsys):
    old, new = SHIPPED / "shiyan.toml", SHIPPED / "national-2026.toml"

    assert main(["policy", "diff", str(old), str(new), "--on", DAY, "--json"]) == 4
    (compared,) = json.loads(capsys.readouterr().out)["profiles"]
    assert (compared["from"]["profile"], compared["to"]["profile"]) == ("shiyan", "national-2026")
    assert {cell["trigger"] for cell in compared["cells"]} == {"GRADE_B", "GRADE_C"}


def test_a_profile_that_only_one_folder_has_is_told(folder, capsys):
    (folder / "national-2026.toml").unlink()

    assert main(["policy", "diff", str(SHIPPED), str(folder), "--on", DAY, "--json"]) == 4
    told_of = json.loads(capsys.readouterr().out)
    assert (told_of["profiles_removed"], told_of["profiles_added"]) == (["national-2026"], [])


def test_a_policy_that_is_unsound_is_refused_and_not_compared(folder, capsys):
    edit(folder, "areas/lending.toml", 'effect = "REVIEW"', 'effect = "BLOCK"')

    assert main(["policy", "diff", str(SHIPPED), str(folder), "--on", DAY]) == 1
    assert "areas/lending.toml: A-70/" in capsys.readouterr().err
    assert main(["policy", "diff", str(SHIPPED), str(folder / "texts.toml")]) == 1
    assert "is no profile's file" in capsys.readouterr().err
