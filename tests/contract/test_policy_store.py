"""Policies in every store: proposed and approved once each by two persons, and which of them holds when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from formats.civil import midnight
from gateway.bootstrap.config import StartError, load_config
from gateway.bootstrap.policies import Policies, StrictReader, with_policy_in_force
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    MalformedRequestError,
    RequestIdReusedError,
    SecondPersonRequiredError,
    StateError,
)
from gateway.domain.imports import Person
from gateway.domain.policy_text import PolicyText
from gateway.domain.policy_versions import PolicyProposalState
from gateway.services.change_mandates import Word
from gateway.services.change_policy import ChangePolicy, WantedPolicy, standing
from gateway.settings.policy_files import load_policy
from gateway.settings.policy_source import files_of
from gateway.storage import tables
from gateway.storage.policies import SqlPolicyStore
from gateway.storage.policy_tables import policy_proposal, policy_version

CONFIG = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
TODAY, AHEAD = date(2026, 11, 30), date(2026, 12, 15)
CHEN, ZHAO = Person("gateway-operations", "chen"), Person("gateway-operations", "zhao")
WAITING, APPROVED, SUPERSEDED, EXPIRED = PolicyProposalState


class HandClock:
    """A clock that a test sets."""

    def __init__(self, now):
        self.at = now

    def now(self):
        return self.at


@cache
def text(version, profile="shiyan"):
    files = files_of(CONFIG / "policy", profile)
    own = files[f"{profile}.toml"].replace(b'version = "2026-11"', f'version = "{version}"'.encode())
    return PolicyText(profile, {**files, f"{profile}.toml": own})


@pytest.fixture
def store(engine):
    return SqlPolicyStore(engine)


@pytest.fixture
def change(store):
    first = load_policy(CONFIG / "policy", "shiyan", TODAY)
    return ChangePolicy(store, StrictReader(CONFIG / "policy"), first, "writer-1")


def word(request_id, person=CHEN, digest="", at=NOW):
    return Word(request_id, digest or request_id, person, at)


def propose(change, policy, request_id="p", on=AHEAD, **how):
    return change._propose(word(request_id, **how), WantedPolicy(policy, on, "新法", "9号"))[1]


def approve(change, proposal, request_id="a", person=ZHAO, at=NOW):
    return change._approve(word(request_id, person, proposal.proposal_id, at), proposal.proposal_id)


def rows(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()


def head(engine):
    with engine.connect() as connection:
        return connection.execute(select(tables.head.c.revision)).scalar()


def states(store, now=NOW):
    return {each.version: state for each, state in standing(store, now).proposals}


def test_a_proposal_takes_no_revision_and_an_approval_one_and_both_come_out_as_they_went_in(engine, store, change):
    before = head(engine)
    proposal = propose(change, text("v1"))
    assert head(engine) == before
    version = approve(change, proposal)

    assert head(engine) == before + 1 == version.revision
    assert store.proposals() == [proposal]
    assert store.versions() == [version]
    assert version.proposal.text == text("v1")
    assert (version.number, version.holds_from) == (1, midnight(AHEAD))
    assert store.text("shiyan", proposal.digest) == text("v1")
    assert store.text("national-2026", proposal.digest) is None


def test_what_waits_is_not_found_as_approved(store, change):
    proposal = propose(change, text("v1"))

    assert store.text("shiyan", proposal.digest) is None
    assert store.schedule() == []


def test_each_word_counts_once_and_its_id_for_nothing_else(engine, change):
    proposal = propose(change, text("v1"))
    assert propose(change, text("v1")) == proposal
    version = approve(change, proposal)
    assert approve(change, proposal) == version
    assert (rows(engine, policy_proposal), rows(engine, policy_version)) == (1, 1)

    with pytest.raises(RequestIdReusedError):
        propose(change, text("v2"), digest="other")
    with pytest.raises(RequestIdReusedError):
        change._approve(word("a", ZHAO, "other"), proposal.proposal_id)


def test_one_person_is_not_two(change):
    with pytest.raises(SecondPersonRequiredError):
        approve(change, propose(change, text("v1")), person=CHEN)


def test_only_the_newest_proposal_can_be_approved_and_only_beside_what_it_was_made_beside(store, change):
    first, second = propose(change, text("v1")), propose(change, text("v2"), "p2")
    with pytest.raises(StateError, match="SUPERSEDED"):
        approve(change, first)
    approve(change, second)
    assert states(store) == {"v1": SUPERSEDED, "v2": APPROVED}
    third = propose(change, text("v3"), "p3")
    assert third.replaces == 1
    assert states(store) == {"v1": SUPERSEDED, "v2": APPROVED, "v3": WAITING}
    with pytest.raises(EnterpriseNotFoundError):
        change._approve(word("x", ZHAO), "policy-none")


def test_a_proposal_whose_day_has_passed_is_expired(store, change):
    proposal = propose(change, text("v1"))
    last, after = midnight(AHEAD) + timedelta(hours=23, minutes=59), midnight(AHEAD) + timedelta(days=1)

    assert states(store, last) == {"v1": WAITING}
    assert states(store, after) == {"v1": EXPIRED}
    with pytest.raises(StateError, match="EXPIRED"):
        approve(change, proposal, at=after)
    assert approve(change, proposal, at=last).holds_from == last


def test_a_day_of_the_past_is_not_proposed_and_today_holds_from_the_approval_on(change):
    with pytest.raises(MalformedRequestError, match="holds_on"):
        propose(change, text("v1"), on=date(2026, 11, 29))

    assert approve(change, propose(change, text("v1"), on=TODAY)).holds_from == NOW


def test_what_was_approved_last_is_not_proposed_again_and_what_came_before_it_is(change):
    with pytest.raises(MalformedRequestError, match="approved last"):
        propose(change, text("2026-11"))
    approve(change, propose(change, text("v1")))
    with pytest.raises(MalformedRequestError, match="approved last"):
        propose(change, text("v1"), "p2")

    assert propose(change, text("2026-11"), "p3").replaces == 1


def test_what_is_not_sound_any_more_is_not_approved(store, change):
    proposal = propose(change, text("v1"))
    broken = ChangePolicy(store, StrictReader(CONFIG), change._first, "writer-1")

    with pytest.raises(StateError, match="WAITING") as refused:
        approve(broken, proposal)
    assert refused.value.metadata["why"].startswith("NOT_SOUND: reviews.toml")
    assert store.versions() == []


def policies(engine, at):
    return Policies(load_config(CONFIG), engine, HandClock(at))


def test_the_last_one_approved_holds_from_its_day_on_and_none_before_it_begins_afterwards(engine, change):
    late = approve(change, propose(change, text("late"), on=date(2027, 1, 1)))
    soon = approve(change, propose(change, text("soon"), "p2", on=AHEAD), "a2")
    assert (late.number, soon.number) == (1, 2)

    def held(at):
        served = policies(engine, at)
        served.look()
        return served.config.policy.version, served.ends_at()

    assert held(NOW) == ("2026-11", midnight(AHEAD))
    assert held(midnight(AHEAD) - timedelta(microseconds=1)) == ("2026-11", midnight(AHEAD))
    assert held(midnight(AHEAD)) == ("soon", None)
    assert held(midnight(date(2027, 6, 1))) == ("soon", None)


def test_a_process_learns_of_an_approval_with_its_revision_and_is_over_at_its_moment(engine, change):
    served = policies(engine, NOW)
    told = []
    seen = served.before(told.append)
    seen("r1")
    assert (served.ends_at(), served.over(), told) == (None, False, ["r1"])
    approve(change, propose(change, text("v1")))
    seen("r2")

    assert (served.ends_at(), served.over()) == (midnight(AHEAD), False)
    served._clock.at = midnight(AHEAD) - timedelta(microseconds=1)
    assert not served.over()
    served._clock.at = midnight(AHEAD)
    assert served.over()
    figures = served.figures()
    assert (figures.number, figures.next_at, figures.waiting) == (0, midnight(AHEAD), "")


def test_a_policy_that_is_over_by_itself_when_it_would_hold_stops_the_start(store, change):
    approve(change, propose(change, text("v1"), on=date(2027, 12, 31)))

    with pytest.raises(StartError, match=r"number 1 of the store: shiyan\.toml: header\.expires_on"):
        with_policy_in_force(load_config(CONFIG), store, midnight(date(2028, 1, 1)))
