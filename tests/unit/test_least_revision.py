"""The least revision that a caller names is waited for so long, and where it has not come, the answer says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from builders import NOW, policy, question
from store_samples import PROFILE, code

from gateway.domain import timeline
from gateway.domain.records import Dossier, RelationKind
from gateway.domain.vocabulary import Verdict
from gateway.services.check_eligibility import Asked, CheckEligibility, Item
from gateway.services.freshness import Freshness
from gateway.services.identify import NamedParty
from gateway.services.ports.register import Indexed

SERVED = 7
WAIT = timedelta(seconds=1)
FRESHNESS = Freshness(replica_lag=WAIT, clock_skew=WAIT, answer_validity=timedelta(hours=4), reach_wait=WAIT, feeds={})
POLICY = policy()
ENTERPRISE = Indexed(
    uscc=code(1),
    names=(PROFILE.name,),
    nonconforming=False,
    compute=lambda: timeline.build(Dossier(code(1), (PROFILE,)), POLICY.grade_rules),
)
ITEM = Item(question(), (NamedParty(code(1), PROFILE.name, RelationKind.SELF, conforming=True, field="enterprise"),))


@dataclass
class Register:
    """An index at one revision, how far it comes when it is waited for, and who waited how long."""

    comes_to: int
    revision: int = SERVED
    feeds: dict = field(default_factory=dict)
    waited: list = field(default_factory=list)

    def find(self, uscc):
        return ENTERPRISE if uscc == ENTERPRISE.uscc else None

    def unresolved(self, _name_key):
        return ()

    def replica_lag(self):
        return 0.0

    def clock_skew(self):
        return 0.0

    async def reach(self, revision, seconds):
        self.waited.append((revision, seconds))
        self.revision = self.comes_to
        return self.comes_to >= revision


def ask(register, least):
    asked = Asked(NOW, NOW, None, preview=False, at_least_as_fresh=least)
    (decision,), basis = asyncio.run(CheckEligibility(register, None, POLICY, FRESHNESS)(asked, [ITEM]))
    return decision, basis.revision


@pytest.mark.parametrize("least", [0, SERVED - 1, SERVED])
def test_what_is_served_already_is_not_waited_for(least):
    register = Register(SERVED)
    decision, revision = ask(register, least)
    assert (decision.verdict, revision, register.waited) == (Verdict.CLEAR, SERVED, [])


def test_what_is_reached_in_time_is_what_the_answer_rests_on():
    register = Register(SERVED + 2)
    decision, revision = ask(register, SERVED + 1)
    assert (decision.verdict, decision.doubts, revision) == (Verdict.CLEAR, (), SERVED + 2)
    assert register.waited == [(SERVED + 1, WAIT.total_seconds())]


def test_what_is_not_reached_is_said_and_clears_nobody():
    decision, revision = ask(Register(SERVED + 1), SERVED + 2)
    assert (decision.verdict, revision) == (Verdict.UNVERIFIABLE, SERVED + 1)
    assert decision.doubts == (f"REVISION_NOT_REACHED: {SERVED + 2}",)
