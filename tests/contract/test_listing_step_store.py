"""What every fact store does with a step of a listing: it is judged on what is on record, and stored whole, once."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from listing_life import CALENDAR, TO_LISTED
from store_samples import act, code, fact, profile, submission

from gateway.domain.agencies import Agency, Role
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    MalformedRequestError,
    RequestIdReusedError,
    StateError,
)
from gateway.domain.listing_acts import Act
from gateway.domain.listing_steps import Evidence
from gateway.domain.listings import ListingState, state_at
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.listing_steps import ListingSteps, NewAct, StepRequest

HRSS = Agency(agency_id="hrss", name_zh="人社", name_en="HRSS", role=Role.PRODUCER, territory="420300")
AUTHORITY = "示例市人社局"
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
PERSONS = (("p1", b"sealed p1"), ("p2", b"sealed p2"))


class Clock:
    """A clock that stands."""

    def now(self):
        return NOW

    def boot_seconds(self):
        return 0.0


@pytest.fixture
def steps(store):
    return ListingSteps(store, Clock(), "writer-1", CALENDAR)


def step(kind, on, request_id="", listing_id="L", **more):
    """Return a step of one act, complete for its kind."""
    own = {
        Kind.ORDER_ISSUED: {"due_on": date(2025, 1, 20)},
        Kind.REPAIR_APPLIED: {"corrected_on": date(2025, 4, 1)},
    }.get(kind, {})
    authority = more.pop("authority", AUTHORITY)
    party = more.pop("party", "")
    said = more.pop("said", {"reason": kind.name})
    new = Act(kind, date.fromisoformat(on), f"{kind.name}〔1〕号", authority, "", party=party, **own)
    opening = {"uscc": code(1)} if kind is Kind.ORDER_ISSUED else {}
    persons = {"persons": PERSONS} if kind is Kind.DECISION else {}
    request_id = request_id or f"{listing_id}/{kind.name}/{on}"
    digest = hashlib.sha256(repr((kind, on, authority, party, said)).encode()).hexdigest()
    return StepRequest(request_id, digest, listing_id, (NewAct(new, said),), **(opening | persons | more))


def take(steps, *requests):
    """Take steps one after the other, and return what the last one gave."""
    taken = None
    for request in requests:
        taken = steps.take(HRSS, request)
    return taken


def life(*until):
    return [step(kind, on) for kind, on in until]


APPLY = step(Kind.REPAIR_APPLIED, "2025-04-02")
GRANT = step(Kind.REPAIR, "2026-04-01")


def test_a_life_is_stored_act_by_act_each_in_its_own_revision(steps, history):
    revision, held = take(steps, *life(*TO_LISTED))
    assert revision == len(TO_LISTED) == history.head()
    assert [act.kind for act in held.listing.acts] == [kind for kind, _ in TO_LISTED]
    assert history.dossier(code(1), revision).listings == (held.listing,)
    assert held.listing.acts[0].due_on == date(2025, 1, 20)
    assert held.listing.acts[-1].party == code(1)


def test_a_decision_carries_its_chain_and_what_was_said_with_it(steps):
    """L-27."""
    _, held = take(steps, *life(*TO_LISTED))
    decision = held.listing.decision
    assert held.said[decision.act_id] == {
        "reason": "DECISION",
        "chain.order_number": "ORDER_ISSUED〔1〕号",
        "chain.order_delivered_on": "2025-01-07",
        "chain.order_due_on": "2025-01-20",
        "chain.pre_notice_number": "PRE_NOTICE〔1〕号",
        "chain.pre_notice_delivered_on": "2025-01-22",
    }


def test_an_illegal_step_leaves_the_store_as_it_was(steps, history):
    take(steps, *life(*TO_LISTED))
    with pytest.raises(StateError) as caught:
        take(steps, step(Kind.RESTORE, "2026-01-01"))
    assert caught.value.metadata["state"] == "LISTED"
    assert history.head() == len(TO_LISTED)
    take(steps, step(Kind.STAY, "2026-01-01", request_id="L/RESTORE/2026-01-01"))


def test_a_step_sent_again_gives_what_it_gave_and_takes_no_revision(steps, history):
    first = take(steps, *life(*TO_LISTED[:2]))
    take(steps, *life(*TO_LISTED[2:]))
    assert take(steps, *life(TO_LISTED[1])) == first
    assert history.head() == len(TO_LISTED)
    with pytest.raises(RequestIdReusedError):
        take(steps, step(*TO_LISTED[1], said={"reason": "other"}))


def test_a_step_of_a_listing_that_nobody_opened_finds_none(steps):
    with pytest.raises(EnterpriseNotFoundError) as caught:
        take(steps, step(Kind.PRE_NOTICE, "2025-01-21"))
    assert caught.value.metadata == {"listing": "L"}


def test_only_the_authority_whose_listing_it_is_changes_it(steps, history):
    """L-01."""
    take(steps, *life(*TO_LISTED))
    with pytest.raises(FieldNotInMandateError) as caught:
        take(steps, step(Kind.REVOCATION, "2026-01-01", authority="示例县人社局"))
    assert caught.value.metadata["field"] == "step.authority"
    assert history.head() == len(TO_LISTED)


def test_an_imported_act_of_another_authority_is_rejected_by_name(store, history):
    store.submit(submission("a", act(1, listing_id="L")))
    foreign = act(1, Kind.DELIVERY, date(2026, 3, 8), listing_id="L")
    foreign = replace(foreign, listing_act=replace(foreign.listing_act, authority="示例县人社局"))
    _, (outcome,) = store.submit(submission("b", foreign))
    assert (outcome.status.name, outcome.field) == ("REJECTED", "authority")
    _, outcomes = store.submit(submission("c", act(2, listing_id="M"), replace(foreign, listing_id="M", uscc=code(2))))
    assert [outcome.status.name for outcome in outcomes] == ["STORED", "REJECTED"]


def test_what_lies_ahead_cannot_have_happened(steps):
    take(steps, *life(*TO_LISTED))
    with pytest.raises(MalformedRequestError) as caught:
        take(steps, step(Kind.STAY, "2026-11-25"))
    assert caught.value.field == "step.on"


def test_a_decision_is_delivered_only_to_who_is_listed_and_weighs_on_each_by_itself(steps, history, store):
    """A-126."""
    take(steps, *life(*TO_LISTED))
    with pytest.raises(MalformedRequestError) as caught:
        take(steps, step(Kind.DELIVERY, "2025-03-06", party="p3"))
    assert caught.value.field == "person"
    revision, held = take(steps, step(Kind.DELIVERY, "2025-03-07", party="p1"))
    assert held.listing.person_keys == {"p1", "p2"}
    other = fact(2)  # known, so that it has a dossier
    people = (profile(2, representative_key="p1"), profile(3, representative_key="p2"))
    store.submit(submission("m", other, *people))
    newest = history.head()
    states = {}
    for number in (2, 3):
        (relation,) = history.dossier(code(number), newest).relations
        assert relation.kind is RelationKind.LEGAL_REPRESENTATIVE
        states[number] = [state_at(each, NOW) for each in relation.listings]
    assert states == {2: [ListingState.IN_FORCE], 3: [ListingState.DECIDED]}
    assert revision < newest


def test_invariant_5_a_repair_takes_unit_and_persons_out_in_one_revision(steps, history, store):
    store.submit(submission("m", profile(2, representative_key="p1")))
    take(steps, *life(*TO_LISTED), step(Kind.DELIVERY, "2025-03-07", party="p1"), APPLY)
    before = history.head()
    revision, _ = take(steps, GRANT)

    def states(at):
        unit = history.dossier(code(1), at).listings
        (relation,) = history.dossier(code(2), at).relations
        return {state_at(each, NOW) for each in (*unit, *relation.listings)}

    assert states(before) == {ListingState.IN_FORCE}
    assert states(revision) == {ListingState.REPAIRED}
    assert revision == before + 1
    assert history.touched(before, revision).codes == {code(1), code(2)}


def test_invariant_6_a_finding_on_record_when_the_repair_is_decided_bars_it(steps, store):
    take(steps, *life(*TO_LISTED), APPLY)
    store.submit(submission("m", fact(1, "arrears", found_on=date(2025, 6, 1))))
    with pytest.raises(StateError) as caught:
        take(steps, GRANT)
    assert caught.value.metadata["why"] == "NEW_ARREARS"


def test_a_finding_of_another_enterprise_bars_nothing(steps, store):
    take(steps, *life(*TO_LISTED), APPLY)
    store.submit(submission("m", fact(2, "arrears", found_on=date(2025, 6, 1))))
    _, held = take(steps, GRANT)
    assert held.listing.acts[-1].kind is Kind.REPAIR


def test_of_two_officers_who_decide_at_once_exactly_one_decides(steps, history):
    take(steps, *life(*TO_LISTED), APPLY)
    before = history.head()
    requests = [
        step(Kind.REPAIR, "2026-04-01", request_id="grants"),
        step(Kind.REPAIR_REFUSED, "2026-04-01", request_id="refuses"),
    ]
    ended, start = [], threading.Barrier(len(requests))

    def decide(request):
        start.wait()
        try:
            ended.append(steps.take(HRSS, request)[0])
        except StateError as error:
            ended.append(error.metadata["why"])

    threads = [threading.Thread(target=decide, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, ended)) == sorted([str(before + 1), "NOT_FROM_THIS_STATE"])
    assert history.head() == before + 1


def test_a_bar_and_a_repair_at_once_leave_no_repair_under_the_bar(steps, history):
    """Whichever comes first: the repair is judged on what is on record when it is written."""
    take(steps, *life(*TO_LISTED), APPLY)
    bar = step(Kind.CRIMINAL_BAR_SET, "2026-03-30")
    ended, start = {}, threading.Barrier(2)

    def go(request):
        start.wait()
        try:
            ended[request.request_id] = steps.take(HRSS, request)[0]
        except StateError as error:
            ended[request.request_id] = error.metadata["why"]

    threads = [threading.Thread(target=go, args=(request,)) for request in (bar, GRANT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    barred, granted = ended[bar.request_id], ended[GRANT.request_id]
    assert isinstance(barred, int)
    assert granted == "CRIMINAL_BAR" or granted < barred


def test_the_two_first_acts_of_a_procedure_are_stored_together_or_not_at_all(steps, history):
    opening = step(Kind.ORDER_ISSUED, "2025-01-06")
    delivered = step(Kind.ORDER_DELIVERED, "2025-01-07").acts
    late = step(Kind.ORDER_DELIVERED, "2025-02-07").acts
    with pytest.raises(StateError) as caught:
        take(steps, replace(opening, acts=(*opening.acts, *late)))
    assert caught.value.metadata["why"] == "ORDER_ALREADY_DUE"
    assert history.head() == 0
    revision, held = take(steps, replace(opening, acts=(*opening.acts, *delivered)))
    assert (revision, len(held.listing.acts)) == (1, 2)


def test_a_listing_is_opened_once(steps):
    take(steps, *life(*TO_LISTED[:1]))
    with pytest.raises(StateError) as caught:
        take(steps, step(Kind.ORDER_ISSUED, "2025-01-08", request_id="again"))
    assert caught.value.metadata["state"] == "ORDERED"


def test_nobody_opens_a_listing_of_another_enterprise(steps, store, history):
    stray = act(2, Kind.DELIVERY, date(2025, 1, 1), listing_id="L")
    store.submit(submission("a", replace(stray, listing_act=replace(stray.listing_act, authority=AUTHORITY))))
    with pytest.raises(MalformedRequestError) as caught:
        take(steps, step(Kind.ORDER_ISSUED, "2025-01-06"))
    assert caught.value.field == "uscc"
    assert history.head() == 1


def test_an_act_that_cannot_be_stored_is_an_error_and_stores_nothing(store, history):
    store.submit(submission("a", act(1, listing_id="L")))
    with pytest.raises(MalformedRequestError) as caught:
        store.take_step(submission("b"), "L", lambda _: [act(2, Kind.STAY, listing_id="L")])
    assert caught.value.field == "listing_act.listing_id"
    assert history.head() == 1
    store.take_step(submission("b"), "L", lambda _: [act(1, Kind.STAY, listing_id="L")])


def test_a_code_that_no_register_knows_opens_nothing(steps, history):
    with pytest.raises(MalformedRequestError) as caught:
        take(steps, replace(step(Kind.ORDER_ISSUED, "2025-01-06"), conforming=False))
    assert caught.value.field == "uscc"
    assert history.head() == 0


def test_an_imported_listing_goes_on_step_by_step(steps, store):
    imported = act(1, listing_id="L", on=date(2025, 3, 3))
    own = replace(imported, listing_act=replace(imported.listing_act, authority=AUTHORITY))
    store.submit(submission("a", own))
    _, held = take(steps, step(Kind.DELIVERY, "2025-03-05"))
    assert state_at(held.listing, NOW) is ListingState.IN_FORCE


def test_what_is_held_is_what_was_held_at_the_newest_revision(steps, store):
    assert store.held_listing("L") == (0, None)
    taken = take(steps, *life(*TO_LISTED))
    assert store.held_listing("L") == taken


def test_steps_stay_unrecorded_until_their_entry_is_known(steps, store):
    revision, _ = take(steps, *life(*TO_LISTED[:1]))
    (request,) = life(*TO_LISTED[:1])
    assert store.unrecorded("writer-1") == [(request.request_id, revision, revision)]
    steps.mark_recorded(request.request_id, revision, 7)
    assert store.unrecorded("writer-1") == []


def test_a_waiver_and_a_reason_are_seen_in_the_same_transaction(steps):
    take(steps, *life(*TO_LISTED[:4]))
    waived = replace(step(Kind.DECISION, "2025-01-22"), evidence=Evidence(objection_waived=True))
    take(steps, waived, step(Kind.DELIVERY, "2025-01-22"), APPLY)
    early = step(Kind.REPAIR, "2025-10-01")
    with pytest.raises(StateError):
        take(steps, early)
    _, held = take(steps, replace(early, evidence=Evidence(reason_before_year=True)))
    assert state_at(held.listing, NOW - timedelta(days=1)) is ListingState.REPAIRED
