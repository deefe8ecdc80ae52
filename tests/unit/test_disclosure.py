"""Who sees what: default deny, the strictest of several columns, conditions, and what is cleared from a message."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import policy
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import common_pb2, ending_pb2

from gateway.domain.agencies import Agency, Role
from gateway.domain.disclosure.columns import DECIDING, columns_of
from gateway.domain.disclosure.kinds import class_of_fact, class_of_kind
from gateway.domain.disclosure.sight import WHOLE, Disclosure, sight_of
from gateway.domain.disclosure.table import UNTABLED, granted
from gateway.domain.disclosure.words import Column, Condition, FieldClass, Level
from gateway.domain.kinds.published_notice import NoticeList, PublishedNotice
from gateway.domain.vocabulary import Area, Effect, Provenance, Trigger
from gateway.rpc.projection import Projection, left_out

CASE = frozenset({Condition.CASE})
ANY_COLUMNS = st.frozensets(st.sampled_from(Column))
ANY_CONDITIONS = st.frozensets(st.sampled_from(Condition))


def agency(role, *areas, fields=()):
    return Agency(
        agency_id="a", name_zh="a", name_en="a", role=role, territory="420300", areas=frozenset(areas), fields=fields
    )


@pytest.mark.parametrize(
    ("told", "column", "met", "level"),
    [
        (FieldClass.IDENTITY, Column.BANK, set(), Level.NEVER),
        (FieldClass.IDENTITY, Column.BANK, CASE, Level.FULL),
        (FieldClass.GRADE, Column.PROCUREMENT, CASE, Level.NEVER),
        (FieldClass.GRADE, Column.PROCUREMENT, {Condition.PROFILE}, Level.MASKED),
        (FieldClass.LISTED_PERSON, Column.BANK, CASE, Level.NEVER),
        (FieldClass.LISTED_PERSON, Column.BANK, {Condition.CONSENT}, Level.MASKED),
        (FieldClass.ENDED, Column.POLICE, CASE, Level.NEVER),
        (FieldClass.ENDED, Column.POLICE, CASE | {Condition.APPROVAL}, Level.FULL),
        (FieldClass.ENDED, Column.COURT, CASE, Level.FULL),
        (FieldClass.REFERRAL, Column.COURT, set(), Level.MASKED),
        (FieldClass.REFERRAL, Column.COURT, {Condition.INDICTED}, Level.FULL),
        (FieldClass.REFERRAL, Column.SUBJECT, {Condition.OWN}, Level.NEVER),
        (FieldClass.WORKER, Column.COURT, CASE, Level.NEVER),
        (FieldClass.COMPLAINT, Column.COURT, set(Condition), Level.NEVER),
        (FieldClass.PERSON_NUMBER, Column.SUBJECT, {Condition.OWN}, Level.NEVER),
    ],
)
def test_a_cell_grants_nothing_until_its_conditions_are_met(told, column, met, level):
    assert granted(told, column, met) is level


@given(ANY_COLUMNS, ANY_COLUMNS, ANY_CONDITIONS)
def test_one_more_column_never_shows_more(columns, more, met):
    one, both = sight_of(columns, met), sight_of(columns | more, met)
    assert not columns or all(both.of(told) <= one.of(told) for told in FieldClass)


@given(ANY_COLUMNS, ANY_CONDITIONS, ANY_CONDITIONS)
def test_one_more_condition_met_never_shows_less(columns, met, more):
    one, both = sight_of(columns, met), sight_of(columns, met | more)
    assert all(both.of(told) >= one.of(told) for told in FieldClass)


def test_without_a_column_nothing_is_seen_whatever_is_met():
    nobody = sight_of(columns_of(agency(Role.OPERATOR)), set(Condition))
    assert not [told for told in FieldClass if nobody.sees(told)]


@given(st.sampled_from(sorted(DECIDING)), ANY_CONDITIONS)
def test_what_the_rules_are_silent_about_and_referrals_reach_no_deciding_column(column, met):
    sight = sight_of({column}, met)
    hidden = UNTABLED | {FieldClass.REFERRAL, FieldClass.DOSSIER, FieldClass.WORKER, FieldClass.COMPLAINT}
    assert not [told for told in hidden if sight.sees(told)]


@pytest.mark.parametrize(
    ("caller", "area", "columns"),
    [
        (agency(Role.BANK, Area.LENDING), Area.LENDING, {Column.BANK}),
        (agency(Role.BANK, Area.BIDDING), Area.BIDDING, {Column.BANK, Column.BIDDING}),
        (agency(Role.ASKING_SYSTEM, Area.GUARANTEE), Area.GUARANTEE, {Column.BANK}),
        (agency(Role.ASKING_SYSTEM, Area.FUNDING), Area.FUNDING, {Column.PROCUREMENT, Column.LICENSING}),
        (agency(Role.ASKING_SYSTEM, Area.BIDDING, Area.AWARDS), Area.AWARDS, {Column.AWARDS}),
        (agency(Role.ASKING_SYSTEM, Area.BIDDING, Area.AWARDS), None, {Column.BIDDING, Column.AWARDS}),
        (agency(Role.ASKING_SYSTEM), Area.TRAVEL, DECIDING),
        (agency(Role.PRODUCER), None, DECIDING),
        (agency(Role.PRODUCER, Area.BIDDING, fields={"whole_record"}), Area.BIDDING, {Column.HRSS}),
        (agency(Role.POLICE), None, {Column.POLICE}),
    ],
)
def test_a_caller_is_judged_by_its_role_and_by_what_it_decides(caller, area, columns):
    assert columns_of(caller, area) == columns


def test_a_grade_that_the_profile_does_not_weigh_in_the_area_is_not_told():
    whole = policy("shiyan")
    rows = tuple(
        replace(row, effect=Effect.NONE)
        if row.point.area is Area.PROCUREMENT and row.trigger.name.startswith("GRADE")
        else row
        for row in whole.rows
    )
    caller = agency(Role.ASKING_SYSTEM, Area.PROCUREMENT, Area.FUNDING)
    seen = {
        rules is whole: Disclosure(rules).of_question(caller, Area.PROCUREMENT, consent=False, deposit=False)
        for rules in (whole, replace(whole, rows=rows))
    }
    assert seen[True].of(FieldClass.GRADE) is Level.MASKED
    assert seen[False].of(FieldClass.GRADE) is Level.NEVER
    assert Disclosure(whole).of_record(caller, approval=False).of(FieldClass.GRADE) is Level.MASKED
    assert Disclosure(replace(whole, rows=rows)).of_record(caller, approval=False).of(FieldClass.GRADE) is Level.NEVER


def test_a_sight_is_made_once_and_shared_by_all_calls_alike():
    disclosure, caller = Disclosure(policy("shiyan")), agency(Role.BANK, Area.LENDING)
    first = disclosure.of_question(caller, Area.LENDING, consent=False, deposit=False)
    assert disclosure.of_question(caller, Area.LENDING, consent=False, deposit=False) is first
    assert disclosure.of_question(caller, Area.LENDING, consent=True, deposit=False) is not first


def test_without_a_document_of_approval_police_see_nothing_that_ended():
    disclosure, police = Disclosure(policy("shiyan")), agency(Role.POLICE)
    assert disclosure.of_record(police, approval=False).of(FieldClass.ENDED) is Level.NEVER
    assert disclosure.of_record(police, approval=True).of(FieldClass.ENDED) is Level.FULL


def test_changes_are_followed_in_no_case_and_endings_are_told_in_one():
    disclosure, bank = Disclosure(policy("shiyan")), agency(Role.BANK, Area.LENDING)
    assert not disclosure.of_changes(bank).sees(FieldClass.IDENTITY)
    assert disclosure.of_endings(bank).sees(FieldClass.IDENTITY)
    assert disclosure.of_endings(agency(Role.POLICE)).of(FieldClass.LISTING) is Level.FULL


def test_only_hrss_sees_the_whole():
    assert WHOLE.whole
    assert not sight_of({Column.HRSS, Column.BANK}, CASE).whole
    assert not [told for told in FieldClass if WHOLE.of(told) < Level.FULL and told is not FieldClass.EXAM]


def test_a_rule_that_did_not_fire_is_not_named_to_whom_its_ground_is_never_told():
    sight = sight_of({Column.PROCUREMENT}, CASE)
    rules = {"a": Trigger.GRADE_B, "b": Trigger.LISTING, "c": Trigger.CONVICTION}
    assert Projection(sight, rules).not_fired(["a", "b", "c"]) == ["b", "c"]
    assert Projection(WHOLE, rules).not_fired(["a", "b", "c"]) == ["a", "b", "c"]


def test_an_incentive_of_the_deposit_rules_is_left_out_where_deposits_are_not_seen():
    earned = [each for each in policy("shiyan").incentives if each.point.area is Area.GUARANTEE]
    held = [Earned(each) for each in earned]
    assert any(each.by_deposit_rule for each in earned)
    bank = Projection(sight_of({Column.BANK}, CASE), {}).incentives(held)
    assert not [each for each in bank if each.incentive.by_deposit_rule]
    assert Projection(sight_of({Column.BANK}, {Condition.DEPOSIT}), {}).incentives(held) == held


class Earned:
    """An incentive as earned, as far as a projection looks at it."""

    def __init__(self, incentive):
        self.incentive = incentive


def test_the_end_of_what_was_told_by_the_reason_alone_names_no_record_and_that_of_a_listing_does():
    bank = Projection(sight_of({Column.BANK}, CASE), {})
    shown = {}
    for told in (FieldClass.CONVICTION, FieldClass.LISTING):
        shown[told] = ending_pb2.Ending(ending_id="e", record_id="r", authority="a", document_number="n", uscc="u")
        bank.ending(shown[told], told)
    assert shown[FieldClass.CONVICTION] == ending_pb2.Ending(ending_id="e", uscc="u")
    assert shown[FieldClass.LISTING].record_id == "r"
    bank.ending_of_another(shown[FieldClass.LISTING])
    assert shown[FieldClass.LISTING] == ending_pb2.Ending(ending_id="e")


def test_what_is_left_out_grows_as_the_level_falls():
    parts = [set(left_out("Measure", level)) for level in (Level.FULL, Level.MASKED, Level.REASON_ONLY, Level.NEVER)]
    assert parts[0] == set()
    assert parts[0] < parts[1] < parts[2] == parts[3]
    assert parts[3] <= set(common_pb2.Measure.DESCRIPTOR.fields_by_name)


def test_a_retyped_notice_tells_of_the_list_that_it_is_of_and_an_unknown_kind_is_for_hrss_alone():
    parts = {"record_id": "n", "authority": "a", "published_on": None, "provenance": Provenance.PUBLISHED_NOTICE}
    listed = PublishedNotice(notice_list=NoticeList.WAGE_ARREARS_LISTING, **parts)
    shown = PublishedNotice(notice_list=NoticeList.MAJOR_VIOLATION_PUBLICATION, **parts)
    assert (class_of_fact(listed), class_of_fact(shown)) == (FieldClass.LISTING, FieldClass.PUBLICATION)
    assert class_of_kind("something new") is FieldClass.INSPECTION
