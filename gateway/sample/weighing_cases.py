"""The sample city's enterprises on which something weighs, one for each thing, if only as a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import listing_pb2

from formats.civil import add_months
from gateway.sample.invention import person
from gateway.sample.records import (
    Party,
    act,
    complaint,
    conviction,
    deregistered,
    listing,
    notice,
    penalty,
    profile,
    publication,
    published,
    violation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.sample.examples import Case, Maker


def weighing_cases(make: Maker) -> Iterator[Case]:
    """Yield them in a fixed order; the first is the listed enterprise to which others are related."""
    days = make.days
    listed, representative = make.party(), person(make.seed, 0)
    yield make.restricted(
        "listed",
        listed,
        ("列入拖欠农民工工资失信联合惩戒名单", "on the wage-arrears list"),
        profile(listed, days.months(-60), representative=representative),
        *listing(listed, "E-L-listed", days.months(-8), persons=[representative]),
        published(listed, "E-L-listed", days.months(-8)),
    )
    yield from _related(make, listed, representative)
    yield from _listed(make)
    yield from _graded(make)
    yield from _uncertain(make)


def _related(make: Maker, listed: Party, representative: listing_pb2.PersonRef) -> Iterator[Case]:
    since = make.days.months(-30)
    branch = make.party()
    yield make.conditional(
        "branch_of_listed",
        branch,
        ("总公司在名单上的分支机构", "branch of a listed head office"),
        profile(branch, since, head_office=listed.uscc),
    )
    other = make.party()
    yield make.conditional(
        "listed_representative",
        other,
        ("法定代表人为被列入人员", "its legal representative is a listed person"),
        profile(other, since, representative=representative),
    )
    successor = make.party()
    yield make.conditional(
        "successor_of_listed",
        successor,
        ("承继被列入企业", "successor of a listed enterprise"),
        profile(successor, make.days.months(-3), successor_of=listed.uscc),
    )


def _listed(make: Maker) -> Iterator[Case]:
    days = make.days
    ending = make.party()
    decided = add_months(days.ago(-10), -36)
    ends = add_months(decided, 36)
    yield make.restricted(
        "about_to_expire",
        ending,
        (f"在名单上，{ends.isoformat()}零时自动失效", f"listed; ends by itself at 00:00 of {ends.isoformat()}"),
        make.known(ending),
        *listing(ending, "E-L-ending", decided),
        published(ending, "E-L-ending", decided),
    )
    disputed = make.party()
    yield make.restricted(
        "disputed",
        disputed,
        ("在名单上，异议审查中", "listed, an objection is open"),
        make.known(disputed),
        *listing(disputed, "E-L-disputed", days.ago(90)),
        published(disputed, "E-L-disputed", days.ago(90)),
        act(disputed, "E-L-disputed", listing_pb2.LISTING_ACT_KIND_DISPUTE_OPENED, days.ago(12)),
    )


def _graded(make: Maker) -> Iterator[Case]:
    days = make.days
    grade_b = make.party()
    complaints = [
        complaint(grade_b, f"E-B{count}", days.ago(500 - 70 * count), days.ago(470 - 70 * count)) for count in range(6)
    ]
    yield make.restricted(
        "grade_b",
        grade_b,
        (
            "B级：两年内六件查实投诉，上一年度被查处",
            "grade B: six verified complaints in two years, punished last year",
        ),
        make.known(grade_b),
        *complaints,
        violation(grade_b, "E-B-V", days.last_year(6)),
    )
    grade_c = make.party()
    yield make.restricted(
        "grade_c",
        grade_c,
        (
            "C级：因欠薪被社会公布，上一年度被查处三次",
            "grade C: published for wage arrears, punished three times last year",
        ),
        make.known(grade_c),
        publication(grade_c, "E-C1", days.ago(70), days.months(10), for_wages=True),
        *(violation(grade_c, f"E-C-V{month}", days.last_year(month)) for month in (3, 6, 9)),
    )
    convicted = make.party()
    yield make.restricted(
        "convicted",
        convicted,
        ("拒不支付劳动报酬罪生效判决", "convicted of refusing to pay wages"),
        make.known(convicted),
        conviction(convicted, "E-V1", days.months(-9)),
    )
    limited = make.party()
    yield make.restricted(
        "penalty",
        limited,
        ("行政处罚：限制承接新项目", "a penalty limits new projects"),
        make.known(limited),
        penalty(limited, "E-P1", days.months(-2), days.months(4)),
    )


def _uncertain(make: Maker) -> Iterator[Case]:
    days = make.days
    conditional = make.party()
    yield make.conditional(
        "conditional",
        conditional,
        ("网上公示列入名单，认定机关决定未到", "a listing published elsewhere, the authority's decision not here yet"),
        make.known(conditional),
        notice(conditional, "E-N1", "WAGE_ARREARS_LISTING", days.months(-5)),
    )
    published = make.party()
    yield make.clear(
        "published_notice",
        published,
        ("仅有重大违法公示信息：仅作提示", "only a published notice of a major violation: told, no limit"),
        make.known(published),
        notice(published, "E-N2", "MAJOR_VIOLATION_PUBLICATION", days.months(-4)),
    )
    namesake = make.party()
    yield make.conditional(
        "same_name",
        namesake,
        ("与一条无代码公示信息同名", "bears the name of a notice without a code"),
        make.known(namesake),
        notice(Party("", namesake.name), "E-N3", "WAGE_ARREARS_LISTING", days.months(-7)),
    )
    stranger = Party(make.party().uscc, "")
    yield make.conditional("unknown", stranger, ("代码合格，但无任何记录", "a sound code of which there is no record"))
    gone = make.party()
    yield make.conditional(
        "deregistered",
        gone,
        ("已注销：须向市场监管部门确认", "deregistered: market regulation is to confirm that it may act"),
        make.known(gone),
        deregistered(gone, days.months(-2)),
    )
