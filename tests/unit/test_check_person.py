"""The use case behind a question about a person: whom it looks for, at which revision, and what it cannot trust."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from builders import AUTHORITY, NOW, act, listing, policy, question

from gateway.domain.confirmations import Confirmation, RecordedAnswer
from gateway.domain.errors import MalformedRequestError, StoreUnavailableError
from gateway.domain.person_decision import PersonQuestion
from gateway.domain.person_words import PersonCapacity, PersonMatch
from gateway.domain.persons import PersonFile
from gateway.domain.vocabulary import DecisionPoint, ListingActKind, Verdict
from gateway.services.check_eligibility import Asked
from gateway.services.check_person import AskedPerson, CheckPerson, PersonRules, PersonSources
from gateway.services.freshness import Freshness
from gateway.services.ports.persons import HeldPerson
from gateway.services.ports.register import FeedState

KEY = "k" * 64
PLAIN = PersonQuestion(DecisionPoint.BIDDING_AWARD, question().facts, PersonCapacity.OWN_NAME)
LISTING = replace(
    listing(
        act(ListingActKind.DECISION, "2026-03-01", authority=AUTHORITY),
        act(ListingActKind.DELIVERY, "2026-03-02"),
    ),
    person_keys=frozenset({KEY}),
)
FRESHNESS = Freshness(
    replica_lag=timedelta(seconds=1),
    clock_skew=timedelta(seconds=1),
    answer_validity=timedelta(hours=4),
    reach_wait=timedelta(seconds=1),
    feeds={"wage_list": timedelta(hours=26)},
)
NOTHING_TO_WAIT_FOR = replace(FRESHNESS, feeds={})


@dataclass
class Register:
    """An index at one revision, and how far it comes when it is waited for."""

    revision: int = 7
    reached: int = 7
    confirmed: datetime = NOW
    lag: float = 0.0

    @property
    def feeds(self):
        return {"wage_list": FeedState("wage_list", self.confirmed)}

    def replica_lag(self):
        return self.lag

    def clock_skew(self):
        return 0.0

    async def reach(self, revision, seconds):
        assert seconds == FRESHNESS.reach_wait.total_seconds()
        self.revision = self.reached
        return self.reached >= revision


class Persons:
    """A store with one person, which remembers what it was asked."""

    def __init__(self, fails=None):
        self.asked = []
        self.fails = fails

    def revision_at(self, instant):
        return 3 if instant < NOW else 99

    def person(self, key, revision):
        self.asked.append((key, revision))
        if self.fails:
            raise self.fails
        return HeldPerson(PersonFile(KEY, (LISTING,)), b"sealed") if key == KEY else None


class Names:
    """Opens the one sealed text, or cannot."""

    def __init__(self, name="示例 甲"):
        self.name = name
        self.opened = 0

    def key(self, document_type, document_number):
        return f"{document_type}{document_number}"

    def name_of(self, sealed):
        self.opened += 1
        if self.name is None:
            raise StoreUnavailableError("no keys", kind="PersonKeyError")
        assert sealed == b"sealed"
        return self.name


class Recorded:
    """A record of calls with one entry."""

    def __init__(self, entry=None):
        self.entry = entry

    def answer(self, writer, number):
        return self.entry if (writer, number) == ("gw1-0", 7) else None


def checker(register=None, persons=None, names=None, recorded=None, freshness=FRESHNESS):
    rules = PersonRules(policy(), dict.fromkeys(DecisionPoint, freshness))
    return CheckPerson(
        rules, PersonSources(register or Register(), persons or Persons(), names or Names(), recorded or Recorded())
    )


def ask(check, key=KEY, name="", now=NOW, **moments):
    asked = Asked(**{"now": now, "as_of": now, "known_at": None, "preview": False, "at_least_as_fresh": 0} | moments)
    return asyncio.run(check(asked, AskedPerson(key, name), PLAIN))


def test_the_person_is_looked_for_by_the_key_at_the_revision_that_is_served():
    persons = Persons()
    decision, basis = ask(checker(persons=persons))
    assert persons.asked == [(KEY, 7)]
    assert (decision.verdict, decision.match) == (Verdict.CONDITIONAL, PersonMatch.EXACT)
    assert (basis.revision, basis.as_of, basis.known_at) == (7, NOW, None)
    other, _ = ask(checker(), key="other")
    assert (other.verdict, other.match) == (Verdict.CLEAR, PersonMatch.NONE)


def test_another_moment_of_knowledge_is_read_at_its_revision():
    persons = Persons()
    _, basis = ask(checker(persons=persons), known_at=NOW - timedelta(days=9))
    assert persons.asked == [(KEY, 3)]
    assert basis.revision == 3


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("示例甲", PersonMatch.EXACT),
        ("　示例　甲 ", PersonMatch.EXACT),
        ("示例乙", PersonMatch.PROBABLE),
        ("示例", PersonMatch.PROBABLE),
    ],
)
def test_the_name_that_is_sent_is_compared_with_the_records(name, match):
    decision, _ = ask(checker(), name=name)
    assert decision.match is match


def test_no_name_is_opened_that_is_not_compared():
    names = Names()
    ask(checker(names=names))
    ask(checker(names=names), key="other", name="示例甲")
    assert names.opened == 0


def test_a_name_that_cannot_be_opened_and_a_store_that_fails_are_no_answer():
    with pytest.raises(StoreUnavailableError):
        ask(checker(names=Names(None)), name="示例甲")
    with pytest.raises(StoreUnavailableError):
        ask(checker(persons=Persons(StoreUnavailableError("down", kind="x"))))


@pytest.mark.parametrize(
    "stale", [Register(confirmed=NOW - timedelta(hours=27)), Register(lag=1.5)], ids=["feed", "node"]
)
def test_what_is_not_fresh_makes_it_unverifiable_and_holds_for_no_time(stale):
    for key in (KEY, "other"):
        decision, _ = ask(checker(stale), key=key)
        assert decision.verdict is Verdict.UNVERIFIABLE
        assert decision.valid_until == NOW


def test_a_feed_that_cannot_weigh_at_the_point_is_not_waited_for():
    stale = Register(confirmed=NOW - timedelta(hours=27))
    decision, _ = ask(checker(stale, freshness=NOTHING_TO_WAIT_FOR), key="other")
    assert decision.verdict is Verdict.CLEAR


def test_the_least_revision_is_waited_for_and_a_doubt_where_it_is_not_reached():
    persons = Persons()
    decision, basis = ask(checker(Register(reached=9), persons), at_least_as_fresh=9)
    assert (persons.asked, basis.revision, decision.doubts) == ([(KEY, 9)], 9, ())
    decision, _ = ask(checker(Register(reached=8)), at_least_as_fresh=9)
    assert decision.doubts == ("REVISION_NOT_REACHED: 9",)
    assert decision.verdict is Verdict.UNVERIFIABLE


def test_a_confirmation_is_looked_up_judged_and_held_to_the_time_of_an_answer():
    asking = {"method": "CreditService/CheckPerson", "caller": {"agency": "a", "role": "asking-system"}, "person": KEY}
    body = {**asking, "outcome": "OK", "to_confirm": ["0" * 32]}
    recorded = Recorded(RecordedAnswer(bytes(32), NOW - timedelta(hours=6), body))
    check = checker(recorded=recorded)

    def marks(number=7, hours=1.0, now=NOW):
        said = Confirmation("o", now - timedelta(hours=hours), "gw1-0", number, bytes(32))
        return asyncio.run(check.confirmed(said, asking, DecisionPoint.BIDDING_AWARD, now))

    assert marks() == {"0" * 32}
    assert marks(hours=4) == {"0" * 32}
    with pytest.raises(MalformedRequestError, match="longer ago"):
        marks(hours=4.001)
    with pytest.raises(MalformedRequestError, match="no answer"):
        marks(number=8)
