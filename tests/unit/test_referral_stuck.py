"""What a case waits for, and on whom: overdue clocks and lasting silence; a closed case waits for nothing."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from listing_life import CALENDAR
from referral_samples import NOW, PART, facts, step

from gateway.domain.clock_rules import AS_SHIPPED
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.referral_inbox import Evidence, TransportState
from gateway.domain.referral_running import clocks_of_referral
from gateway.domain.referral_stuck import ReferralFigures, StuckReason, figures_of, stuck_of
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import Copies, ReferralEntry, referral_of
from gateway.rpc.referral_stuck import stuck_pb
from gateway.services.count_referrals import stuck_uploads
from gateway.storage.evidence_upkeep import FolderUpkeep

DAY = timedelta(days=1)
SILENT = [
    Evidence(4, "police", TransportState.NOT_OPENED, NOW + 3 * DAY),
    Evidence(4, "procuratorate", TransportState.NOT_DELIVERED, NOW + DAY),
    Evidence(5, "procuratorate", TransportState.RELAYED, NOW),
    Evidence(6, "procuratorate", TransportState.DELIVERED, NOW),
    Evidence(7, "police", TransportState.OPENED, NOW),
]


def case_of(*acts):
    """Return a case whose steps were all taken now."""
    entries = [ReferralEntry("YS-1", facts(), "hrss", NOW, place=1)]
    for place, act in enumerate(acts, 2):
        more = {"part": PART, "copies": Copies("procuratorate")} if act.kind is Kind.SENDING else {}
        entries.append(ReferralEntry("YS-1", act, act.agency, NOW, place=place, **more))
    return referral_of(entries)


SENT = (step(), step(Kind.APPROVAL), step(Kind.SENDING, to_agency="police"))


def waits(case, now, evidence=()):
    clocks = clocks_of_referral("YS-1", "hrss", case.acts, now, CALENDAR, AS_SHIPPED)
    return stuck_of(case, clocks, evidence)


@pytest.mark.parametrize(
    ("acts", "clock_id", "agency"),
    [
        ((step(),), "T-21/approve", "hrss"),
        ((*SENT[:2],), "T-22/send", "hrss"),
        ((*SENT, step(Kind.RECEIPT, "police")), "T-27/decide", "police"),
        ((*SENT, step(Kind.RECEIPT, "police"), step(Kind.FILING, "police")), "T-29/hand-over", "hrss"),
        (
            (*SENT, step(Kind.SUPERVISION_REQUEST), step(Kind.EXPLANATION_REQUEST, "procuratorate")),
            "T-34/explain",
            "police",
        ),
        (
            (*SENT, step(Kind.FILING, "police"), step(Kind.HANDOVER), step(Kind.NON_PROSECUTION, "procuratorate")),
            "T-41/opinion",
            "procuratorate",
        ),
    ],
)
def test_an_overdue_clock_is_waited_for_on_whoever_has_it(acts, clock_id, agency):
    case = case_of(*acts)
    assert waits(case, NOW) == ()
    found = {each.clock.rule.clock_id: each for each in waits(case, NOW + 400 * DAY) if each.clock is not None}
    assert (found[clock_id].agency, found[clock_id].reason) == (agency, StuckReason.CLOCK_OVERDUE)
    assert found[clock_id].since == found[clock_id].clock.deadline.ends_at


def test_silence_that_lasts_is_waited_for_and_what_has_come_is_not_the_longest_first():
    found = waits(case_of(*SENT), NOW, SILENT)
    assert [(each.reason.name, each.agency, each.place) for each in found] == [
        ("NOT_DELIVERED", "procuratorate", 4),
        ("NOT_OPENED", "police", 4),
    ]


def test_a_closed_case_waits_for_nothing():
    closed = case_of(step(), step(Kind.REFUSAL), step(Kind.CLOSING))
    assert waits(closed, NOW + 400 * DAY, SILENT) == ()


def test_figures_count_by_reason_and_name_nobody():
    case = case_of(*SENT, step(Kind.RECEIPT, "police"))
    stuck = waits(case, NOW + 400 * DAY, SILENT)
    clocks = sum(each.reason is StuckReason.CLOCK_OVERDUE for each in stuck)
    figures = figures_of([*stuck, *stuck], 5)
    assert clocks > 0
    assert figures == ReferralFigures(2 * clocks, 2, 2, 5)
    assert figures.stuck == 2 * clocks + 9
    assert figures_of([], 0).stuck == 0


def test_it_is_told_in_words_of_both_languages_with_clock_or_entry():
    case = case_of(*SENT, step(Kind.RECEIPT, "police"))
    shown = stuck_pb(waits(case, NOW + 400 * DAY, SILENT))
    assert all(each.waits_for.zh and each.waits_for.en and each.agency for each in shown)
    assert all(bool(each.clock_id) != bool(each.place) for each in shown)
    assert {each.clock_id for each in shown} >= {"T-27/decide"}


def test_an_upload_is_stuck_once_its_last_byte_is_older_than_the_bound(tmp_path):
    assert stuck_uploads(FolderUpkeep(tmp_path / "evidence"), NOW) == 0
    folder = tmp_path / "evidence" / "uploads"
    folder.mkdir(parents=True)
    for name, age in (("ab" * 32, -1), ("cd" * 32, 0), ("ef" * 32, 1)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (NOW.timestamp() + age, NOW.timestamp() + age))
    assert stuck_uploads(FolderUpkeep(tmp_path / "evidence"), NOW) == 1
    assert stuck_uploads(FolderUpkeep(tmp_path / "evidence"), NOW + 2 * DAY) == 3


def test_uploads_that_cannot_be_looked_at_are_said_to_be_so(tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "uploads").write_bytes(b"a file in the place of the folder")
    with pytest.raises(StoreUnavailableError):
        stuck_uploads(FolderUpkeep(tmp_path / "evidence"), NOW)
