"""A whole listing life on ``jsg`` alone before one server whose clock is moved through years.

At every step all nine areas are asked where the listing weighs most, and at the last second before time alone changes
something and at that instant. What was answered then is asked again at the end, in HRSS's role.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from e2e.served import new_party
from listing_on_a_clock import NOTHING, Listed
from moved_clock import at

from formats.civil import parse_instant
from gateway.cli.tour_story import HEAVIEST

pytestmark = pytest.mark.timeout(600)
SECOND = timedelta(seconds=1)
CONTENT = (
    *("--reason", "REFUSED_TO_PAY", "--basis", "人社部令第45号第五条", "--measures", "九个领域依法限制"),
    *("--early-removal", "改正满六个月", "--remedies", "六十日内申请复议", "--repair-notice", "修复告知1号"),
)
PAPERS = ("--proof", "支付凭证1", "--commitment", "承诺1")
COURT = ("--by", "示例市中级人民法院")


class Years:
    """Moves the clock of a city with one listing in it."""

    def __init__(self, city):
        self.city = city
        self.listed = Listed(city, new_party(), date(2020, 1, 1))
        self.listed.step("propose", "--uscc", self.listed.party.uscc, "--due", "2026-03-16")

    def on(self, day):
        """Go to that day at ten o'clock, when every feed is confirmed: a silent one would make answers UNVERIFIABLE."""
        self.city.clock.run_from(at(day))
        self.city.confirm()

    def at_midnight(self, day, before, since):
        """Look at the last second before *day* begins, and at the instant at which it does; nobody does anything."""
        begins = at(day, "00:00:00")
        self.city.clock.run_from(begins - timedelta(hours=1))
        self.city.confirm()
        for moment, weighs in ((begins - SECOND, before), (begins, since)):
            self.city.clock.stop_at(moment)
            assert self.listed.look() == weighs, moment
        self.city.clock.run_from(begins)

    def pre_noticed(self):
        """Go from the order to where the decision may be taken."""
        self.on("2026-03-03")
        self.listed.step("notice", "order-delivered", "--proof", "回证1")
        self.on("2026-03-17")
        self.listed.step("notice", "pre-notice")
        self.on("2026-03-18")
        self.listed.step("notice", "pre-notice-delivered", "--proof", "回证2")
        self.on("2026-03-26")

    def decide(self):
        self.listed.step("decide", "list", *CONTENT, "--persons", self.listed.persons)

    def in_force(self):
        """Go from the order to the first instant at which the listing weighs."""
        self.pre_noticed()
        self.decide()
        self.on("2026-03-30")
        self.listed.step("deliver", "--proof", "回证3")
        self.city.clock.stop_at(at("2026-03-31", "00:00:00"))
        assert self.listed.look() == HEAVIEST

    def step_by_step(self):
        """Go from the order to where it weighs, looking at each step: none comes before its time."""
        listed = self.listed
        assert listed.look() == NOTHING
        self.on("2026-03-03")
        assert listed.step("notice", "order-delivered", "--proof", "回证1")["stage"] == "LISTING_STAGE_ORDER_RUNNING"
        self.at_midnight("2026-03-17", NOTHING, NOTHING)
        assert listed.stage() == ["ORDER_EXPIRED"], "by time alone: it was to be paid by the day before"
        listed.step("notice", "pre-notice")
        self.on("2026-03-18")
        listed.step("notice", "pre-notice-delivered", "--proof", "回证2")
        self.on("2026-03-20")
        assert "why=OBJECTION_PERIOD_OPEN" in listed.refused("decide", "list", *CONTENT, "--persons", listed.persons)
        listed.step("objection", "objection")
        self.on("2026-03-24")
        listed.step("objection", "objection-verified", "--result", "理由不成立")
        assert listed.look() == NOTHING
        self.on("2026-03-26")
        self.decide()
        assert listed.look() == NOTHING, "decided, and not delivered (A-126)"
        self.on("2026-03-30")
        listed.step("deliver", "--proof", "回证3")
        self.at_midnight("2026-03-31", NOTHING, HEAVIEST)

    def as_it_was(self):
        """Ask again about every instant so far, as HRSS, knowing what was known then (promise 5)."""
        for then, now in self.listed.asked_again(known_then=True):
            assert now.holds(then), (then, now)

    def and_still_is(self):
        """Ask again about every instant so far, as HRSS, with what is known now; return the verdicts."""
        verdicts = set()
        for then, now in self.listed.asked_again(known_then=False):
            assert now.holds(then, but=["effective_until"]), (then, now)
            verdicts.add(then.verdict)
        return verdicts


@pytest.fixture
def years(city):
    return Years(city)


def test_a_whole_life_weighs_in_all_nine_areas_as_the_law_says_at_each_step(years, city):
    listed = years.listed
    years.step_by_step()
    years.on("2026-04-02")
    listed.step("notice", "published", "--places", "人社局门户网站")
    assert listed.look() == HEAVIEST

    years.on("2026-06-01")
    listed.step("stay", "stay", *COURT)
    assert listed.look() == NOTHING
    years.on("2026-07-01")
    listed.step("stay", "stay-ended", *COURT)
    years.at_midnight("2026-07-02", NOTHING, HEAVIEST)

    years.on("2027-03-10")
    listed.step("apply-repair", "--corrected", "2026-05-15", *PAPERS)
    assert "why=REASON_BEFORE_YEAR_MISSING" in listed.refused("decide-repair", "grant")
    years.on("2027-03-25")
    assert listed.look() == HEAVIEST, "an application decides nothing"
    years.on("2027-03-26")
    assert listed.step("decide-repair", "grant")["stage"] == "LISTING_STAGE_REPAIRED"
    assert listed.look() == NOTHING

    years.on("2027-08-10")
    listed.step("decide-repair", "restore", "--reason", "虚假材料")
    assert listed.look() == NOTHING, "restored, and not delivered (L-18)"
    years.on("2027-08-12")
    listed.step("deliver", "--proof", "回证5")
    years.at_midnight("2027-08-13", NOTHING, HEAVIEST)
    years.at_midnight("2028-02-29", HEAVIEST, HEAVIEST)

    years.on("2030-08-09")
    ahead = [listed.outlook(at("2030-08-10", "00:00:00") - SECOND), listed.outlook(at("2030-08-10", "00:00:00"))]
    years.at_midnight("2030-08-10", HEAVIEST, NOTHING)
    for foreseen, came in zip(ahead, listed.seen[-2:], strict=True):
        assert {point: each.whole() for point, each in foreseen.items()} == {
            point: each.whole() for point, each in came.items()
        }
    assert listed.stage()[0] == "EXPIRED"

    years.as_it_was()
    assert years.and_still_is() == {"CLEAR", "CONDITIONAL", "RESTRICTED"}


def test_on_a_running_clock_it_is_gone_by_itself_at_midnight_after_three_years(years, city):
    listed = years.listed
    years.in_force()
    ends = at("2029-03-26", "00:00:00")
    city.clock.run_from(ends - timedelta(hours=1))
    city.confirm()
    city.clock.run_from(ends - 5 * SECOND)
    answers = [listed.look_once()]
    while answers[-1].effect(listed.listing_id) == HEAVIEST[listed.POINT]:
        answers.append(listed.look_once())
    assert parse_instant(answers[-2].as_of) < ends <= parse_instant(answers[-1].as_of)
    assert listed.look() == NOTHING


def test_what_is_corrected_before_the_decision_need_not_be_listed_and_never_weighs(years):
    listed = years.listed
    assert listed.look() == NOTHING
    years.pre_noticed()
    standing = listed.step(
        "decide", "not-list", "--reason", "已改正", "--corrected", "2026-03-23", "--commitment", "承诺1"
    )
    assert standing["stage"] == "LISTING_STAGE_NOT_LISTED"
    assert listed.look() == NOTHING
    years.at_midnight("2026-04-01", NOTHING, NOTHING)
    years.as_it_was()
    assert years.and_still_is() == {"CLEAR"}


def test_a_revoked_order_lifts_nothing_until_its_authority_revokes_the_listing_and_then_it_never_weighed(years):
    listed = years.listed
    years.in_force()
    years.on("2026-10-12")
    assert listed.step("notice", "order-revoked")["must_be_revoked"]
    assert listed.look() == HEAVIEST
    years.on("2026-10-20")
    assert listed.step("revoke", "--reason", "责令决定已撤销")["stage"] == "LISTING_STAGE_REVOKED"
    assert listed.look() == NOTHING

    years.as_it_was()
    for _, now in listed.asked_again(known_then=False):
        assert (now.verdict, now.measures) == ("CLEAR", ()), "void from the start (L-24)"


def test_a_criminal_bar_weighs_nothing_by_itself_and_keeps_what_is_listed_from_early_removal(years):
    listed = years.listed
    years.in_force()
    years.on("2026-08-03")
    listed.step("stay", "criminal-bar-set", "--by", "示例市公安局")
    assert listed.look() == HEAVIEST
    years.on("2027-04-01")
    listed.step("apply-repair", "--corrected", "2026-05-15", *PAPERS)
    assert "why=CRIMINAL_BAR" in listed.refused("decide-repair", "grant")
    assert listed.look() == HEAVIEST
    years.on("2027-04-08")
    listed.step("stay", "criminal-bar-lifted", "--by", "示例市人民检察院")
    assert listed.look() == HEAVIEST, "nothing is removed by itself"
    years.on("2027-04-09")
    listed.step("decide-repair", "grant")
    assert listed.look() == NOTHING
    years.as_it_was()
    years.and_still_is()


def test_a_courts_ruling_hides_it_everywhere_until_that_ends(years):
    listed = years.listed
    years.in_force()
    years.on("2026-09-01")
    assert listed.look() == HEAVIEST
    years.on("2026-09-02")
    assert listed.step("stay", "hidden", *COURT)["conditions"] == ["LISTING_CONDITION_HIDDEN"]
    assert listed.look() == NOTHING
    years.at_midnight("2027-01-01", NOTHING, NOTHING)
    years.on("2027-02-01")
    listed.step("stay", "hidden-ended", *COURT)
    years.at_midnight("2027-02-02", NOTHING, HEAVIEST)
    years.as_it_was()
    years.and_still_is()
