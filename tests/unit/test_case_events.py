"""Which events follow from what was told and what weighs now: none twice, none invented, none lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from case_samples import KEY
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.case_events import CaseEvent, CaseEventKind, NewEvent, Weighing, new_events

NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
BEGAN, ENDED = CaseEventKind.BEGAN, CaseEventKind.ENDED
L1, L2, OTHER = Weighing("A", "rule", "L-1"), Weighing("A", "rule", "L-2"), Weighing("B", "rule", "L-1")
PARTIES = frozenset({"A", "B"})


def told(*news):
    return [
        CaseEvent(KEY, place, new.kind, new.weighing, 1, NOW, new.of_sequence, None)
        for place, new in enumerate(news, 1)
    ]


def began(weighing):
    return NewEvent(BEGAN, weighing, 0)


def ended(weighing, of):
    return NewEvent(ENDED, weighing, of)


@pytest.mark.parametrize(
    ("before", "present", "new"),
    [
        ([], {L1, OTHER}, [began(L1), began(OTHER)]),
        ([began(L1)], {L1}, []),
        ([began(L1)], set(), [ended(L1, 1)]),
        ([began(L1), ended(L1, 1)], set(), []),
        ([began(L1), ended(L1, 1)], {L1}, [began(L1)]),
        ([began(L1), ended(L1, 1), began(L1)], set(), [ended(L1, 3)]),
        ([began(L1)], {L2}, [ended(L1, 1), began(L2)]),
    ],
)
def test_what_follows_is_the_difference_to_what_was_told(before, present, new):
    assert new_events(told(*before), present, PARTIES) == new


def test_of_who_takes_part_no_more_nothing_is_told():
    assert new_events(told(began(OTHER)), set(), {"A"}) == []
    assert new_events(told(began(OTHER)), set(), PARTIES) == [ended(OTHER, 1)], "and once it does again, all of it"


WEIGHING = st.sampled_from([L1, L2, OTHER, Weighing("B", "other", "L-9")])


@given(st.lists(st.sets(WEIGHING)))
def test_whatever_came_in_between_what_was_told_comes_to_what_weighs_now_and_telling_again_adds_nothing(history):
    events = []
    for present in history:
        before = [NewEvent(each.kind, each.weighing, each.of_sequence) for each in events]
        events = told(*before, *new_events(events, present, PARTIES))
        standing = set()
        for event in events:
            (standing.add if event.kind is BEGAN else standing.remove)(event.weighing)
        assert standing == present
        assert new_events(events, present, PARTIES) == []
