"""Which step of a listing may follow on which: section 2.2 of the law's list, L-06, L-14, L-15, L-19a, L-20, C-10."""

from __future__ import annotations

import pytest
from builders import arrears, day
from listing_life import (
    APPLIED,
    CALENDAR,
    DECISION,
    ORDER,
    PRE_NOTICED,
    REPAIR,
    STORIES,
    TO_LISTED,
    TO_NOTICE,
    case,
    lived,
    made,
)

from gateway.domain.errors import StateError
from gateway.domain.listing_standing import standing_on
from gateway.domain.listing_steps import (
    MAIN_LINE,
    TRANSITIONS,
    Evidence,
    hindered_steps,
    hindrance,
    next_steps,
    require_step,
)
from gateway.domain.listing_words import ListingCondition as Condition
from gateway.domain.listing_words import ListingHindrance as Hindrance
from gateway.domain.listing_words import ListingStage as Stage
from gateway.domain.vocabulary import ListingActKind as Kind

# The law's table, written down once more: a column for each stage in its order, from NOT_OPENED to REVOKED.
LEGAL = {
    Kind.ORDER_ISSUED: "x............",
    Kind.ORDER_DELIVERED: ".x...........",
    Kind.PRE_NOTICE: "...x.........",
    Kind.PRE_NOTICE_DELIVERED: "....x........",
    Kind.OBJECTION: ".....x.......",
    Kind.OBJECTION_VERIFIED: "......x......",
    Kind.NOT_LISTED: ".xxxxxx......",
    Kind.DECISION: ".....x.......",
    Kind.DELIVERY: "........xx...",
    Kind.PUBLISHED: ".........x...",
    Kind.STAY: "........xx...",
    Kind.STAY_ENDED: "........xx...",
    Kind.HIDDEN: ".........x...",
    Kind.HIDDEN_ENDED: ".........x...",
    Kind.DISPUTE_OPENED: "........xxxx.",
    Kind.DISPUTE_CLOSED: "........xxxxx",
    Kind.CRIMINAL_BAR_SET: ".xxxxxx.xxxx.",
    Kind.CRIMINAL_BAR_LIFTED: ".xxxxxx.xxxx.",
    Kind.ORDER_REVOKED: ".xxxxxx.xxxx.",
    Kind.REPAIR_APPLIED: ".........x...",
    Kind.REPAIR_ACCEPTED: ".........x...",
    Kind.REPAIR_EXTENDED: ".........x...",
    Kind.REPAIR: ".........x...",
    Kind.REPAIR_REFUSED: ".........x...",
    Kind.RESTORE: "..........x..",
    Kind.REVOCATION: "........xxxx.",
    Kind.UNPUBLISHED: "..........xxx",
    Kind.OTHER_SITES_TOLD: "..........xxx",
    Kind.PLATFORM_TOLD: "..........xxx",
    Kind.REPAIR_SHOWN: "........xx...",
    Kind.REPAIR_SHOWN_REJECTED: "........xx...",
}
NEEDS = {
    Kind.STAY_ENDED: Kind.STAY,
    Kind.HIDDEN_ENDED: Kind.HIDDEN,
    Kind.DISPUTE_CLOSED: Kind.DISPUTE_OPENED,
    Kind.CRIMINAL_BAR_LIFTED: Kind.CRIMINAL_BAR_SET,
    Kind.REPAIR_ACCEPTED: Kind.REPAIR_APPLIED,
    Kind.REPAIR_EXTENDED: Kind.REPAIR_ACCEPTED,
    Kind.REPAIR: Kind.REPAIR_APPLIED,
    Kind.REPAIR_REFUSED: Kind.REPAIR_APPLIED,
    Kind.REPAIR_SHOWN_REJECTED: Kind.REPAIR_SHOWN,
}
"""Steps that close what another opened."""
ONCE = {
    Kind.PUBLISHED: Stage.LISTED,
    Kind.HIDDEN: Stage.LISTED,
    Kind.REPAIR_APPLIED: Stage.LISTED,
    Kind.ORDER_REVOKED: Stage.LISTED,
    Kind.UNPUBLISHED: Stage.REPAIRED,
    Kind.OTHER_SITES_TOLD: Stage.REPAIRED,
    Kind.PLATFORM_TOLD: Stage.REPAIRED,
    Kind.REPAIR_SHOWN: Stage.LISTED,
}
"""Steps that are not taken twice, and a stage from which they are taken."""


NOTHING_ELSE = Evidence()


def opening(kind, on):
    """Return the steps that open what *kind* closes or continues, in order."""
    return (*opening(NEEDS[kind], on), (NEEDS[kind], on)) if kind in NEEDS else ()


def hindered(steps, kind, on, evidence=NOTHING_ELSE, findings=()):
    return hindrance(case(*steps, findings=findings), kind, day(on), evidence, CALENDAR)


def reason_of(*args, **more):
    found = hindered(*args, **more)
    return None if found is None else (found.why, found.until and found.until.isoformat())


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_is_reached_by_its_acts(stage):
    steps, on = STORIES[stage]
    assert standing_on(lived(*steps), day(on)).stage is stage


def test_every_step_has_its_row():
    assert LEGAL.keys() == TRANSITIONS.keys() == set(Kind)
    assert {len(row) for row in LEGAL.values()} == {len(Stage)}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("kind", Kind)
def test_a_step_is_legal_from_exactly_the_stages_of_the_law(kind, stage):
    steps, on = STORIES[stage]
    steps = (*steps, *opening(kind, on))
    legal = LEGAL[kind][stage - 1] == "x"
    found = hindered(steps, kind, on)
    assert (found is None or found.why is not Hindrance.NOT_FROM_THIS_STATE) == legal


@pytest.mark.parametrize("kind", NEEDS)
@pytest.mark.parametrize("stage", Stage)
def test_what_closes_needs_something_open(kind, stage):
    steps, on = STORIES[stage]
    assert reason_of(steps, kind, on) == (Hindrance.NOT_FROM_THIS_STATE, None)


@pytest.mark.parametrize(("kind", "stage"), ONCE.items())
def test_a_step_that_was_taken_is_not_taken_again(kind, stage):
    steps, on = STORIES[stage]
    assert hindered(steps, kind, on) is None
    assert reason_of((*steps, (kind, on)), kind, on) == (Hindrance.NOT_FROM_THIS_STATE, None)


@pytest.mark.parametrize("kind", [Kind.REPAIR_ACCEPTED, Kind.REPAIR_EXTENDED])
def test_an_application_is_accepted_once_and_extended_once_and_both_end_with_its_decision(kind):
    """C-08."""
    steps = (*TO_LISTED, APPLIED, *opening(kind, "2026-03-24")[1:])
    assert hindered(steps, kind, "2026-03-24") is None
    taken = (*steps, (kind, "2026-03-24"))
    assert reason_of(taken, kind, "2026-03-25") == (Hindrance.NOT_FROM_THIS_STATE, None)
    refused = (*taken, (Kind.REPAIR_REFUSED, "2026-03-26"))
    assert {each.name for each in standing_on(lived(*refused), day("2026-03-26")).conditions} == set()
    again = (*refused, (Kind.REPAIR_APPLIED, "2026-03-27"), *opening(kind, "2026-03-28")[1:])
    assert hindered(again, kind, "2026-03-28") is None, "the mark of an earlier application is not of this one"


def test_an_application_may_be_decided_though_no_acceptance_is_on_record():
    assert hindered((*TO_LISTED, APPLIED), Kind.REPAIR_REFUSED, "2026-03-24") is None


def test_an_illegal_step_is_refused_with_object_state_wish_and_what_is_allowed():
    steps, on = STORIES[Stage.ORDER_EXPIRED]
    with pytest.raises(StateError) as caught:
        require_step(case(*steps), made(Kind.DECISION, on), Evidence(), CALENDAR)
    assert caught.value.metadata == {
        "object": "L-1",
        "state": "ORDER_EXPIRED",
        "wanted": "DECISION",
        "allowed": "PRE_NOTICE,NOT_LISTED,CRIMINAL_BAR_SET,ORDER_REVOKED",
        "why": "NOT_FROM_THIS_STATE",
    }
    assert "DECISION cannot follow on ORDER_EXPIRED" in caught.value.message


def test_a_legal_step_is_taken_without_a_word():
    steps, on = STORIES[Stage.ORDER_EXPIRED]
    require_step(case(*steps), made(Kind.PRE_NOTICE, on), Evidence(), CALENDAR)


@pytest.mark.parametrize("kind", [Kind.PRE_NOTICE, Kind.DECISION])
def test_on_a_revoked_order_nothing_is_built(kind):
    stage = {Kind.PRE_NOTICE: Stage.ORDER_EXPIRED, Kind.DECISION: Stage.PRE_NOTICED}[kind]
    steps, on = STORIES[stage]
    assert hindered(steps, kind, on) is None
    assert reason_of((*steps, (Kind.ORDER_REVOKED, on)), kind, on) == (Hindrance.NOT_FROM_THIS_STATE, None)
    assert hindered((*steps, (Kind.ORDER_REVOKED, on)), Kind.NOT_LISTED, on) is None


def test_an_order_is_delivered_before_its_time_is_over():
    assert hindered((ORDER,), Kind.ORDER_DELIVERED, "2025-01-20") is None
    assert reason_of((ORDER,), Kind.ORDER_DELIVERED, "2025-01-21") == (Hindrance.ORDER_ALREADY_DUE, None)


def test_no_decision_before_the_five_working_days_to_object_are_over():
    """L-06 and K-07: delivered on Wednesday 22 January; 26 January is worked, the festival ends on 4 February."""
    assert reason_of(TO_NOTICE, Kind.DECISION, "2025-02-05") == (Hindrance.OBJECTION_PERIOD_OPEN, "2025-02-06")
    assert hindered(TO_NOTICE, Kind.DECISION, "2025-02-06") is None


def test_a_written_waiver_opens_the_decision_at_once():
    assert hindered(TO_NOTICE, Kind.DECISION, PRE_NOTICED[1], Evidence(objection_waived=True)) is None


@pytest.mark.parametrize("missing", range(3))
def test_no_decision_without_its_chain_of_documents(missing):
    """L-27: acts may have been imported one by one."""
    steps = tuple(step for place, step in enumerate(TO_NOTICE) if place != missing)
    assert reason_of(steps, Kind.DECISION, "2025-03-03") == (Hindrance.CHAIN_INCOMPLETE, None)


def test_an_objection_is_verified_before_the_decision_and_may_be_raised_again():
    raised = (*TO_NOTICE, (Kind.OBJECTION, "2025-01-23"))
    verified = (*raised, (Kind.OBJECTION_VERIFIED, "2025-01-24"))
    again = (*verified, (Kind.OBJECTION, "2025-01-24"))
    assert hindered(raised, Kind.DECISION, "2025-03-03").why is Hindrance.NOT_FROM_THIS_STATE
    assert hindered(verified, Kind.DECISION, "2025-03-03") is None
    assert hindered(again, Kind.DECISION, "2025-03-03").why is Hindrance.NOT_FROM_THIS_STATE


@pytest.mark.parametrize("kind", sorted(MAIN_LINE - {Kind.ORDER_ISSUED}))
def test_no_step_of_the_main_line_is_dated_before_another_that_is_on_record(kind):
    """On a day on which each was legal, once a revocation of a later day is on record."""
    for stage in (stage for stage in Stage if LEGAL[kind][stage - 1] == "x"):
        steps, on = STORIES[stage]
        later = (*steps, *opening(kind, on), (Kind.REVOCATION, "2030-01-01"))
        assert hindered(later, kind, on).why is Hindrance.LATER_STEP_ON_RECORD


def test_a_stay_may_be_written_down_after_a_later_step():
    assert hindered((*TO_LISTED, APPLIED), Kind.STAY, "2025-06-01") is None


# Early removal: the listing was decided on 2025-03-03; all was paid on 2025-04-01.
ASKED_EARLY = (*TO_LISTED, (Kind.REPAIR_APPLIED, "2025-04-02"))


def test_no_repair_before_six_months_since_the_correction():
    assert reason_of(ASKED_EARLY, Kind.REPAIR, "2025-09-30") == (Hindrance.SIX_MONTHS_NOT_OVER, "2025-10-01")
    explained = Evidence(reason_before_year=True)
    assert reason_of(ASKED_EARLY, Kind.REPAIR, "2025-09-30", explained)[0] is Hindrance.SIX_MONTHS_NOT_OVER
    assert hindered(ASKED_EARLY, Kind.REPAIR, "2025-10-01", explained) is None


def test_before_the_year_a_repair_needs_the_authoritys_reason():
    missing = Hindrance.REASON_BEFORE_YEAR_MISSING
    assert reason_of(ASKED_EARLY, Kind.REPAIR, "2026-03-02") == (missing, "2026-03-03")
    assert hindered(ASKED_EARLY, Kind.REPAIR, "2026-03-03") is None


def test_a_correction_before_the_decision_counts_from_the_decision():
    asked = case(*TO_LISTED)
    asked = asked.after(made(Kind.REPAIR_APPLIED, "2025-04-02", corrected_on=day("2025-02-01")))
    explained = Evidence(reason_before_year=True)
    found = hindrance(asked, Kind.REPAIR, day("2025-09-02"), explained, CALENDAR)
    assert found.until == day("2025-09-03")


def test_a_refusal_waits_for_nothing():
    assert hindered(ASKED_EARLY, Kind.REPAIR_REFUSED, "2025-04-03") is None


@pytest.mark.parametrize("set_on", ["2024-12-01", "2025-06-01", "2026-04-01", "2026-05-01"])
def test_invariant_6_early_removal_is_impossible_while_the_criminal_bar_is_set(set_on):
    """Whenever it was set: also after the day under which the repair is written down, and before the listing."""
    steps = (*TO_LISTED, APPLIED, (Kind.CRIMINAL_BAR_SET, set_on))
    assert reason_of(steps, Kind.REPAIR, REPAIR[1]) == (Hindrance.CRIMINAL_BAR, None)
    lifted = (*steps, (Kind.CRIMINAL_BAR_LIFTED, set_on))
    assert hindered(lifted, Kind.REPAIR, REPAIR[1]) is None


def test_a_bar_that_was_lifted_later_stood_in_the_way_on_the_day():
    steps = (*TO_LISTED, APPLIED, (Kind.CRIMINAL_BAR_SET, "2026-01-01"), (Kind.CRIMINAL_BAR_LIFTED, "2026-05-01"))
    assert hindered(steps, Kind.REPAIR, REPAIR[1]).why is Hindrance.CRIMINAL_BAR


@pytest.mark.parametrize(
    ("found_on", "barred"),
    [("2025-03-03", False), ("2025-03-04", True), ("2026-04-01", True), ("2026-04-02", True), ("2024-06-01", False)],
)
def test_invariant_6_early_removal_is_impossible_when_new_arrears_lie_inside_the_listing(found_on, barred):
    found = hindered((*TO_LISTED, APPLIED), Kind.REPAIR, REPAIR[1], findings=(arrears(found_on, found_on),))
    assert (found is not None and found.why is Hindrance.NEW_ARREARS) is barred


def test_arrears_of_a_time_before_the_restoring_decision_do_not_bar_its_repair():
    steps = (*TO_LISTED, APPLIED, REPAIR, (Kind.RESTORE, "2026-06-01"), (Kind.DELIVERY, "2026-06-02"))
    asked = (*steps, (Kind.REPAIR_APPLIED, "2027-06-01"))
    assert hindered(asked, Kind.REPAIR, "2027-06-02", findings=(arrears("2025-06-01"),)) is None
    found = hindered(asked, Kind.REPAIR, "2027-06-02", findings=(arrears("2026-06-02"),))
    assert found.why is Hindrance.NEW_ARREARS


def test_a_restored_listing_waits_anew():
    steps = (*TO_LISTED, APPLIED, REPAIR, (Kind.RESTORE, "2026-06-01"), (Kind.DELIVERY, "2026-06-02"))
    asked = (*steps, (Kind.REPAIR_APPLIED, "2026-06-03"))
    explained = Evidence(reason_before_year=True)
    assert reason_of(asked, Kind.REPAIR, "2026-11-30", explained) == (Hindrance.SIX_MONTHS_NOT_OVER, "2026-12-01")
    assert reason_of(asked, Kind.REPAIR, "2027-05-31") == (Hindrance.REASON_BEFORE_YEAR_MISSING, "2027-06-01")


def test_a_refused_application_may_be_made_again_on_the_same_day():
    refused = (*TO_LISTED, APPLIED, (Kind.REPAIR_REFUSED, "2026-03-25"))
    again = (*refused, (Kind.REPAIR_APPLIED, "2026-03-25"))
    assert hindered(refused, Kind.REPAIR, "2026-04-01").why is Hindrance.NOT_FROM_THIS_STATE
    assert hindered(again, Kind.REPAIR, "2026-04-01") is None


def test_a_refusal_that_nobody_asked_for_answers_no_later_application():
    """Acts may have been imported one by one."""
    steps = (*TO_LISTED, (Kind.REPAIR_REFUSED, "2025-12-01"), APPLIED)
    assert hindered(steps, Kind.REPAIR, "2026-04-01") is None


def test_a_stay_bars_publication_only():
    stayed = (*TO_LISTED, (Kind.STAY, "2025-06-01"))
    steps = set(next_steps(case(*stayed), day("2025-06-02"), CALENDAR))
    free = set(next_steps(case(*TO_LISTED), day("2025-06-02"), CALENDAR))
    assert free - steps == {Kind.PUBLISHED}
    assert steps - free == {Kind.STAY_ENDED}
    assert standing_on(lived(*stayed), day("2025-06-02")).name == "LISTED+STAYED"


def test_a_stay_of_the_first_decision_is_no_stay_of_the_restoring_one():
    stayed = (*TO_LISTED, (Kind.STAY, "2025-06-01"), APPLIED, REPAIR, (Kind.RESTORE, "2026-06-01"))
    assert standing_on(lived(*stayed), day("2026-06-02")).conditions == set()


def test_what_is_hindered_is_named_beside_what_may_be_done():
    asked = case(*ASKED_EARLY)
    assert Kind.REPAIR not in next_steps(asked, day("2025-05-01"), CALENDAR)
    ((kind, found),) = hindered_steps(asked, day("2025-05-01"), CALENDAR)
    assert (kind, found.why, found.until) == (Kind.REPAIR, Hindrance.SIX_MONTHS_NOT_OVER, day("2025-10-01"))


def test_after_a_restoration_what_was_taken_down_is_up_again():
    down = (*TO_LISTED, (Kind.PUBLISHED, "2025-03-10"), APPLIED, REPAIR, (Kind.UNPUBLISHED, "2026-04-02"))
    assert standing_on(lived(*down), day("2026-04-03")).conditions == {Condition.PUBLISHED, Condition.UNPUBLISHED}
    restored = (*down, (Kind.RESTORE, "2026-06-01"), (Kind.DELIVERY, "2026-06-02"))
    assert standing_on(lived(*restored), day("2026-06-03")).conditions == set()
    assert hindered(restored, Kind.PUBLISHED, "2026-06-03") is None


def test_a_listing_is_expired_on_its_third_anniversary_and_not_before():
    assert standing_on(lived(*TO_LISTED), day("2028-03-02")).stage is Stage.LISTED
    standing = standing_on(lived(*TO_LISTED), day("2028-03-03"))
    assert (standing.stage, standing.ended_on) == (Stage.EXPIRED, day("2028-03-03"))


def test_decided_and_not_delivered_it_can_be_stayed_and_revoked_and_not_repaired():
    steps = set(next_steps(case(*TO_NOTICE, DECISION), day("2025-03-04"), CALENDAR))
    assert {Kind.DELIVERY, Kind.STAY, Kind.REVOCATION} <= steps
    assert not {Kind.REPAIR_APPLIED, Kind.PUBLISHED, Kind.HIDDEN} & steps


def test_what_the_platform_reports_is_no_step_that_hrss_is_offered():
    """C-02."""
    steps, on = STORIES[Stage.LISTED]
    assert Kind.REPAIR_SHOWN not in next_steps(case(*steps), day(on), CALENDAR)
    shown = (*steps, (Kind.REPAIR_SHOWN, on))
    assert Kind.REPAIR_SHOWN_REJECTED in next_steps(case(*shown), day(on), CALENDAR)
