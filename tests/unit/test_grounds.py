"""What weighs, and between which instants: the triggers TR1 to TR7."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from builders import (
    INSTANT,
    OTHER_USCC,
    RULES,
    USCC,
    act,
    arrears,
    at,
    complaint,
    conviction,
    day,
    dossier,
    five_systems,
    listed,
    notice,
    penalty,
    profile,
    publication,
    recovery,
    red_entry,
    rules,
)

from gateway.domain.grades import Grade
from gateway.domain.grounds import NOTICE_TRIGGERS, SAME_NAME_TRIGGERS, grade_ground, grounds_of
from gateway.domain.kinds.penalty import Restriction
from gateway.domain.kinds.publication_objection import ObjectionResult, PublicationObjection
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.records import Relation, RelationKind
from gateway.domain.vocabulary import GradeLetter, ListingActKind, Provenance, Trigger


def grounds(*facts, using=RULES, **changes):
    return [ground for _, ground in grounds_of(dossier(*facts, **changes), using)]


def weighing(*facts):
    return sorted(grounds_of(dossier(*facts), RULES), key=lambda stretch: stretch.span.start)


@pytest.mark.parametrize(
    ("fact", "trigger", "since", "start", "end"),
    [
        (publication("2025-01-01", "2026-01-01"), Trigger.PUBLICATION, "2025-01-01", "2025-01-01", "2026-01-01"),
        (conviction("2024-02-29"), Trigger.CONVICTION, "2024-02-29", "2024-02-29", "2027-02-28"),
        (arrears("2024-05-31"), Trigger.ARREARS_FINDING, "2024-05-31", "2024-05-31", "2026-05-31"),
        (notice("2024-05-31"), Trigger.PUBLISHED_NOTICE, "2024-05-31", "2024-05-31", "2027-05-31"),
        (
            notice("2024-05-31", notice_list=NoticeList.MAJOR_VIOLATION_PUBLICATION),
            Trigger.PUBLISHED_VIOLATION_NOTICE,
            "2024-05-31",
            "2024-05-31",
            "2027-05-31",
        ),
        (
            penalty("2025-02-01", "2026-02-01", decided_on=day("2025-01-15")),
            Trigger.PENALTY,
            "2025-01-15",
            "2025-02-01",
            "2026-02-01",
        ),
    ],
)
def test_each_fact_weighs_between_its_own_dates(fact, trigger, since, start, end):
    (ground,) = grounds(fact)
    assert (ground.trigger, ground.since) == (trigger, day(since))
    assert (ground.effective_from, ground.effective_until) == (at(start), at(end))
    named = (ground.record_id, ground.authority, ground.document_number, ground.party_uscc)
    assert named == (fact.record_id, fact.authority, fact.document_number, USCC)
    assert ground.relation is RelationKind.SELF


@pytest.mark.parametrize(
    "fact", [complaint("2026-01-01"), five_systems(), red_entry("2026-01-01"), recovery("2026-01-01")]
)
def test_complaints_systems_red_list_and_recoveries_are_no_grounds_by_themselves(fact):
    assert grounds(fact) == []


@pytest.mark.parametrize("fact", [publication("2026-01-01", "2026-01-01"), penalty("2026-01-01", "2026-01-01")])
def test_what_ends_when_it_begins_is_no_ground(fact):
    assert grounds(fact) == []


def test_arrears_look_back_two_years_paid_or_not_and_say_whether_they_were_malicious():
    (ground,) = grounds(arrears("2025-01-01", "2025-02-01", malicious=True))
    assert ground.effective_until == at("2027-01-01")
    assert ground.malicious
    assert not grounds(arrears("2025-01-01"))[0].malicious


@pytest.mark.parametrize("restriction", list(Restriction))
def test_a_penalty_says_what_it_restricts(restriction):
    (ground,) = grounds(penalty("2025-01-01", "2026-01-01", restriction=restriction))
    assert ground.restriction == restriction.value
    assert grounds(conviction("2025-01-01"))[0].restriction == ""


def test_the_conviction_weighs_as_long_as_the_profile_says():
    (ground,) = grounds(conviction("2025-01-01"), using=rules(conviction_months=12))
    assert ground.effective_until == at("2026-01-01")


def test_a_listing_weighs_as_its_acts_say_under_its_decision():
    subject = listed("2025-03-01", "2025-03-10")
    ((span, ground),) = weighing(subject)
    assert (
        (span.start, span.end)
        == (ground.effective_from, ground.effective_until)
        == (at("2025-03-11"), at("2028-03-01"))
    )
    assert (ground.trigger, ground.since) == (Trigger.LISTING, day("2025-03-01"))
    assert (ground.document_number, ground.authority) == (
        subject.decision.document_number,
        subject.decision.authority,
    )


def test_a_dispute_is_shown_without_changing_since_when_and_until_when_the_listing_weighs():
    more = (act(ListingActKind.DISPUTE_OPENED, "2025-06-01"), act(ListingActKind.DISPUTE_CLOSED, "2025-09-01"))
    stretches = weighing(listed("2025-03-01", "2025-03-10", *more))
    assert [(span.start, ground.disputed) for span, ground in stretches] == [
        (at("2025-03-11"), False),
        (at("2025-06-01"), True),
        (at("2025-09-01"), False),
    ]
    assert {ground.effective_from for _, ground in stretches} == {at("2025-03-11")}
    assert {ground.effective_until for _, ground in stretches} == {at("2028-03-01")}


def test_a_stay_makes_two_grounds_and_each_ends_where_it_stops_weighing():
    more = (act(ListingActKind.STAY, "2025-06-01"), act(ListingActKind.STAY_ENDED, "2025-09-01"))
    shown = [(g.effective_from, g.effective_until) for _, g in weighing(listed("2025-03-01", "2025-03-10", *more))]
    assert shown == [(at("2025-03-11"), at("2025-06-01")), (at("2025-09-02"), at("2028-03-01"))]


def test_what_weighed_at_a_moment_before_a_stay_did_not_come_after_it():
    more = (act(ListingActKind.STAY, "2025-06-01"), act(ListingActKind.STAY_ENDED, "2025-09-01"))
    (_, first), (_, again) = weighing(listed("2025-03-01", "2025-03-10", *more))
    found = {
        moment: (first.came_after(at(moment)), again.came_after(at(moment)))
        for moment in ("2025-03-10", "2025-03-11", "2025-05-31", "2025-06-01", "2025-09-01", "2025-09-02", "2030-01-01")
    }
    assert found == {
        "2025-03-10": (True, True),
        "2025-03-11": (False, False),
        "2025-05-31": (False, False),
        "2025-06-01": (False, True),
        "2025-09-01": (False, True),
        "2025-09-02": (False, False),
        "2030-01-01": (False, False),
    }


def test_a_ground_comes_after_every_moment_before_its_first_instant():
    (ground,) = grounds(penalty("2025-02-01", "2026-02-01", decided_on=day("2025-01-15")))
    assert ground.came_after(at("2025-02-01") - INSTANT)
    assert not ground.came_after(at("2025-02-01"))


def test_a_restored_listing_weighs_under_the_restoring_decision():
    more = (
        act(ListingActKind.REPAIR, "2026-01-01"),
        act(ListingActKind.RESTORE, "2026-03-01", document_number="恢复〔1〕号", authority="示例县人社局"),
        act(ListingActKind.DELIVERY, "2026-03-02"),
    )
    _, ground = weighing(listed("2025-03-01", "2025-03-10", *more))[-1]
    assert (ground.document_number, ground.authority) == ("恢复〔1〕号", "示例县人社局")
    assert (ground.since, ground.effective_until) == (day("2026-03-01"), at("2029-03-01"))


@pytest.mark.parametrize(
    ("kind", "trigger"),
    [
        (RelationKind.LEGAL_REPRESENTATIVE, Trigger.LISTED_PERSON),
        (RelationKind.HEAD_OFFICE, Trigger.LISTED_BRANCH_RELATION),
        (RelationKind.BRANCH, Trigger.LISTED_BRANCH_RELATION),
        (RelationKind.PREDECESSOR, Trigger.LISTED_PREDECESSOR),
    ],
)
def test_a_listed_relation_is_shown_as_what_it_is(kind, trigger):
    relation = Relation(kind, OTHER_USCC, (listed(uscc=OTHER_USCC),))
    (ground,) = grounds(relations=(relation,))
    assert (ground.trigger, ground.party_uscc, ground.relation) == (trigger, OTHER_USCC, kind)


def test_a_relation_whose_listing_ended_is_no_ground():
    ended = listed("2025-03-01", "2025-03-10", act(ListingActKind.REVOCATION, "2025-04-01"), uscc=OTHER_USCC)
    assert grounds(relations=(Relation(RelationKind.PREDECESSOR, OTHER_USCC, (ended,)),)) == []


def test_a_notice_stops_weighing_once_the_authoritys_own_listing_is_here():
    published = notice("2025-03-20")
    triggers = [ground.trigger for ground in grounds(published, listed("2025-03-01", "2025-03-10"))]
    assert triggers == [Trigger.LISTING]


@pytest.mark.parametrize("more", [ListingActKind.REVOCATION, ListingActKind.REPAIR])
def test_a_notice_of_a_listing_that_was_revoked_or_repaired_does_not_weigh_any_more(more):
    subject = listed("2025-03-01", "2025-03-10", act(more, "2025-05-01"))
    assert Trigger.PUBLISHED_NOTICE not in {ground.trigger for ground in grounds(notice("2025-03-20"), subject)}


def test_a_notice_of_a_restored_listing_is_the_restoring_decisions():
    more = (act(ListingActKind.REPAIR, "2024-01-01"), act(ListingActKind.RESTORE, "2024-03-01"))
    subject = listed("2023-03-01", "2023-03-10", *more)
    assert Trigger.PUBLISHED_NOTICE not in {ground.trigger for ground in grounds(notice("2026-05-01"), subject)}


@pytest.mark.parametrize("decided", ["2025-03-21", "2022-03-20"])
def test_a_notice_that_a_listing_cannot_have_caused_weighs_on(decided):
    triggers = {ground.trigger for ground in grounds(notice("2025-03-20"), listed(decided, decided))}
    assert Trigger.PUBLISHED_NOTICE in triggers


def test_a_notice_is_superseded_by_a_record_of_its_own_list_only():
    published = notice("2025-03-20", notice_list=NoticeList.MAJOR_VIOLATION_PUBLICATION)
    assert Trigger.PUBLISHED_VIOLATION_NOTICE in {ground.trigger for ground in grounds(published, listed())}
    own = publication("2025-03-20", "2026-03-20")
    assert [ground.trigger for ground in grounds(published, own)] == [Trigger.PUBLICATION]


@pytest.mark.parametrize("notice_list", NoticeList)
def test_every_list_has_a_trigger_for_its_notices_and_says_that_they_are_retyped(notice_list):
    (ground,) = grounds(notice("2026-01-01", notice_list=notice_list))
    assert ground.trigger is NOTICE_TRIGGERS[notice_list]
    assert ground.provenance is Provenance.PUBLISHED_NOTICE
    assert ground.trigger not in SAME_NAME_TRIGGERS.values()
    assert len(set(NOTICE_TRIGGERS.values())) == len(set(SAME_NAME_TRIGGERS.values())) == len(NoticeList)


@pytest.mark.parametrize("make", [conviction, arrears, complaint, recovery, red_entry, profile])
def test_nothing_but_a_notice_can_be_retyped(make):
    fact = make("2026-01-01")
    with pytest.raises(ValueError, match="does not come from PUBLISHED_NOTICE"):
        replace(fact, provenance=Provenance.PUBLISHED_NOTICE)


def test_a_notice_cannot_come_from_the_authority():
    with pytest.raises(ValueError, match="does not come from AUTHORITY"):
        notice("2026-01-01", provenance=Provenance.AUTHORITY)


@pytest.mark.parametrize(
    ("letter", "trigger"),
    [
        (GradeLetter.C, Trigger.GRADE_C),
        (GradeLetter.B, Trigger.GRADE_B),
        (GradeLetter.UNDETERMINED, Trigger.GRADE_UNDETERMINED),
    ],
)
def test_a_grade_weighs_under_its_evaluation_record_until_it_can_change(letter, trigger):
    grade = Grade(RULES.scale, letter, "G-04", (), held_since=at("2026-01-06"), changes_at=at("2028-01-01"))
    (ground,) = grade_ground(USCC, grade)
    assert (ground.trigger, ground.since) == (trigger, day("2026-01-06"))
    assert (ground.effective_from, ground.effective_until) == (at("2026-01-06"), at("2028-01-01"))
    assert ground.document_number == f"shiyan-15333/{USCC}/2026-01-06/{letter.name}"
    assert ground.authority


@pytest.mark.parametrize("letter", [GradeLetter.A, GradeLetter.A_WATCH, GradeLetter.NOT_RATED])
def test_a_and_what_is_watched_or_not_rated_weigh_nothing(letter):
    assert grade_ground(USCC, Grade(RULES.scale, letter, "G-04", (), held_since=at("2026-01-06"))) == ()


def test_a_ground_holds_from_its_first_instant_and_not_at_its_last():
    (ground,) = grounds(publication("2025-01-01", "2026-01-01"))
    held = [ground.holds_at(at(day)) for day in ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01")]
    assert held == [False, True, True, False]


def objected(received, reviewed=None, of="pub"):
    return PublicationObjection(
        record_id=f"po-{received}",
        publication_id=of,
        received_on=day(received),
        reviewed_on=day(reviewed) if reviewed else None,
        result=ObjectionResult.UPHELD if reviewed else None,
        corrected_on=None,
    )


def test_a_publication_is_shown_as_disputed_while_an_objection_to_it_is_open_and_weighs_as_before():
    """C-20."""
    published = publication("2025-02-01", "2026-02-01", record_id="pub")
    for objections, disputed in (
        ((objected("2025-03-01", "2025-03-10"),), [("2025-03-01", "2025-03-10")]),
        ((objected("2025-03-01"),), [("2025-03-01", "2026-02-01")]),
        ((objected("2025-01-01", "2025-02-10"),), [("2025-02-01", "2025-02-10")]),
        ((objected("2025-03-01", "2025-03-10"), objected("2025-03-05", "2025-03-20")), [("2025-03-01", "2025-03-20")]),
        ((objected("2025-03-01", "2025-03-01"),), []),
        ((objected("2025-03-01", of="another"),), []),
        ((objected("2027-03-01"),), []),
    ):
        found = weighing(published, *objections)
        assert found[0].span.start == at("2025-02-01")
        assert found[-1].span.end == at("2026-02-01")
        assert all(a.end == b.start for (a, _), (b, _) in pairwise(found))
        assert {(g.effective_from, g.effective_until) for _, g in found} == {(at("2025-02-01"), at("2026-02-01"))}
        shown = [(span.start, span.end) for span, ground in found if ground.disputed]
        begun, ended = [a for a, _ in shown], [b for _, b in shown]
        assert (begun[:1], ended[-1:]) == ([at(a) for a, _ in disputed], [at(b) for _, b in disputed])


def test_an_objection_to_nothing_that_weighs_is_no_ground():
    assert grounds(objected("2025-03-01")) == []
