"""Which headers and words a batch file may have: what does not fit the contract or the area is named."""

from __future__ import annotations

import pytest
from batch_samples import SHIPPED, rules_of

from adapters.errors import SettingsError
from adapters.files import columns


@pytest.mark.parametrize("name", ["awards", "funding", "lending"])
def test_what_is_shipped_can_be_used_and_has_a_word_for_every_point(name):
    rules = rules_of(name)

    found = columns.load(SHIPPED / f"{name}.toml", rules)

    assert len(found.values["point"]) == len(rules.points)
    assert {"uscc", "case_ref", "officer", "point", "name"} <= found.headers.keys()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('title = "', 'titel = "', "titel: unknown key"),
        ('facts = "funding"', 'facts = "loans"', "facts: a message of CaseFacts"),
        ('part = ["子项目", "part"]', 'parts = ["子项目"]', "columns.parts: unknown key"),
        ('case_ref = ["申报编号", "项目编号", "case_ref"]', "", "columns.case_ref: it is required"),
        ('"项目编号"', '"企业名称"', "企业名称 stands for two things"),
        ('officer = ["经办人", "officer"]', 'officer = "经办人"', "columns.officer: a list of headers"),
        ('officer = ["经办人", "officer"]', 'officer = ["经办人", ""]', "columns.officer: a list of headers"),
        ('"FUNDING_APPLICATION"', '"BIDDING_AWARD"', "values.point: BIDDING_AWARD is none of"),
        ('"FUND_KIND_RELIEF"', '"FUND_KIND_UNSPECIFIED"', "FUND_KIND_UNSPECIFIED is none of"),
        ('"facts.fund_kind" = ["资金类型", "fund_kind"]', '"facts.kind" = ["资金类型"]', "columns.facts.kind: unknown"),
        ("[values.point]", "[values.points]", "values.points: unknown key"),
        ('"申报" = "FUNDING_APPLICATION"', '"申报" = 7', "values.point: a table of texts"),
        ("[columns]", "[columns", "at the end of a table"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, old, new, why):
    text = (SHIPPED / "funding.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "funding.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(SettingsError, match=why):
        columns.load(path, rules_of("funding"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"none\.toml"):
        columns.load(tmp_path / "none.toml", rules_of("awards"))
