"""How mandates change: who may propose and approve, what may stand beside what, and in what a file differs (R-03)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mandate_samples import (
    AUDITOR,
    CHEN,
    DAY,
    FRAME,
    INSTANT,
    NOW,
    OPERATOR,
    PRODUCER,
    STANDING,
    ZHAO,
    bidding,
    ending,
    mandate,
    proposal,
)

from gateway.domain.agencies import NEVER, Role
from gateway.domain.errors import (
    MalformedRequestError,
    MandateNotInForceError,
    PurposeNotInMandateError,
    SecondPersonRequiredError,
    StateError,
    TerritoryNotInMandateError,
)
from gateway.domain.imports import Person
from gateway.domain.mandate_changes import (
    mandate_after,
    require_approvable,
    require_person,
    require_proposable,
    require_second,
)
from gateway.domain.mandates import Frame, MandateVersion, ProposalState, differences, state_of
from gateway.domain.policy import LocalizedText
from gateway.domain.processing_register import ProcessingRegister
from gateway.domain.quotas import AS_SHIPPED
from gateway.domain.vocabulary import Area

AHEAD = "must lie ahead, and after valid_from"
FORM = "must be 1 to 64 small letters and digits, in parts joined by hyphens"
BARE = "none of AWARDS is granted, although the area is"


def fault(wanted, standing=STANDING, frame=FRAME):
    with pytest.raises(MalformedRequestError) as caught:
        require_proposable(wanted, standing, frame, NOW)
    return caught.value.field, caught.value.metadata["why"]


def test_a_mandate_holds_from_its_first_instant_on_and_at_its_end_no_more():
    own = mandate(valid_from=NOW, valid_until=NOW + DAY)

    assert [own.in_force(at) for at in (NOW - INSTANT, NOW, NOW + DAY - INSTANT, NOW + DAY)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_mandate_that_has_ended_or_not_begun_says_which_and_when():
    own = mandate(valid_from=NOW, valid_until=NOW + DAY)
    own.require_in_force(NOW)
    with pytest.raises(MandateNotInForceError) as early:
        own.require_in_force(NOW - INSTANT)
    with pytest.raises(MandateNotInForceError) as late:
        own.require_in_force(NOW + DAY)

    assert early.value.metadata == {"why": "NOT_YET_VALID", "valid_from": "2026-11-24T01:30:00.000000Z"}
    assert late.value.metadata == {"why": "EXPIRED", "valid_until": "2026-11-25T01:30:00.000000Z"}


@pytest.mark.parametrize("purpose", ["", "TENDER-REVIEW", "anything"])
def test_a_mandate_without_purposes_takes_any(purpose):
    bidding().require_purpose(purpose, "question.purpose")


def test_a_mandate_with_purposes_takes_one_of_them_and_not_none():
    own = bidding(purposes=frozenset({"TENDER-REVIEW", "AWARD"}))
    own.require_purpose("AWARD", "question.purpose")
    for other in ("", "award", "AWARD ", "TENDER"):
        with pytest.raises(PurposeNotInMandateError) as caught:
            own.require_purpose(other, "question.purpose")
        assert caught.value.metadata["field"] == "question.purpose"


@pytest.mark.parametrize(
    ("territory", "inside", "outside"),
    [
        ("420300", ["420300", "420302", "420399"], ["420400", "420000", "430302"]),
        ("420000", ["420000", "420302", "429999"], ["430302"]),
        ("420302", ["420302"], ["420303", "420300"]),
        ("110100", ["110101"], ["110201"]),
    ],
)
def test_a_mandate_that_is_bound_to_its_territory_covers_projects_within_it_alone(territory, inside, outside):
    own = bidding(territory=territory, bound_to_territory=True)
    for region in inside:
        own.require_territory(region, "f")
    for region in [*outside, "", "wuhan"]:
        with pytest.raises(TerritoryNotInMandateError):
            own.require_territory(region, "f")
        bidding(territory=territory).require_territory(region, "f")


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"legal_basis": " "}, "mandate.legal_basis", "is required"),
        ({"legal_basis": "法" * 167}, "mandate.legal_basis", "is over 500 bytes"),
        ({"valid_until": NOW}, "mandate.valid_until", AHEAD),
        ({"valid_from": NOW + DAY, "valid_until": NOW + DAY}, "mandate.valid_until", AHEAD),
        ({"agency_id": "Trading"}, "mandate.agency", FORM),
        ({"name_zh": " "}, "mandate.name.zh", "must not be empty"),
        ({"areas": frozenset()}, "mandate.decision_points", "BIDDING_AWARD lies outside the areas granted"),
        ({"areas": frozenset({Area.BIDDING, Area.AWARDS})}, "mandate.decision_points", BARE),
        ({"purposes": frozenset({" x"})}, "mandate.purposes", "' x' is no purpose of 1 to 256 bytes"),
        ({"quota": replace(AS_SHIPPED.quota, in_flight=2049)}, "mandate.quota", "in_flight is over the process's own"),
    ],
)
def test_what_could_not_be_approved_is_refused_when_it_is_proposed_by_its_field(changes, field, why):
    assert fault(bidding(**changes)) == (field, why)


def test_a_feed_that_there_is_not_cannot_be_granted():
    assert fault(replace(PRODUCER, feeds=frozenset({"wages"}))) == ("mandate.feeds", "'wages' is not in gateway.toml")


def test_an_auditor_cannot_become_something_else_nor_something_else_an_auditor():
    """R-03."""
    why = "{} cannot be auditor and something else (R-03)"
    assert fault(mandate("audit-bureau", Role.OPERATOR)) == ("mandate.role", why.format("audit-bureau"))
    assert fault(mandate("audit-bureau", Role.PRODUCER)) == ("mandate.role", why.format("audit-bureau"))
    assert fault(mandate("hrss", Role.AUDITOR)) == ("mandate.role", why.format("hrss"))
    assert fault(mandate("gateway-operations", Role.AUDITOR)) == ("mandate.role", why.format("gateway-operations"))


def test_who_was_an_auditor_can_be_something_else_once_that_has_ended():
    """R-03 is about one instant: half-open spans that touch share none."""
    was = replace(AUDITOR, valid_until=NOW + DAY)
    after = mandate("audit-bureau", Role.ASKING_SYSTEM, valid_from=NOW + DAY)
    require_proposable(after, [OPERATOR, was], FRAME, NOW)

    assert fault(replace(after, valid_from=NOW + DAY - INSTANT), [OPERATOR, was])[0] == "mandate.role"


def test_the_last_operator_without_an_end_cannot_be_ended():
    assert fault(ending("gateway-operations", Role.OPERATOR)) == (
        "ending.ends_at",
        "an operator without an end must remain",
    )
    assert fault(replace(OPERATOR, valid_until=NOW + DAY))[0] == "mandate.valid_until"
    require_proposable(
        ending("gateway-operations", Role.OPERATOR), [*STANDING, mandate("second", Role.OPERATOR)], FRAME, NOW
    )


def test_an_ending_is_of_a_mandate_that_would_hold_longer():
    assert fault(ending("nobody")) == ("ending.agency", "has no mandate in this role")
    assert fault(ending("trading", Role.BANK)) == ("ending.agency", "has no mandate in this role")
    assert fault(ending(ends_at=NOW)) == ("ending.ends_at", "must lie ahead")
    brief = [OPERATOR, bidding(valid_until=NOW + DAY)]
    assert fault(ending(ends_at=NOW + DAY), brief) == ("ending.ends_at", "the mandate ends before")
    require_proposable(ending(ends_at=NOW + DAY - INSTANT), brief, FRAME, NOW)


@pytest.mark.parametrize(
    ("ends_at", "approved_at", "until"),
    [
        (None, NOW + DAY, NOW + DAY),
        (NOW + 2 * DAY, NOW + DAY, NOW + 2 * DAY),
        (NOW + DAY, NOW + 2 * DAY, NOW + 2 * DAY),
    ],
)
def test_an_approved_end_never_lies_before_its_approval(ends_at, approved_at, until):
    ended = mandate_after(ending(ends_at=ends_at), STANDING, approved_at)

    assert ended == bidding(valid_until=until)


def test_a_mandate_that_has_not_begun_is_ended_before_it_begins_and_one_is_never_made_longer():
    ahead = bidding(valid_from=NOW + DAY)
    assert mandate_after(ending(), [ahead], NOW) == replace(ahead, valid_until=NOW + DAY)
    brief = bidding(valid_until=NOW + DAY)
    assert mandate_after(ending(ends_at=NOW + 2 * DAY), [brief], NOW) == brief


def test_what_does_not_fit_any_more_is_not_approved_and_says_why():
    """Another mandate was approved since it was proposed."""
    auditing = mandate("hrss", Role.AUDITOR)
    require_proposable(auditing, [OPERATOR], FRAME, NOW)
    with pytest.raises(StateError) as caught:
        require_approvable(proposal(auditing), auditing, STANDING, FRAME, NOW)

    assert caught.value.metadata["why"] == "role: hrss cannot be auditor and something else (R-03)"


def test_what_switches_on_processing_that_is_not_assessed_is_neither_proposed_nor_approved():
    """I-54: the assessment comes before the processing; what ends it needs none."""
    empty = ProcessingRegister(LocalizedText("局", "bureau"), 36, [], "digest")
    frame = replace(FRAME, register=empty)
    field, why = fault(bidding(), frame=frame)
    assert field == "mandate.role"
    assert "not on the register" in why
    with pytest.raises(StateError) as caught:
        require_approvable(proposal(bidding()), bidding(), STANDING, frame, NOW)
    assert "not on the register" in caught.value.metadata["why"]

    require_proposable(ending(), STANDING, frame, NOW)
    require_approvable(proposal(ending()), bidding(valid_until=NOW), STANDING, frame, NOW)


def test_a_certificate_without_a_holder_is_nobodys_word():
    require_person("chen")
    with pytest.raises(SecondPersonRequiredError):
        require_person("--")
    with pytest.raises(SecondPersonRequiredError) as caught:
        require_person("")
    assert caught.value.metadata["why"] == "NO_HOLDER"


@pytest.mark.parametrize("holder", ["chen", "Chen", "CHEN"])
def test_who_proposed_does_not_approve_however_the_name_is_spelt(holder):
    with pytest.raises(SecondPersonRequiredError) as caught:
        require_second(proposal(mandate()), Person(CHEN.agency, holder))
    assert caught.value.metadata == {"proposal": "mandate-1", "why": "SAME_PERSON"}


def test_another_person_approves_and_a_system_does_not():
    require_second(proposal(mandate()), ZHAO)
    require_second(proposal(mandate()), Person("other-operations", "chen"))
    with pytest.raises(SecondPersonRequiredError) as caught:
        require_second(proposal(mandate()), Person(CHEN.agency, ""))
    assert caught.value.metadata["why"] == "NO_HOLDER"


def version(number, proposal_id=""):
    return MandateVersion(mandate=mandate(version=number), revision=1, recorded_at=NOW, proposal_id=proposal_id)


@pytest.mark.parametrize(
    ("current", "newest", "state"),
    [
        (None, "mandate-1", ProposalState.SUPERSEDED),
        (version(7), "mandate-1", ProposalState.WAITING),
        (version(7), "mandate-2", ProposalState.SUPERSEDED),
        (version(8), "mandate-1", ProposalState.SUPERSEDED),
        (version(8, "mandate-1"), "mandate-1", ProposalState.APPROVED),
        (version(8, "mandate-1"), "mandate-2", ProposalState.APPROVED),
    ],
)
def test_a_proposal_waits_while_it_is_the_newest_and_its_mandate_has_not_changed(current, newest, state):
    assert state_of(proposal(mandate(), replaces=7), current, newest) is state


def test_of_a_file_and_a_store_that_agree_nothing_is_told():
    stored = [replace(each, version=place) for place, each in enumerate(STANDING, 1)]
    assert differences(STANDING, stored) == []


def test_in_what_a_file_differs_is_told_caller_by_caller():
    own = frozenset({"per_day"})
    changed = bidding(valid_until=NOW, quota=replace(AS_SHIPPED.quota, per_day=9), own_quota=own)
    assert differences([OPERATOR, PRODUCER, bidding()], [OPERATOR, AUDITOR, changed]) == [
        "audit-bureau/auditor is in the store only: it may call",
        "hrss/producer is in agencies.toml only: it may not call",
        "trading/asking-system differs from agencies.toml in quota, valid_until: the store decides",
    ]


def test_a_number_of_the_gateways_own_is_no_difference():
    other = replace(AS_SHIPPED.quota, per_second=7)
    assert differences([bidding(quota=other)], [bidding()]) == []


def test_a_mandate_fits_a_gateway_that_has_its_feeds_and_lets_it_in_so_often():
    assert Frame(frozenset({"wage_list"}), 256).fault(PRODUCER) is None
    assert Frame(frozenset({"wage_list"}), 255).fault(PRODUCER) == ("quota", "in_flight is over the process's own")


def test_a_mandate_without_an_end_ends_never():
    assert mandate().in_force(NEVER - INSTANT)
