"""Whatever is said of grades in words is said of each scheme, letter, cause and step, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from builders import (
    NATIONAL,
    RULES,
    arrears,
    at,
    complaint,
    conviction,
    dossier,
    listed,
    publication,
    violation,
)

from gateway.domain import deposits, national_grades, shiyan_grades
from gateway.domain.deposits import Entitlement
from gateway.domain.grade_outlook import Change, Stretch, outlook
from gateway.domain.kinds.labour_violation import Circumstance
from gateway.domain.policy import LocalizedText
from gateway.domain.suppositions import Step
from gateway.domain.vocabulary import GradeLetter
from gateway.rpc.grade_change_texts import CAUSES, change_text, deposit_text, stretch_text
from gateway.rpc.grade_texts import GRADE_TEXTS

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FACTS = [
    complaint("2026-01-01"),
    arrears("2026-01-01"),
    listed("2025-03-01", "2025-03-10"),
    publication("2026-01-01", "2028-01-01"),
    conviction("2026-01-01"),
    violation("2025-01-01", *Circumstance),
]


def named(cause):
    return LocalizedText(f"<{cause.kind}>", f"<{cause.kind}>")


def change(step, **parts):
    values = {"count": 2, "causes": (), "letter": GradeLetter.B, "shows_at": NOW, "before": None}
    return Change(step, **(values | parts))


def test_every_cause_of_either_scheme_has_its_words():
    kinds = {cause.kind for cause in shiyan_grades.causes_of(dossier(*FACTS), RULES)}
    kinds |= {cause.kind for cause in national_grades.causes_of(dossier(*FACTS), NATIONAL)}
    assert kinds == set(CAUSES)


def test_every_letter_that_a_scheme_gives_has_its_meaning():
    local = {letter for scheme, letter in GRADE_TEXTS if scheme == shiyan_grades.SCHEME}
    national = {letter for scheme, letter in GRADE_TEXTS if scheme == national_grades.SCHEME}
    assert local == set(GradeLetter)
    assert national == set(GradeLetter) - {GradeLetter.A_WATCH, GradeLetter.UNDETERMINED}
    unrated = [GRADE_TEXTS[method.scale.scheme, method.never_rated.letter] for method in (RULES, NATIONAL)]
    assert unrated[0] != unrated[1]


@pytest.mark.parametrize("step", list(Step))
def test_every_step_is_said_in_both_languages(step):
    (cause,) = outlook(RULES, dossier(conviction("2026-01-01")), NOW).grade.causes
    said = change_text(change(step, causes=(cause,)), NOW, named)
    for text in (said.zh, said.en):
        assert "{" not in text
        assert "B" in text


def test_a_change_says_how_many_until_when_and_from_when_on():
    later = change(Step.MORE_COMPLAINTS, before=at("2027-01-05"))
    assert change_text(later, NOW, named) == LocalizedText(
        "2027-01-05前再有2件查实的欠薪投诉 → B级", "2 more verified wage complaint(s) before 2027-01-05 → B"
    )
    next_year = change(Step.MORE_VIOLATIONS, shows_at=at("2027-01-01"))
    assert change_text(next_year, NOW, named) == LocalizedText(
        "本年度再有2次被查处 → 自2027-01-01起B级",
        "2 more violation(s) punished in this calendar year → B, from 2027-01-01 on",
    )


def test_a_record_is_named_once_however_many_causes_it_gives():
    causes = outlook(RULES, dossier(conviction("2026-01-01")), NOW).grade.causes
    said = change_text(change(Step.CAUSES_END, causes=causes * 2), NOW, named)
    assert said.en.count("<conviction>") == said.zh.count("<conviction>") == 1


def test_a_stretch_says_from_when_on():
    stretch = Stretch(GradeLetter.A_WATCH, "G-12", at("2027-01-05"), None)
    assert stretch_text(stretch) == LocalizedText("自2027-01-05起：A级关注", "from 2027-01-05: A_WATCH")


@pytest.mark.parametrize("rule_id", [*deposits.CHANGES, deposits.ORDINARY, deposits.RAISED])
def test_every_rule_of_the_deposit_has_its_words(rule_id):
    said = deposit_text(Entitlement(rule_id, 50))
    assert said.zh
    assert said.en
