"""What an operator is told to be in disorder: each limit from both sides, and never more than is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sound_status import DAY, ENDS, INSTANT, LOG, NOW, RECORD, SECOND, SOUND

from gateway.domain.complaints import COMING, StatusTrouble, complaints, healthy
from gateway.domain.referral_stuck import ReferralFigures
from gateway.domain.status import (
    FeedAge,
    LogFigures,
    OwedEvents,
    PersonKeys,
    ReplayFigures,
    WatchLimits,
)


def test_a_day_may_have_no_index_until_an_hour_after_its_end():
    waits = replace(SOUND, log=replace(LOG, day_to_index=date(2026, 11, 28)))
    over = datetime(2026, 11, 28, 17, tzinfo=UTC)

    def not_indexed(now):
        return [each.measured for each in complaints(replace(waits, now=now)) if each.trouble.name == "DAY_NOT_INDEXED"]

    assert not_indexed(over) == []
    assert not_indexed(over + INSTANT) == ["2026-11-28"]


NEVER_BROKEN = {"SOURCE_STALE", "CASE_EVENTS_OWED", "REFERRALS_STUCK", "BASIS_REVIEW_DUE"}


def ends(**parts):
    return {"ends": replace(ENDS, **parts)}


def feed(age, *, weighs=True):
    return {"feeds": (FeedAge("wage_list", age, DAY, weighs=weighs),)}


def test_at_every_limit_nothing_is_in_disorder():
    assert complaints(SOUND) == ()
    assert healthy(())


@pytest.mark.parametrize(
    ("parts", "trouble", "about"),
    [
        ({"faults": ("the key does not belong to the certificate",)}, "CANNOT_ANSWER", ""),
        ({"record": replace(RECORD, failed=True)}, "CANNOT_ANSWER", "gw1-0"),
        ({"replay": ReplayFigures(NOW, 20, 1)}, "REPLAY_DIFFERS", ""),
        ({"log": replace(LOG, since=NOW - timedelta(minutes=1) - INSTANT)}, "LOG_NOT_SIGNED", LOG.origin),
        ({"log": LogFigures(fault="an entry is in no queue")}, "LOG_NOT_SIGNED", ""),
        ({"log": replace(LOG, day_to_index=date(2026, 11, 28))}, "DAY_NOT_INDEXED", ""),
        ({"owed_events": OwedEvents(fault="the store is away")}, "CASE_EVENTS_OWED", ""),
        ({"referrals": ReferralFigures(fault="the store is away")}, "REFERRALS_STUCK", ""),
        ({"record": replace(RECORD, pending=51)}, "RECORD_FALLS_BEHIND", "gw1-0"),
        ({"lag": SECOND + INSTANT}, "NODE_BEHIND", ""),
        ({"skew": SECOND + INSTANT}, "CLOCK_OFF", ""),
        ({"skew": -SECOND - INSTANT}, "CLOCK_OFF", ""),
        (feed(DAY + INSTANT), "SOURCE_STALE", "wage_list"),
        (feed(None), "SOURCE_STALE", "wage_list"),
        (ends(certificate=NOW), "CERTIFICATE_ENDED", ""),
        (ends(next_authority=None, authority=NOW), "AUTHORITY_ENDED", ""),
        (ends(revocations=NOW), "REVOCATIONS_STALE", ""),
        (ends(unreadable=("revoked.txt",)), "UNREADABLE", "revoked.txt"),
        ({"free": {"audit": 999_999_999, "store": 10**9}}, "DISK_NEARLY_FULL", "audit"),
        ({"free": {"audit": 10**9, "store": 0}}, "DISK_NEARLY_FULL", "store"),
        ({"person_keys": PersonKeys(0, 0)}, "PERSON_KEYS_UNUSABLE", ""),
        ({"next_review": date(2026, 11, 29)}, "ASSESSMENT_OVERDUE", ""),
    ],
)
def test_beyond_a_limit_one_thing_is_broken_and_named(parts, trouble, about):
    (found,) = complaints(replace(SOUND, **parts))

    assert (found.trouble.name, found.about, found.broken) == (trouble, about, True)
    assert not healthy((found,))


@pytest.mark.parametrize(
    ("parts", "trouble"),
    [
        (ends(certificate=NOW + 14 * DAY), "CERTIFICATE_ENDS_SOON"),
        (ends(next_authority=NOW + 14 * DAY), "AUTHORITY_ENDS_SOON"),
        ({"next_review": date(2026, 12, 13)}, "ASSESSMENT_DUE_SOON"),
        (feed(None, weighs=False), "SOURCE_STALE"),
        ({"next_basis_review": date(2026, 11, 29)}, "BASIS_REVIEW_DUE"),
        ({"next_basis_review": date(2026, 12, 13)}, "BASIS_REVIEW_DUE"),
        ({"owed_events": OwedEvents(3, NOW - 5 * DAY, 1)}, "CASE_EVENTS_OWED"),
        ({"referrals": ReferralFigures(clocks=1)}, "REFERRALS_STUCK"),
        ({"referrals": ReferralFigures(not_delivered=1)}, "REFERRALS_STUCK"),
        ({"referrals": ReferralFigures(not_opened=1)}, "REFERRALS_STUCK"),
        ({"referrals": ReferralFigures(uploads=1)}, "REFERRALS_STUCK"),
        ({"sizes": {"audit": 5_000_000_000, "store": 0}}, "DISK_FILLS_UP"),
        ({"sizes": {"audit": 10_000_000_000, "store": 0}}, "DISK_FILLS_UP"),
    ],
)
def test_what_is_only_coming_or_weighs_nowhere_is_told_and_is_not_broken(parts, trouble):
    (found,) = complaints(replace(SOUND, **parts))

    assert (found.trouble.name, found.broken) == (trouble, False)
    assert healthy((found,))
    assert found.trouble in COMING or trouble in NEVER_BROKEN


@pytest.mark.parametrize(
    ("size", "said"),
    [(4_999_999_999, ""), (5_000_000_000, "80% / 80%"), (9_999_999_999, "90% / 80%"), (10_000_000_000, "90% / 90%")],
)
def test_a_disk_that_fills_up_is_told_at_four_fifths_and_at_nine_tenths(size, said):
    assert [each.measured for each in complaints(replace(SOUND, sizes={"audit": size}))] == ([said] if said else [])


def test_what_has_no_end_is_no_complaint():
    assert complaints(replace(SOUND, ends=replace(ENDS, revocations=None), next_review=None)) == ()


def test_everything_at_once_is_told_in_the_order_of_the_list():
    broken = replace(
        SOUND, faults=("x",), lag=DAY, skew=DAY, person_keys=PersonKeys(0, 0), free={"audit": 0}, **feed(None)
    )

    assert [each.trouble for each in complaints(broken)] == [
        StatusTrouble.CANNOT_ANSWER,
        StatusTrouble.NODE_BEHIND,
        StatusTrouble.CLOCK_OFF,
        StatusTrouble.SOURCE_STALE,
        StatusTrouble.DISK_NEARLY_FULL,
        StatusTrouble.PERSON_KEYS_UNUSABLE,
    ]


@pytest.mark.parametrize("name", ["least_free_gigabytes", "ends_soon_days", "log_waits_seconds"])
def test_a_limit_of_nothing_is_none(name):
    for value in (0, -1, float("nan")):
        with pytest.raises(ValueError, match=name):
            WatchLimits(**{name: value})
