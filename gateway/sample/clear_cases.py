"""The sample city's clear enterprises: nothing weighs on them, or what did no longer does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from jointsanctions.v1 import listing_pb2

from formats.civil import add_months
from gateway.sample.invention import OTHER_DIVISION, enterprise_name, nonconforming_uscc
from gateway.sample.records import (
    DORMANT,
    NONLOCAL,
    Party,
    act,
    arrears,
    complaint,
    five_systems,
    listing,
    profile,
    red_list,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.sample.examples import Case, Maker


def clear_cases(make: Maker) -> Iterator[Case]:
    """Yield them in a fixed order."""
    yield from _graded(make)
    yield from _once_listed(make)
    yield from _kinds(make)


def _graded(make: Maker) -> Iterator[Case]:
    days = make.days
    new = make.party()
    yield make.clear("grade_a", new, ("A级", "grade A"), profile(new, days.months(-10)))
    old = make.party()
    yield make.clear(
        "grade_a_two_years",
        old,
        ("A级满两年：可免交工资保证金", "grade A for two years: exempt from the wage deposit"),
        profile(old, days.months(-40)),
        five_systems(old, "E-A2-first", days.months(-30)),
        five_systems(old, "E-A2", days.ago(15)),
    )
    watched = make.party()
    yield make.clear(
        "a_watch",
        watched,
        ("A级关注：两件投诉均已付清", "A under watch: two complaints, all paid"),
        make.known(watched),
        complaint(watched, "E-W1", days.ago(200), days.ago(180)),
        complaint(watched, "E-W2", days.ago(120), days.ago(90)),
    )
    owing = make.party()
    yield make.clear(
        "undetermined",
        owing,
        ("未定级：一件投诉尚欠", "undetermined: one complaint still owed"),
        make.known(owing),
        complaint(owing, "E-U1", days.ago(40), None),
    )
    malicious = make.party()
    yield make.clear(
        "malicious_arrears",
        malicious,
        ("恶意拖欠：不予资质升级，投标不限", "malicious arrears: no upgrade of qualification; bidding goes on"),
        make.known(malicious),
        arrears(malicious, "E-M1", days.ago(100), None, malicious=True),
    )
    red = make.party()
    yield make.clear(
        "red_listed", red, ("红名单", "on the red list"), make.known(red), red_list(red, "E-R1", days.months(-6))
    )


def _once_listed(make: Maker) -> Iterator[Case]:
    days = make.days
    repaired = make.party()
    yield make.clear(
        "repaired",
        repaired,
        ("已信用修复，提前移出名单", "repaired: removed from the list early"),
        make.known(repaired),
        *listing(repaired, "E-L-repaired", days.months(-16)),
        act(repaired, "E-L-repaired", listing_pb2.LISTING_ACT_KIND_REPAIR, days.ago(20)),
    )
    expired = make.party()
    decided = add_months(days.ago(20), -36)
    yield make.clear(
        "expired",
        expired,
        ("列入期满三年，自动失效", "the listing's three years have run out"),
        make.known(expired),
        *listing(expired, "E-L-expired", decided),
    )
    stayed = make.party()
    yield make.clear(
        "stayed",
        stayed,
        ("列入决定停止执行", "execution of the listing is stayed"),
        make.known(stayed),
        *listing(stayed, "E-L-stayed", days.ago(150)),
        act(stayed, "E-L-stayed", listing_pb2.LISTING_ACT_KIND_STAY, days.ago(30)),
    )
    revoked = make.party()
    yield make.clear(
        "revoked",
        revoked,
        ("列入决定已撤销，自始无效", "the listing was revoked: void from the start"),
        make.known(revoked),
        *listing(revoked, "E-L-revoked", days.ago(200)),
        act(revoked, "E-L-revoked", listing_pb2.LISTING_ACT_KIND_REVOCATION, days.ago(60)),
    )
    undelivered = make.party()
    yield make.clear(
        "not_delivered",
        undelivered,
        ("已决定列入，尚未送达", "decided, not delivered yet"),
        make.known(undelivered),
        *listing(undelivered, "E-L-undelivered", days.today - timedelta(days=1), delivered=False),
    )


def _kinds(make: Maker) -> Iterator[Case]:
    days = make.days
    elsewhere = make.party(OTHER_DIVISION)
    yield make.clear(
        "nonlocal",
        elsewhere,
        ("外地企业，A级", "registered elsewhere, grade A"),
        profile(elsewhere, days.months(-18), NONLOCAL),
    )
    dormant = make.party()
    yield make.clear(
        "dormant",
        dormant,
        ("本地注册、两年内无本地生产：不定级", "dormant for two years: not rated"),
        profile(dormant, days.months(-30), DORMANT),
    )
    number = make.number()
    pilot = Party(nonconforming_uscc(make.seed, number), enterprise_name(make.seed, number))
    yield make.clear(
        "nonconforming_code",
        pilot,
        ("代码不合国标，但登记机关确有其户", "a code against the standard that the register has"),
        make.known(pilot),
    )
