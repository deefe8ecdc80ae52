"""An invented city of any size: what its producers would submit, feed by feed, in the memory of one enterprise.

Seed, day and number of records give the same records, byte for byte. Most of a city's records are checks of the five
systems, which weigh on nobody; few enterprises have a fact that decides anything. The examples of every verdict are
in ``gateway/sample``; how a city gets into a gateway is not known here.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from google.protobuf.json_format import MessageToDict
from jointsanctions.v1 import listing_pb2
from jointsanctions.v1 import registry_pb2 as pb

from gateway.sample import records as make
from gateway.sample.examples import Days
from gateway.sample.invention import OTHER_DIVISION, Draws, division, enterprise_name, person, uscc
from gateway.sample.load import FIRST_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date


@dataclass(frozen=True, slots=True)
class Proportions:
    """Shares of the enterprises, unless it says otherwise. Together some 3 in 100 have a fact that decides anything."""

    records_each: float = 22.18
    """Records for each enterprise: a city of 3,326,789 records has about 150,000."""
    renamed: float = 0.12
    """Changed its name once: some one in ten within ten years, and every answer must know the former name."""
    new_representative: float = 0.4
    """Of those: with another legal representative, so that relations run through past ones too."""
    branch: float = 0.02
    """Is a branch of another: enough for relations, as few as construction firms register."""
    dormant: float = 0.05
    """Registered here without production for two years: grade not rated (G-02)."""
    construction: float = 0.9
    """A construction unit, which alone is graded."""
    complaint: float = 0.012
    """Has complaints verified in three years: the most frequent fact, and nearly always settled."""
    many_complaints: float = 0.05
    """Of those: six or more, which is the threshold of grade B (G-04)."""
    arrears: float = 0.006
    """Had arrears found: half as many as complaints, because inspections find less than workers tell."""
    listing: float = 0.002
    """Was ever on the wage-arrears list: the national list names some two firms in a thousand."""
    penalty: float = 0.003
    """Under a penalty that restricts, at some time."""
    publication: float = 0.003
    """Published for a major violation, at some time."""
    red_list: float = 0.004
    """On the red list: positive, and rare."""
    conviction: float = 0.0001
    """Convicted of refusing to pay wages: a few in a city."""


PROPORTIONS: Final = Proportions()


@dataclass(frozen=True, slots=True)
class _Enterprise:
    number: int
    party: make.Party
    days: Days

    @property
    def key(self) -> str:
        return f"V-{self.number}"


def make_city(seed: int, today: date, records: int) -> Iterator[tuple[str, pb.Record]]:
    """Yield (feed, record), exactly *records* of them: profiles first, checks of the five systems last.

    Args:
        seed: Any number.
        today: Civil date around which everything lies.
        records: At least 1.
    """
    enterprises = enterprises_of(records)
    made = 0
    for feed, kinds in _FEEDS.items():
        for number in range(FIRST_NUMBER, FIRST_NUMBER + enterprises):
            enterprise, draws = _enterprise(seed, today, number), Draws.of(seed, "city", feed, number)
            for record in itertools.chain.from_iterable(kind(seed, enterprise, draws) for kind in kinds):
                if made == records:
                    return
                made += 1
                yield feed, record
    yield from _checks(seed, today, enterprises, records - made)


def enterprises_of(records: int) -> int:
    """Return how many enterprises a city of so many records has."""
    return max(1, round(records / PROPORTIONS.records_each))


def line_of(record: pb.Record) -> str:
    """Return the record as a line of JSON, as ``jsg import`` reads it."""
    return json.dumps(MessageToDict(record), ensure_ascii=False, separators=(",", ":")) + "\n"


def _enterprise(seed: int, today: date, number: int) -> _Enterprise:
    party = make.Party(uscc(seed, number, division(seed, number)), enterprise_name(seed, number))
    return _Enterprise(number, party, Days(today))


def _profiles(seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    party, days, number = enterprise.party, enterprise.days, enterprise.number
    kind = make.NONLOCAL if party.uscc[2:8] == OTHER_DIVISION else make.LOCAL
    if kind is make.LOCAL and draws.chance(PROPORTIONS.dormant):
        kind = make.DORMANT
    head_office = ""
    if draws.chance(PROPORTIONS.branch) and number > FIRST_NUMBER:
        head_office = uscc(seed, number - 1, division(seed, number - 1))
    construction = draws.chance(PROPORTIONS.construction)
    months = draws.between(2, 120)
    whole = [(party, -months, number)]
    if draws.chance(PROPORTIONS.renamed):
        former = make.Party(party.uscc, party.name.replace("有限公司", "队"))
        before = number + 1 if draws.chance(PROPORTIONS.new_representative) else number
        whole.insert(0, (former, -months - draws.between(6, 60), before))
    for named, since, representative in whole:
        record = make.profile(
            named, days.months(since), kind, representative=person(seed, representative), head_office=head_office
        )
        record.enterprise.construction_unit = construction
        yield record


def _listings(_seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    if not draws.chance(PROPORTIONS.listing):
        return
    party, days, key = enterprise.party, enterprise.days, f"{enterprise.key}-L"
    age = draws.between(10, 1400)
    yield from make.listing(party, key, days.ago(age))
    if draws.chance(0.15):
        yield make.act(party, key, listing_pb2.LISTING_ACT_KIND_DISPUTE_OPENED, days.ago(age - 4))
        if draws.chance(0.5):
            yield make.act(party, key, listing_pb2.LISTING_ACT_KIND_STAY, days.ago(age - 5))
            yield make.act(party, key, listing_pb2.LISTING_ACT_KIND_STAY_ENDED, days.ago(age - 7))
        yield make.act(party, key, listing_pb2.LISTING_ACT_KIND_DISPUTE_CLOSED, days.ago(age - 8))
    if age > 400 and draws.chance(0.4):
        yield make.act(party, key, listing_pb2.LISTING_ACT_KIND_REPAIR, days.ago(age - 380))
    elif draws.chance(0.03):
        yield make.act(party, key, listing_pb2.LISTING_ACT_KIND_REVOCATION, days.ago(1))


def _complaints(_seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    if not draws.chance(PROPORTIONS.complaint):
        return
    many = draws.chance(PROPORTIONS.many_complaints)
    for place in range(draws.between(6, 9) if many else draws.between(1, 3)):
        accepted = draws.between(30, 1000)
        settled = None if draws.chance(0.1) else enterprise.days.ago(accepted - draws.between(6, 25))
        yield make.complaint(enterprise.party, f"{enterprise.key}-C{place}", enterprise.days.ago(accepted), settled)


def _arrears(_seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    if draws.chance(PROPORTIONS.arrears):
        found = draws.between(40, 1000)
        paid = None if draws.chance(0.2) else enterprise.days.ago(found - draws.between(1, 30))
        malicious = draws.chance(0.05)
        yield make.arrears(
            enterprise.party, f"{enterprise.key}-A", enterprise.days.ago(found), paid, malicious=malicious
        )


def _penalties(_seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    if draws.chance(PROPORTIONS.penalty):
        decided = draws.between(5, 900)
        until = enterprise.days.ago(decided - 365)
        yield make.penalty(enterprise.party, f"{enterprise.key}-N", enterprise.days.ago(decided), until)


def _red_list(_seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    if draws.chance(PROPORTIONS.red_list):
        yield make.red_list(enterprise.party, f"{enterprise.key}-R", enterprise.days.ago(draws.between(5, 700)))


def _publications(_seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    if draws.chance(PROPORTIONS.publication):
        published = draws.between(5, 900)
        until = enterprise.days.ago(published - 365)
        wages = draws.chance(0.6)
        yield make.publication(
            enterprise.party, f"{enterprise.key}-P", enterprise.days.ago(published), until, for_wages=wages
        )


def _convictions(_seed: int, enterprise: _Enterprise, draws: Draws) -> Iterator[pb.Record]:
    if draws.chance(PROPORTIONS.conviction):
        yield make.conviction(enterprise.party, f"{enterprise.key}-V", enterprise.days.ago(draws.between(10, 1400)))


def _checks(seed: int, today: date, enterprises: int, wanted: int) -> Iterator[tuple[str, pb.Record]]:
    """Yield the checks of the five systems: spread evenly, one a project and month, one in seven with a fault."""
    made = 0
    for place in range(enterprises):
        enterprise = _enterprise(seed, today, FIRST_NUMBER + place)
        upto = wanted * (place + 1) // enterprises
        for count in range(upto - made):
            deposit = "MISSING" if (enterprise.number + count) % 7 == 0 else "OK"
            on = enterprise.days.ago(1 + (enterprise.number + 30 * count) % 1800)
            yield "labour_inspection", make.five_systems(enterprise.party, f"{enterprise.key}-F{count}", on, deposit)
        made = upto


_FEEDS: Final[dict[str, tuple[Callable[[int, _Enterprise, Draws], Iterator[pb.Record]], ...]]] = {
    "market_regulation": (_profiles,),
    "wage_list": (_listings,),
    "publications": (_publications,),
    "court_judgments": (_convictions,),
    "labour_inspection": (_complaints, _arrears, _penalties, _red_list),
}
"""Which feed carries what; the checks of the five systems come with the last."""
