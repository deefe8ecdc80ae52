"""The laws of a referral: who may do what from where, what is a large amount, and what its file must show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.agencies import Role
from gateway.domain.errors import StateError
from gateway.domain.referral_amounts import AmountRow, Amounts, AmountTable, WorkerClaim, amount_finding
from gateway.domain.referral_back_flow import barring
from gateway.domain.referral_steps import ReferralAct, allowed, police_of, require_step, stage_of
from gateway.domain.referral_transitions import TRANSITIONS
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
AGENCIES = {
    Role.PRODUCER: "hrss",
    Role.POLICE: "public-security",
    Role.PROCURATORATE: "procuratorate",
    Role.COURT: "court",
}
GENERAL = Amounts(1_000_000, 5_000_000)
LOWER = Amounts(500_000, 3_000_000)
TABLE = AmountTable(
    [
        AmountRow(frozenset({"420302", "420303"}), date(2014, 1, 1), GENERAL, "HB-AMT"),
        AmountRow(frozenset({"420322"}), date(2014, 1, 1), LOWER, "HB-AMT", contested=GENERAL),
    ]
)


def an_act(kind: Kind, number: int, at: datetime = NOW) -> ReferralAct:
    """Return a step as its authority takes it, by other persons than any other."""
    return ReferralAct(
        kind=kind,
        agency=AGENCIES[TRANSITIONS[kind].role],
        at=at,
        document_number=f"十人社监移〔2026〕{number}号",
        document_sha256="ab" * 32,
        officers=(f"officer-{number}", f"officer-{number}b"),
        reasons="as the law wants them",
        to_agency=AGENCIES[Role.POLICE] if kind in {Kind.SENDING, Kind.FORWARDING} else "",
        holder=f"holder-{number}",
    )


def taken(*kinds: Kind) -> list[ReferralAct]:
    """Return the acts of a case that takes these steps, each of which must be allowed."""
    acts: list[ReferralAct] = []
    for number, kind in enumerate(kinds):
        act = an_act(kind, number)
        require_step(acts, act, TRANSITIONS[kind].role, NOW)
        acts.append(act)
    return acts


SENT = (Kind.REPORT, Kind.APPROVAL, Kind.SENDING)
RECEIVED = (*SENT, Kind.RECEIPT)
REFUSED_FILING = (*RECEIVED, Kind.NON_FILING)
WAYS = {
    "filed to judgment": (
        (*RECEIVED, Kind.FILING, Kind.HANDOVER, Kind.INDICTMENT, Kind.CONVICTION, Kind.PROPERTY_RETURN, Kind.CLOSING),
        Stage.CLOSED,
    ),
    "not filed, reconsidered, upheld, supervised, ordered to file": (
        (
            *REFUSED_FILING,
            Kind.RECONSIDERATION_REQUEST,
            Kind.NON_FILING_UPHELD,
            Kind.SUPERVISION_REQUEST,
            Kind.EXPLANATION_REQUEST,
            Kind.EXPLANATION,
            Kind.FILING_ORDER,
            Kind.FILING,
        ),
        Stage.FILED,
    ),
    "forwarded": ((*RECEIVED, Kind.FORWARDING, Kind.RECEIPT, Kind.FILING), Stage.FILED),
    "supplemented": ((*RECEIVED, Kind.MATERIALS_REQUEST, Kind.SUPPLEMENT, Kind.FILING), Stage.FILED),
    "withdrawn": (
        (*RECEIVED, Kind.FILING, Kind.HANDOVER, Kind.WITHDRAWAL, Kind.ADMINISTRATIVE_RETURN, Kind.CLOSING),
        Stage.CLOSED,
    ),
    "reported again after a refusal": ((Kind.REPORT, Kind.REFUSAL, Kind.REPORT, Kind.APPROVAL), Stage.APPROVED),
    "reconsidered and filed": ((*REFUSED_FILING, Kind.RECONSIDERATION_REQUEST, Kind.FILING), Stage.FILED),
    "supervision rejected": (
        (*REFUSED_FILING, Kind.SUPERVISION_REQUEST, Kind.NON_FILING_VALID, Kind.ADMINISTRATIVE_RETURN),
        Stage.RETURNED_ADMIN,
    ),
    "not prosecuted, with an opinion": (
        (*RECEIVED, Kind.FILING, Kind.NON_PROSECUTION, Kind.OPINION, Kind.OPINION_ANSWER),
        Stage.NON_PROSECUTED,
    ),
    "silent police": (
        (*RECEIVED, Kind.SUPERVISION_REQUEST, Kind.FILING_ORDER, Kind.CORRECTION_NOTICE),
        Stage.FILING_ORDERED,
    ),
}


@pytest.mark.parametrize(("kinds", "stage"), WAYS.values(), ids=WAYS)
def test_every_way_of_the_law_can_be_gone(kinds, stage):
    assert stage_of(taken(*kinds)) is stage


@given(st.data())
def test_whatever_is_done_only_what_is_allowed_is_taken_and_the_stage_follows(data):
    acts: list[ReferralAct] = []
    for number in range(data.draw(st.integers(1, 14))):
        kind = data.draw(st.sampled_from(Kind))
        role = data.draw(st.sampled_from([TRANSITIONS[kind].role, Role.COURT, Role.PRODUCER]))
        act = an_act(kind, number)
        before = stage_of(acts)
        if kind in allowed(acts, role):
            after = require_step(acts, act, role, NOW)
            assert before in TRANSITIONS[kind].stages
            acts.append(act)
            assert stage_of(acts) is after
        else:
            with pytest.raises(StateError) as refused:
                require_step(acts, act, role, NOW)
            assert refused.value.metadata["state"] == before.name
            assert kind.name not in refused.value.metadata["allowed"].split(",")


def test_no_case_leaves_its_end_and_each_stage_is_reached():
    reached = {Stage.DRAFT, *(each.after for each in TRANSITIONS.values() if each.after)}

    assert reached == set(Stage)
    assert not any(Stage.CLOSED in each.stages for each in TRANSITIONS.values())


def refusal(acts, act) -> str:
    with pytest.raises(StateError) as refused:
        require_step(acts, act, TRANSITIONS[act.kind].role, NOW)
    return refused.value.metadata["why"]


def test_a_step_is_refused_by_the_name_of_what_is_in_its_way():
    received = taken(*RECEIVED)
    filing = an_act(Kind.FILING, 9)

    assert refusal(received, replace(filing, at=NOW + timedelta(seconds=1))) == "AHEAD"
    assert refusal(received, replace(filing, at=NOW - timedelta(seconds=1))) == "BEFORE_EARLIER_STEP"
    assert refusal(received, replace(filing, agency="public-security-of-elsewhere")) == "NOT_THIS_AUTHORITY"
    assert refusal(received, replace(filing, document_number=received[-1].document_number)) == "DOCUMENT_USED"
    assert refusal(received, replace(an_act(Kind.NON_FILING, 9), reasons=" ")) == "REASONS_MISSING"
    asked = [*taken(*REFUSED_FILING), an_act(Kind.SUPERVISION_REQUEST, 8)]
    assert refusal(asked, an_act(Kind.EXPLANATION, 9)) == "NO_REQUEST_OPEN"


def test_who_reported_does_not_approve():
    (report,) = taken(Kind.REPORT)
    approval = an_act(Kind.APPROVAL, 1)

    assert refusal([report], replace(approval, holder=report.holder)) == "SAME_PERSON"
    assert refusal([report], replace(approval, holder="")) == "SAME_PERSON"
    assert refusal([report], replace(approval, officers=(report.officers[1],))) == "SAME_PERSON"
    assert require_step([report], approval, Role.PRODUCER, NOW) is Stage.APPROVED


def test_a_forwarded_case_is_the_next_police_s_alone():
    acts = taken(*RECEIVED)
    forwarded = [*acts, replace(an_act(Kind.FORWARDING, 7), to_agency="public-security-of-elsewhere")]

    assert police_of(acts) == "public-security"
    assert police_of(forwarded) == "public-security-of-elsewhere"
    assert refusal(forwarded, an_act(Kind.RECEIPT, 8)) == "NOT_THIS_AUTHORITY"


def workers(count: int, total_fen: int, months: int = 1) -> list[WorkerClaim]:
    each = total_fen // count
    return [WorkerClaim(f"w{n}", each + (total_fen - each * count if n == 0 else 0), months) for n in range(count)]


def test_nine_workers_never_meet_the_test_of_ten_whatever_they_are_owed():
    nine = amount_finding(workers(9, 100_000_000), GENERAL)
    one_with_three_months = amount_finding([*workers(8, 99_000_000), WorkerClaim("w9", 1_000_000, 3)], GENERAL)

    assert not nine.large
    assert one_with_three_months.one_worker
    assert not one_with_three_months.ten_workers


@pytest.mark.parametrize(
    ("county", "fen", "large"),
    [("420302", 999_999, False), ("420302", 1_000_000, True), ("420322", 499_999, False), ("420322", 500_000, True)],
)
def test_the_amount_for_one_worker_is_the_county_s_to_the_fen(county, fen, large):
    row = TABLE.row(county, date(2026, 11, 2))

    assert amount_finding([WorkerClaim("w", fen, 3)], row.decide).large is large
    assert not amount_finding([WorkerClaim("w", fen, 2)], row.decide).large


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2_000_000), st.integers(0, 5)), max_size=14))
def test_one_more_claim_never_makes_an_amount_small_and_splitting_a_claim_changes_nothing(rows):
    claims = [WorkerClaim(f"w{worker}", fen, months) for worker, fen, months in rows]
    found = amount_finding(claims, GENERAL)
    more = amount_finding([*claims, WorkerClaim("w0", 10_000, 1)], GENERAL)
    split = [
        part
        for claim in claims
        for part in (
            replace(claim, owed_fen=claim.owed_fen // 3, unpaid_months=0),
            replace(claim, owed_fen=claim.owed_fen - claim.owed_fen // 3),
        )
    ]

    assert found.large <= more.large
    assert amount_finding(split, GENERAL) == found


def test_the_table_changes_by_the_day_and_takes_nothing_outside_the_national_band():
    later = AmountRow(frozenset({"420322"}), date(2027, 1, 1), GENERAL, "a later document")
    changing = AmountTable([later, AmountRow(frozenset({"420322"}), date(2014, 1, 1), LOWER, "HB-AMT")])

    assert changing.row("420322", date(2026, 12, 31)).decide == LOWER
    assert changing.row("420322", date(2027, 1, 1)).decide == GENERAL
    assert changing.row("420322", date(2013, 12, 31)) is None
    assert changing.row("420324", date(2026, 1, 1)) is None
    with pytest.raises(ValueError, match=r"^420322: .*band"):
        AmountTable([replace(later, decide=Amounts(499_999, 5_000_000))])
    with pytest.raises(ValueError, match=r"^420322: two rows"):
        AmountTable([later, later])


PURSUED = {Stage.FILED, Stage.HANDED_OVER, Stage.INDICTED, Stage.CONVICTED, Stage.EXEMPTED}


@given(st.data())
def test_the_criminal_bar_stands_exactly_while_the_case_is_filed_and_not_ended_otherwise(data):
    """L-25, over every way that the table leaves open."""
    acts: list[ReferralAct] = []
    for number in range(data.draw(st.integers(1, 24))):
        open_to = [(kind, each.role) for kind, each in TRANSITIONS.items() if kind in allowed(acts, each.role)]
        if not open_to:
            break
        act = an_act(data.draw(st.sampled_from(open_to))[0], number)
        require_step(acts, act, TRANSITIONS[act.kind].role, NOW)
        acts.append(act)
        stages = [stage_of(acts[: place + 1]) for place in range(len(acts))]
        decided = [stage for stage in stages if stage is not Stage.CLOSED]
        filing = barring(acts)
        assert (filing is not None) is (decided[-1] in PURSUED)
        assert filing is None or filing.kind is Kind.FILING
