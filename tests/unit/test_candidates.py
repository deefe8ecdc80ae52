"""Candidates by name: who bears it, who bore it, and when one alone is meant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from formats.names import Folding
from gateway.domain.candidates import CandidateFile, MatchKind, NameSpan, by_name, spans_of

TODAY = date(2026, 11, 20)
NAME, OTHER = "示例建设有限公司", "另例建设有限公司"
BEFORE, AFTER = date(2020, 1, 1), date(2027, 1, 1)


def bearer(uscc, *named):
    return CandidateFile(uscc, spans_of([(name, since) for since, name in named]))


def found(*files, sought=NAME):
    return [(each.file.uscc, each.kind.name, each.identified) for each in by_name(files, sought, TODAY)]


def test_one_who_bears_the_name_is_identified():
    assert found(bearer("A", (BEFORE, NAME))) == [("A", "EXACT_NAME", True)]


@pytest.mark.parametrize(
    ("sought", "foldings"),
    [
        ("示例 建设有限公司", (Folding.SPACES,)),
        ("示例建設有限責任公司", (Folding.SCRIPT, Folding.LEGAL_FORM)),
    ],
)
def test_one_whose_name_is_written_otherwise_is_identified_and_how_is_told(sought, foldings):
    (only,) = by_name([bearer("A", (BEFORE, NAME))], sought, TODAY)

    assert (only.kind, only.identified, only.foldings) == (MatchKind.EXACT_NORMALISED, True, foldings)


def test_of_two_who_bear_one_name_neither_is_identified():
    files = bearer("B", (BEFORE, "示例建设有限责任公司")), bearer("A", (BEFORE, NAME))

    assert found(*files) == [("A", "EXACT_NAME", False), ("B", "EXACT_NORMALISED", False)]


def test_who_bears_a_name_is_meant_and_who_bore_it_is_shown_with_its_days():
    renamed = bearer("A", (BEFORE, NAME), (date(2024, 3, 1), OTHER))
    present, former = by_name([renamed, bearer("B", (BEFORE, NAME))], NAME, TODAY)

    assert (present.file.uscc, present.kind, present.identified) == ("B", MatchKind.EXACT_NAME, True)
    assert (former.file.uscc, former.kind, former.identified) == ("A", MatchKind.FORMER_NAME, False)
    assert former.matched == NameSpan(NAME, BEFORE, date(2024, 3, 1))


def test_a_name_that_nobody_bears_any_more_identifies_the_only_one_who_bore_it():
    renamed = (BEFORE, NAME), (date(2024, 3, 1), OTHER)

    assert found(bearer("A", *renamed)) == [("A", "FORMER_NAME", True)]
    assert found(bearer("A", *renamed), bearer("B", *renamed)) == [
        ("A", "FORMER_NAME", False),
        ("B", "FORMER_NAME", False),
    ]


def test_a_name_to_come_identifies_nobody():
    coming = bearer("A", (BEFORE, OTHER), (AFTER, NAME))

    assert found(coming) == [("A", "COMING_NAME", False)]
    assert found(coming, bearer("B", (BEFORE, NAME))) == [("B", "EXACT_NAME", True), ("A", "COMING_NAME", False)]


def test_a_name_is_borne_until_the_day_of_the_next():
    renamed = bearer("A", (BEFORE, OTHER), (TODAY, NAME))
    (only,) = by_name([renamed], OTHER, TODAY)
    (day_before,) = by_name([renamed], OTHER, TODAY - timedelta(days=1))

    assert (only.kind, only.matched.until) == (MatchKind.FORMER_NAME, TODAY)
    assert day_before.kind is MatchKind.EXACT_NAME


def test_profiles_of_one_name_are_one_span_and_of_one_day_the_last_counts():
    days = [date(2020, month, 1) for month in (1, 2, 3, 4)]

    assert spans_of([(NAME, days[0]), (NAME, days[1]), (OTHER, days[2])]) == (
        NameSpan(NAME, days[0], days[2]),
        NameSpan(OTHER, days[2], None),
    )
    assert spans_of([(NAME, days[0]), (OTHER, days[0])]) == (NameSpan(OTHER, days[0], None),)
    assert spans_of([]) == ()
    assert CandidateFile("A").on(TODAY) is None
