"""One listing's life in all nine areas: at each step, at the instants around it, and at the end of its term ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from e2e.served import HRSS, REGISTRAR, new_party, today
from jointsanctions.v1 import registry_pb2

from formats.civil import add_months, civil_date, midnight
from gateway.cli.tour_story import HEAVIEST, question
from gateway.domain.vocabulary import Effect
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.sample.records import act, listing, profile

pytestmark = pytest.mark.xdist_group("served")
INSTANT = timedelta(microseconds=1)
NOTHING = dict.fromkeys(HEAVIEST, Effect.NONE)
"""What weighs in each area, at the point where a listing weighs most, when no listing does."""


class Case:
    """One enterprise, its listing, and the newest revision."""

    def __init__(self, served):
        self.hrss = served.callers.as_caller(HRSS)
        self.registrar = served.callers.as_caller(REGISTRAR)
        self.party = new_party()
        self.listing_id = f"{self.party.uscc}-L"
        self.revision = 0
        self.submit("market_regulation", profile(self.party, today() - timedelta(days=2000)))

    def submit(self, feed, *records):
        """Submit records as the producer of *feed*."""
        for row, record in enumerate(records, 1):
            record.row = row
        who = self.registrar if feed == "market_regulation" else self.hrss
        request_id = f"{self.party.uscc}-{records[0].source_key}"[:64]
        chunk = registry_pb2.SubmitRecordsRequest(
            request_id=request_id, feed=feed, officer="o", records=records, last=True
        )
        answer = who.submit(iter([chunk]))
        assert (answer.held, answer.rejected) == (0, 0), answer.rows
        self.revision = answer.data_revision

    def weighs(self, at=None):
        """Return the effect of the listing in each area, now, at a past instant, or at one that lies ahead."""
        found = {}
        for point in HEAVIEST:
            on = today() if at is None else civil_date(at)
            request = question(self.party.uscc, point, "JSGC-2026-17", on.isoformat())
            request.question.at_least_as_fresh = self.revision
            if at is not None:
                request.question.as_of.FromDatetime(at)
                request.question.preview = at > midnight(today() + timedelta(days=1))
            measures = self.hrss.check(request).decision.measures
            effects = [Effect(each.effect) for each in measures if each.record_id == self.listing_id]
            found[point] = max(effects, default=Effect.NONE)
        return found

    def begin(self, decided):
        """Submit decision and delivery as the bureau's own system exports them."""
        self.submit("wage_list", *listing(self.party, self.listing_id, decided))

    def act(self, kind, days_ago):
        """Submit one later act, and return the first instant of its day."""
        on = today() - timedelta(days=days_ago)
        self.submit("wage_list", act(self.party, self.listing_id, int(kind), on))
        return midnight(on)


@pytest.fixture
def case(served):
    return Case(served)


def test_it_weighs_in_all_nine_areas_from_its_delivery_to_the_first_instant_of_its_third_anniversary(case):
    decided = today() - timedelta(days=500)
    case.begin(decided)
    delivered = midnight(decided + timedelta(days=3))  # its day alone is known, two days after the decision
    ends = midnight(add_months(decided, 36))

    assert case.weighs() == HEAVIEST
    assert case.weighs(delivered - INSTANT) == NOTHING
    assert case.weighs(delivered) == HEAVIEST
    assert case.weighs(ends - INSTANT) == HEAVIEST
    assert case.weighs(ends) == NOTHING, "time alone ends it, whatever its producer does (invariant 4)"


@pytest.mark.parametrize(
    ("lifts", "returns"), [(Kind.STAY, Kind.STAY_ENDED), (Kind.HIDDEN, Kind.HIDDEN_ENDED)], ids=["stay", "hidden"]
)
def test_what_lifts_it_for_a_time_lifts_it_in_all_nine_areas_and_gives_it_back(case, lifts, returns):
    case.begin(today() - timedelta(days=500))
    lifted = case.act(lifts, 300)
    assert case.weighs() == NOTHING
    assert case.weighs(lifted - INSTANT) == HEAVIEST
    assert case.weighs(lifted) == NOTHING
    back = case.act(returns, 200) + timedelta(days=1)
    assert case.weighs() == HEAVIEST
    assert case.weighs(back - INSTANT) == NOTHING
    assert case.weighs(back) == HEAVIEST


def test_a_repair_ends_it_everywhere_at_once_and_a_revocation_at_every_moment(case):
    case.begin(today() - timedelta(days=500))
    repaired = case.act(Kind.REPAIR, 90)
    assert case.weighs() == NOTHING
    assert case.weighs(repaired - INSTANT) == HEAVIEST
    assert case.weighs(repaired) == NOTHING
    case.act(Kind.REVOCATION, 30)
    assert case.weighs(repaired - INSTANT) == NOTHING, "void from the start (L-24)"


def test_an_open_dispute_lifts_nothing_anywhere(case):
    case.begin(today() - timedelta(days=500))
    case.act(Kind.DISPUTE_OPENED, 90)
    assert case.weighs() == HEAVIEST
