"""Mandates in every store: begun once, proposed and approved once each, never changed, and followed by everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mandate_samples import (
    CHEN,
    DAY,
    FRAME,
    NOW,
    OPERATOR,
    PRODUCER,
    STANDING,
    ZHAO,
    bidding,
    ending,
    mandate,
)
from sqlalchemy import func, select, update

from formats import canonical
from gateway.domain.agencies import Role
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    MalformedRequestError,
    RequestIdReusedError,
    SecondPersonRequiredError,
    StateError,
)
from gateway.domain.quotas import AS_SHIPPED
from gateway.services.change_mandates import ChangeMandates, Wanted, Word
from gateway.services.ports.facts import Submission
from gateway.storage.content import ContentError
from gateway.storage.engine import writing
from gateway.storage.mandate_content import write_mandate
from gateway.storage.mandate_tables import mandate_proposal, mandate_version
from gateway.storage.mandates import SqlMandateStore


@pytest.fixture
def mandates(engine):
    return SqlMandateStore(engine, AS_SHIPPED.quota)


@pytest.fixture
def begun(mandates):
    assert mandates.begin(file("f"), STANDING) == 0
    return mandates


@pytest.fixture
def change(begun):
    return ChangeMandates(begun, FRAME, "writer-1")


def file(digest, writer="writer-1"):
    return Submission(f"mandates-of-{digest}", 0, digest, "", "", writer, NOW, rows=())


def word(request_id, person=CHEN, digest="", at=NOW):
    return Word(request_id, digest or request_id, person, at)


def propose(change, wanted, request_id="p", **how):
    return change._propose(word(request_id, **how), Wanted(wanted, "新职责", "9号"))[1]


def approve(change, proposal, request_id="a", person=ZHAO, at=NOW):
    return change._approve(word(request_id, person, proposal, at), proposal)


def rows(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def newest(store):
    return store.held_listing("none")[0]


def test_a_store_takes_its_first_mandates_once_and_no_revision_for_them(begun, store):
    assert begun.begin(file("another"), [OPERATOR]) is None

    assert [version.mandate for version in begun.current()] == [
        replace(each, version=place) for place, each in enumerate(STANDING, 1)
    ]
    assert {(version.revision, version.proposal_id, version.approved_by) for version in begun.current()} == {
        (0, "", None)
    }
    assert newest(store) == 0


def test_the_first_mandates_owe_an_entry_until_it_is_marked(begun, store):
    assert store.unrecorded("writer-1") == [("mandates-of-f", 0, 0)]
    begun.mark_recorded("mandates-of-f", 0, 5)
    assert store.unrecorded("writer-1") == []


def test_what_is_proposed_changes_nothing_before_it_is_approved(change, begun, store):
    proposal = propose(change, bidding(purposes=frozenset({"AWARD"})))
    assert (newest(store), begun.newest()) == (0, 4)
    assert begun.current()[-1].mandate.purposes == frozenset()

    version = approve(change, proposal.proposal_id)
    assert version.mandate == bidding(purposes=frozenset({"AWARD"}), version=5)
    assert (version.revision, version.proposed_by, version.approved_by) == (1, CHEN, ZHAO)
    assert (newest(store), begun.newest()) == (1, 5)
    assert begun.current()[-1] == version
    assert len(begun.current()) == len(STANDING)


def test_earlier_versions_stay(change, engine):
    approve(change, propose(change, ending()).proposal_id)

    assert rows(engine, mandate_version) == len(STANDING) + 1


def test_each_write_is_made_once_however_often_it_is_sent(change, engine):
    first = propose(change, bidding())
    assert propose(change, bidding()) == first
    version = approve(change, first.proposal_id)
    assert approve(change, first.proposal_id) == version
    assert propose(change, bidding()) == first, "answered as it was, though it does not wait any more"

    assert rows(engine, mandate_proposal) == 1
    assert rows(engine, mandate_version) == len(STANDING) + 1


def test_a_request_id_is_for_one_content(change):
    first = propose(change, bidding())
    with pytest.raises(RequestIdReusedError):
        propose(change, bidding(), digest="another")
    with pytest.raises(RequestIdReusedError):
        approve(change, first.proposal_id, "p")


def test_who_proposed_does_not_approve_and_nothing_is_stored(change, engine, store):
    first = propose(change, bidding())
    for person in (CHEN, replace(CHEN, holder="CHEN"), replace(CHEN, holder="")):
        with pytest.raises(SecondPersonRequiredError):
            approve(change, first.proposal_id, f"a-{person.holder}", person)

    assert rows(engine, mandate_version) == len(STANDING)
    assert newest(store) == 0


def test_what_could_not_be_approved_is_not_even_kept(change, engine):
    with pytest.raises(MalformedRequestError, match="R-03"):
        propose(change, mandate("audit-bureau", Role.PRODUCER))
    assert rows(engine, mandate_proposal) == 0


def test_a_later_proposal_takes_the_place_of_one_that_waits(change):
    first, second = propose(change, bidding(), "p1"), propose(change, ending(), "p2")
    with pytest.raises(StateError) as caught:
        approve(change, first.proposal_id)
    assert caught.value.metadata["state"] == "SUPERSEDED"
    assert approve(change, second.proposal_id).mandate.valid_until == NOW


def test_what_is_approved_cannot_be_approved_again(change):
    first = propose(change, bidding())
    approve(change, first.proposal_id, "a1")
    with pytest.raises(StateError) as caught:
        approve(change, first.proposal_id, "a2")
    assert caught.value.metadata["state"] == "APPROVED"


def test_two_proposals_that_fit_alone_and_not_together_are_not_both_approved(change):
    """R-03: the second is judged by what stands when it is approved."""
    audits = propose(change, mandate("newcomer", Role.AUDITOR), "p1")
    produces = propose(change, mandate("newcomer", Role.PRODUCER), "p2")
    approve(change, audits.proposal_id, "a1")
    with pytest.raises(StateError, match="WAITING") as caught:
        approve(change, produces.proposal_id, "a2")
    assert caught.value.metadata["why"] == "role: newcomer cannot be auditor and something else (R-03)"


def test_a_proposal_that_nobody_made_is_not_found(change):
    with pytest.raises(EnterpriseNotFoundError):
        approve(change, "mandate-none")


def test_an_end_holds_from_its_approval_on(change):
    later = NOW + DAY
    version = approve(change, propose(change, ending()).proposal_id, at=later)
    assert version.mandate == bidding(valid_until=later, version=5)


def test_what_waits_is_listed_with_its_caller_and_a_newcomer_without_mandate(change):
    waiting = propose(change, mandate("newcomer"), "p1")
    ends = propose(change, ending(), "p2")
    approve(change, propose(change, PRODUCER, "p3").proposal_id)
    listed = {each.caller: each for each in change._listed()}

    assert listed["newcomer", "asking-system"].version is None
    assert listed["newcomer", "asking-system"].waiting == waiting
    assert listed["trading", "asking-system"].waiting == ends
    assert listed["hrss", "producer"].waiting is None
    assert list(listed) == sorted(listed)


@pytest.mark.parametrize("change", [{"later": 1}, {"role": "king"}, {"feeds": [1]}, {"bound_to_territory": 1}])
def test_a_mandate_that_cannot_be_understood_is_never_left_out(begun, engine, change):
    """A later version's key could bound what is granted: read without it, more would be."""
    content = canonical.encode({**canonical.decode(write_mandate(OPERATOR).encode()), **change}).decode()
    with writing(engine) as connection:
        connection.execute(update(mandate_version).where(mandate_version.c.number == 2).values(content=content))
    with pytest.raises(ContentError):
        begun.current()
