"""What may be signed off as a review, and how one that is recorded is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import INSTANT, NOW

from gateway.domain.audit import Draft, salts_needed, seal
from gateway.domain.reviews import IndexRange, ReviewFinding, ReviewSigned, TimeRange, faults, review_id
from gateway.rpc.review import _shown
from gateway.services.ports.audit import AccessRow

REVIEW = ReviewSigned(
    origin="shiyan.example/audit/2026",
    part=IndexRange(1, 9),
    size=10,
    root=b"r" * 32,
    findings=(ReviewFinding.NOTHING_FOUND,),
    text="",
)


def faulty(**changes):
    return [each.field for each in faults(replace(REVIEW, **changes), NOW)]


def test_a_review_up_to_the_last_entry_under_its_checkpoint_and_up_to_now_is_sound():
    assert faulty() == []
    assert faulty(part=IndexRange(9, 9)) == []
    assert faulty(part=TimeRange(NOW - INSTANT, NOW)) == []
    assert faulty(findings=(ReviewFinding.OTHER, ReviewFinding.UNDUE_ACCESS), text="x") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"part": IndexRange(5, 4)}, "last_index"),
        ({"part": IndexRange(5, 10)}, "last_index"),
        ({"part": TimeRange(NOW, NOW)}, "until"),
        ({"part": TimeRange(NOW - timedelta(days=1), NOW + INSTANT)}, "until"),
        ({"findings": ()}, "findings"),
        ({"findings": (ReviewFinding.NOTHING_FOUND, ReviewFinding.OTHER), "text": "x"}, "findings"),
        ({"findings": (ReviewFinding.OTHER,)}, "text"),
    ],
)
def test_what_does_not_fit_together_is_named(changes, field):
    assert faulty(**changes) == [field]


def test_the_id_of_a_review_follows_from_who_signs_what_by_which_request():
    ids = {review_id(*each) for each in (("a", "r", "d"), ("b", "r", "d"), ("a", "s", "d"), ("a", "r", "e"))}
    assert len(ids) == 4
    assert review_id("a", "r", "d") in ids
    assert {len(each) for each in ids} == {31}


@pytest.mark.parametrize(("by", "asserted"), [("asserted", True), ("declared", False), (None, False)])
def test_a_review_says_whether_a_key_has_spoken_for_its_officer(by, asserted):
    said = {"id": "review-1", "origin": "o", "size": 3, "checkpoint": "00" * 32, "findings": [1], "first": 0, "last": 2}
    body = {"caller": {"agency": "audit-bureau"}, "officer": "li.wei", "review": said}
    draft = Draft({**body, **({"officer_by": by} if by else {})})
    entry = seal(draft, "gw1-0", 4, NOW, bytes(salts_needed(draft)))
    shown = _shown(AccessRow(entry, draft.body, None, None))

    assert (shown.officer, shown.officer_asserted, shown.agency) == ("li.wei", asserted, "audit-bureau")
    assert (shown.first_index, shown.last_index, shown.HasField("since")) == (0, 2, False)
    assert (shown.recorded.number, shown.recorded.leaf_hash) == (4, entry.leaf)
