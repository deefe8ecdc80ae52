"""Laws of the timeline, against an oracle that uses none of its edges."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, takewhile

from builders import INSTANT, NATIONAL, RULES, rules
from hypothesis import given
from hypothesis import strategies as st
from kind_records import SAMPLES
from strategies import dossiers, facts, instants

from formats.civil import add_months, civil_date
from gateway.domain import timeline
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.enterprise import BusinessStatus, EnterpriseProfile
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.published_notice import NoticeList, PublishedNotice
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.listings import ListingState, disputed_at, state_at
from gateway.domain.records import RelationKind
from gateway.domain.shiyan_grades import causes_of, letter_at
from gateway.domain.vocabulary import EnterpriseKind, GradeLetter, ListingActKind, Trigger

RELATED = {
    RelationKind.LEGAL_REPRESENTATIVE: Trigger.LISTED_PERSON,
    RelationKind.HEAD_OFFICE: Trigger.LISTED_BRANCH_RELATION,
    RelationKind.PREDECESSOR: Trigger.LISTED_PREDECESSOR,
}
NOTICES = {
    NoticeList.WAGE_ARREARS_LISTING: Trigger.PUBLISHED_NOTICE,
    NoticeList.MAJOR_VIOLATION_PUBLICATION: Trigger.PUBLISHED_VIOLATION_NOTICE,
}
GRADES = {
    GradeLetter.C: Trigger.GRADE_C,
    GradeLetter.B: Trigger.GRADE_B,
    GradeLetter.UNDETERMINED: Trigger.GRADE_UNDETERMINED,
}


def listings_of(file, moment):
    in_force = ListingState.IN_FORCE
    for one in file.listings:
        if state_at(one, moment) is in_force:
            yield Trigger.LISTING, one.listing_id, disputed_at(one, moment)
    for relation in file.relations:
        for one in relation.listings:
            if state_at(one, moment) is in_force:
                yield RELATED[relation.kind], one.listing_id, disputed_at(one, moment)


def facts_of(file, moment):
    today = civil_date(moment)
    for fact in file.facts:
        if isinstance(fact, Publication) and fact.published_on <= today < fact.display_until:
            yield Trigger.PUBLICATION, fact.record_id, False
        if isinstance(fact, Penalty) and fact.restriction and fact.restricts_from <= today < fact.restricts_until:
            yield Trigger.PENALTY, fact.record_id, False
        if isinstance(fact, Conviction) and fact.effective_on <= today < add_months(fact.effective_on, 36):
            yield Trigger.CONVICTION, fact.record_id, False
        if isinstance(fact, ArrearsFinding) and fact.found_on <= today < add_months(fact.found_on, 24):
            yield Trigger.ARREARS_FINDING, fact.record_id, False
        notice = isinstance(fact, PublishedNotice) and not superseded(fact, file)
        if notice and fact.published_on <= today < add_months(fact.published_on, 36):
            yield NOTICES[fact.notice_list], fact.record_id, False


def superseded(notice, file):
    if notice.notice_list is NoticeList.WAGE_ARREARS_LISTING:
        decisions = {ListingActKind.DECISION, ListingActKind.RESTORE}
        known = [act.on for one in file.listings for act in one.acts if act.kind in decisions]
    else:
        known = [fact.published_on for fact in file.facts if isinstance(fact, Publication)]
    return any(decided <= notice.published_on < add_months(decided, 36) for decided in known)


def weighing(file, moment):
    """Recount what weighs at one moment from the facts alone."""
    found = [*listings_of(file, moment), *facts_of(file, moment)]
    letter, _, _ = letter_at(file, causes_of(file, RULES), RULES, moment)
    if letter in GRADES:
        found.append((GRADES[letter], f"shiyan-15333/{file.uscc}", False))
    return sorted(found)


def red(file, moment):
    entries = (fact for fact in file.facts if isinstance(fact, RedListEntry))
    today = civil_date(moment)
    return any(e.listed_on <= today and (e.until is None or today < e.until) for e in entries)


def ceased(file, moment):
    """Go back from the profile in force to the first of those without a break that say that it is out of business."""
    begun = [profile for profile in file.profiles if profile.valid_from <= civil_date(moment)]
    gone = takewhile(lambda profile: profile.business_status is not BusinessStatus.IN_BUSINESS, reversed(begun))
    return min((profile.valid_from for profile in gone), default=None)


def assert_recounted(line, file, moment):
    standing, _ = line.at(moment)
    shown = sorted((ground.trigger, ground.record_id, ground.disputed) for ground in standing.grounds)
    assert shown == weighing(file, moment)
    assert standing.red_listed == red(file, moment)
    assert standing.ceased_on == ceased(file, moment)


@given(dossiers(), instants)
def test_what_holds_at_a_moment_is_what_a_recount_at_that_moment_gives(file, moment):
    assert_recounted(timeline.build(file, RULES), file, moment)


@given(dossiers(), instants)
def test_what_is_no_matter_of_grades_is_told_from_its_day_on_under_the_national_method_too(file, moment):
    standing, _ = timeline.build(file, NATIONAL).at(moment)
    assert standing.red_listed == red(file, moment)
    assert standing.ceased_on == ceased(file, moment)


@given(dossiers(), st.data())
def test_it_is_so_at_each_of_its_instants_and_just_before(file, data):
    line = timeline.build(file, RULES)
    if line.instants:
        instant = data.draw(st.sampled_from(line.instants))
        assert_recounted(line, file, instant)
        assert_recounted(line, file, instant - INSTANT)


@given(dossiers(), instants)
def test_every_ground_holds_at_the_moment_at_which_it_is_shown(file, moment):
    assert all(ground.holds_at(moment) for ground in timeline.build(file, RULES).at(moment)[0].grounds)


@given(dossiers(), instants)
def test_the_end_that_a_ground_shows_is_the_next_instant_at_which_it_does_not_weigh(file, moment):
    line = timeline.build(file, RULES)
    for ground in line.at(moment)[0].grounds:
        if ground.effective_until is not None:
            key = (ground.trigger, ground.record_id)
            inside = [i for i in line.instants if moment < i < ground.effective_until]
            assert all(key in {(g.trigger, g.record_id) for g in line.at(i)[0].grounds} for i in inside)
            shown = line.at(ground.effective_until)[0].grounds
            assert key not in {(g.trigger, g.record_id) for g in shown}


@given(dossiers(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_facts_never_matters(file, random, by_decision):
    def shuffled(values):
        mixed = list(values)
        random.shuffle(mixed)
        return tuple(mixed)

    listings = tuple(replace(one, acts=shuffled(one.acts)) for one in shuffled(file.listings))
    other = replace(file, facts=shuffled(file.facts), listings=listings, relations=shuffled(file.relations))
    using = rules(recovery_by_decision=by_decision)
    assert timeline.build(other, using) == timeline.build(file, using)


@given(dossiers(), st.booleans())
def test_instants_strictly_increase_and_neighbouring_stretches_differ(file, by_decision):
    line = timeline.build(file, rules(recovery_by_decision=by_decision))
    assert all(first < second for first, second in pairwise(line.instants))
    assert all(first != second for first, second in pairwise(line.standings))
    assert len(line.standings) == len(line.instants) + 1


@given(dossiers(), instants)
def test_what_follows_is_the_first_instant_after_the_moment_at_which_anything_differs(file, moment):
    line = timeline.build(file, RULES)
    standing, following = line.at(moment)
    if following is None:
        assert line.standings[-1] == standing
    else:
        assert moment < following
        assert line.at(following - INSTANT)[0] == standing
        assert line.at(following)[0] != standing


@given(dossiers(), facts(most=4), instants)
def test_one_more_fact_takes_no_other_ground_away_but_a_notice_and_a_grade(file, more, moment):
    more = tuple(replace(fact, record_id=f"more-{place}") for place, fact in enumerate(more))
    changing = {*NOTICES.values(), *GRADES.values()}

    def lasting(dossier):
        shown = timeline.build(dossier, RULES).at(moment)[0].grounds
        return {(ground.trigger, ground.record_id) for ground in shown if ground.trigger not in changing}

    assert lasting(file) <= lasting(replace(file, facts=(*file.facts, *more)))


@given(dossiers(), instants, st.text(min_size=1, max_size=5))
def test_a_change_of_name_and_representative_changes_nothing(file, moment, name):
    known = file.profile_on(civil_date(moment))
    if known is not None:
        later = civil_date(moment)
        changed = EnterpriseProfile(
            record_id="E-new",
            name=name,
            valid_from=later,
            kind=known.kind,
            construction_unit=known.construction_unit,
            representative_key=name,
            business_status=known.business_status,
        )
        before = tuple(p for p in file.profiles if p.valid_from <= later)
        after = tuple(p for p in file.profiles if p.valid_from > later)
        other = replace(file, profiles=(*before, changed, *after))
        assert timeline.build(other, RULES) == timeline.build(file, RULES)


@given(dossiers())
def test_enterprises_that_are_nonlocal_weigh_like_local_ones(file):
    def all_of(kind):
        known = tuple(replace(p, kind=kind) for p in file.profiles)
        return timeline.build(replace(file, profiles=known), RULES)

    assert all_of(EnterpriseKind.NONLOCAL) == all_of(EnterpriseKind.LOCAL)


@given(dossiers(), st.sets(st.sampled_from([fact for fact in SAMPLES.values() if not fact.weighs])))
def test_what_is_information_only_never_changes_a_standing(file, informing):
    more = replace(file, facts=(*file.facts, *informing))
    assert timeline.build(more, RULES) == timeline.build(file, RULES)
