"""A status in which nothing is in disorder, though much is at its limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from gateway.domain.referral_stuck import ReferralFigures
from gateway.domain.status import (
    Ends,
    FeedAge,
    Load,
    LogFigures,
    OwedEvents,
    PersonKeys,
    RecordFigures,
    ReplayFigures,
    Status,
    Versions,
    WatchLimits,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY, SECOND, INSTANT = timedelta(days=1), timedelta(seconds=1), timedelta(microseconds=1)
RECORD = RecordFigures(
    "gw1-0", 7, 50, 100, failed=False, commits=3, committed=7, last_commit_us=9, last_batch=1, commit_us=9
)
ENDS = Ends(
    certificate=NOW + 14 * DAY + INSTANT,
    authority=NOW + 900 * DAY,
    next_authority=NOW + 14 * DAY + INSTANT,
    revocations_written=NOW - DAY,
    revocations=NOW + INSTANT,
)
LOG = LogFigures("shiyan.example/audit/2026", 7, 2, NOW - timedelta(minutes=1), day_to_index=date(2026, 11, 29))
SOUND = Status(
    now=NOW,
    name="shiyan.example",
    started_at=NOW - DAY,
    versions=Versions(
        software="0",
        profile="p",
        policy="1",
        policy_digest="a",
        rules_digest="b",
        calendar="c",
        settings_digest="d",
        agencies_digest="e",
        processing_digest="f",
    ),
    faults=(),
    revision=4,
    lag=SECOND,
    lag_limit=SECOND,
    skew=-SECOND,
    skew_limit=SECOND,
    feeds=(FeedAge("wage_list", DAY, DAY, weighs=True),),
    record=RECORD,
    ends=ENDS,
    free={"audit": 1_000_000_000, "store": 1_000_000_000},
    person_keys=PersonKeys(1, 1),
    load=Load(0, 0, {}),
    next_review=date(2026, 12, 14),
    next_basis_review=date(2026, 12, 14),
    today=date(2026, 11, 29),
    limits=WatchLimits(),
    replay=ReplayFigures(NOW, 20, 0),
    log=LOG,
    owed_events=OwedEvents(3, NOW - DAY, 0),
    referrals=ReferralFigures(),
    sizes={"audit": 4_999_999_999, "store": 0},
)
