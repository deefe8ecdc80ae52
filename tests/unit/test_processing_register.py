"""The register of processing: what is switched on has an assessment in date, or the gateway does not start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.bootstrap.config import load_config
from gateway.cli.main import main
from gateway.domain.agencies import Agency, Role
from gateway.domain.policy import LocalizedText
from gateway.domain.processing_register import (
    SWITCHED_ON_BY,
    Activity,
    Assessment,
    Processing,
    ProcessingRegister,
    RegisterError,
    duties_of,
)
from gateway.settings import ConfigurationError
from gateway.settings.processing_file import load_processing

CONFIG = Path(__file__).parents[2] / "config"
TEXT = LocalizedText("文", "text")
IN_DATE = Assessment("n", date(2026, 1, 1), date(2027, 1, 1))
BANKS = Activity(
    processing=Processing.NON_STATE,
    purpose=TEXT,
    legal_basis=("PIPL 23",),
    categories=("post",),
    sensitive=True,
    recipients=frozenset({Role.BANK}),
    retention=TEXT,
    security=TEXT,
    consent=TEXT,
    officer="post",
    assessment=IN_DATE,
)
DUTY = {Processing.NON_STATE: frozenset({Role.BANK})}


def register(*activities, months=36):
    return ProcessingRegister(TEXT, months, activities, "digest")


def agency(role):
    return Agency(agency_id="a", name_zh="a", name_en="a", role=role, territory="420300")


def fault(activity, today=date(2026, 6, 1), duty=None):
    with pytest.raises(RegisterError) as caught:
        register(*activity).require(duty or DUTY, today)
    return caught.value.activity, caught.value.key


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 12, 31)])
def test_an_assessment_is_in_date_from_its_day_until_the_day_before_its_review(today):
    register(BANKS).require(DUTY, today)


@pytest.mark.parametrize(
    ("today", "key"),
    [(date(2025, 12, 31), "assessment.assessed_on"), (date(2027, 1, 1), "assessment.next_review")],
)
def test_outside_these_days_the_start_is_refused(today, key):
    assert fault([BANKS], today) == ("non_state", key)


def test_what_is_switched_on_and_not_on_the_register_or_not_assessed_refuses_the_start():
    assert fault([]) == ("non_state", "activity")
    assert fault([replace(BANKS, assessment=None)]) == ("non_state", "assessment")


def test_a_role_that_the_register_does_not_name_as_recipient_refuses_the_start():
    duty = {Processing.REFERRAL: frozenset({Role.POLICE, Role.COURT})}
    referral = replace(BANKS, processing=Processing.REFERRAL, recipients=frozenset({Role.POLICE}), consent=None)
    assert fault([referral], duty=duty) == ("referral", "recipients")


def test_what_is_not_switched_on_needs_no_assessment():
    register(BANKS, replace(BANKS, processing=Processing.PLATFORM, assessment=None)).require(DUTY, date(2026, 6, 1))


def test_every_role_but_the_operator_switches_something_on():
    """Whoever is told of persons, or brings records of them; the operator sees nothing of anybody (R-03)."""
    assert set(Role) - set(SWITCHED_ON_BY) == {Role.OPERATOR}
    assert duties_of([]) == {Processing.KEEPING: frozenset()}
    for role, processing in SWITCHED_ON_BY.items():
        assert role in duties_of([agency(role)])[processing]


@pytest.mark.parametrize("granted", ["refer_cases", "approve_referrals"])
def test_a_grant_to_refer_or_to_approve_cases_switches_their_activity_on(granted):
    referring = replace(agency(Role.PRODUCER), fields=frozenset({granted}))
    duty = duties_of([referring])
    assert duty[Processing.REFERRAL] == {Role.PRODUCER}
    assert Processing.REFERRAL not in duties_of([agency(Role.PRODUCER)])
    assert fault([], duty={Processing.REFERRAL: duty[Processing.REFERRAL]}) == ("referral", "activity")
    assert duties_of([referring, agency(Role.COURT)])[Processing.REFERRAL] == {Role.PRODUCER, Role.COURT}


@pytest.mark.parametrize(
    ("activity", "key"),
    [
        (replace(BANKS, legal_basis=()), "legal_basis"),
        (replace(BANKS, categories=()), "categories"),
        (replace(BANKS, consent=None), "consent"),
        (replace(BANKS, assessment=Assessment("n", date(2026, 1, 1), date(2026, 1, 1))), "assessment.next_review"),
        (replace(BANKS, assessment=Assessment("n", date(2026, 1, 1), date(2029, 1, 2))), "assessment.next_review"),
    ],
)
def test_an_activity_that_says_too_little_is_none(activity, key):
    with pytest.raises(RegisterError, match=f"non_state: {key}"):
        register(activity)


def test_an_activity_stands_once_and_its_records_are_kept_three_years():
    with pytest.raises(RegisterError, match="twice"):
        register(BANKS, BANKS)
    with pytest.raises(RegisterError, match="at least 36"):
        register(BANKS, months=35)


def test_the_next_review_is_the_first_of_what_is_switched_on():
    later = replace(BANKS, processing=Processing.PLATFORM, assessment=replace(IN_DATE, next_review=date(2028, 1, 1)))
    both = register(later, BANKS)

    assert both.next_review([Processing.PLATFORM]) == date(2028, 1, 1)
    assert both.next_review([Processing.PLATFORM, Processing.NON_STATE]) == date(2027, 1, 1)
    assert both.next_review([]) is None


def configuration(folder, changes, file="processing.toml"):
    for each in CONFIG.rglob("*.toml"):
        target = folder / each.relative_to(CONFIG)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = each.read_text(encoding="utf-8")
        for old, new in changes.items() if each.name == file else ():
            assert old in text, old
            text = text.replace(old, new)
        target.write_text(text, encoding="utf-8")
    return folder


def test_the_sample_city_has_on_file_what_it_switches_on(tmp_path):
    config = load_config(configuration(tmp_path, {}))

    assert set(config.duties) == {activity.processing for activity in config.processing} == set(Processing)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({'next_review = "2028-09-01"': 'next_review = "2026-09-01"'}, r"assessment\.next_review.*I-54"),
        ({"[activity.assessment]": "[activity.draft]"}, "draft"),
        ({'processing = "non_state"': 'processing = "other"'}, "is none of"),
        ({'processing = "non_state"': 'processing = "keeping"'}, "stands twice"),
        ({"records_kept_months = 36": "records_kept_months = 35"}, "at least 36"),
        ({'recipients = ["bank"]': 'recipients = ["banks"]'}, "is none of"),
        ({'officer = "示例市人社局信息公开负责岗"': 'officer = " "'}, "must not be empty"),
        ({'legal_basis = ["PIPL 13(3)", "R724 48"]': 'legal_basis = [""]'}, "empty text"),
        ({'assessed_on = "2025-09-01"': 'assessed_on = "2025-9-1"'}, "assessed_on"),
        ({"sensitive = false": 'sensitive = "no"'}, "type bool"),
    ],
)
def test_a_register_that_is_not_in_order_stops_the_start_with_file_and_key(tmp_path, changes, said):
    with pytest.raises(ConfigurationError, match=said) as caught:
        load_config(configuration(tmp_path, changes))
    assert str(caught.value).startswith("processing.toml")


def test_without_the_file_nothing_starts(tmp_path):
    (configuration(tmp_path, {}) / "processing.toml").unlink()
    with pytest.raises(ConfigurationError, match=r"processing\.toml"):
        load_config(tmp_path)


def test_answers_about_persons_are_kept_as_long_as_the_register_says(tmp_path):
    """The log of these answers is the record of processing (I-56)."""
    folder = configuration(tmp_path, {"records_kept_months = 36": "records_kept_months = 61"})
    with pytest.raises(ConfigurationError, match=r"gateway\.toml.*person_months.*61"):
        load_config(folder)


def test_the_command_prints_the_register_with_its_recipients(tmp_path, capsys):
    assert main(["--config", str(configuration(tmp_path, {})), "processing"]) == 0
    said = capsys.readouterr().out

    assert "示例个评〔2025〕3号（虚构） 2025-09-01 … 2028-09-01 有效 in date" in said
    assert "hanjiang-bank.bank 汉江示例银行 Hanjiang Sample Bank" in said
    assert "gateway-operations" not in said


def test_the_command_ends_with_1_when_the_register_is_not_in_order(tmp_path, capsys):
    folder = configuration(tmp_path, {'next_review = "2028-09-01"': 'next_review = "2026-09-01"'})
    assert main(["--config", str(folder), "processing"]) == 1
    assert "NOT IN ORDER  keeping: assessment.next_review" in capsys.readouterr().out


def test_the_shipped_register_names_no_person_but_posts():
    assert all(activity.officer.endswith("岗") for activity in load_processing(CONFIG / "processing.toml"))
