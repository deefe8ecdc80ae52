"""Laws of the shipped policy, for any case and any ground."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from itertools import product
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from formats.civil import civil_date, midnight
from gateway.domain.case_facts import FACT_TYPES, CaseFacts
from gateway.domain.grounds import NOTICE_TRIGGERS, SAME_NAME_TRIGGERS
from gateway.domain.kinds.penalty import Restriction
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.policy_lint import NO_STRONGER_THAN, lint
from gateway.domain.vocabulary import (
    Area,
    CutoffRule,
    DecisionPoint,
    Effect,
    FundKind,
    ParticipationForm,
    QualificationApplicationKind,
    SecurityKind,
    Trigger,
)
from gateway.settings import ConfigurationError
from gateway.settings.policy_files import load_policy

FOLDER = Path(__file__).parents[2] / "config" / "policy"
DAY = date(2026, 11, 24)
PROFILES = ["shiyan", "national-2026"]
WAGES = {DecisionPoint.FUNDING_WAGE_PAYMENT, DecisionPoint.LENDING_WAGE_ACCOUNT}


@dataclass(frozen=True)
class Seen:
    trigger: Trigger
    since: date
    restriction: str
    malicious: bool
    effective_from: datetime

    def came_after(self, moment):
        return moment < self.effective_from


LOADED = {profile: load_policy(FOLDER, profile, DAY) for profile in PROFILES}


def policy(profile):
    return LOADED[profile]


def cutoff(instant):
    """Return the two facts that say whether, and at which instant, a cut-off is fixed."""
    return {"cutoff_rule": CutoffRule.NOT_FIXED if instant is None else CutoffRule.FIXED, "cutoff_at": instant}


past = st.integers(0, 2000).map(lambda days: DAY - timedelta(days=days))
cutoffs = st.none() | st.integers(-800, 100).map(lambda days: midnight(DAY + timedelta(days=days)))
cases = st.builds(
    lambda cutoff_at, **others: CaseFacts(**others, **cutoff(cutoff_at)),
    cutoff_at=cutoffs,
    project_region=st.sampled_from(["420302", "420381", "420102", "500101"]),
    must_be_tendered=st.booleans(),
    state_funds=st.booleans(),
    form=st.sampled_from(ParticipationForm),
    lot=st.text(max_size=8),
    tender_document_names_list=st.booleans(),
    fund_kind=st.sampled_from(FundKind),
    security_kind=st.sampled_from(SecurityKind),
    contract_amount_fen=st.integers(1, 10**15),
    application_kind=st.sampled_from(QualificationApplicationKind),
    application_date=past,
)
grounds = st.builds(
    Seen,
    trigger=st.sampled_from(Trigger),
    since=past,
    restriction=st.sampled_from(["", *Restriction]),
    malicious=st.booleans(),
    effective_from=past.map(midnight),
)
profiles = st.sampled_from(PROFILES)
points = st.sampled_from(DecisionPoint)


def effect(profile, ground, point, facts, on=DAY):
    row = policy(profile).match(ground.trigger, point, facts, ground, on)
    return policy(profile).effective(row, on)[0]


@given(profiles, grounds, points, cases)
def test_every_trigger_has_a_row_of_its_own_at_every_point(profile, ground, point, facts):
    row = policy(profile).match(ground.trigger, point, facts, ground, DAY)

    assert (row.trigger, row.point) == (ground.trigger, point)
    assert row.basis or row.effect is Effect.NONE


@given(profiles, grounds, points.filter(lambda point: point.area in {Area.LICENSING, Area.LENDING}), cases)
def test_licences_and_loans_are_never_blocked(profile, ground, point, facts):
    assert effect(profile, ground, point, facts) <= Effect.REVIEW


@given(profiles, grounds, st.sampled_from(sorted(WAGES)), cases)
def test_wages_are_never_stopped(profile, ground, point, facts):
    assert effect(profile, ground, point, facts) <= Effect.NOTICE


@given(grounds, points, cases)
def test_a_grade_alone_is_at_most_reviewed_under_the_national_profile(ground, point, facts):
    for trigger in (Trigger.GRADE_B, Trigger.GRADE_C):
        assert effect("national-2026", replace(ground, trigger=trigger), point, facts) <= Effect.REVIEW


@given(profiles, grounds, points, cases, st.sampled_from(sorted(NO_STRONGER_THAN)))
def test_a_notice_or_anothers_listing_weighs_as_the_record_itself_but_never_more_than_a_review(
    profile, ground, point, facts, trigger
):
    real = effect(profile, replace(ground, trigger=NO_STRONGER_THAN[trigger]), point, facts)
    other = effect(profile, replace(ground, trigger=trigger), point, facts)

    assert other is min(real, Effect.REVIEW)


RECORD_OF = {
    NoticeList.WAGE_ARREARS_LISTING: Trigger.LISTING,
    NoticeList.MAJOR_VIOLATION_PUBLICATION: Trigger.PUBLICATION,
}


@pytest.mark.parametrize("which", NoticeList)
@pytest.mark.parametrize("profile", PROFILES)
def test_at_every_point_and_for_all_that_rules_look_at_a_notice_weighs_at_most_what_it_is_a_notice_of(profile, which):
    rules, triggers = policy(profile), {NOTICE_TRIGGERS[which], SAME_NAME_TRIGGERS[which]}
    triggers -= {Trigger.SAME_NAME_RECORD}  # whose it is is not sure: reviewed everywhere (invariant of the names)
    tried = 0
    for point, trigger in product(DecisionPoint, sorted(triggers)):
        needed = rules.required_facts(point)
        for values in product(*(few(name) for name in needed)):
            sent = dict(zip(needed, values, strict=True))
            if sent.get("cutoff_rule") is CutoffRule.FIXED:
                sent["cutoff_at"] = midnight(AGES[2])  # some of the grounds came after it
            facts = CaseFacts(**sent)
            for since, restriction, malicious in product(AGES, ["", *Restriction], [False, True]):
                ground = Seen(RECORD_OF[which], since, restriction, malicious, midnight(since))
                real = effect(profile, ground, point, facts)
                assert effect(profile, replace(ground, trigger=trigger), point, facts) <= min(real, Effect.REVIEW)
                tried += 1

    assert tried > 8_000


AGES = [DAY - timedelta(days=days) for days in (0, 300, 700, 1000, 2000)]


def few(name):
    """Return values of a fact that the rules can tell apart."""
    kind = FACT_TYPES[name]
    if issubclass(kind, IntEnum):
        return list(kind)
    return {bool: [False, True], date: [DAY, DAY - timedelta(days=500)], int: [1], str: ["420302", "110000"]}[kind]


@given(profiles, grounds, points, cases, cases)
def test_a_rule_depends_on_no_fact_that_the_point_does_not_need(profile, ground, point, facts, others):
    needed = set(policy(profile).required_facts(point))
    needed |= {"cutoff_at"} if "cutoff_rule" in needed else set()
    bare = CaseFacts(**{name: getattr(facts, name) for name in needed})
    mixed = replace(others, **{name: getattr(facts, name) for name in needed})
    rows = [policy(profile).match(ground.trigger, point, case, ground, DAY) for case in (facts, bare, mixed)]

    assert rows[0] is rows[1] is rows[2]


@given(profiles, grounds, points, cases)
def test_a_cutoff_turns_the_block_of_what_came_after_it_into_a_review_and_nothing_else(profile, ground, point, facts):
    usual = effect(profile, ground, point, replace(facts, **cutoff(None)))
    late = facts.cutoff_at is not None and ground.came_after(facts.cutoff_at)
    knows = "cutoff_rule" in policy(profile).required_facts(point)

    assert effect(profile, ground, point, facts) is (
        Effect.REVIEW if usual is Effect.BLOCK and late and knows else usual
    )


@given(profiles, grounds, points, cases, st.integers(0, 3000))
def test_time_alone_changes_an_effect_only_where_it_was_foretold(profile, ground, point, facts, days):
    now = midnight(DAY)
    ends = [policy(profile).ages_out_after(ground, point, now), *policy(profile).changes_after(now)]
    until = min((civil_date(end) for end in ends if end is not None), default=date.max)
    later = DAY + timedelta(days=days)
    assume(later < until)

    assert effect(profile, ground, point, facts, later) is effect(profile, ground, point, facts)


@given(profiles, st.data())
@settings(max_examples=60, deadline=None)
def test_deleting_any_row_is_found(profile, data):
    rules = policy(profile)
    place = data.draw(st.integers(0, len(rules.rows) - 1))
    rows = rules.rows[:place] + rules.rows[place + 1 :]
    gone = rules.rows[place]

    assert (gone.trigger, gone.point) in {
        (finding.trigger, finding.point) for finding in lint(replace(rules, rows=rows))
    }


@given(profiles, st.data())
@settings(max_examples=60, deadline=None)
def test_blocking_where_the_law_forbids_it_is_found(profile, data):
    rules = policy(profile)
    forbidden = [
        place
        for place, row in enumerate(rules.rows)
        if row.point.area in {Area.LICENSING, Area.LENDING} or row.point in WAGES
    ]
    place = data.draw(st.sampled_from(forbidden))
    row = replace(rules.rows[place], effect=Effect.BLOCK, basis=("R724/48",))
    found = lint(replace(rules, rows=(*rules.rows[:place], row, *rules.rows[place + 1 :])))

    assert row.rule_id in {finding.place for finding in found}


TABLE = re.compile(r"\[\[row\]\]\n(?:[^\n#\[][^\n]*\n)+")
ROWS = [
    (path.relative_to(FOLDER).as_posix(), match.span())
    for path in [*sorted((FOLDER / "areas").iterdir()), *(FOLDER / f"{profile}.toml" for profile in PROFILES)]
    for match in TABLE.finditer(path.read_text(encoding="utf-8"))
]


@given(st.sampled_from(ROWS))
@settings(max_examples=40, deadline=None)
def test_a_file_that_lost_a_row_does_not_load(lost):
    file, (start, end) = lost
    profile = Path(file).stem if Path(file).stem in PROFILES else "shiyan"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(FOLDER, Path(place) / "policy"))
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text[:start] + text[end:], encoding="utf-8")

        with pytest.raises(ConfigurationError) as caught:
            load_policy(folder, profile, DAY)

    assert caught.value.file == file


def test_every_table_of_rows_is_among_those_that_are_taken_out():
    texts = [(FOLDER / file).read_text(encoding="utf-8") for file in sorted({file for file, _ in ROWS})]

    assert len(ROWS) == sum(text.count("[[row]]") for text in texts) > 150
